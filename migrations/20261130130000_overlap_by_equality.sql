-- The same constraint by the equality of btree_gist (ADR 24): a third less work for each entry, and the form that partitions by region take.
-- The extension is one that a database's owner may create; its schema is its own, for nobody calls it by name.
CREATE SCHEMA IF NOT EXISTS ext;
CREATE EXTENSION IF NOT EXISTS btree_gist SCHEMA ext;

ALTER TABLE app.timesheets
    DROP CONSTRAINT timesheets_no_overlap,
    ADD CONSTRAINT timesheets_no_overlap EXCLUDE USING gist (
        employee_id WITH =,
        tsrange(work_date + make_interval(mins => start_min), work_date + make_interval(mins => end_min)) WITH &&,
        region WITH =      -- without it, another region's entry could be felt through its employee's id
    ) WHERE (deleted_at IS NULL);
DROP TYPE sec.uuid_range;
DROP TYPE sec.code_range;

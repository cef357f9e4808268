-- What pages and PCs read of a region lies side by side in an index that begins with the region (ADR 28). Each is made before the one that it takes
-- the place of goes, so that readers are kept out for a moment only.

-- A month is read from the index alone; lists read in its order as before.
CREATE INDEX timesheets_by_day ON app.timesheets (region, work_date DESC, id DESC)
    INCLUDE (employee_id, start_min, end_min, break_min, is_special, deleted_at);
-- Pages of a snapshot: a PC's first copy, and every PC's after a failover.
CREATE INDEX timesheets_by_region ON app.timesheets (region, id);
DROP INDEX app.timesheets_by_date;
ALTER INDEX app.timesheets_by_day RENAME TO timesheets_by_date;

-- An index answers alone where the table's pages have been vacuumed. By the usual fifth of the table that would be months ago: a hundredth is days.
ALTER TABLE app.timesheets SET (autovacuum_vacuum_insert_scale_factor = 0.01, autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

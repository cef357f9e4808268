-- What people decided about operations that wait or were refused: tried again, accepted, "the same person", corrected, given up, seen.
-- The operation and all its verdicts stay where they are; this says who, when, and on which verdict.
CREATE TABLE app.op_decision (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id uuid NOT NULL,
    op_id uuid NOT NULL,
    attempt int NOT NULL CHECK (attempt >= 1), -- the verdict that was decided on
    decision text NOT NULL CHECK (decision IN ('retried', 'accepted', 'same_row', 'corrected', 'discarded', 'seen')),
    decided_by uuid NOT NULL,
    decided_by_name text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (id, region),
    FOREIGN KEY (region, op_id) REFERENCES app.op_inbox (region, op_id)
);
CREATE INDEX op_decision_by_op ON app.op_decision (region, op_id);
CREATE TRIGGER frozen BEFORE UPDATE ON app.op_decision FOR EACH ROW EXECUTE FUNCTION sec.forbid();
CREATE TRIGGER kept BEFORE DELETE ON app.op_decision FOR EACH ROW EXECUTE FUNCTION sec.forbid();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON app.op_decision FOR EACH STATEMENT EXECUTE FUNCTION sec.forbid();

-- What was refused and nobody has seen yet is looked for as often as what waits.
CREATE INDEX op_verdict_rejected ON app.op_verdict (region, at) WHERE verdict = 'rejected';

-- Of a conflict only the decision may be written, and it is final.
CREATE TRIGGER decided_once BEFORE UPDATE ON app.conflict FOR EACH ROW
    WHEN (OLD.resolved_at IS NOT NULL
       OR (OLD.kind, OLD.entity, OLD.entity_id, OLD.field, OLD.base, OLD.win, OLD.lose, OLD.op_win, OLD.op_lose, OLD.at)
          IS DISTINCT FROM (NEW.kind, NEW.entity, NEW.entity_id, NEW.field, NEW.base, NEW.win, NEW.lose, NEW.op_win, NEW.op_lose, NEW.at))
    EXECUTE FUNCTION sec.forbid();
ALTER TABLE app.conflict ADD COLUMN resolved_by_name text;

-- As before, but which tables only grow is told by their trigger `frozen`, so that a new one says so itself.
CREATE OR REPLACE PROCEDURE sec.protect_all()
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
DECLARE
    t record;
    columns text;
BEGIN
    FOR t IN
        SELECT c.oid, c.oid::regclass AS rel, c.relname,
               EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'id' AND NOT a.attisdropped) AS has_id
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'app' AND c.relkind IN ('r', 'p') AND c.relname <> 'regions'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t.rel);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t.rel);
        EXECUTE format('DROP POLICY IF EXISTS by_region ON %s', t.rel);
        EXECUTE format('CREATE POLICY by_region ON %s USING (region = ANY ((SELECT sec.regions())::text[]))
            WITH CHECK (region = ANY ((SELECT sec.regions())::text[]))', t.rel);
        IF t.has_id THEN
            EXECUTE format('CREATE OR REPLACE TRIGGER key_frozen BEFORE UPDATE OF region, id ON %s FOR EACH ROW
                WHEN (NEW.region IS DISTINCT FROM OLD.region OR NEW.id IS DISTINCT FROM OLD.id) EXECUTE FUNCTION sec.forbid()', t.rel);
        END IF;
        EXECUTE format('REVOKE ALL ON %s FROM rainstaff_app', t.rel);
        EXECUTE format('GRANT SELECT ON %s TO rainstaff_app', t.rel);
        IF t.relname = 'region_head' OR t.relname = 'change_log' THEN
            CONTINUE;                                     -- written by SECURITY DEFINER triggers only
        END IF;
        EXECUTE format('GRANT INSERT ON %s TO rainstaff_app', t.rel);
        IF EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid AND g.tgname = 'frozen') THEN
            CONTINUE;                                     -- append-only
        END IF;
        SELECT string_agg(quote_ident(a.attname), ', ') INTO columns FROM pg_attribute a
        WHERE a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' AND a.attname NOT IN ('region', 'id');
        IF columns IS NOT NULL THEN
            EXECUTE format('GRANT UPDATE (%s) ON %s TO rainstaff_app', columns, t.rel);
        END IF;
    END LOOP;
    FOR t IN
        SELECT p.oid::regprocedure AS rel, p.prokind FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = 'sec'::regnamespace AND l.lanname <> 'internal'
    LOOP
        EXECUTE format('REVOKE ALL ON %s %s FROM PUBLIC', CASE t.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END, t.rel);
    END LOOP;
    GRANT EXECUTE ON FUNCTION sec.regions(), sec.cfg(text), sec.fold(text),
        sec.change_digest(app.change_log, bytea), sec.event_digest(app.activity_event, bytea),
        sec.verify_changes(text), sec.verify_events(text) TO rainstaff_app;
END $$;
CALL sec.protect_all();

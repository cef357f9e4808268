-- The ONE place that knows the policy's shape and the application's rights. Every migration that makes a table in `app` ends with
-- CALL sec.protect_all(); tests/it/schema.rs and the start-up guard refuse a table without it.
CREATE PROCEDURE sec.protect_all()
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
DECLARE
    t record;
    logs constant text[] := ARRAY['op_inbox', 'op_verdict', 'change_log', 'activity_event'];
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
        IF t.relname = ANY (logs) THEN
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

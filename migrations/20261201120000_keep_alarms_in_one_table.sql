-- Alarms are one table, whatever they are about (docs/adr/0032-alarms-once.md). The tables of before become its parts and keep their names,
-- columns and rules: a running release of before reads and writes them as ever, and no row is moved.
CREATE TABLE app.alarm (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id uuid NOT NULL,
    source text COLLATE "C" NOT NULL CHECK (length(source) BETWEEN 1 AND 50),
    subject uuid NOT NULL,
    kind text NOT NULL,
    amount bigint NOT NULL,
    since timestamptz NOT NULL,
    raised_at timestamptz NOT NULL,
    ended_at timestamptz,
    seen_at timestamptz,
    seen_by uuid,
    seen_by_name text,
    queue_id uuid,                       -- the subject again, where a foreign key holds it: the names of the release of before
    device_id uuid,
    PRIMARY KEY (id, region, source)
) PARTITION BY LIST (source);

-- What a subject is called in the part of its source, and the other way round where a release of before writes.
CREATE FUNCTION sec.name_alarm_subject() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    NEW.subject := coalesce(NEW.queue_id, NEW.device_id, NEW.subject);
    IF NEW.source = 'queue' THEN
        NEW.queue_id := NEW.subject;
    ELSIF NEW.source = 'device' THEN
        NEW.device_id := NEW.subject;
    END IF;
    RETURN NEW;
END $$;

ALTER TABLE app.queue_alarm
    ADD COLUMN source text COLLATE "C" NOT NULL DEFAULT 'queue',
    ADD COLUMN subject uuid,
    ADD COLUMN device_id uuid;
ALTER TABLE app.device_alarm
    ADD COLUMN source text COLLATE "C" NOT NULL DEFAULT 'device',
    ADD COLUMN subject uuid,
    ADD COLUMN queue_id uuid;
SELECT set_config('app.regions', (SELECT string_agg(code, ',') FROM app.regions), true);
UPDATE app.queue_alarm SET subject = queue_id;
UPDATE app.device_alarm SET subject = device_id;

-- A part has the key, the rules and the triggers of the whole instead of its own.
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['queue_alarm', 'device_alarm'] LOOP
        EXECUTE format('ALTER TABLE app.%1$I ALTER COLUMN subject SET NOT NULL, DROP CONSTRAINT %2$I,
            ADD CONSTRAINT alarm_source_check CHECK (length(source) BETWEEN 1 AND 50)', t, t || '_pkey');
        EXECUTE format('DROP TRIGGER kept ON app.%I', t);
        EXECUTE format('DROP TRIGGER key_frozen ON app.%I', t);
    END LOOP;
END $$;
ALTER TABLE app.alarm ATTACH PARTITION app.queue_alarm FOR VALUES IN ('queue');
ALTER TABLE app.alarm ATTACH PARTITION app.device_alarm FOR VALUES IN ('device');
-- Whatever else registers.
CREATE TABLE app.other_alarm PARTITION OF app.alarm DEFAULT;

CREATE UNIQUE INDEX alarm_once ON app.alarm (region, source, subject, kind) WHERE ended_at IS NULL;
CREATE TRIGGER named BEFORE INSERT ON app.alarm FOR EACH ROW EXECUTE FUNCTION sec.name_alarm_subject();
CREATE TRIGGER subject_frozen BEFORE UPDATE OF source, subject, queue_id, device_id ON app.alarm FOR EACH ROW
    WHEN ((NEW.source, NEW.subject, NEW.queue_id, NEW.device_id) IS DISTINCT FROM (OLD.source, OLD.subject, OLD.queue_id, OLD.device_id))
    EXECUTE FUNCTION sec.forbid();
CREATE TRIGGER kept BEFORE DELETE ON app.alarm FOR EACH ROW EXECUTE FUNCTION sec.forbid();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON app.alarm FOR EACH STATEMENT EXECUTE FUNCTION sec.forbid();
CREATE TRIGGER kept_whole BEFORE TRUNCATE ON app.other_alarm FOR EACH STATEMENT EXECUTE FUNCTION sec.forbid();

-- As before, but a part of a table has the triggers of the whole.
CREATE OR REPLACE PROCEDURE sec.protect_all()
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET client_min_messages = warning AS $$
DECLARE
    t record;
    columns text;
BEGIN
    FOR t IN
        SELECT c.oid, c.oid::regclass AS rel, c.relname, c.relispartition,
               EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'id' AND NOT a.attisdropped) AS has_id
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'app' AND c.relkind IN ('r', 'p') AND c.relname <> 'regions'
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t.rel);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t.rel);
        EXECUTE format('DROP POLICY IF EXISTS by_region ON %s', t.rel);
        EXECUTE format('CREATE POLICY by_region ON %s USING (region = ANY ((SELECT sec.regions())::text[]))
            WITH CHECK (region = ANY ((SELECT sec.regions())::text[]))', t.rel);
        IF t.has_id AND NOT t.relispartition THEN
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

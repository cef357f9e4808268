-- The same log and the same chain, by the statement instead of by the row: a queue brings rows by the fifty.

-- On each table twice: for new rows once a statement, and for changed and deleted ones row by row. Which operation a new row is of stands in
-- app.ops, where several come together; otherwise app.op, app.actor and app.client_at speak for it, as they do for all others.
CREATE OR REPLACE FUNCTION sec.log_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    noise constant text[] := ARRAY['region', 'id', 'version', 'row_meta', 'search_key', 'span', 'created_at', 'created_by', 'updated_at', 'updated_by', 'deleted_at'];
    op_now constant uuid := nullif(current_setting('app.op', true), '');
    actor_now constant uuid := nullif(current_setting('app.actor', true), '');
    client_now constant timestamptz := nullif(current_setting('app.client_at', true), '');
    origin_now constant text := coalesce(nullif(current_setting('app.origin', true), ''), 'system');
    device_now constant uuid := nullif(current_setting('app.device', true), '');
    name_now text;
    was jsonb;
    now_is jsonb;
    what text;
    subject record;
BEGIN
    SELECT u.username INTO name_now FROM auth.users u WHERE u.id = actor_now;
    IF TG_OP = 'INSERT' THEN
        INSERT INTO app.change_log (region, at, actor, actor_name, origin, device, op_id, client_at, entity, entity_id, action, version, after)
        SELECT m.region, clock_timestamp(), coalesce(o.actor, actor_now),
               CASE WHEN o.actor IS NULL OR o.actor = actor_now THEN name_now ELSE (SELECT u.username FROM auth.users u WHERE u.id = o.actor) END,
               origin_now, device_now, coalesce(o.op, op_now), coalesce(o.client_at, client_now), TG_ARGV[0], m.id, 'create', m.version, to_jsonb(m) - noise
        FROM made m
        LEFT JOIN ROWS FROM (
            jsonb_to_recordset(coalesce(nullif(current_setting('app.ops', true), ''), '[]')::jsonb) AS (id uuid, op uuid, actor uuid, client_at timestamptz)
        ) WITH ORDINALITY o (id, op, actor, client_at, place) ON o.id = m.id
        ORDER BY o.place;
        RETURN NULL;
    END IF;
    was := to_jsonb(OLD) - noise;
    IF TG_OP = 'DELETE' THEN
        what := 'erase'; subject := OLD;
    ELSE
        now_is := to_jsonb(NEW) - noise;
        subject := NEW;
        what := CASE WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN 'delete'
                     WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN 'restore'
                     ELSE 'update' END;
        SELECT coalesce(jsonb_object_agg(b.key, b.value), '{}') INTO was
        FROM jsonb_each(was) b WHERE now_is -> b.key IS DISTINCT FROM b.value;
        SELECT coalesce(jsonb_object_agg(a.key, a.value), '{}') INTO now_is
        FROM jsonb_each(now_is) a WHERE was ? a.key;
    END IF;
    INSERT INTO app.change_log (region, at, actor, actor_name, origin, device, op_id, client_at, entity, entity_id, action, version, before, after)
    VALUES (subject.region, clock_timestamp(), actor_now, name_now, origin_now, device_now, op_now, client_now,
            TG_ARGV[0], subject.id, what, subject.version, was, now_is);
    RETURN NULL;
END $$;

DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT * FROM (VALUES ('settings', 'settings'), ('employees', 'employee'), ('shift_templates', 'shift_template'),
                                   ('timesheets', 'timesheet'), ('calendar_days', 'calendar_day')) v (name, entity) LOOP
        EXECUTE format('DROP TRIGGER logged ON app.%I', t.name);
        EXECUTE format('CREATE TRIGGER logged AFTER UPDATE OR DELETE ON app.%I FOR EACH ROW EXECUTE FUNCTION sec.log_change(%L)', t.name, t.entity);
        EXECUTE format('CREATE TRIGGER logged_new AFTER INSERT ON app.%I REFERENCING NEW TABLE AS made
                        FOR EACH STATEMENT EXECUTE FUNCTION sec.log_change(%L)', t.name, t.entity);
    END LOOP;
END $$;

-- As before, the first row of a transaction seals them all; now they are read in one statement and written in one. What is hashed is what
-- sec.change_digest reads, which sec.verify_changes compares.
CREATE OR REPLACE FUNCTION sec.seal_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head app.region_head;
    row_now record;
    ids bigint[];
    seqs bigint[];
    prevs bytea[];
    hashes bytea[];
BEGIN
    PERFORM FROM app.change_log c WHERE c.id = NEW.id AND c.region = NEW.region AND c.seq IS NOT NULL;
    IF FOUND THEN
        RETURN NULL;
    END IF;
    INSERT INTO app.region_head AS h (region) VALUES (NEW.region)
    ON CONFLICT (region) DO UPDATE SET seq = h.seq RETURNING * INTO STRICT head;
    -- Rows without a number that this transaction sees are its own: all others got theirs before they could be seen.
    FOR row_now IN
        SELECT c.id, c.seq, convert_to(jsonb_build_array(c.region, c.seq, to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
            c.actor, c.actor_name, c.origin, c.device, c.op_id, to_char(c.client_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
            c.entity, c.entity_id, c.action, c.version, c.before, c.after)::text, 'UTF8') AS body
        FROM (SELECT l.region, l.id, head.seq + row_number() OVER (ORDER BY l.id) AS seq, l.at, l.actor, l.actor_name, l.origin, l.device,
                     l.op_id, l.client_at, l.entity, l.entity_id, l.action, l.version, l.before, l.after
              FROM app.change_log l WHERE l.region = NEW.region AND l.id >= NEW.id AND l.seq IS NULL) c
        ORDER BY c.seq
    LOOP
        ids := ids || row_now.id;
        seqs := seqs || row_now.seq;
        prevs := prevs || head.hash;
        head.seq := row_now.seq;
        head.hash := sha256(head.hash || row_now.body);
        hashes := hashes || head.hash;
    END LOOP;
    UPDATE app.change_log c SET seq = n.seq, prev_hash = n.prev_hash, hash = n.hash
    FROM unnest(ids, seqs, prevs, hashes) n (id, seq, prev_hash, hash) WHERE c.id = n.id AND c.region = NEW.region;
    UPDATE app.region_head h SET seq = head.seq, hash = head.hash WHERE h.region = NEW.region;
    RETURN NULL;
END $$;

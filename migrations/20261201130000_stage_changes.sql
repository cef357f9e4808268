-- Each line of the change log is written once (ADR 28). Until now a line went into the log without a number and was numbered at commit, which left a
-- dead version of it and of its index entries. Now a change puts its line into a table of its own, and the commit takes it from there into the log,
-- numbered and hashed. Content, order and hashes of the log are what they were.

-- From here on no transaction is between its first line in the log and its seal. In the order in which the write path takes them, so that it waits
-- and neither ends the other.
LOCK TABLE app.op_inbox IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE app.change_log IN SHARE ROW EXCLUSIVE MODE;

-- Lines of transactions that have not committed: each takes its own out again before it does. So every line that a transaction sees here is its own,
-- and a crash, which empties the table, takes no line of a change that was made.
CREATE UNLOGGED TABLE sec.staged_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    client_at timestamptz,
    actor uuid,
    device uuid,
    op_id uuid,
    entity_id uuid NOT NULL,
    version bigint NOT NULL,
    opens boolean NOT NULL,
    region text COLLATE "C" NOT NULL,
    actor_name text,
    origin text NOT NULL,
    entity text COLLATE "C" NOT NULL,
    action text NOT NULL,
    before jsonb,
    after jsonb
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_insert_threshold = -1);
COMMENT ON TABLE sec.staged_change IS 'Lines of the change log on their way to their number. Only the triggers write and read here.';
COMMENT ON COLUMN sec.staged_change.opens IS 'The first line of its statement in its region: the one that asks for the seal.';
REVOKE ALL ON sec.staged_change FROM PUBLIC, rainstaff_app;

-- As before, but for where the lines go.
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
        INSERT INTO sec.staged_change (opens, region, at, actor, actor_name, origin, device, op_id, client_at, entity, entity_id, action, version, after)
        SELECT m.nth = 1, m.region, clock_timestamp(), coalesce(m.actor, actor_now),
               CASE WHEN m.actor IS NULL OR m.actor = actor_now THEN name_now ELSE (SELECT u.username FROM auth.users u WHERE u.id = m.actor) END,
               origin_now, device_now, coalesce(m.op, op_now), coalesce(m.client_at, client_now), TG_ARGV[0], m.id, 'create', m.version, m.values
        FROM (
            SELECT n.region, n.id, n.version, to_jsonb(n) - noise AS values, o.op, o.actor, o.client_at, o.place,
                   row_number() OVER (PARTITION BY n.region ORDER BY o.place) AS nth
            FROM made n
            LEFT JOIN ROWS FROM (
                jsonb_to_recordset(coalesce(nullif(current_setting('app.ops', true), ''), '[]')::jsonb) AS (id uuid, op uuid, actor uuid, client_at timestamptz)
            ) WITH ORDINALITY o (id, op, actor, client_at, place) ON o.id = n.id
        ) m
        ORDER BY m.place, m.nth;
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
    INSERT INTO sec.staged_change (opens, region, at, actor, actor_name, origin, device, op_id, client_at, entity, entity_id, action, version, before, after)
    VALUES (true, subject.region, clock_timestamp(), actor_now, name_now, origin_now, device_now, op_now, client_now,
            TG_ARGV[0], subject.id, what, subject.version, was, now_is);
    RETURN NULL;
END $$;

-- A line that comes to the log without a number takes the same way: one that the owner writes by hand, and that of a change which was under way when
-- this migration waited for its lock.
CREATE FUNCTION sec.stage_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO sec.staged_change (opens, region, at, actor, actor_name, origin, device, op_id, client_at, entity, entity_id, action, version, before, after)
    VALUES (true, NEW.region, NEW.at, NEW.actor, NEW.actor_name, NEW.origin, NEW.device, NEW.op_id, NEW.client_at,
            NEW.entity, NEW.entity_id, NEW.action, NEW.version, NEW.before, NEW.after);
    RETURN NULL;
END $$;
DROP TRIGGER seal ON app.change_log;
CREATE TRIGGER staged BEFORE INSERT ON app.change_log FOR EACH ROW WHEN (NEW.seq IS NULL) EXECUTE FUNCTION sec.stage_change();

-- Runs at COMMIT, once per statement and region; the first of a region seals all lines that the transaction has there, in their order. The row lock on
-- region_head makes the order of numbers the order of commits, so a reader that sees k has 1..k, and a rolled-back transaction leaves no hole.
-- The planner knows nothing of a table that is always empty to whoever looks: it has to go by the key, past what others have left until it is vacuumed.
CREATE OR REPLACE FUNCTION sec.seal_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
DECLARE
    head app.region_head;
    row_now record;
    ids bigint[];
    seqs bigint[];
    prevs bytea[];
    hashes bytea[];
    kind text;
    rows_of_kind bigint;
    xor_of_kind bigint;
BEGIN
    PERFORM FROM sec.staged_change s WHERE s.id = NEW.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO head FROM app.region_head h WHERE h.region = NEW.region FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO app.region_head AS h (region) VALUES (NEW.region)
        ON CONFLICT (region) DO UPDATE SET seq = h.seq RETURNING * INTO STRICT head;
    END IF;
    FOR row_now IN
        SELECT c.id, c.seq, c.entity, (c.action = 'create')::int AS more,
            -- The version that a change leaves, and the one before it, which is that of the row's last line.
            CASE WHEN c.action = 'erase' THEN 0
                 ELSE ('x' || encode(substr(sha256(convert_to(c.entity_id::text || ':' || c.version, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint END
            # CASE WHEN c.action IN ('create', 'erase') THEN 0
                   ELSE coalesce((SELECT ('x' || encode(substr(sha256(convert_to(c.entity_id::text || ':' || p.version, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
                                  FROM (SELECT coalesce(c.version_before, (
                                      SELECT l.version FROM app.change_log l
                                      WHERE l.region = c.region AND l.entity_id = c.entity_id AND l.entity = c.entity ORDER BY l.id DESC LIMIT 1
                                  )) AS version) p), 0) END AS flips,
            convert_to(jsonb_build_array(c.region, c.seq, to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
            c.actor, c.actor_name, c.origin, c.device, c.op_id, to_char(c.client_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
            c.entity, c.entity_id, c.action, c.version, c.before, c.after)::text, 'UTF8') AS body
        FROM (SELECT s.*, head.seq + row_number() OVER (ORDER BY s.id) AS seq,
                     lag(s.version) OVER (PARTITION BY s.entity, s.entity_id ORDER BY s.id) AS version_before
              FROM sec.staged_change s WHERE s.region = NEW.region AND s.id >= NEW.id) c
        ORDER BY c.seq
    LOOP
        ids := ids || row_now.id;
        seqs := seqs || row_now.seq;
        prevs := prevs || head.hash;
        head.seq := row_now.seq;
        head.hash := sha256(head.hash || row_now.body);
        hashes := hashes || head.hash;
        IF row_now.entity IS DISTINCT FROM kind THEN
            IF kind IS NOT NULL THEN
                head.digests := head.digests || jsonb_build_object(kind, jsonb_build_object('rows', rows_of_kind, 'xor', xor_of_kind));
            END IF;
            kind := row_now.entity;
            rows_of_kind := coalesce((head.digests -> kind ->> 'rows')::bigint, 0);
            xor_of_kind := coalesce((head.digests -> kind ->> 'xor')::bigint, 0);
        END IF;
        rows_of_kind := rows_of_kind + row_now.more;
        xor_of_kind := xor_of_kind # row_now.flips;
    END LOOP;
    head.digests := head.digests || jsonb_build_object(kind, jsonb_build_object('rows', rows_of_kind, 'xor', xor_of_kind));
    INSERT INTO app.change_log (region, seq, at, actor, actor_name, origin, device, op_id, client_at, entity, entity_id, action, version, before, after,
                                prev_hash, hash)
    SELECT s.region, n.seq, s.at, s.actor, s.actor_name, s.origin, s.device, s.op_id, s.client_at, s.entity, s.entity_id, s.action, s.version, s.before,
           s.after, n.prev_hash, n.hash
    FROM unnest(ids, seqs, prevs, hashes) n (id, seq, prev_hash, hash) JOIN sec.staged_change s ON s.id = n.id
    ORDER BY n.seq;
    DELETE FROM sec.staged_change s WHERE s.id = ANY (ids);
    UPDATE app.region_head h SET seq = head.seq, hash = head.hash, digests = head.digests WHERE h.region = NEW.region;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER seal AFTER INSERT ON sec.staged_change DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.opens) EXECUTE FUNCTION sec.seal_change();

REVOKE ALL ON FUNCTION sec.stage_change() FROM PUBLIC;

-- The same log and the same chain, cheaper: what a long queue brings is mostly this.

-- As before, without a function call per setting: a function with a search_path of its own is entered and left each time.
CREATE OR REPLACE FUNCTION sec.log_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    noise constant text[] := ARRAY['region', 'id', 'version', 'row_meta', 'search_key', 'span', 'created_at', 'created_by', 'updated_at', 'updated_by', 'deleted_at'];
    was jsonb;
    now_is jsonb;
    who constant uuid := nullif(current_setting('app.actor', true), '')::uuid;
    what text;
    subject record;
BEGIN
    IF TG_OP <> 'INSERT' THEN was := to_jsonb(OLD) - noise; END IF;
    IF TG_OP <> 'DELETE' THEN now_is := to_jsonb(NEW) - noise; END IF;
    IF TG_OP = 'INSERT' THEN
        what := 'create'; subject := NEW;
    ELSIF TG_OP = 'DELETE' THEN
        what := 'erase'; subject := OLD;
    ELSE
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
    VALUES (subject.region, clock_timestamp(), who, (SELECT u.username FROM auth.users u WHERE u.id = who),
            coalesce(nullif(current_setting('app.origin', true), ''), 'system'), nullif(current_setting('app.device', true), '')::uuid,
            nullif(current_setting('app.op', true), '')::uuid, nullif(current_setting('app.client_at', true), '')::timestamptz,
            TG_ARGV[0], subject.id, what, subject.version, was, now_is);
    RETURN NULL;
END $$;

-- Runs at COMMIT, once per row of the log; the first of a transaction seals them all, in their order. One by one, each left two dead
-- versions of region_head for the next to step over, and the last of many paid for all before it. The row lock on region_head makes the
-- order of numbers the order of commits, so a reader that sees k has 1..k, and a rolled-back transaction leaves no hole.
CREATE OR REPLACE FUNCTION sec.seal_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head app.region_head;
    row_now app.change_log;
BEGIN
    SELECT * INTO STRICT row_now FROM app.change_log c WHERE c.id = NEW.id AND c.region = NEW.region;
    IF row_now.seq IS NOT NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO app.region_head AS h (region) VALUES (NEW.region)
    ON CONFLICT (region) DO UPDATE SET seq = h.seq RETURNING * INTO STRICT head;
    -- Rows without a number that this transaction sees are its own: all others got theirs before they could be seen.
    FOR row_now IN SELECT * FROM app.change_log c WHERE c.region = NEW.region AND c.id >= NEW.id AND c.seq IS NULL ORDER BY c.id LOOP
        head.seq := head.seq + 1;
        row_now.seq := head.seq;
        row_now.prev_hash := head.hash;
        head.hash := sec.change_digest(row_now, head.hash);
        UPDATE app.change_log c SET seq = head.seq, prev_hash = row_now.prev_hash, hash = head.hash
        WHERE c.id = row_now.id AND c.region = row_now.region;
    END LOOP;
    UPDATE app.region_head h SET seq = head.seq, hash = head.hash WHERE h.region = NEW.region;
    RETURN NULL;
END $$;

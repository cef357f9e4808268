-- The logs. All append-only for the application's role; numbers and hashes are given at commit.

-- Every operation that reached the server, as it came (SYNC 3.6). A replay is found under the operation's own region.
CREATE TABLE app.op_inbox (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    op_id uuid NOT NULL,
    queue_id uuid NOT NULL,
    n bigint NOT NULL CHECK (n >= 0),
    actor uuid NOT NULL,
    carrier uuid,
    origin text NOT NULL CHECK (origin IN ('web', 'offline', 'agent', 'import', 'legacy', 'system')),
    fingerprint bytea NOT NULL CHECK (length(fingerprint) = 32),
    kind text NOT NULL,
    entity text COLLATE "C" NOT NULL,
    entity_id uuid NOT NULL,
    after_ops uuid[] NOT NULL DEFAULT '{}',
    body jsonb NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (op_id, region)
);
CREATE INDEX op_inbox_by_queue ON app.op_inbox (region, queue_id, n);
CREATE INDEX op_inbox_by_entity ON app.op_inbox (region, entity_id);

-- What the server said about an operation; a held one gets another row each time it is tried again. The highest attempt counts.
CREATE TABLE app.op_verdict (
    region text COLLATE "C" NOT NULL,
    op_id uuid NOT NULL,
    attempt int NOT NULL CHECK (attempt >= 1),
    verdict text NOT NULL CHECK (verdict IN ('applied', 'merged', 'held', 'rejected')),
    reason text,
    result jsonb NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (op_id, region, attempt),
    FOREIGN KEY (region, op_id) REFERENCES app.op_inbox (region, op_id)
);
CREATE INDEX op_verdict_held ON app.op_verdict (region, reason) WHERE verdict = 'held';

-- One row per region: the last number and hash of both chains. Written by sec.seal_*() only.
CREATE TABLE app.region_head (
    region text COLLATE "C" PRIMARY KEY REFERENCES app.regions,
    seq bigint NOT NULL DEFAULT 0,
    hash bytea NOT NULL DEFAULT '\x',
    event_seq bigint NOT NULL DEFAULT 0,
    event_hash bytea NOT NULL DEFAULT '\x'
);

-- Every change of a row of business data, written by row triggers: also one made by hand in SQL reaches feed and activity.
-- before and after hold the fields that changed (all of them for a new row). actor_name is the account's name at that time: region scopes
-- cannot read auth.users, and a log should not change when an account is renamed.
CREATE TABLE app.change_log (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id bigint GENERATED ALWAYS AS IDENTITY,
    seq bigint,
    at timestamptz NOT NULL,
    actor uuid,
    actor_name text,
    origin text NOT NULL,
    device uuid,
    op_id uuid,
    client_at timestamptz,
    entity text COLLATE "C" NOT NULL,
    entity_id uuid NOT NULL,
    action text NOT NULL CHECK (action IN ('create', 'update', 'delete', 'restore', 'erase')),
    version bigint NOT NULL,
    before jsonb,
    after jsonb,
    prev_hash bytea,
    hash bytea,
    PRIMARY KEY (id, region),
    UNIQUE (region, seq)
);
CREATE INDEX change_log_by_entity ON app.change_log (region, entity_id, id);
CREATE INDEX change_log_by_time ON app.change_log (region, at DESC, id DESC);
CREATE INDEX change_log_by_op ON app.change_log (region, op_id);

-- Sign-ins, failures, sign-outs, exports, reveals, administration: what people did besides changing data.
CREATE TABLE app.activity_event (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id uuid NOT NULL,
    seq bigint,
    at timestamptz NOT NULL,
    actor uuid,
    username text,
    kind text COLLATE "C" NOT NULL CHECK (kind ~ '^[a-z_]{3,40}$'),
    address text,
    user_agent text,
    detail jsonb NOT NULL DEFAULT '{}',
    prev_hash bytea,
    hash bytea,
    PRIMARY KEY (id, region),
    UNIQUE (region, seq)
);
CREATE INDEX activity_event_by_time ON app.activity_event (region, at DESC, id DESC);

-- The value that lost, kept until somebody decides, and after (SYNC 3.7). Nothing is ever deleted here.
CREATE TABLE app.conflict (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('field', 'delete_vs_edit', 'edit_vs_delete', 'parent_deleted')),
    entity text COLLATE "C" NOT NULL,
    entity_id uuid NOT NULL,
    field text,
    base jsonb,
    win jsonb,
    lose jsonb,
    op_win uuid,
    op_lose uuid,
    at timestamptz NOT NULL DEFAULT now(),
    resolved_at timestamptz,
    resolved_by uuid,
    resolution text CHECK (resolution IN ('kept', 'replaced')),
    PRIMARY KEY (id, region)
);
CREATE INDEX conflict_open ON app.conflict (region, at) WHERE resolved_at IS NULL;
CREATE INDEX conflict_by_entity ON app.conflict (region, entity_id);

-- "The same person": operations for alias_id are applied to target_id.
CREATE TABLE app.entity_alias (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    entity text COLLATE "C" NOT NULL,
    alias_id uuid NOT NULL,
    target_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    PRIMARY KEY (alias_id, entity, region)
);

-- Row trigger of every business table. TG_ARGV[0] is the entity's name. The policy `self` on auth.users lets it read the name of the actor.
CREATE FUNCTION sec.log_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    noise constant text[] := ARRAY['region', 'id', 'version', 'row_meta', 'search_key', 'span', 'created_at', 'created_by', 'updated_at', 'updated_by', 'deleted_at'];
    was jsonb;
    now_is jsonb;
    who constant uuid := sec.cfg('actor')::uuid;
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
            coalesce(sec.cfg('origin'), 'system'), sec.cfg('device')::uuid,
            sec.cfg('op')::uuid, sec.cfg('client_at')::timestamptz, TG_ARGV[0], subject.id, what, subject.version, was, now_is);
    RETURN NULL;
END $$;

CREATE FUNCTION sec.change_digest(c app.change_log, prev bytea) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(prev || convert_to(jsonb_build_array(c.region, c.seq, to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        c.actor, c.actor_name, c.origin, c.device, c.op_id, to_char(c.client_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        c.entity, c.entity_id, c.action, c.version, c.before, c.after)::text, 'UTF8'))
$$;

CREATE FUNCTION sec.event_digest(e app.activity_event, prev bytea) RETURNS bytea
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT sha256(prev || convert_to(jsonb_build_array(e.region, e.seq, to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
        e.id, e.actor, e.username, e.kind, e.address, e.user_agent, e.detail)::text, 'UTF8'))
$$;

-- Runs at COMMIT. The row lock on region_head makes the order of numbers the order of commits, so a reader that sees k has 1..k,
-- and a rolled-back transaction leaves no hole.
CREATE FUNCTION sec.seal_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head app.region_head;
    row_now app.change_log;
BEGIN
    INSERT INTO app.region_head AS h (region, seq) VALUES (NEW.region, 1)
    ON CONFLICT (region) DO UPDATE SET seq = h.seq + 1 RETURNING * INTO STRICT head;
    SELECT * INTO STRICT row_now FROM app.change_log c WHERE c.id = NEW.id AND c.region = NEW.region;
    row_now.seq := head.seq;
    row_now.prev_hash := head.hash;
    row_now.hash := sec.change_digest(row_now, head.hash);
    UPDATE app.change_log c SET seq = row_now.seq, prev_hash = row_now.prev_hash, hash = row_now.hash
    WHERE c.id = NEW.id AND c.region = NEW.region;
    UPDATE app.region_head h SET hash = row_now.hash WHERE h.region = NEW.region;
    RETURN NULL;
END $$;

CREATE FUNCTION sec.seal_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head app.region_head;
    row_now app.activity_event;
BEGIN
    INSERT INTO app.region_head AS h (region, event_seq) VALUES (NEW.region, 1)
    ON CONFLICT (region) DO UPDATE SET event_seq = h.event_seq + 1 RETURNING * INTO STRICT head;
    SELECT * INTO STRICT row_now FROM app.activity_event e WHERE e.id = NEW.id AND e.region = NEW.region;
    row_now.seq := head.event_seq;
    row_now.prev_hash := head.event_hash;
    row_now.hash := sec.event_digest(row_now, head.event_hash);
    UPDATE app.activity_event e SET seq = row_now.seq, prev_hash = row_now.prev_hash, hash = row_now.hash
    WHERE e.id = NEW.id AND e.region = NEW.region;
    UPDATE app.region_head h SET event_hash = row_now.hash WHERE h.region = NEW.region;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER seal AFTER INSERT ON app.change_log DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION sec.seal_change();
CREATE CONSTRAINT TRIGGER seal AFTER INSERT ON app.activity_event DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION sec.seal_event();

-- Sealed is final, for everybody who is not taking the triggers off first; the chain shows that too.
CREATE TRIGGER frozen BEFORE UPDATE ON app.change_log FOR EACH ROW WHEN (OLD.seq IS NOT NULL) EXECUTE FUNCTION sec.forbid();
CREATE TRIGGER frozen BEFORE UPDATE ON app.activity_event FOR EACH ROW WHEN (OLD.seq IS NOT NULL) EXECUTE FUNCTION sec.forbid();
CREATE TRIGGER frozen BEFORE UPDATE ON app.op_inbox FOR EACH ROW EXECUTE FUNCTION sec.forbid();
CREATE TRIGGER frozen BEFORE UPDATE ON app.op_verdict FOR EACH ROW EXECUTE FUNCTION sec.forbid();
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['change_log', 'activity_event', 'op_inbox', 'op_verdict', 'conflict'] LOOP
        EXECUTE format('CREATE TRIGGER kept BEFORE DELETE ON app.%I FOR EACH ROW EXECUTE FUNCTION sec.forbid()', t);
        EXECUTE format('CREATE TRIGGER kept_whole BEFORE TRUNCATE ON app.%I FOR EACH STATEMENT EXECUTE FUNCTION sec.forbid()', t);
    END LOOP;
END $$;

-- The first number at which a region's chain does not hold, or NULL.
CREATE FUNCTION sec.verify_changes(r text) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT min(broken_at) FROM (
        SELECT CASE WHEN c.seq <> row_number() OVER w
                      OR c.prev_hash IS DISTINCT FROM lag(c.hash, 1, '\x'::bytea) OVER w
                      OR c.hash IS DISTINCT FROM sec.change_digest(c.*, c.prev_hash) THEN c.seq END AS broken_at
        FROM app.change_log c WHERE c.region = r AND c.seq IS NOT NULL WINDOW w AS (ORDER BY c.seq)
        UNION ALL
        SELECT coalesce(h.seq, l.seq) FROM (SELECT * FROM app.region_head WHERE region = r) h
        FULL JOIN (SELECT seq, hash FROM app.change_log WHERE region = r AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1) l ON true
        WHERE coalesce(h.seq, 0) <> coalesce(l.seq, 0) OR coalesce(h.hash, '\x') <> coalesce(l.hash, '\x')
    ) found
$$;

CREATE FUNCTION sec.verify_events(r text) RETURNS bigint
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT min(broken_at) FROM (
        SELECT CASE WHEN e.seq <> row_number() OVER w
                      OR e.prev_hash IS DISTINCT FROM lag(e.hash, 1, '\x'::bytea) OVER w
                      OR e.hash IS DISTINCT FROM sec.event_digest(e.*, e.prev_hash) THEN e.seq END AS broken_at
        FROM app.activity_event e WHERE e.region = r AND e.seq IS NOT NULL WINDOW w AS (ORDER BY e.seq)
        UNION ALL
        SELECT coalesce(h.event_seq, l.seq) FROM (SELECT * FROM app.region_head WHERE region = r) h
        FULL JOIN (SELECT seq, hash FROM app.activity_event WHERE region = r AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1) l ON true
        WHERE coalesce(h.event_seq, 0) <> coalesce(l.seq, 0) OR coalesce(h.event_hash, '\x') <> coalesce(l.hash, '\x')
    ) found
$$;

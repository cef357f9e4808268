-- The offices' PCs that run the local agent (SYNC 3.10). A device is nobody: it carries what people of its region entered, and keeps a mirror of
-- that one region. Who it is stands in `auth`, outside the regions, because it is found by its token before any region is known.
CREATE TABLE auth.devices (
    id uuid PRIMARY KEY,
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    added_at timestamptz NOT NULL,
    added_by_name text NOT NULL,
    enrolled_at timestamptz,             -- the last time a code was redeemed
    revoked_at timestamptz,              -- for good: a PC that is found again gets a row of its own
    revoked_by_name text,
    UNIQUE (region, id)
);
CREATE UNIQUE INDEX device_name_once ON auth.devices (region, sec.fold(name)) WHERE revoked_at IS NULL;

-- SHA-256 of the token, and of the one that takes its place when it is first used.
CREATE TABLE auth.device_keys (
    device_id uuid PRIMARY KEY REFERENCES auth.devices,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    made_at timestamptz NOT NULL,
    next_hash bytea UNIQUE CHECK (length(next_hash) = 32),
    next_at timestamptz
);

-- One-time codes with which a PC gets its token.
CREATE TABLE auth.device_codes (
    code_hash bytea PRIMARY KEY CHECK (length(code_hash) = 32),
    device_id uuid NOT NULL REFERENCES auth.devices,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > made_at),
    ended_at timestamptz                 -- redeemed, or replaced by a later one
);
CREATE INDEX device_codes_by_device ON auth.device_codes (device_id);

DO $$
DECLARE
    t regclass;
BEGIN
    FOREACH t IN ARRAY ARRAY['auth.devices', 'auth.device_keys', 'auth.device_codes']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY adm ON %s USING ((SELECT sec.cfg(''admin'')) = ''users'')', t);
    END LOOP;
END $$;

-- Whoever sees a region may know its PCs: their names stand beside the changes that came through them.
CREATE POLICY by_region ON auth.devices FOR SELECT USING (region = ANY ((SELECT string_to_array(sec.cfg('regions'), ','))::text[]));
-- Whoever holds a token may read its device, and renew the token.
CREATE POLICY token ON auth.device_keys FOR SELECT
    USING ((SELECT decode(sec.cfg('token'), 'hex')) IN (token_hash, next_hash));
CREATE POLICY token_renew ON auth.device_keys FOR UPDATE
    USING ((SELECT decode(sec.cfg('token'), 'hex')) IN (token_hash, next_hash));
CREATE POLICY token ON auth.devices FOR SELECT
    USING (id = (SELECT k.device_id FROM auth.device_keys k WHERE decode(sec.cfg('token'), 'hex') IN (k.token_hash, k.next_hash)));
-- Whoever holds a code may redeem it: read its device, and give that a token.
CREATE POLICY code ON auth.device_codes FOR SELECT USING (code_hash = (SELECT decode(sec.cfg('token'), 'hex')));
CREATE POLICY code_redeem ON auth.device_codes FOR UPDATE USING (code_hash = (SELECT decode(sec.cfg('token'), 'hex')));
CREATE POLICY code ON auth.devices FOR SELECT
    USING (id = (SELECT c.device_id FROM auth.device_codes c WHERE c.code_hash = decode(sec.cfg('token'), 'hex')));
CREATE POLICY code_redeem ON auth.devices FOR UPDATE
    USING (id = (SELECT c.device_id FROM auth.device_codes c WHERE c.code_hash = decode(sec.cfg('token'), 'hex')));
CREATE POLICY code_redeem ON auth.device_keys
    USING (device_id = (SELECT c.device_id FROM auth.device_codes c WHERE c.code_hash = decode(sec.cfg('token'), 'hex')));

GRANT SELECT, INSERT, UPDATE (name, enrolled_at, revoked_at, revoked_by_name) ON auth.devices TO rainstaff_app;
GRANT SELECT, INSERT, UPDATE (token_hash, made_at, next_hash, next_at) ON auth.device_keys TO rainstaff_app;
GRANT SELECT, INSERT, UPDATE (ended_at) ON auth.device_codes TO rainstaff_app;

-- What a PC told of itself last.
CREATE TABLE app.device_contact (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    device_id uuid NOT NULL,
    last_at timestamptz NOT NULL,
    version text NOT NULL DEFAULT '',
    build text NOT NULL DEFAULT '',
    os text NOT NULL DEFAULT '',
    host text NOT NULL DEFAULT '',
    waiting bigint NOT NULL DEFAULT 0 CHECK (waiting >= 0),
    oldest_at timestamptz,
    log bigint,
    mirror_epoch uuid,
    mirror_seq bigint,
    mirror_synced_at timestamptz,
    digest_equal boolean,
    disk_free bigint,
    offset_ms bigint NOT NULL DEFAULT 0,
    started_at timestamptz,
    troubles text[] COLLATE "C" NOT NULL DEFAULT '{}',
    PRIMARY KEY (device_id, region),
    FOREIGN KEY (region, device_id) REFERENCES auth.devices (region, id)
);

-- One row per oddity of a PC, from the moment it is found until it is over. Nothing is deleted.
CREATE TABLE app.device_alarm (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id uuid NOT NULL,
    device_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('file_corrupt', 'digest', 'disk_full', 'silent', 'clock')),
    amount bigint NOT NULL,
    since timestamptz NOT NULL,
    raised_at timestamptz NOT NULL,
    ended_at timestamptz,
    seen_at timestamptz,
    seen_by uuid,
    seen_by_name text,
    PRIMARY KEY (id, region),
    FOREIGN KEY (device_id, region) REFERENCES app.device_contact (device_id, region)
);
CREATE UNIQUE INDEX device_alarm_once ON app.device_alarm (region, device_id, kind) WHERE ended_at IS NULL;

-- The PC that told of a queue, so long as no browser has: it is the PC's own, or of a browser that has not come up itself yet.
ALTER TABLE app.queue_contact ADD COLUMN device_id uuid;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['device_contact', 'device_alarm'] LOOP
        EXECUTE format('CREATE TRIGGER kept BEFORE DELETE ON app.%I FOR EACH ROW EXECUTE FUNCTION sec.forbid()', t);
        EXECUTE format('CREATE TRIGGER kept_whole BEFORE TRUNCATE ON app.%I FOR EACH STATEMENT EXECUTE FUNCTION sec.forbid()', t);
    END LOOP;
END $$;

CALL sec.protect_all();

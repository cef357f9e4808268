-- What the server knows of the queues in the browsers: the last state each of them told, and what is odd about it.
-- docs/adr/0011-queues-of-browsers.md says why a queue has the region of whoever told of it first.
CREATE TABLE app.queue_contact (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    queue_id uuid NOT NULL,
    user_id uuid NOT NULL,
    username text,                       -- none until its user was there in person
    user_regions text[] NOT NULL DEFAULT '{}',
    reporter text NOT NULL,              -- who was signed in at the last contact
    browser_id uuid NOT NULL,
    browser text NOT NULL DEFAULT '',
    build text NOT NULL DEFAULT '',
    len bigint NOT NULL CHECK (len >= 0),
    oldest_at timestamptz,
    offset_ms bigint NOT NULL DEFAULT 0,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    highest_n bigint NOT NULL DEFAULT 0,
    dense_to bigint NOT NULL DEFAULT 0,  -- 1 to here have all arrived
    missing bigint[] NOT NULL DEFAULT '{}',
    missing_since timestamptz,
    PRIMARY KEY (queue_id, region)
);
CREATE INDEX queue_contact_by_browser ON app.queue_contact (region, browser_id, user_id);
CREATE INDEX queue_contact_with_holes ON app.queue_contact (region, user_id) WHERE missing <> '{}';

-- One row per oddity, from the moment it is found until it is over. Nothing is deleted.
CREATE TABLE app.queue_alarm (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id uuid NOT NULL,
    queue_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('hole', 'vanished', 'silent', 'clock')),
    amount bigint NOT NULL,
    since timestamptz NOT NULL,
    raised_at timestamptz NOT NULL,
    ended_at timestamptz,
    seen_at timestamptz,
    seen_by uuid,
    seen_by_name text,
    PRIMARY KEY (id, region),
    FOREIGN KEY (queue_id, region) REFERENCES app.queue_contact (queue_id, region)
);
CREATE UNIQUE INDEX queue_alarm_once ON app.queue_alarm (region, queue_id, kind) WHERE ended_at IS NULL;

-- What a browser had and the server could not read, as it came.
CREATE TABLE app.op_quarantine (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    username text NOT NULL,
    browser text NOT NULL DEFAULT '',
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    body bytea NOT NULL CHECK (length(body) <= 1048576),
    received_at timestamptz NOT NULL,
    PRIMARY KEY (id, region)
);
CREATE UNIQUE INDEX op_quarantine_once ON app.op_quarantine (region, user_id, sha256);
CREATE INDEX op_quarantine_by_time ON app.op_quarantine (region, received_at DESC);
CREATE TRIGGER frozen BEFORE UPDATE ON app.op_quarantine FOR EACH ROW EXECUTE FUNCTION sec.forbid();
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['queue_contact', 'queue_alarm', 'op_quarantine'] LOOP
        EXECUTE format('CREATE TRIGGER kept BEFORE DELETE ON app.%I FOR EACH ROW EXECUTE FUNCTION sec.forbid()', t);
        EXECUTE format('CREATE TRIGGER kept_whole BEFORE TRUNCATE ON app.%I FOR EACH STATEMENT EXECUTE FUNCTION sec.forbid()', t);
    END LOOP;
END $$;

-- What browsers may do without a network, for the whole company; none is `normal`.
ALTER TABLE app.settings ADD COLUMN offline_mode text CHECK (offline_mode IN ('normal', 'drain_only', 'off'));
ALTER TABLE app.settings ADD CONSTRAINT offline_mode_is_the_companys CHECK (offline_mode IS NULL OR region = 'company');
ALTER TABLE sec.company_settings ADD COLUMN offline_mode text;
CREATE OR REPLACE FUNCTION sec.publish_company_settings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE sec.company_settings SET company_name = NEW.company_name, report_title = NEW.report_title, weekday_min = NEW.weekday_min,
        saturday_start_min = NEW.saturday_start_min, saturday_end_min = NEW.saturday_end_min, offline_mode = NEW.offline_mode;
    RETURN NULL;
END $$;

CALL sec.protect_all();

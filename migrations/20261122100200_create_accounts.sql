-- Accounts stand outside the regions. No role may bypass anything: a transaction names the one user, session or
-- address it works for (capabilities), and `app.admin = 'users'` opens the tables for account administration.
CREATE TABLE auth.users (
    id uuid PRIMARY KEY,
    username text COLLATE "C" NOT NULL UNIQUE CHECK (username ~ '^[a-z0-9_.-]{3,64}$'),
    role text NOT NULL CHECK (role IN ('user', 'admin')),
    active boolean NOT NULL DEFAULT true,
    lang text NOT NULL DEFAULT 'tr' CHECK (lang IN ('tr', 'en')),
    theme text NOT NULL DEFAULT 'auto' CHECK (theme IN ('auto', 'light', 'dark')),
    auth_epoch int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- No row, or no pw_hash: nobody can sign in with this account yet.
CREATE TABLE auth.credentials (
    user_id uuid PRIMARY KEY REFERENCES auth.users,
    pw_hash text CHECK (pw_hash LIKE '$argon2id$%'),
    must_change boolean NOT NULL DEFAULT true,
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE auth.user_regions (
    user_id uuid NOT NULL REFERENCES auth.users,
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    PRIMARY KEY (user_id, region)
);

-- Failed sign-ins by 'user:NAME' and 'addr:IP'.
CREATE TABLE auth.login_state (
    key text COLLATE "C" PRIMARY KEY,
    fails int NOT NULL DEFAULT 0,
    last_failed_at timestamptz NOT NULL DEFAULT now(),
    next_try_at timestamptz NOT NULL DEFAULT now()
);

-- Only the SHA-256 of the session key is kept.
CREATE TABLE auth.sessions (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    id uuid NOT NULL UNIQUE,
    user_id uuid NOT NULL REFERENCES auth.users,
    state jsonb NOT NULL,
    address text,
    user_agent text,
    created_at timestamptz NOT NULL DEFAULT now(),
    seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_user ON auth.sessions (user_id);
CREATE INDEX sessions_by_expiry ON auth.sessions (expires_at);

DO $$
DECLARE
    t regclass;
BEGIN
    FOREACH t IN ARRAY ARRAY['auth.users', 'auth.credentials', 'auth.user_regions', 'auth.login_state', 'auth.sessions']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY adm ON %s USING ((SELECT sec.cfg(''admin'')) = ''users'')', t);
    END LOOP;
END $$;

CREATE POLICY login ON auth.users FOR SELECT USING (username = (SELECT sec.cfg('login')));
CREATE POLICY self ON auth.users FOR SELECT USING (id = (SELECT sec.cfg('actor'))::uuid);
CREATE POLICY session ON auth.users FOR SELECT
    USING (id = (SELECT s.user_id FROM auth.sessions s WHERE s.token_hash = decode(sec.cfg('session'), 'hex')));
CREATE POLICY login ON auth.credentials FOR SELECT
    USING (user_id = (SELECT u.id FROM auth.users u WHERE u.username = sec.cfg('login')));
CREATE POLICY self ON auth.credentials USING (user_id = (SELECT sec.cfg('actor'))::uuid);
CREATE POLICY session ON auth.credentials FOR SELECT
    USING (user_id = (SELECT s.user_id FROM auth.sessions s WHERE s.token_hash = decode(sec.cfg('session'), 'hex')));
CREATE POLICY login ON auth.user_regions FOR SELECT
    USING (user_id = (SELECT u.id FROM auth.users u WHERE u.username = sec.cfg('login')));
CREATE POLICY self ON auth.user_regions FOR SELECT USING (user_id = (SELECT sec.cfg('actor'))::uuid);
CREATE POLICY session ON auth.user_regions FOR SELECT
    USING (user_id = (SELECT s.user_id FROM auth.sessions s WHERE s.token_hash = decode(sec.cfg('session'), 'hex')));
CREATE POLICY login ON auth.login_state
    USING (key IN ('user:' || (SELECT sec.cfg('login')), 'addr:' || (SELECT sec.cfg('login_address'))));
-- Whoever holds the token may read, touch and end that session; only the signed-in user (app.actor) can open one.
CREATE POLICY token ON auth.sessions FOR SELECT USING (token_hash = (SELECT decode(sec.cfg('session'), 'hex')));
CREATE POLICY token_touch ON auth.sessions FOR UPDATE USING (token_hash = (SELECT decode(sec.cfg('session'), 'hex')));
CREATE POLICY token_end ON auth.sessions FOR DELETE USING (token_hash = (SELECT decode(sec.cfg('session'), 'hex')));
CREATE POLICY self ON auth.sessions USING (user_id = (SELECT sec.cfg('actor'))::uuid);

GRANT SELECT ON app.regions TO rainstaff_app;
GRANT SELECT, INSERT, UPDATE ON auth.users, auth.credentials TO rainstaff_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON auth.user_regions, auth.login_state TO rainstaff_app;
GRANT SELECT, INSERT, DELETE, UPDATE (state, seen_at) ON auth.sessions TO rainstaff_app;

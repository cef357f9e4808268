-- Personal keys for other programs. Only the SHA-256 is kept; the key itself is shown once, when it is made. A key reads what its scopes
-- name, in those of its regions that its owner still has.
CREATE TABLE auth.api_tokens (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES auth.users,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    prefix text COLLATE "C" NOT NULL CHECK (prefix ~ '^rsp_[A-Za-z0-9_-]{8}$'),
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    scopes text[] COLLATE "C" NOT NULL CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read:timesheets', 'read:employees', 'read:changes']),
    regions text[] COLLATE "C" NOT NULL CHECK (cardinality(regions) > 0),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX api_tokens_by_user ON auth.api_tokens (user_id);

ALTER TABLE auth.api_tokens ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.api_tokens FORCE ROW LEVEL SECURITY;
CREATE POLICY adm ON auth.api_tokens USING ((SELECT sec.cfg('admin')) = 'users');
CREATE POLICY self ON auth.api_tokens USING (user_id = (SELECT sec.cfg('actor'))::uuid);
-- Whoever holds the key may read it, note its use, and see the account behind it.
CREATE POLICY token ON auth.api_tokens FOR SELECT USING (token_hash = (SELECT decode(sec.cfg('token'), 'hex')));
CREATE POLICY token_touch ON auth.api_tokens FOR UPDATE USING (token_hash = (SELECT decode(sec.cfg('token'), 'hex')));
CREATE POLICY token ON auth.users FOR SELECT
    USING (id = (SELECT t.user_id FROM auth.api_tokens t WHERE t.token_hash = decode(sec.cfg('token'), 'hex')));
CREATE POLICY token ON auth.credentials FOR SELECT
    USING (user_id = (SELECT t.user_id FROM auth.api_tokens t WHERE t.token_hash = decode(sec.cfg('token'), 'hex')));
CREATE POLICY token ON auth.user_regions FOR SELECT
    USING (user_id = (SELECT t.user_id FROM auth.api_tokens t WHERE t.token_hash = decode(sec.cfg('token'), 'hex')));

GRANT SELECT, INSERT, UPDATE (last_used_at, revoked_at) ON auth.api_tokens TO rainstaff_app;

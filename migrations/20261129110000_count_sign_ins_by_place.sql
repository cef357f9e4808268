-- Waits after failed sign-ins belong to a place: a name from one address ('pair:NAME@ADDRESS'), or a name from a browser that is known to it
-- ('known:NAME@BROWSER'). Whoever checks a password for a name sees the counters of that name, and still those of its address ('addr:IP').
-- 'user:NAME', which one place could fill for everybody, is counted by programs of before this alone.
CREATE POLICY login_places ON auth.login_state
    USING (starts_with(key, 'pair:' || (SELECT sec.cfg('login')) || '@') OR starts_with(key, 'known:' || (SELECT sec.cfg('login')) || '@'));

-- A temporary password is good for one sign-in. When that was; one before changed_at was with an earlier password.
ALTER TABLE auth.credentials ADD COLUMN used_at timestamptz;
COMMENT ON COLUMN auth.credentials.used_at IS 'The sign-in with a temporary password; it is good for no other.';

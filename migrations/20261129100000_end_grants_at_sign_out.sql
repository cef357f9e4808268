-- Sessions that somebody ended on purpose: of what is entered after that, the grants that were given to them prove nothing. Rows go when the
-- last of those grants has lapsed.
CREATE TABLE auth.ended_sessions (
    session_id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES auth.users,
    ended_at timestamptz NOT NULL,
    -- the browser's queue and its last number then, where the browser said so
    queue_id uuid,
    last_n bigint CHECK (last_n >= 0),
    CHECK ((queue_id IS NULL) = (last_n IS NULL))
);
CREATE INDEX ended_sessions_by_user ON auth.ended_sessions (user_id);

ALTER TABLE auth.ended_sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.ended_sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY adm ON auth.ended_sessions USING ((SELECT sec.cfg('admin')) = 'users');
CREATE POLICY self ON auth.ended_sessions USING (user_id = (SELECT sec.cfg('actor'))::uuid);

GRANT SELECT, INSERT, DELETE ON auth.ended_sessions TO rainstaff_app;

-- Whoever brought an operation that is somebody else's, by the name of that moment; none where its author did.
ALTER TABLE app.op_inbox ADD COLUMN carrier_name text;

CALL sec.protect_all();

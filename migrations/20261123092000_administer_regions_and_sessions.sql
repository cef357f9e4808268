-- Administration in the running server: regions are added, renamed, closed and opened by an admin; sessions are looked at and ended.

-- Whether this transaction was opened to administer `what`, by somebody who is an active admin now. The policy `self` on auth.users lets it
-- see the row of the actor, and no other.
CREATE FUNCTION sec.administers(what text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(sec.cfg('admin') = what, false) AND EXISTS (
        SELECT FROM auth.users u WHERE u.id = sec.cfg('actor')::uuid AND u.role = 'admin' AND u.active)
$$;
REVOKE ALL ON FUNCTION sec.administers(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.administers(text) TO rainstaff_app;

-- Everybody reads the names, as before. Codes and kinds stay as they were made. Not forced: the owner makes the first offices, and
-- foreign keys look here with the owner's eyes.
ALTER TABLE app.regions ENABLE ROW LEVEL SECURITY;
CREATE POLICY names_are_public ON app.regions FOR SELECT USING (true);
CREATE POLICY administered_new ON app.regions FOR INSERT WITH CHECK ((SELECT sec.administers('regions')) AND kind = 'office');
CREATE POLICY administered ON app.regions FOR UPDATE USING ((SELECT sec.administers('regions')) AND kind = 'office')
    WITH CHECK ((SELECT sec.administers('regions')) AND kind = 'office');
GRANT INSERT (code, name), UPDATE (name, active) ON app.regions TO rainstaff_app;
COMMENT ON COLUMN app.regions.active IS 'A closed region is read, and takes no operation (sync::apply).';
CREATE UNIQUE INDEX region_name_once ON app.regions (sec.fold(name));

-- When an account was last at work. Sessions are deleted when they end; this stays.
CREATE TABLE auth.last_seen (
    user_id uuid PRIMARY KEY REFERENCES auth.users,
    seen_at timestamptz NOT NULL
);
ALTER TABLE auth.last_seen ENABLE ROW LEVEL SECURITY;
ALTER TABLE auth.last_seen FORCE ROW LEVEL SECURITY;
CREATE POLICY adm ON auth.last_seen USING ((SELECT sec.cfg('admin')) = 'users');
CREATE POLICY self ON auth.last_seen USING (user_id = (SELECT sec.cfg('actor'))::uuid);
CREATE POLICY session ON auth.last_seen
    USING (user_id = (SELECT s.user_id FROM auth.sessions s WHERE s.token_hash = decode(sec.cfg('session'), 'hex')));
GRANT SELECT, INSERT, UPDATE (seen_at) ON auth.last_seen TO rainstaff_app;

-- The sign-ins of one account.
CREATE INDEX activity_event_by_username ON app.activity_event (region, username, at DESC, id DESC);

-- The feed's epoch follows the data, not the program's starts: a standby that is promoted may lack the last changes of the one it replaces,
-- and gives their numbers again.

-- Which data these are: the cluster, and the timeline on which it writes now. (What pg_control_checkpoint() says lags after a promotion until
-- the next checkpoint.) None while the cluster only repeats what another one writes.
CREATE FUNCTION sec.data_identity() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT CASE WHEN pg_is_in_recovery() THEN NULL
                ELSE s.system_identifier || '/' || ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END
    FROM pg_control_system() s
$$;

-- The epoch of the data as they are; `fresh` from now on where they are others than before.
CREATE FUNCTION sec.renew_epoch(fresh uuid) RETURNS uuid
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    identity constant text := sec.data_identity();
    found_epoch uuid;
BEGIN
    SELECT f.epoch INTO found_epoch FROM sec.feed f WHERE f.system_identifier = identity;
    IF found_epoch IS NULL THEN
        UPDATE sec.feed f SET epoch = fresh, system_identifier = identity, started_at = now() WHERE f.system_identifier IS DISTINCT FROM identity;
        SELECT f.epoch INTO STRICT found_epoch FROM sec.feed f; -- somebody else's, where they were quicker
    END IF;
    RETURN found_epoch;
END $$;

REVOKE ALL ON FUNCTION sec.data_identity(), sec.renew_epoch(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.data_identity(), sec.renew_epoch(uuid) TO rainstaff_app;

-- The application changes the epoch when the data have become others, and at no other time.
ALTER TABLE sec.feed ENABLE ROW LEVEL SECURITY;
CREATE POLICY read_by_all ON sec.feed FOR SELECT USING (true);
CREATE POLICY renewed_when_due ON sec.feed FOR UPDATE
    USING (system_identifier IS DISTINCT FROM (SELECT sec.data_identity())) WITH CHECK (system_identifier = (SELECT sec.data_identity()));
GRANT UPDATE (epoch, system_identifier, started_at) ON sec.feed TO rainstaff_app;

-- An id is given once, whatever the region. Keys hold (id, region), so that the tables can be spread by region; this keeps a second region
-- from making a row under an id that the first one has. It looks past the caller's regions and says nothing but no: the write path answers
-- as it does for a row that is not there.
CREATE FUNCTION sec.keep_ids_apart() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    scope constant text := current_setting('app.regions', true);
    is_taken boolean;
BEGIN
    -- Until the one question is answered; what fails in between undoes the statement, and this with it.
    PERFORM set_config('app.regions', (SELECT string_agg(r.code, ',') FROM app.regions r), true);
    -- By the primary key, a row at a time: the planner knows nothing of how many are new.
    EXECUTE format('SELECT EXISTS (SELECT FROM made m CROSS JOIN LATERAL
                        (SELECT FROM %s t WHERE t.id = m.id AND t.region <> m.region OFFSET 0) other)', TG_RELID::regclass)
    INTO is_taken;
    PERFORM set_config('app.regions', coalesce(scope, ''), true);
    IF is_taken THEN
        RAISE EXCEPTION 'refused' USING ERRCODE = 'unique_violation', CONSTRAINT = 'ids_apart';
    END IF;
    RETURN NULL;
END $$;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['settings', 'employees', 'shift_templates', 'timesheets', 'calendar_days'] LOOP
        EXECUTE format('CREATE TRIGGER ids_apart AFTER INSERT ON app.%I REFERENCING NEW TABLE AS made
                        FOR EACH STATEMENT EXECUTE FUNCTION sec.keep_ids_apart()', t);
    END LOOP;
END $$;
CALL sec.protect_all();

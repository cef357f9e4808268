-- Names that were stored before texts were cleaned. Each change is one of the log like any other, with origin system, and gives the row a new
-- version, so that feeds carry it. Notes are left: they are cleaned when somebody next edits them, and are searched as if they were.

-- Where the cleaned value would be another row's business key, or nothing at all, the row stays as it is; `rainstaff doctor` names it.
CREATE PROCEDURE sec.clean_stored_names()
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    f record;
    r record;
BEGIN
    PERFORM set_config('app.regions', (SELECT string_agg(code, ',') FROM app.regions), true), set_config('app.origin', 'system', true),
            set_config('app.actor', '', true), set_config('app.op', '', true), set_config('app.ops', '', true);
    FOR f IN
        SELECT v.tab, v.col, replace(v.cleaned, '%', quote_ident(v.col)) AS cleaned FROM (VALUES
            ('settings', 'company_name', 'nullif(sec.clean(%), '''')'), ('settings', 'report_title', 'nullif(sec.clean(%), '''')'),
            ('shift_templates', 'name', 'sec.clean(%)'), ('calendar_days', 'name', 'sec.clean(%)'), ('calendar_days', 'source', 'sec.clean(%)'),
            ('employees', 'full_name', 'sec.clean(%)'), ('employees', 'department', 'sec.clean(%)'), ('employees', 'title', 'sec.clean(%)'),
            ('employees', 'identity_no', 'nullif(replace(sec.clean(%), '' '', ''''), '''')')) v (tab, col, cleaned)
    LOOP
        FOR r IN EXECUTE format('SELECT region, id FROM app.%I WHERE %I IS DISTINCT FROM %s ORDER BY region, id', f.tab, f.col, f.cleaned) LOOP
            BEGIN
                EXECUTE format('UPDATE app.%I SET %I = %s, version = version + 1, updated_at = now(), updated_by = NULL WHERE region = $1 AND id = $2',
                               f.tab, f.col, f.cleaned) USING r.region, r.id;
            EXCEPTION WHEN unique_violation OR check_violation THEN
                NULL;
            END;
        END LOOP;
    END LOOP;
END $$;
REVOKE ALL ON PROCEDURE sec.clean_stored_names() FROM PUBLIC;

CALL sec.clean_stored_names();

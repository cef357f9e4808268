-- Whoever was made passive without a last day has none, and every month before lost them. Now the last day alone says who works here on a
-- day: these get the day of their last entry, or without one the day on which they were made passive. As a change like any other: it is in
-- the log, and clients get the rows.
DO $$
BEGIN
    PERFORM set_config('app.regions', (SELECT string_agg(code, ',') FROM app.regions), true), set_config('app.origin', 'system', true),
            set_config('app.actor', '', true), set_config('app.op', '', true), set_config('app.ops', '', true),
            set_config('app.client_at', '', true), set_config('app.device', '', true);
    UPDATE app.employees e
    SET exit_date = greatest(e.hire_date, coalesce(
            (SELECT max(t.work_date) FROM app.timesheets t WHERE t.region = e.region AND t.employee_id = e.id AND t.deleted_at IS NULL),
            (SELECT max((c.at AT TIME ZONE 'Europe/Istanbul')::date) FROM app.change_log c
             WHERE c.region = e.region AND c.entity = 'employee' AND c.entity_id = e.id AND c.after->>'is_active' = 'false'),
            (e.created_at AT TIME ZONE 'Europe/Istanbul')::date)),
        version = e.version + 1,
        updated_at = now(),
        updated_by = NULL
    WHERE NOT e.is_active AND e.exit_date IS NULL;
END $$;

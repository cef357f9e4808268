-- The business tables of the main job. Every regional table has the same head (region, id) and the same tail (version .. deleted_at).
-- row_meta keeps, per field, which operation wrote it last and when: what the merge needs (src/ops/merge.rs).

CREATE TABLE app.settings (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id uuid NOT NULL,
    company_name text CHECK (length(company_name) <= 200),
    report_title text CHECK (length(report_title) <= 200),
    weekday_min int CHECK (weekday_min BETWEEN 0 AND 1440),
    saturday_start_min int CHECK (saturday_start_min BETWEEN 0 AND 1439),
    saturday_end_min int CHECK (saturday_end_min BETWEEN 0 AND 1439),
    row_meta jsonb NOT NULL DEFAULT '{}',
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by uuid,
    deleted_at timestamptz,
    PRIMARY KEY (id, region),
    CONSTRAINT one_settings_row UNIQUE (region)
);
COMMENT ON TABLE app.settings IS 'One row per region, and one of region company for all; NULL means: as for all.';

CREATE TABLE app.employees (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id uuid NOT NULL,
    full_name text NOT NULL CHECK (length(full_name) BETWEEN 1 AND 200),
    identity_no text COLLATE "C" CHECK (length(identity_no) BETWEEN 1 AND 20),
    department text NOT NULL DEFAULT '' CHECK (length(department) <= 100),
    title text NOT NULL DEFAULT '' CHECK (length(title) <= 100),
    hire_date date,
    exit_date date CHECK (exit_date >= hire_date),
    is_active boolean NOT NULL DEFAULT true,
    search_key text COLLATE "C" GENERATED ALWAYS AS (sec.fold(full_name)) STORED,
    row_meta jsonb NOT NULL DEFAULT '{}',
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by uuid,
    deleted_at timestamptz,
    PRIMARY KEY (id, region)
);
CREATE INDEX employees_by_name ON app.employees (region, search_key, id);
CREATE UNIQUE INDEX employees_identity_no_once ON app.employees (region, identity_no)
    WHERE identity_no IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE app.shift_templates (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    start_min int NOT NULL CHECK (start_min BETWEEN 0 AND 1439),
    end_min int NOT NULL CHECK (end_min > start_min AND end_min <= 2880 AND end_min - start_min < 1440),
    break_min int NOT NULL DEFAULT 0 CHECK (break_min BETWEEN 0 AND 480),
    weekdays text COLLATE "C" NOT NULL DEFAULT '' CHECK (weekdays ~ '^1?2?3?4?5?6?7?$'),
    search_key text COLLATE "C" GENERATED ALWAYS AS (sec.fold(name)) STORED,
    row_meta jsonb NOT NULL DEFAULT '{}',
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by uuid,
    deleted_at timestamptz,
    PRIMARY KEY (id, region)
);
COMMENT ON COLUMN app.shift_templates.weekdays IS 'ISO weekdays (1 Monday .. 7 Sunday) this template is the default of.';
CREATE UNIQUE INDEX shift_templates_name_once ON app.shift_templates (region, name) WHERE deleted_at IS NULL;

-- start_min, end_min: minutes of the start day; end_min goes to 2880 for a shift over midnight. The hours are computed, never stored.
CREATE TABLE app.timesheets (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id uuid NOT NULL,
    employee_id uuid NOT NULL,
    work_date date NOT NULL CHECK (work_date BETWEEN '1990-01-01' AND '2100-12-31'),
    start_min int NOT NULL CHECK (start_min BETWEEN 0 AND 1439),
    end_min int NOT NULL CHECK (end_min > start_min AND end_min <= 2880 AND end_min - start_min < 1440),
    break_min int NOT NULL DEFAULT 0 CHECK (break_min BETWEEN 0 AND 480),
    is_special boolean NOT NULL DEFAULT false,
    notes text NOT NULL DEFAULT '' CHECK (length(notes) <= 2000),
    row_meta jsonb NOT NULL DEFAULT '{}',
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by uuid,
    deleted_at timestamptz,
    PRIMARY KEY (id, region),
    FOREIGN KEY (region, employee_id) REFERENCES app.employees (region, id),
    CONSTRAINT timesheets_no_overlap EXCLUDE USING gist (
        sec.uuid_range(employee_id, employee_id, '[]') WITH &&,
        tsrange(work_date + make_interval(mins => start_min), work_date + make_interval(mins => end_min)) WITH &&,
        sec.code_range(region, region, '[]') WITH &&      -- without it, another region's entry could be felt through its employee's id
    ) WHERE (deleted_at IS NULL)
);
CREATE INDEX timesheets_by_employee ON app.timesheets (region, employee_id, work_date);
CREATE INDEX timesheets_by_date ON app.timesheets (region, work_date DESC, id DESC);

CREATE TRIGGER logged AFTER INSERT OR UPDATE OR DELETE ON app.settings FOR EACH ROW EXECUTE FUNCTION sec.log_change('settings');
CREATE TRIGGER logged AFTER INSERT OR UPDATE OR DELETE ON app.employees FOR EACH ROW EXECUTE FUNCTION sec.log_change('employee');
CREATE TRIGGER logged AFTER INSERT OR UPDATE OR DELETE ON app.shift_templates FOR EACH ROW EXECUTE FUNCTION sec.log_change('shift_template');
CREATE TRIGGER logged AFTER INSERT OR UPDATE OR DELETE ON app.timesheets FOR EACH ROW EXECUTE FUNCTION sec.log_change('timesheet');

-- What holds for all regions, where every region may read it: a copy of the company's own row, kept by the trigger below.
CREATE TABLE sec.company_settings (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    company_name text,
    report_title text,
    weekday_min int,
    saturday_start_min int,
    saturday_end_min int
);
INSERT INTO sec.company_settings DEFAULT VALUES;
GRANT SELECT ON sec.company_settings TO rainstaff_app;

CREATE FUNCTION sec.publish_company_settings() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE sec.company_settings SET company_name = NEW.company_name, report_title = NEW.report_title, weekday_min = NEW.weekday_min,
        saturday_start_min = NEW.saturday_start_min, saturday_end_min = NEW.saturday_end_min;
    RETURN NULL;
END $$;
CREATE TRIGGER published AFTER INSERT OR UPDATE ON app.settings FOR EACH ROW WHEN (NEW.region = 'company')
    EXECUTE FUNCTION sec.publish_company_settings();

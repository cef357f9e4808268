-- Days that are not like others: public holidays, days off the company gives, and days on which an office works all the same
-- (UX 5.3). Rows of region company hold for every office; an office's own row adds to them, a workday of its own takes them away.
CREATE TABLE app.calendar_days (
    region text COLLATE "C" NOT NULL REFERENCES app.regions,
    id uuid NOT NULL,
    day date NOT NULL CHECK (day BETWEEN '1990-01-01' AND '2100-12-31'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    kind text COLLATE "C" NOT NULL CHECK (kind IN ('holiday', 'day_off', 'workday')),
    free_from_min int NOT NULL DEFAULT 0 CHECK (free_from_min BETWEEN 0 AND 1439),
    source text NOT NULL DEFAULT '' CHECK (length(source) <= 200),
    row_meta jsonb NOT NULL DEFAULT '{}',
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by uuid,
    updated_at timestamptz NOT NULL DEFAULT now(),
    updated_by uuid,
    deleted_at timestamptz,
    PRIMARY KEY (id, region)
);
COMMENT ON COLUMN app.calendar_days.free_from_min IS 'Minutes of the day from which nobody works: 0 the whole day, 780 from 13:00.';
CREATE UNIQUE INDEX calendar_days_once ON app.calendar_days (region, day, name) WHERE deleted_at IS NULL;
CREATE INDEX calendar_days_by_day ON app.calendar_days (region, day) WHERE deleted_at IS NULL;
CREATE TRIGGER logged AFTER INSERT OR UPDATE OR DELETE ON app.calendar_days FOR EACH ROW EXECUTE FUNCTION sec.log_change('calendar_day');

-- The company's days where every region may read them: a copy kept by the trigger below, like sec.company_settings.
CREATE TABLE sec.company_days (
    id uuid PRIMARY KEY,
    day date NOT NULL,
    name text NOT NULL,
    kind text COLLATE "C" NOT NULL,
    free_from_min int NOT NULL
);
CREATE INDEX company_days_by_day ON sec.company_days (day);
GRANT SELECT ON sec.company_days TO rainstaff_app;

CREATE FUNCTION sec.publish_company_day() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM sec.company_days WHERE id = NEW.id;
    IF NEW.deleted_at IS NULL THEN
        INSERT INTO sec.company_days (id, day, name, kind, free_from_min) VALUES (NEW.id, NEW.day, NEW.name, NEW.kind, NEW.free_from_min);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER published AFTER INSERT OR UPDATE ON app.calendar_days FOR EACH ROW WHEN (NEW.region = 'company')
    EXECUTE FUNCTION sec.publish_company_day();

CALL sec.protect_all();

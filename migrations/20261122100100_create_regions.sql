-- The offices, and one row of kind 'company' that holds what is true for all of them (company-wide defaults, headquarters' own events).
-- A reference table: everybody may read the names, no row of it says anything about an office's data.
CREATE TABLE app.regions (
    code text COLLATE "C" PRIMARY KEY CHECK (code ~ '^[a-z][a-z0-9_]{1,30}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    kind text NOT NULL DEFAULT 'office' CHECK (kind IN ('office', 'company')),
    active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX one_company ON app.regions (kind) WHERE kind = 'company';
INSERT INTO app.regions (code, name, kind) VALUES ('company', 'Şirket geneli', 'company');

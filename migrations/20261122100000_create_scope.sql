-- The scope: which regions a transaction may see. Everything regional hangs on sec.regions().

CREATE SCHEMA sec;
CREATE SCHEMA app;
CREATE SCHEMA auth;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

-- Raises when no scope was entered: a forgotten scope is an error, never an empty page.
CREATE FUNCTION sec.regions() RETURNS text[]
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    scope text := current_setting('app.regions', true);
BEGIN
    IF coalesce(scope, '') = '' THEN
        RAISE EXCEPTION 'region scope missing' USING ERRCODE = 'RS001';
    END IF;
    RETURN string_to_array(scope, ',');
END $$;

-- One transaction-local setting, or NULL.
CREATE FUNCTION sec.cfg(name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT nullif(current_setting('app.' || name, true), '')
$$;

CREATE FUNCTION sec.forbid() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RAISE EXCEPTION '% on % is forbidden', TG_OP, TG_TABLE_NAME USING ERRCODE = 'RS002';
END $$;

-- Search only, never identity. The same letters as src/fold.rs and static/ts/fold.ts; tests/golden/fold.json pins all three.
CREATE FUNCTION sec.fold(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
    SELECT lower(translate(value, 'ÇçĞğİIıÖöŞşÜüÂâÎîÛû', 'ccggiiioossuuaaiiuu') COLLATE "C")
$$;

-- Ranges of one value make "the same employee of the same region" an overlap, so that an exclusion constraint needs no extension.
CREATE TYPE sec.uuid_range AS RANGE (subtype = uuid, multirange_type_name = sec.uuid_multirange);
CREATE TYPE sec.code_range AS RANGE (subtype = text, collation = "C", multirange_type_name = sec.code_multirange);

-- The role the server acts as. Roles belong to the cluster, so another database may have made it already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'rainstaff_app') THEN
        BEGIN
            CREATE ROLE rainstaff_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- a database of the same cluster was quicker
        END;
    END IF;
    IF current_setting('server_version_num')::int >= 160000 THEN
        IF NOT pg_has_role(current_user, 'rainstaff_app', 'SET') THEN
            EXECUTE format('GRANT rainstaff_app TO %I WITH SET TRUE, INHERIT FALSE', current_user);
        END IF;
    ELSIF NOT pg_has_role(current_user, 'rainstaff_app', 'MEMBER') THEN
        EXECUTE format('GRANT rainstaff_app TO %I', current_user);
    END IF;
    EXECUTE format('REVOKE TEMP, CREATE ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO rainstaff_app', current_database());
END $$;
GRANT USAGE ON SCHEMA app, auth, sec TO rainstaff_app;

-- Changes when the database is not the one clients last spoke to (restore, other cluster): their cursors end with it.
CREATE TABLE sec.feed (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch uuid NOT NULL,
    system_identifier text NOT NULL, -- and the timeline
    started_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON sec.feed TO rainstaff_app;

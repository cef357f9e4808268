-- A table of rows that take operations is made by one call, so that nothing of its shape can be forgotten (ADR 28):
--
--     CALL sec.create_entity('driver', 'drivers', $columns$
--         full_name text NOT NULL CHECK (length(full_name) BETWEEN 1 AND 200),
--         license_no text NOT NULL DEFAULT '' CHECK (length(license_no) <= 30),
--         employee_id uuid
--     $columns$, search => 'full_name', refs => '{"employee_id": "employees"}', once => ARRAY['license_no']);
--
-- entity      the name in operations and in the log (`Entity::NAME`)
-- table_name  in schema app
-- columns     the entity's own columns, as CREATE TABLE takes them; constraints of the table may name `region` and `id`
-- search      a column of text: its fold is kept as `search_key`, and pages are read in its order
-- refs        columns that hold the id of a row of another table, which is of the same region. Constraint <table>_<column without _id>_fkey
-- once        business keys, `'one'` or `'one, other'`: given once among a region's rows that are not deleted. Index <table>_<columns>_once
--
-- Keys and indexes begin with the region, by which pages, snapshots and digests read. One index does not: ids_apart asks for an id alone.
CREATE PROCEDURE sec.create_entity(
    entity text, table_name text, columns text, search text DEFAULT NULL, refs jsonb DEFAULT '{}', once text[] DEFAULT '{}')
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    rel constant text := format('app.%I', table_name);
    ref record;
    key text;
    trunk text;
BEGIN
    IF entity !~ '^[a-z][a-z0-9_]{1,30}$' OR table_name !~ '^[a-z][a-z0-9_]{1,30}$' THEN
        RAISE EXCEPTION 'names of an entity and its table are lower case: %, %', entity, table_name USING ERRCODE = 'invalid_name';
    END IF;
    EXECUTE format('CREATE TABLE %s (
        region text COLLATE "C" NOT NULL REFERENCES app.regions,
        id uuid NOT NULL,
        %s
        , row_meta jsonb NOT NULL DEFAULT ''{}'',
        version bigint NOT NULL DEFAULT 1,
        created_at timestamptz NOT NULL DEFAULT now(),
        created_by uuid,
        updated_at timestamptz NOT NULL DEFAULT now(),
        updated_by uuid,
        deleted_at timestamptz,
        PRIMARY KEY (region, id))', rel, columns);
    EXECUTE format('CREATE INDEX %I ON %s (id)', table_name || '_by_id', rel);
    IF search IS NOT NULL THEN
        EXECUTE format('ALTER TABLE %s ADD COLUMN search_key text COLLATE "C" GENERATED ALWAYS AS (sec.fold(%I)) STORED', rel, search);
        EXECUTE format('CREATE INDEX %I ON %s (region, search_key, id)', table_name || '_by_' || search, rel);
    END IF;
    FOR ref IN SELECT j.key AS own, j.value AS target FROM jsonb_each_text(refs) j LOOP
        trunk := regexp_replace(ref.own, '_id$', '');
        EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I FOREIGN KEY (region, %I) REFERENCES app.%I (region, id)',
            rel, table_name || '_' || trunk || '_fkey', ref.own, ref.target);
        EXECUTE format('CREATE INDEX %I ON %s (region, %I)', table_name || '_by_' || trunk, rel, ref.own);
    END LOOP;
    FOREACH key IN ARRAY once LOOP
        EXECUTE format('CREATE UNIQUE INDEX %I ON %s (region, %s) WHERE deleted_at IS NULL',
            table_name || '_' || regexp_replace(key, '\W+', '_', 'g') || '_once', rel, key);
    END LOOP;
    EXECUTE format('CREATE TRIGGER logged AFTER UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION sec.log_change(%L)', rel, entity);
    EXECUTE format('CREATE TRIGGER logged_new AFTER INSERT ON %s REFERENCING NEW TABLE AS made
                    FOR EACH STATEMENT EXECUTE FUNCTION sec.log_change(%L)', rel, entity);
    EXECUTE format('CREATE TRIGGER ids_apart AFTER INSERT ON %s REFERENCING NEW TABLE AS made
                    FOR EACH STATEMENT EXECUTE FUNCTION sec.keep_ids_apart()', rel);
    CALL sec.protect_all();
END $$;
REVOKE ALL ON PROCEDURE sec.create_entity(text, text, text, text, jsonb, text[]) FROM PUBLIC;

-- What a copy of a region is compared with, kept with the seal instead of read from all rows (ADR 28): per kind of row how many there are, and the
-- xor of the first 64 bits of sha256(id:version) of each. Both follow from the log, which has a line for every change of every row, whoever
-- made it, and the head row of a region is locked and written once by each transaction that changes something there. What is deleted by hand, by
-- the owner alone, is counted where it is deleted: it has to show in the digest also where the log was switched off for it.

-- From here on no transaction is between its first line in the log and its seal. In the order in which the write path takes them, so that it waits
-- and neither ends the other.
LOCK TABLE app.op_inbox IN SHARE ROW EXCLUSIVE MODE;
LOCK TABLE app.change_log IN SHARE ROW EXCLUSIVE MODE;

ALTER TABLE app.region_head ADD COLUMN digests jsonb NOT NULL DEFAULT '{}';
COMMENT ON COLUMN app.region_head.digests IS 'By kind of row: {"rows": how many, "xor": bigint}. Those of a kind of which there were none are missing.';

-- As before; and the digests, and the head row is locked as it is and written once, not twice.
CREATE OR REPLACE FUNCTION sec.seal_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    head app.region_head;
    row_now record;
    ids bigint[];
    seqs bigint[];
    prevs bytea[];
    hashes bytea[];
    kind text;
    rows_of_kind bigint;
    xor_of_kind bigint;
BEGIN
    PERFORM FROM app.change_log c WHERE c.id = NEW.id AND c.region = NEW.region AND c.seq IS NOT NULL;
    IF FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO head FROM app.region_head h WHERE h.region = NEW.region FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO app.region_head AS h (region) VALUES (NEW.region)
        ON CONFLICT (region) DO UPDATE SET seq = h.seq RETURNING * INTO STRICT head;
    END IF;
    -- Rows without a number that this transaction sees are its own: all others got theirs before they could be seen.
    FOR row_now IN
        SELECT c.id, c.seq, c.entity, (c.action = 'create')::int AS more,
            -- The version that a change leaves, and the one before it, which is that of the row's last line in the log.
            CASE WHEN c.action = 'erase' THEN 0
                 ELSE ('x' || encode(substr(sha256(convert_to(c.entity_id::text || ':' || c.version, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint END
            # CASE WHEN c.action IN ('create', 'erase') THEN 0
                   ELSE coalesce((SELECT ('x' || encode(substr(sha256(convert_to(p.entity_id::text || ':' || p.version, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint
                                  FROM app.change_log p WHERE p.region = c.region AND p.entity_id = c.entity_id AND p.id < c.id AND p.entity = c.entity
                                  ORDER BY p.id DESC LIMIT 1), 0) END AS flips,
            convert_to(jsonb_build_array(c.region, c.seq, to_char(c.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
            c.actor, c.actor_name, c.origin, c.device, c.op_id, to_char(c.client_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'),
            c.entity, c.entity_id, c.action, c.version, c.before, c.after)::text, 'UTF8') AS body
        FROM (SELECT l.region, l.id, head.seq + row_number() OVER (ORDER BY l.id) AS seq, l.at, l.actor, l.actor_name, l.origin, l.device,
                     l.op_id, l.client_at, l.entity, l.entity_id, l.action, l.version, l.before, l.after
              FROM app.change_log l WHERE l.region = NEW.region AND l.id >= NEW.id AND l.seq IS NULL) c
        ORDER BY c.seq
    LOOP
        ids := ids || row_now.id;
        seqs := seqs || row_now.seq;
        prevs := prevs || head.hash;
        head.seq := row_now.seq;
        head.hash := sha256(head.hash || row_now.body);
        hashes := hashes || head.hash;
        IF row_now.entity IS DISTINCT FROM kind THEN
            IF kind IS NOT NULL THEN
                head.digests := head.digests || jsonb_build_object(kind, jsonb_build_object('rows', rows_of_kind, 'xor', xor_of_kind));
            END IF;
            kind := row_now.entity;
            rows_of_kind := coalesce((head.digests -> kind ->> 'rows')::bigint, 0);
            xor_of_kind := coalesce((head.digests -> kind ->> 'xor')::bigint, 0);
        END IF;
        rows_of_kind := rows_of_kind + row_now.more;
        xor_of_kind := xor_of_kind # row_now.flips;
    END LOOP;
    head.digests := head.digests || jsonb_build_object(kind, jsonb_build_object('rows', rows_of_kind, 'xor', xor_of_kind));
    UPDATE app.change_log c SET seq = n.seq, prev_hash = n.prev_hash, hash = n.hash
    FROM unnest(ids, seqs, prevs, hashes) n (id, seq, prev_hash, hash) WHERE c.id = n.id AND c.region = NEW.region;
    UPDATE app.region_head h SET seq = head.seq, hash = head.hash, digests = head.digests WHERE h.region = NEW.region;
    RETURN NULL;
END $$;

CREATE FUNCTION sec.count_erased() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE app.region_head h SET digests = h.digests || jsonb_build_object(TG_ARGV[0], jsonb_build_object(
        'rows', coalesce((h.digests -> TG_ARGV[0] ->> 'rows')::bigint, 0) - g.rows,
        'xor', coalesce((h.digests -> TG_ARGV[0] ->> 'xor')::bigint, 0) # g.flips))
    FROM (SELECT region, count(*) AS rows,
                 bit_xor(('x' || encode(substr(sha256(convert_to(id::text || ':' || version, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint) AS flips
          FROM gone GROUP BY region) g
    WHERE h.region = g.region;
    RETURN NULL;
END $$;

-- The digests of a region as its rows are. Which tables hold which kind of row is said by their trigger `logged`.
CREATE FUNCTION sec.count_digests(r text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    t record;
    counted record;
    digests jsonb := '{}';
BEGIN
    FOR t IN SELECT g.tgrelid::regclass AS rel, split_part(encode(g.tgargs, 'escape'), '\000', 1) AS entity FROM pg_trigger g
             WHERE g.tgname = 'logged' AND g.tgfoid = 'sec.log_change'::regproc LOOP
        EXECUTE format('SELECT count(*) AS rows,
            bit_xor((''x'' || encode(substr(sha256(convert_to(t.id::text || '':'' || t.version, ''UTF8'')), 1, 8), ''hex''))::bit(64)::bigint) AS flips
            FROM %s t WHERE t.region = $1', t.rel) INTO counted USING r;
        IF counted.rows > 0 THEN
            digests := digests || jsonb_build_object(t.entity, jsonb_build_object('rows', counted.rows, 'xor', counted.flips));
        END IF;
    END LOOP;
    RETURN digests;
END $$;

-- The kinds of rows of which a region's digest is not what its rows say.
CREATE FUNCTION sec.verify_digests(r text) RETURNS text[]
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(coalesce(kept.key, counted.key) ORDER BY coalesce(kept.key, counted.key)), '{}')
    FROM (SELECT e.* FROM app.region_head h CROSS JOIN jsonb_each(h.digests) e WHERE h.region = r AND e.value ->> 'rows' <> '0') kept
    FULL JOIN jsonb_each(sec.count_digests(r)) counted ON counted.key = kept.key
    WHERE kept.value IS DISTINCT FROM counted.value
$$;

-- Counts a region's digests anew, after rows were brought in past the triggers.
CREATE PROCEDURE sec.renew_digests(r text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM FROM app.region_head h WHERE h.region = r FOR UPDATE;     -- nothing is sealed between the count and its end
    UPDATE app.region_head h SET digests = sec.count_digests(r) WHERE h.region = r;
END $$;

-- The triggers of a table of rows that take operations.
CREATE PROCEDURE sec.watch_rows(rel regclass, entity text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format('CREATE OR REPLACE TRIGGER logged AFTER UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION sec.log_change(%L)', rel, entity);
    EXECUTE format('CREATE OR REPLACE TRIGGER logged_new AFTER INSERT ON %s REFERENCING NEW TABLE AS made
                    FOR EACH STATEMENT EXECUTE FUNCTION sec.log_change(%L)', rel, entity);
    EXECUTE format('CREATE OR REPLACE TRIGGER erased AFTER DELETE ON %s REFERENCING OLD TABLE AS gone
                    FOR EACH STATEMENT EXECUTE FUNCTION sec.count_erased(%L)', rel, entity);
    EXECUTE format('CREATE OR REPLACE TRIGGER ids_apart AFTER INSERT ON %s REFERENCING NEW TABLE AS made
                    FOR EACH STATEMENT EXECUTE FUNCTION sec.keep_ids_apart()', rel);
END $$;

-- As before, with the triggers of sec.watch_rows.
CREATE OR REPLACE PROCEDURE sec.create_entity(
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
    CALL sec.watch_rows(rel::regclass, entity);
    CALL sec.protect_all();
END $$;

DO $$
DECLARE
    t record;
    r text;
BEGIN
    FOR t IN SELECT g.tgrelid::regclass AS rel, split_part(encode(g.tgargs, 'escape'), '\000', 1) AS entity FROM pg_trigger g
             WHERE g.tgname = 'logged' AND g.tgfoid = 'sec.log_change'::regproc LOOP
        CALL sec.watch_rows(t.rel, t.entity);
    END LOOP;
    PERFORM set_config('app.regions', (SELECT string_agg(code, ',') FROM app.regions), true);
    FOR r IN SELECT region FROM app.region_head LOOP
        CALL sec.renew_digests(r);
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION sec.count_erased(), sec.count_digests(text), sec.verify_digests(text) FROM PUBLIC;
REVOKE ALL ON PROCEDURE sec.renew_digests(text), sec.watch_rows(regclass, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sec.count_digests(text), sec.verify_digests(text) TO rainstaff_app;

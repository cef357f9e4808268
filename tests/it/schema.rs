//! Row-level security by the catalog. These tests name no table, so the same rules apply to a table added later. The start-up guard is
//! tested with each fault that it must detect.

#![cfg(test)]

use rainstaff::{
    db::{Db, DbConfig, guard},
    i18n::Lang,
    ops::{Description, descriptions},
    sync::refusal_by_name,
    web::form::sentence,
};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

use crate::support::cluster::TestDb;

/// Every table of schema app that holds rows of regions, as `t.oid`, `t.rel`.
const REGIONAL: &str = "(SELECT c.oid, c.oid::regclass::text AS rel, c.relname, c.relowner, c.relrowsecurity, c.relforcerowsecurity
    FROM pg_class c WHERE c.relnamespace = 'app'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'regions') t";

/// An entity as a migration would make it, with the columns that the shift templates have: what holds for every table holds for one that is made
/// by the call.
const SAMPLE: &str = r#"CALL sec.create_entity('sample', 'samples', $columns$
        name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
        start_min int NOT NULL CHECK (start_min BETWEEN 0 AND 1439),
        end_min int NOT NULL CHECK (end_min > start_min AND end_min <= 2880 AND end_min - start_min < 1440), -- a comment ends with its line
        break_min int NOT NULL DEFAULT 0 CHECK (break_min BETWEEN 0 AND 480),
        weekdays text COLLATE "C" NOT NULL DEFAULT '' CHECK (weekdays ~ '^1?2?3?4?5?6?7?$') -- as this one does
    $columns$, search => 'name', once => ARRAY['name'])"#;

/// One column of text, for `sql` with `{t}` standing for the regional tables.
async fn list(conn: &mut PgConnection, sql: &str) -> Vec<String> {
    sqlx::query_scalar(AssertSqlSafe(sql.replace("{t}", REGIONAL))).fetch_all(conn).await.unwrap()
}

/// What the catalog of a freshly migrated database answers, to which a migration adds [`SAMPLE`].
async fn ask(sql: &str) -> Vec<String> {
    let db = TestDb::new().await;
    let mut conn = db.connect_owner().await;
    conn.execute(SAMPLE).await.unwrap();
    let found = list(&mut conn, sql).await;
    conn.close().await.unwrap();
    found
}

async fn none(sql: &str) {
    assert_eq!(ask(sql).await, Vec::<String>::new());
}

#[tokio::test]
async fn there_are_regional_tables_to_speak_of() {
    let tables = ask("SELECT relname::text FROM {t} ORDER BY relname").await;
    for known in ["change_log", "conflict", "employees", "op_inbox", "samples", "settings", "shift_templates", "timesheets"] {
        assert!(tables.iter().any(|t| t == known), "{known} is not among {tables:?}");
    }
}

#[tokio::test]
async fn every_regional_table_has_a_region_that_must_be_given_and_must_exist() {
    none(
        "SELECT rel FROM {t} WHERE NOT EXISTS (
            SELECT FROM pg_attribute a
            WHERE a.attrelid = t.oid AND a.attname = 'region' AND a.attnotnull AND a.atttypid = 'text'::regtype
              AND a.attcollation = '\"C\"'::regcollation)",
    )
    .await;
    // The two that a queue fills: what is logged is of a row whose region exists, and the inbox is asked with the region (ADR 24).
    none(
        "SELECT rel FROM {t} WHERE t.relname NOT IN ('change_log', 'op_inbox') AND NOT EXISTS (
            SELECT FROM pg_attribute a JOIN pg_constraint k ON k.conrelid = t.oid AND k.contype = 'f' AND a.attnum = ANY (k.conkey)
            WHERE a.attrelid = t.oid AND a.attname = 'region')",
    )
    .await;
}

#[tokio::test]
async fn the_region_is_part_of_every_primary_key_unique_index_and_exclusion() {
    none("SELECT rel FROM {t} WHERE NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary)").await;
    none(
        "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN {t} ON t.oid = i.indrelid
         WHERE (i.indisunique OR i.indisexclusion)
           AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'region' AND a.attnum = ANY (i.indkey))
           AND NOT (i.indisexclusion AND pg_get_expr(i.indexprs, i.indrelid) ~ '\\mregion\\M')",
    )
    .await;
}

#[tokio::test]
async fn the_region_is_part_of_every_foreign_key_between_regional_tables_and_nothing_cascades() {
    none(
        "SELECT k.conrelid::regclass || '.' || k.conname FROM pg_constraint k JOIN {t} ON t.oid = k.conrelid
         WHERE k.contype = 'f' AND k.confrelid <> 'app.regions'::regclass
           AND NOT EXISTS (
               SELECT FROM unnest(k.conkey, k.confkey) pair(mine, theirs)
               JOIN pg_attribute m ON m.attrelid = k.conrelid AND m.attnum = pair.mine
               JOIN pg_attribute o ON o.attrelid = k.confrelid AND o.attnum = pair.theirs
               WHERE m.attname = 'region' AND o.attname = 'region')",
    )
    .await;
    none(
        "SELECT k.conrelid::regclass || '.' || k.conname FROM pg_constraint k JOIN {t} ON t.oid = k.conrelid
         WHERE k.contype = 'f' AND (k.confupdtype <> 'a' OR k.confdeltype NOT IN ('a', 'r', 'n'))",
    )
    .await;
}

/// Accounts may come to lie elsewhere than rows: no reference is added between them (ADR 28). These three have been there from the start.
#[tokio::test]
async fn no_more_references_go_from_rows_to_accounts_or_back() {
    let between = ask(
        "SELECT k.conrelid::regclass || '.' || k.conname FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class o ON o.oid = k.confrelid
         WHERE k.contype = 'f' AND c.relnamespace <> o.relnamespace ORDER BY 1",
    )
    .await;
    let known = [
        "app.device_contact.device_contact_region_device_id_fkey",
        "auth.devices.devices_region_fkey",
        "auth.user_regions.user_regions_region_fkey",
    ];
    assert_eq!(between, known);
}

#[tokio::test]
async fn row_level_security_is_on_and_forced_with_exactly_the_one_policy() {
    none("SELECT rel FROM {t} WHERE NOT (relrowsecurity AND relforcerowsecurity)").await;
    none("SELECT rel FROM {t} WHERE (SELECT count(*) FROM pg_policy p WHERE p.polrelid = t.oid) <> 1").await;
    none(
        "SELECT rel || '.' || p.polname FROM {t} JOIN pg_policy p ON p.polrelid = t.oid
         WHERE p.polname <> 'by_region' OR p.polcmd <> '*' OR NOT p.polpermissive OR p.polroles <> '{0}'
            OR pg_get_expr(p.polqual, p.polrelid) <> '(region = ANY (( SELECT sec.regions() AS regions)::text[]))'
            OR pg_get_expr(p.polwithcheck, p.polrelid) IS DISTINCT FROM pg_get_expr(p.polqual, p.polrelid)",
    )
    .await;
}

/// What an operation can run into would otherwise be a fault of the server: an error to whoever waits, and held for ever out of a queue.
#[tokio::test]
async fn every_rule_of_a_table_that_operations_write_is_refused_in_words() {
    rainstaff::registry::install();
    assert!(descriptions().len() > 5, "every kind of row is looked at");
    let db = TestDb::new().await;
    let mut conn = db.connect_owner().await;
    for Description { name: entity, table, .. } in descriptions() {
        let refusal = |rule: &str| refusal_by_name(entity, rule);
        // Columns that must be given are given by their types, the region and the id by the write path.
        let rules = format!(
            "SELECT conname::text FROM pg_constraint WHERE conrelid = '{table}'::regclass
               AND (contype IN ('c', 'x', 'u') OR contype = 'f' AND confrelid <> 'app.regions'::regclass)
             UNION SELECT indexrelid::regclass::name::text FROM pg_index
             WHERE indrelid = '{table}'::regclass AND indisunique AND NOT indisprimary"
        );
        let rules: Vec<String> = list(&mut conn, &rules).await.iter().map(|rule| rule.trim_start_matches("app.").to_owned()).collect();
        assert!(!rules.is_empty(), "{table}");
        let without: Vec<&String> = rules.iter().filter(|rule| refusal(rule).is_none()).collect();
        assert!(without.is_empty(), "{table}: {without:?}");
        for rule in &rules {
            let error = refusal(rule).unwrap().error;
            assert_ne!(sentence(Lang::Tr, &error), format!("error-{}", error.code), "{table}: {rule} has no sentence");
        }
    }
    conn.close().await.unwrap();
}

#[tokio::test]
async fn the_application_owns_nothing_and_cannot_empty_a_table_or_make_one() {
    none("SELECT oid::regclass::text FROM pg_class WHERE relowner = 'rainstaff_app'::regrole").await;
    none("SELECT oid::regprocedure::text FROM pg_proc WHERE proowner = 'rainstaff_app'::regrole").await;
    none(
        "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace IN ('app'::regnamespace, 'auth'::regnamespace, 'sec'::regnamespace)
           AND c.relkind IN ('r', 'p') AND has_table_privilege('rainstaff_app', c.oid, 'TRUNCATE, TRIGGER, REFERENCES')",
    )
    .await;
    none("SELECT n FROM unnest(ARRAY['app', 'auth', 'sec', 'public']) n WHERE has_schema_privilege('rainstaff_app', n, 'CREATE')").await;
    none(
        "SELECT rolname::text FROM pg_roles WHERE rolname = 'rainstaff_app'
           AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin OR rolreplication)",
    )
    .await;
}

/// Rights on a database do not travel with a template, so this looks at one that was migrated itself.
#[tokio::test]
async fn the_application_makes_no_temporary_tables_and_no_schemas() {
    let db = TestDb::empty().await;
    rainstaff::db::migrate(db.owner_url()).await.unwrap();
    let may = "SELECT p FROM unnest(ARRAY['TEMP', 'CREATE']) p WHERE has_database_privilege('rainstaff_app', current_database(), p)";
    assert_eq!(list(&mut db.connect_owner().await, may).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_application_deletes_no_regional_row_and_moves_none() {
    none("SELECT rel FROM {t} WHERE has_table_privilege('rainstaff_app', oid, 'DELETE')").await;
    none("SELECT rel FROM {t} WHERE has_table_privilege('rainstaff_app', oid, 'UPDATE')").await; // by column only
    none(
        "SELECT rel || '.' || a.attname FROM {t} JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname IN ('region', 'id')
         WHERE has_column_privilege('rainstaff_app', t.oid, a.attnum, 'UPDATE')",
    )
    .await;
    none(
        "SELECT rel FROM {t} WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'id')
           AND has_any_column_privilege('rainstaff_app', oid, 'UPDATE')
           AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid AND g.tgname = 'key_frozen' AND g.tgenabled = 'O')",
    )
    .await;
}

#[tokio::test]
async fn the_logs_only_grow_and_the_chained_one_only_by_itself() {
    let logs = "relname IN ('op_inbox', 'op_verdict', 'op_decision', 'change_log', 'activity_event', 'region_head')";
    none(&format!("SELECT rel FROM {{t}} WHERE {logs} AND has_any_column_privilege('rainstaff_app', oid, 'UPDATE')")).await;
    none("SELECT rel FROM {t} WHERE relname IN ('change_log', 'region_head') AND has_any_column_privilege('rainstaff_app', oid, 'INSERT')")
        .await;
}

/// Lines of the change log on their way to their number: in no hands but those of the triggers, and every statement's first one asks for the seal.
#[tokio::test]
async fn lines_on_their_way_to_the_log_are_out_of_the_applications_reach() {
    let rights = "has_any_column_privilege('rainstaff_app', c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')
                  OR has_table_privilege('rainstaff_app', c.oid, 'DELETE, TRUNCATE, TRIGGER')";
    none(&format!("SELECT c.oid::regclass::text FROM pg_class c WHERE c.relnamespace = 'sec'::regnamespace AND c.relname = 'staged_change' AND ({rights})")).await;
    let seal = "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'seal' AND tgenabled = 'O' AND tgrelid = 'sec.staged_change'::regclass";
    assert_eq!(
        ask(seal).await,
        ["CREATE CONSTRAINT TRIGGER seal AFTER INSERT ON sec.staged_change DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (new.opens) \
          EXECUTE FUNCTION sec.seal_change()"]
    );
}

/// After each UPDATE and DELETE of a row, and after each INSERT with all its rows (the bits of `tgtype`: 1 row, 4 insert, 8 delete, 16 update).
#[tokio::test]
async fn every_table_with_a_tombstone_writes_its_changes_to_the_log() {
    for what in ["g.tgname = 'logged' AND g.tgtype = 1 + 8 + 16", "g.tgname = 'logged_new' AND g.tgtype = 4 AND g.tgnewtable = 'made'"] {
        none(&format!(
            "SELECT rel FROM {{t}} WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'deleted_at')
               AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid AND g.tgenabled = 'O' AND {what}
                               AND g.tgfoid = 'sec.log_change()'::regprocedure)",
        ))
        .await;
    }
}

#[tokio::test]
async fn no_table_with_a_tombstone_takes_an_id_that_another_region_has() {
    none(
        "SELECT rel FROM {t} WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'deleted_at')
           AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid AND g.tgname = 'ids_apart' AND g.tgenabled = 'O' AND g.tgtype = 4
                           AND g.tgnewtable = 'made' AND g.tgfoid = 'sec.keep_ids_apart()'::regprocedure)",
    )
    .await;
}

#[tokio::test]
async fn nobody_but_the_owner_runs_the_functions_that_act_with_his_rights() {
    none(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
          WHERE p.pronamespace = 'sec'::regnamespace AND l.lanname <> 'internal' AND has_function_privilege('public', p.oid, 'EXECUTE')",
    )
    .await;
    none(
        "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace IN ('app'::regnamespace, 'auth'::regnamespace, 'sec'::regnamespace)
           AND p.prosecdef AND has_function_privilege('rainstaff_app', p.oid, 'EXECUTE')",
    )
    .await;
    none(
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
         WHERE p.pronamespace IN ('app'::regnamespace, 'auth'::regnamespace, 'sec'::regnamespace) AND l.lanname <> 'internal'
           AND NOT coalesce('search_path=pg_catalog, pg_temp' = ANY (p.proconfig), false)",
    )
    .await;
}

/// Everything that the catalog knows of a table, a line each, without the names of the table and of what lies in it.
async fn shape_of(conn: &mut PgConnection, table: &str, entity: &str) -> Vec<String> {
    let sql = format!(
        "SELECT replace(replace(line, '{table}', 'TABLE'), '{entity}', 'ENTITY') FROM (
            SELECT 1 AS part, row_number() OVER (ORDER BY attnum) AS place, concat_ws(' ', 'column', attname, format_type(atttypid, atttypmod),
                   CASE WHEN attnotnull THEN 'NOT NULL' END, attcollation::regcollation, attgenerated, pg_get_expr(d.adbin, d.adrelid), attacl::text) AS line
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = attrelid AND d.adnum = attnum WHERE attrelid = 'app.{table}'::regclass AND attnum > 0 AND NOT attisdropped
            UNION ALL SELECT 2, 0, concat_ws(' ', 'constraint', conname, contype, CASE WHEN contype <> 'p' THEN pg_get_constraintdef(oid) END)
            FROM pg_constraint WHERE conrelid = 'app.{table}'::regclass AND contype <> 'n'
            UNION ALL SELECT 3, 0, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'app.{table}'::regclass AND indisunique AND NOT indisprimary
            UNION ALL SELECT 4, 0, concat_ws(' ', tgenabled, pg_get_triggerdef(oid)) FROM pg_trigger WHERE tgrelid = 'app.{table}'::regclass AND NOT tgisinternal
            UNION ALL SELECT 5, 0, concat_ws(' ', policyname, permissive, roles, cmd, qual, with_check) FROM pg_policies WHERE schemaname = 'app' AND tablename = '{table}'
            UNION ALL SELECT 6, 0, concat_ws(' ', relowner::regrole, relrowsecurity, relforcerowsecurity, relkind, relpersistence, relacl::text)
            FROM pg_class WHERE oid = 'app.{table}'::regclass
         ) lines ORDER BY part, place, line"
    );
    list(conn, &sql).await
}

#[tokio::test]
async fn a_table_that_is_made_by_the_call_is_like_one_that_was_made_by_hand() {
    let db = TestDb::new().await;
    let mut conn = db.connect_owner().await;
    conn.execute(SAMPLE).await.unwrap();
    let made = shape_of(&mut conn, "samples", "sample").await;
    assert_eq!(made, shape_of(&mut conn, "shift_templates", "shift_template").await);
    for (part, at_least) in [("column", 15), ("constraint", 7), ("O CREATE TRIGGER", 5), ("by_region", 1), ("CREATE UNIQUE INDEX", 1)] {
        assert!(made.iter().filter(|line| line.starts_with(part)).count() >= at_least, "{part}: {made:#?}");
    }
    conn.close().await.unwrap();
}

#[tokio::test]
async fn what_is_written_into_a_table_that_the_call_made_is_logged_sealed_and_kept_in_its_region() {
    let db = TestDb::new().await;
    let mut conn = db.connect_owner().await;
    let rides = r#"CALL sec.create_entity('ride', 'rides', 'km int NOT NULL, employee_id uuid NOT NULL',
        refs => '{"employee_id": "employees"}', once => ARRAY['employee_id, km'])"#;
    conn.execute(rides).await.unwrap();
    let offices = "INSERT INTO app.regions (code, name) VALUES ('ankara', 'Ankara'), ('izmir', 'İzmir')";
    conn.execute(offices).await.unwrap();
    let person = "SET app.regions = 'ankara,izmir'; INSERT INTO app.employees (region, id, full_name)
                  VALUES ('ankara', '0190dead-0000-7000-8000-000000000001', 'Ayşe'), ('izmir', '0190dead-0000-7000-8000-000000000002', 'İsa')";
    conn.execute(person).await.unwrap();
    let ride = |region: &str, id: u32, person: u32, km: u32| {
        format!(
            "BEGIN; SET LOCAL ROLE rainstaff_app; SET LOCAL app.regions = '{region}';
             INSERT INTO app.rides (region, id, km, employee_id)
             VALUES ('{region}', '0190dead-0000-7000-8000-0000000001{id:02}', {km}, '0190dead-0000-7000-8000-00000000000{person}'); COMMIT"
        )
    };
    conn.execute(AssertSqlSafe(ride("ankara", 1, 1, 7))).await.unwrap();
    for (what, constraint) in [
        (ride("izmir", 1, 2, 7), "ids_apart"),
        (ride("ankara", 2, 1, 7), "rides_employee_id_km_once"),
        (ride("ankara", 2, 2, 8), "rides_employee_fkey"),
    ] {
        let refused = conn.execute(AssertSqlSafe(what)).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().constraint(), Some(constraint));
        conn.execute("ROLLBACK").await.unwrap();
    }
    let log = "SELECT concat_ws(' ', region, entity, action, after ->> 'km', seq, sec.verify_changes(region))
               FROM app.change_log WHERE entity = 'ride'";
    assert_eq!(list(&mut conn, log).await, ["ankara ride create 7 2"]);
    conn.close().await.unwrap();
}

#[tokio::test]
async fn every_table_with_a_tombstone_counts_what_is_deleted_by_hand() {
    none(
        "SELECT rel FROM {t} WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'deleted_at')
           AND NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = t.oid AND g.tgname = 'erased' AND g.tgenabled = 'O' AND g.tgtype = 8
                           AND g.tgoldtable = 'gone' AND g.tgfoid = 'sec.count_erased()'::regprocedure)",
    )
    .await;
}

/// By the region pages, snapshots and digests read. What is made by the call begins with it; of the tables that were there before the primary
/// key begins with the id.
#[tokio::test]
async fn every_index_of_an_entitys_table_begins_with_the_region_but_the_one_that_finds_an_id() {
    none(
        "SELECT i.indexrelid::regclass::text FROM pg_index i JOIN {t} ON t.oid = i.indrelid JOIN pg_am m ON m.amname = 'btree'
         JOIN pg_class x ON x.oid = i.indexrelid AND x.relam = m.oid
         WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'deleted_at')
           AND pg_get_indexdef(i.indexrelid, 1, false) NOT IN ('region', 'id')",
    )
    .await;
    none(
        "SELECT rel FROM {t} WHERE EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attname = 'deleted_at')
           AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND pg_get_indexdef(i.indexrelid, 1, false) = 'id')",
    )
    .await;
}

#[tokio::test]
async fn the_call_refuses_a_name_that_is_none() {
    let db = TestDb::new().await;
    let mut conn = db.connect_owner().await;
    for (entity, table) in [("Ride", "rides"), ("ride", "Rides"), ("ride; x", "rides"), ("ride", "")] {
        let call = format!("CALL sec.create_entity('{entity}', '{table}', 'km int')");
        let refused = conn.execute(AssertSqlSafe(call)).await.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42602"), "{entity}, {table}");
    }
    conn.close().await.unwrap();
}

/// What the guard finds, as the server would, after the owner has run `faults`.
async fn guard_after(db: &TestDb, faults: &[&str]) -> Vec<String> {
    let mut owner = db.connect_owner().await;
    for fault in faults {
        owner.execute(AssertSqlSafe(*fault)).await.unwrap();
    }
    owner.close().await.unwrap();
    guard_as(DbConfig { owner_url: db.owner_url().to_owned(), app_url: None, max_connections: 1 }).await
}

async fn guard_as(config: DbConfig) -> Vec<String> {
    let served = Db::connect(&config).await.unwrap();
    let findings = guard::check(&served).await.unwrap();
    served.close().await;
    findings.into_iter().filter(guard::Finding::is_fatal).map(|f| format!("{} {}", f.problem, f.detail)).collect()
}

#[tokio::test]
async fn the_guard_finds_nothing_in_a_migrated_database() {
    assert_eq!(guard_after(&TestDb::new().await, &[]).await, Vec::<String>::new());
    assert_eq!(guard_after(&TestDb::new().await, &[SAMPLE]).await, Vec::<String>::new(), "nor in a table that the call made");
}

#[tokio::test]
async fn the_guard_finds_a_table_made_without_protection() {
    let db = TestDb::new().await;
    let oops =
        "CREATE TABLE app.oops (region text COLLATE \"C\" NOT NULL REFERENCES app.regions, id uuid NOT NULL, PRIMARY KEY (id, region))";
    assert_eq!(guard_after(&db, &[oops]).await, ["rls_off app.oops", "policy_count app.oops"]);
    assert_eq!(guard_after(&db, &["CALL sec.protect_all()"]).await, Vec::<String>::new(), "and the one call is the cure");
}

#[tokio::test]
async fn the_guard_names_each_fault() {
    let region = "region text COLLATE \"C\" NOT NULL REFERENCES app.regions";
    let cases: [(&[&str], &[&str]); 22] = [
        (&["DROP POLICY by_region ON app.employees"], &["policy_count app.employees"]),
        (&["ALTER TABLE app.timesheets NO FORCE ROW LEVEL SECURITY"], &["rls_off app.timesheets"]),
        (&["ALTER TABLE app.timesheets DISABLE ROW LEVEL SECURITY"], &["rls_off app.timesheets"]),
        (&["ALTER TABLE auth.sessions DISABLE ROW LEVEL SECURITY"], &["rls_off auth.sessions"]),
        (&["CREATE POLICY also ON app.employees USING (true)"], &["policy_shape app.employees.also", "policy_count app.employees"]),
        (
            &["DROP POLICY by_region ON app.conflict", "CREATE POLICY by_region ON app.conflict USING (true)"],
            &["policy_shape app.conflict.by_region"],
        ),
        (
            &[
                "DROP POLICY by_region ON app.conflict",
                "CREATE POLICY by_region ON app.conflict
                 USING (region = ANY ((SELECT sec.regions())::text[]) OR sec.cfg('admin') = 'users')",
            ],
            &["policy_shape app.conflict.by_region"],
        ),
        (&["ALTER TABLE app.regions DISABLE ROW LEVEL SECURITY"], &["regions_open app.regions"]),
        (&["CREATE POLICY also ON app.regions FOR UPDATE USING (true) WITH CHECK (true)"], &["regions_open app.regions"]),
        (&["GRANT UPDATE (code) ON app.regions TO rainstaff_app"], &["regions_open app.regions"]),
        (&["GRANT TRUNCATE ON app.employees TO rainstaff_app"], &["app_role_may_truncate app.employees"]),
        (&["GRANT UPDATE (verdict) ON app.op_verdict TO rainstaff_app"], &["log_may_change app.op_verdict"]),
        (&["GRANT DELETE ON app.change_log TO rainstaff_app"], &["log_may_change app.change_log"]),
        (&["GRANT SELECT ON sec.staged_change TO rainstaff_app"], &["log_may_change sec.staged_change"]),
        (&["CREATE VIEW app.all_employees AS SELECT * FROM app.employees"], &["view_not_invoker app.all_employees"]),
        (&["CREATE MATERIALIZED VIEW app.frozen_people AS SELECT 1 AS one"], &["matview app.frozen_people"]),
        (
            &["CREATE FUNCTION sec.peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'"],
            &["secdef_without_path sec.peek()"],
        ),
        (
            &["CREATE FUNCTION sec.wide() RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp
               AS $$ SELECT set_config('app.regions', 'ankara,izmir', true) $$"],
            &["scope_widened sec.wide()"],
        ),
        (&["CREATE UNIQUE INDEX plate_once ON app.employees (identity_no)"], &["unique_without_region app.plate_once"]),
        (
            &["ALTER TABLE app.timesheets ADD CONSTRAINT felt EXCLUDE USING gist (employee_id WITH =)"],
            &["exclusion_without_region app.felt"],
        ),
        (
            &["CREATE OR REPLACE FUNCTION sec.regions() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
               SET search_path = pg_catalog, pg_temp AS $$ SELECT string_to_array(current_setting('app.regions', true), ',') $$"],
            &["scope_optional sec.regions()"],
        ),
        (
            &[
                &format!("CREATE TABLE app.a ({region}, id uuid NOT NULL, PRIMARY KEY (id))"),
                &format!("CREATE TABLE app.b ({region}, id uuid NOT NULL, a_id uuid REFERENCES app.a (id), PRIMARY KEY (id, region))"),
                "CALL sec.protect_all()",
            ],
            &["pk_without_region app.a", "unique_without_region app.a_pkey", "fk_without_region app.b.b_a_id_fkey"],
        ),
    ];
    for (faults, named) in cases {
        let db = TestDb::new().await;
        let found = guard_after(&db, faults).await;
        assert_eq!(found, named, "{faults:?}");
    }
}

#[tokio::test]
async fn the_guard_refuses_to_serve_as_a_superuser() {
    let db = TestDb::new().await;
    let found = guard_as(DbConfig { owner_url: db.bypass_url().to_owned(), app_url: None, max_connections: 1 }).await;
    assert!(found.iter().any(|f| f.starts_with("role_superuser ")), "{found:?}");
}

#[tokio::test]
async fn the_guard_refuses_a_role_that_bypasses_or_could_come_to() {
    let db = TestDb::new().await;
    let mut superuser = PgConnection::connect(db.bypass_url()).await.unwrap();
    // Roles belong to the whole cluster, so these have names of their own and are dropped again.
    let run = uuid::Uuid::now_v7().simple();
    let (bypass, member) = (format!("bypass_{run}"), format!("member_{run}"));
    for sql in [
        format!("CREATE ROLE {bypass} LOGIN BYPASSRLS IN ROLE rainstaff_app"),
        format!("CREATE ROLE {member} LOGIN IN ROLE rainstaff_app, {bypass}"),
    ] {
        superuser.execute(AssertSqlSafe(sql)).await.unwrap();
    }
    let mut found = Vec::new();
    for role in [&bypass, &member] {
        let app_url = Some(db.owner_url().replace("//rainstaff@", &format!("//{role}@")));
        found.push(guard_as(DbConfig { owner_url: db.owner_url().to_owned(), app_url, max_connections: 1 }).await);
    }
    superuser.execute(AssertSqlSafe(format!("DROP ROLE {member}, {bypass}"))).await.unwrap();
    assert_eq!(found[0].first().unwrap(), &format!("role_bypassrls {bypass}"));
    assert_eq!(found[1].first().unwrap(), &format!("can_become_bypass {bypass}"));
}

//! `rainstaff import-legacy`: every row of the file is imported or named in the report, and a second import changes nothing.

use std::{collections::BTreeMap, fs, path::Path};

use rainstaff::{
    civil::parse_time,
    hours::{Rules, Shift, hours},
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::{TempDir, tempdir};

use super::{ADMIN_PASSWORD, Running, Said, company, desktop::Desktop, look, rainstaff_on, serve_on};
use crate::support::cluster::TestDb;

/// The tables that are taken over.
fn tables() -> Vec<&'static str> {
    rainstaff::registry::DESKTOP_TABLES.iter().map(|table| table.name).collect()
}

fn import(db: &TestDb, file: &Path, options: &[&str]) -> Said {
    let mut command = rainstaff_on(db.owner_url(), &["import-legacy"]);
    command.arg(file).args(options);
    Said::of(command)
}

/// Takes a file over into Ankara; the JSON report.
fn import_with_report(db: &TestDb, file: &Path, options: &[&str]) -> Value {
    let out = file.with_extension("json");
    import(db, file, &[&["--region", "ankara", "--report", out.to_str().unwrap()], options].concat()).ok();
    serde_json::from_str(&fs::read_to_string(out).unwrap()).unwrap()
}

/// One of the four counts, over all tables.
fn total(report: &Value, count: &str) -> i64 {
    tables().iter().map(|table| report["tables"][table][count].as_i64().unwrap()).sum()
}

/// The rows left out: table, id, code of the reason.
fn skipped(report: &Value) -> Vec<(String, Value, String)> {
    let rows = report["skipped_rows"].as_array().unwrap().iter();
    let code = |row: &Value| row["reason"].as_str().unwrap().split(':').next().unwrap().to_owned();
    rows.map(|row| (row["table"].as_str().unwrap().to_owned(), row["id"].clone(), code(row))).collect()
}

/// Rows of every table there is.
async fn stored(db: &TestDb) -> BTreeMap<String, i64> {
    let mut conn = PgConnection::connect(db.bypass_url()).await.unwrap();
    let tables: Vec<String> =
        sqlx::query_scalar("SELECT schemaname || '.' || tablename FROM pg_tables WHERE schemaname IN ('app', 'auth', 'sec')")
            .fetch_all(&mut conn)
            .await
            .unwrap();
    let mut counts = BTreeMap::new();
    for table in tables {
        let sql = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        counts.insert(table, sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap());
    }
    counts
}

/// A file of a generation in a folder of its own, and what of it cannot be taken.
fn puantaj(generation: u8, dirty: bool) -> (TempDir, Desktop, Vec<(String, Value, String)>) {
    let folder = tempdir().unwrap();
    let desktop = Desktop::new(folder.path().join("puantaj.db"), generation);
    let bad = if dirty { desktop.soil() } else { Vec::new() };
    let mut bad: Vec<_> = bad.into_iter().map(|(table, id, why)| (table.to_owned(), json!(id), why.to_owned())).collect();
    bad.push(("settings".into(), json!("logo_path"), "not_taken_setting".into()));
    (folder, desktop, bad)
}

async fn takes_or_names_every_row(generation: u8, dirty: bool) {
    let db = company().await;
    let (_folder, desktop, mut bad) = puantaj(generation, dirty);
    let rows = desktop.counts();

    let before = stored(&db).await;
    let preview = import_with_report(&db, &desktop.path, &["--dry-run"]);
    assert_eq!(stored(&db).await, before, "a dry run wrote something");

    let report = import_with_report(&db, &desktop.path, &[]);
    assert_eq!(report, preview, "the dry run promised something else");
    assert_eq!((report["file"].as_str(), report["region"].as_str()), (Some("puantaj.db"), Some("ankara")));
    for table in tables() {
        let counts = &report["tables"][table];
        let sum: i64 = ["created", "updated", "unchanged", "skipped"].iter().map(|count| counts[count].as_i64().unwrap()).sum();
        assert_eq!(sum, rows.get(table).copied().unwrap_or(0), "{table}: {counts}");
    }
    let mut left_out = skipped(&report);
    left_out.sort_by_key(|row| row.0.clone() + &row.1.to_string());
    bad.sort_by_key(|row| row.0.clone() + &row.1.to_string());
    assert_eq!(left_out, bad);
    assert_eq!(total(&report, "skipped"), i64::try_from(bad.len()).unwrap());
    for (table, count) in &rows {
        let known = tables().contains(&table.as_str()) || table == "deleted_records";
        assert_eq!(report["not_taken"][table].as_i64(), (!known).then_some(*count), "{table}");
    }
    for (table, entity) in [("employees", "app.employees"), ("timesheets", "app.timesheets"), ("shift_templates", "app.shift_templates")] {
        let stored = look(&db, &format!("SELECT count(*) FROM {entity} WHERE region = 'ankara'")).await;
        assert_eq!(stored, report["tables"][table]["created"].to_string(), "{table}");
    }

    let unknown = "SELECT count(*) FROM pg_class WHERE oid IN ('app.employees'::regclass, 'app.timesheets'::regclass) AND reltuples < 0";
    assert_eq!(look(&db, unknown).await, "0", "the planner was not told what the tables hold");

    let changes = look(&db, "SELECT count(*) FROM app.change_log").await;
    let again = import_with_report(&db, &desktop.path, &[]);
    assert_eq!((total(&again, "created"), total(&again, "updated")), (0, 0), "{again}");
    assert_eq!((total(&again, "unchanged"), total(&again, "skipped")), (total(&report, "created"), total(&report, "skipped")));
    assert_eq!(look(&db, "SELECT count(*) FROM app.change_log").await, changes, "the second run changed something");
}

#[tokio::test]
async fn a_clean_file_of_each_generation_is_taken_whole_and_once() {
    for generation in 1..=3 {
        takes_or_names_every_row(generation, false).await;
    }
}

#[tokio::test]
async fn a_dirty_file_of_each_generation_is_taken_but_for_the_rows_that_are_named() {
    for generation in 1..=3 {
        takes_or_names_every_row(generation, true).await;
    }
}

#[tokio::test]
async fn the_hours_are_those_of_the_desktop_rows() {
    let db = company().await;
    let (_folder, desktop, _) = puantaj(3, false);
    import_with_report(&db, &desktop.path, &[]);
    let rules = Rules { weekday_minutes: 510, ..Rules::default() }; // the file's settings say 8,5
    let mut expected: Vec<(String, String, Value)> = desktop
        .entries()
        .into_iter()
        .map(|entry| {
            let [start, end] = [&entry.start_time, &entry.end_time].map(|time| parse_time(time).unwrap());
            let date = entry.work_date.parse().unwrap();
            let shift = Shift::from_clock(date, start, end, entry.break_minutes, entry.is_special).unwrap();
            (entry.name, entry.work_date, json!(hours(&shift, &rules)))
        })
        .collect();

    let server = Running::start(serve_on(db.owner_url()));
    let cookie = server.sign_in("admin", ADMIN_PASSWORD).unwrap();
    let answer = server.get("/api/v1/timesheets?region=ankara&limit=1000", &cookie);
    let answer: Value = serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {} {}", answer.head, answer.body));
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let items = answer["items"].as_array().unwrap().iter();
    let mut found: Vec<_> = items.map(|item| (text(item, "employee_name"), text(item, "work_date"), item["hours"].clone())).collect();
    expected.sort_by_key(|(name, date, _)| (name.clone(), date.clone()));
    found.sort_by_key(|(name, date, _)| (name.clone(), date.clone()));
    assert_eq!(found.len(), 44);
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_newer_copy_brings_only_what_has_changed() {
    let db = company().await;
    let (folder, desktop, _) = puantaj(3, false);
    import_with_report(&db, &desktop.path, &[]);
    let changes = look(&db, "SELECT count(*) FROM app.change_log").await;

    let newer = desktop.copy_to(&folder.path().join("puantaj (2).db"));
    newer.run("UPDATE timesheets SET end_time = '20:00' WHERE id = 3; UPDATE settings SET value = '9' WHERE key = 'weekday_hours'");
    newer.entry(2, "2026-01-12", "08:30", "17:30", 60, false);
    newer.delete_entry("7");
    let report = import_with_report(&db, &newer.path, &[]);
    assert_eq!((total(&report, "created"), total(&report, "updated")), (1, 2), "{report}");
    assert_eq!(report["tables"]["timesheets"]["unchanged"], 42);
    let warnings = report["warnings"].as_array().unwrap();
    assert!(warnings.len() == 1 && warnings[0]["reason"].as_str().unwrap().starts_with("deleted_now"), "{warnings:?}");
    let new = format!("SELECT count(*) - {changes} FROM app.change_log");
    assert_eq!(look(&db, &new).await, "4", "created, corrected, deleted, and the settings");
    assert_eq!(look(&db, "SELECT count(*) FROM app.timesheets WHERE deleted_at IS NOT NULL").await, "1");
    assert_eq!(look(&db, "SELECT weekday_min FROM app.settings WHERE region = 'ankara'").await, "540");

    let again = import_with_report(&db, &newer.path, &[]);
    assert_eq!((total(&again, "created"), total(&again, "updated")), (0, 0), "{again}");
}

#[tokio::test]
async fn what_people_have_changed_here_is_not_overwritten_by_the_same_file() {
    let db = company().await;
    let (_folder, desktop, _) = puantaj(1, false);
    import_with_report(&db, &desktop.path, &[]);
    let mut conn = PgConnection::connect(db.bypass_url()).await.unwrap();
    sqlx::query("SET app.regions = 'ankara'").execute(&mut conn).await.unwrap();
    sqlx::query("UPDATE app.employees SET title = 'Şef' WHERE full_name = 'Ayşe Yılmaz'").execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
    import_with_report(&db, &desktop.path, &[]);
    assert_eq!(look(&db, "SELECT title FROM app.employees WHERE full_name = 'Ayşe Yılmaz'").await, "Şef");
}

#[tokio::test]
async fn rows_of_another_office_stay_out_unless_they_are_asked_for() {
    let db = company().await;
    let (_folder, desktop, _) = puantaj(2, false);
    desktop.run("UPDATE employees SET region = 'Izmir' WHERE id = 5; UPDATE timesheets SET region = 'Izmir' WHERE employee_id = 5");
    let report = import_with_report(&db, &desktop.path, &[]);
    let other = skipped(&report).into_iter().filter(|(_, _, why)| why == "other_region").count();
    assert_eq!(other, 10, "a person and nine days: {report}");
    assert_eq!(look(&db, "SELECT count(*) FROM app.employees WHERE full_name = 'Ömer Öztürk'").await, "0");

    let report = import_with_report(&db, &desktop.path, &["--include-region", "İzmir"]);
    assert_eq!((total(&report, "created"), total(&report, "updated"), total(&report, "skipped")), (10, 0, 1), "{report}");
    assert_eq!(look(&db, "SELECT region FROM app.employees WHERE full_name = 'Ömer Öztürk'").await, "ankara");
}

#[tokio::test]
async fn what_is_no_desktop_database_is_refused_with_a_sentence_and_leaves_nothing() {
    let db = company().await;
    let before = stored(&db).await;
    let (folder, desktop, _) = puantaj(3, false);
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let whole = fs::read(&desktop.path).unwrap();
    let foreign = folder.path().join("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE songs (id INTEGER PRIMARY KEY, title TEXT)").unwrap();
    let cases = [
        (file("text.db", "Puantaj listesi, ocak\n".repeat(100).as_bytes()), "the file is not an SQLite database"),
        (file("empty.db", b""), "the file is not an SQLite database"),
        (file("cut.db", &whole[..whole.len() / 2]), "the database is damaged"),
        (foreign, "this is not a database of the desktop program"),
        (folder.path().to_owned(), "this is a folder, not a file"),
        (folder.path().join("missing.db"), "the file cannot be read"),
    ];
    for (path, beginning) in cases {
        let sentence = import(&db, &path, &["--region", "ankara"]).refusal();
        let expected = format!("{}: {beginning}", path.display());
        assert!(sentence.starts_with(&expected) && sentence.lines().count() == 1, "{sentence:?} instead of {expected:?}");
    }
    for region in ["adana", "company", "Ankara", "", "ankara'; DROP TABLE x"] {
        let sentence = import(&db, &desktop.path, &["--region", region]).refusal();
        assert!(sentence.starts_with("--region: ") && sentence.lines().count() == 1, "{sentence:?}");
    }
    assert_eq!(stored(&db).await, before);
}

/// A newer copy in which blanks and letters are written otherwise is a copy of the same people.
#[tokio::test]
async fn names_that_look_alike_make_no_second_person() {
    let db = company().await;
    let (_folder, desktop, _) = puantaj(3, false);
    import(&db, &desktop.path, &["--region", "ankara"]).ok();
    let before = stored(&db).await;
    rusqlite::Connection::open(&desktop.path)
        .unwrap()
        .execute_batch(
            "UPDATE employees SET full_name = replace(full_name, ' ', char(160)) || char(8203), department = department || char(8203);
             UPDATE employees SET full_name = replace(full_name, 'ş', 's' || char(807)), identity_no = char(8234) || identity_no || char(8236);
             UPDATE shift_templates SET name = name || char(9)",
        )
        .unwrap();
    let report = import_with_report(&db, &desktop.path, &[]);
    assert_eq!((total(&report, "created"), total(&report, "updated")), (0, 0), "{report:#}");
    assert_eq!(stored(&db).await["app.employees"], before["app.employees"]);
}

/// Whoever may write where the report goes gets nothing else written by it, and the takeover does not run for a report that cannot be kept.
#[tokio::test]
async fn a_report_that_cannot_be_written_is_told_before_anything_is_taken_over() {
    let db = company().await;
    let before = stored(&db).await;
    let (folder, desktop, _) = puantaj(3, false);
    let (victim, link) = (folder.path().join("victim"), folder.path().join("link.json"));
    fs::write(&victim, "untouched").unwrap();
    std::os::unix::fs::symlink(&victim, &link).unwrap();
    for (report, why) in [
        (link, "this is a link; name the file itself"),
        (folder.path().join("missing/report.json"), "the report cannot be written there"),
        (folder.path().to_owned(), "this is no ordinary file; name one for the report"),
    ] {
        let sentence = import(&db, &desktop.path, &["--region", "ankara", "--report", report.to_str().unwrap()]).refusal();
        assert!(sentence.starts_with(&format!("{}: {why}", report.display())), "{sentence}");
    }
    assert_eq!((stored(&db).await, fs::read_to_string(&victim).unwrap().as_str()), (before, "untouched"));
}

#[tokio::test]
async fn before_the_first_start_there_is_nobody_to_take_a_file_over() {
    let db = TestDb::new().await;
    let (_folder, desktop, _) = puantaj(1, false);
    let sentence = import(&db, &desktop.path, &["--region", "ankara"]).refusal();
    assert!(sentence.lines().count() == 1 && sentence.contains("there is no region ankara"), "{sentence}");
}

//! Files that are no desktop database, or that try to be more than one.

use std::{
    io::{Seek, SeekFrom, Write},
    time::{Duration, Instant},
};

use super::*;

/// Reads a database made of `schema`, and checks that this is fast even on a busy machine.
fn read_fast(schema: &str) -> Result<LegacyFile, LegacyError> {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch(schema).unwrap();
    let bytes = Desktop { db }.bytes();
    let started = Instant::now();
    let result = LegacyFile::from_bytes("kotu.db", bytes, &DESKTOP_TABLES);
    assert!(started.elapsed() < Duration::from_secs(10), "took {:?}", started.elapsed());
    result
}

const TIMESHEETS: &str =
    "CREATE TABLE timesheets (id INTEGER PRIMARY KEY, employee_id INTEGER, work_date TEXT, start_time TEXT, end_time TEXT);";

#[test]
fn what_is_no_sqlite_database_is_refused() {
    for bytes in [
        Vec::new(),
        b"PK\x03\x04 not a database".repeat(100),
        b"SQLite format 3\0".to_vec(),
        [b"SQLite format 3\0".as_slice(), &[0xff; 5000]].concat(),
    ] {
        let error = LegacyFile::from_bytes("a.db", bytes, &DESKTOP_TABLES).unwrap_err();
        assert!(matches!(error, LegacyError::NotSqlite | LegacyError::Damaged), "{error}");
    }
}

#[test]
fn a_truncated_file_is_refused() {
    let desktop = Desktop::with_people(3);
    for id in 100..1000 {
        desktop.entry(id, 1, "2026-01-05", "08:30", "17:30");
    }
    let bytes = desktop.bytes();
    for keep in [bytes.len() / 4, bytes.len() / 2, bytes.len() - 4096, bytes.len() - 1] {
        let error = LegacyFile::from_bytes("a.db", bytes[..keep].to_vec(), &DESKTOP_TABLES).unwrap_err();
        assert!(matches!(error, LegacyError::Damaged | LegacyError::NotSqlite), "{keep}: {error}");
    }
}

#[test]
fn a_file_with_flipped_bytes_never_panics() {
    let bytes = Desktop::with_people(3).bytes();
    for at in (0..bytes.len()).step_by(131) {
        let mut broken = bytes.clone();
        broken[at] ^= 0xa5;
        if let Ok(file) = LegacyFile::from_bytes("a.db", broken, &DESKTOP_TABLES) {
            assert_adds_up(&file, &preview(&Server::default().plan(&file)));
        }
    }
}

#[test]
fn a_database_of_another_program_is_refused_by_name() {
    let error = read_fast("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);").unwrap_err();
    assert!(matches!(error, LegacyError::NotDesktop { table: "employees", .. }), "{error}");
    let error = read_fast(&format!("CREATE TABLE employees (id INTEGER PRIMARY KEY, name TEXT); {TIMESHEETS}")).unwrap_err();
    assert!(matches!(error, LegacyError::NotDesktop { table: "employees", column: "full_name" }), "{error}");
}

#[test]
fn a_view_is_not_taken_for_a_table() {
    let bomb =
        "CREATE VIEW employees AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id, 'x' AS full_name FROM n;";
    let error = read_fast(&format!("{bomb} {TIMESHEETS}")).unwrap_err();
    assert!(matches!(error, LegacyError::NotDesktop { table: "employees", column: "id" }), "{error}");
}

#[test]
fn triggers_and_other_views_are_never_run() {
    let schema = format!(
        "CREATE TABLE employees (id INTEGER PRIMARY KEY, full_name TEXT); {TIMESHEETS}
         CREATE VIEW bomb AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;
         CREATE TRIGGER again AFTER INSERT ON employees BEGIN INSERT INTO employees (full_name) SELECT hex(randomblob(1000)) FROM bomb; END;"
    );
    let file = read_fast(&schema).unwrap();
    assert_eq!(file.rows_in("employees"), 0);
}

#[test]
fn a_virtual_table_is_not_taken_for_a_table() {
    let error = read_fast(&format!("CREATE VIRTUAL TABLE employees USING fts5(id, full_name); {TIMESHEETS}")).unwrap_err();
    assert!(matches!(error, LegacyError::NotDesktop { table: "employees", .. } | LegacyError::Damaged), "{error}");
}

#[test]
fn a_table_with_a_computed_column_is_refused_before_anything_is_computed() {
    let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)";
    for table in ["employees", "vehicles"] {
        let schema = format!(
            "{TIMESHEETS} CREATE TABLE {table} (id INTEGER PRIMARY KEY, full_name TEXT, bomb TEXT AS (hex(zeroblob(400000))));
             CREATE TABLE IF NOT EXISTS employees (id INTEGER PRIMARY KEY, full_name TEXT);
             {rows} INSERT INTO {table} (id, full_name) SELECT i, 'x' FROM n;"
        );
        let error = read_fast(&schema).unwrap_err();
        assert!(matches!(error, LegacyError::TooMuchWork), "{table}: {error}");
    }
}

#[test]
fn a_costly_check_constraint_is_not_evaluated() {
    let schema = format!(
        "CREATE TABLE employees (id INTEGER PRIMARY KEY, full_name TEXT CHECK (length(hex(zeroblob(400000000))) > 0)); {TIMESHEETS}
         PRAGMA ignore_check_constraints = ON; INSERT INTO employees VALUES (1, 'Ayşe Yılmaz');"
    );
    assert_eq!(read_fast(&schema).unwrap().rows_in("employees"), 1);
}

#[test]
fn more_rows_than_an_office_can_have_are_refused() {
    let schema = format!(
        "CREATE TABLE employees (id INTEGER PRIMARY KEY, full_name TEXT); {TIMESHEETS}
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= 300000) INSERT INTO employees SELECT i, 'x' FROM n;"
    );
    let error = read_fast(&schema).unwrap_err();
    assert!(matches!(error, LegacyError::TooManyRows("employees")), "{error}");
}

#[test]
fn an_unknown_table_is_mentioned_without_its_name_reaching_sql_or_the_terminal() {
    let schema = format!(
        "CREATE TABLE employees (id INTEGER PRIMARY KEY, full_name TEXT); {TIMESHEETS} CREATE TABLE \"x\"\"; DROP TABLE employees;\x1b[2J\" (a);"
    );
    let report = preview(&Server::default().plan(&read_fast(&schema).unwrap()));
    assert_eq!(warnings(&report), [("unknown_table".to_owned(), Some("x\"; DROP TABLE employees; [2J".to_owned()))]);
}

#[test]
fn a_huge_file_is_refused_before_it_is_read() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"SQLite format 3\0").unwrap();
    file.seek(SeekFrom::Start(LARGEST_FILE)).unwrap();
    file.write_all(b"x").unwrap();
    let started = Instant::now();
    assert!(matches!(LegacyFile::read(file.path(), &DESKTOP_TABLES).unwrap_err(), LegacyError::TooBig));
    assert!(started.elapsed() < Duration::from_secs(2));
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(LegacyFile::read(folder.path(), &DESKTOP_TABLES).unwrap_err(), LegacyError::NotAFile("a folder")));
    assert!(matches!(LegacyFile::read(&folder.path().join("yok.db"), &DESKTOP_TABLES).unwrap_err(), LegacyError::Io(_)));
}

/// Opening a pipe waits for a writer: forever if there is none.
#[test]
fn what_is_no_ordinary_file_is_named_and_not_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let (pipe, socket) = (folder.path().join("pipe.db"), folder.path().join("socket.db"));
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let link = folder.path().join("link.db");
    std::os::unix::fs::symlink(&pipe, &link).unwrap();
    for (path, kind) in [(&*pipe, "a named pipe"), (&*link, "a named pipe"), (&*socket, "a socket"), ("/dev/zero".as_ref(), "a device")] {
        let (done, outcome) = std::sync::mpsc::channel();
        let path = path.to_owned();
        std::thread::spawn(move || done.send(LegacyFile::read(&path, &DESKTOP_TABLES).map(|_| ()).map_err(|error| error.to_string())));
        let sentence = outcome.recv_timeout(Duration::from_secs(20)).expect("nobody is waited for").unwrap_err();
        assert_eq!(sentence, format!("this is {kind}, not a file; name a copy of the desktop program's puantaj.db"));
    }
}

#[test]
fn a_file_in_write_ahead_mode_is_read_as_it_stands_and_its_side_file_mentioned() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("puantaj.db");
    std::fs::write(&path, Desktop::with_people(3).bytes()).unwrap();
    let writer = Connection::open(&path).unwrap();
    writer.execute_batch("PRAGMA journal_mode = WAL; INSERT INTO employees (full_name) VALUES ('Yazılmamış');").unwrap();
    let before = std::fs::read(&path).unwrap();
    assert_eq!(before[18], 2, "the file says write-ahead");
    let file = LegacyFile::read(&path, &DESKTOP_TABLES).unwrap();
    assert_eq!(file.rows_in("employees"), 2);
    let report = preview(&Server::default().plan(&file));
    assert_eq!(warnings(&report), [("side_file".to_owned(), Some("puantaj.db-wal".to_owned()))]);
    assert_eq!(std::fs::read(&path).unwrap(), before, "nothing is written");
}

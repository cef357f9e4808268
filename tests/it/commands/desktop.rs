//! Desktop databases as they are on office PCs, written here with invented people: three generations, clean or with the kinds of rows that
//! real ones have.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use chrono::{Datelike, NaiveDate, Weekday};
use rusqlite::{Connection, params};

const FIRST_GENERATION: &str = "
    CREATE TABLE employees (id INTEGER PRIMARY KEY AUTOINCREMENT, full_name TEXT NOT NULL, identity_no TEXT, department TEXT, title TEXT);
    CREATE TABLE timesheets (id INTEGER PRIMARY KEY AUTOINCREMENT, employee_id INTEGER NOT NULL, work_date TEXT NOT NULL,
        start_time TEXT NOT NULL, end_time TEXT NOT NULL, break_minutes INTEGER NOT NULL DEFAULT 0, notes TEXT,
        is_special INTEGER NOT NULL DEFAULT 0, FOREIGN KEY (employee_id) REFERENCES employees (id) ON DELETE CASCADE);
    CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE shift_templates (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, start_time TEXT NOT NULL,
        end_time TEXT NOT NULL, break_minutes INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE reports (id INTEGER PRIMARY KEY AUTOINCREMENT, file_path TEXT NOT NULL, created_at TEXT NOT NULL);
    INSERT INTO settings VALUES ('company_name', 'ÖRNEK ELEKTRİK'), ('report_title', 'Puantaj ve Mesai Raporu'), ('weekday_hours', '8,5'),
        ('saturday_start', '09:00'), ('saturday_end', '14:00'), ('logo_path', '');
    INSERT INTO shift_templates VALUES (2, 'Cumartesi 09-14', '09:00', '14:00', 0), (3, 'hafta ici', '08:30', '17:30', 60);
    INSERT INTO reports (file_path, created_at) VALUES ('C:/Raporlar/ocak.xlsx', '2026-01-12T10:00:00');";

const SECOND_GENERATION: &str = "
    ALTER TABLE employees ADD COLUMN region TEXT DEFAULT 'Ankara';
    ALTER TABLE timesheets ADD COLUMN region TEXT DEFAULT 'Ankara';
    CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL, role TEXT, region TEXT);
    CREATE TABLE vehicles (id INTEGER PRIMARY KEY, plate TEXT NOT NULL UNIQUE, region TEXT DEFAULT 'Ankara');
    CREATE TABLE drivers (id INTEGER PRIMARY KEY, full_name TEXT NOT NULL, region TEXT DEFAULT 'Ankara');
    CREATE TABLE stock_inventory (id INTEGER PRIMARY KEY, stok_kod TEXT, seri_no TEXT NOT NULL UNIQUE, bolge TEXT NOT NULL);
    INSERT INTO users VALUES (1, 'ankara1', 'ozet', 'user', 'Ankara'), (2, 'admin', 'ozet', 'admin', 'ALL');
    INSERT INTO vehicles (plate) VALUES ('06 RST 100'), ('06 RST 101'), ('06 RST 102');
    INSERT INTO drivers (full_name) VALUES ('Ömer İnce');
    INSERT INTO stock_inventory VALUES (1, 'STK000', 'ST87000', 'Ankara');";

const THIRD_GENERATION: &str = "
    CREATE TABLE deleted_records (id INTEGER PRIMARY KEY AUTOINCREMENT, table_name TEXT NOT NULL, record_id INTEGER NOT NULL,
        deleted_at TEXT NOT NULL, deleted_by TEXT);";

const PEOPLE: [(&str, &str); 5] =
    [("Ayşe Yılmaz", "10000000146"), ("Mehmet Kaya", "--"), ("Çağrı Şahin", ""), ("Işıl Işık", "--"), ("Ömer Öztürk", "--")];

/// One person's day as it stands in the file.
pub struct Entry {
    pub name: String,
    pub work_date: String,
    pub start_time: String,
    pub end_time: String,
    pub break_minutes: i32,
    pub is_special: bool,
}

/// A desktop database on disk.
pub struct Desktop {
    pub path: PathBuf,
    db: Connection,
}

impl Desktop {
    /// Five people with ten days of January 2026: long days, nights, Saturdays, a special day.
    pub fn new(path: PathBuf, generation: u8) -> Self {
        let db = Connection::open(&path).unwrap();
        db.execute_batch(FIRST_GENERATION).unwrap();
        if generation >= 2 {
            db.execute_batch(SECOND_GENERATION).unwrap();
        }
        let desktop = Self { path, db };
        for (name, identity_no) in PEOPLE {
            desktop.employee(name, identity_no);
        }
        let ends = ["17:30", "18:15", "19:30", "22:00", "23:00", "02:00"];
        let first = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap();
        for (day, date) in first.iter_days().take(10).enumerate().filter(|(_, date)| date.weekday() != Weekday::Sun) {
            for employee in 1..=PEOPLE.len() {
                let (start, end, pause) = match date.weekday() {
                    Weekday::Sat => ("09:00", ["14:00", "15:30"][employee % 2], 0),
                    _ => ("08:30", ends[(employee + day) % ends.len()], 60),
                };
                desktop.entry(employee, &date.to_string(), start, end, pause, day == 0);
            }
        }
        if generation >= 3 {
            desktop.db.execute_batch(THIRD_GENERATION).unwrap();
            desktop.delete_entry("(SELECT max(id) FROM timesheets)");
        }
        desktop
    }

    /// Adds the rows a takeover meets in real files. Answers which of them cannot be taken, and why: table, id, code of the reason.
    pub fn soil(&self) -> Vec<(&'static str, i64, &'static str)> {
        let blank = self.employee("", "");
        self.employee(PEOPLE[0].0, "12345678901"); // a namesake with a mistyped number
        self.entry(1, "2026-02-02", "8:30", "17:30", 60, false); // readable
        let bad = [
            ("2026-02-03", "25:00", 60, "time"),
            ("05.01.2026", "17:30", 60, "overlap"),
            ("2026-02-04", "", 60, "blank"),
            ("2026-13-40", "17:30", 60, "date"),
            ("2026-02-05", "17:30", -30, "break"),
            ("2026-02-06", "17:30", 9999, "break"),
        ];
        let mut skipped = vec![("employees", blank, "blank")];
        for (date, end, pause, reason) in bad {
            skipped.push(("timesheets", self.entry(1, date, "08:30", end, pause, false), reason));
        }
        self.db.pragma_update(None, "foreign_keys", false).unwrap();
        skipped.push(("timesheets", self.entry(987_654, "2026-02-05", "08:30", "17:30", 60, false), "employee_not_taken"));
        skipped
    }

    pub fn employee(&self, name: &str, identity_no: &str) -> i64 {
        let sql = "INSERT INTO employees (full_name, identity_no, department, title) VALUES (?, ?, 'Saha', 'Teknisyen')";
        self.db.execute(sql, params![name, identity_no]).unwrap();
        self.db.last_insert_rowid()
    }

    pub fn entry(&self, employee: usize, date: &str, start: &str, end: &str, break_minutes: i32, is_special: bool) -> i64 {
        let sql = "INSERT INTO timesheets (employee_id, work_date, start_time, end_time, break_minutes, is_special, notes)
                   VALUES (?, ?, ?, ?, ?, ?, '')";
        self.db.execute(sql, params![i64::try_from(employee).unwrap(), date, start, end, break_minutes, is_special]).unwrap();
        self.db.last_insert_rowid()
    }

    /// Deletes an entry as the newest program does: with a line in the list of deletions.
    pub fn delete_entry(&self, id: &str) {
        let sql = format!(
            "INSERT INTO deleted_records (table_name, record_id, deleted_at) VALUES ('timesheets', {id}, '2026-01-23T17:59:24');
             DELETE FROM timesheets WHERE id = {id};"
        );
        self.run(&sql);
    }

    pub fn run(&self, sql: &str) {
        self.db.execute_batch(sql).unwrap();
    }

    /// A later copy of the file, under another name.
    pub fn copy_to(&self, path: &Path) -> Self {
        std::fs::copy(&self.path, path).unwrap();
        Self { path: path.to_owned(), db: Connection::open(path).unwrap() }
    }

    /// Rows per table.
    pub fn counts(&self) -> BTreeMap<String, i64> {
        let mut names = self.db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").unwrap();
        let names: Vec<String> = names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
        let count = |name: &String| self.db.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0)).unwrap();
        names.iter().map(|name| (name.clone(), count(name))).collect()
    }

    /// All entries.
    pub fn entries(&self) -> Vec<Entry> {
        let sql = "SELECT full_name, work_date, start_time, end_time, break_minutes, is_special
                   FROM timesheets t JOIN employees e ON e.id = t.employee_id";
        let mut rows = self.db.prepare(sql).unwrap();
        let entry = |row: &rusqlite::Row| {
            Ok(Entry {
                name: row.get(0)?,
                work_date: row.get(1)?,
                start_time: row.get(2)?,
                end_time: row.get(3)?,
                break_minutes: row.get(4)?,
                is_special: row.get(5)?,
            })
        };
        rows.query_map([], entry).unwrap().map(Result::unwrap).collect()
    }
}

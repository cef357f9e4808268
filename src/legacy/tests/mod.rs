//! Desktop databases of the three generations: built here, read and planned.

mod bad_values;
mod copies;
mod described;
mod hostile;
mod takeover;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeZone, Utc};
use rusqlite::{Connection, ToSql, params};
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::{
    desktop::{RowId, Why},
    identity::Region,
    ops::{Op, Verdict, VerdictKind},
    registry::DESKTOP_TABLES,
    settings::settings_id,
};

const V1: &str = "
    CREATE TABLE employees (id INTEGER PRIMARY KEY AUTOINCREMENT, full_name TEXT NOT NULL, identity_no TEXT, department TEXT, title TEXT);
    CREATE TABLE timesheets (id INTEGER PRIMARY KEY AUTOINCREMENT, employee_id INTEGER NOT NULL, work_date TEXT NOT NULL,
        start_time TEXT NOT NULL, end_time TEXT NOT NULL, break_minutes INTEGER NOT NULL DEFAULT 0, notes TEXT,
        is_special INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE shift_templates (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, start_time TEXT NOT NULL,
        end_time TEXT NOT NULL, break_minutes INTEGER NOT NULL DEFAULT 0);
    CREATE TABLE reports (id INTEGER PRIMARY KEY AUTOINCREMENT, file_path TEXT NOT NULL);
    INSERT INTO reports (file_path) VALUES ('C:/Raporlar/ocak.xlsx');
    INSERT INTO settings VALUES ('company_name', 'ÖRNEK ELEKTRİK'), ('weekday_hours', '7,50'), ('saturday_start', '9:00'),
        ('saturday_end', ''), ('logo_path', ''), ('sync_token', 'gizli-anahtar');
    INSERT INTO shift_templates VALUES (2, 'Cumartesi 09-14', '09:00', '14:00', 0), (3, 'hafta ici', '08:30', '17:30', 60);";

const V2: &str = "
    ALTER TABLE employees ADD COLUMN region TEXT DEFAULT 'Ankara';
    ALTER TABLE timesheets ADD COLUMN region TEXT DEFAULT 'Ankara';
    CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL);
    INSERT INTO users VALUES (1, 'ankara1', 'ozet'), (2, 'admin', 'ozet');
    CREATE TABLE vehicles (id INTEGER PRIMARY KEY, plate TEXT NOT NULL UNIQUE, region TEXT);
    CREATE TABLE drivers (id INTEGER PRIMARY KEY, full_name TEXT NOT NULL);
    INSERT INTO vehicles VALUES (1, '06 RST 100', 'Ankara'), (2, '06 RST 101', 'Ankara'), (3, '06 RST 102', 'Ankara');";

const V3: &str = "
    CREATE TABLE deleted_records (id INTEGER PRIMARY KEY AUTOINCREMENT, table_name TEXT NOT NULL, record_id INTEGER NOT NULL,
        deleted_at TEXT NOT NULL, deleted_by TEXT);";

/// A desktop database under construction.
struct Desktop {
    db: Connection,
}

impl Desktop {
    /// Two people, Ayşe Yılmaz (1) and Mehmet Kaya (2), with three ordinary days each: entries 1 to 6.
    fn with_people(generation: u8) -> Self {
        let desktop = Self::empty(generation);
        desktop.employee(1, "Ayşe Yılmaz", "10000000146");
        desktop.employee(2, "Mehmet Kaya", "--");
        for day in 5..8 {
            desktop.entry(i64::from(day - 4), 1, &format!("2026-01-0{day}"), "08:30", "17:30");
            desktop.entry(i64::from(day - 1), 2, &format!("2026-01-0{day}"), "08:30", "17:30");
        }
        desktop
    }

    fn empty(generation: u8) -> Self {
        let db = Connection::open_in_memory().unwrap();
        let schema = [V1, if generation >= 2 { V2 } else { "" }, if generation >= 3 { V3 } else { "" }].concat();
        db.execute_batch(&schema).unwrap();
        Self { db }
    }

    fn run(&self, sql: &str, values: impl rusqlite::Params) {
        self.db.execute(sql, values).unwrap();
    }

    fn employee(&self, id: i64, name: &str, identity_no: &str) {
        self.run(
            "INSERT INTO employees (id, full_name, identity_no, department, title) VALUES (?, ?, ?, 'Saha', 'Formen')",
            params![id, name, identity_no],
        );
    }

    fn entry(&self, id: i64, employee: i64, day: &str, start: &str, end: &str) {
        self.entry_with_break(id, employee, day, start, end, &60);
    }

    fn entry_with_break(&self, id: i64, employee: i64, day: &str, start: &str, end: &str, minutes: &dyn ToSql) {
        self.run(
            "INSERT INTO timesheets (id, employee_id, work_date, start_time, end_time, break_minutes) VALUES (?, ?, ?, ?, ?, ?)",
            params![id, employee, day, start, end, minutes],
        );
    }

    fn tombstone(&self, table: &str, id: i64) {
        self.run("INSERT INTO deleted_records (table_name, record_id, deleted_at) VALUES (?, ?, '2026-01-23')", params![table, id]);
    }

    fn bytes(&self) -> Vec<u8> {
        self.db.serialize("main").unwrap().to_vec()
    }

    fn read(&self) -> LegacyFile {
        self.read_as(&DESKTOP_TABLES)
    }

    fn read_as(&self, tables: Tables) -> LegacyFile {
        LegacyFile::from_bytes("puantaj.db", self.bytes(), tables).unwrap()
    }
}

/// Stands for the server: accepts every operation except those that it is set to refuse, and keeps the accepted ones.
#[derive(Default)]
struct Server {
    inbox: BTreeMap<Uuid, (Op, VerdictKind)>,
    include_regions: Vec<String>,
    edited_at: DateTime<Utc>,
    region: Option<&'static str>,
    tables: Option<Tables>,
}

impl Server {
    fn region(&self) -> Region {
        Region::parse(self.region.unwrap_or("ankara")).unwrap()
    }

    fn known(&self) -> Vec<KnownFile> {
        KnownFile::from_ops(self.tables.unwrap_or(&DESKTOP_TABLES), self.inbox.values().cloned())
    }

    fn plan(&self, file: &LegacyFile) -> Plan {
        let known = self.known();
        let (region, include_regions) = (self.region(), self.include_regions.as_slice());
        let has_settings = self.inbox.values().any(|(op, _)| op.entity == "settings");
        let only_rows = has_settings.then(|| settings_id(&region)).into_iter().collect();
        let (actor, only_rows) = (Uuid::from_u128(7), &only_rows);
        let target = Target { region: &region, include_regions, actor, edited_at: self.edited_at, only_rows };
        plan(file, identify(file, &region, &known), &known, target)
    }

    /// Imports the file, and checks what holds for every import.
    fn take(&mut self, file: &LegacyFile) -> Report {
        self.take_but(file, |_| None)
    }

    fn take_but(&mut self, file: &LegacyFile, refuse: impl Fn(&Op) -> Option<Verdict>) -> Report {
        let plan = self.plan(file);
        let mut verdicts = Vec::new();
        for planned in &plan.ops {
            let op = &planned.op;
            assert!(op.after.iter().all(|id| self.inbox.contains_key(id)), "{op:?} comes after what it needs");
            let verdict = match self.inbox.get(&op.op_id) {
                Some((stored, kind)) => {
                    assert_eq!(crate::ops::fingerprint(stored), crate::ops::fingerprint(op), "an id means one thing");
                    assert_eq!(stored.n, op.n, "a repeat keeps its place in the queue");
                    Verdict { replayed: true, ..Verdict::bare(op.op_id, *kind) }
                }
                None => refuse(op).unwrap_or_else(|| Verdict::bare(op.op_id, VerdictKind::Applied)),
            };
            self.inbox.insert(op.op_id, (op.clone(), verdict.verdict));
            verdicts.push(verdict);
        }
        for queue in self.known() {
            let mut places: Vec<i64> = queue.sent.values().copied().collect();
            places.sort_unstable();
            assert_eq!(places, (1..=i64::try_from(places.len()).unwrap()).collect::<Vec<_>>(), "the queue has no holes");
        }
        let report = report(&plan, &verdicts);
        assert_adds_up(file, &report);
        report
    }
}

fn assert_adds_up(file: &LegacyFile, report: &Report) {
    for table in file.tables.iter().map(|table| table.name) {
        let Counts { created, updated, unchanged, skipped } = report.tables[table];
        assert_eq!(created + updated + unchanged + skipped, file.rows_in(table), "{table}: {:?}", report.tables);
        let remarks = report.skipped_rows.iter().filter(|remark| remark.table == table);
        assert_eq!(remarks.count(), skipped, "{table}: {:?}", report.skipped_rows);
    }
}

fn counts(report: &Report, table: &str) -> (usize, usize, usize, usize) {
    let counts = report.tables[table];
    (counts.created, counts.updated, counts.unchanged, counts.skipped)
}

/// Reasons of skipped rows of one table, by row.
fn skipped(report: &Report, table: &str) -> BTreeMap<i64, Why> {
    let of_table = report.skipped_rows.iter().filter(|remark| remark.table == table);
    of_table
        .map(|remark| match &remark.id {
            Some(RowId::Number(number)) => (*number, remark.reason.clone()),
            other => panic!("{other:?} is no number"),
        })
        .collect()
}

fn warnings(report: &Report) -> Vec<(String, Option<String>)> {
    report.warnings.iter().map(|remark| (remark.reason.code().to_owned(), remark.value.clone())).collect()
}

/// The values that an operation sets.
fn set_by(op: &Op) -> BTreeMap<&str, &Value> {
    op.fields.iter().map(|(name, change)| (name.as_str(), &change.to)).collect()
}

fn june(day: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 6, day, 12, 0, 0).unwrap()
}

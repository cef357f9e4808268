//! What a takeover does, decided before anything is done: pure, so that a dry run and the real one cannot differ.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    calendar::{Calendar, Turn},
    file::LegacyFile,
    known::{KnownFile, KnownRow, may_be_same_person, row_id, text},
    remark::{Remark, RowId, Why},
    rows::{Employee, Timesheet},
    tables::Table,
};
use crate::{
    fold::fold,
    identity::Region,
    ops::{Author, Change, Fields, Kind, Op, Row, fingerprint, same_value},
    settings::settings_id,
};

/// Into what a file is taken over, and on whose word.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The region that gets the rows.
    pub region: &'a Region,
    /// Labels besides the region's own (and none at all) under which rows of it stand: older programs stamped Ankara on everything.
    pub include_regions: &'a [String],
    /// Who takes the file over.
    pub actor: Uuid,
    /// Time of the file.
    pub edited_at: DateTime<Utc>,
    /// Whether the region has a row of settings, from anywhere.
    pub has_settings: bool,
}

/// What an operation does to the count of its table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Makes the row.
    Create,
    /// Changes it.
    Update,
    /// Deletes it; the file has no such row any more, or leaves it out, so it counts nowhere.
    Delete,
}

/// An operation and the rows it is for.
#[derive(Debug, Clone)]
pub struct PlannedOp {
    /// The table of the file.
    pub table: Table,
    /// The rows of the file: one, or several keys of the settings.
    pub ids: Vec<RowId>,
    /// What it does.
    pub effect: Effect,
    /// What a person calls a row that is deleted.
    pub name: Option<String>,
    /// What is handed to the server.
    pub op: Op,
}

/// All of a takeover. Together `ops` (deletions excepted), `unchanged` and `skipped` name every row of the four tables once.
#[derive(Debug)]
pub struct Plan {
    /// Name of the file.
    pub file: String,
    /// The region that gets the rows.
    pub region: Region,
    /// What to hand to the server, in this order.
    pub ops: Vec<PlannedOp>,
    /// Rows that are here already, as they stand in the file.
    pub unchanged: Vec<(Table, RowId)>,
    /// Rows that are left out, with the reason.
    pub skipped: Vec<(Table, Remark)>,
    /// What a person should look at.
    pub warnings: Vec<Remark>,
    /// Rows per table that is not taken over.
    pub not_taken: BTreeMap<String, u64>,
}

/// Plans the takeover of `file`, whose identity is `identity` ([`super::identify`]); `known` is what came of it before.
pub fn plan(file: &LegacyFile, identity: Uuid, known: &[KnownFile], target: Target<'_>) -> Plan {
    let empty = KnownFile::default();
    let known = known.iter().find(|k| k.identity == identity).unwrap_or(&empty);
    let plan = Plan {
        file: file.name.clone(),
        region: target.region.clone(),
        ops: Vec::new(),
        unchanged: Vec::new(),
        skipped: Vec::new(),
        warnings: file.remarks.clone(),
        not_taken: file.not_taken.clone(),
    };
    let next_n = known.sent.values().max().map_or(1, |last| last + 1);
    let mut planner = Planner { file, identity, known, target, plan, next_n };
    planner.plan_all();
    planner.plan
}

/// An employee whose entries can be taken.
struct Person {
    id: Uuid,
    /// The operation that makes the row, when it is one of this takeover.
    created_by: Option<Uuid>,
}

struct Planner<'a> {
    file: &'a LegacyFile,
    identity: Uuid,
    known: &'a KnownFile,
    target: Target<'a>,
    plan: Plan,
    next_n: i64,
}

impl<'a> Planner<'a> {
    /// Deletions first: they may free a time or a number that another row takes now.
    fn plan_all(&mut self) {
        if self.known.newest.is_some_and(|newest| newest > self.target.edited_at) {
            self.plan.warnings.push(Remark::file(None, Why::OlderCopy));
        }
        self.plan_deletions();
        let people = self.plan_employees();
        self.plan_shift_templates();
        self.plan_settings();
        self.plan_timesheets(&people);
        self.warn_of_the_vanished();
    }

    /// An employee's deletion stands for that of the entries as well: the desktop program notes only the former (DOMAIN 2.1).
    fn plan_deletions(&mut self) {
        let listed: BTreeMap<Uuid, (Table, i64)> =
            self.file.tombstones.iter().map(|(table, id)| (self.row_id(*table, *id), (*table, *id))).collect();
        let present: BTreeSet<Uuid> = self.ids_in_file().map(|(id, ..)| id).collect();
        let gone_with_employee = |id: &Uuid, row: &KnownRow| {
            let employee = text(&row.fields, "employee_id").parse().ok();
            !present.contains(id) && employee.is_some_and(|employee: Uuid| listed.contains_key(&employee))
        };
        let mut deleted: Vec<(&Uuid, &KnownRow)> =
            self.known.rows.iter().filter(|(id, row)| !row.deleted && (listed.contains_key(*id) || gone_with_employee(id, row))).collect();
        deleted.sort_by_key(|(_, row)| std::cmp::Reverse(row.table));
        for (id, row) in deleted {
            let ids: Vec<RowId> = listed.get(id).map(|(_, number)| RowId::Number(*number)).into_iter().collect();
            self.push(Kind::Delete, row.table, ids, *id, Fields::new(), Vec::new());
        }
    }

    fn plan_employees(&mut self) -> BTreeMap<i64, Person> {
        let file = self.file;
        let mut taken: Vec<(&Employee, Uuid)> = Vec::new();
        for employee in &file.employees {
            let Some(employee) = self.readable(Table::Employees, employee) else { continue };
            let Some(id) = self.admit(Table::Employees, employee.id, &employee.region) else { continue };
            if self.known.rows.get(&id).is_some_and(|row| !may_be_same_person(employee, row)) {
                self.skip(Table::Employees, employee.id, "full_name", &employee.full_name, Why::OtherRow);
            } else {
                taken.push((employee, id));
            }
        }
        // Whoever has a number here already keeps it; of new ones the first gets it.
        let has_it = |employee: &Employee, id: &Uuid| {
            self.known.rows.get(id).is_some_and(|row| text(&row.fields, "identity_no") == employee.identity_no)
        };
        let (keep, ask): (Vec<_>, Vec<_>) = taken.iter().partition(|(employee, id)| has_it(employee, id));
        let mut holders: BTreeMap<&str, i64> = BTreeMap::new();
        for (employee, _) in keep.into_iter().chain(ask) {
            holders.entry(&employee.identity_no).or_insert(employee.id);
        }
        let mut people = BTreeMap::new();
        for (employee, id) in taken {
            let mut fields = employee.fields();
            self.plan.warnings.extend(employee.doubt.as_deref().cloned());
            let holder = holders.get(employee.identity_no.as_str()).copied().unwrap_or(employee.id);
            if holder != employee.id && !employee.identity_no.is_empty() {
                let masked = crate::identity_no::mask(&employee.identity_no);
                let why = Why::DuplicateIdentityNo(holder);
                self.plan.warnings.push(Remark::row(Table::Employees, RowId::Number(employee.id), "identity_no", Some(&masked), why));
                fields.insert("identity_no".into(), json!(""));
            }
            let created_by = self.put(Table::Employees, employee.id, id, fields, Vec::new());
            people.insert(employee.id, Person { id, created_by });
        }
        people
    }

    fn plan_shift_templates(&mut self) {
        let file = self.file;
        for template in &file.shift_templates {
            let Some(template) = self.readable(Table::ShiftTemplates, template) else { continue };
            if let Some(id) = self.admit(Table::ShiftTemplates, template.id, &template.region) {
                self.put(Table::ShiftTemplates, template.id, id, template.fields(), Vec::new());
            }
        }
    }

    /// The keys that are taken make one row.
    fn plan_settings(&mut self) {
        let file = self.file;
        let id = settings_id(self.target.region);
        let before = self.known.rows.get(&id);
        let (mut fields, mut keys) = (Fields::new(), Vec::new());
        for setting in &file.settings {
            let Some(setting) = self.readable(Table::Settings, setting) else { continue };
            let to = json!(setting.value);
            let from = before.and_then(|row| row.fields.get(setting.key)).cloned();
            if from.as_ref().is_some_and(|from| same_value(from, &to)) {
                self.plan.unchanged.push((Table::Settings, RowId::Key(setting.key.into())));
            } else {
                fields.insert(setting.key.into(), Change { from: from.unwrap_or_default(), to });
                keys.push(RowId::Key(setting.key.into()));
            }
        }
        if !fields.is_empty() {
            let kind = if before.is_some() || self.target.has_settings { Kind::Update } else { Kind::Create };
            self.push(kind, Table::Settings, keys, id, fields, Vec::new());
        }
    }

    fn plan_timesheets(&mut self, people: &BTreeMap<i64, Person>) {
        let file = self.file;
        let mut entries: Vec<(Turn, &Timesheet, Uuid, &Person)> = Vec::new();
        for entry in &file.timesheets {
            let Some(entry) = self.readable(Table::Timesheets, entry) else { continue };
            let Some(id) = self.admit(Table::Timesheets, entry.id, &entry.region) else { continue };
            let Some(person) = people.get(&entry.employee) else {
                self.skip(Table::Timesheets, entry.id, "employee_id", &entry.employee.to_string(), Why::EmployeeNotTaken);
                continue;
            };
            match self.known.rows.get(&id) {
                None => entries.push((Turn::New, entry, id, person)),
                Some(row) if self.is_the_same_entry(entry, person, row) => {
                    entries.push((Turn::of(&entry.fields(person.id), &row.fields), entry, id, person));
                }
                Some(_) => self.skip(Table::Timesheets, entry.id, "work_date", &entry.work_date.to_string(), Why::OtherRow),
            }
        }
        entries.sort_by_key(|(turn, entry, ..)| (*turn, entry.id));
        let mut calendar = Calendar::default();
        for (_, entry, id, person) in entries {
            match calendar.book(entry) {
                Err(other) => self.skip(Table::Timesheets, entry.id, "work_date", &entry.work_date.to_string(), Why::Overlap(other)),
                Ok(()) => {
                    self.put(Table::Timesheets, entry.id, id, entry.fields(person.id), person.created_by.into_iter().collect());
                }
            }
        }
    }

    /// Entries get corrected: another day, or another person. Where both differ it is another entry, made in a copy that went its own way.
    fn is_the_same_entry(&mut self, entry: &Timesheet, person: &Person, row: &KnownRow) -> bool {
        let before = text(&row.fields, "work_date");
        let same_day = before == entry.work_date.to_string();
        let same_person = row.fields.get("employee_id") == Some(&json!(person.id));
        let remark = |field, value: &str, why| Remark::row(Table::Timesheets, RowId::Number(entry.id), field, Some(value), why);
        if !same_day && same_person {
            self.plan.warnings.push(remark("work_date", &entry.work_date.to_string(), Why::DateMoved(before.into())));
        }
        if same_day && !same_person {
            self.plan.warnings.push(remark("employee_id", &entry.employee.to_string(), Why::PersonChanged));
        }
        same_day || same_person
    }

    /// Rows of an earlier copy that this one neither has nor lists as deleted: the older programs listed nothing. They stay.
    fn warn_of_the_vanished(&mut self) {
        let mut seen: BTreeSet<Uuid> = self.ids_in_file().map(|(id, ..)| id).collect();
        seen.extend(self.plan.ops.iter().map(|planned| planned.op.id));
        seen.insert(settings_id(self.target.region));
        for row in self.known.rows.iter().filter(|(id, row)| !row.deleted && !seen.contains(*id)).map(|(_, row)| row) {
            self.plan.warnings.push(Remark {
                table: row.table.name().into(),
                id: None,
                field: None,
                value: Some(name_of(row)),
                reason: Why::Gone,
            });
        }
    }

    /// Every numbered row of the file, readable or not, by the id it has here.
    fn ids_in_file(&self) -> impl Iterator<Item = (Uuid, Table, i64)> + use<'a> {
        let (file, known, identity, region) = (self.file, self.known, self.identity, self.target.region);
        let number = |remark: &Remark| match remark.id {
            Some(RowId::Number(number)) => Some(number),
            _ => None,
        };
        let employees = file.employees.iter().map(move |row| (Table::Employees, row.as_ref().map_or_else(|e| number(e), |r| Some(r.id))));
        let templates =
            file.shift_templates.iter().map(move |row| (Table::ShiftTemplates, row.as_ref().map_or_else(|e| number(e), |r| Some(r.id))));
        let entries = file.timesheets.iter().map(move |row| (Table::Timesheets, row.as_ref().map_or_else(|e| number(e), |r| Some(r.id))));
        employees
            .chain(templates)
            .chain(entries)
            .filter_map(move |(table, number)| number.map(|number| (row_id(known, identity, region, table, number), table, number)))
    }

    fn row_id(&self, table: Table, number: i64) -> Uuid {
        row_id(self.known, self.identity, self.target.region, table, number)
    }

    /// The row, or None with the remark in the report.
    fn readable<'r, T>(&mut self, table: Table, row: &'r Result<T, Box<Remark>>) -> Option<&'r T> {
        row.as_ref().map_err(|remark| self.plan.skipped.push((table, remark.as_ref().clone()))).ok()
    }

    /// The id of a row that is this region's and has not been deleted; None with a remark in the report.
    fn admit(&mut self, table: Table, number: i64, region: &str) -> Option<Uuid> {
        let id = self.row_id(table, number);
        if !self.is_of_region(region) {
            self.skip(table, number, "region", region, Why::OtherRegion);
        } else if self.file.tombstones.contains(&(table, number)) {
            self.skip(table, number, "", "", Why::Deleted);
        } else if self.known.rows.get(&id).is_some_and(|row| row.deleted) {
            self.skip(table, number, "", "", Why::DeletedBefore);
        } else {
            return Some(id);
        }
        None
    }

    /// No label, and the label of all regions, say nothing against it.
    fn is_of_region(&self, label: &str) -> bool {
        let label = fold(label);
        label.is_empty()
            || label == "all"
            || label == self.target.region.code()
            || self.target.include_regions.iter().any(|other| fold(other) == label)
    }

    fn skip(&mut self, table: Table, number: i64, field: &str, value: &str, why: Why) {
        let value = (!field.is_empty()).then_some(value);
        self.plan.skipped.push((table, Remark::row(table, RowId::Number(number), field, value, why)));
    }

    /// Plans what makes the row here like the row of the file. Answers the operation, when it makes a new one.
    fn put(&mut self, table: Table, number: i64, id: Uuid, fields: Row, after: Vec<Uuid>) -> Option<Uuid> {
        let before = self.known.rows.get(&id);
        let changes: Fields = fields
            .into_iter()
            .filter_map(|(name, to)| {
                let from = before.and_then(|row| row.fields.get(&name)).cloned().unwrap_or_default();
                let differs = before.is_none() || !same_value(&from, &to);
                differs.then_some((name, Change { from, to }))
            })
            .collect();
        if changes.is_empty() {
            self.plan.unchanged.push((table, RowId::Number(number)));
            return None;
        }
        let kind = if before.is_some() { Kind::Update } else { Kind::Create };
        let op = self.push(kind, table, vec![RowId::Number(number)], id, changes, after);
        (kind == Kind::Create).then_some(op)
    }

    /// An operation's id follows from what it does and from what was done to the row before. So the same step is the same operation in every
    /// run, and a value that comes back after another one is a new step.
    fn push(&mut self, kind: Kind, table: Table, ids: Vec<RowId>, id: Uuid, fields: Fields, after: Vec<Uuid>) -> Uuid {
        let author = Author { actor: self.target.actor, queue_id: self.identity, at: self.target.edited_at };
        let mut op = Op {
            app: Some("import-legacy".into()),
            after,
            ..Op::new(author, Uuid::nil(), kind, table.entity(), id, self.target.region.clone()).changing(fields)
        };
        let last = self.known.rows.get(&id).map_or(Uuid::nil(), |row| row.last_op);
        let step = format!("{}/{id}/{last}/{}", table.name(), hex::encode(fingerprint(&op)));
        op.op_id = Uuid::new_v5(&self.identity, step.as_bytes());
        op.n = self.known.sent.get(&op.op_id).copied().unwrap_or_else(|| {
            self.next_n += 1;
            self.next_n - 1
        });
        let op_id = op.op_id;
        let effect = match kind {
            Kind::Create => Effect::Create,
            Kind::Delete => Effect::Delete,
            _ => Effect::Update,
        };
        let name = (effect == Effect::Delete).then(|| self.known.rows.get(&id).map(name_of)).flatten();
        self.plan.ops.push(PlannedOp { table, ids, effect, name, op });
        op_id
    }
}

/// What a person calls the row.
fn name_of(row: &KnownRow) -> String {
    let name = match row.table {
        Table::Employees => "full_name",
        Table::Timesheets => "work_date",
        Table::ShiftTemplates | Table::Settings => "name",
    };
    row.fields.get(name).and_then(Value::as_str).unwrap_or_default().into()
}

//! What a form means without the server: the operations that the server would make of it (the browser's `routes.ts`), and what can be said
//! against them with what this PC knows (`check.ts`).

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::store::{Reader, Shown, StoreError};
use crate::{
    civil::{self, DayOfWork, format_time, parse_break, parse_time, stored_end},
    clock::in_istanbul,
    complaint::FieldError,
    employees::{Employee, Left},
    hours::{
        Rules,
        doubts::{Around, CONFIRMED, code_of, confirm, doubts_of},
        hours,
    },
    identity::Region,
    ids,
    ops::{
        Author, Change, Entity, Fields, Kind, Op, Origin, Row,
        form_codec::{FormSpec, changes_between, changes_of_new, read_form},
    },
    shift_templates::ShiftTemplate,
    timesheets::{Timesheet, overlapping},
};

/// A write of business data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Where a form without scripts is led to.
    pub list: &'static str,
    act: Act,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Act {
    CreateEntry,
    Create(Table),
    Update(Table, Uuid),
    /// What a row on the day's page may change.
    UpdateOfDay(Uuid),
    Delete(Table, Uuid),
    Restore(Table, Uuid),
    /// "Pasif" and back.
    Turn(Uuid, bool),
    Batch,
    UndoBatch(Uuid),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Timesheet,
    Employee,
    ShiftTemplate,
}

impl Table {
    fn name(self) -> &'static str {
        match self {
            Self::Timesheet => Timesheet::NAME,
            Self::Employee => Employee::NAME,
            Self::ShiftTemplate => ShiftTemplate::NAME,
        }
    }

    fn form(self) -> FormSpec {
        match self {
            Self::Timesheet => Timesheet::FORM,
            Self::Employee => Employee::FORM,
            Self::ShiftTemplate => ShiftTemplate::FORM,
        }
    }

    fn complaints(self, row: &Row, changed: &BTreeSet<&str>) -> Vec<FieldError> {
        match self {
            Self::Timesheet => Timesheet::parse(row, changed, Origin::Agent).err(),
            Self::Employee => Employee::parse(row, changed, Origin::Agent).err(),
            Self::ShiftTemplate => ShiftTemplate::parse(row, changed, Origin::Agent).err(),
        }
        .unwrap_or_default()
    }
}

/// The fields of a row on the day's page.
const OF_DAY: [&str; 5] = ["start_time", "end_time", "break_minutes", "is_special", CONFIRMED];

/// The write behind an address; none for every other post. The same table as in src/routes.rs and `routes.ts`.
pub fn find_route(path: &str) -> Option<Route> {
    let id = |text: &str| text.parse::<Uuid>().ok().filter(|_| text.len() == 36);
    let is_date = |text: &str| text.parse::<DayOfWork>().is_ok();
    let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let (list, act) = match parts.as_slice() {
        ["today", "entries"] => ("/today", Act::CreateEntry),
        ["today", "entries", entry] => ("/today", Act::UpdateOfDay(id(entry)?)),
        ["today", "entries", entry, "deletion"] => ("/today", Act::Delete(Table::Timesheet, id(entry)?)),
        ["today", "entries", entry, "restoration"] => ("/today", Act::Restore(Table::Timesheet, id(entry)?)),
        ["today", "batches"] => ("/today", Act::Batch),
        ["today", "batches", op, "undo"] => ("/today", Act::UndoBatch(id(op)?)),
        ["timesheets"] => ("/timesheets", Act::CreateEntry),
        ["timesheets", entry] => ("/timesheets", Act::Update(Table::Timesheet, id(entry)?)),
        ["timesheets", entry, "deletion"] => ("/timesheets", Act::Delete(Table::Timesheet, id(entry)?)),
        ["timesheets", entry, "restoration"] => ("/timesheets", Act::Restore(Table::Timesheet, id(entry)?)),
        ["employees"] => ("/employees", Act::Create(Table::Employee)),
        ["employees", person] => ("/employees", Act::Update(Table::Employee, id(person)?)),
        ["employees", person, "days", date] if id(person).is_some() && is_date(date) => ("/timesheets/month", Act::CreateEntry),
        ["employees", person, "days", date, entry] if id(person).is_some() && is_date(date) => {
            ("/timesheets/month", Act::Update(Table::Timesheet, id(entry)?))
        }
        ["employees", person, "passivation"] => ("/employees", Act::Turn(id(person)?, false)),
        ["employees", person, "activation"] => ("/employees", Act::Turn(id(person)?, true)),
        ["employees", person, "deletion"] => ("/employees", Act::Delete(Table::Employee, id(person)?)),
        ["employees", person, "restoration"] => ("/employees", Act::Restore(Table::Employee, id(person)?)),
        ["shift-templates"] => ("/shift-templates", Act::Create(Table::ShiftTemplate)),
        ["shift-templates", template] => ("/shift-templates", Act::Update(Table::ShiftTemplate, id(template)?)),
        ["shift-templates", template, "deletion"] => ("/shift-templates", Act::Delete(Table::ShiftTemplate, id(template)?)),
        ["shift-templates", template, "restoration"] => ("/shift-templates", Act::Restore(Table::ShiftTemplate, id(template)?)),
        _ => return None,
    };
    Some(Route { list, act })
}

/// A form that was posted, and by whom.
pub struct Post<'a> {
    /// The pairs of the form.
    pub pairs: &'a [(String, String)],
    /// The person.
    pub person: Uuid,
    /// The person's queue on this PC.
    pub queue: Uuid,
    /// The PC's region.
    pub region: Region,
    /// Whether the region takes entries.
    pub is_open: bool,
    /// Now.
    pub at: DateTime<Utc>,
    /// This PC's clock minus the server's, in milliseconds.
    pub offset_ms: i64,
    /// What this PC has.
    pub reader: &'a Reader,
}

/// An operation that a form or a browser's queue asks for.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The operation; out of a form, without its place in a queue.
    pub op: Op,
    /// What a person calls the row.
    pub label: String,
    /// The page that shows it.
    pub href: String,
}

/// An operation with what a person calls its row, which is the row as it will be; empty where this PC does not know it.
pub fn draft_of(reader: &Reader, op: Op) -> Result<Draft, StoreError> {
    let mut row = reader.find_row(&op.entity, op.id)?.map(|shown| shown.row).unwrap_or_default();
    row.extend(op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone())));
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (label, href) = match op.entity.as_str() {
        Timesheet::NAME => {
            let person = text("employee_id").parse().ok().map(|id| reader.find_row(Employee::NAME, id)).transpose()?.flatten();
            let name = person.and_then(|shown| Some(shown.row.get("full_name")?.as_str()?.to_owned())).unwrap_or_default();
            let date = text("work_date");
            (name, if date.is_empty() { "/timesheets".to_owned() } else { format!("/today?date={date}") })
        }
        Employee::NAME => (text("full_name"), "/employees".to_owned()),
        ShiftTemplate::NAME => (text("name"), "/shift-templates".to_owned()),
        _ => (String::new(), String::new()),
    };
    Ok(Draft { op, label, href })
}

/// Why there are no operations.
#[derive(Debug)]
pub enum Refusal {
    /// What is wrong with the values.
    Invalid(Vec<FieldError>),
    /// No form of ours sends this.
    Nonsense(String),
    /// The store could not be read.
    Store(StoreError),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

type Planned<T> = Result<T, Refusal>;

fn invalid(field: &str, code: &str) -> Refusal {
    Refusal::Invalid(vec![FieldError::new(field, code)])
}

/// The operations of a form; none where there is nothing left to do.
pub fn plan(route: &Route, post: &Post<'_>) -> Planned<Vec<Draft>> {
    let named = [post.value("region"), post.value("_region")].into_iter().find(|code| !code.is_empty());
    if named.is_some_and(|code| code != post.region.code()) {
        return Err(invalid("region", "region-unknown"));
    }
    let drafts = match &route.act {
        Act::CreateEntry => vec![post.create(Table::Timesheet)?],
        Act::Create(table) => vec![post.create(*table)?],
        Act::Update(Table::Employee, id) => vec![post.update_employee(*id)?],
        Act::Update(table, id) => vec![post.update(*table, *id, |_| true)?],
        Act::UpdateOfDay(id) => vec![post.update(Table::Timesheet, *id, |name| OF_DAY.contains(&name))?],
        Act::Delete(table, id) => vec![post.act(*table, *id, Kind::Delete, Fields::new())?],
        Act::Restore(table, id) => vec![post.act(*table, *id, Kind::Restore, Fields::new())?],
        Act::Turn(id, active) => vec![post.turn(*id, *active)?],
        Act::Batch => post.batch()?,
        Act::UndoBatch(batch) => post.undo_batch(*batch)?,
    };
    Ok(drafts)
}

/// Everything that can be said against drafts here. The server looks again.
pub fn check(drafts: &[Draft], post: &Post<'_>) -> Planned<()> {
    let mut errors = Vec::new();
    if !post.is_open {
        errors.push(FieldError::new("", "region-closed"));
    }
    for draft in drafts {
        let said = post.complaints(&draft.op)?;
        // Everybody as planned on a day to come is one question.
        errors.extend(said.into_iter().filter(|error| code_of(error).is_none() || !errors.contains(error)).collect::<Vec<_>>());
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal::Invalid(errors)) }
}

impl Post<'_> {
    fn value(&self, name: &str) -> &str {
        self.pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.trim()).find(|value| !value.is_empty()).unwrap_or("")
    }

    fn id_or_new(&self, name: &str) -> Planned<Uuid> {
        match self.value(name) {
            "" => Ok(ids::new_id()),
            text => text.parse().map_err(|_| Refusal::Nonsense(format!("{name}: not a UUID"))),
        }
    }

    /// The row's version on the author's screen; none for a row that the server does not have yet.
    fn base(&self) -> Planned<Option<i64>> {
        match self.value("_base") {
            "" | "0" => Ok(None),
            text => text.parse().map(Some).map_err(|_| Refusal::Nonsense("_base: not a number".into())),
        }
    }

    /// The values the form was rendered with; none where it does not say them.
    fn original(&self) -> Planned<Option<Row>> {
        match self.value("_orig") {
            "" => Ok(None),
            text => serde_json::from_str(text).map(Some).map_err(|_| Refusal::Nonsense("_orig: not JSON".into())),
        }
    }

    fn bare_op(&self, table: Table, kind: Kind, op_id: Uuid, id: Uuid, base_version: Option<i64>, fields: Fields) -> Op {
        let author = Author { actor: self.person, queue_id: self.queue, at: self.at };
        Op {
            app: Some(format!("agent {}", env!("CARGO_PKG_VERSION"))),
            offset_ms: self.offset_ms,
            ..Op::new(author, op_id, kind, table.name(), id, self.region.clone()).against(base_version).changing(fields)
        }
    }

    fn draft(&self, op: Op) -> Planned<Draft> {
        Ok(draft_of(self.reader, op)?)
    }

    fn create(&self, table: Table) -> Planned<Draft> {
        let fields = changes_of_new(read_form(table.form(), self.pairs));
        if table == Table::Timesheet && self.value("employee_id").is_empty() {
            return Err(invalid("employee_id", "employee-missing"));
        }
        self.draft(self.bare_op(table, Kind::Create, self.id_or_new("_op")?, self.id_or_new("_id")?, None, fields))
    }

    fn update(&self, table: Table, id: Uuid, is_form_field: impl Fn(&str) -> bool) -> Planned<Draft> {
        let original = self.original()?.ok_or_else(|| Refusal::Nonsense("_orig: missing".into()))?;
        let values = read_form(table.form(), self.pairs);
        let mut fields = changes_between(&original, values);
        fields.retain(|name, _| is_form_field(name));
        self.draft(self.bare_op(table, Kind::Update, self.id_or_new("_op")?, id, self.base()?, fields))
    }

    /// A stored identity number is in no form and not on this PC, so here nobody knows what its author saw: changing one takes a connection.
    fn update_employee(&self, id: Uuid) -> Planned<Draft> {
        let wants_other = !self.value("identity_no").is_empty() || self.value("identity_no_removed") == "true";
        if wants_other {
            let known = self.reader.find_row(Employee::NAME, id)?;
            if known.is_none_or(|shown| shown.row.get("identity_no_masked").is_some_and(|masked| !masked.is_null())) {
                return Err(invalid("identity_no", "identity-no-offline"));
            }
        }
        let mut draft = self.update(Table::Employee, id, |_| true)?;
        // An empty field of the form is no wish to remove a number that is not shown in it.
        draft.op.fields.retain(|name, change| name != "identity_no" || !change.to.is_null());
        Ok(draft)
    }

    fn act(&self, table: Table, id: Uuid, kind: Kind, fields: Fields) -> Planned<Draft> {
        self.draft(self.bare_op(table, kind, self.id_or_new("_op")?, id, self.base()?, fields))
    }

    /// A change of state, as src/employees/acts.rs makes it: who leaves has a last day, and who comes back has none. An older page does not
    /// say the days that it shows.
    fn turn(&self, id: Uuid, active: bool) -> Planned<Draft> {
        let before = match self.original()? {
            Some(shown) => shown,
            None => self.reader.find_row(Employee::NAME, id)?.map(|known| known.row).unwrap_or_default(),
        };
        let typed = read_form(Employee::FORM, self.pairs);
        let change = |name: &str| {
            let side = |row: &Row| row.get(name).cloned().unwrap_or_default();
            Change { from: side(&before), to: side(&typed) }
        };
        let mut fields = Fields::from([("is_active".to_owned(), Change { from: json!(!active), to: json!(active) })]);
        let (first, last) = (change("hire_date"), change("exit_date"));
        if active || !last.to.is_null() {
            fields.insert("exit_date".to_owned(), last);
        }
        if !first.to.is_null() || self.value("as_before") == "true" {
            fields.insert("hire_date".to_owned(), first);
        }
        self.act(Table::Employee, id, Kind::Update, fields)
    }

    /// Everybody as planned: an operation per blank person, with ids that follow from the press, as src/today/batches.rs makes them.
    fn batch(&self) -> Planned<Vec<Draft>> {
        let batch = self.id_or_new("_op")?;
        let values = read_form(Timesheet::FORM, self.pairs);
        let DayOfWork(date) =
            values["work_date"].as_str().and_then(|text| text.parse().ok()).ok_or(Refusal::Nonsense("work_date: not a date".into()))?;
        let entered = self.reader.list_entries(date, date, None)?;
        let mut drafts = Vec::new();
        for (_, text) in self.pairs.iter().filter(|(name, value)| name == "planned" && !value.trim().is_empty()) {
            let (employee, mut row) = planned_entry(text, date)?;
            if !self.value(CONFIRMED).is_empty() {
                row.insert(CONFIRMED.to_owned(), json!(self.value(CONFIRMED)));
            }
            let (op_id, id) = entry_of_batch(batch, employee);
            let is_blank = !entered.iter().any(|entry| !entry.deleted && entry.row.get("employee_id") == Some(&json!(employee)));
            if is_blank || super::store::ops::is_kept(self.reader, op_id)? {
                drafts.push(self.draft(self.bare_op(Table::Timesheet, Kind::Create, op_id, id, None, changes_of_new(row)))?);
            }
        }
        Ok(drafts)
    }

    /// Takes back what a batch has made and nobody has changed since.
    fn undo_batch(&self, batch: Uuid) -> Planned<Vec<Draft>> {
        let undo = self.id_or_new("_op")?;
        let mut drafts = Vec::new();
        for person in self.reader.list_rows(Employee::NAME)? {
            let (_, id) = entry_of_batch(batch, person.id);
            let Some(entry) = self.reader.find_row(Timesheet::NAME, id)?.filter(|entry| !entry.deleted && entry.version <= 1) else {
                continue;
            };
            let op_id = Uuid::new_v5(&undo, id.as_bytes());
            let base = (entry.version > 0).then_some(entry.version);
            drafts.push(self.draft(self.bare_op(Table::Timesheet, Kind::Delete, op_id, id, base, Fields::new()))?);
        }
        Ok(drafts)
    }

    fn complaints(&self, op: &Op) -> Planned<Vec<FieldError>> {
        let table = match op.entity.as_str() {
            Timesheet::NAME => Table::Timesheet,
            Employee::NAME => Table::Employee,
            _ => Table::ShiftTemplate,
        };
        let known = self.reader.find_row(table.name(), op.id)?;
        if op.kind == Kind::Delete {
            return if table == Table::Employee { self.check_unused(op.id) } else { Ok(Vec::new()) };
        }
        let mut row: Row = serde_json::from_str(self.value("_orig")).unwrap_or_default();
        row.extend(known.iter().flat_map(|shown| shown.row.clone()));
        row.extend(op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone())));
        let changed: BTreeSet<&str> = op.fields.keys().map(String::as_str).collect();
        let mut errors = table.complaints(&row, &changed);
        if known.is_none() && op.kind != Kind::Create {
            errors
                .retain(|error| changed.contains(error.field.as_str()) || (error.code == "times-equal" && changed.contains("start_time")));
        }
        if let Some(shown) = known.as_ref().filter(|_| table == Table::Employee) {
            errors.extend(self.check_return(&shown.row, &row, &changed));
        }
        if errors.is_empty()
            && table == Table::Timesheet
            && let Ok(entry) = Timesheet::parse(&row, &changed, Origin::Agent)
        {
            errors.extend(self.check_entry(op.id, &entry)?);
            // What is taken back was there before, and its form cannot confirm.
            if errors.is_empty() && op.kind != Kind::Restore && self.value("takes_back") != "true" {
                errors.extend(self.questions(op.id, &entry)?);
            }
        }
        Ok(errors)
    }

    /// Whoever comes back does so after the last day.
    fn check_return(&self, before: &Row, row: &Row, changed: &BTreeSet<&str>) -> Option<FieldError> {
        let date = |name: &str| before.get(name).and_then(Value::as_str).and_then(|text| text.parse().ok());
        let left = Left { hire_date: date("hire_date"), exit_date: date("exit_date")? };
        let is_passive = before.get("is_active") == Some(&json!(false));
        let mut value = Employee::parse(row, changed, Origin::Agent).ok().filter(|_| is_passive)?;
        value.come_back(left, in_istanbul(self.at).date_naive())
    }

    /// People with entries are not deleted.
    fn check_unused(&self, employee: Uuid) -> Planned<Vec<FieldError>> {
        let entries = self.reader.list_entries(civil::FIRST_DAY, civil::LAST_DAY, Some(employee))?;
        let count = entries.iter().filter(|entry| !entry.deleted).count();
        Ok(if count == 0 { Vec::new() } else { vec![FieldError::new("", "employee-has-timesheets").with("count", count)] })
    }

    /// What is doubtful about an entry and was not confirmed, as far as this PC knows; the server asks nobody about what comes out of a queue.
    fn questions(&self, id: Uuid, entry: &Timesheet) -> Planned<Vec<FieldError>> {
        let person = self.reader.find_row(Employee::NAME, entry.employee_id)?;
        let date = |name: &str| person.as_ref().and_then(|shown| shown.row.get(name)?.as_str()?.parse().ok());
        let others = self.reader.list_entries(entry.work_date, entry.work_date, Some(entry.employee_id))?;
        let live = others.iter().filter(|other| other.id != id && !other.deleted);
        let read = live.filter_map(|other| Timesheet::parse(&other.row, &BTreeSet::new(), Origin::Agent).ok());
        let others_worked = read.map(|other| hours(&other.shift(), &Rules::default()).worked).sum();
        let around = Around { others_worked, hire_date: date("hire_date"), exit_date: date("exit_date") };
        Ok(confirm(&doubts_of(&entry.shift(), &around, in_istanbul(self.at).date_naive()), &entry.confirmed).1)
    }

    /// No other entry of the person lies at the same time. Whether there is such a person is the server's to say: the copy may be behind, and
    /// an entry for somebody deleted is kept (SYNC 3.8).
    fn check_entry(&self, id: Uuid, entry: &Timesheet) -> Planned<Vec<FieldError>> {
        let (before, after) = (entry.work_date.checked_sub_days(Days::new(1)), entry.work_date.checked_add_days(Days::new(1)));
        let (from, to) = (before.unwrap_or(entry.work_date), after.unwrap_or(entry.work_date));
        let others = self.reader.list_entries(from, to, Some(entry.employee_id))?;
        let other = others
            .iter()
            .filter(|other| other.id != id && !other.deleted)
            .find_map(|other| overlap(entry, other).map(|value| (other.id, value)));
        let complaint = |(id, value): (Uuid, Timesheet)| overlapping(id, value.work_date, value.start_min, value.end_min);
        Ok(other.map(complaint).into_iter().collect())
    }
}

/// The other entry, where the two lie over one another.
fn overlap(entry: &Timesheet, other: &Shown) -> Option<Timesheet> {
    let other = Timesheet::parse(&other.row, &BTreeSet::new(), Origin::Agent).ok()?;
    let span = |entry: &Timesheet| {
        let day = entry.work_date.signed_duration_since(NaiveDate::MIN).num_minutes();
        (day + i64::from(entry.start_min), day + i64::from(entry.end_min))
    };
    let (one, two) = (span(entry), span(&other));
    (one.0 < two.1 && two.0 < one.1).then_some(other)
}

/// The operation that a batch enters a person with, and the row it makes.
fn entry_of_batch(batch: Uuid, employee: Uuid) -> (Uuid, Uuid) {
    let op_id = Uuid::new_v5(&batch, employee.as_bytes());
    (op_id, Uuid::new_v5(&op_id, b"timesheet"))
}

/// What the page showed for one blank person: `<id> 08:30 17:30 60`.
fn planned_entry(text: &str, date: NaiveDate) -> Planned<(Uuid, Row)> {
    let nonsense = || Refusal::Nonsense("planned: not an id, two times and a break".into());
    let parts: Vec<&str> = text.split_whitespace().collect();
    let [id, start, end, rest] = parts.as_slice() else { return Err(nonsense()) };
    let (Ok(id), Ok(start), Ok(end), Ok(rest)) = (id.parse::<Uuid>(), parse_time(start), parse_time(end), parse_break(rest)) else {
        return Err(nonsense());
    };
    if stored_end(start, end).is_none() {
        return Err(nonsense());
    }
    let row = Row::from([
        ("employee_id".into(), json!(id)),
        ("work_date".into(), json!(date)),
        ("start_time".into(), json!(format_time(start))),
        ("end_time".into(), json!(format_time(end))),
        ("break_minutes".into(), json!(rest)),
        ("is_special".into(), json!(false)),
        ("notes".into(), json!("")),
    ]);
    Ok((id, row))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agent::store::Store;

    /// `routes.ts` names the writes that a browser can queue: this PC knows each of them.
    #[test]
    fn every_write_that_a_browser_knows_is_one_here() {
        let id = "019ab3aa-0000-7000-8000-000000000004";
        let source = include_str!("../../static/ts/offline/routes.ts");
        let table = source.split_once("const ROUTES").unwrap().1.split_once("];").unwrap().0;
        let patterns: Vec<&str> =
            table.lines().filter_map(|line| line.trim().strip_prefix("[\"")?.split_once('"').map(|(pattern, _)| pattern)).collect();
        assert!(patterns.len() > 20, "{patterns:?}");
        for pattern in patterns {
            let path = pattern.replace("{id}", id).replace("{entry}", id).replace("{op}", id).replace("{date}", "2026-11-28");
            let route = find_route(&path).unwrap_or_else(|| panic!("{pattern}"));
            assert!(
                table.lines().any(|line| line.contains(&format!("\"{pattern}\", \"{}\"", route.list))),
                "{pattern} leads to another list there"
            );
        }
        for other in ["/login", "/employees/new", "/employees/x", "/timesheets/month", "/today/entries/1/deletion", "/admin/users", "/"] {
            assert_eq!(find_route(other), None, "{other}");
        }
    }

    #[test]
    fn a_change_of_state_is_against_the_days_that_the_page_showed() {
        let folder = tempfile::tempdir().unwrap();
        let at: DateTime<Utc> = "2026-11-28T09:00:00Z".parse().unwrap();
        let store = Store::open(folder.path(), at).unwrap().0;
        let reader = store.read().unwrap();
        let id = "019ab3aa-0000-7000-8000-000000000004";
        let fields_of = |act: &str, pairs: &[(&str, &str)]| {
            let pairs: Vec<(String, String)> = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let (person, queue, region) = (Uuid::from_u128(1), Uuid::from_u128(2), Region::parse("ankara").unwrap());
            let post = Post { pairs: &pairs, person, queue, region, is_open: true, at, offset_ms: 0, reader: &reader };
            let drafts = plan(&find_route(&format!("/employees/{id}/{act}")).unwrap(), &post).unwrap();
            json!(drafts[0].op.fields)
        };
        let shown = r#"{"hire_date":"2020-01-06","exit_date":"2026-11-20"}"#;
        let leaves = fields_of("passivation", &[("_orig", shown), ("exit_date", "25.11.2026")]);
        assert_eq!(
            leaves,
            json!({ "is_active": { "from": true, "to": false }, "exit_date": { "from": "2026-11-20", "to": "2026-11-25" } })
        );
        let returns = fields_of("activation", &[("_orig", shown), ("hire_date", "2026-12-01")]);
        let first = json!({ "from": "2020-01-06", "to": "2026-12-01" });
        let last = json!({ "from": "2026-11-20", "to": null });
        assert_eq!(returns, json!({ "is_active": { "from": false, "to": true }, "exit_date": last, "hire_date": first }));
    }

    #[test]
    fn entries_overlap_over_midnight_too() {
        let row = |date: &str, start: &str, end: &str| {
            Row::from([
                ("employee_id".into(), json!(Uuid::from_u128(1))),
                ("work_date".into(), json!(date)),
                ("start_time".into(), json!(start)),
                ("end_time".into(), json!(end)),
            ])
        };
        let entry = |row: &Row| Timesheet::parse(row, &BTreeSet::new(), Origin::Agent).unwrap();
        let shown = |row: Row| Shown { region: "ankara".into(), id: Uuid::nil(), version: 1, deleted: false, row, waiting: false };
        let morning = entry(&row("2026-11-28", "05:00", "13:00"));
        assert!(overlap(&morning, &shown(row("2026-11-27", "22:00", "06:00"))).is_some());
        assert!(overlap(&morning, &shown(row("2026-11-27", "22:00", "05:00"))).is_none());
        assert!(overlap(&morning, &shown(row("2026-11-28", "13:00", "15:00"))).is_none());
    }
}

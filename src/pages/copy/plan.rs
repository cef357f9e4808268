//! What a form means without the server: the operations that the server would make of it (the browser's `routes.ts`), and the errors that
//! can be found with the rows here (`check.ts`).

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{RegionCopy, Rows, Shown, at_once};
use crate::{
    civil::{self, DayOfWork},
    clock::in_istanbul,
    complaint::FieldError,
    employees::{Employee, Left, changes_of_turn},
    error::{PageError, PageResult},
    hours::{
        Rules,
        doubts::{Around, CONFIRMED, code_of, confirm, doubts_of},
        hours,
    },
    identity::Region,
    ops::{Author, Description, Entity, Fields, Kind, Op, Origin, Row, Writers, description, entity_at},
    registry,
    timesheets::{Timesheet, overlapping},
    today::{
        planned::{Planned as PlannedEntry, TAKES_BACK, deletion_in, ids_in},
        row::FIELDS,
    },
    web::form::Posted,
};

/// A write of business data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Where a form without scripts is redirected to.
    pub list: &'static str,
    act: Act,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Act {
    Create(&'static str),
    Update(&'static str, Uuid),
    /// What a row on the day's page may change.
    UpdateOfDay(Uuid),
    Delete(&'static str, Uuid),
    Restore(&'static str, Uuid),
    /// "Pasif" and back.
    Turn(Uuid, bool),
    Batch,
    UndoBatch(Uuid),
}

/// The write behind an address; `None` for every other post. The same table as in src/routes.rs and `routes.ts`.
pub fn find_route(path: &str) -> Option<Route> {
    let is_date = |text: &str| text.parse::<DayOfWork>().is_ok();
    let parts: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    let entry = Timesheet::NAME;
    let (list, act) = match parts.as_slice() {
        ["today", "entries"] => ("/today", Act::Create(entry)),
        ["today", "entries", id] => ("/today", Act::UpdateOfDay(id_of(id)?)),
        ["today", "entries", id, "deletion"] => ("/today", Act::Delete(entry, id_of(id)?)),
        ["today", "entries", id, "restoration"] => ("/today", Act::Restore(entry, id_of(id)?)),
        ["today", "batches"] => ("/today", Act::Batch),
        ["today", "batches", op, "undo"] => ("/today", Act::UndoBatch(id_of(op)?)),
        ["employees", person, "days", date] if id_of(person).is_some() && is_date(date) => ("/timesheets/month", Act::Create(entry)),
        ["employees", person, "days", date, id] if id_of(person).is_some() && is_date(date) => {
            ("/timesheets/month", Act::Update(entry, id_of(id)?))
        }
        ["employees", person, "passivation"] => ("/employees", Act::Turn(id_of(person)?, false)),
        ["employees", person, "activation"] => ("/employees", Act::Turn(id_of(person)?, true)),
        _ => return usual_route(path),
    };
    Some(Route { list, act })
}

/// One of the four usual writes of each entity that offices write.
fn usual_route(path: &str) -> Option<Route> {
    let (entity, rest) = entity_at(path).filter(|(entity, _)| entity.writers == Writers::Region)?;
    let act = match rest.split('/').collect::<Vec<_>>().as_slice() {
        [""] => Act::Create(entity.name),
        ["", id] => Act::Update(entity.name, id_of(id)?),
        ["", id, "deletion"] => Act::Delete(entity.name, id_of(id)?),
        ["", id, "restoration"] => Act::Restore(entity.name, id_of(id)?),
        _ => return None,
    };
    Some(Route { list: entity.home, act })
}

/// An id as it stands in addresses.
fn id_of(text: &str) -> Option<Uuid> {
    text.parse().ok().filter(|_| text.len() == 36)
}

/// A posted form and its author.
pub struct Post<'a> {
    /// The form.
    pub posted: &'a Posted,
    /// The person.
    pub person: Uuid,
    /// The person's queue on this machine.
    pub queue: Uuid,
    /// The region.
    pub region: Region,
    /// Whether the region takes entries.
    pub is_open: bool,
    /// Now.
    pub at: DateTime<Utc>,
    /// This machine's clock minus the server's, in milliseconds.
    pub offset_ms: i64,
    /// The program that stores the operation.
    pub app: &'a str,
    /// The rows of this machine.
    pub rows: &'a dyn Rows,
}

/// An operation from a form or from a browser's queue.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The operation; if it is from a form, without its place in a queue.
    pub op: Op,
    /// The title of the row.
    pub label: String,
    /// The page that shows the row.
    pub href: String,
}

/// An operation with the title that its row will have; empty if the title is not known here.
pub fn draft_of(rows: &dyn Rows, op: Op) -> PageResult<Draft> {
    let mut row = rows.find_row(&op.entity, op.id)?.map(|shown| shown.row).unwrap_or_default();
    row.extend(op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone())));
    let Some(entity) = description(&op.entity) else { return Ok(Draft { op, label: String::new(), href: String::new() }) };
    let day = row.get("work_date").and_then(Value::as_str).filter(|_| entity.name == Timesheet::NAME);
    let href = day.map_or_else(|| entity.home.to_owned(), |date| format!("/today?date={date}"));
    Ok(Draft { label: title_of(rows, entity, &row)?, op, href })
}

/// A row's title; empty if it is not known here.
fn title_of(rows: &dyn Rows, entity: &Description, row: &Row) -> PageResult<String> {
    let Some(title) = entity.title else { return Ok(String::new()) };
    let name = row.get(title.name).and_then(Value::as_str).unwrap_or_default();
    let Some(other) = title.of.and_then(description) else { return Ok(name.to_owned()) };
    let Ok(id) = name.parse() else { return Ok(String::new()) };
    match rows.find_row(other.name, id)? {
        Some(shown) => title_of(rows, other, &shown.row),
        None => Ok(String::new()),
    }
}

/// Why there are no operations.
#[derive(Debug)]
pub enum Refusal {
    /// What is wrong with the values.
    Invalid(Vec<FieldError>),
    /// Not sent by any form of this program.
    Nonsense(String),
    /// The rows could not be read.
    Rows(PageError),
}

impl From<PageError> for Refusal {
    fn from(error: PageError) -> Self {
        if let PageError::BadRequest(why) = error { Self::Nonsense(why) } else { Self::Rows(error) }
    }
}

type Planned<T> = Result<T, Refusal>;

fn invalid(field: &str, code: &str) -> Refusal {
    Refusal::Invalid(vec![FieldError::new(field, code)])
}

fn entity(name: &str) -> Planned<&'static Description> {
    description(name).ok_or_else(|| Refusal::Nonsense(format!("{name}: no such entity")))
}

/// The operations of a form; empty if there is nothing left to do.
pub fn plan(route: &Route, post: &Post<'_>) -> Planned<Vec<Draft>> {
    let named = [post.posted.value("region"), post.posted.value("_region")].into_iter().find(|code| !code.is_empty());
    if named.is_some_and(|code| code != post.region.code()) {
        return Err(invalid("region", "region-unknown"));
    }
    let ops = match &route.act {
        Act::Create(name) => vec![post.create(entity(name)?)?],
        Act::Update(name, id) => vec![post.update(entity(name)?, *id)?],
        Act::UpdateOfDay(id) => vec![post.update_of_day(*id)?],
        Act::Delete(name, id) => vec![post.act(name, *id, Kind::Delete)?],
        Act::Restore(name, id) => vec![post.act(name, *id, Kind::Restore)?],
        Act::Turn(id, active) => vec![post.turn(*id, *active)?],
        Act::Batch => post.batch()?,
        Act::UndoBatch(batch) => post.undo_batch(*batch)?,
    };
    ops.into_iter().map(|op| post.draft(op)).collect()
}

/// All errors of the drafts that can be found here. The server checks again.
pub fn check(drafts: &[Draft], post: &Post<'_>) -> Planned<()> {
    let mut errors = Vec::new();
    if !post.is_open {
        errors.push(FieldError::new("", "region-closed"));
    }
    for draft in drafts {
        let said = post.complaints(&draft.op)?;
        // A question is asked once for a whole batch ("everyone as planned" on a future day).
        errors.extend(said.into_iter().filter(|error| code_of(error).is_none() || !errors.contains(error)).collect::<Vec<_>>());
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal::Invalid(errors)) }
}

impl Post<'_> {
    fn author(&self) -> Author {
        Author { actor: self.person, queue_id: self.queue, at: self.at }
    }

    /// The operation as this machine sends it, with the row's title. A row that the server does not have yet has no version there.
    fn draft(&self, op: Op) -> Planned<Draft> {
        let base_version = op.base_version.filter(|version| *version > 0);
        let app = Some(self.app.to_owned());
        Ok(draft_of(self.rows, Op { app, offset_ms: self.offset_ms, base_version, ..op })?)
    }

    fn create(&self, entity: &Description) -> Planned<Op> {
        if entity.name == Timesheet::NAME && self.posted.value("employee_id").is_empty() {
            return Err(invalid("employee_id", "employee-missing"));
        }
        Ok(self.posted.to_create(entity, self.author(), self.region.clone())?)
    }

    fn update(&self, entity: &Description, id: Uuid) -> Planned<Op> {
        let mut op = self.posted.to_update(entity, self.author(), self.region.clone(), id)?;
        let Some(pages) = registry::pages().into_iter().find(|pages| pages.entity == entity.name) else { return Ok(op) };
        let today = in_istanbul(self.at).date_naive();
        let Some(mut copy) = RegionCopy::of_what_is_here(self.rows, today)? else { return Ok(op) };
        match at_once((pages.complete)(&mut copy, &mut op, self.posted))? {
            Some(error) => Err(Refusal::Invalid(vec![error])),
            None => Ok(op),
        }
    }

    fn update_of_day(&self, id: Uuid) -> Planned<Op> {
        let mut op = self.posted.to_update(&Description::of::<Timesheet>(), self.author(), self.region.clone(), id)?;
        op.fields.retain(|name, _| FIELDS.contains(&name.as_str()));
        Ok(op)
    }

    fn act(&self, entity: &str, id: Uuid, kind: Kind) -> Planned<Op> {
        Ok(self.posted.bare_op(entity, self.author(), self.region.clone(), kind, id)?)
    }

    /// A change of state. Older pages do not send the days that they show.
    fn turn(&self, id: Uuid, active: bool) -> Planned<Op> {
        let shown = match self.posted.original()? {
            Some(shown) => shown,
            None => self.rows.find_row(Employee::NAME, id)?.map(|known| known.row).unwrap_or_default(),
        };
        Ok(self.act(Employee::NAME, id, Kind::Update)?.changing(changes_of_turn(active, &shown, self.posted)))
    }

    /// Entries as planned for everyone who is still blank.
    fn batch(&self) -> Planned<Vec<Op>> {
        let batch = self.posted.op_id()?;
        let DayOfWork(date) = self
            .posted
            .date("work_date")
            .as_str()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Refusal::Nonsense("work_date: not a date".into()))?;
        let entered = self.rows.list_entries(date, date, None)?;
        let mut ops = Vec::new();
        for text in self.posted.values("planned") {
            let planned =
                PlannedEntry::parse(&text).ok_or_else(|| Refusal::Nonsense("planned: not an id, two times and a break".into()))?;
            let op = planned.op(self.author(), self.region.clone(), date, batch, self.posted.value(CONFIRMED));
            let is_of = |row: &Row| row.get("employee_id") == Some(&json!(planned.employee_id));
            let is_blank = !entered.iter().any(|entry| !entry.deleted && is_of(&entry.row));
            if is_blank || self.rows.is_kept(op.op_id)? {
                ops.push(op);
            }
        }
        Ok(ops)
    }

    /// Undoes what a batch has created, except rows changed since.
    fn undo_batch(&self, batch: Uuid) -> Planned<Vec<Op>> {
        let undo = self.posted.op_id()?;
        let mut ops = Vec::new();
        for person in self.rows.list_rows(Employee::NAME)? {
            let (_, id) = ids_in(batch, person.id);
            let Some(entry) = self.rows.find_row(Timesheet::NAME, id)?.filter(|entry| !entry.deleted && entry.version <= 1) else {
                continue;
            };
            let deletion = Op::new(self.author(), deletion_in(undo, id), Kind::Delete, Timesheet::NAME, id, self.region.clone());
            ops.push(deletion.against(Some(entry.version)).changing(Fields::new()));
        }
        Ok(ops)
    }

    fn complaints(&self, op: &Op) -> Planned<Vec<FieldError>> {
        let known = self.rows.find_row(&op.entity, op.id)?;
        if op.kind == Kind::Delete {
            return if op.entity == Employee::NAME { self.check_unused(op.id) } else { Ok(Vec::new()) };
        }
        let mut row: Row = serde_json::from_str(self.posted.value("_orig")).unwrap_or_default();
        row.extend(known.iter().flat_map(|shown| shown.row.clone()));
        row.extend(op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone())));
        let changed: BTreeSet<&str> = op.fields.keys().map(String::as_str).collect();
        let mut errors = (entity(&op.entity)?.complaints)(&row, &changed, Origin::Agent);
        if known.is_none() && op.kind != Kind::Create {
            errors
                .retain(|error| changed.contains(error.field.as_str()) || (error.code == "times-equal" && changed.contains("start_time")));
        }
        if let Some(shown) = known.as_ref().filter(|_| op.entity == Employee::NAME) {
            errors.extend(self.check_return(&shown.row, &row, &changed));
        }
        if errors.is_empty()
            && op.entity == Timesheet::NAME
            && let Ok(entry) = Timesheet::parse(&row, &changed, Origin::Agent)
        {
            errors.extend(self.check_entry(op.id, &entry)?);
            // A restored entry existed before, and its form cannot confirm.
            if errors.is_empty() && op.kind != Kind::Restore && self.posted.value(TAKES_BACK) != "true" {
                errors.extend(self.questions(op.id, &entry)?);
            }
        }
        Ok(errors)
    }

    /// A person returns after the last day.
    fn check_return(&self, before: &Row, row: &Row, changed: &BTreeSet<&str>) -> Option<FieldError> {
        let date = |name: &str| before.get(name).and_then(Value::as_str).and_then(|text| text.parse().ok());
        let left = Left { hire_date: date("hire_date"), exit_date: date("exit_date")? };
        let is_passive = before.get("is_active") == Some(&json!(false));
        let mut value = Employee::parse(row, changed, Origin::Agent).ok().filter(|_| is_passive)?;
        value.come_back(left, in_istanbul(self.at).date_naive())
    }

    /// People with entries are not deleted.
    fn check_unused(&self, employee: Uuid) -> Planned<Vec<FieldError>> {
        let entries = self.rows.list_entries(civil::FIRST_DAY, civil::LAST_DAY, Some(employee))?;
        let count = entries.iter().filter(|entry| !entry.deleted).count();
        Ok(if count == 0 { Vec::new() } else { vec![FieldError::new("", "employee-has-timesheets").with("count", count)] })
    }

    /// Doubts about an entry that were not confirmed, as far as they are known here; the server asks no questions about operations from a
    /// queue.
    fn questions(&self, id: Uuid, entry: &Timesheet) -> Planned<Vec<FieldError>> {
        let person = self.rows.find_row(Employee::NAME, entry.employee_id)?;
        let date = |name: &str| person.as_ref().and_then(|shown| shown.row.get(name)?.as_str()?.parse().ok());
        let others = self.rows.list_entries(entry.work_date, entry.work_date, Some(entry.employee_id))?;
        let live = others.iter().filter(|other| other.id != id && !other.deleted);
        let read = live.filter_map(|other| Timesheet::parse(&other.row, &BTreeSet::new(), Origin::Agent).ok());
        let others_worked = read.map(|other| hours(&other.shift(), &Rules::default()).worked).sum();
        let around = Around { others_worked, hire_date: date("hire_date"), exit_date: date("exit_date") };
        Ok(confirm(&doubts_of(&entry.shift(), &around, in_istanbul(self.at).date_naive()), &entry.confirmed).1)
    }

    /// Checks that the person has no other entry at the same time. Whether the person exists is for the server to check: the copy may be
    /// out of date, and an entry of a deleted person is kept (SYNC 3.8).
    fn check_entry(&self, id: Uuid, entry: &Timesheet) -> Planned<Vec<FieldError>> {
        let (before, after) = (entry.work_date.checked_sub_days(Days::new(1)), entry.work_date.checked_add_days(Days::new(1)));
        let (from, to) = (before.unwrap_or(entry.work_date), after.unwrap_or(entry.work_date));
        let others = self.rows.list_entries(from, to, Some(entry.employee_id))?;
        let other = others
            .iter()
            .filter(|other| other.id != id && !other.deleted)
            .find_map(|other| overlap(entry, other).map(|value| (other.id, value)));
        let complaint = |(id, value): (Uuid, Timesheet)| overlapping(id, value.work_date, value.start_min, value.end_min);
        Ok(other.map(complaint).into_iter().collect())
    }
}

/// The other entry, if the two overlap.
fn overlap(entry: &Timesheet, other: &Shown) -> Option<Timesheet> {
    let other = Timesheet::parse(&other.row, &BTreeSet::new(), Origin::Agent).ok()?;
    let span = |entry: &Timesheet| {
        let day = entry.work_date.signed_duration_since(NaiveDate::MIN).num_minutes();
        (day + i64::from(entry.start_min), day + i64::from(entry.end_min))
    };
    let (one, two) = (span(entry), span(&other));
    (one.0 < two.1 && two.0 < one.1).then_some(other)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::copy::Context;

    /// A machine that has no rows yet.
    struct Nothing;

    impl Rows for Nothing {
        fn is_whole(&self) -> PageResult<bool> {
            Ok(false)
        }

        fn context(&self) -> PageResult<Option<Context>> {
            Ok(None)
        }

        fn list_rows(&self, _: &str) -> PageResult<Vec<Shown>> {
            Ok(Vec::new())
        }

        fn find_row(&self, _: &str, _: Uuid) -> PageResult<Option<Shown>> {
            Ok(None)
        }

        fn list_entries(&self, _: NaiveDate, _: NaiveDate, _: Option<Uuid>) -> PageResult<Vec<Shown>> {
            Ok(Vec::new())
        }

        fn list_waiting_rows(&self) -> PageResult<HashSet<Uuid>> {
            Ok(HashSet::new())
        }

        fn is_kept(&self, _: Uuid) -> PageResult<bool> {
            Ok(false)
        }
    }

    /// `routes.ts` names the writes that a browser can queue: this PC knows each of them.
    #[test]
    fn every_write_that_a_browser_knows_is_one_here() {
        registry::install();
        let id = "019ab3aa-0000-7000-8000-000000000004";
        let source = include_str!("../../../static/ts/offline/routes.ts");
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
        registry::install();
        let at: DateTime<Utc> = "2026-11-28T09:00:00Z".parse().unwrap();
        let id = "019ab3aa-0000-7000-8000-000000000004";
        let fields_of = |act: &str, pairs: &[(&str, &str)]| {
            let posted = Posted::from_pairs(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect());
            let (person, queue, region) = (Uuid::from_u128(1), Uuid::from_u128(2), Region::parse("ankara").unwrap());
            let post = Post { posted: &posted, person, queue, region, is_open: true, at, offset_ms: 0, app: "agent 1", rows: &Nothing };
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
    fn a_change_that_carries_all_of_it_needs_no_copy() {
        registry::install();
        let at: DateTime<Utc> = "2026-11-28T09:00:00Z".parse().unwrap();
        let id = "019ab3aa-0000-7000-8000-000000000004";
        let (orig, name) = (r#"{"name":"Gündüz","start_time":"08:30","end_time":"17:30","break_minutes":60,"weekdays":""}"#, "Gece");
        let typed = [("_orig", orig), ("name", name), ("start_time", "08:30"), ("end_time", "17:30"), ("break_minutes", "60")];
        let posted = Posted::from_pairs(typed.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
        let (person, queue, region) = (Uuid::from_u128(1), Uuid::from_u128(2), Region::parse("ankara").unwrap());
        let post = Post { posted: &posted, person, queue, region, is_open: true, at, offset_ms: 0, app: "agent 1", rows: &Nothing };
        let drafts = plan(&find_route(&format!("/shift-templates/{id}")).unwrap(), &post).unwrap();
        assert_eq!(json!(drafts[0].op.fields), json!({ "name": { "from": "Gündüz", "to": "Gece" } }));
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

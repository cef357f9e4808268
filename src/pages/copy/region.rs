//! The copy of a region as pages want it: rows of each kind, in the order that the server's queries give them.

use std::{
    cmp::Reverse,
    collections::{BTreeSet, HashMap, HashSet},
};

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::rows::{Context, Rows, Shown};
use crate::{
    calendar::{Calendar, CalendarDay, DayKind, Entry},
    civil, collate,
    employees::{Employee, listed as people, listed::label_choices},
    error::{PageError, PageResult},
    fold::fold,
    hours::Rules,
    identity::Region,
    labels::{Face, Labels},
    ops::{Description, Entity, Field, Listed, Origin, Plain, Row, description},
    roster::{Person, Roster},
    settings::{Effective, RegionSettings},
    shift_templates::listed as templates,
    timesheets::{Timesheet, filter::RulesByRegion, listed as entries, views::Choices},
    web::{
        form::shown,
        office::{NamedRow, Office, Wanted},
        page::Ctx,
        pagination::Pager,
        search::{Looked, Sought},
    },
    words::named,
};

/// One region, as this machine has it, on one day.
pub struct RegionCopy<'r> {
    rows: &'r dyn Rows,
    context: Context,
    /// The region.
    pub region: Region,
    /// The date of today.
    pub today: NaiveDate,
}

impl<'r> RegionCopy<'r> {
    /// The copy; `None` before the first snapshot is complete.
    pub fn open(rows: &'r dyn Rows, today: NaiveDate) -> PageResult<Option<Self>> {
        if rows.is_whole()? { Self::of_what_is_here(rows, today) } else { Ok(None) }
    }

    /// The copy even if it is incomplete: a row that is not in it may be at the server. `None` on a machine that was never in contact with
    /// the server.
    pub fn of_what_is_here(rows: &'r dyn Rows, today: NaiveDate) -> PageResult<Option<Self>> {
        let Some(context) = rows.context()? else { return Ok(None) };
        let Ok(region) = Region::parse(&context.region.code) else { return Ok(None) };
        Ok(Some(Self { rows, context, region, today }))
    }

    /// The rows with changes that the server does not have yet.
    pub fn list_waiting(&self) -> PageResult<HashSet<Uuid>> {
        self.rows.list_waiting_rows()
    }

    /// Refuses another region: its rows are not here.
    pub fn check_region(&self, asked: Option<&str>) -> PageResult<()> {
        match asked.filter(|code| !code.is_empty()) {
            Some(code) if code != self.region.code() => Err(PageError::NotFound),
            _ => Ok(()),
        }
    }

    /// The settings that apply in the region.
    pub fn settings(&self) -> PageResult<Effective> {
        let own = self.rows::<RegionSettings>()?.into_iter().find(|(shown, _)| !shown.deleted).map(|(_, settings)| settings);
        let company = value_of::<RegionSettings>(&self.context.company.settings).unwrap_or_default();
        Ok(Effective::new(&own.unwrap_or_default(), &company))
    }

    /// The rules for hours, by the region's code as lists need it.
    pub fn rules(&self) -> PageResult<RulesByRegion> {
        Ok([(self.region.code().to_owned(), self.rule()?)].into())
    }

    /// The rules for hours.
    pub fn rule(&self) -> PageResult<Rules> {
        Ok(self.settings()?.rules())
    }

    /// All people, also those in the trash.
    pub fn list_people(&self) -> PageResult<Vec<people::Listed>> {
        Ok(self.rows::<Employee>()?.into_iter().map(|(shown, value)| person_of(&shown, value)).collect())
    }

    /// One person.
    pub fn find_person(&self, id: Uuid) -> PageResult<people::Listed> {
        let (shown, value) = self.find::<Employee>(id)?;
        self.with_last_entry(person_of(&shown, value))
    }

    /// The same person with the date of the last entry.
    pub fn with_last_entry(&self, person: people::Listed) -> PageResult<people::Listed> {
        let entries = self.rows.list_entries(civil::FIRST_DAY, civil::LAST_DAY, Some(person.id))?;
        let dates = entries.iter().filter(|shown| !shown.deleted).filter_map(|shown| shown.row.get("work_date")?.as_str()?.parse().ok());
        Ok(people::Listed { last_entry: dates.max(), ..person })
    }

    /// A person's name, with what distinguishes namesakes.
    pub fn label(&self, person: &people::Listed) -> PageResult<String> {
        Ok(self.labels()?.name(person.id, &person.value.full_name))
    }

    /// The rows of an entity, or those in the trash, by their title.
    fn list_rows<E: Entity>(&self, is_bin: bool) -> PageResult<Vec<Listed<E>>> {
        let mut all = Vec::new();
        for (shown, value) in self.rows::<E>()?.into_iter().filter(|(shown, _)| shown.deleted == is_bin) {
            let title = self.title_of(&Description::of::<E>(), &shown)?.filter(|title| !title.name.is_empty());
            all.push((title.is_none(), title.map(|title| collate::key(&title.name)), listed(&shown, value)));
        }
        all.sort_by(|(is_blank, a, one), (is_other_blank, b, other)| {
            is_blank.cmp(is_other_blank).then_with(|| a.cmp(b)).then(one.id.cmp(&other.id))
        });
        Ok(all.into_iter().map(|(.., row)| row).collect())
    }

    /// The rows of an entity, also those in the trash.
    fn list_shown(&self, entity: &Description) -> PageResult<impl Iterator<Item = Shown>> {
        Ok(self.rows.list_rows(entity.name)?.into_iter().filter(|shown| shown.region == self.region.code()))
    }

    /// What a row is called; `None` if its name cannot be found here.
    fn title_of(&self, entity: &Description, shown: &Shown) -> PageResult<Option<RowTitle>> {
        let Some(title) = entity.title else { return Ok(None) };
        let text = |name: &str| shown.row.get(name).and_then(Value::as_str);
        let date = title.date.and_then(text).and_then(|date| date.parse().ok());
        let Some(other) = title.of.and_then(description) else {
            return Ok(text(title.name).map(|name| RowTitle { of: shown.id, name: name.to_owned(), date }));
        };
        let Some(id) = id_in(&shown.row, title.name) else { return Ok(None) };
        let Some(named_after) = self.rows.find_row(other.name, id)? else { return Ok(None) };
        Ok(self.title_of(other, &named_after)?.map(|title| RowTitle { date, ..title }))
    }

    /// The names of all rows of these entities.
    fn titles_of(&self, entities: impl Iterator<Item = &'static str>) -> PageResult<Titles> {
        let mut titles = Titles::new();
        for entity in entities.collect::<BTreeSet<_>>().into_iter().filter_map(description) {
            for shown in self.list_shown(entity)? {
                if let Some(title) = self.title_of(entity, &shown)? {
                    titles.insert(shown.id, title.name);
                }
            }
        }
        Ok(titles)
    }

    /// What distinguishes people of one name.
    fn labels(&self) -> PageResult<Labels> {
        let people = self.list_people()?;
        Ok(Labels::of(people.iter().filter(|person| person.deleted_at.is_none()).map(Face::from)))
    }

    /// A row of an entity, also one in the trash.
    pub fn find_listed<E: Entity>(&self, id: Uuid) -> PageResult<Listed<E>> {
        let (shown, value) = self.find::<E>(id)?;
        Ok(listed(&shown, value))
    }

    /// The templates to choose from.
    pub fn list_template_choices(&self) -> PageResult<Vec<templates::TemplateChoice>> {
        let choice = |listed: templates::Listed| templates::TemplateChoice {
            id: listed.id,
            region: listed.region,
            name: listed.value.name,
            start_min: listed.value.start_min,
            end_min: listed.value.end_min,
            break_minutes: listed.value.break_minutes,
            weekdays: listed.value.weekdays,
        };
        Ok(self.list_rows(false)?.into_iter().map(choice).collect())
    }

    /// What the forms of entries offer.
    pub fn choices(&self, ctx: &Ctx) -> PageResult<Choices> {
        let mut present: Vec<people::Listed> = self.list_people()?.into_iter().filter(|person| person.deleted_at.is_none()).collect();
        present.sort_by_cached_key(|p| (collate::key(&p.value.full_name), collate::key(&p.value.department), p.id));
        let choice = |p: people::Listed| people::Choice {
            id: p.id,
            region: p.region,
            full_name: p.value.full_name,
            department: p.value.department,
            title: p.value.title,
            hire_date: p.value.hire_date,
            exit_date: p.value.exit_date,
            shift_template_id: p.value.shift_template_id,
        };
        let mut employees: Vec<people::Choice> = present.into_iter().map(choice).collect();
        label_choices(&mut employees);
        Ok(Choices { employees, templates: self.list_template_choices()?, regions: ctx.regions.clone() })
    }

    /// The entries that fit and are not in the trash: newest date first, then by name.
    pub fn list_entries(&self, filter: &entries::Filter) -> PageResult<Vec<entries::Listed>> {
        let names = Names::of(&self.list_people()?);
        let found = self.rows.list_entries(filter.from, filter.to, filter.employee_id)?;
        let live = found.into_iter().filter(|shown| !shown.deleted && shown.region == self.region.code());
        let mut list: Vec<entries::Listed> = live
            .filter_map(read::<Timesheet>)
            .filter_map(|(shown, value)| names.entry_of(&shown, value))
            .filter(|entry| fits(entry, &filter.text))
            .collect();
        list.sort_by_cached_key(|e| (Reverse(e.value.work_date), names.rank(e.value.employee_id), e.value.start_min, e.id));
        Ok(list)
    }

    /// One entry, also one in the trash.
    pub fn find_entry(&self, id: Uuid) -> PageResult<entries::Listed> {
        let (shown, value) = self.find::<Timesheet>(id)?;
        Names::of(&self.list_people()?).entry_of(&shown, value).ok_or(PageError::NotFound)
    }

    /// Who is expected when on the dates `from` to `to`: people who are employed or have an entry on one of them.
    pub fn roster(&self, from: NaiveDate, to: NaiveDate) -> PageResult<Roster> {
        let shown = self.rows.list_entries(from, to, None)?.into_iter().filter(|shown| !shown.deleted);
        let with_entries: HashSet<Uuid> = shown.filter_map(|shown| id_in(&shown.row, "employee_id")).collect();
        let mut people: Vec<Person> = self
            .list_people()?
            .iter()
            .map(Person::from)
            .filter(|person| person.is_employed_between(from, to) || with_entries.contains(&person.id))
            .collect();
        people.sort_by_cached_key(|p| (collate::key(&p.full_name), collate::key(&p.department), p.id));
        let first_day = self.context.region.first_day.map(|day| (self.region.code().to_owned(), day));
        Ok(Roster::of_templates(people, &self.list_template_choices()?, self.calendar(from, to)?).since(first_day))
    }

    /// The marked days, the company's among them.
    pub fn calendar(&self, from: NaiveDate, to: NaiveDate) -> PageResult<Calendar> {
        let company = self.context.company.days.iter().filter_map(|day| {
            let (kind, name) = (DayKind::parse(&day.kind)?, day.name.clone());
            let free_from = day.free_from_minutes();
            Some(Entry { region: Region::company().code().to_owned(), day: day.day, name, kind, free_from })
        });
        let own = self.rows::<CalendarDay>()?.into_iter().filter(|(shown, _)| !shown.deleted).map(|(shown, day)| Entry {
            region: shown.region,
            day: day.day,
            name: day.name,
            kind: day.kind,
            free_from: day.free_from,
        });
        let all: Vec<Entry> = company.chain(own).filter(|entry| (from..=to).contains(&entry.day)).collect();
        Ok(Calendar::new(&all))
    }

    fn rows<E: Entity>(&self) -> PageResult<Vec<(Shown, E)>> {
        let rows = self.rows.list_rows(E::NAME)?.into_iter().filter(|shown| shown.region == self.region.code());
        Ok(rows.filter_map(read).collect())
    }

    fn find<E: Entity>(&self, id: Uuid) -> PageResult<(Shown, E)> {
        let shown = self.rows.find_row(E::NAME, id)?.filter(|shown| shown.region == self.region.code());
        shown.and_then(read).ok_or(PageError::NotFound)
    }
}

/// A row's values. `None` if they cannot be parsed, such as an entry of a newer server: pages leave it out, the copy keeps it.
fn read<E: Entity>(shown: Shown) -> Option<(Shown, E)> {
    let value = value_of(&shown.row);
    if value.is_none() {
        tracing::warn!(entity = E::NAME, id = %shown.id, "a row of the copy does not read");
    }
    Some((shown, value?))
}

fn value_of<E: Entity>(row: &Row) -> Option<E> {
    E::parse(row, &BTreeSet::new(), Origin::Agent).ok()
}

fn id_in(row: &Row, name: &str) -> Option<Uuid> {
    row.get(name)?.as_str()?.parse().ok()
}

/// The copy does not know when a row was deleted, only that it was.
fn deleted_at(shown: &Shown) -> Option<DateTime<Utc>> {
    shown.deleted.then_some(DateTime::UNIX_EPOCH)
}

/// The identity number is masked already.
fn person_of(shown: &Shown, mut value: Employee) -> people::Listed {
    if let Some(masked) = shown.row.get("identity_no_masked").and_then(Value::as_str) {
        value.identity_no = Some(masked.to_owned()).filter(|number| !number.is_empty());
    }
    people::Listed {
        id: shown.id,
        region: shown.region.clone(),
        version: shown.version,
        deleted_at: deleted_at(shown),
        last_entry: None,
        value,
    }
}

fn listed<E>(shown: &Shown, value: E) -> Listed<E> {
    Listed { id: shown.id, region: shown.region.clone(), version: shown.version, deleted_at: deleted_at(shown), value }
}

/// Turns "not found" into `None`.
pub(super) fn none_missing<T>(error: PageError) -> PageResult<Option<T>> {
    match error {
        PageError::NotFound => Ok(None),
        error => Err(error),
    }
}

impl Office for RegionCopy<'_> {
    async fn find<E: Entity>(&mut self, id: Uuid) -> PageResult<Option<Listed<E>>> {
        self.find_listed(id).map(Some).or_else(none_missing)
    }

    async fn list<E: Entity>(&mut self, is_bin: bool) -> PageResult<Vec<Listed<E>>> {
        self.list_rows(is_bin)
    }

    async fn page<E: Entity>(&mut self, wanted: &Wanted, page: Option<i64>, size: i64) -> PageResult<(Vec<Listed<E>>, Pager)> {
        let referring = wanted.by.into_iter().chain(wanted.sought.iter().flatten().map(|sought| sought.field));
        let titles = self.titles_of(referring.filter_map(|field| field.of))?;
        let mut found = Vec::new();
        for listed in self.list_rows::<E>(wanted.is_bin)? {
            let row = listed.value.to_row();
            if wanted.sought.as_ref().is_none_or(|sought| sought.iter().any(|sought| holds(sought, &row, &titles))) {
                found.push((wanted.by.and_then(|field| order_of(field, &listed.value, &titles)), listed));
            }
        }
        // Stable sort: equal and blank values stay in the order of the titles; blank ones come last.
        found.sort_by(|(one, _), (other, _)| match (one, other) {
            (Some(one), Some(other)) if wanted.descends => other.cmp(one),
            (Some(one), Some(other)) => one.cmp(other),
            _ => one.is_none().cmp(&other.is_none()),
        });
        let (of_page, pager) = Pager::part_of(found, page, size);
        Ok((of_page.map(|(_, listed)| listed).collect(), pager))
    }

    async fn names(&mut self, of: &'static Description, ids: &[Uuid]) -> PageResult<HashMap<Uuid, String>> {
        let labels = self.labels()?;
        let mut names = HashMap::new();
        for id in ids {
            let Some(shown) = self.rows.find_row(of.name, *id)? else { continue };
            if let Some(title) = self.title_of(of, &shown)? {
                names.insert(*id, title.labelled(&labels));
            }
        }
        Ok(names)
    }

    async fn named_rows(&mut self, of: &'static Description) -> PageResult<Vec<NamedRow>> {
        let labels = self.labels()?;
        let mut rows = Vec::new();
        for shown in self.list_shown(of)?.filter(|shown| !shown.deleted) {
            if let Some(title) = self.title_of(of, &shown)? {
                rows.push((collate::key(&title.name), NamedRow { id: shown.id, region: shown.region, name: title.labelled(&labels) }));
            }
        }
        rows.sort_by(|(a, one), (b, other)| a.cmp(b).then(one.id.cmp(&other.id)));
        Ok(rows.into_iter().map(|(_, row)| row).collect())
    }
}

/// What a row is called.
struct RowTitle {
    /// The row that has the name: another one, if the row is named after it.
    of: Uuid,
    name: String,
    date: Option<NaiveDate>,
}

impl RowTitle {
    /// With its date, and with what distinguishes a person from namesakes.
    fn labelled(&self, labels: &Labels) -> String {
        named(&labels.name(self.of, &self.name), self.date)
    }
}

/// The names of rows that others refer to, without what distinguishes namesakes.
type Titles = HashMap<Uuid, String>;

/// Whether a row has a sought text; as the server's `sync::office` defines.
fn holds(sought: &Sought, row: &Row, titles: &Titles) -> bool {
    let value = row.get(sought.field.name).unwrap_or(&Value::Null);
    let text = shown(value);
    match sought.by {
        Looked::Value => fold(&text).contains(&sought.text),
        Looked::Compact => fold(&text).replace(' ', "").contains(&sought.text),
        Looked::Date => text.parse().is_ok_and(|date| civil::format_date_tr(date).contains(&sought.text)),
        Looked::Words => !text.is_empty() && sought.text.contains(&format!(" {text} ")),
        Looked::Name => text.parse().ok().and_then(|id| titles.get(&id)).is_some_and(|name| fold(name).contains(&sought.text)),
    }
}

/// The place of a value among others; values of one field are of one variant.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    Text(collate::Key),
    Number(i64),
    Date(NaiveDate),
}

/// The place of a row's value; `None` for a blank one.
fn order_of<E: Entity>(field: &Field, value: &E, titles: &Titles) -> Option<Order> {
    let at = E::FORM.iter().position(|known| known.name == field.name)?;
    let text = |text: String| (!text.is_empty()).then(|| Order::Text(collate::key(&text)));
    match value.cells().into_iter().nth(at)? {
        Plain::Text(Some(word)) if !field.choices.is_empty() => {
            field.choices.iter().position(|known| **known == word).and_then(|place| i64::try_from(place).ok()).map(Order::Number)
        }
        Plain::Text(value) => value.and_then(text),
        Plain::Number(number) => number.filter(|number| *number != 0 || !field.zero_is_blank).map(|number| Order::Number(number.into())),
        Plain::Sum(sum) => sum.filter(|sum| *sum != 0 || !field.zero_is_blank).map(Order::Number),
        Plain::Flag(flag) => flag.map(|flag| Order::Number(flag.into())),
        Plain::Date(date) => date.map(Order::Date),
        Plain::Id(id) => id.and_then(|id| titles.get(&id)).cloned().and_then(text),
    }
}

fn fits(entry: &entries::Listed, text: &str) -> bool {
    text.is_empty() || fold(&entry.employee_name).contains(text) || fold(&entry.value.notes).contains(text)
}

/// People's names and their order; namesakes have the same place.
struct Names(HashMap<Uuid, (usize, String)>);

impl Names {
    fn of(people: &[people::Listed]) -> Self {
        let labels = Labels::of(people.iter().filter(|person| person.deleted_at.is_none()).map(Face::from));
        let mut keys: Vec<(collate::Key, &people::Listed)> = people.iter().map(|p| (collate::key(&p.value.full_name), p)).collect();
        keys.sort_by(|a, b| a.0.cmp(&b.0));
        let mut rank = 0;
        let mut names = HashMap::with_capacity(keys.len());
        for (place, (key, person)) in keys.iter().enumerate() {
            if place > 0 && keys[place - 1].0 != *key {
                rank += 1;
            }
            names.insert(person.id, (rank, labels.name(person.id, &person.value.full_name)));
        }
        Self(names)
    }

    fn rank(&self, id: Uuid) -> usize {
        self.0.get(&id).map_or(usize::MAX, |(rank, _)| *rank)
    }

    /// `None` if the person of the entry is not in the copy.
    fn entry_of(&self, shown: &Shown, value: Timesheet) -> Option<entries::Listed> {
        let (_, name) = self.0.get(&value.employee_id)?;
        Some(entries::Listed {
            id: shown.id,
            region: shown.region.clone(),
            version: shown.version,
            deleted_at: deleted_at(shown),
            employee_name: name.clone(),
            value,
        })
    }
}

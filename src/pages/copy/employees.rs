//! "Çalışanlar" from the copy.

use std::cmp::Ordering;

use serde_json::Value;
use uuid::Uuid;

use super::{Local, RegionCopy, query_of, region::none_missing, timesheets::entries_of};
use crate::{
    card::{
        rows::{CardQuery, CardRows, Window},
        views::CardPage,
    },
    collate,
    complaint::FieldError,
    employees::{
        listed::{Filter, Listed},
        office::People,
    },
    error::PageResult,
    fold::fold,
    ops::Op,
    shift_templates::{ShiftTemplate, listed::TemplateChoice},
    web::{
        page::{Ctx, render},
        pagination::Pager,
    },
};

impl People for RegionCopy<'_> {
    async fn page_of_people(&mut self, filter: &Filter, page: Option<i64>, size: i64) -> PageResult<(Vec<Listed>, Pager)> {
        let mut people: Vec<Listed> = self.list_people()?.into_iter().filter(|person| fits(person, filter)).collect();
        sort(&mut people, filter.sort);
        let (of_page, pager) = Pager::part_of(people, page, size);
        Ok((of_page.map(|person| self.with_last_entry(person)).collect::<PageResult<_>>()?, pager))
    }

    async fn find_person(&mut self, id: Uuid) -> PageResult<Option<Listed>> {
        Self::find_person(self, id).map(Some).or_else(none_missing)
    }

    async fn name_of_person(&mut self, person: &Listed) -> PageResult<String> {
        self.label(person)
    }

    async fn template_choices(&mut self) -> PageResult<Vec<TemplateChoice>> {
        self.list_template_choices()
    }

    /// Identity numbers are not stored on this PC, so it is not known here what the author saw: changing one needs a connection.
    async fn identity_no_seen(&mut self, _op: &Op, before: Option<&Listed>) -> PageResult<Result<Value, FieldError>> {
        let has_none = before.is_some_and(|person| person.value.identity_no.is_none());
        Ok(if has_none { Ok(Value::Null) } else { Err(FieldError::new("identity_no", "identity-no-offline")) })
    }
}

/// The same filter as `employees::db::list_employees`.
fn fits(person: &Listed, filter: &Filter) -> bool {
    let value = &person.value;
    let has_text = || [&value.full_name, &value.department, &value.title].iter().any(|field| fold(field).contains(&filter.text));
    person.deleted_at.is_some() == filter.is_deleted()
        && filter.is_active().is_none_or(|active| active == value.is_active)
        && (filter.text.is_empty() || has_text())
}

/// Missing dates come last in both directions; equal values are sorted by name.
fn sort(people: &mut [Listed], by: &str) {
    people.sort_by_cached_key(|person| (collate::key(&person.value.full_name), person.id));
    let (column, descends) = by.strip_prefix('-').map_or((by, false), |column| (column, true));
    let turned = |order: Ordering| if descends { order.reverse() } else { order };
    match column {
        "hire_date" | "exit_date" => people.sort_by(|a, b| {
            let of = |person: &Listed| if column == "hire_date" { person.value.hire_date } else { person.value.exit_date };
            match (of(a), of(b)) {
                (Some(a), Some(b)) => turned(a.cmp(&b)),
                (a, b) => b.is_some().cmp(&a.is_some()),
            }
        }),
        _ => people.sort_by(|a, b| {
            let of = |person: &Listed| match column {
                "department" => collate::key(&person.value.department),
                "title" => collate::key(&person.value.title),
                _ => collate::key(&person.value.full_name),
            };
            turned(of(a).cmp(&of(b)))
        }),
    }
}

/// A person's page. Its history is at the server.
pub(super) fn card(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid) -> PageResult<Local> {
    let query: CardQuery = query_of(ctx)?;
    let employee = copy.find_person(id)?;
    let window = Window::new(query.read(ctx.lang)?, copy.today);
    let template = employee.value.shift_template_id.and_then(|id| copy.find_listed::<ShiftTemplate>(id).ok());
    let rows = CardRows {
        roster: copy.roster(window.first(), window.last())?,
        rules: copy.rule()?,
        entries: entries_of(copy, id, window.first(), window.last())?,
        template: template.filter(|template| template.deleted_at.is_none()).map(|template| template.value.name),
        employee,
    };
    Ok(Local::Page(render(ctx, &CardPage::new(ctx, window, rows, copy.today, Vec::new()))?))
}

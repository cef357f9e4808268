//! "Çalışanlar" from the copy.

use std::cmp::Ordering;

use uuid::Uuid;

use super::{
    Local, RegionCopy, query_of,
    timesheets::{at, entries_of},
};
use crate::{
    card::{
        rows::{CardQuery, CardRows, Window},
        views::CardPage,
    },
    collate,
    complaint::FieldError,
    employees::{
        filter::{ListQuery, PAGE_SIZE},
        listed::{Filter, Listed},
        views::{EmployeeView, NewPage, RowFragment, blank_form, form_of, render_edit, render_list},
    },
    error::{AppError, AppResult},
    fold::fold,
    web::{
        form::{FormView, Posted},
        page::{Ctx, render},
        pagination::Pager,
    },
};

/// The list, or the page around it.
pub(super) fn list(ctx: &Ctx, copy: &RegionCopy<'_>) -> AppResult<Local> {
    let query: ListQuery = query_of(ctx)?;
    copy.check_region(query.region.as_deref())?;
    let (filter, shown, page) = query.read(ctx.lang)?;
    let mut people: Vec<Listed> = copy.list_people()?.into_iter().filter(|person| fits(person, &filter)).collect();
    sort(&mut people, filter.sort);
    let pager = Pager::new(page, PAGE_SIZE, i64::try_from(people.len()).unwrap_or(i64::MAX));
    let of_page = people.into_iter().skip(at(pager.offset())).take(at(PAGE_SIZE));
    let of_page = of_page.map(|person| copy.with_last_entry(person)).collect::<AppResult<_>>()?;
    Ok(Local::Page(render_list(ctx, shown, of_page, pager)?))
}

/// As `employees::db::list_employees` finds them.
fn fits(person: &Listed, filter: &Filter) -> bool {
    let value = &person.value;
    let has_text = || [&value.full_name, &value.department, &value.title].iter().any(|field| fold(field).contains(&filter.text));
    person.deleted_at.is_some() == filter.is_deleted()
        && filter.is_active().is_none_or(|active| active == value.is_active)
        && (filter.text.is_empty() || has_text())
}

/// Missing dates come last either way; what is equal goes by name.
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

/// The form of a new person.
pub(super) fn new(ctx: &Ctx, copy: &RegionCopy<'_>) -> AppResult<Local> {
    Ok(Local::Page(render(ctx, &NewPage { ctx, templates: copy.list_template_choices()?, form: blank_form("") })?))
}

/// The form of a new person that came back.
pub(super) fn refuse_new(ctx: &Ctx, copy: &RegionCopy<'_>, posted: &Posted, errors: &[FieldError]) -> AppResult<Local> {
    let form = FormView::refused(posted, None, errors, ctx.lang);
    Ok(Local::Refused(render(ctx, &NewPage { ctx, templates: copy.list_template_choices()?, form })?))
}

/// A person's page. Its history is at the server.
pub(super) fn card(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid) -> AppResult<Local> {
    let query: CardQuery = query_of(ctx)?;
    let employee = copy.find_person(id)?;
    let window = Window::new(query.read(ctx.lang)?, copy.today);
    let template = employee.value.shift_template_id.and_then(|id| copy.find_template(id).ok());
    let rows = CardRows {
        roster: copy.roster(window.first(), window.last())?,
        rules: copy.rule()?,
        entries: entries_of(copy, id, window.first(), window.last())?,
        template: template.filter(|template| template.deleted_at.is_none()).map(|template| template.value.name),
        employee,
    };
    Ok(Local::Page(render(ctx, &CardPage::new(ctx, window, rows, copy.today, Vec::new()))?))
}

/// One row of the list.
pub(super) fn row(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid) -> AppResult<Local> {
    let row = EmployeeView { employee: copy.find_person(id)? };
    Ok(Local::Page(render(ctx, &RowFragment { ctx, row })?))
}

/// The form for a change.
pub(super) fn edit(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid) -> AppResult<Local> {
    let employee = copy.find_person(id)?;
    if employee.deleted_at.is_some() {
        return Err(AppError::NotFound);
    }
    let form = form_of(&employee, &copy.region);
    Ok(Local::Page(render_edit(ctx, &employee, copy.list_template_choices()?, form)?))
}

/// The form for a change that came back.
pub(super) fn refuse_change(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid, posted: &Posted, errors: &[FieldError]) -> AppResult<Local> {
    let form = FormView::refused(posted, Some(id), errors, ctx.lang);
    Ok(Local::Refused(render_edit(ctx, &copy.find_person(id)?, copy.list_template_choices()?, form)?))
}

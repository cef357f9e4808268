//! "Puantaj" from the copy.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{Local, RegionCopy, query_of};
use crate::{
    calendar::Calendar,
    civil,
    complaint::FieldError,
    error::{PageError, PageResult},
    i18n::t,
    identity::Actor,
    ops::Entity as _,
    roster::{WorkedDays, blanks},
    timesheets::{
        filter::{ListQuery, NewQuery, PAGE_SIZE, Read, sum_up},
        forms::{Forms, day_after, planned_form, walk_blanks, walk_end},
        listed::{Filter, Listed, Shape},
        views::{Choices, EntryView, ListPage, RowFragment, ShowPage, TotalsFragment, explanation, render_edit, with_hours},
    },
    web::{
        form::{FormView, Posted},
        page::{Ctx, render},
        pagination::Pager,
        part::{TIMESHEET_TOTALS, TIMESHEETS},
    },
};

/// The list, its totals alone, or the page around them.
pub(super) fn list(ctx: &Ctx, copy: &RegionCopy<'_>, actor: &Actor) -> PageResult<Local> {
    let query: ListQuery = query_of(ctx)?;
    if TIMESHEET_TOTALS.is_wanted(ctx) {
        let ListPage { totals, pager, wrong, .. } = list_page(ctx, copy, actor, &query, Forms::None)?;
        return if wrong.is_empty() {
            Ok(Local::Page(render(ctx, &TotalsFragment { ctx, totals, pager })?))
        } else {
            Err(PageError::BadQuery(wrong))
        };
    }
    let is_list = TIMESHEETS.is_wanted(ctx);
    let page = list_page(ctx, copy, actor, &query, if is_list { Forms::None } else { Forms::New })?;
    let html = if is_list { render(ctx, &page.as_list())? } else { render(ctx, &page)? };
    Ok(Local::page_or_wrong(html, &page.wrong))
}

/// The same with the form for a person's day filled in as planned.
pub(super) fn new(ctx: &Ctx, copy: &RegionCopy<'_>, actor: &Actor) -> PageResult<Local> {
    let query: NewQuery = query_of(ctx)?;
    let (Some(employee_id), day) = query.read(ctx)? else {
        let ctx = ctx.clone().shown_at(TIMESHEETS.path, String::new());
        return list(&ctx, copy, actor);
    };
    let day = day.unwrap_or(copy.today);
    if copy.find_person(employee_id)?.deleted_at.is_some() {
        return Err(PageError::NotFound);
    }
    let mut form = planned(copy, employee_id, day)?;
    walk_blanks(&mut form, blanks_after(copy, employee_id, day)?);
    let list = ListQuery::month_of(employee_id, day);
    let ctx = ctx.clone().shown_at(TIMESHEETS.path, list.to_query());
    let page = list_page(&ctx, copy, actor, &list, Forms::Filled(form))?;
    Ok(Local::Page(render(&ctx, &page)?))
}

/// How many blank days a person has after a day, up to yesterday and within [`walk_end`].
fn blanks_after(copy: &RegionCopy<'_>, employee_id: Uuid, day: NaiveDate) -> PageResult<usize> {
    let from = day_after(day);
    let to = copy.today.pred_opt().unwrap_or(day).min(walk_end(from));
    if to < from {
        return Ok(0);
    }
    let roster = copy.roster(from, to)?;
    let mut worked = WorkedDays::default();
    for entry in entries_of(copy, employee_id, from, to)? {
        worked.add(&entry.region, employee_id, entry.value.work_date);
    }
    Ok(blanks(&roster, &worked, from, to).into_iter().find(|blank| blank.person.id == employee_id).map_or(0, |blank| blank.days.len()))
}

/// The refused form of a new entry.
pub(super) fn refuse_new(ctx: &Ctx, copy: &RegionCopy<'_>, actor: &Actor, posted: &Posted, errors: &[FieldError]) -> PageResult<Local> {
    let form = FormView::refused(posted, None, errors, ctx.lang);
    Ok(Local::Refused(render(ctx, &list_page(ctx, copy, actor, &ListQuery::default(), Forms::Filled(form))?)?))
}

/// The form for a day of a person, as planned.
pub(super) fn planned(copy: &RegionCopy<'_>, employee_id: Uuid, day: NaiveDate) -> PageResult<FormView> {
    let own = copy.find_person(employee_id)?.value.shift_template_id;
    Ok(planned_form(&copy.roster(day, day)?, &copy.region, employee_id, own, day))
}

fn list_page<'a>(ctx: &'a Ctx, copy: &RegionCopy<'_>, actor: &Actor, query: &ListQuery, forms: Forms) -> PageResult<ListPage<'a>> {
    copy.check_region(query.region.as_deref())?;
    let Read { filter, shown, page, wrong } = query.read(ctx, copy.today);
    let rules = copy.rules()?;
    let entries = if wrong.is_empty() { copy.list_entries(&filter)? } else { Vec::new() };
    let shapes: Vec<Shape> = entries.iter().map(shape_of).collect();
    let (totals, _) = sum_up(&shapes, &rules);
    let (of_page, pager) = Pager::part_of(entries, page, PAGE_SIZE);
    let of_page = of_page.collect();
    let (choices, calendar) = if forms.is_none() {
        (Choices::default(), Calendar::default())
    } else {
        (copy.choices(ctx)?, copy.calendar(civil::FIRST_DAY, civil::LAST_DAY)?)
    };
    let (form, plan) = forms.form_and_plan(&choices.templates, calendar, actor, copy.today);
    let filtered = query.is_narrowed(&filter);
    Ok(ListPage { ctx, filter: shown, form, choices, plan, rows: with_hours(of_page, &rules), totals, pager, filtered, wrong })
}

fn shape_of(entry: &Listed) -> Shape {
    Shape {
        region: entry.region.clone(),
        a_date: entry.value.work_date,
        start_min: entry.value.start_min,
        end_min: entry.value.end_min,
        break_min: entry.value.break_minutes,
        is_special: entry.value.is_special,
        count: 1,
    }
}

/// One entry, and how its hours were calculated. Its history is at the server.
pub(super) fn show(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid) -> PageResult<Local> {
    let (entry, rules) = (copy.find_entry(id)?, copy.rule()?);
    let deleted = entry.deleted_at.map(|_| t(ctx.lang, "copy-was-deleted").to_owned());
    let row = EntryView::new(entry, &rules);
    let steps = explanation(&row, &rules, ctx.lang);
    Ok(Local::Page(render(ctx, &ShowPage { ctx, row, steps, deleted, history: Vec::new() })?))
}

/// One row of the list.
pub(super) fn row(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid) -> PageResult<Local> {
    let row = EntryView::new(copy.find_entry(id)?, &copy.rule()?);
    Ok(Local::Page(render(ctx, &RowFragment { ctx, row, focus: true })?))
}

/// The form for a change.
pub(super) fn edit(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid) -> PageResult<Local> {
    let entry = copy.find_entry(id)?;
    if entry.deleted_at.is_some() {
        return Err(PageError::NotFound);
    }
    let form = FormView::of_row(entry.id, entry.version, &copy.region, &entry.value.to_row());
    Ok(Local::Page(render_edit(ctx, entry, form, copy.choices(ctx)?.only(&copy.region))?))
}

/// The refused form for a change.
pub(super) fn refuse_change(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid, posted: &Posted, errors: &[FieldError]) -> PageResult<Local> {
    let form = FormView::refused(posted, Some(id), errors, ctx.lang);
    Ok(Local::Refused(render_edit(ctx, copy.find_entry(id)?, form, copy.choices(ctx)?)?))
}

/// A person's entries of some days.
pub(super) fn entries_of(copy: &RegionCopy<'_>, id: Uuid, from: NaiveDate, to: NaiveDate) -> PageResult<Vec<Listed>> {
    copy.list_entries(&Filter { employee_id: Some(id), from, to, text: String::new() })
}

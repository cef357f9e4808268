//! "Ay" from the copy: the month, and a day of it.

use chrono::NaiveDate;
use uuid::Uuid;

use super::{
    Local, RegionCopy, query_of,
    timesheets::{entries_of, planned},
};
use crate::{
    complaint::FieldError,
    error::PageResult,
    month::{
        Sheet, Shifts,
        day_editor::{DayEditor, DayQuery, forms_of, page_without_script},
        query::{MonthQuery, Wanted},
        views::MonthPage,
    },
    timesheets::listed::Filter,
    web::{
        form::{FormView, Posted},
        page::{Ctx, render},
    },
};

/// The month, or its grid alone.
pub(super) fn show(ctx: &Ctx, copy: &RegionCopy<'_>) -> PageResult<Local> {
    let query: MonthQuery = query_of(ctx)?;
    let Wanted { month, region, typed, error, wrong } = query.read(ctx, copy.today)?;
    copy.check_region(Some(&region.code))?;
    let roster = copy.roster(month.first(), month.last())?;
    let mut entries = copy.list_entries(&Filter { employee_id: None, from: month.first(), to: month.last(), text: String::new() })?;
    entries.sort_by_key(|entry| (entry.value.work_date, entry.value.start_min));
    let mut shifts = Shifts::new();
    for entry in &entries {
        shifts.entry(entry.value.employee_id).or_default().push(entry.value.shift());
    }
    let settings = copy.settings()?;
    let sheet = Sheet::new(month, &roster, &shifts, &settings.rules(), copy.today);
    let mut page = MonthPage::new(ctx, month, region, settings.report_names(), &roster, sheet, copy.today);
    for entry in entries.iter().filter(|entry| ctx.is_waiting(&entry.id)) {
        page.mark_waiting(entry.value.employee_id, entry.value.work_date);
    }
    if !wrong.is_empty() {
        page.refuse(typed, error, wrong.clone());
    }
    Ok(Local::page_or_wrong(page.render()?, &wrong))
}

/// A day of a person in its place; without scripts a redirect to the timesheets' own pages.
pub(super) fn show_day(ctx: &Ctx, copy: &RegionCopy<'_>, id: Uuid, date: NaiveDate) -> PageResult<Local> {
    let query: DayQuery = query_of(ctx)?;
    let person = copy.find_person(id)?;
    let entries = entries_of(copy, id, date, date)?;
    if !ctx.is_htmx {
        return Ok(Local::Elsewhere(page_without_script(id, date, &entries)));
    }
    let new = if query.wants_new(ctx.lang, &entries)? { Some(planned(copy, id, date)?) } else { None };
    let forms = forms_of(&entries, &copy.region, new.is_none());
    let editor = DayEditor::new(ctx, (id, copy.label(&person)?), date, copy.list_template_choices()?, forms, new);
    Ok(Local::Page(render(ctx, &editor)?))
}

/// A refused form of a day.
pub(super) fn refuse_day(
    ctx: &Ctx,
    copy: &RegionCopy<'_>,
    (id, date, entry): (Uuid, NaiveDate, Option<Uuid>),
    posted: &Posted,
    errors: &[FieldError],
) -> PageResult<Local> {
    let person = copy.find_person(id)?;
    let mut forms = forms_of(&entries_of(copy, id, date, date)?, &copy.region, false);
    let refused = FormView::refused(posted, entry, errors, ctx.lang);
    let new = if entry.is_none() {
        Some(refused)
    } else {
        forms.iter_mut().filter(|form| form.id == entry).for_each(|form| form.clone_from(&refused));
        None
    };
    let editor = DayEditor::new(ctx, (id, copy.label(&person)?), date, copy.list_template_choices()?, forms, new);
    Ok(Local::Refused(render(ctx, &editor)?))
}

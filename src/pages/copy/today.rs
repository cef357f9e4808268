//! "Bugün" from the copy.

use uuid::Uuid;

use super::{Local, RegionCopy, query_of};
use crate::{
    complaint::FieldError,
    error::{PageError, PageResult},
    identity::Actor,
    timesheets::listed::Filter,
    today::{
        day::{Day, Place},
        query::{DayAsked, DayQuery},
        views::{HOME, PersonView, address, render_page, render_unclear},
    },
    web::{
        flash::{Flash, Tone},
        form::{Posted, sentence},
        page::Ctx,
    },
};

/// The first page is the day's.
pub(super) fn home(ctx: &Ctx, copy: &RegionCopy<'_>) -> PageResult<Local> {
    show(&Ctx { path: HOME.to_owned(), ..ctx.clone() }, copy)
}

/// The page of a day.
pub(super) fn show(ctx: &Ctx, copy: &RegionCopy<'_>) -> PageResult<Local> {
    let query: DayQuery = query_of(ctx)?;
    match query.read(ctx, copy.today)? {
        DayAsked::Of(place) => {
            copy.check_region(Some(place.region.code()))?;
            Ok(Local::Page(render_page(ctx, &read_day(copy, &place)?, copy.today, None)?))
        }
        DayAsked::Unclear(place, wrong) => {
            copy.check_region(Some(place.region.code()))?;
            Ok(Local::Refused(render_unclear(ctx, place, copy.today, wrong)?))
        }
    }
}

fn read_day(copy: &RegionCopy<'_>, place: &Place) -> PageResult<Day> {
    let entries = copy.list_entries(&Filter { employee_id: None, from: place.date, to: place.date, text: String::new() })?;
    Ok(Day::new(place, &copy.roster(place.date, place.date)?, &copy.rule()?, entries))
}

/// A refused form of a row: the page with the typed values and the errors.
pub(super) fn refuse(
    ctx: &Ctx,
    copy: &RegionCopy<'_>,
    actor: &Actor,
    entry: Option<Uuid>,
    posted: &Posted,
    errors: &[FieldError],
) -> PageResult<Local> {
    let (place, employee_id) = match entry {
        Some(id) => {
            let value = copy.find_entry(id)?.value;
            (Place { region: copy.region.clone(), date: value.work_date }, value.employee_id)
        }
        None => (Place::of_form(actor, posted)?, posted.value("employee_id").parse().map_err(|_| PageError::NotFound)?),
    };
    let day = read_day(copy, &place)?;
    let mut view = PersonView::new(ctx, &day, day.person(employee_id).ok_or(PageError::NotFound)?);
    view.refuse(entry, posted, errors, ctx.lang);
    Ok(Local::Refused(render_page(ctx, &day, copy.today, Some(view))?))
}

/// A refused action on a day has no fields: redirects to the day, with the message.
pub(super) fn refuse_act(ctx: &Ctx, copy: &RegionCopy<'_>, actor: &Actor, posted: &Posted, errors: &[FieldError]) -> Local {
    let place = Place::of_form(actor, posted).unwrap_or_else(|_| Place { region: copy.region.clone(), date: copy.today });
    back(ctx, address(ctx, &place, None), errors)
}

/// Redirects to a page that says why nothing was done.
pub(super) fn back(ctx: &Ctx, to: String, errors: &[FieldError]) -> Local {
    let why = errors.first().map(|error| sentence(ctx.lang, error)).unwrap_or_default();
    Local::Back(to, Flash::new(Tone::Danger, "flash-refused", &why))
}

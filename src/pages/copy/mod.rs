//! Pages and operations from a copy of the region, while the server is out of reach: with the server's templates and rules; only the source
//! of the rows differs ([`Rows`]). An office's PC keeps them in SQLite.

mod employees;
mod month;
pub mod plan;
mod region;
mod rows;
mod timesheets;
mod today;

use chrono::NaiveDate;
use futures_util::FutureExt as _;
use uuid::Uuid;

use crate::{
    civil::DayOfWork,
    complaint::FieldError,
    crud::{Address, PagesOf},
    error::{PageError, PageResult},
    identity::Actor,
    ops::{Description, entity_at},
    registry,
    web::{
        error_page::{render_bad_query, render_error},
        flash::Flash,
        form::Posted,
        offline::{Reasons, render_offline},
        page::{Ctx, query_of},
    },
};
pub use region::RegionCopy;
pub use rows::{CompanyFacts, Context, RegionFact, Rows, Shown};

/// The responses that can be made from the copy.
#[derive(Debug)]
pub enum Local {
    /// A page or a fragment: 200.
    Page(String),
    /// A redirect to another address: 303.
    Elsewhere(String),
    /// No such row in the copy: 404.
    Missing(String),
    /// A refused form, with its errors: 422.
    Refused(String),
    /// An invalid address: 400.
    Unclear(String),
    /// A refused action: redirects to that address, which shows the message: 303.
    Back(String, Flash),
}

impl Local {
    /// The page; refused if parts of its address were not understood.
    fn page_or_wrong(html: String, wrong: &[String]) -> Self {
        if wrong.is_empty() { Self::Page(html) } else { Self::Refused(html) }
    }
}

/// Whether there is a page at an address.
pub fn is_made(path: &str) -> bool {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let is_special = matches!(
        parts.as_slice(),
        ["" | "today" | "offline" | "timesheets"]
            | ["queue", "badges"]
            | ["timesheets" | "employees", _]
            | ["timesheets", _, "row" | "edit"]
            | ["employees", _, "days", _]
    );
    is_special || page_at(path).is_some()
}

/// The page at the context's address; `None` if it is not made here, or before the first snapshot is complete.
pub fn show(ctx: Ctx, rows: &dyn Rows, today: NaiveDate) -> PageResult<Option<Local>> {
    let path = ctx.path.clone();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["offline"] => return Ok(Some(Local::Page(render_offline(&ctx, Reasons::All)?))),
        // What waits at the server is not known here: a response without numbers leaves those on the page as they are.
        ["queue", "badges"] => return Ok(Some(Local::Page(String::new()))),
        _ => {}
    }
    let Some((ctx, actor, mut copy)) = open(ctx, rows, today)? else { return Ok(None) };
    let found = match parts.as_slice() {
        [""] => today::home(&ctx, &copy),
        ["today"] => today::show(&ctx, &copy),
        ["timesheets"] => timesheets::list(&ctx, &copy, &actor),
        ["timesheets", "new"] => timesheets::new(&ctx, &copy, &actor),
        ["timesheets", "month"] => month::show(&ctx, &copy),
        ["timesheets", id] => id_of(id).and_then(|id| timesheets::show(&ctx, &copy, id)),
        ["timesheets", id, "row"] => id_of(id).and_then(|id| timesheets::row(&ctx, &copy, id)),
        ["timesheets", id, "edit"] => id_of(id).and_then(|id| timesheets::edit(&ctx, &copy, id)),
        ["employees", id] if *id != "new" => id_of(id).and_then(|id| employees::card(&ctx, &copy, id)),
        ["employees", id, "days", date] => id_of(id).and_then(|id| month::show_day(&ctx, &copy, id, date_of(date)?)),
        _ => match page_at(&path) {
            Some((pages, address)) => {
                copy.check_region(ctx.named_region()).and_then(|()| at_once((pages.show)(&ctx, &mut copy, address))).map(Local::Page)
            }
            None => return Ok(None),
        },
    };
    or_missing(&ctx, found).map(Some)
}

/// The page of a refused form without scripts, with the typed values and the errors; the context's address is the one the form was posted
/// to. `None` if there is no such form.
pub fn refuse(
    ctx: Ctx,
    rows: &dyn Rows,
    today: NaiveDate,
    pairs: Vec<(String, String)>,
    errors: &[FieldError],
) -> PageResult<Option<Local>> {
    let path = ctx.path.clone();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let posted = Posted::from_pairs(pairs);
    let Some((ctx, actor, mut copy)) = open(ctx, rows, today)? else { return Ok(None) };
    let found = match parts.as_slice() {
        ["today", "entries"] => today::refuse(&ctx, &copy, &actor, None, &posted, errors),
        ["today", "entries", id] => id_of(id).and_then(|id| today::refuse(&ctx, &copy, &actor, Some(id), &posted, errors)),
        ["today", ..] => Ok(today::refuse_act(&ctx, &copy, &actor, &posted, errors)),
        ["timesheets"] => timesheets::refuse_new(&ctx, &copy, &actor, &posted, errors),
        ["timesheets", id] => id_of(id).and_then(|id| timesheets::refuse_change(&ctx, &copy, id, &posted, errors)),
        ["employees", id, "days", date] => {
            id_of(id).and_then(|id| month::refuse_day(&ctx, &copy, (id, date_of(date)?, None), &posted, errors))
        }
        ["employees", id, "days", date, entry] => {
            id_of(id).and_then(|id| month::refuse_day(&ctx, &copy, (id, date_of(date)?, Some(id_of(entry)?)), &posted, errors))
        }
        _ => match entity_at(&path) {
            Some((entity, "")) => at_once((pages_of(entity)?.refuse)(&ctx, &mut copy, None, &posted, errors)).map(Local::Refused),
            Some((entity, rest)) => match rest.trim_start_matches('/').parse() {
                Ok(id) => at_once((pages_of(entity)?.refuse)(&ctx, &mut copy, Some(id), &posted, errors)).map(Local::Refused),
                Err(_) => Ok(today::back(&ctx, entity.home.to_owned(), errors)),
            },
            None => return Ok(None),
        },
    };
    or_missing(&ctx, found).map(Some)
}

/// The copy, with the actor and the waiting rows.
fn open(mut ctx: Ctx, rows: &dyn Rows, today: NaiveDate) -> PageResult<Option<(Ctx, Actor, RegionCopy<'_>)>> {
    let actor = ctx.actor.clone().ok_or(PageError::Forbidden)?;
    let Some(copy) = RegionCopy::open(rows, today)? else { return Ok(None) };
    if !actor.may_act_on(&copy.region) {
        return Err(PageError::Forbidden);
    }
    ctx.waiting = copy.list_waiting()?;
    Ok(Some((ctx, actor, copy)))
}

/// "Not found" for an address without a page, and for a row that is not in the copy.
fn or_missing(ctx: &Ctx, found: PageResult<Local>) -> PageResult<Local> {
    match found {
        Err(PageError::NotFound | PageError::BadRequest(_)) => Ok(Local::Missing(render_error(ctx, 404)?)),
        Err(PageError::BadQuery(sentences)) => Ok(Local::Unclear(render_bad_query(ctx, &sentences)?)),
        found => found,
    }
}

fn id_of(text: &str) -> PageResult<Uuid> {
    text.parse().map_err(|_| PageError::NotFound)
}

fn date_of(text: &str) -> PageResult<NaiveDate> {
    text.parse().map(|DayOfWork(date)| date).map_err(|_| PageError::NotFound)
}

/// The entity's page at an address.
fn page_at<'r>(path: &str) -> Option<(PagesOf<RegionCopy<'r>>, Address)> {
    registry::pages().into_iter().find_map(|pages| Address::below(pages.home, path).map(|address| (pages, address)))
}

fn pages_of<'r>(entity: &Description) -> PageResult<PagesOf<RegionCopy<'r>>> {
    registry::pages().into_iter().find(|pages| pages.entity == entity.name).ok_or(PageError::NotFound)
}

/// The result of a future that never waits: the copy is a file.
pub(crate) fn at_once<T>(answer: impl Future<Output = PageResult<T>>) -> PageResult<T> {
    answer.now_or_never().unwrap_or_else(|| Err(PageError::Rows("a page from the copy waited".into())))
}

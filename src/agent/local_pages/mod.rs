//! Pages from the copy on this PC, while the server is out of reach: by the server's templates, with the server's rules; only where the rows
//! come from differs (`RegionCopy`).

mod copy;
mod employees;
mod month;
mod shift_templates;
mod timesheets;
mod today;

use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::store::Reader;
use crate::{
    civil::DayOfWork,
    complaint::FieldError,
    error::{AppError, AppResult},
    identity::Actor,
    web::{
        error_page::{render_bad_query, render_error},
        flash::Flash,
        form::Posted,
        offline::render_offline,
        page::Ctx,
    },
};
use copy::RegionCopy;

/// What there is to answer with.
#[derive(Debug)]
pub enum Local {
    /// A page or a fragment: 200.
    Page(String),
    /// Another address has it: 303.
    Elsewhere(String),
    /// No such row is here: 404.
    Missing(String),
    /// A form that came back, with what is wrong: 422.
    Refused(String),
    /// An address that makes no sense: 400.
    Unclear(String),
    /// An act that was refused: back to that address, which shows the message: 303.
    Back(String, Flash),
}

impl Local {
    /// A page whose address was understood, or one that says what was not.
    fn page_or_wrong(html: String, wrong: &[String]) -> Self {
        if wrong.is_empty() { Self::Page(html) } else { Self::Refused(html) }
    }
}

/// The page at the context's address; none for one that is not made here, and before the first copy has come whole.
pub fn show(ctx: Ctx, reader: &Reader, today: NaiveDate) -> AppResult<Option<Local>> {
    let path = ctx.path.clone();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        ["offline"] => return Ok(Some(Local::Page(render_offline(&ctx, true)?))),
        // What waits at the server is not known here: an answer without numbers leaves those on the page as they are.
        ["queue", "badges"] => return Ok(Some(Local::Page(String::new()))),
        _ => {}
    }
    let Some((ctx, actor, copy)) = open(ctx, reader, today)? else { return Ok(None) };
    let found = match parts.as_slice() {
        [""] => today::home(&ctx, &copy),
        ["today"] => today::show(&ctx, &copy),
        ["timesheets"] => timesheets::list(&ctx, &copy, &actor),
        ["timesheets", "new"] => timesheets::new(&ctx, &copy, &actor),
        ["timesheets", "month"] => month::show(&ctx, &copy),
        ["timesheets", id] => id_of(id).and_then(|id| timesheets::show(&ctx, &copy, id)),
        ["timesheets", id, "row"] => id_of(id).and_then(|id| timesheets::row(&ctx, &copy, id)),
        ["timesheets", id, "edit"] => id_of(id).and_then(|id| timesheets::edit(&ctx, &copy, id)),
        ["employees"] => employees::list(&ctx, &copy),
        ["employees", "new"] => employees::new(&ctx, &copy),
        ["employees", id] => id_of(id).and_then(|id| employees::card(&ctx, &copy, id)),
        ["employees", id, "row"] => id_of(id).and_then(|id| employees::row(&ctx, &copy, id)),
        ["employees", id, "edit"] => id_of(id).and_then(|id| employees::edit(&ctx, &copy, id)),
        ["employees", id, "days", date] => id_of(id).and_then(|id| month::show_day(&ctx, &copy, id, date_of(date)?)),
        ["shift-templates"] => shift_templates::list(&ctx, &copy),
        ["shift-templates", "new"] => shift_templates::new(&ctx),
        ["shift-templates", id, "row"] => id_of(id).and_then(|id| shift_templates::row(&ctx, &copy, id)),
        ["shift-templates", id, "edit"] => id_of(id).and_then(|id| shift_templates::edit(&ctx, &copy, id)),
        _ => return Ok(None),
    };
    or_missing(&ctx, found).map(Some)
}

/// A native form's page again, with what was typed and what is wrong with it; the context's address is the one it was posted to. None where
/// there is no such form.
pub fn refuse(
    ctx: Ctx,
    reader: &Reader,
    today: NaiveDate,
    pairs: Vec<(String, String)>,
    errors: &[FieldError],
) -> AppResult<Option<Local>> {
    let path = ctx.path.clone();
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let posted = Posted::from_pairs(pairs);
    let Some((ctx, actor, copy)) = open(ctx, reader, today)? else { return Ok(None) };
    let found = match parts.as_slice() {
        ["today", "entries"] => today::refuse(&ctx, &copy, &actor, None, &posted, errors),
        ["today", "entries", id] => id_of(id).and_then(|id| today::refuse(&ctx, &copy, &actor, Some(id), &posted, errors)),
        ["today", ..] => Ok(today::refuse_act(&ctx, &copy, &actor, &posted, errors)),
        ["timesheets"] => timesheets::refuse_new(&ctx, &copy, &actor, &posted, errors),
        ["timesheets", id] => id_of(id).and_then(|id| timesheets::refuse_change(&ctx, &copy, id, &posted, errors)),
        ["employees"] => employees::refuse_new(&ctx, &copy, &posted, errors),
        ["employees", id] => id_of(id).and_then(|id| employees::refuse_change(&ctx, &copy, id, &posted, errors)),
        ["employees", id, "days", date] => {
            id_of(id).and_then(|id| month::refuse_day(&ctx, &copy, (id, date_of(date)?, None), &posted, errors))
        }
        ["employees", id, "days", date, entry] => {
            id_of(id).and_then(|id| month::refuse_day(&ctx, &copy, (id, date_of(date)?, Some(id_of(entry)?)), &posted, errors))
        }
        ["shift-templates"] => shift_templates::refuse_new(&ctx, &posted, errors),
        ["shift-templates", id] => id_of(id).and_then(|id| shift_templates::refuse_change(&ctx, &copy, id, &posted, errors)),
        [list @ ("timesheets" | "employees" | "shift-templates"), ..] => Ok(today::back(&ctx, format!("/{list}"), errors)),
        _ => return Ok(None),
    };
    or_missing(&ctx, found).map(Some)
}

/// The copy, with who asks and which of its rows wait.
fn open(mut ctx: Ctx, reader: &Reader, today: NaiveDate) -> AppResult<Option<(Ctx, Actor, RegionCopy<'_>)>> {
    let actor = ctx.actor.clone().ok_or(AppError::SignIn)?;
    let Some(copy) = RegionCopy::open(reader, today)? else { return Ok(None) };
    if !actor.may_act_on(&copy.region) {
        return Err(AppError::Forbidden);
    }
    ctx.waiting = copy.list_waiting()?;
    Ok(Some((ctx, actor, copy)))
}

/// An address that nobody makes is no page, nor is one of a row that is not here.
fn or_missing(ctx: &Ctx, found: AppResult<Local>) -> AppResult<Local> {
    match found {
        Err(AppError::NotFound | AppError::BadRequest(_)) => Ok(Local::Missing(render_error(ctx, 404)?)),
        Err(AppError::BadQuery(sentences)) => Ok(Local::Unclear(render_bad_query(ctx, &sentences)?)),
        found => found,
    }
}

fn id_of(text: &str) -> AppResult<Uuid> {
    text.parse().map_err(|_| AppError::NotFound)
}

fn date_of(text: &str) -> AppResult<NaiveDate> {
    text.parse().map(|DayOfWork(date)| date).map_err(|_| AppError::NotFound)
}

/// The query of the address.
fn query_of<Q: DeserializeOwned>(ctx: &Ctx) -> AppResult<Q> {
    let query = actix_web::web::Query::<Q>::from_query(&ctx.query).map_err(|error| AppError::BadRequest(error.to_string()))?;
    Ok(query.into_inner())
}

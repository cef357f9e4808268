//! Reads a day from the database.

use super::day::{Day, Place};
use crate::{
    db::{Mode, Scope, ScopedTx},
    error::{AppError, AppResult},
    identity::Actor,
    roster::load_roster_and_settings,
    timesheets::{db::list_timesheets, listed::Filter},
};

/// The scope of the day's region. A region that is not the person's is not found.
pub(super) fn scope_of(place: &Place, actor: &Actor) -> AppResult<Scope> {
    Scope::one(actor, &place.region).ok_or(AppError::NotFound)
}

/// Reads a day. The transaction's scope must be the day's region alone.
pub(super) async fn load_day<M: Mode>(tx: &mut ScopedTx<M>, place: &Place) -> AppResult<Day> {
    let (roster, mut settings) = load_roster_and_settings(tx, place.date, place.date).await?;
    let rules = settings.remove(place.region.code()).unwrap_or_default().rules;
    let of_day = Filter { employee_id: None, from: place.date, to: place.date, text: String::new() };
    let entries = list_timesheets(tx, &of_day, i64::MAX, 0).await?;
    Ok(Day::new(place, &roster, &rules, entries))
}

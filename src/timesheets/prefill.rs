//! The form of a new entry, filled in with what was planned.

use chrono::NaiveDate;
use uuid::Uuid;

use super::pages::{blank_form, times_of};
use crate::{
    db::{Mode, ScopedTx},
    error::AppResult,
    regions::Region,
    roster::load_roster,
    shift_templates::db::find_default,
    web::form::FormView,
};

/// A form for a day of a person of the transaction's region: the planned shift, else the usual times of the weekday; "özel gün" is ticked
/// where the calendar suggests it.
pub async fn planned_form<M: Mode>(tx: &mut ScopedTx<M>, region: &Region, employee_id: Uuid, day: NaiveDate) -> AppResult<FormView> {
    let roster = load_roster(tx, day, day).await?;
    let person = roster.people().iter().find(|person| person.id == employee_id);
    let planned = person.and_then(|person| roster.expected(person, day).shift().map(|s| (s.start_min, s.end_min, s.break_minutes)));
    let times = match planned {
        Some(times) => times,
        None => times_of(find_default(tx, region, day).await?.as_ref()),
    };
    let mut form = blank_form(day, times);
    form.set("employee_id", employee_id.to_string());
    if roster.mark(region.code(), day).is_some_and(|mark| mark.suggests_special(times.0)) {
        form.set("is_special", "true".into());
    }
    form.region = region.to_string();
    form.focus = "start_time";
    Ok(form)
}

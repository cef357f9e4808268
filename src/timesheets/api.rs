//! `GET /api/v1/timesheets`: entries with computed hours (DESIGN 6).

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    calc::hours,
    db::{self, Filter, Listed},
};
use crate::{
    auth::Actor,
    civil,
    db::Scope,
    error::{AppError, AppResult},
    regions::Region,
    settings::list_rules,
    state::AppState,
};

/// What to list; dates `YYYY-MM-DD`, inclusive.
#[derive(Deserialize)]
pub struct ApiQuery {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    region: Option<String>,
    employee_id: Option<Uuid>,
    limit: Option<i64>,
    after: Option<String>,
}

/// The handler. `next` is the address of the next page.
pub async fn list_timesheets(state: Data<AppState>, actor: Actor, query: Query<ApiQuery>) -> AppResult<HttpResponse> {
    let scope = scope_for(&actor, query.region.as_deref())?;
    let filter = Filter {
        employee_id: query.employee_id,
        from: query.from.unwrap_or(civil::FIRST_DAY),
        to: query.to.unwrap_or(civil::LAST_DAY),
        text: String::new(),
    };
    let limit = query.limit.unwrap_or(200).clamp(1, 1000);
    let after = match &query.after {
        Some(text) => decode(text).ok_or_else(|| AppError::BadRequest("after: not one of ours".into()))?,
        None => (civil::FIRST_DAY, Uuid::nil()),
    };
    let mut tx = state.db.read(&scope).await?;
    let rules = list_rules(&mut tx).await?;
    let mut entries = db::page_timesheets(&mut tx, &filter, after, limit + 1).await?;
    drop(tx);
    let more = i64::try_from(entries.len()).unwrap_or(0) > limit;
    entries.truncate(usize::try_from(limit).unwrap_or(0));
    let next = entries.last().filter(|_| more).map(|last| next_address(&query, limit, last));
    let items: Vec<Value> = entries.iter().map(|entry| to_json(entry, &rules.get(&entry.region).copied().unwrap_or_default())).collect();
    Ok(HttpResponse::Ok().json(json!({ "items": items, "next": next })))
}

/// The scope of a query: all of the person's regions, or one of them. A foreign one is not found.
pub fn scope_for(actor: &Actor, region: Option<&str>) -> AppResult<Scope> {
    match region.filter(|code| !code.is_empty()) {
        None => Scope::of(actor).ok_or(AppError::Forbidden),
        Some(code) => {
            let region = Region::parse(code).map_err(|_| AppError::NotFound)?;
            Scope::one(actor, &region).ok_or(AppError::NotFound)
        }
    }
}

fn to_json(entry: &Listed, rules: &super::calc::Rules) -> Value {
    let value = &entry.value;
    json!({
        "id": entry.id,
        "region": entry.region,
        "employee_id": value.employee_id,
        "employee_name": entry.employee_name,
        "work_date": value.work_date,
        "start_time": civil::format_time(value.start_min),
        "end_time": civil::format_time(value.end_min),
        "break_minutes": value.break_minutes,
        "is_special": value.is_special,
        "notes": value.notes,
        "version": entry.version,
        "hours": hours(&value.shift(), rules),
    })
}

fn next_address(query: &ApiQuery, limit: i64, last: &Listed) -> String {
    let place = URL_SAFE_NO_PAD.encode(format!("{} {}", last.value.work_date, last.id));
    let mut address = format!("/api/v1/timesheets?limit={limit}&after={place}");
    let given = [
        ("from", query.from.map(|d| d.to_string())),
        ("to", query.to.map(|d| d.to_string())),
        ("region", query.region.clone()),
        ("employee_id", query.employee_id.map(|id| id.to_string())),
    ];
    for (name, value) in given.into_iter().filter_map(|(name, value)| Some((name, value.filter(|v| !v.is_empty())?))) {
        address.push('&');
        address.push_str(name);
        address.push('=');
        address.push_str(&value); // dates, ids and region codes need no escaping; a code was checked by scope_for
    }
    address
}

fn decode(text: &str) -> Option<(NaiveDate, Uuid)> {
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let (date, id) = plain.split_once(' ')?;
    Some((date.parse().ok()?, id.parse().ok()?))
}

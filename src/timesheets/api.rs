//! `GET /api/v1/timesheets`: entries with computed hours (DESIGN 6).

use actix_web::{HttpResponse, web::Data};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::{
    db,
    listed::{Filter, Listed},
};
use crate::{
    civil::{self, DayOfWork},
    complaint::ParamError,
    error::{AppError, AppResult},
    hours::{Hours, Rules, hours},
    identity::{Actor, Region},
    settings::list_rules,
    state::AppState,
    web::{
        extract::Req,
        params::{Checked, Day, Limit},
        scope::scope_for,
    },
};

/// The addresses of this module in the API's description.
#[derive(OpenApi)]
#[openapi(paths(list_timesheets))]
pub struct ApiDoc;

/// Default number of entries in a response.
const USUAL_LIMIT: i64 = 200;

/// Filters of the list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ApiQuery {
    /// First date.
    #[param(value_type = Option<NaiveDate>)]
    from: Option<Day>,
    /// Last date.
    #[param(value_type = Option<NaiveDate>)]
    to: Option<Day>,
    /// Code of one of the client's regions; all of them by default.
    #[param(inline)]
    region: Option<Region>,
    /// Only this person's entries.
    employee_id: Option<Uuid>,
    /// Maximum number of entries; 200 by default.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
    /// The place to continue from, as in `next`.
    #[param(value_type = Option<String>)]
    after: Option<Place>,
}

/// A place in the order of dates: the entry after which the next page begins.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Place(NaiveDate, Uuid);

/// A page of entries, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimesheetPage {
    /// The entries.
    items: Vec<TimesheetItem>,
    /// Address of the next page; null on the last one.
    #[schema(example = json!(null))]
    next: Option<String>,
}

/// One stretch of work, with its computed hours.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimesheetItem {
    /// Id of the entry.
    id: Uuid,
    /// Code of its region.
    region: String,
    /// Id of the person.
    employee_id: Uuid,
    /// The person's name.
    employee_name: String,
    /// The date on which the work started.
    work_date: NaiveDate,
    /// `HH:MM`.
    #[schema(pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "08:30")]
    start_time: String,
    /// `HH:MM`; on the next day unless later than the start.
    #[schema(pattern = "^[0-2][0-9]:[0-5][0-9]$", example = "17:30")]
    end_time: String,
    /// Minutes of break, 0 to 480.
    #[schema(minimum = 0, maximum = 480)]
    break_minutes: i32,
    /// Whether it is a public holiday or another special day.
    is_special: bool,
    /// Free text.
    notes: String,
    /// Version of the row.
    version: i64,
    /// The hours of the entry in minutes, by the rules of its region.
    hours: Hours,
}

/// `GET /api/v1/timesheets`: entries with computed hours, page by page.
#[utoipa::path(
    get,
    path = "/api/v1/timesheets",
    tag = "reading",
    operation_id = "list_timesheets",
    params(ApiQuery),
    responses((status = 200, body = TimesheetPage, description = "A page of entries, oldest first")),
)]
pub async fn list_timesheets(state: Data<AppState>, actor: Req<Actor>, Checked(query): Checked<ApiQuery>) -> AppResult<HttpResponse> {
    let filter = query.filter()?;
    let scope = scope_for(&actor, query.region.as_ref().map(Region::code))?;
    let limit = Limit::or(query.limit, USUAL_LIMIT);
    let after = query.after.map_or((civil::FIRST_DAY, Uuid::nil()), |Place(date, id)| (date, id));
    let mut tx = state.db.read(&scope).await?;
    let rules = list_rules(&mut tx).await?;
    let mut entries = db::page_timesheets(&mut tx, &filter, after, limit + 1).await?;
    drop(tx);
    let more = i64::try_from(entries.len()).unwrap_or(0) > limit;
    entries.truncate(usize::try_from(limit).unwrap_or(0));
    let next = entries.last().filter(|_| more).map(|last| next_address(&query, limit, last));
    let items = entries
        .into_iter()
        .map(|entry| {
            let rules = rules.get(&entry.region).copied().unwrap_or_default();
            TimesheetItem::new(entry, &rules)
        })
        .collect();
    Ok(HttpResponse::Ok().json(TimesheetPage { items, next }))
}

impl ApiQuery {
    fn filter(&self) -> AppResult<Filter> {
        let day = |day: Option<Day>, unset| day.map_or(unset, |Day(date)| date);
        let (from, to) = (day(self.from, civil::FIRST_DAY), day(self.to, civil::LAST_DAY));
        if self.from.is_some() && self.to.is_some() && to < from {
            return Err(AppError::BadParams(vec![ParamError::new("to", "before from")]));
        }
        Ok(Filter { employee_id: self.employee_id, from, to, text: String::new() })
    }
}

impl TimesheetItem {
    fn new(entry: Listed, rules: &Rules) -> Self {
        let hours = hours(&entry.value.shift(), rules);
        let value = entry.value;
        Self {
            id: entry.id,
            region: entry.region,
            employee_id: value.employee_id,
            employee_name: entry.employee_name,
            work_date: value.work_date,
            start_time: civil::format_time(value.start_min),
            end_time: civil::format_time(value.end_min),
            break_minutes: value.break_minutes,
            is_special: value.is_special,
            notes: value.notes,
            version: entry.version,
            hours,
        }
    }
}

fn next_address(query: &ApiQuery, limit: i64, last: &Listed) -> String {
    let mut address = format!("/api/v1/timesheets?limit={limit}&after={}", Place(last.value.work_date, last.id).encode());
    let day = |day: Option<Day>| day.map(|Day(date)| date.to_string());
    let given = [
        ("from", day(query.from)),
        ("to", day(query.to)),
        ("region", query.region.as_ref().map(ToString::to_string)),
        ("employee_id", query.employee_id.map(|id| id.to_string())),
    ];
    for (name, value) in given.into_iter().filter_map(|(name, value)| Some((name, value?))) {
        address.push('&');
        address.push_str(name);
        address.push('=');
        address.push_str(&value); // dates, ids and region codes need no escaping
    }
    address
}

impl Place {
    fn encode(self) -> String {
        URL_SAFE_NO_PAD.encode(format!("{} {}", self.0, self.1))
    }

    fn decode(text: &str) -> Option<Self> {
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let (date, id) = plain.split_once(' ')?;
        let DayOfWork(date) = date.parse().ok()?;
        Some(Self(date, id.parse().ok()?))
    }
}

impl TryFrom<String> for Place {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::decode(&text).ok_or("not one of ours")
    }
}

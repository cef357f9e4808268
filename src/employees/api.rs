//! `GET /api/v1/employees`: the people of one's regions, passive ones too, deleted ones not. Identity numbers are masked.

use actix_web::{HttpResponse, web::Data};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, OpenApi, ToSchema};
use uuid::Uuid;

use super::{db, listed::Listed};
use crate::{
    error::AppResult,
    fold::fold,
    identity::{Actor, Region},
    identity_no::mask,
    state::AppState,
    web::{
        extract::Req,
        page::url_with,
        params::{Checked, Limit, SearchText},
        scope::scope_for,
    },
};

/// The addresses of this room in the API's description.
#[derive(OpenApi)]
#[openapi(paths(list_employees))]
pub struct ApiDoc;

/// People of an answer where nothing else was asked for.
const USUAL_LIMIT: i64 = 200;

/// What to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ApiQuery {
    /// Code of one of one's regions; all of them without it.
    #[param(inline)]
    region: Option<Region>,
    /// Part of the name, department or title; Turkish letters match their plain ones.
    #[param(value_type = Option<String>, max_length = 200)]
    q: Option<SearchText>,
    /// People at most; 200 without it.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 1000)]
    limit: Option<Limit>,
    /// Id after which a page goes on, as `next` gives it.
    after: Option<Uuid>,
}

/// A page of people, by id.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmployeePage {
    /// The people.
    items: Vec<EmployeeItem>,
    /// Address of the next page; null on the last one.
    #[schema(example = json!(null))]
    next: Option<String>,
}

/// A person of a region.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmployeeItem {
    /// Id of the person.
    id: Uuid,
    /// Code of their region.
    region: String,
    /// Name and surname.
    full_name: String,
    /// T.C. kimlik no with its middle masked; null where there is none.
    #[schema(example = "123******50")]
    identity_no_masked: Option<String>,
    /// Department; may be empty.
    department: String,
    /// Title; may be empty.
    title: String,
    /// First day.
    hire_date: Option<NaiveDate>,
    /// Last day.
    exit_date: Option<NaiveDate>,
    /// False for somebody who left.
    is_active: bool,
    /// Version of the row.
    version: i64,
}

/// `GET /api/v1/employees`: people of one's regions, passive ones too, page by page.
#[utoipa::path(
    get,
    path = "/api/v1/employees",
    tag = "reading",
    operation_id = "list_employees",
    params(ApiQuery),
    responses((status = 200, body = EmployeePage, description = "A page of people, by id")),
)]
pub async fn list_employees(state: Data<AppState>, actor: Req<Actor>, Checked(query): Checked<ApiQuery>) -> AppResult<HttpResponse> {
    let scope = scope_for(&actor, query.region.as_ref().map(Region::code))?;
    let limit = Limit::or(query.limit, USUAL_LIMIT);
    let text = fold(query.text());
    let mut tx = state.db.read(&scope).await?;
    let mut people = db::page_employees(&mut tx, &text, query.after.unwrap_or_default(), limit + 1).await?;
    drop(tx);
    let page_length = usize::try_from(limit).unwrap_or_default();
    let more = people.len() > page_length;
    people.truncate(page_length);
    let next = match people.last().filter(|_| more) {
        Some(last) => Some(next_address(&query, limit, last.id)?),
        None => None,
    };
    Ok(HttpResponse::Ok().json(EmployeePage { items: people.into_iter().map(EmployeeItem::new).collect(), next }))
}

impl ApiQuery {
    fn text(&self) -> &str {
        self.q.as_ref().map_or("", |SearchText(text)| text)
    }
}

impl EmployeeItem {
    fn new(employee: Listed) -> Self {
        let value = employee.value;
        Self {
            id: employee.id,
            region: employee.region,
            full_name: value.full_name,
            identity_no_masked: value.identity_no.as_deref().map(mask),
            department: value.department,
            title: value.title,
            hire_date: value.hire_date,
            exit_date: value.exit_date,
            is_active: value.is_active,
            version: employee.version,
        }
    }
}

fn next_address(query: &ApiQuery, limit: i64, last: Uuid) -> AppResult<String> {
    let mut address = format!("limit={limit}&after={last}");
    for (name, value) in [("region", query.region.as_ref().map_or("", Region::code)), ("q", query.text())] {
        let with = url_with(&address, name, value)?;
        with.trim_start_matches('?').clone_into(&mut address);
    }
    Ok(format!("/api/v1/employees?{address}"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::employees::Employee;

    #[test]
    fn an_item_carries_no_whole_identity_number() {
        let value = Employee {
            full_name: "Şükrü Işık".into(),
            identity_no: Some("12345678950".into()),
            department: "Depo".into(),
            hire_date: "2020-01-05".parse().ok(),
            is_active: true,
            ..Employee::default()
        };
        let listed = Listed { id: Uuid::nil(), region: "ankara".into(), version: 3, deleted_at: None, last_entry: None, value };
        let item = json!(EmployeeItem::new(listed));
        assert_eq!(item["identity_no_masked"], "123******50");
        assert_eq!((&item["hire_date"], &item["exit_date"]), (&json!("2020-01-05"), &Value::Null));
        assert!(!item.to_string().contains("12345678950"));
    }

    #[test]
    fn the_next_page_keeps_region_and_search() {
        let query = ApiQuery { region: Region::parse("izmir").ok(), q: Some(SearchText("ışık a".into())), ..ApiQuery::default() };
        let next = next_address(&query, 2, Uuid::nil()).unwrap();
        assert_eq!(next, format!("/api/v1/employees?limit=2&after={}&region=izmir&q=%C4%B1%C5%9F%C4%B1k%20a", Uuid::nil()));
        let plain = next_address(&ApiQuery::default(), 200, Uuid::nil()).unwrap();
        assert_eq!(plain, format!("/api/v1/employees?limit=200&after={}", Uuid::nil()));
    }
}

//! `GET /api/v1/employees`: the people of one's regions, passive ones too, deleted ones not. Identity numbers are masked.

use actix_web::{
    HttpResponse,
    web::{Data, Query},
};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    db::{self, Listed},
    identity_no::mask,
};
use crate::{auth::Actor, error::AppResult, fold::fold, state::AppState, timesheets::api::scope_for, web::page::url_with};

/// What to list.
#[derive(Debug, Default, Deserialize)]
pub struct ApiQuery {
    region: Option<String>,
    q: Option<String>,
    limit: Option<i64>,
    after: Option<Uuid>,
}

/// The handler. `next` is the address of the next page.
pub async fn list_employees(state: Data<AppState>, actor: Actor, query: Query<ApiQuery>) -> AppResult<HttpResponse> {
    let scope = scope_for(&actor, query.region.as_deref())?;
    let limit = query.limit.unwrap_or(200).clamp(1, 1000);
    let text = fold(query.q.as_deref().unwrap_or("").trim());
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
    let items: Vec<Value> = people.iter().map(to_json).collect();
    Ok(HttpResponse::Ok().json(json!({ "items": items, "next": next })))
}

fn to_json(employee: &Listed) -> Value {
    let value = &employee.value;
    json!({
        "id": employee.id,
        "region": employee.region,
        "full_name": value.full_name,
        "identity_no_masked": value.identity_no.as_deref().map(mask),
        "department": value.department,
        "title": value.title,
        "hire_date": value.hire_date,
        "exit_date": value.exit_date,
        "is_active": value.is_active,
        "version": employee.version,
    })
}

fn next_address(query: &ApiQuery, limit: i64, last: Uuid) -> AppResult<String> {
    let mut address = format!("limit={limit}&after={last}");
    for (name, value) in [("region", &query.region), ("q", &query.q)] {
        let with = url_with(&address, name, value.as_deref().unwrap_or(""))?;
        with.trim_start_matches('?').clone_into(&mut address);
    }
    Ok(format!("/api/v1/employees?{address}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::employees::Employee;

    #[test]
    fn an_item_carries_no_whole_identity_number() {
        let value = Employee {
            full_name: "Şükrü Işık".into(),
            identity_no: Some("12345678950".into()),
            department: "Depo".into(),
            title: String::new(),
            hire_date: "2020-01-05".parse().ok(),
            exit_date: None,
            is_active: true,
            shift_template_id: None,
        };
        let item = to_json(&Listed { id: Uuid::nil(), region: "ankara".into(), version: 3, deleted_at: None, value });
        assert_eq!(item["identity_no_masked"], "123******50");
        assert_eq!((&item["hire_date"], &item["exit_date"]), (&json!("2020-01-05"), &Value::Null));
        assert!(!item.to_string().contains("12345678950"));
    }

    #[test]
    fn the_next_page_keeps_region_and_search() {
        let query = ApiQuery { region: Some("izmir".into()), q: Some("ışık a".into()), ..ApiQuery::default() };
        let next = next_address(&query, 2, Uuid::nil()).unwrap();
        assert_eq!(next, format!("/api/v1/employees?limit=2&after={}&region=izmir&q=%C4%B1%C5%9F%C4%B1k%20a", Uuid::nil()));
        let plain = next_address(&ApiQuery::default(), 200, Uuid::nil()).unwrap();
        assert_eq!(plain, format!("/api/v1/employees?limit=200&after={}", Uuid::nil()));
    }
}

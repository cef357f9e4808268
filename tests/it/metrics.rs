//! `/metrics`: not public, and correct.

#![cfg(test)]

use std::sync::Arc;

use rainstaff::{
    config::{Config, MetricsToken},
    state::AppState,
};
use sqlx::Executor;

use crate::{
    auth::{CLERK_PASSWORD, Company},
    support::{
        browser::Browser,
        program::{Reply, send},
    },
};

const KEY: &str = "a-key-of-the-operator";

fn with_key(company: &Company) -> AppState {
    let config = Config { metrics_token: Some(MetricsToken::parse(KEY).unwrap()), ..(*company.state.config).clone() };
    AppState { config: Arc::new(config), ..company.state.clone() }
}

async fn figures(state: &AppState) -> Reply {
    send(state, "GET", "/metrics", &[("Authorization", &format!("Bearer {KEY}"))]).await
}

#[actix_web::test]
async fn there_is_no_such_page_until_a_key_is_set_and_none_without_it() {
    let company = Company::new().await;
    assert_eq!(figures(&company.state).await.status, 404);
    let state = with_key(&company);
    for headers in [&[][..], &[("Authorization", "Bearer a-key-of-somebody")], &[("Authorization", KEY)], &[("Authorization", "Bearer ")]] {
        let reply = send(&state, "GET", "/metrics", headers).await;
        assert_eq!((reply.status, reply.text.as_str()), (401, ""), "{headers:?}");
    }
    let mut browser = Browser::of(&state, "ankara1", CLERK_PASSWORD).await;
    assert_eq!(browser.get("/metrics").await.status, 401, "a session is no key");
    let reply = figures(&state).await;
    assert_eq!(reply.status, 200);
    assert!(reply.header("content-type").starts_with("application/openmetrics-text") && reply.text.ends_with("# EOF\n"));
}

#[actix_web::test]
async fn requests_and_operations_are_counted_and_what_waits_is_looked_up() {
    let company = Company::new().await;
    let state = with_key(&company);
    let mut browser = Browser::of(&state, "ankara1", CLERK_PASSWORD).await;
    let form = browser.get("/employees/new").await.form("form.entry-form").with("full_name", &["Ayşe Işık"]).minted();
    assert_eq!(browser.submit(&form).await.status, 200);
    assert_eq!(browser.submit(&form.with("full_name", &[""])).await.status, 422, "the same operation with another content");
    browser.get(&format!("/employees/{}/edit", uuid::Uuid::nil())).await;
    hold_and_conflict(&company).await;
    let text = figures(&state).await.text;
    for line in [
        r#"rainstaff_http_requests_total{method="POST",route="/employees",status="2xx"} 1"#,
        r#"rainstaff_http_requests_total{method="POST",route="/employees",status="4xx"} 1"#,
        r#"rainstaff_http_requests_total{method="GET",route="/employees/{id}/edit",status="4xx"} 1"#,
        r#"rainstaff_http_request_duration_seconds_count{method="POST",route="/employees"} 2"#,
        r#"rainstaff_operations_total{verdict="applied",entity="employee",origin="web"} 1"#,
        r#"rainstaff_operations_total{verdict="rejected",entity="employee",origin="web"} 1"#,
        r#"rainstaff_operations_held{region="izmir",reason="natural_key"} 1"#,
        r#"rainstaff_conflicts_open{region="izmir"} 1"#,
        r#"rainstaff_conflicts_open{region="ankara"} 0"#,
        "rainstaff_sessions 1",
        r#"rainstaff_db_connections{state="most"} 12"#,
        &format!(r#"rainstaff_build_info{{version="{}"}} 1"#, env!("CARGO_PKG_VERSION")),
    ] {
        assert!(text.lines().any(|known| known == line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("ankara1") && !text.contains("Ayşe"), "the figures name nobody");
}

/// One operation that waits, one that waited and was done, and a conflict.
async fn hold_and_conflict(company: &Company) {
    let mut conn = company.inspect().await;
    conn.execute(
        "INSERT INTO app.op_inbox (region, op_id, queue_id, n, actor, origin, fingerprint, kind, entity, entity_id, body)
         SELECT 'izmir', id, gen_random_uuid(), 1, gen_random_uuid(), 'offline', sha256(''), 'create', 'employee', gen_random_uuid(), '{}'
         FROM unnest(ARRAY['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002']::uuid[]) id;
         INSERT INTO app.op_verdict (region, op_id, attempt, verdict, reason, result, at) VALUES
            ('izmir', '00000000-0000-7000-8000-000000000001', 1, 'held', 'natural_key', '{}', '2026-01-01'),
            ('izmir', '00000000-0000-7000-8000-000000000002', 1, 'held', 'waiting_after', '{}', '2026-01-01'),
            ('izmir', '00000000-0000-7000-8000-000000000002', 2, 'applied', NULL, '{}', '2026-01-01');
         INSERT INTO app.conflict (region, id, kind, entity, entity_id) VALUES ('izmir', gen_random_uuid(), 'field', 'employee', gen_random_uuid());",
    )
    .await
    .unwrap();
}

//! The daily limit for data from queues: data above it are not stored, stay in their queue and arrive on another day.

#![cfg(test)]

use actix_web::{HttpRequest, body::to_bytes, test::TestRequest, web::Bytes, web::Data};
use rainstaff::{
    access::Client,
    api::exchange,
    clock::Clock,
    error::{AppError, AppResult},
    ops::{Op, Origin, VerdictKind},
    queue_health::api::post_ops_quarantine,
    state::AppState,
    sync::deliver,
};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{
    app::state_on,
    builders::{Company, at, clerk, employee_id, op, queue_id},
};

const MIB: i64 = 1024 * 1024;

fn request(path: &str) -> HttpRequest {
    let request = TestRequest::post().uri(path).insert_header(("content-type", "application/json"));
    request.insert_header(("x-sync-client", "1")).peer_addr(([192, 0, 2, 1], 4000).into()).to_http_request()
}

async fn send(state: &AppState, ops: &[Op]) -> AppResult<Value> {
    let body = Bytes::from(json!({ "nonce": 1, "ops": ops }).to_string());
    let answer = exchange::post_ops(Data::new(state.clone()), Client::Person(clerk("ankara")), request("/api/v1/ops"), body).await?;
    Ok(serde_json::from_slice(&to_bytes(answer.into_body()).await.unwrap()).unwrap())
}

fn person(n: u32) -> Op {
    let ankara = clerk("ankara");
    op(&ankara, "ankara").queued(queue_id(1), i64::from(n)).new_employee(employee_id(n), &format!("Kişi {n}"))
}

/// So many bytes are left of the clerk's day.
async fn leave(company: &Company, bytes: i64) {
    let mut conn = company.inspect().await;
    sqlx::query("UPDATE app.delivered SET bytes = $1").bind(64 * MIB - bytes).execute(&mut conn).await.unwrap();
}

#[tokio::test]
async fn what_is_over_the_limit_stays_in_its_queue_and_arrives_the_next_day() {
    let company = Company::new().await;
    let mut state = state_on(&company.db);
    let first: Vec<Op> = (1..=3).map(person).collect();
    assert_eq!(send(&state, &first).await.unwrap()["results"][2]["verdict"], "applied");
    let counted: i64 = company.look("SELECT bytes FROM app.delivered").await.parse().unwrap();
    assert!((900..3000).contains(&counted), "the three of them: {counted}");

    leave(&company, 100).await;
    let more: Vec<Op> = (4..=6).map(person).collect();
    for _ in 0..2 {
        let refused = send(&state, &more).await;
        assert!(matches!(refused, Err(AppError::Volume(3600))), "{refused:?}");
    }
    assert_eq!(company.look("SELECT count(*) FROM app.op_inbox").await, "3", "nothing of it was kept");
    assert_eq!(
        company.look("SELECT count(*) || ' ' || min(username) || ' ' || min(detail ->> 'mebibytes') FROM app.activity_event WHERE kind = 'volume_reached'").await,
        "1 ankara1 64",
        "the region's log says it once"
    );
    // What is here already costs nothing, however often it is asked about.
    assert_eq!(send(&state, &first).await.unwrap()["results"][0]["replayed"], true);

    state.clock = Clock::Fixed(at(180 + 24 * 60));
    assert_eq!(send(&state, &more).await.unwrap()["results"][2]["verdict"], "applied");
    assert_eq!(company.look("SELECT count(*) FROM app.employees").await, "6");
}

#[tokio::test]
async fn another_content_under_a_known_id_counts_too() {
    let company = Company::new().await;
    let state = state_on(&company.db);
    let known = person(1);
    send(&state, std::slice::from_ref(&known)).await.unwrap();
    leave(&company, 100).await;
    let forged = Op { fields: person(2).fields, ..known };
    assert!(matches!(send(&state, &[forged]).await, Err(AppError::Volume(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deliveries_at_the_same_moment_do_not_get_past_the_limit() {
    let company = Company::new().await;
    let state = state_on(&company.db);
    let ankara = clerk("ankara");
    let size = |op: &Op| i64::try_from(serde_json::to_vec(op).unwrap().len()).unwrap();
    send(&state, &[person(1)]).await.unwrap();
    leave(&company, size(&person(10)) * 2 + 10).await;
    let mut sending = JoinSet::new();
    for n in 10..20 {
        let (state, ankara) = (state.clone(), ankara.clone());
        sending.spawn(async move {
            let new = op(&ankara, "ankara").queued(queue_id(n), 1).new_employee(employee_id(n), &format!("Kişi {n}"));
            deliver(&state, &ankara, Origin::Offline, vec![new]).await
        });
    }
    let results = sending.join_all().await;
    let stored = results.iter().filter(|result| matches!(result, Ok(verdicts) if verdicts[0].verdict == VerdictKind::Applied)).count();
    assert_eq!(stored, 2, "two fit, and ten came at once");
    assert!(results.iter().all(|result| matches!(result, Ok(_) | Err(AppError::Volume(_)))));
    assert_eq!(company.look("SELECT count(*) FROM app.op_inbox").await, "3");
}

#[actix_web::test]
async fn the_quarantines_limit_cannot_be_raced() {
    let company = Company::with_connections(12).await;
    let state = state_on(&company.db);
    let mut depositing = JoinSet::new();
    for n in 0..44_u8 {
        let state = state.clone();
        depositing.spawn_local(async move {
            let body = Bytes::from(vec![n; 1024 * 1024]);
            post_ops_quarantine(Data::new(state), Client::Person(clerk("ankara")), request("/api/v1/ops/quarantine"), body).await.map(drop)
        });
    }
    let results = depositing.join_all().await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 32);
    assert!(results.iter().all(|result| matches!(result, Ok(()) | Err(AppError::TooMany(_) | AppError::Busy(_)))), "{results:?}");
    assert_eq!(company.look("SELECT sum(length(body)) FROM app.op_quarantine").await, (32 * MIB).to_string());
}

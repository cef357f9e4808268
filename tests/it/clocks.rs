//! Clocks of PCs are wrong, sometimes by thousands of years: no entry is lost because of that, no request fails, and stored times can be
//! read again.

#![cfg(test)]

use rainstaff::ops::Op;
use serde_json::{Value, json};

use crate::{
    auth::{CLERK_PASSWORD, Company},
    support::{
        browser::Browser,
        builders::{self, employee_id, op},
    },
};

const INSTANTS: [&str; 8] = [
    "-262143-01-01T00:00:00Z",
    "-271821-04-20T00:00:00.000Z",
    "0000-01-01T00:00:00Z",
    "1969-12-31T23:59:59Z",
    "9999-12-31T23:59:59Z",
    "+010000-01-01T00:00:00Z",
    "+262142-12-31T23:59:59.999Z",
    "+275760-09-13T00:00:00.000Z",
];

async fn send(browser: &mut Browser, op: &Op, edited_at: &str, offset_ms: i64) -> Value {
    let mut op = serde_json::to_value(op).unwrap();
    (op["edited_at"], op["offset_ms"]) = (json!(edited_at), json!(offset_ms));
    let answer = browser.call("/api/v1/ops", &json!({ "nonce": 1, "ops": [op] })).await;
    assert_eq!(answer.status, 200, "{edited_at}: {}", answer.html);
    answer.json()["results"][0].clone()
}

#[actix_web::test]
async fn an_operation_of_any_year_and_any_offset_is_taken_and_reads_back() {
    let company = Company::new().await;
    let mut browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let me: String = sqlx::query_scalar("SELECT id::text FROM auth.users WHERE username = 'ankara1'")
        .fetch_one(&mut company.inspect().await)
        .await
        .unwrap();
    let ankara = rainstaff::identity::Actor { user_id: me.parse().unwrap(), ..builders::clerk("ankara") };
    let mut n = 0;
    for edited_at in INSTANTS {
        for offset_ms in [0, i64::MAX, i64::MIN, 8_000_000_000_000_000] {
            n += 1;
            let made = op(&ankara, "ankara").new_employee(employee_id(n), "Ayşe Işık");
            assert_eq!(send(&mut browser, &made, edited_at, offset_ms).await["verdict"], "applied", "{edited_at} {offset_ms}");
            let edit = op(&ankara, "ankara").update("employee", employee_id(n), 1, json!({ "title": ["", "Usta"] }));
            assert_eq!(
                send(&mut browser, &edit, edited_at, offset_ms).await["verdict"],
                "applied",
                "the row reads back: {edited_at} {offset_ms}"
            );
            // Two edits of one field that met: both are kept, whichever clock is believed.
            let other = op(&ankara, "ankara").update("employee", employee_id(n), 1, json!({ "title": ["", "Kalfa"] }));
            assert_eq!(send(&mut browser, &other, edited_at, offset_ms).await["verdict"], "merged", "{edited_at} {offset_ms}");
            let refused = op(&ankara, "ankara").create("employee", employee_id(1000 + n), json!({ "full_name": "" }));
            assert_eq!(send(&mut browser, &refused, edited_at, offset_ms).await["verdict"], "rejected", "{edited_at} {offset_ms}");
        }
    }
    for page in ["/conflicts", "/queue", "/activity", "/employees"] {
        assert_eq!(browser.get(page).await.status, 200, "{page}");
    }
    let stored = "SELECT count(*) FROM app.op_inbox WHERE (body->>'edited_at')::timestamptz BETWEEN '1990-01-01' AND '2101-01-01'";
    assert_eq!(company.count(stored).await, i64::from(n) * 4);
}

/// The first release stored the instant as it came.
#[actix_web::test]
async fn what_the_first_release_stored_with_an_instant_that_cannot_be_is_shown() {
    let company = Company::new().await;
    let ankara = builders::clerk("ankara");
    let held = Op { v: 2, ..op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe Işık") };
    let made = op(&ankara, "ankara").new_employee(employee_id(2), "Işık Öz");
    let edits = ["Usta", "Kalfa"].map(|title| op(&ankara, "ankara").update("employee", employee_id(2), 1, json!({ "title": ["", title] })));
    let ops = [held, made].into_iter().chain(edits).collect();
    rainstaff::sync::deliver(&company.state, &ankara, rainstaff::ops::Origin::Offline, ops).await.unwrap();
    let mut owner = company.inspect().await;
    for sql in [
        "ALTER TABLE app.op_inbox DISABLE TRIGGER USER",
        "UPDATE app.op_inbox SET body = jsonb_set(body, '{edited_at}', '\"+262142-12-31T23:59:59Z\"')",
        "ALTER TABLE app.op_inbox ENABLE TRIGGER USER",
    ] {
        sqlx::Executor::execute(&mut owner, sql).await.unwrap();
    }
    let mut browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    assert_eq!(browser.get("/conflicts").await.count("form.conflict"), 1);
    assert_eq!(browser.get("/queue").await.count(".held"), 1);
}

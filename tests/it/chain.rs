//! The hash chains of the logs: they are valid after ordinary work, and a row that was changed, removed or added outside the program is
//! found. The tests tamper as the owner of the tables, who alone can disable the triggers.

#![cfg(test)]

use rainstaff::{
    clock::Clock,
    db::Scope,
    events::{self, EventKind, NewEvent},
    ops::Origin,
    sync::db::{LogHealth, find_log_health},
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor, PgConnection};

use crate::support::builders::{Company, at, clerk, employee_id, op, region};

/// Ten changes and five events in Ankara, one of each in Bursa.
async fn busy_company() -> Company {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    for n in 1..=8 {
        company.apply_one(&ankara, &op(&ankara, "ankara").new_employee(employee_id(n), "Işık Öztürk")).await;
    }
    let rename = op(&ankara, "ankara").update("employee", employee_id(1), 1, json!({ "full_name": ["Işık Öztürk", "Işıl Öztürk"] }));
    let drop = op(&ankara, "ankara").delete("employee", employee_id(2), 1);
    company.apply(&ankara, &[rename, drop]).await;
    let bursa = clerk("bursa");
    company.apply_one(&bursa, &op(&bursa, "bursa").new_employee(employee_id(1), "Şükrü Çağ")).await;
    for (office, events) in [("ankara", 5), ("bursa", 1)] {
        for _ in 0..events {
            let event = NewEvent::new(EventKind::SignIn).by(Some(&clerk(office)));
            events::record(&company.db, region(office), &event, &Clock::Fixed(at(0))).await.unwrap();
        }
    }
    company
}

async fn health_of(company: &Company, office: &str) -> LogHealth {
    let scope = Scope::system(region(office), None, Origin::System);
    let mut tx = company.db.read(&scope).await.unwrap();
    find_log_health(&mut tx, &region(office)).await.unwrap()
}

/// Where the chains of an office break: changes, events, rows without a number.
async fn breaks(company: &Company, office: &str) -> (Option<i64>, Option<i64>, i64) {
    let health = health_of(company, office).await;
    (health.changes_broken_at, health.events_broken_at, health.unsealed)
}

const WHOLE: (Option<i64>, Option<i64>, i64) = (None, None, 0);

/// The owner, with the triggers that protect the logs out of the way.
async fn intruder(company: &Company) -> PgConnection {
    let mut conn = company.inspect().await;
    for table in ["change_log", "activity_event"] {
        conn.execute(AssertSqlSafe(format!("ALTER TABLE app.{table} DISABLE TRIGGER USER"))).await.unwrap();
    }
    conn
}

async fn tamper(company: &Company, sql: &'static str) {
    let done = intruder(company).await.execute(sql).await.unwrap();
    assert_eq!(done.rows_affected(), 1, "{sql}");
}

#[tokio::test]
async fn both_chains_hold_after_ordinary_work() {
    let company = busy_company().await;
    assert_eq!(company.look("SELECT seq || ' ' || event_seq FROM app.region_head WHERE region = 'ankara'").await, "10 5");
    for office in ["ankara", "bursa", "izmir"] {
        assert_eq!(breaks(&company, office).await, WHOLE, "{office}");
    }
}

#[tokio::test]
async fn a_row_changed_by_the_owner_is_found_at_its_number() {
    for (column, value) in [
        ("actor", "gen_random_uuid()"),
        ("actor_name", "'istanbul1'"),
        ("after", "'{\"full_name\": \"Başkası\"}'"),
        ("before", "'{}'"),
        ("at", "at - interval '1 microsecond'"),
        ("action", "'delete'"),
        ("version", "version + 1"),
        ("entity_id", "gen_random_uuid()"),
        ("origin", "'import'"),
        ("client_at", "client_at + interval '1 minute'"),
        ("op_id", "NULL"),
    ] {
        let company = busy_company().await;
        let sql = format!("UPDATE app.change_log SET {column} = {value} WHERE region = 'ankara' AND seq = 4");
        let done = intruder(&company).await.execute(AssertSqlSafe(sql)).await.unwrap();
        assert_eq!(done.rows_affected(), 1);
        assert_eq!(breaks(&company, "ankara").await, (Some(4), None, 0), "{column}");
        assert_eq!(breaks(&company, "bursa").await, WHOLE, "the other region's chain is its own");
    }
}

#[tokio::test]
async fn a_changed_row_with_its_own_hash_made_to_fit_is_found_at_the_next_number() {
    let company = busy_company().await;
    tamper(
        &company,
        "UPDATE app.change_log c SET version = 99, hash = sec.change_digest(jsonb_populate_record(c, '{\"version\": 99}'), c.prev_hash)
         WHERE region = 'ankara' AND seq = 4",
    )
    .await;
    assert_eq!(breaks(&company, "ankara").await, (Some(5), None, 0));
}

#[tokio::test]
async fn a_removed_row_is_found() {
    let company = busy_company().await;
    tamper(&company, "DELETE FROM app.change_log WHERE region = 'ankara' AND seq = 7").await;
    assert_eq!(breaks(&company, "ankara").await, (Some(8), None, 0), "the first row that does not follow");

    let company = busy_company().await;
    tamper(&company, "DELETE FROM app.change_log WHERE region = 'ankara' AND seq = 10").await;
    assert_eq!(breaks(&company, "ankara").await, (Some(10), None, 0), "the last row: the head knows of it");
}

#[tokio::test]
async fn a_changed_head_is_found() {
    for sql in [
        "UPDATE app.region_head SET seq = 9 WHERE region = 'ankara'",
        "UPDATE app.region_head SET hash = sha256('x') WHERE region = 'ankara'",
        "DELETE FROM app.region_head WHERE region = 'ankara'",
    ] {
        let company = busy_company().await;
        tamper(&company, sql).await;
        assert!(breaks(&company, "ankara").await.0.is_some(), "{sql}");
    }
}

#[tokio::test]
async fn a_row_slipped_in_without_a_number_is_counted() {
    let company = busy_company().await;
    tamper(
        &company,
        "INSERT INTO app.change_log (region, at, origin, entity, entity_id, action, version)
         VALUES ('ankara', now(), 'web', 'employee', gen_random_uuid(), 'create', 1)",
    )
    .await;
    assert_eq!(breaks(&company, "ankara").await, (None, None, 1));
}

#[tokio::test]
async fn events_are_chained_like_changes() {
    for (sql, found) in [
        ("UPDATE app.activity_event SET detail = '{\"x\": 1}' WHERE region = 'ankara' AND seq = 2", Some(2)),
        ("UPDATE app.activity_event SET username = 'admin' WHERE region = 'ankara' AND seq = 3", Some(3)),
        ("DELETE FROM app.activity_event WHERE region = 'ankara' AND seq = 2", Some(3)),
        ("DELETE FROM app.activity_event WHERE region = 'ankara' AND seq = 5", Some(5)),
        ("UPDATE app.region_head SET event_seq = 4 WHERE region = 'ankara'", Some(4)),
    ] {
        let company = busy_company().await;
        tamper(&company, sql).await;
        assert_eq!(breaks(&company, "ankara").await, (None, found, 0), "{sql}");
    }
}

#[tokio::test]
async fn even_the_owner_cannot_touch_a_sealed_row_while_the_triggers_are_on() {
    let company = busy_company().await;
    for sql in [
        "UPDATE app.change_log SET version = 9",
        "DELETE FROM app.change_log",
        "TRUNCATE app.change_log",
        "UPDATE app.activity_event SET kind = 'export'",
        "DELETE FROM app.activity_event",
        "TRUNCATE app.activity_event",
        "UPDATE app.op_inbox SET n = 7",
        "DELETE FROM app.op_inbox",
        "TRUNCATE app.op_inbox, app.op_verdict, app.op_decision",
        "UPDATE app.op_verdict SET verdict = 'rejected'",
        "DELETE FROM app.op_verdict",
        "TRUNCATE app.conflict",
    ] {
        let error = company.inspect().await.execute(sql).await.expect_err(sql);
        assert_eq!(error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(), Some("RS002"), "{sql}: {error}");
    }
}

/// The versions that a page of the table has held, beside the lines that are there: a line that is written and then numbered leaves one.
#[tokio::test]
async fn a_line_of_the_log_is_written_once_and_none_stays_on_its_way() {
    let company = busy_company().await;
    assert_eq!(company.look("SELECT count(*) || ' ' || max((ctid::text::point)[1]) FROM app.change_log").await, "10 10");
    assert_eq!(company.look("SELECT count(*) FROM sec.staged_change").await, "0");
}

#[tokio::test]
async fn a_line_written_by_hand_gets_its_number_at_commit_like_all_others() {
    let company = busy_company().await;
    let by_hand = "BEGIN; SET LOCAL app.regions = 'ankara';
                   INSERT INTO app.change_log (region, at, origin, entity, entity_id, action, version)
                   VALUES ('ankara', now(), 'system', 'employee', '0190dead-0000-7000-8000-000000000001', 'restore', 7); COMMIT";
    company.inspect().await.execute(by_hand).await.unwrap();
    assert_eq!(company.look("SELECT seq FROM app.change_log WHERE version = 7").await, "11");
    assert_eq!(breaks(&company, "ankara").await, WHOLE);
}

/// Changes by hand of two regions in turn, some of them taken back, some sealed before the end.
#[tokio::test]
async fn a_transaction_of_several_regions_is_sealed_without_what_a_savepoint_took_back() {
    let company = busy_company().await;
    company.apply_one(&clerk("bursa"), &op(&clerk("bursa"), "bursa").new_employee(employee_id(50), "Şükrü Çağ")).await;
    let title = |office: &str, person: u32, title: &str| {
        format!(
            "UPDATE app.employees SET title = '{title}', version = version + 1 WHERE region = '{office}' AND id = '{}'",
            employee_id(person)
        )
    };
    let steps = [
        "BEGIN; SET LOCAL app.regions = 'ankara,bursa'".to_owned(),
        title("ankara", 3, "a"),
        "SAVEPOINT s".to_owned(),
        title("ankara", 3, "b"),
        title("ankara", 4, "b"),
        "ROLLBACK TO SAVEPOINT s".to_owned(),
        title("bursa", 50, "c"),
        title("ankara", 3, "d"),
        "SET CONSTRAINTS ALL IMMEDIATE".to_owned(),
        "SET CONSTRAINTS ALL DEFERRED".to_owned(),
        title("ankara", 4, "e"),
        title("ankara", 4, "f"),
        "COMMIT".to_owned(),
    ];
    company.inspect().await.execute(AssertSqlSafe(steps.join("; "))).await.unwrap();
    let written = "SELECT string_agg(region || seq || (after ->> 'title'), ' ' ORDER BY region, seq) FROM app.change_log WHERE after ->> 'title' <> ''";
    assert_eq!(company.look(written).await, "ankara11a ankara12d ankara13e ankara14f bursa2c");
    for office in ["ankara", "bursa"] {
        assert_eq!(breaks(&company, office).await, WHOLE, "{office}");
        assert_eq!(health_of(&company, office).await.digests_off, Vec::<String>::new(), "{office}");
    }
}

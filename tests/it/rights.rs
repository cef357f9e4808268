//! Rights are checked when rows are written: the role of the operation's author counts, however the operation arrives; and no page offers
//! what would be refused.

#![cfg(test)]

use rainstaff::{
    identity::Actor,
    ops::{Op, Origin, Reason, Verdict, VerdictKind},
    settings::settings_id,
    state::AppState,
    sync::{
        deliver,
        held::{self, Decision},
    },
};
use serde_json::{Value, json};
use sqlx::Executor;
use uuid::Uuid;

use crate::{
    auth::{self as accounts, ADMIN_PASSWORD, CLERK_PASSWORD},
    grant::company_with_accounts,
    support::{
        browser::{Browser, Form},
        builders::{Company, admin, clerk, employee_id, op, queue_id, region, template_id},
    },
};

const FORBIDDEN: (VerdictKind, Option<Reason>) = (VerdictKind::Rejected, Some(Reason::Forbidden));

fn said(verdict: &Verdict) -> (VerdictKind, Option<Reason>) {
    (verdict.verdict, verdict.reason)
}

fn day() -> Value {
    json!({ "day": "2026-11-20", "name": "Köprü günü", "kind": "day_off" })
}

/// What only an administrator may do, as `author` would do it: rows of Ankara and what becomes of them.
fn of_admins(author: &Actor) -> Vec<Op> {
    let draft = || op(author, "ankara");
    let (rule, free) = (settings_id(&region("ankara")), template_id(9));
    vec![
        draft().create("settings", rule, json!({ "weekday_hours": "8" })),
        draft().update("settings", rule, 1, json!({ "weekday_hours": ["8", "7"] })),
        draft().create("calendar_day", free, day()),
        draft().update("calendar_day", free, 1, json!({ "name": ["Köprü günü", "Köprü"] })),
        draft().delete("calendar_day", free, 2),
        draft().restore("calendar_day", free, 3),
        draft().delete("settings", rule, 2),
    ]
}

async fn send(state: &AppState, carrier: &Actor, ops: Vec<Op>) -> Vec<Verdict> {
    deliver(state, carrier, Origin::Offline, ops).await.unwrap()
}

#[tokio::test]
async fn a_clerks_operations_on_what_admins_write_are_refused_stored_and_told() {
    let (company, state) = company_with_accounts().await;
    for together in [true, false] {
        let ops = of_admins(&clerk("ankara"));
        let verdicts = if together {
            send(&state, &clerk("ankara"), ops).await
        } else {
            let mut each = Vec::new();
            for op in ops {
                each.extend(send(&state, &clerk("ankara"), vec![op]).await);
            }
            each
        };
        for verdict in &verdicts {
            assert_eq!((said(verdict), verdict.errors[0].code.as_str(), &verdict.row), (FORBIDDEN, "admins-only", &None), "{verdict:?}");
        }
    }
    let stored = "SELECT count(*) FILTER (WHERE verdict = 'rejected' AND reason = 'forbidden') || ' of ' || count(*) FROM app.op_verdict";
    assert_eq!(company.look(stored).await, "14 of 14");
    assert_eq!(company.look("SELECT (SELECT count(*) FROM app.settings) + (SELECT count(*) FROM app.calendar_days)").await, "0");
    for verdict in send(&state, &admin(), of_admins(&admin())).await {
        assert!(verdict.verdict.took_effect(), "{verdict:?}");
    }
}

#[tokio::test]
async fn the_authors_role_of_this_moment_counts_whoever_brings_the_operation() {
    let (company, state) = company_with_accounts().await;
    let (ankara, boss) = (clerk("ankara"), admin());
    // A claim in an admin's name needs the admin's grant; an admin who brings a clerk's operation lends it nothing.
    let claimed = Op { actor: boss.user_id, ..of_admins(&ankara).remove(0) };
    assert_eq!(send(&state, &ankara, vec![claimed]).await[0].reason, Some(Reason::GrantRevoked));
    let grant = crate::grant::grant_of(&state, &ankara, queue_id(1)).await;
    let key = rainstaff::sync::grant::GrantKey::of(&state.config.secret);
    let carried = Op { queue_id: queue_id(1), n: 1, grant: Some(key.sign(&grant)), ..of_admins(&ankara).remove(2) };
    assert_eq!(said(&send(&state, &boss, vec![carried]).await[0]), FORBIDDEN);
    // Somebody who was an admin when they entered it, and is none when it arrives.
    crate::grant::administer(&company, &format!("UPDATE auth.users SET role = 'user' WHERE id = '{}'", boss.user_id)).await;
    crate::grant::administer(&company, &format!("INSERT INTO auth.user_regions VALUES ('{}', 'ankara')", boss.user_id)).await;
    assert_eq!(said(&send(&state, &boss, vec![of_admins(&boss).remove(2)]).await[0]), FORBIDDEN);
}

#[tokio::test]
async fn no_decision_about_a_queue_makes_a_clerks_operation_an_admins() {
    let (company, state) = company_with_accounts().await;
    let (ankara, boss) = (clerk("ankara"), admin());
    let held = Op { actor: ankara.user_id, ..of_admins(&ankara).remove(2) };
    assert_eq!(send(&state, &boss, vec![held.clone()]).await[0].reason, Some(Reason::GrantRevoked), "held: no grant");
    let refused = of_admins(&ankara).remove(0);
    send(&state, &ankara, vec![refused.clone()]).await;
    for decision in [Decision::Accepted, Decision::Retried, Decision::SameRow] {
        for (op, who) in [(&held, &boss), (&held, &ankara), (&refused, &boss), (&refused, &ankara)] {
            held::decide(&state, who, &region("ankara"), op.op_id, Uuid::now_v7(), decision).await.unwrap();
        }
    }
    assert_eq!(company.look("SELECT (SELECT count(*) FROM app.settings) + (SELECT count(*) FROM app.calendar_days)").await, "0");
    assert_eq!(company.look("SELECT count(*) FROM app.op_decision").await, "0", "nothing that could be decided");
}

#[tokio::test]
async fn a_region_has_one_row_of_settings_under_its_own_id() {
    let (company, state) = company_with_accounts().await;
    let boss = admin();
    let other = op(&boss, "ankara").create("settings", Uuid::from_u128(7), json!({ "weekday_hours": "1" }));
    let verdict = send(&state, &boss, vec![other]).await.remove(0);
    assert_eq!((said(&verdict), verdict.errors[0].code.as_str()), ((VerdictKind::Rejected, Some(Reason::Invalid)), "one-row"));
    assert_eq!(company.look("SELECT count(*) FROM app.settings").await, "0");
}

async fn boss(company: &accounts::Company) -> Browser {
    Browser::of(&company.state, "admin", ADMIN_PASSWORD).await
}

async fn plan_form(boss: &mut Browser) -> Form {
    boss.get("/admin/settings/ankara").await.form("form.entry-form").minted()
}

#[actix_web::test]
async fn a_row_of_settings_under_another_id_is_the_regions_row_all_the_same() {
    let company = accounts::Company::new().await;
    let mut boss = boss(&company).await;
    let wrong = "INSERT INTO app.settings (region, id, weekday_min) VALUES ('ankara', '00000000-0000-0000-0000-000000000007', 60)";
    company.inspect().await.execute(wrong).await.unwrap();
    let form = plan_form(&mut boss).await;
    assert_eq!(form.value("weekday_hours"), "1");
    assert_eq!(boss.post(&form.with("weekday_hours", &["8"])).await.status, 303);
    let form = plan_form(&mut boss).await;
    assert_eq!(boss.post(&form.with("weekday_hours", &["9"])).await.status, 303, "and once more");
    assert_eq!(company.count("SELECT weekday_min::bigint FROM app.settings WHERE region = 'ankara'").await, 540);
    assert_eq!(boss.get("/admin/settings/ankara").await.count("section[aria-labelledby=history-title] article"), 3);
}

#[actix_web::test]
async fn a_clerk_is_offered_no_way_back_from_what_an_admin_changed_and_has_none() {
    let company = accounts::Company::new().await;
    let mut boss = boss(&company).await;
    for hours in ["8", "7"] {
        let form = plan_form(&mut boss).await.with("weekday_hours", &[hours]);
        assert_eq!(boss.post(&form).await.status, 303);
    }
    let offered = boss.get("/activity?entity=settings").await;
    assert_eq!(offered.count("form.change-reversal"), 1, "an admin may: {}", offered.html);
    let mut ankara = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let page = ankara.get("/activity").await;
    assert!(page.html.contains("Ayarlar"), "the clerk sees the change");
    assert_eq!(page.count("form.change-reversal"), 0);
    let forged = ankara.forge(offered.form("form.change-reversal").minted()).await;
    let answer = ankara.submit(&forged).await;
    assert_eq!((answer.status, answer.op_ack.as_str()), (422, ""), "{}", answer.html);
    assert!(answer.html.contains("yalnızca yöneticiler"), "{}", answer.html);
    assert_eq!(company.count("SELECT weekday_min::bigint FROM app.settings WHERE region = 'ankara'").await, 420);
}

#[actix_web::test]
async fn what_met_in_rows_of_admins_only_an_admin_settles() {
    let company = accounts::Company::new().await;
    let mut boss = boss(&company).await;
    let form = plan_form(&mut boss).await.with("weekday_hours", &["8"]);
    assert_eq!(boss.post(&form).await.status, 303);
    let (one, two) = (plan_form(&mut boss).await, plan_form(&mut boss).await);
    for (form, hours) in [(one, "7"), (two, "6")] {
        assert_eq!(boss.post(&form.with("weekday_hours", &[hours])).await.status, 303);
    }
    let mut ankara = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let seen = ankara.get("/conflicts").await;
    assert_eq!((seen.count(".conflict"), seen.count("form.conflict, button[name=choice]")), (1, 0), "seen, not offered");
    let offered = boss.get("/conflicts").await;
    assert_eq!(offered.count("form.conflict button[name=choice]"), 2);
    for choice in ["kept", "replaced"] {
        let forged = ankara.forge(offered.form("form.conflict").minted().with("choice", &[choice])).await;
        assert_eq!(ankara.submit(&forged).await.status, 403, "{choice}");
    }
    assert_eq!(company.count("SELECT count(*) FROM app.conflict WHERE resolved_at IS NULL").await, 1);
    assert_eq!(boss.submit(&offered.form("form.conflict").minted().with("choice", &["replaced"])).await.status, 200);
}

#[actix_web::test]
async fn the_queues_page_says_why_and_offers_no_other_try() {
    let company = accounts::Company::new().await;
    let ankara = clerk("ankara");
    deliver(&company.state, &ankara, Origin::Offline, vec![of_admins(&ankara).remove(2)]).await.unwrap();
    let mut browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let page = browser.get("/queue").await;
    assert!(page.text(".held").contains("yalnızca yöneticiler değiştirebilir"), "{}", page.text(".held"));
    assert_eq!((page.count("form[action$='/attempt']"), page.count("form[action$='/notice']")), (0, 1));
}

/// Two regions, one id: what the first release let in.
async fn twins(company: &Company) {
    let twins = "INSERT INTO app.employees (region, id, full_name) VALUES ('ankara', $1, 'Ayşe Işık'), ('izmir', $1, 'Ayşe Işık')";
    let mut conn = company.inspect().await;
    conn.execute("ALTER TABLE app.employees DISABLE TRIGGER ids_apart").await.unwrap();
    sqlx::query(twins).bind(employee_id(1)).execute(&mut conn).await.unwrap();
    conn.execute("ALTER TABLE app.employees ENABLE TRIGGER ids_apart").await.unwrap();
}

#[tokio::test]
async fn an_id_that_another_region_has_is_answered_like_one_of_a_row_that_is_not_there() {
    let (company, state) = company_with_accounts().await;
    let (ankara, istanbul) = (clerk("ankara"), clerk("istanbul"));
    let first = vec![
        op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe Işık"),
        op(&ankara, "ankara").new_timesheet(template_id(1), employee_id(1), "2026-11-16"),
    ];
    assert!(send(&state, &ankara, first).await.iter().all(|v| v.verdict.took_effect()));
    let own = op(&istanbul, "istanbul").new_employee(employee_id(2), "Başka biri");
    send(&state, &istanbul, vec![own]).await;
    let missing = op(&istanbul, "istanbul").update("employee", employee_id(9), 1, json!({ "title": ["", "Usta"] }));
    let plain = send(&state, &istanbul, vec![missing]).await.remove(0);
    let twins = || {
        vec![
            op(&istanbul, "istanbul").new_employee(employee_id(1), "Ayşe Işık"),
            op(&istanbul, "istanbul").new_timesheet(template_id(1), employee_id(2), "2026-11-16"),
        ]
    };
    let alone = send(&state, &istanbul, vec![twins().remove(0)]).await;
    for verdict in alone.into_iter().chain(send(&state, &istanbul, twins()).await) {
        assert_eq!(verdict, Verdict { op_id: verdict.op_id, ..plain.clone() });
    }
    let one = rainstaff::sync::submit(&state, &istanbul, twins().remove(0)).await.unwrap();
    assert!(matches!(one, rainstaff::ops::Submitted::Unknown), "a form: {one:?}");
    assert_eq!(company.look("SELECT count(*) FROM app.employees WHERE region = 'istanbul'").await, "1");
    // Among others of a batch it stops none of them.
    let mut mixed = twins();
    mixed.insert(1, op(&istanbul, "istanbul").new_employee(employee_id(3), "Üçüncü"));
    mixed.insert(2, op(&istanbul, "istanbul").new_employee(employee_id(4), "Dördüncü"));
    let words: Vec<_> = send(&state, &istanbul, mixed).await.iter().map(|v| v.verdict).collect();
    assert_eq!(words, [VerdictKind::Rejected, VerdictKind::Applied, VerdictKind::Applied, VerdictKind::Rejected]);
}

#[tokio::test]
async fn rows_that_have_one_id_in_two_regions_are_told_apart_by_the_region_in_the_address() {
    let (company, state) = company_with_accounts().await;
    twins(&company).await;
    let boss = admin();
    let verdicts = send(&state, &boss, vec![op(&boss, "izmir").update("employee", employee_id(1), 1, json!({ "title": ["", "Usta"] }))]);
    assert!(verdicts.await[0].verdict.took_effect());
    assert_eq!(company.look("SELECT title || '/' || region FROM app.employees WHERE title <> ''").await, "Usta/izmir");
}

#[actix_web::test]
async fn a_page_asks_for_the_region_where_two_answer_and_its_lists_name_it() {
    let company = accounts::Company::new().await;
    let mut conn = company.inspect().await;
    conn.execute("ALTER TABLE app.employees DISABLE TRIGGER ids_apart").await.unwrap();
    let twins = "INSERT INTO app.employees (region, id, full_name) VALUES ('ankara', $1, 'Ayşe Işık'), ('izmir', $1, 'Ayşe Işık')";
    sqlx::query(twins).bind(employee_id(1)).execute(&mut conn).await.unwrap();
    let mut boss = boss(&company).await;
    let id = employee_id(1);
    let asked = boss.get(&format!("/employees/{id}?month=2026-01")).await;
    assert_eq!(asked.status, 409);
    let links = asked.texts("main li a");
    assert_eq!(links, ["Ankara", "Bursa", "İstanbul", "İzmir"], "{}", asked.html);
    assert_eq!(asked.attribute("main li:last-child a", "href"), format!("/employees/{id}?month=2026-01&region=izmir"));
    assert_eq!(boss.get(&format!("/employees/{id}?region=bursa")).await.status, 404, "there it is not");
    let form = boss.get("/employees?region=izmir").await.form("form[action*='/passivation']").minted();
    assert_eq!(form.action, format!("/employees/{id}/passivation?region=izmir"));
    let without = Form { action: format!("/employees/{id}/passivation"), ..form.clone() };
    assert_eq!(boss.submit(&without).await.status, 409);
    assert_eq!(company.count("SELECT count(*) FROM app.employees WHERE NOT is_active").await, 0, "nobody was changed");
    assert_eq!(boss.submit(&form).await.status, 200);
    assert_eq!(company.count("SELECT count(*) FROM app.employees WHERE NOT is_active AND region = 'izmir'").await, 1);
    assert_eq!(company.count("SELECT count(*) FROM app.employees WHERE NOT is_active").await, 1);
}

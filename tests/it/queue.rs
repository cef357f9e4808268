//! Operations that wait or were refused (SYNC 3.4, 3.8): when they are retried, what people decide about them, and that none ever
//! disappears.

#![cfg(test)]

use rainstaff::{
    identity::Actor,
    ops::{Op, Origin, Reason, Verdict, VerdictKind},
    state::AppState,
    sync::{
        deliver,
        held::{self, Decision},
    },
};
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor};
use uuid::Uuid;

use crate::{
    auth::{self as accounts, CLERK_PASSWORD},
    grant::company_with_accounts,
    support::{
        app::state_on,
        browser::Browser,
        builders::{self, Company, clerk, employee_id, op, queue_id, region, timesheet_id},
    },
};

const APPLIED: (VerdictKind, Option<Reason>) = (VerdictKind::Applied, None);

fn said(verdict: &Verdict) -> (VerdictKind, Option<Reason>) {
    (verdict.verdict, verdict.reason)
}

async fn decide(state: &AppState, who: &Actor, op: &Op, decision: Decision) -> Verdict {
    held::decide(state, who, &region("ankara"), op.op_id, Uuid::now_v7(), decision).await.unwrap().1
}

async fn latest(company: &Company, op: &Op) -> String {
    let sql =
        format!("SELECT verdict || coalesce(' ' || reason, '') FROM app.op_verdict WHERE op_id = '{}' ORDER BY attempt DESC", op.op_id);
    company.look(&sql).await
}

/// A person without a name, an entry of theirs and a note on it: refused, and two that hang on it.
fn nameless() -> [Op; 3] {
    let ankara = clerk("ankara");
    let person = op(&ankara, "ankara").queued(queue_id(1), 1).new_employee(employee_id(1), " ");
    let entry = op(&ankara, "ankara").queued(queue_id(1), 2).after(&[&person]).new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16");
    let note = json!({ "notes": ["", "gece"] });
    let edit = op(&ankara, "ankara").queued(queue_id(1), 3).after(&[&entry]).update("timesheet", timesheet_id(1), 1, note);
    [person, entry, edit]
}

#[tokio::test]
async fn what_hangs_on_a_refused_row_is_done_when_somebody_puts_the_row_right() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let [person, entry, edit] = nameless();
    company.apply(&ankara, &[person.clone(), entry.clone(), edit.clone()]).await;
    assert_eq!([latest(&company, &entry).await, latest(&company, &edit).await], ["held dep_rejected", "held dep_rejected"]);
    let other = op(&ankara, "ankara").new_employee(employee_id(2), "Başka biri");
    company.apply_one(&ankara, &other).await;
    assert_eq!(latest(&company, &entry).await, "held dep_rejected", "another row puts nothing right");
    let right = op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe");
    assert_eq!(said(&company.apply_one(&ankara, &right).await), APPLIED);
    assert_eq!([latest(&company, &entry).await, latest(&company, &edit).await], ["applied", "applied"]);
    assert_eq!(latest(&company, &person).await, "rejected invalid", "what was refused stays refused");
    assert_eq!(company.look("SELECT notes FROM app.timesheets").await, "gece");
}

#[tokio::test]
async fn the_same_person_twice_is_one_person_with_the_entries_of_both_and_every_difference_shown() {
    let company = Company::new().await;
    let (state, ankara) = (state_on(&company.db), clerk("ankara"));
    let values = |name: &str, title: &str| json!({ "full_name": name, "identity_no": "10000000146", "title": title, "department": "" });
    let first = op(&ankara, "ankara").at(-60).create("employee", employee_id(1), values("Ayşe Işık", "Usta"));
    let second = op(&ankara, "ankara").queued(queue_id(1), 1).at(-90).create("employee", employee_id(2), values("Ayşe Işık", "Kalfa"));
    let entry = op(&ankara, "ankara").queued(queue_id(1), 2).after(&[&second]);
    let entry = entry.new_timesheet(timesheet_id(1), employee_id(2), "2026-11-16");
    company.apply(&ankara, &[first, second.clone(), entry.clone()]).await;
    assert_eq!([latest(&company, &second).await, latest(&company, &entry).await], ["held natural_key", "held waiting_after"]);

    let verdict = decide(&state, &ankara, &second, Decision::SameRow).await;
    assert_eq!(said(&verdict), (VerdictKind::Merged, None), "{verdict:?}");
    assert_eq!(latest(&company, &entry).await, "applied");
    assert_eq!(company.look("SELECT employee_id FROM app.timesheets").await, employee_id(1).to_string());
    assert_eq!(company.look("SELECT count(*) || ' ' || min(title) FROM app.employees").await, "1 Usta");
    assert_eq!(company.look("SELECT field || ' ' || win || ' ' || lose FROM app.conflict").await, r#"title "Usta" "Kalfa""#);
    let note = op(&ankara, "ankara").queued(queue_id(1), 3).update("employee", employee_id(2), 1, json!({ "department": ["", "Depo"] }));
    assert_eq!(said(&company.apply_one(&ankara, &note).await), APPLIED, "later work on the second is work on the first");
    assert_eq!(company.look("SELECT department FROM app.employees").await, "Depo");
}

#[tokio::test]
async fn what_is_given_up_is_kept_and_what_waited_for_it_says_so() {
    let company = Company::new().await;
    let (state, ankara) = (state_on(&company.db), clerk("ankara"));
    let newer = Op { v: 2, ..op(&ankara, "ankara").queued(queue_id(1), 1).new_employee(employee_id(1), "Ayşe") };
    let entry = op(&ankara, "ankara").queued(queue_id(1), 2).after(&[&newer]).new_timesheet(timesheet_id(1), employee_id(1), "2026-11-16");
    company.apply(&ankara, &[newer.clone(), entry.clone()]).await;
    let click = Uuid::now_v7();
    for _ in 0..2 {
        held::decide(&state, &ankara, &region("ankara"), newer.op_id, click, Decision::Discarded).await.unwrap();
    }
    assert_eq!(latest(&company, &newer).await, "rejected discarded");
    assert_eq!(latest(&company, &entry).await, "held dep_rejected");
    assert_eq!(
        company.look("SELECT count(*) || ' ' || min(decided_by_name) FROM app.op_decision").await,
        "1 ankara1",
        "one click, one line"
    );
    assert_eq!(company.look("SELECT body->'fields'->'full_name'->>'to' FROM app.op_inbox WHERE body->>'v' = '2'").await, "Ayşe");
}

#[tokio::test]
async fn a_region_that_opens_and_a_server_that_starts_try_again_what_waited_for_that() {
    let (company, state) = company_with_accounts().await;
    let ankara = clerk("ankara");
    let mut owner = company.inspect().await;
    owner.execute("UPDATE app.regions SET active = false WHERE code = 'ankara'").await.unwrap();
    let made = op(&ankara, "ankara").new_employee(employee_id(1), "Ayşe");
    let held_now = deliver(&state, &ankara, Origin::Offline, vec![made.clone()]).await.unwrap().remove(0);
    assert_eq!(held_now.reason, Some(Reason::RegionClosed));
    held::retry_of_region(&state, &region("ankara")).await;
    assert_eq!(company.look("SELECT count(*) FROM app.op_verdict").await, "1", "still closed: nothing new to say");
    owner.execute("UPDATE app.regions SET active = true WHERE code = 'ankara'").await.unwrap();
    held::retry_of_region(&state, &region("ankara")).await;
    assert_eq!(latest(&company, &made).await, "applied");

    // A fault of ours: five letters divide by zero, until the next version.
    let fault = "ALTER TABLE app.employees ADD CONSTRAINT fault CHECK (1 / (length(full_name) - 5) IS NOT NULL)";
    owner.execute(AssertSqlSafe(fault)).await.unwrap();
    let poison = op(&ankara, "ankara").new_employee(employee_id(2), "Zehir");
    deliver(&state, &ankara, Origin::Offline, vec![poison.clone()]).await.unwrap();
    assert_eq!(latest(&company, &poison).await, "held internal_error");
    owner.execute("ALTER TABLE app.employees DROP CONSTRAINT fault").await.unwrap();
    held::retry_at_start(&state).await.unwrap();
    assert_eq!(latest(&company, &poison).await, "applied");
}

#[tokio::test]
async fn whatever_people_decide_nothing_of_an_operation_disappears() {
    let company = Company::new().await;
    let (state, ankara, admin) = (state_on(&company.db), clerk("ankara"), builders::admin());
    let everything = "SELECT (SELECT string_agg(op_id || body::text, '|' ORDER BY op_id) FROM app.op_inbox)
        || (SELECT string_agg(op_id || verdict || attempt, '|' ORDER BY op_id, attempt) FROM app.op_verdict WHERE attempt = 1)";
    let forged = Op { actor: admin.user_id, ..op(&ankara, "ankara").new_employee(employee_id(7), "Sahte") };
    let ops: Vec<Op> = nameless().into_iter().chain([forged]).collect();
    company.apply(&ankara, &ops).await;
    let before = company.look(everything).await;
    for decision in [Decision::Retried, Decision::Accepted, Decision::SameRow, Decision::Seen, Decision::Discarded, Decision::Retried] {
        for op in &ops {
            for who in [&ankara, &admin] {
                decide(&state, who, op, decision).await;
            }
        }
        assert_eq!(company.look(everything).await, before, "{decision:?}");
    }
    for sql in ["DELETE FROM app.op_decision", "UPDATE app.op_decision SET decision = 'seen'", "DELETE FROM app.op_verdict"] {
        assert!(company.inspect().await.execute(sql).await.is_err(), "{sql}");
    }
}

#[actix_web::test]
async fn the_page_says_what_waits_and_why_and_its_buttons_do_what_they_say() {
    let company = accounts::Company::new().await;
    let ankara = builders::clerk("ankara");
    let refused =
        op(&ankara, "ankara").queued(queue_id(1), 1).create("employee", employee_id(1), json!({ "full_name": "", "title": "Usta" }));
    let newer = Op { v: 2, ..op(&ankara, "ankara").queued(queue_id(1), 2).new_employee(employee_id(2), "Ayşe Işık") };
    deliver(&company.state, &ankara, Origin::Offline, vec![refused, newer]).await.unwrap();
    let mut browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let page = browser.get("/queue").await;
    assert_eq!(page.texts(".held h3"), ["Yeni kayıt (Çalışan)", "Yeni kayıt (Çalışan): Ayşe Işık"]);
    assert!(page.text(".held-errors").starts_with("Ad soyad: "), "{}", page.text(".held-errors"));
    assert_eq!(browser.load("/queue/badges", "div").await.texts("hx-partial").last().unwrap(), "2 bekletilen ya da reddedilen işlem");

    let seen = browser.submit(&page.form("form[action$='/notice']").minted()).await;
    assert_eq!((seen.status, seen.op_ack.is_empty()), (200, false), "{}", seen.html);
    assert_eq!(browser.get("/queue").await.texts(".held h3"), ["Yeni kayıt (Çalışan): Ayşe Işık"]);
    assert_eq!(browser.get("/queue?state=settled").await.count(".held"), 1, "it is kept");
    let discard = browser.submit(&page.form("form[action$='/discard']").minted()).await;
    assert_eq!(discard.status, 200, "{}", discard.html);
    assert_eq!((browser.get("/queue").await.count(".held"), browser.get("/queue?state=settled").await.count(".held")), (0, 2));

    company.give_password("istanbul1", CLERK_PASSWORD, false).await.unwrap();
    let mut other = Browser::of(&company.state, "istanbul1", CLERK_PASSWORD).await;
    let foreign = page.form("form[action$='/attempt']").minted();
    assert_eq!(other.submit(&foreign).await.status, 401, "the form is somebody else's");
    let mut foreign = other.forge(foreign).await;
    assert_eq!(other.submit(&foreign).await.status, 404, "the region is not theirs");
    foreign = foreign.with("region", &["istanbul"]);
    assert_eq!(other.submit(&foreign).await.status, 404, "their region has no such operation");
    assert_eq!(other.get("/queue").await.count(".held"), 0);
}

#[actix_web::test]
async fn a_long_list_has_pages_and_each_operation_is_on_one() {
    let company = accounts::Company::new().await;
    let ankara = builders::clerk("ankara");
    let nameless =
        |n: u32| op(&ankara, "ankara").queued(queue_id(1), i64::from(n)).create("employee", employee_id(n), json!({ "full_name": "" }));
    let refused: Vec<Op> = (1..=120).map(nameless).collect();
    for chunk in refused.chunks(60) {
        deliver(&company.state, &ankara, Origin::Offline, chunk.to_vec()).await.unwrap();
    }
    let mut browser = Browser::of(&company.state, "ankara1", CLERK_PASSWORD).await;
    let mut seen = Vec::new();
    for (page, range, count) in [(1, "1–50 arası", 50), (2, "51–100 arası", 50), (3, "101–120 arası", 20)] {
        let shown = browser.get(&format!("/queue?state=rejected&page={page}")).await;
        let ids = refused.iter().filter(|op| shown.html.contains(&format!("id=\"op-{}\"", op.op_id))).map(|op| op.op_id);
        let before = seen.len();
        seen.extend(ids);
        assert_eq!(seen.len() - before, count, "page {page}");
        assert!(shown.text(".pager").contains(range), "{}", shown.text(".pager"));
    }
    let all: Vec<Uuid> = refused.iter().map(|op| op.op_id).collect();
    assert_eq!(seen, all, "each once, in the queue's order");
    assert_eq!(browser.get("/queue?page=99").await.count(".held"), 50, "a page that is not there any more is the first");
}

/// So many that the request which opens the region does not wait for them all.
#[tokio::test]
async fn all_that_waited_for_a_region_is_applied_however_much_it_is_and_what_stays_held_keeps_nothing_back() {
    let (company, state) = company_with_accounts().await;
    let ankara = clerk("ankara");
    let mut owner = company.inspect().await;
    owner.execute("UPDATE app.regions SET active = false WHERE code = 'ankara'").await.unwrap();
    let made: Vec<Op> =
        (1..=450).map(|n| op(&ankara, "ankara").queued(queue_id(1), n.into()).new_employee(employee_id(n), &format!("Kişi {n}"))).collect();
    deliver(&state, &ankara, Origin::Offline, made).await.unwrap();
    let waiting = "SELECT count(*) FROM app.op_inbox i WHERE (SELECT v.verdict || v.reason FROM app.op_verdict v WHERE v.op_id = i.op_id ORDER BY attempt DESC LIMIT 1) = 'heldregion_closed'";
    assert_eq!(company.look(waiting).await, "450");
    owner.execute("UPDATE app.regions SET active = true WHERE code = 'ankara'").await.unwrap();
    // More than are looked up at a time stay held for a fault of ours, whenever they are tried.
    owner.execute("ALTER TABLE app.employees ADD CONSTRAINT fault CHECK (split_part(full_name, ' ', 2)::int > 230)").await.unwrap();
    held::retry_of_region(&state, &region("ankara")).await;
    let left: i64 = company.look(waiting).await.parse().unwrap();
    assert!((1..=430).contains(&left), "the first are tried while somebody waits, the others behind the answer: {left}");
    for _ in 0..600 {
        if company.look(waiting).await == "0" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(company.look("SELECT count(*) FROM app.employees").await, "220");

    // A process that ended on the way leaves the rest to the next one.
    owner.execute("ALTER TABLE app.employees DROP CONSTRAINT fault").await.unwrap();
    held::retry_at_start(&state).await.unwrap();
    assert_eq!(company.look("SELECT count(*) FROM app.employees").await, "450");
}

#[tokio::test]
async fn what_a_process_left_undone_when_it_ended_is_done_at_the_next_start_and_a_closed_region_waits_on() {
    let (company, state) = company_with_accounts().await;
    let mut owner = company.inspect().await;
    owner.execute("UPDATE app.regions SET active = false WHERE code IN ('ankara', 'izmir')").await.unwrap();
    let made = ["ankara", "izmir"].map(|code| op(&clerk(code), code).new_employee(employee_id(1), "Ayşe"));
    for (made, code) in made.iter().zip(["ankara", "izmir"]) {
        deliver(&state, &clerk(code), Origin::Offline, vec![made.clone()]).await.unwrap();
    }
    owner.execute("UPDATE app.regions SET active = true WHERE code = 'ankara'").await.unwrap();
    held::retry_at_start(&state).await.unwrap();
    assert_eq!((latest(&company, &made[0]).await.as_str(), latest(&company, &made[1]).await.as_str()), ("applied", "held region_closed"));
    assert_eq!(company.look("SELECT count(*) FROM app.op_verdict").await, "3", "nothing new is said of what still waits");
}

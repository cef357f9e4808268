//! What an office's PC delivers and reads: operations in their authors' names with their grants, rows of its region without identity
//! numbers, and no data of another office.

#![cfg(test)]

use rainstaff::{
    auth::rights::find_rights,
    identity::Region,
    ids::new_id,
    ops::Op,
    state::AppState,
    sync::{
        grant::{Grant, GrantKey, LIFETIME},
        held::{self, Decision},
    },
};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::{
    auth::{ADMIN_PASSWORD, CLERK_PASSWORD, Company},
    support::{
        browser::Browser,
        builders::{self, clerk, op, queue_id, region},
        office_pc::OfficePc,
    },
};

const OPS: &str = "/api/v1/ops";
const NUMBER: &str = "10000000146";

/// A company with a PC in Ankara.
struct Office {
    company: Company,
    pc: OfficePc,
}

impl Office {
    async fn new() -> Self {
        let company = Company::new().await;
        let mut admin = Browser::of(&company.state, "admin", ADMIN_PASSWORD).await;
        let pc = OfficePc::enrol(&company.state, &mut admin, "Ankara ofis PC", "ankara").await;
        Self { company, pc }
    }

    fn state(&self) -> &AppState {
        &self.company.state
    }

    async fn account(&self, username: &str) -> Uuid {
        let sql = format!("SELECT id::text FROM auth.users WHERE username = '{username}'");
        self.look(&sql).await.remove(0).parse().unwrap()
    }

    async fn look(&self, sql: &str) -> Vec<String> {
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_all(&mut self.company.inspect().await).await.unwrap()
    }

    async fn administer(&self, sql: &str) {
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut self.company.inspect().await).await.unwrap();
    }

    /// What the server says of a person's queue now.
    async fn grant(&self, username: &str, queue: Uuid) -> Grant {
        let user = self.account(username).await;
        let rights = find_rights(&self.state().db, user).await.unwrap().unwrap();
        let issued = self.state().clock.now();
        Grant { user, regions: rights.regions, queue, issued, expires: issued + LIFETIME, epoch: rights.epoch, session: None, device: None }
    }

    fn sign(&self, grant: &Grant) -> String {
        GrantKey::of(&self.state().config.secret).sign(grant)
    }

    /// A new employee in the n-th place of ankara1's queue, with ankara1's grant for it.
    async fn entry(&self, n: i64) -> Op {
        let grant = self.grant("ankara1", queue_id(1)).await;
        let made = op(&clerk("ankara"), "ankara").queued(queue_id(1), n);
        let person = json!({ "full_name": format!("Ayşe {n}"), "title": format!("Usta {n}") });
        Op { actor: grant.user, grant: Some(self.sign(&grant)), ..made.create("employee", new_id(), person) }
    }

    /// Delivers, and answers the batch's verdicts.
    async fn deliver(&self, ops: &[Op]) -> Vec<Value> {
        let reply = self.pc.post(self.state(), OPS, &json!({ "nonce": 1, "ops": ops })).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()["results"].as_array().unwrap().clone()
    }

    /// `verdict reason` of one operation.
    async fn said(&self, op: &Op) -> String {
        said(&self.deliver(std::slice::from_ref(op)).await[0])
    }
}

fn said(verdict: &Value) -> String {
    [&verdict["verdict"], &verdict["reason"]].iter().filter_map(|word| word.as_str()).collect::<Vec<_>>().join(" ")
}

#[actix_web::test]
async fn what_a_pc_carries_is_done_in_the_authors_name_and_the_log_has_the_pc() {
    let office = Office::new().await;
    let ops = [office.entry(1).await, office.entry(2).await];
    for verdict in office.deliver(&ops).await {
        assert_eq!(said(&verdict), "applied");
        assert!(verdict["seq"].is_i64() && verdict["row"]["full_name"].is_string(), "{verdict}");
    }
    let edit = Op {
        grant: ops[0].grant.clone(),
        actor: ops[0].actor,
        ..op(&clerk("ankara"), "ankara").queued(queue_id(1), 3).update("employee", ops[0].id, 1, json!({ "title": ["Usta 1", "Kalfa"] }))
    };
    assert_eq!(office.said(&edit).await, "applied");
    let line = "SELECT concat_ws(' ', l.actor_name, l.origin, l.device, i.carrier, i.origin) FROM app.change_log l JOIN app.op_inbox i USING (op_id)";
    let wanted = format!("ankara1 agent {id} {id} agent", id = office.pc.id);
    assert_eq!(office.look(line).await, [wanted.as_str(); 3]);
    let again = office.deliver(&ops).await;
    assert!(again.iter().all(|verdict| verdict["replayed"] == json!(true)), "{again:?}");
    let status = office.pc.post(office.state(), "/api/v1/ops/status", &json!({ "op_ids": [edit.op_id, Uuid::nil()] })).await.json();
    assert_eq!((said(&status["results"][0]), said(&status["results"][1])), ("applied".into(), "unknown".into()));
    let mut browser = Browser::of(office.state(), "ankara1", CLERK_PASSWORD).await;
    let activity = browser.get("/activity").await;
    assert!(activity.html.contains("ofis bilgisayarı: Ankara ofis PC"), "the activity names the PC");
    assert!(browser.get(&format!("/employees/{}", ops[0].id)).await.html.contains("ofis bilgisayarı: Ankara ofis PC"), "so does the card");
}

#[actix_web::test]
async fn nothing_is_the_pcs_own_and_a_grant_has_to_fit() {
    let office = Office::new().await;
    let entry = office.entry(1).await;
    let good = office.grant("ankara1", queue_id(1)).await;
    let (admin, nobody) = (office.account("admin").await, Uuid::from_u128(5));
    let cases = [
        ("no grant", Op { grant: None, ..entry.clone() }),
        ("nonsense", Op { grant: Some("g1.e30.AAAA".into()), ..entry.clone() }),
        ("another person's", Op { actor: admin, ..entry.clone() }),
        ("nobody's", Op { actor: nobody, ..entry.clone() }),
        ("another queue's", Op { queue_id: queue_id(2), ..entry.clone() }),
        ("another region's", Op { grant: Some(office.sign(&Grant { regions: vec![region("izmir")], ..good.clone() })), ..entry.clone() }),
        ("the PC itself", Op { actor: office.pc.id, grant: None, ..entry.clone() }),
    ];
    let count = cases.len();
    let mut held_ops = Vec::new();
    for (what, op) in cases {
        let op = Op { op_id: new_id(), id: new_id(), ..op };
        assert_eq!(office.said(&op).await, "held grant_revoked", "{what}");
        held_ops.push(op);
    }
    assert_eq!(office.look("SELECT count(*)::text FROM app.employees").await, ["0"]);
    let event =
        "SELECT concat_ws(' ', count(*), min(detail ->> 'device'), count(actor)) FROM app.activity_event WHERE kind = 'grant_refused'";
    assert_eq!(office.look(event).await, [format!("{count} Ankara ofis PC 0")]);
    // Trying again, as anybody of the office may, makes none of them good.
    let clerk = rainstaff::identity::Actor { user_id: office.account("ankara1").await, ..clerk("ankara") };
    for op in held_ops {
        let (_, verdict) = held::decide(office.state(), &clerk, &region("ankara"), op.op_id, new_id(), Decision::Retried).await.unwrap();
        assert_eq!(said(&serde_json::to_value(verdict).unwrap()), "held grant_revoked");
    }
    assert_eq!(office.look("SELECT count(*)::text FROM app.employees").await, ["0"]);
}

#[actix_web::test]
async fn an_author_without_rights_is_held_and_done_once_the_rights_are_back() {
    let office = Office::new().await;
    let (first, second, third) = (office.entry(1).await, office.entry(2).await, office.entry(3).await);
    office.administer("UPDATE auth.users SET active = false WHERE username = 'ankara1'").await;
    assert_eq!(office.said(&first).await, "held grant_revoked");
    office.administer("UPDATE auth.users SET active = true WHERE username = 'ankara1'").await;
    office.administer("UPDATE auth.user_regions SET region = 'izmir' WHERE region = 'ankara'").await;
    assert_eq!(office.said(&second).await, "held forbidden_now");
    office
        .administer("UPDATE auth.user_regions SET region = 'ankara' WHERE user_id = (SELECT id FROM auth.users WHERE username = 'ankara1')")
        .await;
    held::retry_of_author(office.state(), second.actor).await.unwrap();
    let line = format!("SELECT concat_ws(' ', actor_name, device) FROM app.change_log WHERE op_id = '{}'", second.op_id);
    assert_eq!(office.look(&line).await, [format!("ankara1 {}", office.pc.id)], "the PC that had brought it is in the log");
    office.administer("UPDATE auth.users SET auth_epoch = auth_epoch + 1 WHERE username = 'ankara1'").await;
    assert_eq!(office.said(&third).await, "held grant_revoked");
}

#[actix_web::test]
async fn an_operation_of_another_office_stays_on_the_pc_and_nothing_of_that_office_comes_back() {
    let office = Office::new().await;
    office.company.give_password("izmir1", CLERK_PASSWORD, false).await.unwrap();
    // A row of İzmir, and an operation of İzmir's clerk on it with everything in order but the PC.
    let theirs = new_id();
    let izmir = rainstaff::identity::Actor { user_id: office.account("izmir1").await, ..builders::clerk("izmir") };
    let made = op(&izmir, "izmir").create("employee", theirs, json!({ "full_name": "gizli-izmir", "identity_no": NUMBER }));
    let applied = rainstaff::sync::deliver(office.state(), &izmir, rainstaff::ops::Origin::Offline, vec![made.clone()]).await.unwrap();
    assert!(applied[0].verdict.took_effect());
    let grant = office.grant("izmir1", queue_id(3)).await;
    let edit = Op {
        grant: Some(office.sign(&grant)),
        ..op(&izmir, "izmir").queued(queue_id(3), 1).update("employee", theirs, 1, json!({ "title": ["", "Usta"] }))
    };
    let ours = office.entry(1).await;
    // The same row, as if it were Ankara's; and Ankara's operation between two of İzmir's.
    let moved = Op { region: Region::parse("ankara").unwrap(), op_id: new_id(), ..edit.clone() };
    let replay = Op { grant: Some(office.sign(&grant)), ..made };
    let results = office.deliver(&[edit.clone(), ours, replay, moved.clone()]).await;
    let words: Vec<String> = results.iter().map(said).collect();
    assert_eq!(words, ["retry carrier", "applied", "retry carrier", "held grant_revoked"]);
    assert_eq!(results[0]["row"], Value::Null);
    let kept = format!("SELECT count(*)::text FROM app.op_inbox WHERE op_id = '{}'", edit.op_id);
    assert_eq!(office.look(&kept).await, ["0"], "it is not stored");
    let state = office.state();
    let status = office.pc.post(state, "/api/v1/ops/status", &json!({ "op_ids": [applied[0].op_id] })).await;
    let mut seen = status.text.clone() + &results.iter().map(Value::to_string).collect::<String>();
    for path in ["/api/v1/snapshot", "/api/v1/changes", "/api/v1/digest", "/api/v1/ping"] {
        seen += &office.pc.get(state, path).await.text;
    }
    seen += &office.pc.contact(state, json!({})).await.to_string();
    for secret in ["gizli-izmir", NUMBER, &theirs.to_string()] {
        let told = seen.matches(secret).count();
        // The moved operation names the foreign id itself; no answer adds to that.
        assert_eq!(told, 0, "{secret}");
    }
    assert_eq!(said(&status.json()["results"][0]), "unknown");
    assert_eq!(office.pc.get(state, "/api/v1/digest?region=izmir").await.refusal(), (404, "not_found".into()));
    assert_eq!(office.pc.get(state, "/api/v1/digest?region=ankara").await.status, 200);
}

#[actix_web::test]
async fn no_identity_number_reaches_a_pc() {
    let office = Office::new().await;
    let state = office.state();
    let grant = office.grant("ankara1", queue_id(1)).await;
    let signed = office.sign(&grant);
    let draft = |n| op(&clerk("ankara"), "ankara").queued(queue_id(1), n);
    let own = |op: Op| Op { actor: grant.user, grant: Some(signed.clone()), ..op };
    let (one, other) = (new_id(), new_id());
    let with_number = own(draft(1).create("employee", one, json!({ "full_name": "Ayşe", "identity_no": NUMBER })));
    let without = own(draft(2).create("employee", other, json!({ "full_name": "Ali" })));
    let twin = own(draft(3).create("employee", new_id(), json!({ "full_name": "Ayşe", "identity_no": NUMBER })));
    let edit = own(draft(4).update("employee", one, 1, json!({ "title": ["", "Usta"] })));
    let wrong = own(draft(5).update("employee", one, 2, json!({ "full_name": ["Ayşe", ""] })));
    let ops = [with_number, without, twin, edit, wrong];
    let mut seen = String::new();
    for op in &ops {
        let verdict = office.deliver(std::slice::from_ref(op)).await.remove(0);
        seen += &verdict.to_string();
    }
    let replayed = office.deliver(&ops).await;
    let words: Vec<String> = replayed.iter().map(said).collect();
    assert_eq!(words, ["applied", "applied", "held natural_key", "applied", "rejected invalid"]);
    assert_eq!((&replayed[0]["row"]["identity_no_masked"], &replayed[1]["row"]["identity_no_masked"]), (&json!("*"), &Value::Null));
    seen += &replayed.iter().map(Value::to_string).collect::<String>();
    let ids: Vec<Uuid> = ops.iter().map(|op| op.op_id).collect();
    seen += &office.pc.post(state, "/api/v1/ops/status", &json!({ "op_ids": ids })).await.text;
    let snapshot = office.pc.get(state, "/api/v1/snapshot").await;
    let changes = office.pc.get(state, "/api/v1/changes").await;
    let row = |list: &Value| list.as_array().unwrap().iter().find(|item| item["id"] == json!(one)).unwrap()["row"].clone();
    for row in [row(&snapshot.json()["items"]), row(&changes.json()["changes"])] {
        assert_eq!((&row["identity_no_masked"], row.get("identity_no")), (&json!("*"), None), "{row}");
    }
    seen += &(snapshot.text + &changes.text);
    for path in ["/api/v1/digest", "/api/v1/ping"] {
        seen += &office.pc.get(state, path).await.text;
    }
    seen += &office.pc.contact(state, json!({})).await.to_string();
    assert!(seen.contains("Ayşe") && !seen.contains(NUMBER), "an identity number went out");
    assert!(!seen.contains("\"identity_no\":"), "a field for it went out");
}

#[actix_web::test]
async fn what_a_pc_cannot_have_read_goes_into_the_quarantine_under_its_name() {
    use actix_web::test::TestRequest;
    let office = Office::new().await;
    let request = TestRequest::post().uri("/api/v1/ops/quarantine").set_payload("\u{1}bozuk");
    let request = request.insert_header(("Authorization", format!("Bearer {}", office.pc.token)));
    let kept = crate::support::office_pc::send(office.state(), request).await;
    assert_eq!(kept.status, 200, "{}", kept.text);
    assert_eq!(office.look("SELECT region || ' ' || username FROM app.op_quarantine").await, ["ankara Ankara ofis PC"]);
}

#[actix_web::test]
async fn a_persons_key_reads_rows_without_identity_numbers_and_no_devices_address() {
    use crate::support::program::{make_key, read, send};
    let office = Office::new().await;
    let mut browser = Browser::of(office.state(), "ankara1", CLERK_PASSWORD).await;
    let grant = office.grant("ankara1", queue_id(1)).await;
    let one = new_id();
    let made = op(&clerk("ankara"), "ankara").queued(queue_id(1), 1);
    let made = made.create("employee", one, json!({ "full_name": "Ayşe Işık", "identity_no": NUMBER, "title": "Usta" }));
    assert_eq!(office.said(&Op { actor: grant.user, grant: Some(office.sign(&grant)), ..made }).await, "applied");
    let key = make_key(&mut browser, "bordro", &["scope_changes"]).await;
    for (path, list) in [("/api/v1/snapshot", "items"), ("/api/v1/changes", "changes")] {
        let reply = read(office.state(), &key, path).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        let answer = reply.json();
        let row = &answer[list].as_array().unwrap().iter().find(|item| item["id"] == json!(one)).unwrap()["row"];
        assert_eq!(
            (&row["full_name"], &row["title"], &row["identity_no_masked"]),
            (&json!("Ayşe Işık"), &json!("Usta"), &json!("*")),
            "{path}"
        );
        assert!(!reply.text.contains(NUMBER) && !reply.text.contains("\"identity_no\":"), "{path}: {}", reply.text);
    }
    let bearer = format!("Bearer {key}");
    for path in ["/api/v1/devices/contact", "/api/v1/devices/rotate", "/api/v1/ops"] {
        let reply = send(office.state(), "POST", path, &[("Authorization", &bearer)]).await;
        assert_eq!((reply.status, reply.problem().as_str()), (403, "token_scope"), "{path}");
    }
    let cookie = browser.cookie_header();
    let by_session =
        send(office.state(), "POST", "/api/v1/devices/rotate", &[("Cookie", &cookie), ("Sec-Fetch-Site", "same-origin")]).await;
    assert_eq!((by_session.status, by_session.problem().as_str()), (401, "sign_in"));
}

#[actix_web::test]
async fn a_grant_that_was_given_to_a_pc_is_good_in_its_hands_alone_and_outlives_a_sign_out() {
    let office = Office::new().await;
    let mut browser = Browser::of(office.state(), "ankara1", CLERK_PASSWORD).await;
    let mut admin = Browser::of(office.state(), "admin", ADMIN_PASSWORD).await;
    let other = OfficePc::enrol(office.state(), &mut admin, "Ankara ikinci PC", "ankara").await;
    let headers = |token: &str| {
        let pairs = [
            ("Cookie", browser.cookie_header()),
            ("Sec-Fetch-Site", "same-origin".into()),
            ("X-Sync-Client", "agent".into()),
            ("X-Device-Token", token.to_owned()),
        ];
        pairs.into_iter().fold(actix_web::test::TestRequest::post().uri("/api/v1/grant"), actix_web::test::TestRequest::insert_header)
    };
    let ask = async |token: &str| {
        let request = headers(token).set_json(json!({ "queue_id": queue_id(1) }));
        crate::support::office_pc::send(office.state(), request).await
    };
    assert_eq!(ask("rsd_nonsense").await.status, 401, "not a PC's token");
    let given = ask(&office.pc.token).await.json()["grant"].as_str().unwrap().to_owned();
    let form = browser.get("/today").await.form("form[action='/logout']");
    browser.post(&form).await;
    let entry = |op: Op| Op { grant: Some(given.clone()), ..op };
    let (own, others, persons) = (entry(office.entry(1).await), entry(office.entry(2).await), entry(office.entry(3).await));
    assert_eq!(office.said(&own).await, "applied", "entered at the PC after the sign-out at the server");
    let by_other = other.post(office.state(), OPS, &json!({ "nonce": 1, "ops": [others] })).await.json();
    assert_eq!(said(&by_other["results"][0]), "held grant_revoked");
    let by_admin = admin.call(OPS, &json!({ "nonce": 1, "ops": [persons] })).await.json();
    assert_eq!(said(&by_admin["results"][0]), "held grant_revoked");
}

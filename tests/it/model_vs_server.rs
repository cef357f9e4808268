//! The model's server and the real server get the same deliveries in the same transactions: they must return the same verdicts and end with
//! the same rows and conflicts. What the model proves (tests/model) is then true for the server.

#![cfg(test)]

#[path = "../model/model.rs"]
#[expect(dead_code, reason = "broken rules and checks are for tests/model")]
mod model;

use std::collections::BTreeMap;

use rainstaff::{
    db::Scope,
    identity::Actor,
    ops::{Origin, Verdict},
    sync::{Caller, Delivery, apply_ops, load_by_name},
};
use serde_json::Value;
use sqlx::Row as _;
use uuid::Uuid;

use crate::support::builders::{Company, clerk, prints_of, queue_of, region};
use model::{
    server::{Key, State, Transaction},
    world::run_plainly,
};

/// Schedules, and steps of each; one in three steps enters an operation.
const SCHEDULES: u64 = 40;
const STEPS: usize = 90;

#[tokio::test]
async fn the_model_and_the_server_say_the_same_and_end_with_the_same() {
    let company = Company::new().await;
    let ankara = clerk("ankara");
    let mut words: BTreeMap<String, usize> = BTreeMap::new();
    for seed in 0..SCHEDULES {
        let world = run_plainly(seed, STEPS);
        for transaction in &world.server.journal {
            for verdict in &transaction.verdicts {
                *words.entry(word(verdict)).or_default() += 1;
            }
            let said = company.repeat(&ankara, transaction).await;
            let (model, server): (Vec<_>, Vec<_>) = (transaction.verdicts.iter().map(face).collect(), said.iter().map(face).collect());
            assert_eq!(server, model, "schedule {seed}, {:#?}", transaction.ops);
        }
        assert_eq!(company.rows_of(&ankara, &world.server.state).await, rows_of(&world.server.state), "rows of schedule {seed}");
        assert_eq!(company.conflicts_of(&world.server.state).await, conflicts_of(&world.server.state), "conflicts of schedule {seed}");
        assert_eq!(company.words_on(&world.server.state).await, words_on(&world.server.state), "last words of schedule {seed}");
    }
    println!("{SCHEDULES} schedules: {words:?}");
    // Agreement about nothing would be none.
    let refusals = ["held dep_rejected", "held natural_key", "held waiting_after", "rejected invalid"];
    for word in refusals.into_iter().chain(["applied", "merged"]) {
        assert!(words.contains_key(word), "never {word}: {words:?}");
    }
}

/// Word and reason.
fn word(verdict: &Verdict) -> String {
    let reason = verdict.reason.and_then(|r| serde_json::to_value(r).ok());
    let reason = reason.as_ref().and_then(Value::as_str).unwrap_or("");
    format!("{} {reason}", verdict.verdict.as_str()).trim().to_owned()
}

/// What a client hears.
fn face(verdict: &Verdict) -> String {
    let codes: Vec<&str> = verdict.errors.iter().map(|e| e.code.as_str()).filter(|code| *code != "identity-no-taken").collect();
    let conflicts: Vec<String> = verdict.conflicts.iter().map(|c| format!("{} {}", c["kind"], c["field"])).collect();
    let version = verdict.version.filter(|_| verdict.verdict.took_effect());
    let (word, reason, replayed) = (verdict.verdict, verdict.reason, verdict.replayed);
    format!("{} {word:?} {reason:?} {codes:?} {conflicts:?} version {version:?} replayed {replayed}", verdict.op_id)
}

/// Version, tombstone and values by row.
type Rows = BTreeMap<Key, (i64, bool, BTreeMap<String, Value>)>;

fn rows_of(state: &State) -> Rows {
    state.rows.iter().map(|(key, row)| (key.clone(), (row.version, row.deleted, row.fields.clone()))).collect()
}

fn conflicts_of(state: &State) -> Vec<String> {
    let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let mut lines: Vec<String> = state
        .conflicts
        .iter()
        .map(|c| {
            let (kind, field) = (c.draft.kind.as_str(), c.draft.field.as_deref().unwrap_or(""));
            format!("{} {kind} {field} {} {} {:?} {:?}", c.key.1, text(&c.draft.win), text(&c.draft.lose), c.draft.op_win, c.draft.op_lose)
        })
        .collect();
    lines.sort();
    lines
}

fn words_on(state: &State) -> BTreeMap<Uuid, String> {
    state.inbox.iter().map(|(id, entry)| (*id, word(entry.latest()))).collect()
}

impl Company {
    /// The same delivery, at the same time, in one transaction.
    async fn repeat(&self, actor: &Actor, transaction: &Transaction) -> Vec<Verdict> {
        let delivery = if transaction.is_form { Delivery::Interactive } else { Delivery::Queued };
        let who = Caller { received_at: transaction.at, delivery, ..queue_of(actor) };
        let scope = Scope::one(actor, &region("ankara")).unwrap().from_origin(Origin::Offline);
        let mut tx = self.db.write(&scope).await.unwrap();
        let verdicts = apply_ops(&mut tx, &who, &transaction.ops, &prints_of(&transaction.ops)).await.unwrap();
        if !transaction.is_form || verdicts[0].verdict.took_effect() {
            tx.commit().await.unwrap();
        }
        verdicts
    }

    async fn rows_of(&self, actor: &Actor, state: &State) -> Rows {
        let scope = Scope::one(actor, &region("ankara")).unwrap();
        let mut tx = self.db.read(&scope).await.unwrap();
        let mut rows = Rows::new();
        // Rows that the model does not have must not be there either: every id it ever heard of is asked for.
        for entity in ["employee", "timesheet"] {
            let ids: Vec<Uuid> = state.inbox.values().filter(|e| e.op.entity == entity).map(|e| e.op.id).collect();
            for row in load_by_name(&mut tx, entity, &region("ankara"), &ids).await.unwrap() {
                rows.insert((entity.to_owned(), row.id), (row.version, row.deleted, row.row));
            }
        }
        rows
    }

    async fn conflicts_of(&self, state: &State) -> Vec<String> {
        let ids: Vec<Uuid> = state.inbox.values().map(|e| e.op.id).collect();
        let rows = sqlx::query("SELECT entity_id, kind, field, win, lose, op_win, op_lose FROM app.conflict WHERE entity_id = ANY ($1)")
            .bind(ids)
            .fetch_all(&mut self.inspect().await)
            .await
            .unwrap();
        let text = |v: Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        let mut lines: Vec<String> = rows
            .iter()
            .map(|r| {
                let field: Option<String> = r.get(2);
                let (win, lose): (Option<Value>, Option<Value>) = (r.get(3), r.get(4));
                let (win, lose) = (text(win.unwrap_or_default()), text(lose.unwrap_or_default()));
                let (op_win, op_lose): (Option<Uuid>, Option<Uuid>) = (r.get(5), r.get(6));
                let (id, kind): (Uuid, String) = (r.get(0), r.get(1));
                format!("{id} {kind} {} {win} {lose} {op_win:?} {op_lose:?}", field.unwrap_or_default())
            })
            .collect();
        lines.sort();
        lines
    }

    async fn words_on(&self, state: &State) -> BTreeMap<Uuid, String> {
        let ids: Vec<Uuid> = state.inbox.keys().copied().collect();
        let sql = "SELECT DISTINCT ON (op_id) op_id, concat_ws(' ', verdict, reason) FROM app.op_verdict
                   WHERE op_id = ANY ($1) ORDER BY op_id, attempt DESC";
        let rows = sqlx::query(sql).bind(ids).fetch_all(&mut self.inspect().await).await.unwrap();
        rows.iter().map(|r| (r.get(0), r.get(1))).collect()
    }
}

//! The store on a real file.

use std::fs;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use uuid::Uuid;

use super::{
    facts::put_moment,
    ops::{LOG_KEPT, count, keep, list_held, list_needed, list_next, revise, send_log_again, settle},
    people::{Queue, forget_password, is_within_trust, next_number, note_sign_in, put_grant, put_people},
    rows::{drop_older_rounds, put_base},
    *,
};
use crate::{
    identity::Region,
    ops::{Change, Fields, Grant, Kind, Op, Reason, Row, Verdict, VerdictKind, fingerprint},
    wire::PasswordTaken,
};

fn now() -> DateTime<Utc> {
    "2026-11-28T09:00:00Z".parse().unwrap()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn open(folder: &TempDir) -> Store {
    crate::registry::install();
    Store::open(folder.path(), now()).unwrap().0
}

fn op(id: u128, kind: Kind, row: u128, fields: &[(&str, serde_json::Value, serde_json::Value)]) -> Op {
    let fields: Fields =
        fields.iter().map(|(name, from, to)| ((*name).to_owned(), Change { from: from.clone(), to: to.clone() })).collect();
    Op {
        v: 1,
        op_id: Uuid::from_u128(id),
        queue_id: Uuid::from_u128(900),
        n: i64::try_from(id).unwrap(),
        actor: Uuid::from_u128(800),
        grant: None,
        app: None,
        kind,
        entity: "timesheet".into(),
        id: Uuid::from_u128(row),
        region: Region::parse("ankara").unwrap(),
        base_version: None,
        fields,
        name: None,
        args: None,
        after: Vec::new(),
        edited_at: now(),
        offset_ms: 0,
    }
}

fn entry(id: u128, row: u128) -> Op {
    let fields = [("work_date", json!("2026-11-28")), ("start_time", json!("08:30")), ("notes", json!(""))];
    op(id, Kind::Create, row, &fields.map(|(name, to)| (name, json!(null), to)))
}

fn note(id: u128, row: u128, from: &str, to: &str) -> Op {
    op(id, Kind::Update, row, &[("notes", json!(from), json!(to))])
}

fn queued(op: Op) -> NewOp {
    NewOp { op, source: Source::Queue, label: String::new(), href: String::new(), verdict: None }
}

async fn store_op(store: &Store, op: Op) -> Stored {
    store.write(move |db| keep(db, &queued(op), now())).await.unwrap()
}

async fn say(store: &Store, op: &Op, verdict: Verdict) {
    let (id, print) = (op.op_id.to_string(), fingerprint(op));
    store.write(move |db| settle(db, &id, &print, &verdict, now())).await.unwrap();
}

fn applied(op: &Op, version: i64, row: &[(&str, serde_json::Value)]) -> Verdict {
    let mut values: Row = row.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    values.extend([("id".to_owned(), json!(op.id)), ("version".to_owned(), json!(version)), ("deleted".to_owned(), json!(false))]);
    Verdict { version: Some(version), row: Some(values), ..Verdict::bare(op.op_id, VerdictKind::Applied) }
}

fn base(row: u128, version: i64, notes: &str) -> Base {
    let values = Row::from([("work_date".to_owned(), json!("2026-11-28")), ("notes".to_owned(), json!(notes))]);
    Base { entity: "timesheet".into(), id: Uuid::from_u128(row), region: "ankara".into(), version, gone: false, row: Some(values) }
}

fn shown(store: &Store, row: u128) -> Option<Shown> {
    store.read().unwrap().find_row("timesheet", Uuid::from_u128(row)).unwrap()
}

fn notes(store: &Store, row: u128) -> String {
    shown(store, row).unwrap().row["notes"].as_str().unwrap().to_owned()
}

fn waiting(store: &Store) -> i64 {
    count(&store.read().unwrap()).unwrap().waiting
}

#[tokio::test]
async fn what_was_stored_is_there_after_a_restart_in_its_order() {
    let folder = folder();
    let store = open(&folder);
    for id in [3, 1, 2] {
        store_op(&store, entry(id, 100 + id)).await;
    }
    drop(store);
    let store = open(&folder);
    let next = list_next(&store.read().unwrap(), 10, usize::MAX, &[]).unwrap();
    assert_eq!(next.iter().map(|w| w.op.op_id.as_u128()).collect::<Vec<_>>(), [3, 1, 2], "as they came");
    assert_eq!(count(&store.read().unwrap()).unwrap().oldest_at, Some(now()));
    assert_eq!(list_next(&store.read().unwrap(), 10, 1, &[]).unwrap().len(), 1, "one always goes, however large");
    assert_eq!(list_next(&store.read().unwrap(), 10, usize::MAX, &[Uuid::from_u128(900)]).unwrap().len(), 0);
}

/// What a power cut leaves: the log is written through to the disk before a commit ends (SYNC F16).
#[tokio::test]
async fn every_commit_waits_for_the_disk() {
    let folder = folder();
    let store = open(&folder);
    let pragma =
        |name: &'static str| store.write(move |db| Ok(db.pragma_query_value(None, name, |row| row.get::<_, rusqlite::types::Value>(0))?));
    assert_eq!(pragma("journal_mode").await.unwrap(), "wal".to_owned().into());
    assert_eq!(pragma("synchronous").await.unwrap(), 2.into(), "FULL");
    assert_eq!(pragma("foreign_keys").await.unwrap(), 1.into());
}

#[tokio::test]
async fn an_operation_is_kept_once_and_answered_with_its_verdict_once_there_is_one() {
    let folder = folder();
    let store = open(&folder);
    let first = entry(1, 100);
    assert_eq!(store_op(&store, first.clone()).await, Stored::Waits);
    assert_eq!(store_op(&store, first.clone()).await, Stored::Waits);
    assert_eq!(waiting(&store), 1);
    say(&store, &first, Verdict::bare(first.op_id, VerdictKind::Retry).because(Reason::Busy)).await;
    assert_eq!(waiting(&store), 1, "retry is no verdict");
    say(&store, &first, applied(&first, 1, &[("notes", json!(""))])).await;
    assert_eq!(waiting(&store), 0);
    let Stored::Known(verdict) = store_op(&store, first.clone()).await else { panic!("no verdict") };
    assert_eq!(verdict.verdict, VerdictKind::Applied);
    // The same id for something else: both are kept, and the server has the word.
    assert_eq!(store_op(&store, entry(1, 101)).await, Stored::Waits);
    assert_eq!(waiting(&store), 1);
}

#[tokio::test]
async fn what_waits_lies_over_the_servers_row_and_goes_when_it_is_refused() {
    let folder = folder();
    let store = open(&folder);
    store.write(|db| put_base(db, &base(100, 4, "a"), 0)).await.unwrap();
    let (first, second) = (note(1, 100, "a", "b"), note(2, 100, "b", "c"));
    store_op(&store, first.clone()).await;
    store_op(&store, second.clone()).await;
    assert_eq!((notes(&store, 100).as_str(), shown(&store, 100).unwrap().waiting), ("c", true));
    assert_eq!(shown(&store, 100).unwrap().version, 4, "the server's");
    let refused = Verdict { errors: vec![], ..Verdict::bare(second.op_id, VerdictKind::Rejected).because(Reason::Invalid) };
    say(&store, &second, refused).await;
    assert_eq!(notes(&store, 100), "b", "built anew without it");
    say(&store, &first, applied(&first, 5, &[("notes", json!("b"))])).await;
    let row = shown(&store, 100).unwrap();
    assert_eq!((row.version, row.waiting, notes(&store, 100).as_str()), (5, false, "b"));
    store.write(|db| put_base(db, &base(100, 4, "old"), 0)).await.unwrap();
    assert_eq!(notes(&store, 100), "b", "an older version replaces nothing");
}

#[tokio::test]
async fn a_row_that_only_waits_is_shown_and_goes_with_a_refusal() {
    let folder = folder();
    let store = open(&folder);
    let new = entry(1, 100);
    store_op(&store, new.clone()).await;
    let day = "2026-11-28".parse().unwrap();
    let entries = store.read().unwrap().list_entries(day, day, None).unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!((entries[0].version, entries[0].waiting, entries[0].region.as_str()), (0, true, "ankara"));
    assert!(store.read().unwrap().list_digests().unwrap().is_empty(), "the server has no such row");
    say(&store, &new, Verdict::bare(new.op_id, VerdictKind::Rejected).because(Reason::Invalid)).await;
    assert_eq!(shown(&store, 100), None);
}

#[tokio::test]
async fn a_deletion_that_waits_puts_the_row_into_the_bin() {
    let folder = folder();
    let store = open(&folder);
    store.write(|db| put_base(db, &base(100, 1, "a"), 0)).await.unwrap();
    store_op(&store, op(1, Kind::Delete, 100, &[])).await;
    assert!(shown(&store, 100).unwrap().deleted);
}

#[tokio::test]
async fn a_new_snapshot_drops_what_the_server_has_no_more_and_keeps_what_waits() {
    let folder = folder();
    let store = open(&folder);
    for row in [100, 101, 102] {
        store.write(move |db| put_base(db, &base(row, 7, "a"), 1)).await.unwrap();
    }
    store_op(&store, note(1, 101, "a", "b")).await;
    store.write(|db| put_base(db, &base(100, 2, "restored"), 2)).await.unwrap();
    store.write(|db| drop_older_rounds(db, 2)).await.unwrap();
    assert_eq!(notes(&store, 100), "restored", "a lower version of newer data counts");
    assert_eq!(shown(&store, 102), None);
    assert_eq!(shown(&store, 101), None, "a change of a row that is not there makes none");
    assert_eq!(waiting(&store), 1, "and waits all the same");
}

#[tokio::test]
async fn the_log_is_sent_again_within_its_time() {
    let folder = folder();
    let store = open(&folder);
    let (old, new) = (entry(1, 100), entry(2, 101));
    store_op(&store, old.clone()).await;
    store_op(&store, new.clone()).await;
    let (id, print, verdict) = (old.op_id.to_string(), fingerprint(&old), applied(&old, 1, &[]));
    store.write(move |db| settle(db, &id, &print, &verdict, now() - LOG_KEPT - TimeDelta::days(1))).await.unwrap();
    say(&store, &new, applied(&new, 1, &[])).await;
    assert_eq!(store.write(|db| send_log_again(db, now())).await.unwrap(), 1);
    assert_eq!(waiting(&store), 1);
    assert_eq!(store.write(|db| ops::prune(db, now())).await.unwrap(), 1);
}

#[tokio::test]
async fn an_operation_names_what_it_builds_on() {
    let folder = folder();
    let store = open(&folder);
    let mut person = op(1, Kind::Create, 50, &[("full_name", json!(null), json!("Işıl Işık"))]);
    person.entity = "employee".into();
    store_op(&store, person).await;
    let mut first = entry(2, 100);
    first.fields.insert("employee_id".into(), Change { from: json!(null), to: json!(Uuid::from_u128(50)) });
    assert_eq!(list_needed(&store.read().unwrap(), &first).unwrap(), [Uuid::from_u128(1)]);
    store_op(&store, first).await;
    assert_eq!(list_needed(&store.read().unwrap(), &note(3, 100, "", "x")).unwrap(), [Uuid::from_u128(2)]);
}

#[tokio::test]
async fn a_word_that_the_server_changes_its_mind_about_is_taken_over() {
    let folder = folder();
    let store = open(&folder);
    let entry = entry(1, 10);
    store_op(&store, entry.clone()).await;
    say(&store, &entry, Verdict::bare(entry.op_id, VerdictKind::Held).because(Reason::WaitingAfter)).await;
    assert_eq!(count(&store.read().unwrap()).unwrap().failed, 1);
    let held = list_held(&store.read().unwrap(), 10).unwrap();
    assert_eq!(held.iter().map(|waiting| waiting.op.op_id).collect::<Vec<_>>(), [entry.op_id]);
    let seq = held[0].seq;
    let still = Verdict::bare(entry.op_id, VerdictKind::Held).because(Reason::WaitingAfter);
    assert!(!store.write(move |db| revise(db, seq, &still)).await.unwrap(), "the same word is no news");
    let newer = applied(&entry, 1, &[("notes", json!("arrived"))]);
    assert!(store.write(move |db| revise(db, seq, &newer)).await.unwrap());
    assert_eq!(count(&store.read().unwrap()).unwrap().failed, 0);
    assert_eq!(notes(&store, 10), "arrived");
}

#[tokio::test]
async fn a_digest_is_the_servers() {
    let folder = folder();
    let store = open(&folder);
    for row in [1, 2] {
        store.write(move |db| put_base(db, &base(row, 3, "a"), 0)).await.unwrap();
    }
    // sha256("00000000-0000-0000-0000-000000000001:3") and of ...2:3, the first 64 bits, xor.
    let part = |row: u128| u64::from_be_bytes(Sha256::digest(format!("{}:3", Uuid::from_u128(row)))[..8].try_into().unwrap());
    let wanted = format!("{:016x}", part(1) ^ part(2));
    assert_eq!(store.read().unwrap().list_digests().unwrap()["timesheet"], (2, wanted));
}

#[tokio::test]
async fn many_writers_share_the_disk_and_one_that_fails_takes_nothing_with_it() {
    let folder = folder();
    let store = open(&folder);
    let mut writers = tokio::task::JoinSet::new();
    for id in 1..=300 {
        let store = store.clone();
        writers.spawn(async move {
            if id % 10 == 0 {
                let failed = store.write(move |db| {
                    keep(db, &queued(entry(id, 1000 + id)), now())?;
                    Err::<(), _>(StoreError::Other("refused".into()))
                });
                assert!(failed.await.is_err());
            } else {
                store_op(&store, entry(id, 1000 + id)).await;
            }
        });
    }
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
    assert_eq!(waiting(&store), 270);
    assert_eq!(store.read().unwrap().query_row("SELECT count(*) FROM ops", [], |row| row.get::<_, i64>(0)).unwrap(), 270);
}

#[tokio::test]
async fn an_identity_number_is_not_kept_in_the_copy_or_in_a_verdict() {
    let folder = folder();
    let store = open(&folder);
    let mut person = op(1, Kind::Create, 50, &[("full_name", json!(null), json!("Işıl Işık"))]);
    person.entity = "employee".into();
    store_op(&store, person.clone()).await;
    say(&store, &person, applied(&person, 1, &[("full_name", json!("Işıl Işık")), ("identity_no", json!("10000000146"))])).await;
    let reader = store.read().unwrap();
    let row = reader.find_row("employee", Uuid::from_u128(50)).unwrap().unwrap();
    assert!(row.row.contains_key("identity_no_masked") && !row.row.contains_key("identity_no"));
    let kept: String = reader
        .query_row("SELECT group_concat(coalesce(result, '')) || (SELECT group_concat(shown || base) FROM rows) FROM ops", [], |r| r.get(0))
        .unwrap();
    assert!(!kept.contains("10000000146"), "{kept}");
}

fn person(epoch: i64, active: bool) -> KnownPerson {
    let (username, role, lang) = ("ankara1".into(), "user".into(), "tr".into());
    KnownPerson { id: Uuid::from_u128(1), username, role, active, epoch, lang, theme: String::new() }
}

fn taken(epoch: i32) -> PasswordTaken {
    PasswordTaken { user: Uuid::from_u128(1), epoch }
}

fn later(minutes: i64) -> DateTime<Utc> {
    now() + TimeDelta::minutes(minutes)
}

/// A grant is used until another one comes, so that what waits is told that it lapsed; but that one is asked for at once.
#[tokio::test]
async fn with_every_new_password_another_grant_is_due() {
    let folder = folder();
    let store = open(&folder);
    let queue = || store.read().unwrap().find_queue(Uuid::from_u128(1)).unwrap().unwrap();
    let give = async |epoch, at| {
        let Queue { id, .. } = queue();
        let (issued, expires, user) = (now(), later(60), Uuid::from_u128(1));
        let grant = Grant { user, regions: vec![], queue: id, issued, expires, epoch, session: None, device: None };
        let text = format!("g1.{}.tag", URL_SAFE_NO_PAD.encode(serde_json::to_vec(&grant).unwrap()));
        store.write(move |db| put_grant(db, user, &text, at)).await.unwrap();
    };
    store.write(|db| put_people(db, &[person(1, true)], now())).await.unwrap();
    store.write(|db| note_sign_in(db, taken(1), "verifier", now())).await.unwrap();
    give(1, later(1)).await;
    store.write(|db| note_sign_in(db, taken(1), "verifier", later(2))).await.unwrap();
    store.write(|db| put_people(db, &[person(1, true)], later(3))).await.unwrap();
    assert_eq!(queue().grant_at, Some(later(1)), "the same password");
    // One's own new password, taken here; the server's word of before says nothing against it.
    store.write(|db| note_sign_in(db, taken(2), "newer", later(4))).await.unwrap();
    assert_eq!(queue().grant_at, None);
    give(1, later(5)).await;
    assert_eq!(queue().grant_at, None, "asked for before, came after");
    give(2, later(6)).await;
    store.write(|db| put_people(db, &[person(1, true)], later(3))).await.unwrap();
    store.write(|db| put_people(db, &[person(2, true)], later(7))).await.unwrap();
    assert_eq!(queue().grant_at, Some(later(6)));
    // One that was set elsewhere.
    store.write(|db| put_people(db, &[person(3, true)], later(8))).await.unwrap();
    assert_eq!(queue().grant_at, None);
    let own = Op { queue_id: queue().id, actor: Uuid::from_u128(1), ..entry(1, 100) };
    store.write(move |db| keep(db, &NewOp { source: Source::Form, ..queued(own) }, now())).await.unwrap();
    let next = list_next(&store.read().unwrap(), 1, usize::MAX, &[]).unwrap().remove(0);
    assert_eq!(next.op.grant.and_then(|text| Grant::claimed_by(&text)).map(|grant| grant.epoch), Some(2), "lapsed, not missing");
    give(3, later(9)).await;
    store.write(|db| forget_password(db, Uuid::from_u128(1))).await.unwrap();
    assert_eq!(queue().grant_at, None, "a password that was not noted");
}

#[test]
fn a_clock_that_is_put_back_stretches_no_trust() {
    let days = |days| now() + TimeDelta::days(days);
    for (signed_in, seen, clock, is_trusted) in [
        (0, None, 13, true),
        (0, None, 14, false),
        (0, Some(5), 13, true),
        (0, Some(13), 12, true),
        (0, Some(14), 13, false), // the fourteen days were over
        (0, Some(13), 11, false), // two days back
        (0, None, -1, true),
        (0, None, -2, false), // before the sign-in itself
        (0, Some(400), 1, false),
    ] {
        let trusted = is_within_trust(days(signed_in), seen.map(days), days(clock));
        assert_eq!(trusted, is_trusted, "signed in {signed_in}, seen {seen:?}, clock {clock}");
    }
}

#[tokio::test]
async fn the_latest_moment_outlives_the_program_and_a_sign_in_at_the_server_starts_it_anew() {
    let folder = folder();
    let store = open(&folder);
    store.write(|db| put_people(db, &[person(1, true)], now())).await.unwrap();
    store.write(|db| note_sign_in(db, taken(1), "verifier", now())).await.unwrap();
    store.write(|db| people::put_session(db, b"cookie", Uuid::from_u128(1), false, "csrf", now())).await.unwrap();
    let ten_days = now() + TimeDelta::days(10);
    assert!(!store.read().unwrap().is_moment_due(later(0)).unwrap() && store.read().unwrap().is_moment_due(ten_days).unwrap());
    store.write(move |db| put_moment(db, ten_days)).await.unwrap();
    drop(store);
    let store = open(&folder);
    assert!(!store.read().unwrap().is_moment_due(later(1)).unwrap(), "an earlier one is not written down");
    let visit = || store.read().unwrap().find_visit(b"cookie").unwrap().unwrap();
    assert!(visit().is_trusted(ten_days) && !visit().is_trusted(later(1)));
    let seen = store.read().unwrap().find_credentials("ankara1").unwrap().unwrap().seen;
    assert_eq!(seen, Some(ten_days), "the sign-in at the PC asks the same");
    store.write(|db| note_sign_in(db, taken(1), "verifier", later(1))).await.unwrap();
    assert!(visit().is_trusted(later(2)), "the server has let them in at this moment");
}

#[tokio::test]
async fn whoever_is_disabled_or_got_a_new_password_is_trusted_no_more() {
    let folder = folder();
    let store = open(&folder);
    store.write(move |db| put_people(db, &[person(1, true)], now())).await.unwrap();
    let queue = store.read().unwrap().find_queue(Uuid::from_u128(1)).unwrap().unwrap().id;
    assert!(store.write(move |db| note_sign_in(db, taken(1), "verifier", now())).await.unwrap().is_some());
    store.write(|db| put_grant(db, Uuid::from_u128(1), "g1.x.y", now())).await.unwrap();
    let known = |store: &Store| store.read().unwrap().find_credentials("ankara1").unwrap().unwrap();
    store.write(move |db| put_people(db, &[person(1, true)], later(1))).await.unwrap();
    assert_eq!(known(&store).verifier.as_deref(), Some("verifier"), "named again as before");
    // A new password that was taken here: the server's answer to what was asked before says nothing against it, its next one confirms it.
    assert!(store.write(move |db| note_sign_in(db, taken(2), "newer", later(2))).await.unwrap().is_some());
    for (epoch, asked_at) in [(1, later(1)), (2, later(3))] {
        store.write(move |db| put_people(db, &[person(epoch, true)], asked_at)).await.unwrap();
        assert_eq!(known(&store).verifier.as_deref(), Some("newer"), "its own new password");
    }
    store.write(move |db| put_people(db, &[person(3, true)], later(4))).await.unwrap();
    assert_eq!((known(&store).verifier, known(&store).signed_in_at), (None, None), "a new password, set elsewhere");
    let nobody = PasswordTaken { user: Uuid::from_u128(2), epoch: 1 };
    assert_eq!(store.write(move |db| note_sign_in(db, nobody, "x", now())).await.unwrap(), None);
    assert_eq!(store.write(|db| next_number(db, Uuid::from_u128(1))).await.unwrap(), 1);
    store.write(move |db| put_people(db, &[], later(5))).await.unwrap();
    assert!(!known(&store).person.active, "named no more");
    assert_eq!(store.read().unwrap().find_queue(Uuid::from_u128(1)).unwrap().unwrap().id, queue, "the queue stays the same");
}

#[tokio::test]
async fn a_damaged_file_is_put_aside_and_what_can_be_read_is_taken_over() {
    let folder = folder();
    let store = open(&folder);
    for id in 1..=2000 {
        let op = entry(id, 10_000 + id);
        if id == 2000 {
            store_op(&store, op).await;
        } else {
            let store = store.clone();
            tokio::spawn(async move { store_op(&store, op).await });
        }
    }
    while waiting(&store) < 2000 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    store.write(|db| Ok(db.execute_batch("PRAGMA user_version")?)).await.unwrap();
    drop(store);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await; // its thread empties the log into the file
    let path = folder.path().join(FILE);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096 * 3].fill(0xa5);
    fs::write(&path, bytes).unwrap();
    crate::registry::install();
    let (store, salvaged) = Store::open(folder.path(), now()).unwrap();
    let salvaged = salvaged.expect("the damage was seen");
    assert!(salvaged.broken.exists());
    assert!(salvaged.waiting >= 1900, "{salvaged:?}");
    assert_eq!(usize::try_from(waiting(&store)).unwrap(), salvaged.waiting);
    store_op(&store, entry(5000, 5000)).await;
    // And a file that is none at all.
    drop(store);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    fs::write(&path, b"not a database, by no means, whatever anybody says about it.".repeat(100)).unwrap();
    let (store, salvaged) = Store::open(folder.path(), now() + TimeDelta::seconds(1)).unwrap();
    assert_eq!(salvaged.unwrap().ops, 0);
    store_op(&store, entry(1, 1)).await;
}

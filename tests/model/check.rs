//! What has to be true when everything has healed (SYNC 3.1).

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use rainstaff_core::ops::{ConflictKind, Kind, Op, Reason, VerdictKind, clean_op, same_value};
use uuid::Uuid;

use super::{
    schema::employee_of,
    server::{Entry, Key, key_of, real_changes},
    world::{World, missing_numbers},
};

/// Everything that is wrong, in words.
pub fn violations(world: &World) -> Vec<String> {
    let mut found = Vec::new();
    found.extend(lost(world).into_iter().map(|op| format!("lost: {op}")));
    found.extend(doubled(world).into_iter().map(|op| format!("applied twice: {op}")));
    found.extend(stuck(world));
    found.extend(diverged(world).into_iter().map(|key| format!("mirror differs: {key:?}")));
    found.extend(overwritten(world));
    found.extend(deleted_unseen(world));
    found.extend(unnoticed(world));
    found.extend(refused_for_want_of_a_row(world).into_iter().map(|op| format!("refused for want of a row that is there: {op}")));
    found
}

/// I1: what a clerk was told is stored reached the server, unless the only copies went with the browser's storage.
fn lost(world: &World) -> Vec<Uuid> {
    let inbox = &world.server.state.inbox;
    let is_lost = |(id, entered): &(&Uuid, &super::world::Entered)| {
        entered.op.n > 0 && !inbox.contains_key(*id) && !world.wiped.contains(*id) && !is_reminted(world, &entered.op)
    };
    world.entered.iter().filter(is_lost).map(|(id, _)| *id).collect()
}

fn is_reminted(world: &World, op: &Op) -> bool {
    world.server.state.inbox.values().any(|e| (e.op.queue_id, e.op.n) == (op.queue_id, op.n))
}

/// I2: one effect per operation, and per place in a queue.
fn doubled(world: &World) -> Vec<Uuid> {
    let mut seen = BTreeSet::new();
    let mut places = BTreeSet::new();
    let place = |id: &Uuid| world.server.state.inbox.get(id).map(|e| (e.op.queue_id, e.op.n)).filter(|(_, n)| *n > 0);
    let again = |id: &&Uuid| !seen.insert(**id) || place(id).is_some_and(|place| !places.insert(place));
    world.server.state.effects.iter().filter(again).copied().collect()
}

/// I3, I6: nothing waits any more, and nothing is held that nobody can decide.
fn stuck(world: &World) -> Vec<String> {
    let queued = world.browsers.iter().flat_map(|b| &b.queue).map(|op| format!("stuck in the browser: {}", op.op_id));
    let inbox = &world.server.state.inbox;
    let is_about = |id: &Uuid, row: Uuid| inbox.get(id).is_some_and(|parent| parent.op.id == row);
    let is_stuck = |e: &&Entry| match (e.latest().verdict, e.latest().reason) {
        (VerdictKind::Held, Some(Reason::WaitingAfter)) => true,
        // A new card that waits for what is said about itself.
        (VerdictKind::Held, Some(Reason::DepRejected)) => e.op.kind == Kind::Create && e.op.after.iter().all(|id| is_about(id, e.op.id)),
        _ => false,
    };
    let held = inbox.values().filter(is_stuck).map(|e| format!("stuck on the server: {}", e.op.op_id));
    queued.chain(held).collect()
}

/// I5: every mirror is the server's rows.
fn diverged(world: &World) -> Vec<Key> {
    let rows = &world.server.state.rows;
    let differs = |mirror: &BTreeMap<Key, rainstaff_core::ops::Record>| -> Vec<Key> {
        let keys: BTreeSet<&Key> = rows.keys().chain(mirror.keys()).collect();
        let face = |row: &rainstaff_core::ops::Record| (row.version, row.deleted, row.fields.clone());
        keys.into_iter().filter(|key| rows.get(key).map(face) != mirror.get(*key).map(face)).cloned().collect()
    };
    world.browsers.iter().flat_map(|browser| differs(&browser.mirror)).collect()
}

/// I4: every value is current, knowingly replaced, in a conflict, or in the body of something held or refused.
fn overwritten(world: &World) -> Vec<String> {
    let state = &world.server.state;
    let took_effect = state.inbox.values().filter(|e| e.latest().verdict.took_effect());
    // A text of blanks only is no text, and no change where there was none.
    let in_effect: Vec<_> = took_effect.map(|entry| clean_op(&entry.op, None)).collect();
    let mut replaced: BTreeMap<(Key, &str), Vec<&serde_json::Value>> = BTreeMap::new();
    for op in &in_effect {
        for (name, from, _) in real_changes(&op.fields) {
            for key in rows_of(world, op) {
                replaced.entry((key, name)).or_default().push(from);
            }
        }
    }
    let mut kept: BTreeMap<(&Key, Option<&str>), Vec<&serde_json::Value>> = BTreeMap::new();
    for conflict in state.conflicts.iter().filter(|c| c.draft.kind == ConflictKind::Field) {
        kept.entry((&conflict.key, conflict.draft.field.as_deref())).or_default().push(&conflict.draft.lose);
    }
    let mut gone = Vec::new();
    for op in &in_effect {
        for (name, _, to) in real_changes(&op.fields).filter(|(name, ..)| *name != "employee_id") {
            let is_value = |other: &&serde_json::Value| same_value(other, to);
            let is_accounted_for = |key: &Key| {
                let is_current = state.rows.get(key).and_then(|row| row.fields.get(name)).is_some_and(|now| is_value(&now));
                let is_replaced = || replaced.get(&(key.clone(), name)).is_some_and(|all| all.iter().any(is_value));
                is_current || is_replaced() || kept.get(&(key, Some(name))).is_some_and(|all| all.iter().any(is_value))
            };
            if !rows_of(world, op).iter().any(is_accounted_for) {
                gone.push(format!("overwritten: {name} = {to} of {}", op.op_id));
            }
        }
    }
    gone
}

/// The rows an operation may have changed: its own, and the one its id stood for.
fn rows_of(world: &World, op: &Op) -> Vec<Key> {
    let other = world.server.state.aliases.get(&op.id).map(|target| (op.entity.clone(), *target));
    other.into_iter().chain([key_of(op)]).collect()
}

fn row_of(world: &World, op: &Op) -> Key {
    let own = key_of(op);
    match world.server.state.aliases.get(&op.id) {
        Some(target) if !world.server.state.rows.contains_key(&own) => (own.0, *target),
        _ => own,
    }
}

/// A deletion stands only over what its author has seen; one that does not stand is in a conflict, or was knowingly undone. Versions count
/// anew after a restore, so that what somebody saw can no longer be told for certain; see docs/SYNC.md.
fn deleted_unseen(world: &World) -> Vec<String> {
    if world.figures.restores > 0 {
        return Vec::new();
    }
    let state = &world.server.state;
    let mut found = Vec::new();
    for (key, row) in state.rows.iter().filter(|(_, row)| row.deleted) {
        let Some(deletion) = row.meta.get("").and_then(|stamp| world.entered.get(&stamp.op)) else { continue };
        let is_unseen = |op: &Uuid| {
            let is_settled = |edit: &super::world::Entered| {
                let is_own = edit.op.queue_id == deletion.op.queue_id && edit.op.n > 0;
                is_own || edit.seen.contains(&deletion.op.op_id) // an edit of what its author knows is deleted
            };
            *op != deletion.op.op_id && !deletion.seen.contains(op) && !world.entered.get(op).is_some_and(is_settled)
        };
        if let Some(stamp) = row.meta.values().find(|stamp| is_unseen(&stamp.op)) {
            found.push(format!("deleted unseen: {} by {} of {key:?}", stamp.op, deletion.op.op_id));
        }
    }
    let deletions = state.inbox.values().filter(|e| e.op.kind == Kind::Delete && e.latest().verdict.took_effect());
    for entry in deletions.filter(|e| !is_deletion_accounted_for(world, e)) {
        found.push(format!("deletion undone without a word: {}", entry.op.op_id));
    }
    found
}

fn is_deletion_accounted_for(world: &World, deletion: &Entry) -> bool {
    let state = &world.server.state;
    let key = row_of(world, &deletion.op);
    let about_deletion = [ConflictKind::DeleteVsEdit, ConflictKind::EditVsDelete];
    state.rows.get(&key).is_none_or(|row| row.deleted)
        || state.conflicts.iter().any(|c| c.key == key && about_deletion.contains(&c.draft.kind))
        || state.inbox.values().any(|e| e.op.kind == Kind::Restore && row_of(world, &e.op) == key && e.latest().verdict.took_effect())
}

/// A browser whose storage went is noticed when it had said that something waits; and no hole is seen where nothing is missing.
fn unnoticed(world: &World) -> Vec<String> {
    let inbox = &world.server.state.inbox;
    let mut found = Vec::new();
    // A server that forgets what a browser delivered, and that browser's storage gone as well: two faults, and nobody left to know.
    let is_told_for_good = world.figures.restores == 0;
    for queue_id in world.gone_queues.iter().filter(|_| is_told_for_good) {
        let told = world.contacts.get(queue_id).map(|contact| contact.waiting.clone()).unwrap_or_default();
        let lost = told.iter().filter(|id| !inbox.contains_key(*id)).count();
        if lost > 0 && !world.alarms.contains(queue_id) {
            found.push(format!("unnoticed: {lost} operations of {queue_id} went with the storage"));
        }
    }
    for browser in &world.browsers {
        let missing = missing_numbers(&world.server.state, browser.queue_id);
        if !missing.is_empty() || !browser.reported_lost.is_empty() {
            found.push(format!("false alarm: {} misses {missing:?}, reported lost {:?}", browser.queue_id, browser.reported_lost));
        }
    }
    found
}

/// Operations that were refused, or are held for a refused one, although every row they need is there.
pub fn refused_for_want_of_a_row(world: &World) -> Vec<Uuid> {
    let state = &world.server.state;
    let was_accepted =
        |id: Uuid| state.inbox.values().any(|e| e.op.id == id && e.op.kind == Kind::Create && e.latest().verdict.took_effect());
    let was_made = |id: &Uuid| state.inbox.get(id).is_some_and(|e| world.server.was_made(&e.op));
    let is_wrong = |entry: &&Entry| {
        let (op, said) = (&entry.op, entry.latest());
        match (said.verdict, said.reason) {
            (VerdictKind::Rejected, Some(Reason::UnknownEntity)) => world.server.was_made(op),
            (VerdictKind::Rejected, Some(Reason::Invalid)) if said.errors.iter().any(|e| e.code == "employee-unknown") => {
                let to: rainstaff_core::ops::Row = op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone())).collect();
                employee_of(&to).is_some_and(was_accepted)
            }
            (VerdictKind::Held, Some(Reason::DepRejected)) => op.after.iter().all(was_made),
            _ => false,
        }
    };
    state.inbox.values().filter(is_wrong).map(|entry| entry.op.op_id).collect()
}

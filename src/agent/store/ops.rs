//! Operations: those that wait, those that were sent, and their verdicts. Functions on a connection; those that write run inside
//! [`super::Store::write`].

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, Statement, params};
use uuid::Uuid;

use super::{StoreError, instant, ms, rows, tries::count_volume};
use crate::ops::{Op, Row, Verdict, VerdictKind, fingerprint};

/// How long done operations stay, so that a server that was restored from a copy gets them again (SYNC 3.5).
pub const LOG_KEPT: TimeDelta = TimeDelta::days(30);

/// Where an operation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Made here from a form.
    Form,
    /// A browser's own queue.
    Queue,
    /// A form that passed through and that the server responded to.
    Passed,
}

impl Source {
    fn as_str(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::Queue => "queue",
            Self::Passed => "passed",
        }
    }

    fn parse(word: &str) -> Self {
        match word {
            "form" => Self::Form,
            "passed" => Self::Passed,
            _ => Self::Queue,
        }
    }
}

/// An operation to be stored.
#[derive(Debug, Clone)]
pub struct NewOp {
    /// The operation.
    pub op: Op,
    /// Where it comes from.
    pub source: Source,
    /// What a person calls the row.
    pub label: String,
    /// The page that shows it.
    pub href: String,
    /// The server's verdict, if it came with one.
    pub verdict: Option<Verdict>,
}

/// The result of storing an operation.
#[derive(Debug, Clone, PartialEq)]
pub enum Stored {
    /// It is stored now, or was stored before and waits.
    Waits,
    /// It was stored before, and has a verdict of the server.
    Known(Box<Verdict>),
}

/// An operation that waits.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// Its place in the order.
    pub seq: i64,
    /// The operation.
    pub op: Op,
    /// Where it comes from.
    pub source: Source,
    /// How many times in a row the server could not store it.
    pub refusals: i64,
    /// The size of its JSON in bytes.
    pub bytes: usize,
}

/// An operation as a list shows it.
#[derive(Debug, Clone)]
pub struct Kept {
    /// The operation.
    pub op: Op,
    /// What a person calls the row.
    pub label: String,
    /// The page that shows it.
    pub href: String,
    /// When it was stored here.
    pub stored_at: DateTime<Utc>,
    /// The server's verdict.
    pub verdict: Option<Verdict>,
}

/// Counts of operations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Those that wait for the server's verdict.
    pub waiting: i64,
    /// Those that the server holds or refused.
    pub failed: i64,
    /// Since when the oldest one waits.
    pub oldest_at: Option<DateTime<Utc>>,
}

/// Stores an operation that this person has given the PC, within the person's daily limit.
pub fn keep_of(db: &Connection, person: Uuid, new: &NewOp, now: DateTime<Utc>) -> Result<Stored, StoreError> {
    let print = fingerprint(&new.op).to_vec();
    let mut known = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM ops WHERE op_id = ?1 AND fingerprint = ?2)")?;
    if !known.query_row(params![new.op.op_id.to_string(), print], |row| row.get::<_, bool>(0))? {
        count_volume(db, person, serde_json::to_string(&new.op)?.len(), now)?;
    }
    keep(db, new, now)
}

/// Stores an operation, and shows its changes in the row it is about.
pub fn keep(db: &Connection, new: &NewOp, now: DateTime<Utc>) -> Result<Stored, StoreError> {
    let print = fingerprint(&new.op).to_vec();
    let op_id = new.op.op_id.to_string();
    let known: Option<(String, Option<String>)> = db
        .prepare_cached("SELECT state, result FROM ops WHERE op_id = ?1 AND fingerprint = ?2")?
        .query_row(params![op_id, print], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    match known {
        Some((state, Some(result))) if state == "done" => return Ok(Stored::Known(serde_json::from_str(&result)?)),
        Some((state, _)) if state == "waiting" => {
            if let Some(verdict) = &new.verdict {
                settle(db, &op_id, &print, verdict, now)?;
            }
            return Ok(Stored::Waits);
        }
        Some(_) => return Ok(Stored::Waits),
        None => {}
    }
    let state = match (&new.verdict, new.source) {
        (Some(_), _) => "done",
        (None, Source::Passed) => "asked",
        (None, _) => "waiting",
    };
    let verdict = new.verdict.as_ref().map(rows::mask_verdict);
    let done_at = verdict.as_ref().map(|_| ms(now));
    db.prepare_cached(
        "INSERT INTO ops (op_id, queue_id, n, actor, region, entity, row_id, kind, body, fingerprint, source, state, label, href, stored_at,
                          verdict, result, done_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
    )?
    .execute(params![
        op_id,
        new.op.queue_id.to_string(),
        new.op.n,
        new.op.actor.to_string(),
        new.op.region.code(),
        new.op.entity,
        new.op.id.to_string(),
        new.op.kind.as_str(),
        serde_json::to_string(&new.op)?,
        print,
        new.source.as_str(),
        state,
        new.label,
        new.href,
        ms(now),
        verdict.as_ref().map(|v| v.verdict.as_str()),
        verdict.as_ref().map(serde_json::to_string).transpose()?,
        done_at,
    ])?;
    if let Some(verdict) = &new.verdict {
        rows::take_verdict(db, &new.op, verdict)?;
    } else if state == "waiting" {
        rows::rebuild(db, &new.op.entity, new.op.id)?;
    }
    Ok(Stored::Waits)
}

/// Stores the server's verdict on an operation. `retry` leaves it waiting, with the reason.
pub fn settle(db: &Connection, op_id: &str, print: &[u8], verdict: &Verdict, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let verdict = &rows::mask_verdict(verdict);
    if verdict.verdict == VerdictKind::Retry {
        let reason = verdict.reason.map(|r| serde_json::to_value(r).unwrap_or_default().as_str().unwrap_or_default().to_owned());
        let is_refusal = i64::from(reason.as_deref() == Some("internal_error"));
        db.prepare_cached(
            "UPDATE ops SET tries = tries + 1, last_error = ?3, refusals = CASE ?4 WHEN 1 THEN refusals + 1 ELSE 0 END
             WHERE op_id = ?1 AND fingerprint = ?2 AND state = 'waiting'",
        )?
        .execute(params![op_id, print, reason, is_refusal])?;
        return Ok(false);
    }
    let body: Option<String> = db
        .prepare_cached(
            "UPDATE ops SET state = 'done', verdict = ?3, result = ?4, done_at = ?5, tries = tries + 1, last_error = NULL
             WHERE op_id = ?1 AND fingerprint = ?2 AND state <> 'done' RETURNING body",
        )?
        .query_row(params![op_id, print, verdict.verdict.as_str(), serde_json::to_string(verdict)?, ms(now)], |row| row.get(0))
        .optional()?;
    let Some(body) = body else { return Ok(false) };
    let op: Op = serde_json::from_str(&body)?;
    rows::take_verdict(db, &op, verdict)?;
    Ok(true)
}

/// Stores the verdicts of a batch, in its order.
pub fn settle_all(db: &Connection, batch: &[Waiting], verdicts: &[Verdict], now: DateTime<Utc>) -> Result<usize, StoreError> {
    let mut left = 0;
    for (waiting, verdict) in batch.iter().zip(verdicts) {
        left += usize::from(settle(db, &waiting.op.op_id.to_string(), &fingerprint(&waiting.op), verdict, now)?);
    }
    Ok(left)
}

/// Stores why a batch still waits.
pub fn keep_because(db: &Connection, batch: &[Waiting], why: &str) -> Result<(), StoreError> {
    let mut update = db.prepare_cached("UPDATE ops SET tries = tries + 1, last_error = ?2 WHERE seq = ?1 AND state = 'waiting'")?;
    for waiting in batch {
        update.execute(params![waiting.seq, why])?;
    }
    Ok(())
}

/// The operations to be sent next, in the order in which they were stored; queues in `without` are left out. An operation that this PC made
/// from its author's form gets that author's newest grant; one that a browser brought has its own or none.
pub fn list_next(db: &Connection, most: usize, most_bytes: usize, without: &[Uuid]) -> Result<Vec<Waiting>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT o.seq, o.body, o.source, o.refusals, p.grant_text
         FROM ops o LEFT JOIN people p ON p.queue_id = o.queue_id AND p.user_id = o.actor AND o.source <> 'queue'
         WHERE o.state = 'waiting' ORDER BY o.seq",
    )?;
    let mut found = query.query([])?;
    let (mut batch, mut bytes) = (Vec::new(), 0);
    while let Some(row) = found.next()? {
        let waiting = waiting_of(row)?;
        if without.contains(&waiting.op.queue_id) {
            continue;
        }
        if !batch.is_empty() && bytes + waiting.bytes > most_bytes {
            break;
        }
        bytes += waiting.bytes;
        batch.push(waiting);
        if batch.len() >= most {
            break;
        }
    }
    Ok(batch)
}

fn waiting_of(row: &SqlRow<'_>) -> Result<Waiting, StoreError> {
    let body: String = row.get(1)?;
    let mut op: Op = serde_json::from_str(&body)?;
    if let Some(grant) = row.get::<_, Option<String>>(4)? {
        op.grant = Some(grant);
    }
    Ok(Waiting {
        seq: row.get(0)?,
        source: Source::parse(&row.get::<_, String>(2)?),
        refusals: row.get(3)?,
        bytes: body.len() + op.grant.as_ref().map_or(0, String::len),
        op,
    })
}

/// Forms that the server acknowledged and whose verdict is not known here yet.
pub fn list_asked(db: &Connection, most: usize) -> Result<Vec<Waiting>, StoreError> {
    let mut query =
        db.prepare_cached("SELECT o.seq, o.body, o.source, o.refusals, NULL FROM ops o WHERE o.state = 'asked' ORDER BY o.seq LIMIT ?1")?;
    list_waiting(&mut query, most)
}

/// Operations that the server holds, the newest first: a person may have decided on them since, or what they waited for has arrived.
pub fn list_held(db: &Connection, most: usize) -> Result<Vec<Waiting>, StoreError> {
    let mut query = db.prepare_cached(
        "SELECT o.seq, o.body, o.source, o.refusals, NULL FROM ops o
         WHERE o.state = 'done' AND o.verdict IN ('held', 'rejected') AND o.verdict = 'held' ORDER BY o.seq DESC LIMIT ?1",
    )?;
    list_waiting(&mut query, most)
}

fn list_waiting(query: &mut Statement<'_>, most: usize) -> Result<Vec<Waiting>, StoreError> {
    let mut found = query.query([i64::try_from(most).unwrap_or(i64::MAX)])?;
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(waiting_of(row)?);
    }
    Ok(all)
}

/// Stores a newer verdict on an operation that the server held. True if it differs.
pub fn revise(db: &Connection, seq: i64, verdict: &Verdict) -> Result<bool, StoreError> {
    if matches!(verdict.verdict, VerdictKind::Held | VerdictKind::Retry) {
        return Ok(false);
    }
    let verdict = rows::mask_verdict(verdict);
    let body: Option<String> = db
        .prepare_cached("UPDATE ops SET verdict = ?2, result = ?3 WHERE seq = ?1 AND state = 'done' AND verdict = 'held' RETURNING body")?
        .query_row(params![seq, verdict.verdict.as_str(), serde_json::to_string(&verdict)?], |row| row.get(0))
        .optional()?;
    let Some(body) = body else { return Ok(false) };
    rows::take_verdict(db, &serde_json::from_str(&body)?, &verdict)?;
    Ok(true)
}

/// Deletes an operation that the server does not know: it made other operations from the form than this PC.
pub fn forget_asked(db: &Connection, seq: i64) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM ops WHERE seq = ?1 AND state = 'asked'")?.execute([seq])?;
    Ok(())
}

/// How many operations wait, and how many were held or refused.
pub fn count(db: &Connection) -> Result<Counts, StoreError> {
    let (waiting, failed) = db.prepare_cached("SELECT waiting, failed FROM totals")?.query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let oldest: Option<i64> = db
        .prepare_cached("SELECT stored_at FROM ops WHERE state = 'waiting' ORDER BY seq LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(Counts { waiting, failed, oldest_at: oldest.map(instant) })
}

/// How many operations of a person wait.
pub fn count_waiting_of(db: &Connection, user: Uuid) -> Result<i64, StoreError> {
    let mut count = db.prepare_cached("SELECT count(*) FROM ops WHERE state = 'waiting' AND actor = ?1")?;
    Ok(count.query_row([user.to_string()], |row| row.get(0))?)
}

/// Whether operations of a person wait.
pub fn has_waiting_of(db: &Connection, user: Uuid) -> Result<bool, StoreError> {
    let mut query = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM ops WHERE state = 'waiting' AND actor = ?1)")?;
    Ok(query.query_row([user.to_string()], |row| row.get(0))?)
}

/// Operations of a person that wait, the oldest first.
pub fn list_waiting_of(db: &Connection, user: Uuid, most: i64) -> Result<Vec<Kept>, StoreError> {
    list_kept(db, "state = 'waiting' AND actor = ?1 ORDER BY seq LIMIT ?2", params![user.to_string(), most])
}

/// Operations of a person that the server holds or refused, the newest first.
pub fn list_failed_of(db: &Connection, user: Uuid, most: i64) -> Result<Vec<Kept>, StoreError> {
    let which = "state = 'done' AND verdict IN ('held', 'rejected') AND actor = ?1 ORDER BY seq DESC LIMIT ?2";
    list_kept(db, which, params![user.to_string(), most])
}

fn list_kept(db: &Connection, which: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Kept>, StoreError> {
    let mut query = db.prepare_cached(&format!("SELECT body, label, href, stored_at, result FROM ops WHERE {which}"))?;
    let mut found = query.query(values)?;
    let mut kept = Vec::new();
    while let Some(row) = found.next()? {
        let result: Option<String> = row.get(4)?;
        kept.push(Kept {
            op: serde_json::from_str(&row.get::<_, String>(0)?)?,
            label: row.get(1)?,
            href: row.get(2)?,
            stored_at: instant(row.get(3)?),
            verdict: result.as_deref().map(serde_json::from_str).transpose()?,
        });
    }
    Ok(kept)
}

/// Whether an operation is stored, in any state.
pub fn is_kept(db: &Connection, op_id: Uuid) -> Result<bool, StoreError> {
    let mut query = db.prepare_cached("SELECT EXISTS (SELECT 1 FROM ops WHERE op_id = ?1)")?;
    Ok(query.query_row([op_id.to_string()], |row| row.get(0))?)
}

/// Whether the operation stored under this id wants the same as this one; `None` if there is none.
pub fn wants_the_same(db: &Connection, op: &Op) -> Result<Option<bool>, StoreError> {
    let body: Option<String> = db
        .prepare_cached("SELECT body FROM ops WHERE op_id = ?1 ORDER BY seq LIMIT 1")?
        .query_row([op.op_id.to_string()], |row| row.get(0))
        .optional()?;
    let Some(kept) = body.as_deref().map(serde_json::from_str::<Op>).transpose()? else { return Ok(None) };
    let wants = |op: &Op| op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone())).collect::<Row>();
    Ok(Some((kept.kind, &kept.entity, kept.id, wants(&kept)) == (op.kind, &op.entity, op.id, wants(op))))
}

/// The verdicts known here, by operation.
pub fn list_verdicts(db: &Connection, op_ids: &[Uuid]) -> Result<Vec<(Uuid, Option<Verdict>)>, StoreError> {
    let mut query = db.prepare_cached("SELECT result FROM ops WHERE op_id = ?1 ORDER BY seq LIMIT 1")?;
    let mut known = Vec::new();
    for id in op_ids {
        let found: Option<Option<String>> = query.query_row([id.to_string()], |row| row.get(0)).optional()?;
        if let Some(result) = found {
            known.push((*id, result.as_deref().map(serde_json::from_str).transpose()?));
        }
    }
    Ok(known)
}

/// The earlier waiting operations on which this one builds: the last one about its row, and about each row that it refers to.
pub fn list_needed(db: &Connection, op: &Op) -> Result<Vec<Uuid>, StoreError> {
    let mut last =
        db.prepare_cached("SELECT op_id FROM ops WHERE state = 'waiting' AND entity = ?1 AND row_id = ?2 ORDER BY seq DESC LIMIT 1")?;
    let referred = [("employee", "employee_id"), ("shift_template", "shift_template_id")];
    let refers = referred.iter().filter_map(|(entity, field)| Some((*entity, op.fields.get(*field)?.to.as_str()?.to_owned())));
    let mut needed = Vec::new();
    for (entity, id) in std::iter::once((op.entity.as_str(), op.id.to_string())).chain(refers) {
        let found: Option<String> = last.query_row(params![entity, id], |row| row.get(0)).optional()?;
        needed.extend(found.and_then(|text| text.parse::<Uuid>().ok()));
    }
    needed.dedup();
    Ok(needed)
}

/// The server has lost data: everything that the log still has is sent again. Returns how many operations.
pub fn send_log_again(db: &Connection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let since = ms(now - LOG_KEPT);
    let again = db
        .prepare_cached(
            "UPDATE ops SET state = 'waiting', resent_at = ?1, tries = 0, refusals = 0, verdict = NULL, result = NULL
             WHERE state = 'done' AND done_at >= ?2",
        )?
        .execute(params![ms(now), since])?;
    Ok(again)
}

/// Deletes operations that were done long ago, also held and refused ones: their author finds those at the server.
pub fn prune(db: &Connection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let deleted = db.prepare_cached("DELETE FROM ops WHERE state = 'done' AND done_at < ?1")?.execute([ms(now - LOG_KEPT)])?;
    Ok(deleted)
}

//! Operations that are held or were refused, in the reader's words.

use std::collections::{HashMap, HashSet};

use askama::Template;
use uuid::Uuid;

use super::{Decision, State, StoredOp};
use crate::{
    complaint::FieldError,
    i18n::{Lang, format::instant, t, t_with},
    identity::Actor,
    ops::{Kind, Reason, VerdictKind},
    web::{change::FieldChange, filters, form::sentence, page::Ctx, pagination::Pager},
    words::{Names, entity_in_words, label_of},
};

/// The filter as the page shows it.
#[derive(Debug, Default)]
pub(super) struct FilterView {
    pub region: String,
    pub state: State,
}

/// The page.
#[derive(Template)]
#[template(path = "queue/list.html", blocks = ["list"])]
pub(super) struct QueuePage<'a> {
    pub ctx: &'a Ctx,
    pub filter: FilterView,
    pub items: Vec<HeldView>,
    pub pager: Pager,
}

/// One operation.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a button each")]
pub(super) struct HeldView {
    pub op_id: Uuid,
    pub region: String,
    pub region_name: String,
    pub is_held: bool,
    /// "Çalışan ekleme".
    pub headline: String,
    /// The name that its row has or would have.
    pub title: String,
    /// Why it is held or was refused, and what to do.
    pub reason: &'static str,
    /// What is wrong with which field.
    pub errors: Vec<String>,
    pub fields: Vec<FieldChange>,
    pub who: String,
    pub entered: String,
    pub received: String,
    /// The first digits of the queue's id, and the operation's number in it.
    pub queue: String,
    /// How often it was tried.
    pub attempts: i32,
    /// "Vazgeçildi: admin, 05.01.2026 14:30"; empty if there is no decision.
    pub decided: String,
    /// The existing row with the same key.
    pub twin: Option<String>,
    pub can_retry: bool,
    pub can_accept: bool,
    pub can_discard: bool,
    pub can_mark_seen: bool,
}

/// What is known besides the operations themselves.
pub(super) struct Known {
    pub names: Names,
    /// Names of the accounts that this reader may know.
    pub people: HashMap<Uuid, String>,
    /// Those of the authors who are administrators now.
    pub admins: HashSet<Uuid>,
    /// By operation, the existing row with the same key.
    pub twins: HashMap<Uuid, Uuid>,
}

impl HeldView {
    pub(super) fn new(ctx: &Ctx, actor: &Actor, stored: &StoredOp, known: &Known) -> Self {
        let (lang, op, verdict) = (ctx.lang, &stored.op, &stored.verdict);
        let is_held = verdict.verdict == VerdictKind::Held;
        let seen = stored.decision.as_ref().is_some_and(|d| d.decision == "seen" && d.attempt == stored.attempt);
        let by_admin = known.admins.contains(&op.actor);
        let fits = |decision: Decision| !actor.is_viewing() && decision.fits(stored, actor, by_admin);
        let title = known.names.title(op.id).unwrap_or_else(|| known.names.title_of_new(&op.entity, &op.fields));
        Self {
            op_id: op.op_id,
            region: op.region.to_string(),
            region_name: if ctx.has_many_regions() { ctx.region_name(op.region.code()).to_owned() } else { String::new() },
            is_held,
            headline: headline(lang, op.kind, &op.entity),
            title,
            reason: reason_in_words(lang, verdict.reason),
            errors: verdict.errors.iter().filter(|e| !e.field.is_empty()).map(|error| complaint(lang, error)).collect(),
            fields: known.names.describe(lang, &op.entity, &op.fields),
            who: known.people.get(&op.actor).cloned().unwrap_or_else(|| t(lang, "activity-unknown-account").to_owned()),
            entered: instant(op.edited_at),
            received: instant(stored.received_at),
            queue: if op.n > 0 { format!("{}/{}", &op.queue_id.simple().to_string()[..8], op.n) } else { String::new() },
            attempts: stored.attempt,
            decided: decided_in_words(lang, stored),
            twin: known.twins.get(&op.op_id).and_then(|id| known.names.title(*id)).filter(|_| fits(Decision::SameRow)),
            can_retry: fits(Decision::Retried),
            can_accept: fits(Decision::Accepted),
            can_discard: fits(Decision::Discarded) && is_held,
            can_mark_seen: fits(Decision::Seen) && verdict.reason != Some(Reason::Discarded) && !seen,
        }
    }
}

fn complaint(lang: Lang, error: &FieldError) -> String {
    format!("{}: {}", label_of(lang, &error.field), sentence(lang, error))
}

fn headline(lang: Lang, kind: Kind, entity: &str) -> String {
    let key = match kind {
        Kind::Create => "queue-of-create",
        Kind::Update | Kind::Command => "queue-of-update",
        Kind::Delete => "queue-of-delete",
        Kind::Restore => "queue-of-restore",
    };
    t_with(lang, key, &[("what", &entity_in_words(lang, entity))])
}

fn reason_in_words(lang: Lang, reason: Option<Reason>) -> &'static str {
    let key = match reason {
        Some(Reason::WaitingAfter) => "queue-why-waiting-after",
        Some(Reason::DepRejected) => "queue-why-dep-rejected",
        Some(Reason::RegionClosed) => "queue-why-region-closed",
        Some(Reason::NaturalKey) => "queue-why-natural-key",
        Some(Reason::ForbiddenNow) => "queue-why-forbidden-now",
        Some(Reason::Forbidden) => "queue-why-forbidden",
        Some(Reason::GrantRevoked) => "queue-why-grant-revoked",
        Some(Reason::SchemaUnknown) => "queue-why-schema-unknown",
        Some(Reason::InternalError | Reason::Busy | Reason::Carrier) => "queue-why-internal-error",
        Some(Reason::OpIdReused) => "queue-why-op-id-reused",
        Some(Reason::UnknownEntity) => "queue-why-unknown-entity",
        Some(Reason::Discarded) => "queue-why-discarded",
        Some(Reason::Invalid) | None => "queue-why-invalid",
    };
    t(lang, key)
}

fn decided_in_words(lang: Lang, stored: &StoredOp) -> String {
    let Some(last) = &stored.decision else { return String::new() };
    let key = match last.decision.as_str() {
        "accepted" => "queue-decided-accepted",
        "same_row" => "queue-decided-same-row",
        "discarded" => "queue-decided-discarded",
        "seen" => "queue-decided-seen",
        _ => "queue-decided-retried",
    };
    t_with(lang, key, &[("who", &last.by), ("at", &instant(last.at))])
}

//! Conflicts in the reader's words, by row.

use std::collections::HashMap;

use askama::Template;
use serde_json::Value;
use uuid::Uuid;

use super::db::{ConflictRow, Side};
use crate::{
    i18n::{Lang, format::instant, t, t_with},
    identity::Actor,
    ops::description,
    sync::{FeedRow, may_write},
    web::{filters, page::Ctx},
    words::{Names, entity_in_words, label_of},
};

/// The page.
#[derive(Template)]
#[template(path = "conflicts/list.html", blocks = ["list"])]
pub(super) struct ConflictsPage<'a> {
    pub ctx: &'a Ctx,
    pub region: String,
    pub settled: bool,
    pub rows: Vec<RowView>,
    pub is_cut: bool,
}

impl ConflictsPage<'_> {
    /// Key of the filter's word.
    fn state_label(&self) -> &'static str {
        if self.settled { "conflicts-settled" } else { "conflicts-open" }
    }

    /// The filter, as in the address.
    fn state_word(&self) -> &'static str {
        if self.settled { "settled" } else { "" }
    }
}

/// A row with its conflicts.
#[derive(Debug)]
pub(super) struct RowView {
    pub region_name: String,
    /// "Puantaj kaydı: Ayşe Işık, 05.01.2026".
    pub title: String,
    pub href: Option<String>,
    /// Its version now.
    pub version: i64,
    pub conflicts: Vec<ConflictView>,
}

/// One conflict.
#[derive(Debug)]
pub(super) struct ConflictView {
    pub id: Uuid,
    /// What kind of conflict it is.
    pub kind: String,
    /// The value that both had seen; empty if there is none to show.
    pub base: String,
    /// The value that stands.
    pub stands: SideView,
    /// The other value.
    pub other: SideView,
    /// The present value, if it is neither of the two any more.
    pub changed_since: String,
    /// "Kalsın: 08:30".
    pub keep: String,
    /// "Yerine: 09:00".
    pub replace: String,
    /// "admin, 05.01.2026 14:30: kaldı"; empty while it is open.
    pub settled: String,
    /// Whether the reader may settle it: it is open, the reader may write rows of its kind, and does not only look.
    pub is_to_settle: bool,
}

/// One side.
#[derive(Debug)]
pub(super) struct SideView {
    pub value: String,
    pub who: String,
    pub at: String,
}

/// What is known besides the conflicts themselves.
pub(super) struct Known {
    pub names: Names,
    pub people: HashMap<Uuid, String>,
    /// The rows as they are now, by region and id.
    pub rows: HashMap<(String, Uuid), FeedRow>,
}

/// The conflicts by row, in their order.
pub(super) fn by_row(ctx: &Ctx, conflicts: &[ConflictRow], known: &Known) -> Vec<RowView> {
    conflicts.chunk_by(|a, b| (&a.region, a.entity_id) == (&b.region, b.entity_id)).map(|of_row| row_view(ctx, of_row, known)).collect()
}

/// Whether a person may settle conflicts in rows of this kind.
pub(super) fn may_decide(actor: &Actor, entity: &str) -> bool {
    !actor.is_viewing() && may_write(entity, actor.is_admin())
}

fn row_view(ctx: &Ctx, conflicts: &[ConflictRow], known: &Known) -> RowView {
    let first = &conflicts[0];
    let now = known.rows.get(&(first.region.clone(), first.entity_id));
    let what = entity_in_words(ctx.lang, &first.entity);
    RowView {
        region_name: if ctx.has_many_regions() { ctx.region_name(&first.region).to_owned() } else { String::new() },
        title: known.names.title(first.entity_id).map_or_else(|| what.to_owned(), |title| format!("{what}: {title}")),
        href: description(&first.entity)
            .and_then(|entity| entity.address(first.entity_id, now.is_none_or(|row| row.deleted)))
            .map(|page| format!("{page}{}", ctx.at(&first.region))),
        version: now.map_or(0, |row| row.version),
        conflicts: conflicts.iter().map(|conflict| ConflictView::new(ctx, conflict, now, known)).collect(),
    }
}

impl ConflictView {
    fn new(ctx: &Ctx, conflict: &ConflictRow, now: Option<&FeedRow>, known: &Known) -> Self {
        let lang = ctx.lang;
        let may_decide = ctx.actor.as_ref().is_some_and(|actor| may_decide(actor, &conflict.entity));
        let empty = || t(lang, "change-empty").to_owned();
        let field = conflict.field.as_deref().unwrap_or_default();
        let is_field = conflict.kind == "field";
        let words = |value: &Value| known.names.value(lang, &conflict.entity, field, value).unwrap_or_else(empty);
        let (stands, other) = if is_field {
            (words(&conflict.win), words(&conflict.lose))
        } else {
            (row_in_words(lang, now), t(lang, "conflict-row-goes").to_owned())
        };
        let current = if is_field { now.and_then(|row| row.row.get(field)).unwrap_or(&Value::Null) } else { &Value::Null };
        let has_moved = is_field && now.is_some() && *current != conflict.win;
        Self {
            id: conflict.id,
            kind: kind_in_words(lang, conflict),
            base: if is_field { words(&conflict.base) } else { String::new() },
            keep: t_with(lang, "conflict-keep", &[("value", if has_moved { &"" } else { &stands })]),
            replace: t_with(lang, "conflict-replace", &[("value", &other)]),
            stands: side(lang, stands, conflict.winner.as_ref(), known),
            other: side(lang, other, conflict.loser.as_ref(), known),
            changed_since: if has_moved { words(current) } else { String::new() },
            settled: settled(lang, conflict),
            is_to_settle: may_decide && conflict.resolved_at.is_none(),
        }
    }
}

/// "Kayıt duruyor: 08:30-17:30, mola 60 dk": what a deletion would remove.
fn row_in_words(lang: Lang, now: Option<&FeedRow>) -> String {
    let text =
        |name: &str| now.and_then(|row| row.row.get(name)).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    match (text("start_time"), text("end_time"), text("break_minutes")) {
        (Some(start), Some(end), Some(rest)) => {
            t_with(lang, "conflict-row-stays-with", &[("start", &start), ("end", &end), ("rest", &rest)])
        }
        _ => t(lang, "conflict-row-stays").to_owned(),
    }
}

fn side(lang: Lang, value: String, side: Option<&Side>, known: &Known) -> SideView {
    let who = side.map(|side| known.people.get(&side.actor).cloned().unwrap_or_else(|| t(lang, "activity-unknown-account").to_owned()));
    SideView { value, who: who.unwrap_or_default(), at: side.and_then(|side| side.entered_at).map(instant).unwrap_or_default() }
}

fn kind_in_words(lang: Lang, conflict: &ConflictRow) -> String {
    match conflict.kind.as_str() {
        "delete_vs_edit" => t(lang, "conflict-delete-vs-edit").to_owned(),
        "edit_vs_delete" => t(lang, "conflict-edit-vs-delete").to_owned(),
        "parent_deleted" => t(lang, "conflict-parent-deleted").to_owned(),
        _ => t_with(lang, "conflict-field", &[("field", &label_of(lang, conflict.field.as_deref().unwrap_or_default()))]),
    }
}

fn settled(lang: Lang, conflict: &ConflictRow) -> String {
    let Some(at) = conflict.resolved_at else { return String::new() };
    let key = if conflict.resolution.as_deref() == Some("replaced") { "conflict-was-replaced" } else { "conflict-was-kept" };
    let who = conflict.resolved_by_name.as_deref().unwrap_or("?");
    t_with(lang, key, &[("who", &who), ("at", &instant(at))])
}

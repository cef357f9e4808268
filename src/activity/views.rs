//! Changes of rows in the reader's words, for the activity page and for the history on a row's own page.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{
    db::{self, ChangeRow},
    reversal::can_reverse,
};
pub use crate::web::change::ChangeView;
use crate::{
    clock::in_istanbul,
    db::{Mode, ScopedTx},
    error::AppResult,
    events::{region_in_words, time_of_day},
    i18n::{Lang, t, t_with},
    sync::may_write,
    web::page::Ctx,
    words::{RowName, describe, entity_in_words, list_row_names, named},
};

/// Changes a row's history shows at most.
const HISTORY_LENGTH: i64 = 200;

/// What happened to one row, newest first; the last 200 changes. Only regions of the transaction's scope are looked at.
pub async fn history_of<M: Mode>(tx: &mut ScopedTx<M>, ctx: &Ctx, entity: &str, id: Uuid) -> AppResult<Vec<ChangeView>> {
    let rows = db::list_changes_of_row(tx, entity, id, HISTORY_LENGTH).await?;
    let names = list_row_names(tx, &rows.iter().flat_map(mentioned_ids).collect::<Vec<_>>()).await?;
    let on_own_page = |row| {
        let change = ChangeView::new(ctx, row, &names);
        let time = exact_instant(change.at);
        ChangeView { time, region: String::new(), title: String::new(), href: None, among_others: false, ..change }
    };
    Ok(rows.iter().map(on_own_page).collect())
}

/// The ids in a change whose names the words need.
pub(super) fn mentioned_ids(row: &ChangeRow) -> Vec<Uuid> {
    let people = [&row.before, &row.after].into_iter().flatten().filter_map(employee_in);
    let templates = [&row.before, &row.after].into_iter().flatten().filter_map(|side| id_in(side, "shift_template_id"));
    people.chain(templates).chain([row.entity_id]).collect()
}

fn employee_in(side: &Value) -> Option<Uuid> {
    id_in(side, "employee_id")
}

fn id_in(side: &Value, column: &str) -> Option<Uuid> {
    side.get(column)?.as_str()?.parse().ok()
}

impl ChangeView {
    /// Puts a change into words, for a list under a day's heading.
    pub(super) fn new(ctx: &Ctx, row: &ChangeRow, names: &HashMap<Uuid, RowName>) -> Self {
        let lang = ctx.lang;
        let person = |id| names.get(&id).map(|row: &RowName| row.name.as_str());
        Self {
            at: row.at,
            time: time_of_day(row.at),
            who: row.actor_name.clone().unwrap_or_else(|| t(lang, "activity-system").to_owned()),
            origin: source_in_words(lang, row),
            entered_at: entered_at(row),
            region: region_in_words(ctx, &row.region),
            icon: icon_of(&row.action),
            headline: headline(lang, row),
            title: title_of(row, names),
            href: address(ctx, row, names),
            fields: describe(lang, row.before.as_ref(), row.after.as_ref(), person),
            id: row.id,
            entity_id: row.entity_id,
            reversal: reversal_key(ctx, row, names),
            among_others: true,
        }
    }
}

/// Out of a queue, a change has two times; a form's are the same, and a takeover's is the file's.
fn entered_at(row: &ChangeRow) -> String {
    let queued = matches!(row.origin.as_str(), "offline" | "agent");
    let waited = |entered: &DateTime<Utc>| queued && (row.at - *entered).num_minutes().abs() >= 1;
    row.client_at.filter(waited).map(exact_instant).unwrap_or_default()
}

/// "Puantaj kaydı değiştirildi". Rows and deeds of a newer version of the program stand under their own names.
fn headline(lang: Lang, row: &ChangeRow) -> String {
    let what = entity_in_words(lang, &row.entity);
    let key = match row.action.as_str() {
        "create" => "change-created",
        "delete" => "change-deleted",
        "restore" => "change-restored",
        "erase" => "change-erased",
        _ => "change-updated",
    };
    t_with(lang, key, &[("what", &what)])
}

/// The button that takes the change back; none where that would be refused.
fn reversal_key(ctx: &Ctx, row: &ChangeRow, names: &HashMap<Uuid, RowName>) -> Option<&'static str> {
    let is_closed = ctx.regions.iter().any(|region| region.code == row.region && !region.is_open);
    if is_closed || !may_write(&row.entity, ctx.is_admin()) {
        return None;
    }
    let deleted = names.get(&row.entity_id).is_some_and(|found| found.deleted);
    let key = if row.action == "delete" { "change-bring-back" } else { "change-reverse" };
    can_reverse(row, deleted).then_some(key)
}

fn icon_of(action: &str) -> &'static str {
    match action {
        "create" => "plus",
        "delete" | "erase" => "trash",
        "restore" => "restore",
        _ => "edit",
    }
}

/// What the row is called now; for one that is gone, what it was called when it went.
pub(super) fn title_of(row: &ChangeRow, names: &HashMap<Uuid, RowName>) -> String {
    if let Some(found) = names.get(&row.entity_id) {
        return named(&found.name, found.work_date);
    }
    let text = |name| row.before.as_ref().and_then(|before| before.get(name)).and_then(Value::as_str);
    let employee = row.before.as_ref().and_then(employee_in).and_then(|id| names.get(&id)).map(|found| found.name.as_str());
    let name = text("full_name").or_else(|| text("name")).or(employee).unwrap_or_default();
    named(name, text("work_date").or_else(|| text("day")).and_then(|date| date.parse().ok()))
}

/// The page of a row. Timesheets and employees keep theirs when they are deleted.
fn address(ctx: &Ctx, row: &ChangeRow, names: &HashMap<Uuid, RowName>) -> Option<String> {
    let (found, at) = (names.get(&row.entity_id)?, ctx.at(&row.region));
    match row.entity.as_str() {
        "timesheet" => Some(format!("/timesheets/{}{at}", row.entity_id)),
        "employee" => Some(format!("/employees/{}{at}", row.entity_id)),
        "shift_template" if !found.deleted => Some(format!("/shift-templates/{}/edit{at}", row.entity_id)),
        _ => None,
    }
}

/// How a change entered, and through which PC or in whose hands.
fn source_in_words(lang: Lang, row: &ChangeRow) -> String {
    match (&row.device, &row.carrier) {
        (Some(name), _) => t_with(lang, "origin-agent-named", &[("name", name)]),
        (None, Some(carrier)) => t_with(lang, "origin-carried", &[("origin", &origin_in_words(lang, &row.origin)), ("carrier", carrier)]),
        (None, None) => origin_in_words(lang, &row.origin),
    }
}

pub(super) fn origin_in_words(lang: Lang, origin: &str) -> String {
    let words = match origin {
        "web" => t(lang, "origin-web"),
        "offline" => t(lang, "origin-offline"),
        "agent" => t(lang, "origin-agent"),
        "import" => t(lang, "origin-import"),
        "legacy" => t(lang, "origin-legacy"),
        "system" => t(lang, "origin-system"),
        other => other,
    };
    words.to_owned()
}

/// `05.01.2026 14:30:05` by Istanbul's clock: histories are read to the second.
fn exact_instant(at: DateTime<Utc>) -> String {
    in_istanbul(at).format("%d.%m.%Y %H:%M:%S").to_string()
}

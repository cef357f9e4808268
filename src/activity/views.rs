//! Changes of rows in the reader's language, for the activity page and for the history on a row's page.

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
    ops::description,
    sync::may_write,
    web::page::Ctx,
    words::{RowName, describe, entity_in_words, list_row_names, named, title_of_values},
};

/// Maximum number of changes in a row's history.
const HISTORY_LENGTH: i64 = 200;

/// The history of one row, newest first; the last 200 changes. Only regions of the transaction's scope are read.
pub async fn history_of<M: Mode>(tx: &mut ScopedTx<M>, ctx: &Ctx, entity: &str, id: Uuid) -> AppResult<Vec<ChangeView>> {
    let rows = db::list_changes_of_row(tx, entity, id, HISTORY_LENGTH).await?;
    let names = list_row_names(tx, &rows.iter().flat_map(mentioned_ids).collect::<Vec<_>>()).await?;
    let on_own_page = |row| {
        let change = change_in_words(ctx, row, &names);
        let time = exact_instant(change.at);
        ChangeView { time, region: String::new(), title: String::new(), href: None, among_others: false, ..change }
    };
    Ok(rows.iter().map(on_own_page).collect())
}

/// The ids in a change whose names appear in its words.
pub(super) fn mentioned_ids(row: &ChangeRow) -> Vec<Uuid> {
    let entity = description(&row.entity);
    let sides = [&row.before, &row.after].into_iter().flatten().filter_map(Value::as_object);
    let mentioned = sides.flat_map(|side| entity.into_iter().flat_map(move |entity| entity.references(side)));
    mentioned.chain([row.entity_id]).collect()
}

/// Puts a change into words, for a list under a day's heading.
pub(super) fn change_in_words(ctx: &Ctx, row: &ChangeRow, names: &HashMap<Uuid, RowName>) -> ChangeView {
    let lang = ctx.lang;
    let person = |id| names.get(&id).map(|row: &RowName| row.name.as_str());
    ChangeView {
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
        fields: describe(lang, &row.entity, row.before.as_ref(), row.after.as_ref(), person),
        id: row.id,
        entity_id: row.entity_id,
        reversal: reversal_key(ctx, row, names),
        among_others: true,
    }
}

/// The time of entry, if the change waited in a queue; empty otherwise. A form's two times are equal, and an import's is the file's.
fn entered_at(row: &ChangeRow) -> String {
    let queued = matches!(row.origin.as_str(), "offline" | "agent");
    let waited = |entered: &DateTime<Utc>| queued && (row.at - *entered).num_minutes().abs() >= 1;
    row.client_at.filter(waited).map(exact_instant).unwrap_or_default()
}

/// "Puantaj kaydı değiştirildi". Entities and actions of a newer version of the program appear under their internal names.
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

/// The translation key of the undo button; `None` if an undo would be refused.
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

/// The row's current name; for a deleted row its name at the deletion.
pub(super) fn title_of(row: &ChangeRow, names: &HashMap<Uuid, RowName>) -> String {
    if let Some(found) = names.get(&row.entity_id) {
        return named(&found.name, found.work_date);
    }
    let before = |column: &str| row.before.as_ref()?.get(column)?.as_str();
    title_of_values(names, &row.entity, before)
}

/// Link to the row's page.
fn address(ctx: &Ctx, row: &ChangeRow, names: &HashMap<Uuid, RowName>) -> Option<String> {
    let page = description(&row.entity)?.address(row.entity_id, names.get(&row.entity_id)?.deleted)?;
    Some(format!("{page}{}", ctx.at(&row.region)))
}

/// The origin of a change, and the PC or the account that delivered it.
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

/// `05.01.2026 14:30:05` in Istanbul time: histories need seconds.
fn exact_instant(at: DateTime<Utc>) -> String {
    in_istanbul(at).format("%d.%m.%Y %H:%M:%S").to_string()
}

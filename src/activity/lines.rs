//! The lines of the change log and of the events in one order.

use std::collections::HashMap;

use uuid::Uuid;

use super::{
    cursor::{Cursor, Mark},
    db::{self, ChangeRow},
    filter::Filter,
    views::mentioned_ids,
};
use crate::{
    db::{Read, ScopedTx},
    events::EventRow,
    words::{RowName, list_row_names},
};

/// A line as stored.
pub(super) enum Row {
    Change(ChangeRow),
    Event(EventRow),
}

impl Row {
    pub fn cursor(&self) -> Cursor {
        match self {
            Self::Change(row) => Cursor { at: row.at, mark: Mark::Change(row.id) },
            Self::Event(row) => Cursor { at: row.at, mark: Mark::Event(row.id) },
        }
    }
}

/// Lines that pass the filter, newest first, with the names that their words need.
#[derive(Default)]
pub(super) struct Part {
    pub rows: Vec<Row>,
    pub names: HashMap<Uuid, RowName>,
    /// The cursor of the next part; `None` if there is none.
    pub older: Option<Cursor>,
}

/// The `length` lines after a place.
pub(super) async fn list_part(tx: &mut ScopedTx<Read>, filter: &Filter, before: Cursor, length: usize) -> Result<Part, sqlx::Error> {
    let limit = i64::try_from(length + 1).unwrap_or(i64::MAX);
    let top = filter.top();
    let before = if before.cmp_newest_first(&top).is_lt() { top } else { before };
    let changes = if filter.wants_changes { db::list_changes(tx, filter, before.changes_below(), limit).await? } else { Vec::new() };
    let events = if filter.wants_events { db::list_events(tx, filter, before.events_below(), limit).await? } else { Vec::new() };
    let mut rows: Vec<Row> = changes.into_iter().map(Row::Change).chain(events.into_iter().map(Row::Event)).collect();
    rows.sort_by(|a, b| a.cursor().cmp_newest_first(&b.cursor()));
    let has_more = rows.len() > length;
    rows.truncate(length);
    let older = rows.last().filter(|_| has_more).map(Row::cursor);
    let mentioned: Vec<Uuid> =
        rows.iter().flat_map(|row| if let Row::Change(row) = row { mentioned_ids(row) } else { Vec::new() }).collect();
    let names = list_row_names(tx, &mentioned).await?;
    Ok(Part { rows, names, older })
}

//! One change of a row in the reader's words, as `components/change.html` shows it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// One field of a change, before and after, in words. `None` means no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// What the field is called.
    pub label: String,
    /// Its value before; `None` for an empty one, and in a new row.
    pub before: Option<String>,
    /// Its value after; `None` for an emptied one.
    pub after: Option<String>,
}

/// One change of a row, in words.
#[derive(Debug, Clone)]
pub struct ChangeView {
    /// When the server stored it, for machines.
    pub at: DateTime<Utc>,
    /// The same by Istanbul's clock: with the date in a history, without it under a day's heading.
    pub time: String,
    /// Name of the account, or "Sistem".
    pub who: String,
    /// How it entered the system: web, offline, import, ...
    pub origin: String,
    /// When it was entered on a device offline; empty if that is the same time.
    pub entered_at: String,
    /// Name of the region; empty if only one is possible.
    pub region: String,
    /// Icon of the action.
    pub icon: &'static str,
    /// "Puantaj kaydı değiştirildi".
    pub headline: String,
    /// The row's title, such as "Ayşe Işık, 05.01.2026"; empty on the row's own page.
    pub title: String,
    /// The row's page; `None` on that page itself and for rows without a page.
    pub href: Option<String>,
    /// Before and after.
    pub fields: Vec<FieldChange>,
    /// Number of the change in the log.
    pub id: i64,
    /// The row's id.
    pub entity_id: Uuid,
    /// Key of the text on the button that reverses the change; `None` if there is nothing to reverse.
    pub reversal: Option<&'static str>,
    /// Whether the change is listed among those of other rows: it then links to the history of its row.
    pub among_others: bool,
}

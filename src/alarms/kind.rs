//! Kinds of alarms: how urgent each is, and the keys of its texts.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::events::EventKind;

/// How much it matters; the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The entry cannot be right.
    Critical,
    /// A person should look at it.
    Warning,
    /// Good to know; most likely right.
    Note,
}

impl Severity {
    /// Key of its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Critical => "severity-critical",
            Self::Warning => "severity-warning",
            Self::Note => "severity-note",
        }
    }

    /// The tone of its badge.
    pub fn tone(self) -> &'static str {
        match self {
            Self::Critical => "red",
            Self::Warning => "yellow",
            Self::Note => "blue",
        }
    }

    /// Its icon: colour never stands alone.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Critical => "alert-circle",
            Self::Warning => "alert-triangle",
            Self::Note => "info-circle",
        }
    }
}

/// A kind of alarm of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// The word in the table and in events.
    pub word: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// Key of its name.
    pub label: &'static str,
    /// Key of the text that says why, with `{ $n }`, `{ $since }` and the subject's own arguments.
    pub why: &'static str,
    /// The event that is recorded when such an alarm is raised; `None` for a note, which is no incident.
    pub event: Option<EventKind>,
    /// Whether an alarm has to be acknowledged again when its amount grows.
    pub is_seen_again: bool,
}

impl Kind {
    /// A kind whose alarms record no event and have to be acknowledged once.
    pub const fn new(word: &'static str, severity: Severity, label: &'static str, why: &'static str) -> Self {
        Self { word, severity, label, why, event: None, is_seen_again: false }
    }

    /// Records this event when an alarm of the kind is raised.
    #[must_use]
    pub const fn logged_as(self, event: EventKind) -> Self {
        Self { event: Some(event), ..self }
    }

    /// Its alarms have to be acknowledged again when they grow.
    #[must_use]
    pub const fn seen_again(self) -> Self {
        Self { is_seen_again: true, ..self }
    }
}

/// Something odd about a subject, in the region in which it was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The subject: id of a queue, a PC or a row.
    pub subject: Uuid,
    /// Its kind.
    pub kind: Kind,
    /// How much of it: operations, seconds, megabytes, days.
    pub amount: i64,
    /// Since when.
    pub since: DateTime<Utc>,
}

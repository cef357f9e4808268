//! What may be odd, how much it matters, and in which words it is said.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::events::EventKind;

/// How much it matters; the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The entry cannot be right.
    Critical,
    /// Somebody should look.
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
    /// Key of why, with `{ $n }`, `{ $since }` and what the subject adds.
    pub why: &'static str,
    /// The event of an alarm that is raised; none for a note, which is nothing that happened.
    pub event: Option<EventKind>,
    /// An alarm of which more is odd than before has to be seen again.
    pub is_seen_again: bool,
}

impl Kind {
    /// A kind that the log says nothing of, and that is seen once.
    pub const fn new(word: &'static str, severity: Severity, label: &'static str, why: &'static str) -> Self {
        Self { word, severity, label, why, event: None, is_seen_again: false }
    }

    /// The log says when an alarm of it is raised.
    #[must_use]
    pub const fn logged_as(self, event: EventKind) -> Self {
        Self { event: Some(event), ..self }
    }

    /// Its alarms have to be seen again when they grow.
    #[must_use]
    pub const fn seen_again(self) -> Self {
        Self { is_seen_again: true, ..self }
    }
}

/// Something odd about a subject, in the region in which it was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// About what: the id of a queue, a PC, a row.
    pub subject: Uuid,
    /// What.
    pub kind: Kind,
    /// How much of it: operations, seconds, megabytes, days.
    pub amount: i64,
    /// Since when.
    pub since: DateTime<Utc>,
}

//! What alarms have in common.

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

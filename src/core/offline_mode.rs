//! The kill switch as a setting (SYNC 3.15).

use serde::Serialize;

use crate::ops::Choice;

/// What browsers may do without a network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum OfflineMode {
    /// Entries wait in the browser and are sent automatically.
    #[default]
    Normal,
    /// No new entry waits; entries that already wait are still sent.
    DrainOnly,
    /// The service worker removes itself once its queue is empty.
    Off,
}

impl OfflineMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Normal, Self::DrainOnly, Self::Off];
    /// The words of all modes.
    pub const WORDS: [&'static str; 3] = [Self::Normal.as_str(), Self::DrainOnly.as_str(), Self::Off.as_str()];

    /// The word in the table, in forms and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::DrainOnly => "drain_only",
            Self::Off => "off",
        }
    }

    /// The value in the form; empty for the default, which is not a setting.
    pub fn form_value(self) -> &'static str {
        if self == Self::Normal { "" } else { self.as_str() }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == word)
    }

    /// Key of its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Normal => "offline-mode-normal",
            Self::DrainOnly => "offline-mode-drain-only",
            Self::Off => "offline-mode-off",
        }
    }

    /// Key of its explanation.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Normal => "offline-mode-normal-means",
            Self::DrainOnly => "offline-mode-drain-only-means",
            Self::Off => "offline-mode-off-means",
        }
    }
}

impl Choice for OfflineMode {
    fn word(self) -> &'static str {
        self.as_str()
    }

    fn of_word(word: &str) -> Option<Self> {
        Self::parse(word)
    }
}

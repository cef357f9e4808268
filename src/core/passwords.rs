//! A password as somebody typed it: shared with an office PC's agent, through which it passes.

use std::fmt;

use serde::Deserialize;

/// Most bytes of any password that is looked at.
pub const MAX_BYTES: usize = 128;
/// What an unknown account's password is compared with: the same cost as a real hash, and nothing matches it.
pub const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$cmFpbnN0YWZmbm9ib2R5cw$v0mEjG4gwh9q6cU3yOXjzb3lfI5hSLJVkX0iBNcC2d8";

/// A password as typed. Never shown: its debug output says nothing.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// The password as typed.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(typed.into())
    }

    /// What a field holds: none where the form lacks the field, or nothing was typed into it. Nobody's password is empty.
    pub fn typed(field: Option<&str>) -> Option<Self> {
        field.filter(|text| !text.is_empty()).map(Self::new)
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text: for its hash, and for showing a random password once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_does_not_show_in_debug_output() {
        assert_eq!(format!("{:?}", Password::new("gül kurusu 1923")), "Password(..)");
    }
}

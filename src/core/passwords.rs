//! A password as typed. Shared with the agent of an office's PC, because passwords pass through it.

use std::fmt;

use serde::Deserialize;

/// Longest password that is checked, in bytes.
pub const MAX_BYTES: usize = 128;
/// The hash that a password for an unknown account is compared with: it costs as much as a real hash, and no password matches it.
pub const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$cmFpbnN0YWZmbm9ib2R5cw$v0mEjG4gwh9q6cU3yOXjzb3lfI5hSLJVkX0iBNcC2d8";

/// A password as typed. Debug output does not show it.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// The password as typed.
    pub fn new(typed: impl Into<String>) -> Self {
        Self(typed.into())
    }

    /// The value of a form field; `None` if the form lacks the field or it is empty. No account has an empty password.
    pub fn typed(field: Option<&str>) -> Option<Self> {
        field.filter(|text| !text.is_empty()).map(Self::new)
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text: to hash it, and to show a random password once.
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

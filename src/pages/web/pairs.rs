//! The pairs of a posted form, as received.

use std::fmt;

/// Names and values, in their order. The debug output shows only the names: values may be passwords.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads a body of the type `application/x-www-form-urlencoded`; `None` if it is damaged.
    pub fn read(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        serde_urlencoded::from_str(text).ok().map(Self)
    }

    /// The value of the first field of that name; `None` if the form has no such field, which is not the same as an empty one.
    pub fn given(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All of them.
    pub fn all(&self) -> &[(String, String)] {
        &self.0
    }
}

impl From<Vec<(String, String)>> for Pairs {
    fn from(pairs: Vec<(String, String)>) -> Self {
        Self(pairs)
    }
}

impl fmt::Debug for Pairs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_is_missing_is_not_an_empty_one() {
        let pairs = Pairs::read(b"a=1&b=&a=2&c").unwrap();
        assert_eq!((pairs.given("a"), pairs.given("b"), pairs.given("c"), pairs.given("d")), (Some("1"), Some(""), Some(""), None));
        assert_eq!(Pairs::read(b"").unwrap().given("a"), None);
    }

    #[test]
    fn a_damaged_form_is_none() {
        assert_eq!(Pairs::read(b"a=\xff"), None);
    }

    #[test]
    fn values_stay_out_of_debug_output() {
        assert_eq!(format!("{:?}", Pairs::read(b"new=secret").unwrap()), r#"["new"]"#);
    }
}

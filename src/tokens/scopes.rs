//! What a key may read.

/// One thing that a key may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenScope {
    /// Entries with their hours.
    Timesheets,
    /// People, identity numbers masked.
    Employees,
    /// All rows as they are stored: feed, snapshot, digest. Without identity numbers.
    Changes,
}

/// The addresses that a key opens, and the scope each needs. `/ping` needs none: it returns the owner of any valid key.
const ROUTES: [(&str, Option<TokenScope>); 6] = [
    ("/api/v1/ping", None),
    ("/api/v1/timesheets", Some(TokenScope::Timesheets)),
    ("/api/v1/employees", Some(TokenScope::Employees)),
    ("/api/v1/changes", Some(TokenScope::Changes)),
    ("/api/v1/snapshot", Some(TokenScope::Changes)),
    ("/api/v1/digest", Some(TokenScope::Changes)),
];

impl TokenScope {
    /// Every scope, in the order of the form.
    pub const ALL: [Self; 3] = [Self::Timesheets, Self::Employees, Self::Changes];

    /// The value in the table and in the API's description.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Timesheets => "read:timesheets",
            Self::Employees => "read:employees",
            Self::Changes => "read:changes",
        }
    }

    /// Reads the table's value.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }

    /// Name of the form's checkbox.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::Timesheets => "scope_timesheets",
            Self::Employees => "scope_employees",
            Self::Changes => "scope_changes",
        }
    }

    /// Translation key of its label.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Timesheets => "token-scope-timesheets",
            Self::Employees => "token-scope-employees",
            Self::Changes => "token-scope-changes",
        }
    }
}

/// The scope that this route needs: `Some(None)` if any key may read it, `None` if no key may.
pub fn scope_of_route(path: &str) -> Option<Option<TokenScope>> {
    ROUTES.iter().find(|(known, _)| *known == path).map(|(_, scope)| *scope)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_read_back_and_opens_something() {
        for scope in TokenScope::ALL {
            assert_eq!(TokenScope::parse(scope.as_str()), Some(scope));
            assert!(ROUTES.iter().any(|(_, needed)| *needed == Some(scope)), "{scope:?} opens nothing");
        }
        assert_eq!(scope_of_route("/api/v1/ops"), None, "no key writes");
    }
}

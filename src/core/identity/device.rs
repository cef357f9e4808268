//! An office's PC that runs the local agent.

use uuid::Uuid;

use super::Region;

/// A PC of an office, known by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The row.
    pub id: Uuid,
    /// The one region it works for.
    pub region: Region,
    /// What people call it.
    pub name: String,
}

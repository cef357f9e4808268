//! An office's PC that runs the agent.

use uuid::Uuid;

use super::Region;

/// A PC of an office, known by its token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Id of the row.
    pub id: Uuid,
    /// The one region it works for.
    pub region: Region,
    /// The PC's name.
    pub name: String,
}

//! Rows in the form that pages need, from any source.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A row of an entity.
#[derive(Debug, Clone)]
pub struct Listed<E> {
    /// The row's id.
    pub id: Uuid,
    /// The region's code.
    pub region: String,
    /// The row's version.
    pub version: i64,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// The values.
    pub value: E,
}

impl<E> Listed<E> {
    /// Whether it is in the trash.
    pub fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }
}

//! Ids are UUIDv7, made by whoever creates the row. Within one process they only go up, which keeps the primary keys' pages full.

use uuid::Uuid;

/// A new id, larger than every id this process has made before.
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

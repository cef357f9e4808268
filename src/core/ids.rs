//! Ids are UUIDv7, made by the program that creates the row. Within one process they only increase, which keeps the pages of primary keys
//! full.

use uuid::Uuid;

/// A new id, larger than all ids that this process has made before.
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

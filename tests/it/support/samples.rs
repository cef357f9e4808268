//! Rows of the entities that a test does not create itself, so that a new entity is included without a new line in the test.

#![cfg(test)]

use rainstaff::ops::{FieldKind, Op, Row, descriptions};
use serde_json::json;
use uuid::Uuid;

use super::builders::Draft;

/// A row of each entity of which offices have many rows, except those in `known`: its first sample, with `mark` in every text that has room
/// for it. An entity whose rows refer to others must be created by the test.
pub fn other_rows(known: &[&str], mark: &str, draft: impl Fn() -> Draft) -> Vec<(&'static str, Uuid, Op)> {
    let others = descriptions().iter().filter(|entity| entity.title.is_some() && !known.contains(&entity.name));
    let row_of = |entity: &'static rainstaff::ops::Description| {
        let mut row: Row = serde_json::from_value((entity.samples)().rows[0].clone()).unwrap();
        for field in entity.fields.iter().filter(|field| matches!(field.kind, FieldKind::Text | FieldKind::LongText)) {
            if field.longest >= mark.len() {
                row.insert(field.name.to_owned(), json!(mark));
            }
        }
        let id = rainstaff::ids::new_id();
        (entity.home, id, draft().create(entity.name, id, json!(row)))
    };
    others.map(row_of).collect()
}

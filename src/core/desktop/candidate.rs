//! A row of the file that is about to be imported, and the decisions that its entity may make about it.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{DesktopRow, Remark, Why};
use crate::{fold::fold, ops::Row};

/// Whether a row is the same one that was imported before under its number.
pub enum Recognised {
    /// The same row, with warnings for a person.
    Same(Vec<Remark>),
    /// Another row; the name of the column that shows it.
    Other(&'static str),
}

/// A row that is about to be imported.
pub struct Candidate<'a> {
    row: &'a DesktopRow,
    /// Its id in Rainstaff.
    id: Uuid,
    /// The row as it was last imported, cleaned.
    before: Option<&'a Row>,
    /// Its references, by field, as ids in Rainstaff.
    references: Vec<(&'static str, Value)>,
    /// The operations that create the rows it refers to.
    after: Vec<Uuid>,
    /// Columns whose values were blanked.
    blanked: Vec<&'static str>,
    warnings: Vec<Remark>,
    left_out: Option<Remark>,
}

impl<'a> Candidate<'a> {
    /// A row with its id in Rainstaff, and as it was last imported.
    pub fn new(row: &'a DesktopRow, id: Uuid, before: Option<&'a Row>) -> Self {
        let (references, after, blanked, warnings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { row, id, before, references, after, blanked, warnings, left_out: None }
    }

    /// Sets a reference to a row in Rainstaff; `created_by` is the operation that creates that row, if it belongs to this import.
    pub fn refer(&mut self, field: &'static str, id: Uuid, created_by: Option<Uuid>) {
        self.references.push((field, json!(id)));
        self.after.extend(created_by);
    }

    /// Sets a reference to no row, because the file has none.
    pub fn refer_to_none(&mut self, field: &'static str) {
        self.references.push((field, Value::Null));
    }

    /// Sets a reference to no row, because the row in the file is not imported; adds a warning.
    pub fn lose_reference(&mut self, column: &str, field: &'static str, why: Why) {
        self.refer_to_none(field);
        self.warnings.push(self.row.remark(column, why.without()));
    }

    /// The row of the file.
    pub fn row(&self) -> &'a DesktopRow {
        self.row
    }

    /// Its id in Rainstaff.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The row as it was last imported; people may have changed it since.
    pub fn before(&self) -> Option<&'a Row> {
        self.before
    }

    /// The operations that create the rows it refers to.
    pub fn after(&self) -> &[Uuid] {
        &self.after
    }

    /// The id in Rainstaff of the row to which a field refers.
    pub fn reference(&self, field: &str) -> Option<&Value> {
        self.references.iter().find(|(name, _)| *name == field).map(|(_, id)| id)
    }

    /// The row in the format of operations.
    pub fn fields(&self) -> Row {
        let mut fields = self.row.own_fields();
        for column in self.row.table().columns.iter().filter(|column| self.blanked.contains(&column.name)) {
            fields.extend(column.field.map(|field| (field.to_owned(), column.blank())));
        }
        fields.extend(self.references.iter().map(|(field, id)| ((*field).to_owned(), id.clone())));
        fields
    }

    /// Imports the row without this value; adds a warning.
    pub fn blank(&mut self, column: &'static str, why: Why) {
        self.warnings.push(self.row.remark(column, why));
        self.blanked.push(column);
    }

    /// Leaves the row out.
    pub fn leave_out(&mut self, column: &str, why: Why) {
        self.left_out = Some(self.row.remark(column, why));
    }

    /// Why the row is left out.
    pub fn left_out(&self) -> Option<&Remark> {
        self.left_out.as_ref()
    }

    /// Warnings for a person.
    pub fn warnings(&self) -> impl Iterator<Item = &Remark> {
        self.row.doubts().iter().chain(&self.warnings)
    }
}

/// A text of a row; empty if there is none.
pub fn text_of<'r>(row: &'r Row, field: &str) -> &'r str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Whether two names have a word in common: a corrected or changed name usually keeps one.
pub fn shares_a_word(now: &str, before: &str) -> bool {
    let (now, before) = (fold(now), fold(before));
    let parts: BTreeSet<&str> = before.split_whitespace().collect();
    now.split_whitespace().any(|part| parts.contains(part))
}

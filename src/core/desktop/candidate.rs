//! A row of the file that is about to be taken over, and what its entity may say about that.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{DesktopRow, Remark, Why};
use crate::{fold::fold, ops::Row};

/// Whether a row is the one that came over before under its number.
pub enum Recognised {
    /// It is; with what a person should look at.
    Same(Vec<Remark>),
    /// Another one; the column says by which value.
    Other(&'static str),
}

/// A row that is about to be taken over.
pub struct Candidate<'a> {
    row: &'a DesktopRow,
    /// Its id here.
    id: Uuid,
    /// The row as it was taken over last, cleaned.
    before: Option<&'a Row>,
    /// Its references, by field, as ids here.
    references: Vec<(&'static str, Value)>,
    /// The operations that make what it refers to.
    after: Vec<Uuid>,
    /// Blanked values, by column.
    blanked: Vec<&'static str>,
    warnings: Vec<Remark>,
    left_out: Option<Remark>,
}

impl<'a> Candidate<'a> {
    /// A row with its id here, as it was taken over last, and what it refers to.
    pub fn new(row: &'a DesktopRow, id: Uuid, before: Option<&'a Row>) -> Self {
        let (references, after, blanked, warnings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { row, id, before, references, after, blanked, warnings, left_out: None }
    }

    /// Refers to a row here; `created_by` is the operation that makes that row, when it is one of this takeover.
    pub fn refer(&mut self, field: &'static str, id: Uuid, created_by: Option<Uuid>) {
        self.references.push((field, json!(id)));
        self.after.extend(created_by);
    }

    /// Refers to no row, as the row of the file does not.
    pub fn refer_to_none(&mut self, field: &'static str) {
        self.references.push((field, Value::Null));
    }

    /// Refers to no row, because the one of the file is not taken over.
    pub fn lose_reference(&mut self, column: &str, field: &'static str, why: Why) {
        self.refer_to_none(field);
        self.warnings.push(self.row.remark(column, why.without()));
    }

    /// The row of the file.
    pub fn row(&self) -> &'a DesktopRow {
        self.row
    }

    /// Its id here.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The row as it was taken over last; people may have changed it since.
    pub fn before(&self) -> Option<&'a Row> {
        self.before
    }

    /// The operations that make what it refers to.
    pub fn after(&self) -> &[Uuid] {
        &self.after
    }

    /// The id, here, of the row to which a field refers.
    pub fn reference(&self, field: &str) -> Option<&Value> {
        self.references.iter().find(|(name, _)| *name == field).map(|(_, id)| id)
    }

    /// The row as operations carry it.
    pub fn fields(&self) -> Row {
        let mut fields = self.row.own_fields();
        for column in self.row.table().columns.iter().filter(|column| self.blanked.contains(&column.name)) {
            fields.extend(column.field.map(|field| (field.to_owned(), column.blank())));
        }
        fields.extend(self.references.iter().map(|(field, id)| ((*field).to_owned(), id.clone())));
        fields
    }

    /// Takes the row without a value.
    pub fn blank(&mut self, column: &'static str, why: Why) {
        self.warnings.push(self.row.remark(column, why));
        self.blanked.push(column);
    }

    /// Leaves the row out.
    pub fn leave_out(&mut self, column: &str, why: Why) {
        self.left_out = Some(self.row.remark(column, why));
    }

    /// Why it is left out.
    pub fn left_out(&self) -> Option<&Remark> {
        self.left_out.as_ref()
    }

    /// What a person should look at.
    pub fn warnings(&self) -> impl Iterator<Item = &Remark> {
        self.row.doubts().iter().chain(&self.warnings)
    }
}

/// A text of a row; empty when there is none.
pub fn text_of<'r>(row: &'r Row, field: &str) -> &'r str {
    row.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// Whether two names have a word in common: a corrected or changed name keeps a part of it.
pub fn shares_a_word(now: &str, before: &str) -> bool {
    let (now, before) = (fold(now), fold(before));
    let parts: BTreeSet<&str> = before.split_whitespace().collect();
    now.split_whitespace().any(|part| parts.contains(part))
}

//! A table of the desktop program that is imported, as its entity describes it.

use std::{collections::BTreeSet, fmt};

use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::{Candidate, Column, Recognised, Why};
use crate::{
    complaint::FieldError,
    identity::Region,
    ops::{Entity, Origin, Row, Title},
};

/// How the rows of a table become rows in Rainstaff.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Each row of the file, with a number in the column `id`, becomes a row.
    Rows,
    /// Keys and values: together they become a region's only row.
    Keys {
        /// The column of the key.
        key: &'static str,
        /// The column of the value.
        value: &'static str,
        /// The remark on a key that is not imported. Its value is not read.
        others: fn() -> Why,
    },
}

/// What is lost if a value cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadValue {
    /// The row is left out. Used by the entities of the first release, so that a file gives the same result as before.
    CostsTheRow,
    /// The row is imported with a blank value, and the report has a warning. A row without a required value is still left out. The word
    /// `None`, which the desktop program wrote for empty cells, counts as blank, and so does a value that the entity's own check does not
    /// accept.
    CostsItself,
}

/// An entity that has a table in the desktop program's database.
pub trait Desktop: Entity {
    /// The table's name in the file.
    const DESKTOP_TABLE: &'static str;
    /// The columns that are imported, in the order of reading; if several cannot be read, the report names the first.
    const COLUMNS: &'static [Column];
    /// Columns of the desktop program that are not imported, each with the reason.
    const LEFT_OUT: &'static [(&'static str, &'static str)] = &[];
    /// How its rows become rows in Rainstaff.
    const SHAPE: Shape = Shape::Rows;
    /// Whether a file without the table is refused as not from the desktop program.
    const IS_IN_EVERY_FILE: bool = false;
    /// What is lost if a value cannot be read.
    const BAD_VALUE: BadValue = BadValue::CostsItself;
    /// Columns whose values rarely change: with them, a file is recognised as a newer copy of an earlier one.
    const LINEAGE: &'static [&'static str] = &[];

    /// Whether a row is the same one that was imported before under its number, with the values `before`: copies that were edited
    /// separately give one number to two rows. The default is yes.
    fn recognise(_now: &Candidate<'_>, _before: &Row) -> Recognised {
        Recognised::Same(Vec::new())
    }

    /// Checks all rows of the table that are about to be imported, together: may leave a row out, blank a value, and change the order.
    fn settle(_candidates: &mut [Candidate<'_>]) {}

    /// The complaints that the write path will have about the values of a row alone.
    fn complaints(row: &Row) -> Vec<FieldError> {
        let all: BTreeSet<&str> = row.keys().map(String::as_str).collect();
        Self::parse(row, &all, Origin::Import).err().unwrap_or_default()
    }
}

type Recognise = for<'a, 'c, 'r> fn(&'c Candidate<'a>, &'r Row) -> Recognised;
type Settle = for<'a, 'c> fn(&'c mut [Candidate<'a>]);

/// An entity's description of its desktop table.
#[derive(Clone, Copy)]
pub struct DesktopTable {
    /// Name in the file.
    pub name: &'static str,
    /// Name of the entity in operations.
    pub entity: &'static str,
    /// The name of a row in Rainstaff for people.
    pub title: Option<Title>,
    /// The id of a region's only row, for a table of keys and values.
    pub only_id: fn(&Region) -> Option<Uuid>,
    /// The columns that are imported.
    pub columns: &'static [Column],
    /// The columns that are not imported, and why.
    pub left_out: &'static [(&'static str, &'static str)],
    /// How its rows become rows in Rainstaff.
    pub shape: Shape,
    /// Whether a file without the table is refused as not from the desktop program.
    pub is_in_every_file: bool,
    /// What is lost if a value cannot be read.
    pub bad_value: BadValue,
    /// Columns with which a file is recognised as a newer copy.
    pub lineage: &'static [&'static str],
    /// [`Desktop::recognise`].
    pub recognise: Recognise,
    /// [`Desktop::settle`].
    pub settle: Settle,
    /// [`Desktop::complaints`].
    pub complaints: fn(&Row) -> Vec<FieldError>,
}

impl DesktopTable {
    /// The description of an entity's type. Compilation fails if a column is not a field.
    pub const fn of<E: Desktop>() -> Self {
        assert!(are_fields::<E>(), "a column of a desktop table is a field of the entity");
        Self {
            name: E::DESKTOP_TABLE,
            entity: E::NAME,
            title: E::TITLE,
            only_id: E::only_id,
            columns: E::COLUMNS,
            left_out: E::LEFT_OUT,
            shape: E::SHAPE,
            is_in_every_file: E::IS_IN_EVERY_FILE,
            bad_value: E::BAD_VALUE,
            lineage: E::LINEAGE,
            recognise: E::recognise,
            settle: E::settle,
            complaints: E::complaints,
        }
    }

    /// The column of this name.
    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The column of this field.
    pub fn column_of(&self, field: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.field == Some(field))
    }

    /// The columns that are read from the file: the name of each, and whether a table without it is refused as not from the desktop
    /// program.
    pub fn read_columns(&self) -> Vec<(&'static str, bool)> {
        match self.shape {
            Shape::Keys { key, value, .. } => vec![(key, true), (value, true)],
            Shape::Rows => [("id", true)].into_iter().chain(self.columns.iter().map(|column| (column.name, column.is_needed))).collect(),
        }
    }

    /// The field by which people name a row: its date, if it has one.
    pub fn name_field(&self) -> Option<&'static str> {
        self.title.map(|title| title.date.unwrap_or(title.name))
    }

    /// Whether a bad value in this column leaves the row out.
    pub fn is_strict_about(&self, column: &Column) -> bool {
        column.is_needed || self.bad_value == BadValue::CostsTheRow
    }
}

/// Only the name: the other members include functions.
impl fmt::Debug for DesktopTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for DesktopTable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

/// Whether every table is listed after the tables that it refers to.
pub const fn are_in_order(tables: &[DesktopTable]) -> bool {
    let mut at = 0;
    while at < tables.len() {
        let columns = tables[at].columns;
        let mut n = 0;
        while n < columns.len() {
            if let super::Kind::Reference(table, _) = columns[n].kind
                && !has_table(tables, at, table)
            {
                return false;
            }
            n += 1;
        }
        at += 1;
    }
    true
}

/// Whether one of the first `first` tables has that name.
const fn has_table(tables: &[DesktopTable], first: usize, name: &str) -> bool {
    let mut n = 0;
    while n < first {
        if same(tables[n].name, name) {
            return true;
        }
        n += 1;
    }
    false
}

const fn are_fields<E: Desktop>() -> bool {
    let mut n = 0;
    while n < E::COLUMNS.len() {
        if let Some(field) = E::COLUMNS[n].field
            && !has_field::<E>(field)
        {
            return false;
        }
        n += 1;
    }
    true
}

const fn has_field<E: Entity>(name: &str) -> bool {
    let mut n = 0;
    while n < E::FORM.len() {
        if same(E::FORM[n].name, name) {
            return true;
        }
        n += 1;
    }
    false
}

/// `==`, which is not `const`.
const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut n = 0;
    while n < one.len() {
        if one[n] != other[n] {
            return false;
        }
        n += 1;
    }
    true
}

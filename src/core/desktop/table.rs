//! A table of the desktop program that is taken over, as its entity describes it.

use std::{collections::BTreeSet, fmt};

use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::{Candidate, Column, Recognised, Why};
use crate::{
    complaint::FieldError,
    identity::Region,
    ops::{Entity, Origin, Row, Title},
};

/// How the rows of a table become rows here.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A row of the file, which has a number in the column `id`, is a row here.
    Rows,
    /// Keys and values: all together are the one row of a region.
    Keys {
        /// The column of the key.
        key: &'static str,
        /// The column of the value.
        value: &'static str,
        /// What is said of a key that is not taken. Its value is not even looked at.
        others: fn() -> Why,
    },
}

/// What is lost when a value cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BadValue {
    /// The row is left out. So it is for what the first release takes over: what a file makes stays the same.
    CostsTheRow,
    /// The row comes over with a blank instead, and the report has a warning. A row without a value that is needed is left out all the same.
    /// The word `None`, which the desktop program made of empty cells, is a blank, and so is what the entity's own check does not accept.
    CostsItself,
}

/// An entity that has a table in the desktop program's database.
pub trait Desktop: Entity {
    /// The table's name in the file.
    const DESKTOP_TABLE: &'static str;
    /// The columns that are taken, in the order in which they are read; the first one that cannot be read is the one that is reported.
    const COLUMNS: &'static [Column];
    /// Columns of the desktop program that are not taken, each with the reason.
    const LEFT_OUT: &'static [(&'static str, &'static str)] = &[];
    /// How its rows become rows here.
    const SHAPE: Shape = Shape::Rows;
    /// A file without the table is none of the desktop program.
    const IS_IN_EVERY_FILE: bool = false;
    /// What is lost when a value cannot be read.
    const BAD_VALUE: BadValue = BadValue::CostsItself;
    /// Columns whose values hardly ever change: by them a file is recognised as a newer copy of one that came before.
    const LINEAGE: &'static [&'static str] = &[];

    /// Whether a row is the one that came over before under its number, as `before` says: copies that went separate ways give one number to
    /// two rows. Without a rule it is.
    fn recognise(_now: &Candidate<'_>, _before: &Row) -> Recognised {
        Recognised::Same(Vec::new())
    }

    /// Looks at all rows of the table that are about to be taken, together: may leave one out, blank a value, and change the order.
    fn settle(_candidates: &mut [Candidate<'_>]) {}

    /// What the write path will say of the values of a row by themselves.
    fn complaints(row: &Row) -> Vec<FieldError> {
        let all: BTreeSet<&str> = row.keys().map(String::as_str).collect();
        Self::parse(row, &all, Origin::Import).err().unwrap_or_default()
    }
}

type Recognise = for<'a, 'c, 'r> fn(&'c Candidate<'a>, &'r Row) -> Recognised;
type Settle = for<'a, 'c> fn(&'c mut [Candidate<'a>]);

/// What an entity says of its desktop table.
#[derive(Clone, Copy)]
pub struct DesktopTable {
    /// Name in the file.
    pub name: &'static str,
    /// Name of the entity in operations.
    pub entity: &'static str,
    /// What people call a row here.
    pub title: Option<Title>,
    /// The id of a region's one row, of a table of keys and values.
    pub only_id: fn(&Region) -> Option<Uuid>,
    /// The columns that are taken.
    pub columns: &'static [Column],
    /// Those that are not, and why.
    pub left_out: &'static [(&'static str, &'static str)],
    /// How its rows become rows here.
    pub shape: Shape,
    /// A file without the table is none of the desktop program.
    pub is_in_every_file: bool,
    /// What is lost when a value cannot be read.
    pub bad_value: BadValue,
    /// Columns by which a file is recognised.
    pub lineage: &'static [&'static str],
    /// [`Desktop::recognise`].
    pub recognise: Recognise,
    /// [`Desktop::settle`].
    pub settle: Settle,
    /// [`Desktop::complaints`].
    pub complaints: fn(&Row) -> Vec<FieldError>,
}

impl DesktopTable {
    /// What a type says. That its columns are fields is checked where it is compiled.
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

    /// What is read of the file: the name of each column, and whether a table without it is none of the desktop program.
    pub fn read_columns(&self) -> Vec<(&'static str, bool)> {
        match self.shape {
            Shape::Keys { key, value, .. } => vec![(key, true), (value, true)],
            Shape::Rows => [("id", true)].into_iter().chain(self.columns.iter().map(|column| (column.name, column.is_needed))).collect(),
        }
    }

    /// The field by whose value people call a row: its date, where it has one.
    pub fn name_field(&self) -> Option<&'static str> {
        self.title.map(|title| title.date.unwrap_or(title.name))
    }

    /// Whether a bad value of this column costs the row.
    pub fn is_strict_about(&self, column: &Column) -> bool {
        column.is_needed || self.bad_value == BadValue::CostsTheRow
    }
}

/// By its name: what else it holds are functions.
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

/// Whether every table stands after those that it refers to.
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

/// Whether one of the first tables has that name.
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

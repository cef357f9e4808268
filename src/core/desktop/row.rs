//! Reads the rows of the file. A value that cannot be read becomes a remark; [`BadValue`] decides whether the row is imported without it or
//! left out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Cell, Column, DesktopTable, Kind, Remark, RowId, Shape, Why, column::read_text, table::BadValue};
use crate::ops::Row;

/// Longest value of a key, in characters.
const LONGEST_VALUE: usize = 200;

/// A row of the file that was read. Not `Debug`: it may hold an identity number.
#[derive(Clone)]
pub struct DesktopRow {
    table: &'static DesktopTable,
    number: i64,
    /// By column.
    values: Vec<Value>,
    doubts: Vec<Remark>,
}

impl DesktopRow {
    /// The table.
    pub fn table(&self) -> &'static DesktopTable {
        self.table
    }

    /// Its number in the file.
    pub fn number(&self) -> i64 {
        self.number
    }

    /// The value of a column in the format of operations; a reference is the number in the file.
    pub fn value(&self, column: &str) -> &Value {
        let place = self.table.columns.iter().position(|known| known.name == column);
        place.and_then(|place| self.values.get(place)).unwrap_or(&Value::Null)
    }

    /// The text of a column; empty if the value is not text.
    pub fn text(&self, column: &str) -> &str {
        self.value(column).as_str().unwrap_or_default()
    }

    /// The columns with their values.
    pub fn values(&self) -> impl Iterator<Item = (&'static Column, &Value)> {
        self.table.columns.iter().zip(&self.values)
    }

    /// The label of the office and the name of its column. The label is as the desktop program stamped it, so it may be empty.
    pub fn label(&self) -> (&'static str, &str) {
        let label = self.values().find(|(column, _)| matches!(column.kind, Kind::Region));
        label.map_or(("", ""), |(column, value)| (column.name, value.as_str().unwrap_or_default()))
    }

    /// Warnings about the row.
    pub fn doubts(&self) -> &[Remark] {
        &self.doubts
    }

    /// A remark on a value of the row, or on the row itself (`column` empty).
    pub fn remark(&self, column: &str, why: Why) -> Remark {
        let shown = self.table.column(column).and_then(|known| match self.value(column) {
            Value::Null => None,
            Value::String(text) => Some(known.shown(text.clone())),
            other => Some(other.to_string()),
        });
        Remark::row(self.table, RowId::Number(self.number), column, shown.as_deref(), why)
    }

    /// The row in the format of operations, without its references.
    pub(super) fn own_fields(&self) -> Row {
        let fields = self.values().filter(|(column, _)| column.refers_to().is_none());
        fields.filter_map(|(column, value)| Some((column.field?.to_owned(), value.clone()))).collect()
    }
}

/// A key of a table of keys and values, with its value in the format of operations.
#[derive(Debug, Clone)]
pub struct KeyValue {
    /// The key.
    pub column: &'static Column,
    /// Its value.
    pub value: Value,
}

/// Reads the rows of a table, each with a cell for every column of [`DesktopTable::read_columns`], in the order of their numbers.
pub fn read_rows(table: &'static DesktopTable, raw: &[Vec<Cell>]) -> Vec<Result<DesktopRow, Box<Remark>>> {
    let mut ordered: Vec<(RowId, &Cell, &[Cell])> =
        raw.iter().filter_map(|cells| cells.split_first()).map(|(id, cells)| (row_id(id), id, cells)).collect();
    ordered.sort_by(|a, b| a.0.cmp(&b.0));
    let mut seen = BTreeSet::new();
    let mut firsts = BTreeMap::new();
    let mut results = Vec::with_capacity(ordered.len());
    for (id, cell, cells) in ordered {
        let remark = |why| Err(Box::new(Remark::row(table, id.clone(), "id", cell.to_text().as_deref(), why)));
        results.push(match id {
            RowId::Key(_) => remark(Why::BadId),
            RowId::Number(number) if !seen.insert(number) => remark(Why::DuplicateId),
            RowId::Number(number) => read_row(table, number, cells).and_then(|row| only_once(row, cells, &mut firsts)),
        });
    }
    results
}

fn row_id(cell: &Cell) -> RowId {
    match cell {
        Cell::Integer(number) => RowId::Number(*number),
        other => RowId::Key(other.to_text().unwrap_or_default()),
    }
}

fn read_row(table: &'static DesktopTable, number: i64, cells: &[Cell]) -> Result<DesktopRow, Box<Remark>> {
    let mut row = DesktopRow { table, number, values: Vec::with_capacity(cells.len()), doubts: Vec::new() };
    for (column, cell) in table.columns.iter().zip(cells) {
        let remark = |why| remark_on(table, RowId::Number(number), column, column.name, cell, why);
        let (value, doubt) = match read_value(table, column, cell, &row.values) {
            Ok(read) => read,
            Err(why) if table.is_strict_about(column) => return Err(Box::new(remark(why))),
            Err(why) => (column.blank(), Some(why.without())),
        };
        row.values.push(value);
        row.doubts.extend(doubt.map(remark));
    }
    if table.bad_value == BadValue::CostsItself {
        blank_what_is_not_accepted(&mut row, cells);
    }
    Ok(row)
}

fn read_value(table: &DesktopTable, column: &Column, cell: &Cell, before: &[Value]) -> Result<(Value, Option<Why>), Why> {
    if table.bad_value == BadValue::CostsItself && cell.says_none() {
        return if column.is_needed { Err(Why::Blank) } else { Ok((column.blank(), Some(Why::EmptyCell))) };
    }
    column.read(cell, |name| before.get(table.columns.iter().position(|known| known.name == name)?))
}

/// A value that the entity does not accept becomes blank, like a value that cannot be read: otherwise the operation would be refused with
/// the whole row. A required value that is not accepted stays, and the operation is refused.
fn blank_what_is_not_accepted(row: &mut DesktopRow, cells: &[Cell]) {
    let table = row.table;
    for error in (table.complaints)(&row.own_fields()) {
        let place = table.columns.iter().position(|column| column.field == Some(error.field.as_str()));
        if let Some(place) = place.filter(|place| table.columns[*place].refers_to().is_none() && !table.columns[*place].is_needed) {
            let column = &table.columns[place];
            row.values[place] = column.blank();
            let why = Why::NotAccepted(error.code.clone(), details(&error)).without();
            row.doubts.push(remark_on(table, RowId::Number(row.number), column, column.name, &cells[place], why));
        }
    }
}

/// The details of a complaint, for a report.
fn details(error: &crate::complaint::FieldError) -> String {
    error.args.iter().map(|(name, value)| format!("{name} {value}")).collect::<Vec<_>>().join(", ")
}

/// If the file may have a value only once, the first row with it is used and later ones are left out.
fn only_once(row: DesktopRow, cells: &[Cell], firsts: &mut BTreeMap<(&'static str, String), i64>) -> Result<DesktopRow, Box<Remark>> {
    for ((column, value), cell) in row.values().zip(cells) {
        if let Some(again) = column.once {
            let first = *firsts.entry((column.name, value.to_string())).or_insert(row.number);
            if first != row.number {
                return Err(Box::new(remark_on(row.table, RowId::Number(row.number), column, column.name, cell, again(first))));
            }
        }
    }
    Ok(row)
}

/// Reads the keys that are imported; each row is a cell of the key and a cell of the value.
pub fn read_keys(table: &'static DesktopTable, raw: &[Vec<Cell>]) -> Vec<Result<KeyValue, Box<Remark>>> {
    let Shape::Keys { key: key_column, value: value_column, others } = table.shape else {
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    let mut read = |key: &Cell, value: &Cell| {
        let Cell::Text(key) = key else {
            return Err(Box::new(Remark::row(table, RowId::Key(String::new()), key_column, None, Why::NotText)));
        };
        let id = RowId::Key(key.clone());
        if !seen.insert(key.clone()) {
            return Err(Box::new(Remark::row(table, id, key_column, Some(key), Why::DuplicateId)));
        }
        let Some(column) = table.column(key) else {
            return Err(Box::new(Remark::row(table, id, "", None, others())));
        };
        let read = read_text(value, LONGEST_VALUE).and_then(|_| column.read(value, |_| None));
        match read {
            Ok((value, _)) => Ok(KeyValue { column, value }),
            Err(why) => Err(Box::new(remark_on(table, id, column, value_column, value, why))),
        }
    };
    raw.iter().filter_map(|cells| if let [key, value] = cells.as_slice() { Some(read(key, value)) } else { None }).collect()
}

/// A remark on a value as the file holds it.
fn remark_on(table: &DesktopTable, id: RowId, column: &Column, named: &str, cell: &Cell, why: Why) -> Remark {
    Remark::row(table, id, named, cell.to_text().map(|text| column.shown(text)).as_deref(), why)
}

//! A column of a desktop table, and how its values are read (DOMAIN 2.1, 5.2, 11.7). A value that cannot be read is never guessed.

use serde_json::{Value, json};

use super::Why;
use crate::{
    civil,
    identity_no::{IdentityNo, mask},
    text::clean,
};

/// Longest identity number that the field accepts, in characters.
const LONGEST_IDENTITY_NO: usize = 20;

/// Longest text that can be a date, a time, a number or a flag, in characters.
const LONGEST_WORD: usize = 100;

/// Longest text that is passed to an entity's own reader, in characters.
const LONGEST_OWN: usize = 200;

/// The word that older programs wrote for an empty cell of a spreadsheet (DOMAIN 5.2).
const NONE: &str = "None";

/// One value as SQLite stores it: any column may hold any type.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// NULL, or no such column in this generation of the file.
    Null,
    /// A whole number.
    Integer(i64),
    /// Another number.
    Real(f64),
    /// Text.
    Text(String),
    /// Bytes that are not text.
    NotText,
}

impl Cell {
    /// The value as text; `None` for NULL and for bytes.
    pub fn to_text(&self) -> Option<String> {
        match self {
            Self::Null | Self::NotText => None,
            Self::Integer(number) => Some(number.to_string()),
            Self::Real(number) => Some(number.to_string()),
            Self::Text(text) => Some(text.clone()),
        }
    }

    /// Whether it holds the word for an empty cell.
    pub(super) fn says_none(&self) -> bool {
        matches!(self, Self::Text(text) if clean(text) == NONE)
    }
}

/// How a column is read.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text of at most this many characters; blank is "".
    Text(usize),
    /// Text of at most this many characters; blank is null.
    OptionalText(usize),
    /// An identity number, unchanged. A doubtful one is imported with a warning; dashes stand for an unknown one. Masked in remarks.
    IdentityNo,
    /// A date.
    Date,
    /// A date in the range of work dates.
    WorkDate,
    /// A time of day.
    Time,
    /// The end time of a shift that starts at the time in the named column.
    EndTime(&'static str),
    /// Minutes of a break; blank is 0.
    Break,
    /// Yes or no; blank is no.
    Flag,
    /// The number of a row of the named table, and the remark if that row is not imported.
    Reference(&'static str, fn() -> Why),
    /// The label of the office. Not a field: it decides whether the row belongs to the region into which the file is imported.
    Region,
    /// Read by the entity's own function if the text is not blank; blank is null.
    Own(fn(&str) -> Result<Value, Why>),
}

/// A column of a desktop table; in a table of keys and values, a key.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its name in the file.
    pub name: &'static str,
    /// The field of the entity; `None` if it is not a field.
    pub field: Option<&'static str>,
    /// How it is read.
    pub kind: Kind,
    /// Whether it is required: a row without the value is left out, and a table without the column is not from the desktop program.
    pub is_needed: bool,
    /// Set if the file may have each value only once: the remark on a row that repeats an earlier row's value. The argument is that row's
    /// number.
    pub once: Option<fn(i64) -> Why>,
}

impl Column {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, field: Some(name), kind, is_needed: false, once: None }
    }

    /// Text; blank is "".
    pub const fn text(name: &'static str, longest: usize) -> Self {
        Self::new(name, Kind::Text(longest))
    }

    /// Text; blank is null.
    pub const fn optional_text(name: &'static str, longest: usize) -> Self {
        Self::new(name, Kind::OptionalText(longest))
    }

    /// An identity number.
    pub const fn identity_no(name: &'static str) -> Self {
        Self::new(name, Kind::IdentityNo)
    }

    /// A date.
    pub const fn date(name: &'static str) -> Self {
        Self::new(name, Kind::Date)
    }

    /// A date in the range of work dates.
    pub const fn work_date(name: &'static str) -> Self {
        Self::new(name, Kind::WorkDate)
    }

    /// A time of day.
    pub const fn time(name: &'static str) -> Self {
        Self::new(name, Kind::Time)
    }

    /// The end of a shift that starts at the time in the column `start`, which must be listed before it.
    pub const fn end_time(name: &'static str, start: &'static str) -> Self {
        Self::new(name, Kind::EndTime(start))
    }

    /// Minutes of a break.
    pub const fn minutes_of_break(name: &'static str) -> Self {
        Self::new(name, Kind::Break)
    }

    /// Yes or no.
    pub const fn flag(name: &'static str) -> Self {
        Self::new(name, Kind::Flag)
    }

    /// The number of a row of `table`, a table of the file that is imported earlier. A row in which this column is needed is deleted
    /// together with that row. `missing` is the remark if that row is not imported.
    pub const fn reference(name: &'static str, table: &'static str, missing: fn() -> Why) -> Self {
        Self::new(name, Kind::Reference(table, missing))
    }

    /// The label of the office.
    pub const fn region(name: &'static str) -> Self {
        Self { field: None, ..Self::new(name, Kind::Region) }
    }

    /// A text that `read` reads if it is not blank.
    pub const fn own(name: &'static str, read: fn(&str) -> Result<Value, Why>) -> Self {
        Self::new(name, Kind::Own(read))
    }

    /// The same column for a field of another name.
    #[must_use]
    pub const fn field(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }

    /// The same column, required: a row without the value is left out.
    #[must_use]
    pub const fn needed(mut self) -> Self {
        self.is_needed = true;
        self
    }

    /// The same column, in which the file may have each value only once: of several rows the first is used.
    #[must_use]
    pub const fn once(mut self, again: fn(i64) -> Why) -> Self {
        self.once = Some(again);
        self
    }

    /// The table that it refers to.
    pub fn refers_to(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Reference(table, _) => Some(table),
            _ => None,
        }
    }

    /// A value as a remark shows it; masked if needed, because many people read the report.
    pub fn shown(&self, text: String) -> String {
        if matches!(self.kind, Kind::IdentityNo) { mask(&text) } else { text }
    }

    /// The value for a blank cell.
    pub(super) fn blank(&self) -> Value {
        match self.kind {
            Kind::Text(_) | Kind::IdentityNo | Kind::Region => json!(""),
            Kind::Break => json!(0),
            Kind::Flag => json!(false),
            _ => Value::Null,
        }
    }

    /// The value in the format of operations, with a reason for a warning if it is doubtful; a reference stays the number in the file.
    /// `before` returns the values of the columns listed earlier.
    pub(super) fn read<'v>(&self, cell: &Cell, before: impl Fn(&str) -> Option<&'v Value>) -> Result<(Value, Option<Why>), Why> {
        let value = match self.kind {
            Kind::Text(longest) | Kind::OptionalText(longest) => self.some_text(cell, longest)?.map(|text| json!(text)),
            Kind::Region => self.some_text(cell, LONGEST_WORD)?.map(|text| json!(text)),
            Kind::IdentityNo => return read_identity_no(cell),
            Kind::Date => self.parse(cell, |text| Ok(json!(civil::parse_date(text).map_err(|_| Why::AnyDate)?)))?,
            Kind::WorkDate => self.parse(cell, |text| Ok(json!(civil::parse_work_date(text).map_err(|_| Why::Date)?)))?,
            Kind::Time => self.parse(cell, read_time)?,
            Kind::EndTime(start) => {
                let end = self.parse(cell, read_time)?;
                if end.is_some() && end.as_ref() == before(start) {
                    return Err(Why::NoDuration);
                }
                end
            }
            Kind::Break => read_break(cell)?.map(|minutes| json!(minutes)),
            Kind::Flag => Some(json!(read_flag(cell)?)),
            Kind::Reference(_, missing) => match cell {
                Cell::Integer(number) => Some(json!(number)),
                Cell::Null if !self.is_needed => None,
                _ => return Err(missing()),
            },
            Kind::Own(read) => self.some_text(cell, LONGEST_OWN)?.map(|text| read(&text)).transpose()?,
        };
        Ok((value.unwrap_or_else(|| self.blank()), None))
    }

    /// The text, or `None` if it is blank.
    fn some_text(&self, cell: &Cell, longest: usize) -> Result<Option<String>, Why> {
        let text = read_text(cell, longest)?;
        match text.is_empty() {
            true if self.is_needed => Err(Why::Blank),
            true => Ok(None),
            false => Ok(Some(text)),
        }
    }

    fn parse(&self, cell: &Cell, read: impl FnOnce(&str) -> Result<Value, Why>) -> Result<Option<Value>, Why> {
        self.some_text(cell, LONGEST_WORD)?.map(|text| read(&text)).transpose()
    }
}

/// The text, cleaned; NULL is the empty text.
pub(super) fn read_text(cell: &Cell, longest: usize) -> Result<String, Why> {
    let text = match cell {
        Cell::NotText => return Err(Why::NotText),
        other => clean(&other.to_text().unwrap_or_default()),
    };
    if text.chars().count() > longest { Err(Why::TooLong(longest)) } else { Ok(text) }
}

fn read_identity_no(cell: &Cell) -> Result<(Value, Option<Why>), Why> {
    let text = read_text(cell, 1_000)?;
    if text.chars().all(|c| c == '-' || c.is_whitespace()) {
        return Ok((json!(""), None));
    }
    if text.chars().count() > LONGEST_IDENTITY_NO {
        return Ok((json!(""), Some(Why::LongIdentityNo)));
    }
    Ok(match IdentityNo::parse(&text) {
        Ok(number) => (json!(number.as_str()), None),
        Err(_) => (json!(text), Some(Why::CheckDigits)),
    })
}

fn read_time(text: &str) -> Result<Value, Why> {
    Ok(json!(civil::format_time(civil::parse_time(text).map_err(|_| Why::Time)?)))
}

fn read_break(cell: &Cell) -> Result<Option<i32>, Why> {
    let text = match cell {
        // A whole number that was stored in SQLite as 60.0.
        Cell::Real(number) if number.fract() == 0.0 => format!("{number:.0}"),
        _ => read_text(cell, LONGEST_WORD)?,
    };
    if text.is_empty() { Ok(None) } else { civil::parse_break(&text).map(Some).map_err(|_| Why::Break) }
}

fn read_flag(cell: &Cell) -> Result<bool, Why> {
    if let Cell::Integer(number) = cell {
        return Ok(*number != 0);
    }
    match read_text(cell, LONGEST_WORD)?.to_lowercase().as_str() {
        "" | "0" | "false" | "no" | "hayır" | "hayir" | "h" => Ok(false),
        "1" | "true" | "yes" | "evet" | "e" => Ok(true),
        _ => Err(Why::Flag),
    }
}

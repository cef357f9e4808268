//! From what a row holds to what it says (DOMAIN 2.1, 5.2, 11.7). A value that cannot be read is never guessed: the row becomes a remark.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::{
    remark::{Remark, RowId, Why},
    sqlite::{Cell, RawRow},
    tables::Table,
};
use crate::{
    civil,
    identity_no::{IdentityNo, mask},
    ops::Row,
    text::clean,
};

/// Longest identity number the column takes, in characters.
const LONGEST_IDENTITY_NO: usize = 20;

/// An employee of the file. Not `Debug`: it holds an identity number.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Employee {
    /// Number in the file.
    pub(super) id: i64,
    /// Never blank.
    pub(super) full_name: String,
    /// Empty when unknown.
    pub(super) identity_no: String,
    department: String,
    title: String,
    /// As stamped; may be empty.
    pub(super) region: String,
    /// What is odd about the identity number.
    pub(super) doubt: Option<Box<Remark>>,
}

/// A named shift of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ShiftTemplate {
    /// Number in the file.
    pub(super) id: i64,
    /// Never blank.
    pub(super) name: String,
    shift: Shift,
    /// As stamped; the desktop program stamps none.
    pub(super) region: String,
}

/// An entry of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Timesheet {
    /// Number in the file.
    pub(super) id: i64,
    /// Number of the employee.
    pub(super) employee: i64,
    /// The day on which the shift starts.
    pub(super) work_date: NaiveDate,
    shift: Shift,
    is_special: bool,
    notes: String,
    /// As stamped; may be empty, and differ from the employee's.
    pub(super) region: String,
}

/// A setting that is taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    /// Its key, which is also the field's name.
    pub(super) key: &'static str,
    /// Its value, as a form would give it.
    pub(super) value: String,
}

/// Minutes of the start day; `end` passes 1440 after midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shift {
    start: i32,
    end: i32,
    break_minutes: i32,
}

impl Shift {
    fn fields(self) -> [(String, Value); 3] {
        [
            ("start_time".into(), json!(civil::format_time(self.start))),
            ("end_time".into(), json!(civil::format_time(self.end))),
            ("break_minutes".into(), json!(self.break_minutes)),
        ]
    }
}

impl Employee {
    /// The row as operations carry it.
    pub(super) fn fields(&self) -> Row {
        [
            ("full_name".into(), json!(self.full_name)),
            ("identity_no".into(), json!(self.identity_no)),
            ("department".into(), json!(self.department)),
            ("title".into(), json!(self.title)),
        ]
        .into()
    }
}

impl ShiftTemplate {
    /// The row as operations carry it.
    pub(super) fn fields(&self) -> Row {
        let mut fields: Row = self.shift.fields().into();
        fields.insert("name".into(), json!(self.name));
        fields
    }
}

impl Timesheet {
    /// The row as operations carry it, for that employee.
    pub(super) fn fields(&self, employee: uuid::Uuid) -> Row {
        let mut fields: Row = self.shift.fields().into();
        fields.insert("employee_id".into(), json!(employee));
        fields.insert("work_date".into(), json!(self.work_date));
        fields.insert("is_special".into(), json!(self.is_special));
        fields.insert("notes".into(), json!(self.notes));
        fields
    }

    /// First and last minute of the entry on one line of time that all days share; the end is not part of it.
    pub(super) fn span(&self) -> (i64, i64) {
        let midnight = self.work_date.signed_duration_since(NaiveDate::default()).num_minutes();
        (midnight + i64::from(self.shift.start), midnight + i64::from(self.shift.end))
    }
}

/// Reads the employees. A doubtful identity number is no obstacle.
pub(super) fn employees(raw: &[RawRow]) -> Vec<Result<Employee, Box<Remark>>> {
    read_by_id(raw, |row| {
        let full_name = row.needed_text("full_name", 200)?;
        let (department, title) = (row.text("department", 100)?, row.text("title", 100)?);
        let region = row.text("region", 100)?;
        let (identity_no, doubt) = row.identity_no()?;
        Ok(Employee { id: row.number, full_name, identity_no, department, title, region, doubt })
    })
}

/// Reads the shift templates; of several with one name the first counts.
pub(super) fn shift_templates(raw: &[RawRow]) -> Vec<Result<ShiftTemplate, Box<Remark>>> {
    let mut names = std::collections::BTreeMap::new();
    read_by_id(raw, |row| {
        let name = row.needed_text("name", 100)?;
        let template = ShiftTemplate { id: row.number, name: name.clone(), shift: row.shift()?, region: row.text("region", 100)? };
        match *names.entry(name).or_insert(row.number) {
            first if first == row.number => Ok(template),
            first => Err(row.remark("name", Why::DuplicateName(first))),
        }
    })
}

/// Reads the entries.
pub(super) fn timesheets(raw: &[RawRow]) -> Vec<Result<Timesheet, Box<Remark>>> {
    read_by_id(raw, |row| {
        let Cell::Integer(employee) = *row.raw.cell("employee_id") else {
            return Err(row.remark("employee_id", Why::EmployeeNotTaken));
        };
        let work_date = match row.text("work_date", 100)?.as_str() {
            "" => return Err(row.remark("work_date", Why::Blank)),
            text => civil::parse_work_date(text).map_err(|_| row.remark("work_date", Why::Date))?,
        };
        Ok(Timesheet {
            id: row.number,
            employee,
            work_date,
            shift: row.shift()?,
            is_special: row.flag("is_special")?,
            notes: row.text("notes", 2_000)?,
            region: row.text("region", 100)?,
        })
    })
}

/// Reads the settings that mean something here. The values of the others are not even looked at: one is a secret.
pub(super) fn settings(raw: &[RawRow]) -> Vec<Result<Setting, Box<Remark>>> {
    const TAKEN: [&str; 5] = ["company_name", "report_title", "weekday_hours", "saturday_start", "saturday_end"];
    let mut seen = BTreeSet::new();
    let read = |row: &RawRow| {
        let Cell::Text(key) = row.cell("key") else {
            return Err(Box::new(Remark::row(Table::Settings, RowId::Key(String::new()), "key", None, Why::NotText)));
        };
        let row = RowReader { raw: row, id: RowId::Key(key.clone()), number: 0 };
        if !seen.insert(key.clone()) {
            return Err(row.remark("key", Why::DuplicateId));
        }
        let Some(key) = TAKEN.into_iter().find(|taken| taken == key) else {
            return Err(Box::new(Remark::row(Table::Settings, row.id, "", None, Why::NotTakenSetting)));
        };
        let text = row.text("value", 200)?;
        let value = match key {
            "weekday_hours" => {
                daily_hours(&text).ok_or_else(|| row.remark("value", if text.is_empty() { Why::Blank } else { Why::Hours }))?
            }
            "saturday_start" | "saturday_end" => civil::format_time(row.time("value")?),
            _ => text,
        };
        Ok(Setting { key, value })
    };
    raw.iter().map(read).collect()
}

/// Hours of a day, 0 to 24, which the desktop program knows as a decimal only (`9`, `7,5`), in the form in which settings show them.
fn daily_hours(text: &str) -> Option<String> {
    let decimal = !text.contains(':') && (text.len() <= 2 || text.contains(['.', ',']));
    decimal.then(|| civil::parse_hours(text).ok().map(civil::format_decimal_hours)).flatten()
}

/// Reads rows that have a number, in the order of the numbers.
fn read_by_id<T>(raw: &[RawRow], mut read: impl FnMut(&RowReader<'_>) -> Result<T, Box<Remark>>) -> Vec<Result<T, Box<Remark>>> {
    let mut ordered: Vec<RowReader<'_>> = raw.iter().map(RowReader::new).collect();
    ordered.sort_by(|a, b| a.id.cmp(&b.id));
    let mut seen = BTreeSet::new();
    let mut results = Vec::with_capacity(ordered.len());
    for row in &ordered {
        results.push(match &row.id {
            RowId::Key(_) => Err(row.remark("id", Why::BadId)),
            RowId::Number(number) if !seen.insert(*number) => Err(row.remark("id", Why::DuplicateId)),
            RowId::Number(_) => read(row),
        });
    }
    results
}

/// Reads the columns of one row.
struct RowReader<'a> {
    raw: &'a RawRow,
    id: RowId,
    /// The id as a number; 0 where it is none.
    number: i64,
}

impl<'a> RowReader<'a> {
    fn new(raw: &'a RawRow) -> Self {
        match raw.cell("id") {
            Cell::Integer(number) => Self { raw, id: RowId::Number(*number), number: *number },
            other => Self { raw, id: RowId::Key(show(other).unwrap_or_default()), number: 0 },
        }
    }

    fn remark(&self, field: &str, why: Why) -> Box<Remark> {
        let shown = show(self.raw.cell(field));
        let shown = if field == "identity_no" { shown.map(|number| mask(&number)) } else { shown };
        Box::new(Remark::row(self.raw.table, self.id.clone(), field, shown.as_deref(), why))
    }

    /// Text, cleaned; nothing is the empty text.
    fn text(&self, column: &str, most: usize) -> Result<String, Box<Remark>> {
        let text = match self.raw.cell(column) {
            Cell::NotText => return Err(self.remark(column, Why::NotText)),
            other => clean(&show(other).unwrap_or_default()),
        };
        if text.chars().count() > most { Err(self.remark(column, Why::TooLong(most))) } else { Ok(text) }
    }

    fn needed_text(&self, column: &str, most: usize) -> Result<String, Box<Remark>> {
        let text = self.text(column, most)?;
        if text.is_empty() { Err(self.remark(column, Why::Blank)) } else { Ok(text) }
    }

    /// The identity number as it stands, with a remark when it is doubtful. Dashes stand for an unknown one.
    fn identity_no(&self) -> Result<(String, Option<Box<Remark>>), Box<Remark>> {
        let text = self.text("identity_no", 1_000)?;
        let doubt = |why| Some(self.remark("identity_no", why));
        if text.chars().all(|c| c == '-' || c.is_whitespace()) {
            return Ok((String::new(), None));
        }
        if text.chars().count() > LONGEST_IDENTITY_NO {
            return Ok((String::new(), doubt(Why::LongIdentityNo)));
        }
        Ok(match IdentityNo::parse(&text) {
            Ok(number) => (number.as_str().into(), None),
            Err(_) => (text, doubt(Why::CheckDigits)),
        })
    }

    fn time(&self, column: &str) -> Result<i32, Box<Remark>> {
        match self.text(column, 100)?.as_str() {
            "" => Err(self.remark(column, Why::Blank)),
            text => civil::parse_time(text).map_err(|_| self.remark(column, Why::Time)),
        }
    }

    fn shift(&self) -> Result<Shift, Box<Remark>> {
        let start = self.time("start_time")?;
        let end = civil::stored_end(start, self.time("end_time")?).ok_or_else(|| self.remark("end_time", Why::NoDuration))?;
        Ok(Shift { start, end, break_minutes: self.break_minutes()? })
    }

    /// No break entered is no break.
    fn break_minutes(&self) -> Result<i32, Box<Remark>> {
        let text = match self.raw.cell("break_minutes") {
            // A whole number that SQLite was given as 60.0.
            Cell::Real(number) if number.fract() == 0.0 => format!("{number:.0}"),
            _ => self.text("break_minutes", 100)?,
        };
        match text.as_str() {
            "" => Ok(0),
            text => civil::parse_break(text).map_err(|_| self.remark("break_minutes", Why::Break)),
        }
    }

    fn flag(&self, column: &str) -> Result<bool, Box<Remark>> {
        if let Cell::Integer(number) = self.raw.cell(column) {
            return Ok(*number != 0);
        }
        match self.text(column, 100)?.to_lowercase().as_str() {
            "" | "0" | "false" | "no" | "hayır" | "hayir" | "h" => Ok(false),
            "1" | "true" | "yes" | "evet" | "e" => Ok(true),
            _ => Err(self.remark(column, Why::Flag)),
        }
    }
}

/// A value as text; None for nothing and for bytes.
fn show(cell: &Cell) -> Option<String> {
    match cell {
        Cell::Null | Cell::NotText => None,
        Cell::Integer(number) => Some(number.to_string()),
        Cell::Real(number) => Some(number.to_string()),
        Cell::Text(text) => Some(text.clone()),
    }
}

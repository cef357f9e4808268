//! A remark of the report on a row: where the row is, what it holds, and why it was left out or needs a look.

use std::fmt;

use serde::{Serialize, Serializer};

use super::DesktopTable;

/// The file's name for a row: a number, or the key of a setting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum RowId {
    /// The integer id, counted per file.
    Number(i64),
    /// The key of a setting, or an id that is not a number.
    Key(String),
}

impl fmt::Display for RowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Key(key) => f.write_str(key),
        }
    }
}

/// A remark on a row of the file, or on the file as a whole (`table` empty, no id).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Name of the table.
    pub table: String,
    /// The row.
    pub id: Option<RowId>,
    /// The column.
    pub field: Option<String>,
    /// The value; an identity number is masked, a secret omitted, a long text cut.
    pub value: Option<String>,
    /// Why.
    pub reason: Why,
}

/// Longest value that a report repeats, in characters.
const LONGEST_VALUE: usize = 200;

impl Remark {
    /// A remark on a row.
    pub fn row(table: &DesktopTable, id: RowId, field: &str, value: Option<&str>, reason: Why) -> Self {
        Self { table: table.name.into(), id: Some(id), field: (!field.is_empty()).then(|| field.into()), value: value.map(shorten), reason }
    }

    /// A remark on the file.
    pub fn file(value: Option<&str>, reason: Why) -> Self {
        Self { table: String::new(), id: None, field: None, value: value.map(shorten), reason }
    }
}

/// `timesheets 12, end_time "25:00": time: not a time of day`.
impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.table.is_empty() { "the file" } else { &self.table })?;
        if let Some(id) = &self.id {
            write!(f, " {}", shorten(&id.to_string()))?;
        }
        if let Some(field) = &self.field {
            write!(f, ", {field}")?;
        }
        if let Some(value) = &self.value {
            write!(f, " \"{value}\"")?;
        }
        write!(f, ": {}", self.reason)
    }
}

/// The text without control characters (a terminal may show it), cut to [`LONGEST_VALUE`].
fn shorten(text: &str) -> String {
    text.chars().take(LONGEST_VALUE).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Why a row was left out, or what a person should check. Shown as `code: sentence`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The id is not a whole number.
    BadId,
    /// Another row of the table has the same id.
    DuplicateId,
    /// A required value is blank.
    Blank,
    /// Bytes that are not text.
    NotText,
    /// More characters than the field accepts.
    TooLong(usize),
    /// Not a time of day.
    Time,
    /// Not a date, or not in the range of work dates.
    Date,
    /// Not a date.
    AnyDate,
    /// Not a number of minutes from 0 to 480.
    Break,
    /// Neither yes nor no.
    Flag,
    /// Not a number of hours from 0 to 24.
    Hours,
    /// Start and end are equal (DOMAIN 11.2).
    NoDuration,
    /// The row belongs to another office.
    OtherRegion,
    /// The file marks the row as deleted.
    Deleted,
    /// An earlier import of this file imported and deleted the row.
    DeletedBefore,
    /// The employee is not in the file, or was left out.
    EmployeeNotTaken,
    /// The same person has another entry at that time.
    Overlap(i64),
    /// A template of that name is earlier in the file.
    DuplicateName(i64),
    /// An earlier copy of the file has another row under this number.
    OtherRow,
    /// A key that concerns the desktop program only.
    NotTakenSetting,
    /// The entity's own reason: code and sentence.
    Own(&'static str, &'static str),
    /// The complaint of the entity's own check about a value: code, details.
    NotAccepted(String, String),
    /// The server's refusal: verdict, code, details.
    Refused(String, String),
    /// The server has not responded.
    NotDelivered,
    /// Warning: this reason, and the row is imported without the value.
    Without(Box<Why>),
    /// Warning: the word that the desktop program wrote for an empty cell.
    EmptyCell,
    /// Warning: the check digits do not fit; imported unchanged.
    CheckDigits,
    /// Warning: another person in the file has the identity number; imported without it.
    DuplicateIdentityNo(i64),
    /// Warning: longer than any identity number; imported without it.
    LongIdentityNo,
    /// Warning: the row was imported from an earlier copy, and the file now marks it as deleted; it is deleted in Rainstaff too.
    DeletedNow,
    /// Warning: that deletion was refused.
    DeletionRefused(String),
    /// Warning: the row was imported from an earlier copy and is now missing without a record of its deletion; it is kept.
    Gone,
    /// Warning: the entry was for another day in the earlier copy.
    DateMoved(String),
    /// Warning: the entry belonged to another person in the earlier copy.
    PersonChanged,
    /// Warning: the copy imported before is newer.
    OlderCopy,
    /// Warning: a table that the desktop program did not write.
    UnknownTable,
    /// Warning: SQLite left a side file, which was not read.
    SideFile,
    /// Warning: the table of deletions cannot be read.
    NoTombstones,
}

impl Why {
    /// The same reason, as a warning: the row is imported without the value.
    #[must_use]
    pub fn without(self) -> Self {
        Self::Without(Box::new(self))
    }

    /// The short code, for programs.
    pub fn code(&self) -> &str {
        match self {
            Self::BadId => "bad_id",
            Self::DuplicateId => "duplicate_id",
            Self::Blank => "blank",
            Self::NotText => "not_text",
            Self::TooLong(_) => "too_long",
            Self::Time => "time",
            Self::Date | Self::AnyDate => "date",
            Self::Break => "break",
            Self::Flag => "flag",
            Self::Hours => "hours",
            Self::NoDuration => "no_duration",
            Self::OtherRegion => "other_region",
            Self::Deleted => "deleted",
            Self::DeletedBefore => "deleted_before",
            Self::EmployeeNotTaken => "employee_not_taken",
            Self::Overlap(_) => "overlap",
            Self::DuplicateName(_) => "duplicate_name",
            Self::OtherRow => "other_row",
            Self::NotTakenSetting => "not_taken_setting",
            Self::Own(code, _) => code,
            Self::NotAccepted(code, _) | Self::Refused(code, _) => code,
            Self::Without(why) => why.code(),
            Self::EmptyCell => "empty_cell",
            Self::NotDelivered => "not_delivered",
            Self::CheckDigits => "check_digits",
            Self::DuplicateIdentityNo(_) => "duplicate_identity_no",
            Self::LongIdentityNo => "long_identity_no",
            Self::DeletedNow => "deleted_now",
            Self::DeletionRefused(_) => "deletion_refused",
            Self::Gone => "gone",
            Self::DateMoved(_) => "date_moved",
            Self::PersonChanged => "person_changed",
            Self::OlderCopy => "older_copy",
            Self::UnknownTable => "unknown_table",
            Self::SideFile => "side_file",
            Self::NoTombstones => "no_tombstones",
        }
    }

    /// The sentence, for people.
    fn write_sentence(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadId => f.write_str("the row's id is not a whole number"),
            Self::DuplicateId => f.write_str("another row of the table has the same id"),
            Self::Blank => f.write_str("nothing is entered"),
            Self::NotText => f.write_str("not readable as text"),
            Self::TooLong(most) => write!(f, "longer than {most} characters"),
            Self::Time => f.write_str("not a time of day"),
            Self::Date => f.write_str("not a date between 1990 and 2100"),
            Self::AnyDate => f.write_str("not a date"),
            Self::Break => f.write_str("not a break of 0 to 480 minutes"),
            Self::Flag => f.write_str("neither yes nor no"),
            Self::Hours => f.write_str("not a number of hours from 0 to 24"),
            Self::NoDuration => f.write_str("start and end are the same"),
            Self::OtherRegion => f.write_str("the row belongs to another region"),
            Self::Deleted => f.write_str("the file lists the row as deleted"),
            Self::DeletedBefore => f.write_str("deleted by an earlier takeover of this file"),
            Self::EmployeeNotTaken => f.write_str("the employee is not in the file or was not taken over"),
            Self::Overlap(other) => write!(f, "the same person has entry {other} at that time"),
            Self::DuplicateName(other) => write!(f, "template {other} has the same name"),
            Self::OtherRow => f.write_str("an earlier copy of the file has something else under this id; enter it by hand"),
            Self::NotTakenSetting => f.write_str("the setting concerns the desktop program only"),
            Self::Own(_, sentence) => f.write_str(sentence),
            Self::NotAccepted(_, details) if details.is_empty() => f.write_str("not accepted for this field"),
            Self::NotAccepted(_, details) => write!(f, "not accepted for this field ({details})"),
            Self::Without(why) => {
                why.write_sentence(f)?;
                f.write_str("; taken over without it")
            }
            Self::EmptyCell => f.write_str("the desktop program's word for an empty cell; taken over as blank"),
            Self::Refused(_, details) if details.is_empty() => f.write_str("refused by the server"),
            Self::Refused(_, details) => write!(f, "refused by the server ({details})"),
            Self::NotDelivered => f.write_str("the server has not answered; run the takeover again"),
            Self::CheckDigits => f.write_str("the check digits of the identity number do not fit; taken over as it stands"),
            Self::DuplicateIdentityNo(other) => write!(f, "employee {other} has the same identity number; taken over without it"),
            Self::LongIdentityNo => f.write_str("too long for an identity number; taken over without it"),
            Self::DeletedNow => f.write_str("deleted in the desktop program since the earlier copy, so deleted here as well"),
            Self::DeletionRefused(word) => write!(f, "deleted in the desktop program, but the deletion was not carried out here ({word})"),
            Self::Gone => f.write_str("in an earlier copy of the file but not in this one, without a note of deletion; kept"),
            Self::DateMoved(before) => write!(f, "the entry was for {before} in the earlier copy of the file"),
            Self::PersonChanged => f.write_str("the entry was somebody else's in the earlier copy of the file"),
            Self::OlderCopy => f.write_str("a younger copy of this file was taken over before; values may go back"),
            Self::UnknownTable => f.write_str("no table of the desktop program; not read"),
            Self::SideFile => f.write_str("the desktop program has not finished writing: close it, and take a fresh copy"),
            Self::NoTombstones => f.write_str("the list of deletions lacks a column and was not read"),
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.code())?;
        self.write_sentence(f)
    }
}

impl Serialize for Why {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

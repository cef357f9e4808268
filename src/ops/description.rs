//! What an entity says of itself, once, for everything that names its fields: forms, the log's words, titles, addresses, digests.

use std::{collections::BTreeSet, sync::OnceLock};

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Entity, Origin, Row, Writers, form_codec::FieldKind};
use crate::{civil, complaint::FieldError};

/// How the log shows a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// As it is.
    Text,
    /// An employee's id, as the name.
    Person,
    /// Another row's id, as its name.
    Named,
    /// One of a few words: the key of each is this prefix and the word.
    Choice(&'static str),
    /// Masked: everybody of a region reads the log.
    IdentityNo,
    /// As people write dates.
    Date,
    /// Minutes of the start day, to 2880.
    Time,
    /// A number of minutes.
    Minutes,
    /// Minutes, as hours.
    Hours,
    /// A flag.
    YesNo,
    /// ISO numbers, such as `12345`.
    Weekdays,
    /// Doubts about an entry, by their words.
    Doubts,
}

/// Whether a field has to be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It may be blank.
    Optional,
    /// It may not; the complaint's code.
    Required(&'static str),
    /// It may not; the complaint is that of what is no such value.
    Always,
}

/// How the value of a field is read, beyond its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// As its kind says.
    ByKind,
    /// A date of work (DOMAIN 3.2): in the years that the table takes.
    WorkDate,
    /// Minutes of break, 0 to 480 (DOMAIN 3.10); blank is 0.
    Break,
    /// The end of a shift whose start is the named field: an end before the start is on the next day, equal times are refused (DOMAIN 11.2).
    EndOf(&'static str),
}

/// A field of an entity.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    /// Its name in forms and operations.
    pub name: &'static str,
    /// How a form reads it.
    pub kind: FieldKind,
    /// Its column; most are called as the field.
    pub column: &'static str,
    /// Key of what people call it.
    pub label: &'static str,
    /// How the log shows its column.
    pub says: Says,
    /// The column holds 0 where the form is blank.
    pub zero_is_blank: bool,
    /// Whether it has to be filled in.
    pub presence: Presence,
    /// The longest text, in characters.
    pub longest: usize,
    /// The code of the complaint about a word or an id that is none of those there are.
    pub unknown: &'static str,
    /// How its value is read.
    pub reads: Reads,
    /// Key of what stands under it in a form; empty for nothing.
    pub hint: &'static str,
    /// The flag of a row that does not say it.
    pub is_set_unsaid: bool,
}

impl Field {
    /// A field whose column has its name, and whose value reads in the log as its kind does.
    pub const fn new(name: &'static str, kind: FieldKind, label: &'static str) -> Self {
        let says = match kind {
            FieldKind::Date => Says::Date,
            FieldKind::Time => Says::Time,
            FieldKind::Decimal => Says::Hours,
            FieldKind::Flag => Says::YesNo,
            FieldKind::Weekdays => Says::Weekdays,
            FieldKind::Id => Says::Named,
            FieldKind::Text | FieldKind::OptionalText | FieldKind::LaterText | FieldKind::Integer => Says::Text,
        };
        Self {
            name,
            kind,
            column: name,
            label,
            says,
            zero_is_blank: false,
            presence: Presence::Optional,
            longest: 0,
            unknown: "",
            reads: Reads::ByKind,
            hint: "",
            is_set_unsaid: false,
        }
    }

    /// The same, and it may not be blank; `missing` is the complaint's code.
    #[must_use]
    pub const fn required(mut self, missing: &'static str) -> Self {
        self.presence = Presence::Required(missing);
        self
    }

    /// The same, and it may not be blank: a blank is no date, or no time.
    #[must_use]
    pub const fn always(mut self) -> Self {
        self.presence = Presence::Always;
        self
    }

    /// The same with at most so many characters.
    #[must_use]
    pub const fn longest(mut self, characters: usize) -> Self {
        self.longest = characters;
        self
    }

    /// The same with the code of the complaint about a word, or an id, that is none of those there are.
    #[must_use]
    pub const fn unknown(mut self, code: &'static str) -> Self {
        self.unknown = code;
        self
    }

    /// The same, read in another way.
    #[must_use]
    pub const fn reads(mut self, reads: Reads) -> Self {
        self.reads = reads;
        self
    }

    /// The same with a hint; its key.
    #[must_use]
    pub const fn hint(mut self, key: &'static str) -> Self {
        self.hint = key;
        self
    }

    /// The same flag, set in a row that does not say it.
    #[must_use]
    pub const fn set_unsaid(mut self) -> Self {
        self.is_set_unsaid = true;
        self
    }

    /// The same in another column.
    #[must_use]
    pub const fn column(mut self, column: &'static str) -> Self {
        self.column = column;
        self
    }

    /// The same with other words in the log.
    #[must_use]
    pub const fn says(mut self, says: Says) -> Self {
        self.says = says;
        self
    }

    /// The same with 0 in the column for a blank field.
    #[must_use]
    pub const fn zero_is_blank(mut self) -> Self {
        self.zero_is_blank = true;
        self
    }

    /// A value of the column as the form has it.
    pub fn from_column(&self, value: &Value) -> Value {
        let minutes = value.as_i64().and_then(|minutes| i32::try_from(minutes).ok());
        match self.kind {
            _ if self.zero_is_blank && minutes == Some(0) => Value::Null,
            FieldKind::Time => minutes.map_or(Value::Null, |minutes| json!(civil::format_time(minutes))),
            FieldKind::Decimal => minutes.map_or(Value::Null, |minutes| json!(civil::format_decimal_hours(minutes))),
            _ => value.clone(),
        }
    }

    /// Whether its value is the id of another row.
    pub fn is_reference(&self) -> bool {
        self.kind == FieldKind::Id
    }
}

/// What people call a row, by columns that are fields of the same name.
#[derive(Debug, Clone, Copy)]
pub struct Title {
    /// The column of the name; of a row that is called as another one, the reference to that.
    pub name: &'static str,
    /// The entity of that other row.
    pub of: Option<&'static str>,
    /// The column of the date that it is about.
    pub date: Option<&'static str>,
}

impl Title {
    /// By a column of its own.
    pub const fn column(name: &'static str) -> Self {
        Self { name, of: None, date: None }
    }

    /// As the row that a column refers to.
    pub const fn of(entity: &'static str, reference: &'static str) -> Self {
        Self { name: reference, of: Some(entity), date: None }
    }

    /// The same with a date.
    #[must_use]
    pub const fn dated(mut self, date: &'static str) -> Self {
        self.date = Some(date);
        self
    }
}

/// The page of a row: below the entity's list, under the row's id.
#[derive(Debug, Clone, Copy)]
pub struct RowPage {
    /// After the id.
    pub rest: &'static str,
    /// A deleted row keeps it.
    pub stays: bool,
}

/// What an entity says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// Name in operations, feed and logs.
    pub name: &'static str,
    /// Key of what people call its rows.
    pub label: &'static str,
    /// The table, with its schema.
    pub table: &'static str,
    /// Address of the list of its rows.
    pub home: &'static str,
    /// The fields, in the order of the form.
    pub fields: &'static [Field],
    /// What people call one of its rows; none where a region has only one.
    pub title: Option<Title>,
    /// The page of a row, where it has one that everybody may open.
    pub page: Option<RowPage>,
    /// Who may write its rows.
    pub writers: Writers,
    /// What is wrong with the values of a whole row, as [`Entity::parse`] says it.
    pub complaints: fn(&Row, &BTreeSet<&str>, Origin) -> Vec<FieldError>,
}

impl Description {
    /// What a type says.
    pub const fn of<E: Entity>() -> Self {
        Self {
            name: E::NAME,
            label: E::LABEL,
            table: E::TABLE,
            home: E::HOME,
            fields: E::FORM,
            title: E::TITLE,
            page: E::PAGE,
            writers: E::WRITERS,
            complaints: |row, changed, origin| E::parse(row, changed, origin).err().unwrap_or_default(),
        }
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The field in this column.
    pub fn field_in(&self, column: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.column == column)
    }

    /// The ids of other rows in these columns.
    pub fn references<'r>(&self, columns: &'r serde_json::Map<String, Value>) -> impl Iterator<Item = Uuid> + use<'r> {
        let references = self.fields.iter().filter(|field| field.is_reference());
        references.filter_map(|field| columns.get(field.column)?.as_str()?.parse().ok())
    }

    /// The address of a row's page.
    pub fn address(&self, id: Uuid, is_deleted: bool) -> Option<String> {
        let page = self.page.filter(|page| page.stays || !is_deleted)?;
        Some(format!("{}/{id}{}", self.home, page.rest))
    }
}

/// A column of the log as the field of a form: name and value. What no field has is as it is.
pub fn as_field<'c>(entity: &str, column: &'c str, value: &Value) -> (&'c str, Value) {
    match description(entity).and_then(|entity| entity.field_in(column)) {
        Some(field) => (field.name, field.from_column(value)),
        None => (column, value.clone()),
    }
}

static DESCRIPTIONS: OnceLock<&'static [Description]> = OnceLock::new();

/// Says which entities there are, in the order of a snapshot. Once per process; what comes later says the same.
pub fn describe_entities(all: &'static [Description]) {
    DESCRIPTIONS.get_or_init(|| all);
}

/// The entities that there are.
pub fn descriptions() -> &'static [Description] {
    #[cfg(test)]
    crate::registry::install();
    DESCRIPTIONS.get().expect("a process says which entities there are before it serves any (`registry::install`)")
}

/// The entity of this name; none for one that this program does not know.
pub fn description(entity: &str) -> Option<&'static Description> {
    descriptions().iter().find(|known| known.name == entity)
}

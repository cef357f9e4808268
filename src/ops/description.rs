//! What an entity says of itself, once, for everything that names its fields: forms, the log's words, titles, addresses, digests.

use std::sync::OnceLock;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Entity, Writers, form_codec::FieldKind};
use crate::civil;

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
        Self { name, kind, column: name, label, says, zero_is_blank: false }
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

/// The page of a row.
#[derive(Debug, Clone, Copy)]
pub struct RowPage {
    /// Before the row's id.
    pub path: &'static str,
    /// After it.
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
    /// The fields, in the order of the form.
    pub fields: &'static [Field],
    /// What people call one of its rows; none where a region has only one.
    pub title: Option<Title>,
    /// The page of a row, where it has one that everybody may open.
    pub page: Option<RowPage>,
    /// Who may write its rows.
    pub writers: Writers,
}

impl Description {
    /// What a type says.
    pub const fn of<E: Entity>() -> Self {
        Self { name: E::NAME, label: E::LABEL, table: E::TABLE, fields: E::FORM, title: E::TITLE, page: E::PAGE, writers: E::WRITERS }
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
        Some(format!("{}/{id}{}", page.path, page.rest))
    }
}

/// A column of the log as the field of a form: name and value. What no field has is as it is.
pub fn as_field<'c>(entity: &str, column: &'c str, value: &Value) -> (&'c str, Value) {
    match description(entity).and_then(|entity| entity.field_in(column)) {
        Some(field) => (field.name, field.from_column(value)),
        None => (column, value.clone()),
    }
}

static DESCRIPTIONS: OnceLock<Vec<Description>> = OnceLock::new();

/// Says which entities there are, in the order of a snapshot. Once per process; what comes later says the same.
pub fn describe_entities(all: impl IntoIterator<Item = Description>) {
    DESCRIPTIONS.get_or_init(|| all.into_iter().collect());
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

//! The description of an entity, written once for all code that names its fields: forms, the log's words, titles, addresses, digests.

use std::{collections::BTreeSet, sync::OnceLock};

use serde_json::{Value, json};
use uuid::Uuid;

use super::{Entity, Life, MergePolicy, Origin, Row, Samples, Writers, form_codec::FieldKind};
use crate::{civil, complaint::FieldError, identity::Region, money};

/// How the log shows a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// As it is.
    Text,
    /// An employee's id, as the name.
    Person,
    /// Another row's id, as its name.
    Named,
    /// One of a few words. The message key of each is this prefix and the word.
    Choice(&'static str),
    /// Masked, because everyone in a region reads the log.
    IdentityNo,
    /// As people write dates.
    Date,
    /// A time in minutes of the start day, up to 2880.
    Time,
    /// A number of minutes.
    Minutes,
    /// Minutes, as hours.
    Hours,
    /// A flag.
    YesNo,
    /// ISO numbers, such as `12345`.
    Weekdays,
    /// Confirmed doubts about an entry, by their words.
    Doubts,
    /// A telephone number.
    Phone,
    /// Kuruş, or a sum as operations write it.
    Money,
}

/// Whether a field must be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It may be blank.
    Optional,
    /// It may not be blank; the complaint's code.
    Required(&'static str),
    /// It may not be blank; a blank gets the complaint about an invalid value.
    Always,
}

/// How the value of a field is read, beyond its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reads {
    /// As its kind defines.
    ByKind,
    /// A work date (DOMAIN 3.2): in the years that the table accepts.
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
    /// Its column; most have the field's name.
    pub column: &'static str,
    /// Key of its name for people.
    pub label: &'static str,
    /// How the log shows its column.
    pub says: Says,
    /// The column holds 0 for a blank field.
    pub zero_is_blank: bool,
    /// Whether it must be filled in.
    pub presence: Presence,
    /// The longest text, in characters.
    pub longest: usize,
    /// The code of the complaint about an unknown word or id.
    pub unknown: &'static str,
    /// How its value is read.
    pub reads: Reads,
    /// Key of the hint below it in a form; empty for no hint.
    pub hint: &'static str,
    /// The value of the flag in a row without this field.
    pub is_set_unsaid: bool,
    /// The smallest and the largest number.
    pub range: (i32, i32),
    /// The only words that it may hold; empty if others are allowed.
    pub choices: &'static [&'static str],
    /// For an id: the entity of the row that it refers to.
    pub of: Option<&'static str>,
    /// For a business key, which is given once among a region's live rows: the code of the complaint about a second one.
    pub once: Option<&'static str>,
    /// Which value stays when two authors changed the field without having seen each other's value.
    pub merge: MergePolicy,
}

impl Field {
    /// A field whose column has its name, and which the log shows according to its kind.
    pub const fn new(name: &'static str, kind: FieldKind, label: &'static str) -> Self {
        let says = match kind {
            FieldKind::Date => Says::Date,
            FieldKind::Time => Says::Time,
            FieldKind::Decimal => Says::Hours,
            FieldKind::Flag => Says::YesNo,
            FieldKind::Weekdays => Says::Weekdays,
            FieldKind::Id => Says::Named,
            FieldKind::IdentityNo => Says::IdentityNo,
            FieldKind::Phone => Says::Phone,
            FieldKind::Money => Says::Money,
            FieldKind::Minutes => Says::Minutes,
            FieldKind::Text
            | FieldKind::OptionalText
            | FieldKind::LaterText
            | FieldKind::LongText
            | FieldKind::Choice
            | FieldKind::Plate
            | FieldKind::Integer => Says::Text,
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
            range: (i32::MIN, i32::MAX),
            choices: &[],
            of: None,
            once: None,
            merge: MergePolicy::LastWriter,
        }
    }

    /// The same field, which may not be blank; `missing` is the complaint's code.
    #[must_use]
    pub const fn required(mut self, missing: &'static str) -> Self {
        self.presence = Presence::Required(missing);
        self
    }

    /// The same field, which may not be blank: a blank gets the complaint about an invalid date or time.
    #[must_use]
    pub const fn always(mut self) -> Self {
        self.presence = Presence::Always;
        self
    }

    /// The same field with a longest text, in characters.
    #[must_use]
    pub const fn longest(mut self, characters: usize) -> Self {
        self.longest = characters;
        self
    }

    /// The same field with the code of the complaint about an unknown word or id.
    #[must_use]
    pub const fn unknown(mut self, code: &'static str) -> Self {
        self.unknown = code;
        self
    }

    /// The same field, read in another way.
    #[must_use]
    pub const fn reads(mut self, reads: Reads) -> Self {
        self.reads = reads;
        self
    }

    /// The same field with the key of a hint.
    #[must_use]
    pub const fn hint(mut self, key: &'static str) -> Self {
        self.hint = key;
        self
    }

    /// The same flag, set in a row without this field.
    #[must_use]
    pub const fn set_unsaid(mut self) -> Self {
        self.is_set_unsaid = true;
        self
    }

    /// The same field in another column.
    #[must_use]
    pub const fn column(mut self, column: &'static str) -> Self {
        self.column = column;
        self
    }

    /// The same field, shown in another way in the log.
    #[must_use]
    pub const fn says(mut self, says: Says) -> Self {
        self.says = says;
        self
    }

    /// The same field; its column holds 0 if it is blank.
    #[must_use]
    pub const fn zero_is_blank(mut self) -> Self {
        self.zero_is_blank = true;
        self
    }

    /// The same field with a smallest and a largest number.
    #[must_use]
    pub const fn range(mut self, least: i32, most: i32) -> Self {
        self.range = (least, most);
        self
    }

    /// The same field, limited to these words; the message key of each is `labels` and the word.
    #[must_use]
    pub const fn one_of(mut self, words: &'static [&'static str], labels: &'static str) -> Self {
        self.choices = words;
        self.says = Says::Choice(labels);
        self
    }

    /// The same field, holding the id of a row of this entity.
    #[must_use]
    pub const fn of(mut self, entity: &'static str) -> Self {
        self.of = Some(entity);
        self
    }

    /// The same field as a business key of its own: given once among a region's rows that are not deleted. `taken` is the code of the
    /// complaint about a second one. The migration names the column in `once` of `sec.create_entity`.
    #[must_use]
    pub const fn once(mut self, taken: &'static str) -> Self {
        assert!(!matches!(self.kind, FieldKind::Flag | FieldKind::Weekdays | FieldKind::LongText), "such a value identifies no row");
        self.once = Some(taken);
        self
    }

    /// The same field with another merge policy.
    #[must_use]
    pub const fn merging(mut self, policy: MergePolicy) -> Self {
        let is_ordered = matches!(
            self.kind,
            FieldKind::Integer | FieldKind::Minutes | FieldKind::Money | FieldKind::Decimal | FieldKind::Time | FieldKind::Date
        );
        assert!(is_ordered || matches!(policy, MergePolicy::LastWriter), "of two such values none is the higher one");
        self.merge = policy;
        self
    }

    /// Whether the value is secret: only people who need it see it. Others see that it exists, under another name ([`masked_name`]).
    pub fn is_secret(&self) -> bool {
        self.says == Says::IdentityNo
    }

    /// Whether every row has a value here: a blank is refused, or stands for the default value.
    pub fn is_required(&self) -> bool {
        self.presence != Presence::Optional || self.reads == Reads::Break
    }

    /// A value of the column in the form's format.
    pub fn from_column(&self, value: &Value) -> Value {
        let minutes = value.as_i64().and_then(|minutes| i32::try_from(minutes).ok());
        match self.kind {
            _ if self.zero_is_blank && minutes == Some(0) => Value::Null,
            FieldKind::Time => minutes.map_or(Value::Null, |minutes| json!(civil::format_time(minutes))),
            FieldKind::Decimal => minutes.map_or(Value::Null, |minutes| json!(civil::format_decimal_hours(minutes))),
            FieldKind::Money => value.as_i64().map_or(Value::Null, |kurus| json!(money::format(kurus))),
            _ => value.clone(),
        }
    }

    /// The code of the complaint about an id of no row. In a required field such an id counts as missing.
    pub const fn code_of_unknown_row(&self) -> &'static str {
        if let Presence::Required(missing) = self.presence { missing } else { self.unknown }
    }

    /// Whether its value is the id of another row.
    pub fn is_reference(&self) -> bool {
        self.kind == FieldKind::Id
    }
}

/// Checks, while the program is compiled, that fields have what their kinds need: a text its longest length, a choice its words, a reference
/// its entity.
pub const fn assert_complete(fields: &[Field]) {
    let mut at = 0;
    while at < fields.len() {
        let field = &fields[at];
        match field.kind {
            FieldKind::Text
            | FieldKind::OptionalText
            | FieldKind::LaterText
            | FieldKind::LongText
            | FieldKind::IdentityNo
            | FieldKind::Weekdays => assert!(field.longest > 0, "a text has a longest length: `.longest(200)`"),
            FieldKind::Choice => {
                assert!(!field.choices.is_empty(), "a choice has its words: `.one_of(&[..], \"key-\")`");
                assert!(!field.unknown.is_empty(), "a choice has a complaint about other words: `.unknown(\"class-unknown\")`");
            }
            FieldKind::Id => {
                assert!(field.of.is_some(), "a reference has its entity: `.of(\"driver\")`");
                let is_required = matches!(field.presence, Presence::Required(_));
                assert!(is_required || !field.unknown.is_empty(), "a reference has a complaint about unknown rows: `.unknown(\"..\")`");
            }
            FieldKind::Date
            | FieldKind::Time
            | FieldKind::Integer
            | FieldKind::Decimal
            | FieldKind::Flag
            | FieldKind::Plate
            | FieldKind::Phone
            | FieldKind::Money
            | FieldKind::Minutes => {}
        }
        at += 1;
    }
}

/// A row's name for people. The columns named here have the same names as their fields.
#[derive(Debug, Clone, Copy)]
pub struct Title {
    /// The column of the name; if the row is named after another row, the column that refers to that row.
    pub name: &'static str,
    /// The entity of that other row.
    pub of: Option<&'static str>,
    /// The column of the row's date.
    pub date: Option<&'static str>,
}

impl Title {
    /// The name is in a column of the row.
    pub const fn column(name: &'static str) -> Self {
        Self { name, of: None, date: None }
    }

    /// The name is that of the row that a column refers to.
    pub const fn of(entity: &'static str, reference: &'static str) -> Self {
        Self { name: reference, of: Some(entity), date: None }
    }

    /// The same title with a date.
    #[must_use]
    pub const fn dated(mut self, date: &'static str) -> Self {
        self.date = Some(date);
        self
    }
}

/// The page of a row: its address is the entity's list, the row's id and `rest`.
#[derive(Debug, Clone, Copy)]
pub struct RowPage {
    /// The part of the address after the id.
    pub rest: &'static str,
    /// Whether a deleted row keeps its page.
    pub stays: bool,
}

/// The description of an entity.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// Name in operations, feed and logs.
    pub name: &'static str,
    /// Key of the name of its rows for people.
    pub label: &'static str,
    /// The table, with its schema.
    pub table: &'static str,
    /// Address of the list of its rows.
    pub home: &'static str,
    /// The fields, in the order of the form.
    pub fields: &'static [Field],
    /// The name of a row for people; `None` if a region has only one row.
    pub title: Option<Title>,
    /// The page of a row; `None` if there is no page that everyone may open.
    pub page: Option<RowPage>,
    /// Who may write its rows.
    pub writers: Writers,
    /// What may happen to an existing row.
    pub life: Life,
    /// The id of a region's only row; `None` for an entity of which a region may have several rows.
    pub only_id: fn(&Region) -> Option<Uuid>,
    /// Sample rows.
    pub samples: fn() -> Samples,
    /// What is wrong with the values of a whole row, by [`Entity::parse`].
    pub complaints: fn(&Row, &BTreeSet<&str>, Origin) -> Vec<FieldError>,
}

impl Description {
    /// The description of an entity's type.
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
            life: E::LIFE,
            only_id: E::only_id,
            samples: E::samples,
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

    /// The ids in these columns that refer to other rows.
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

/// A column of the log as a form field: name and value. A column without a field stays as it is.
pub fn as_field<'c>(entity: &str, column: &'c str, value: &Value) -> (&'c str, Value) {
    match description(entity).and_then(|entity| entity.field_in(column)) {
        Some(field) => (field.name, field.from_column(value)),
        None => (column, value.clone()),
    }
}

/// The name under which a row shows that a secret field has a value.
pub fn masked_name(field: &str) -> String {
    format!("{field}_masked")
}

/// A row without its secret values: each is replaced by `shown` of it, under its masked name.
pub fn mask_secrets(mut row: Row, shown: impl Fn(Value) -> Value) -> Row {
    for field in descriptions().iter().flat_map(|entity| entity.fields).filter(|field| field.is_secret()) {
        if let Some(value) = row.remove(field.name) {
            row.insert(masked_name(field.name), shown(value));
        }
    }
    row
}

static DESCRIPTIONS: OnceLock<&'static [Description]> = OnceLock::new();

/// Registers the entities, in the order of a snapshot. Once per process; later calls register the same.
pub fn describe_entities(all: &'static [Description]) {
    DESCRIPTIONS.get_or_init(|| all);
}

/// The registered entities.
pub fn descriptions() -> &'static [Description] {
    DESCRIPTIONS.get().expect("a process says which entities there are before it serves any (`registry::install`)")
}

/// The entity whose list is at the start of an address, and the rest of the address: empty, or starting with a slash.
pub fn entity_at(path: &str) -> Option<(&'static Description, &str)> {
    let below = |entity: &'static Description| Some((entity, path.strip_prefix(entity.home)?));
    descriptions().iter().filter_map(below).find(|(_, rest)| rest.is_empty() || rest.starts_with('/'))
}

/// The entity of this name; `None` if this program does not know it.
pub fn description(entity: &str) -> Option<&'static Description> {
    descriptions().iter().find(|known| known.name == entity)
}

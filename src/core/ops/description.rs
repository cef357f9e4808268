//! What an entity says of itself, once, for everything that names its fields: forms, the log's words, titles, addresses, digests.

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
    /// A telephone number.
    Phone,
    /// Kuruş, or a sum as operations have it.
    Money,
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
    /// The least and the greatest number.
    pub range: (i32, i32),
    /// The only words that it may hold; none where it may hold others.
    pub choices: &'static [&'static str],
    /// The entity whose row its value names, for an id.
    pub of: Option<&'static str>,
    /// Which of two values stays that met without having seen each other.
    pub merge: MergePolicy,
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
            merge: MergePolicy::LastWriter,
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

    /// The same with numbers from the first to the second.
    #[must_use]
    pub const fn range(mut self, least: i32, most: i32) -> Self {
        self.range = (least, most);
        self
    }

    /// The same with one of these words; what each is called is under the prefix and the word.
    #[must_use]
    pub const fn one_of(mut self, words: &'static [&'static str], labels: &'static str) -> Self {
        self.choices = words;
        self.says = Says::Choice(labels);
        self
    }

    /// The same with the id of a row of this entity.
    #[must_use]
    pub const fn of(mut self, entity: &'static str) -> Self {
        self.of = Some(entity);
        self
    }

    /// The same with another policy where two values meet.
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

    /// Whether only the people who need it see its value: others see that there is one, under another name ([`masked_name`]).
    pub fn is_secret(&self) -> bool {
        self.says == Says::IdentityNo
    }

    /// Whether every row has a value here: a blank one is refused, or stands for the usual value.
    pub fn is_required(&self) -> bool {
        self.presence != Presence::Optional || self.reads == Reads::Break
    }

    /// A value of the column as the form has it.
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
    /// What may become of a row once it is there.
    pub life: Life,
    /// The id of a region's one row; none for all kinds of which it may have several.
    pub only_id: fn(&Region) -> Option<Uuid>,
    /// Rows that could be.
    pub samples: fn() -> Samples,
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

/// Under which name a row says that a secret field has a value.
pub fn masked_name(field: &str) -> String {
    format!("{field}_masked")
}

/// A row without its secret values: each as `shown` makes it, under its masked name.
pub fn mask_secrets(mut row: Row, shown: impl Fn(Value) -> Value) -> Row {
    for field in descriptions().iter().flat_map(|entity| entity.fields).filter(|field| field.is_secret()) {
        if let Some(value) = row.remove(field.name) {
            row.insert(masked_name(field.name), shown(value));
        }
    }
    row
}

static DESCRIPTIONS: OnceLock<&'static [Description]> = OnceLock::new();

/// Says which entities there are, in the order of a snapshot. Once per process; what comes later says the same.
pub fn describe_entities(all: &'static [Description]) {
    DESCRIPTIONS.get_or_init(|| all);
}

/// The entities that there are.
pub fn descriptions() -> &'static [Description] {
    DESCRIPTIONS.get().expect("a process says which entities there are before it serves any (`registry::install`)")
}

/// The entity whose list an address is below, and the rest of the address: empty, or from a slash on.
pub fn entity_at(path: &str) -> Option<(&'static Description, &str)> {
    let below = |entity: &'static Description| Some((entity, path.strip_prefix(entity.home)?));
    descriptions().iter().filter_map(below).find(|(_, rest)| rest.is_empty() || rest.starts_with('/'))
}

/// The entity of this name; none for one that this program does not know.
pub fn description(entity: &str) -> Option<&'static Description> {
    descriptions().iter().find(|known| known.name == entity)
}

//! The values of an entity's type, by its fields: listed once (`values!`), read from a form, an operation or a column, and written to any
//! of them.

use chrono::NaiveDate;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Field, form_codec::FormSpec};

/// A value between a type and a column. `None` is NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plain {
    /// `text`.
    Text(Option<String>),
    /// `integer`.
    Number(Option<i32>),
    /// `bigint`.
    Sum(Option<i64>),
    /// `boolean`.
    Flag(Option<bool>),
    /// `date`.
    Date(Option<NaiveDate>),
    /// `uuid`.
    Id(Option<Uuid>),
}

/// The kind of [`Plain`] that a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainKind {
    /// `text`.
    Text,
    /// `integer`.
    Number,
    /// `bigint`.
    Sum,
    /// `boolean`.
    Flag,
    /// `date`.
    Date,
    /// `uuid`.
    Id,
}

impl Plain {
    /// The value as JSON.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Number(number) => json!(number),
            Self::Sum(sum) => json!(sum),
            Self::Flag(flag) => json!(flag),
            Self::Date(date) => json!(date),
            Self::Id(id) => json!(id),
        }
    }
}

/// The type of a field's value.
pub trait Cell: Sized {
    /// What its column holds.
    const KIND: PlainKind;

    /// The value as its column holds it.
    fn to_plain(&self) -> Plain;

    /// The value from a form or an operation. `None` for a word that the type does not know.
    fn from_plain(plain: Plain) -> Option<Self>;

    /// The value from a column. A word that a later release stored may become "no value" here, if the type has that.
    fn from_column(plain: Plain) -> Option<Self> {
        Self::from_plain(plain)
    }

    /// The placeholder for a value that has a complaint, so that the other fields can be checked.
    fn stand_in() -> Self;
}

macro_rules! cells {
    ($($kind:ident: $inner:ty),+) => {$(
        impl Cell for Option<$inner> {
            const KIND: PlainKind = PlainKind::$kind;

            fn to_plain(&self) -> Plain {
                Plain::$kind(self.clone())
            }

            fn from_plain(plain: Plain) -> Option<Self> {
                if let Plain::$kind(value) = plain { Some(value) } else { None }
            }

            fn stand_in() -> Self {
                None
            }
        }

        impl Cell for $inner {
            const KIND: PlainKind = PlainKind::$kind;

            fn to_plain(&self) -> Plain {
                Plain::$kind(Some(self.clone()))
            }

            fn from_plain(plain: Plain) -> Option<Self> {
                Option::<$inner>::from_plain(plain).map(Option::unwrap_or_default)
            }

            fn stand_in() -> Self {
                Self::default()
            }
        }
    )+};
}

cells!(Text: String, Number: i32, Sum: i64, Flag: bool, Date: NaiveDate, Id: Uuid);

/// A type whose values are words of a list; a row may also have no word.
pub trait Choice: Copy {
    /// The word in the column, in forms and in operations.
    fn word(self) -> &'static str;

    /// Reads a word; `None` if the type does not know it.
    fn of_word(word: &str) -> Option<Self>;
}

impl<C: Choice> Cell for Option<C> {
    const KIND: PlainKind = PlainKind::Text;

    fn to_plain(&self) -> Plain {
        Plain::Text(self.map(|choice| choice.word().to_owned()))
    }

    fn from_plain(plain: Plain) -> Option<Self> {
        match plain {
            Plain::Text(None) => Some(None),
            Plain::Text(Some(word)) => C::of_word(&word).map(Some),
            _ => None,
        }
    }

    fn from_column(plain: Plain) -> Option<Self> {
        Some(Self::from_plain(plain).flatten())
    }

    fn stand_in() -> Self {
        None
    }
}

/// Where the values of a row come from.
pub trait Source {
    /// Why a value cannot be read.
    type Error;

    /// The value of a field.
    ///
    /// # Errors
    ///
    /// The source has no such value.
    fn take<C: Cell>(&mut self, field: &'static Field) -> Result<C, Self::Error>;
}

/// A type whose values are those of fields. Made by `values!`.
pub trait Values: Sized {
    /// The fields, in the order of the form.
    const FIELDS: FormSpec;

    /// Reads the values, in the order of the fields.
    ///
    /// # Errors
    ///
    /// A value cannot be read.
    fn read<S: Source>(source: &mut S) -> Result<Self, S::Error>;

    /// The values as their columns hold them, in the order of the fields.
    fn cells(&self) -> Vec<Plain>;
}

/// Assigns a field to each value of a type: `values!(Driver { full_name: Field::new(...), ... })`. Members of the type without a field
/// follow with their values: `; activation = Activation::No`.
#[macro_export]
macro_rules! values {
    ($entity:ident { $($value:ident: $field:expr),+ $(,)? } $(; $beside:ident = $unsaid:expr)*) => {
        impl $crate::ops::Values for $entity {
            const FIELDS: $crate::ops::form_codec::FormSpec = {
                const FIELDS: $crate::ops::form_codec::FormSpec = &[$($field),+];
                const { $crate::ops::assert_complete(FIELDS) };
                FIELDS
            };

            fn read<S: $crate::ops::Source>(source: &mut S) -> Result<Self, S::Error> {
                #[expect(non_camel_case_types, reason = "they are the names of the values")]
                enum At { $($value),+ }
                Ok(Self { $($value: source.take(&Self::FIELDS[At::$value as usize])?,)+ $($beside: $unsaid,)* })
            }

            fn cells(&self) -> Vec<$crate::ops::Plain> {
                vec![$($crate::ops::Cell::to_plain(&self.$value)),+]
            }
        }
    };
}

pub use crate::values;

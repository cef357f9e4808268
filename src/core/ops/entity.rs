//! A kind of row, independent of a database: its name, its form, its checks. The server defines where the rows are stored (`sync::Table`);
//! an agent stores the same kinds of rows elsewhere.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{
    Field, Fields, Origin, Plain, Row, RowPage, Samples, Title, Values, clean_value,
    fields::Reader,
    form_codec::{FieldKind, FormSpec},
};
use crate::{complaint::FieldError, identity::Region};

/// Who may write rows of a kind. Checked against the operation's author when rows are written; pages check the same, so that they offer
/// nothing that would be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writers {
    /// Everyone who works in the row's region.
    Region,
    /// Administrators only.
    Admins,
}

impl Writers {
    /// Whether an account that may write in the region may write these rows.
    pub fn include(self, is_admin: bool) -> bool {
        self == Self::Region || is_admin
    }
}

/// What may happen to existing rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// They can be changed, deleted and restored.
    Changes,
    /// They stay as they were created: two rows created offline both count, and another row corrects a mistake.
    AppendOnly,
}

impl Life {
    /// What is wrong with an operation on an existing row.
    pub fn objection(self) -> Option<FieldError> {
        (self == Self::AppendOnly).then(|| FieldError::new("", "append-only"))
    }
}

/// A kind of row that operations change. Field names are those of the forms.
pub trait Entity: Values + Send + Sync + 'static {
    /// Name in operations, feed and logs.
    const NAME: &'static str;
    /// Key of the name of its rows for people.
    const LABEL: &'static str;
    /// The server's table, with its schema.
    const TABLE: &'static str;
    /// Its fields, in the order of the form.
    const FORM: FormSpec = Self::FIELDS;
    /// Address of the list of its rows.
    const HOME: &'static str;
    /// The name of a row for people; `None` if a region has only one row.
    const TITLE: Option<Title> = None;
    /// The page of a row, below [`Entity::HOME`]; `None` if not everyone who may read the row may open one.
    const PAGE: Option<RowPage> = None;
    /// Who may write its rows.
    const WRITERS: Writers;

    /// What may happen to an existing row.
    const LIFE: Life = Life::Changes;

    /// The id of a region's only row, for a kind of which a region has one row; otherwise `None`.
    fn only_id(_region: &Region) -> Option<Uuid> {
        None
    }

    /// Reads and checks the values of a whole row. `changed` names the fields that the operation changes: a newer rule does not refuse a
    /// value that an old row already holds.
    fn parse(row: &Row, changed: &BTreeSet<&str>, origin: Origin) -> Result<Self, Vec<FieldError>> {
        let mut read = Reader::new(row);
        let mut value = read.values::<Self>();
        value.check(&mut read, changed, origin);
        read.finish(value)
    }

    /// The business keys among the values of a row, as their columns hold them: of the fields with [`Field::once`]. A value that is blank or
    /// that the entity does not accept is no key; the rest of the row does not matter.
    fn keys(row: &Row) -> Vec<(&'static Field, Plain)> {
        let row = row.iter().map(|(name, value)| (name.clone(), clean_value(value))).collect();
        let mut read = Reader::new(&row);
        let mut value = read.values::<Self>();
        value.check(&mut read, &BTreeSet::new(), Origin::Offline);
        let errors = read.finish(()).err().unwrap_or_default();
        let keys = Self::FORM.iter().zip(value.cells()).filter(|(field, cell)| field.once.is_some() && !cell.to_json().is_null());
        keys.filter(|(field, _)| errors.iter().all(|error| error.field != field.name)).collect()
    }

    /// Checks what the fields cannot express alone, such as two fields that depend on each other; may convert a value to its stored form.
    fn check(&mut self, _read: &mut Reader<'_>, _changed: &BTreeSet<&str>, _origin: Origin) {}

    /// The fields that the server sets by itself when these fields change and the operation does not name them. An entity needs this if its
    /// [`Entity::check`] or `Table::before_write` fills in fields: "Geri al" of the log names them then, with the values that they have, so
    /// that nothing is filled in and only what is taken back changes.
    ///
    /// A person who becomes passive gets a last day, for example. So `Employee` says `&["hire_date", "exit_date"]` for changes that contain
    /// `is_active`, and an undone change of `is_active` leaves both dates alone.
    fn fields_derived_from(_changes: &Fields) -> &'static [&'static str] {
        &[]
    }

    /// The values by form field. A blank value of a field that came later is omitted ([`FieldKind::LaterText`]).
    fn to_row(&self) -> Row {
        let values = Self::FORM.iter().zip(self.cells()).map(|(field, cell)| (field, field.from_column(&cell.to_json())));
        let said = values.filter(|(field, value)| field.kind != FieldKind::LaterText || !value.as_str().is_none_or(str::is_empty));
        said.map(|(field, value)| (field.name.to_owned(), value)).collect()
    }
    /// Sample rows.
    fn samples() -> Samples;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_left_alone_where_rows_are_only_added() {
        assert_eq!(Life::Changes.objection(), None);
        assert_eq!(Life::AppendOnly.objection().map(|error| error.code).as_deref(), Some("append-only"));
    }
}

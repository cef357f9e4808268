//! What a kind of row is without a database: its name, its form, its checks. Where the rows lie is the server's matter (`sync::Table`); an
//! agent has the same kinds of rows in another place.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{
    Fields, Origin, Row, RowPage, Samples, Title, Values,
    fields::Reader,
    form_codec::{FieldKind, FormSpec},
};
use crate::{complaint::FieldError, identity::Region};

/// Who may write rows of a kind. Asked where rows are written, of the operation's author; pages ask the same, so that they offer nothing
/// that would be refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writers {
    /// Anybody who works in the row's region.
    Region,
    /// Administrators only.
    Admins,
}

impl Writers {
    /// Whether somebody who may write in the region may write these rows.
    pub fn include(self, is_admin: bool) -> bool {
        self == Self::Region || is_admin
    }
}

/// What may become of rows once they are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// They are changed, deleted and restored.
    Changes,
    /// They stay as they were made: two that are made without a network both count, and a mistake is set right by another row.
    AppendOnly,
}

impl Life {
    /// What is wrong with an operation on a row that is there.
    pub fn objection(self) -> Option<FieldError> {
        (self == Self::AppendOnly).then(|| FieldError::new("", "append-only"))
    }
}

/// A kind of row that operations change. Field names are those of the forms.
pub trait Entity: Values + Send + Sync + 'static {
    /// Name in operations, feed and logs.
    const NAME: &'static str;
    /// Key of what people call its rows.
    const LABEL: &'static str;
    /// The server's table, with its schema.
    const TABLE: &'static str;
    /// Its fields, in the order of the form.
    const FORM: FormSpec = Self::FIELDS;
    /// Address of the list of its rows.
    const HOME: &'static str;
    /// What people call a row; none where a region has only one.
    const TITLE: Option<Title> = None;
    /// The page of a row, below [`Entity::HOME`], where everybody who may read it may open one.
    const PAGE: Option<RowPage> = None;
    /// Who may write rows of it.
    const WRITERS: Writers;

    /// What may become of a row.
    const LIFE: Life = Life::Changes;

    /// The id of a region's one row, for a kind of which a region has one; none for all others.
    fn only_id(_region: &Region) -> Option<Uuid> {
        None
    }

    /// Reads and checks the values of a whole row. `changed` names the fields that the operation changes: what an old row already holds is not
    /// refused for a rule that came later.
    fn parse(row: &Row, changed: &BTreeSet<&str>, origin: Origin) -> Result<Self, Vec<FieldError>> {
        let mut read = Reader::new(row);
        let mut value = read.values::<Self>();
        value.check(&mut read, changed, origin);
        read.finish(value)
    }

    /// Checks what the fields do not say by themselves, such as what two of them mean together; may put a value into its stored form.
    fn check(&mut self, _read: &mut Reader<'_>, _changed: &BTreeSet<&str>, _origin: Origin) {}

    /// Fields that follow from such changes where these do not say them. An operation that puts an earlier value back says them too, as they
    /// are, so that nothing follows from it.
    fn following(_changes: &Fields) -> &'static [&'static str] {
        &[]
    }

    /// The values by form field. A blank one of a field that came later is not said ([`FieldKind::LaterText`]).
    fn to_row(&self) -> Row {
        let values = Self::FORM.iter().zip(self.cells()).map(|(field, cell)| (field, field.from_column(&cell.to_json())));
        let said = values.filter(|(field, value)| field.kind != FieldKind::LaterText || !value.as_str().is_none_or(str::is_empty));
        said.map(|(field, value)| (field.name.to_owned(), value)).collect()
    }
    /// Rows that could be.
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

//! What a feature defines about its rows for the write path. A new table that takes operations implements [`Entity`] (what they are) and
//! [`Table`] (what they look at), and gets one line in `registry.rs`.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::rows;
use crate::{
    civil::{DateError, TimeError},
    complaint::FieldError,
    db::{Mode, ScopedTx, Write},
    identity::Region,
    ops::{ConflictDraft, Entity, FieldKind, Meta, Reason, Row},
    phone::NotAPhone,
};

/// A row as stored, with what the merge needs.
#[derive(Debug, Clone)]
pub struct Stored<E> {
    /// The row's id.
    pub id: Uuid,
    /// Its region.
    pub region: Region,
    /// Its version.
    pub version: i64,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Last writer per field.
    pub meta: Meta,
    /// The values.
    pub value: E,
}

/// The columns every write sets besides the entity's own.
#[derive(Debug, Clone)]
pub struct Tail {
    /// Version of the row after the write.
    pub version: i64,
    /// Set for a deletion.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Last writer per field.
    pub meta: Json<Meta>,
    /// Time of the write.
    pub at: DateTime<Utc>,
    /// Author.
    pub by: Uuid,
}

/// A named constraint refused the row.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// `NaturalKey` from a queue is held for a person to decide; everything else is rejected.
    pub reason: Reason,
    /// The complaint, on its field.
    pub error: FieldError,
}

impl Refusal {
    /// The values are not acceptable.
    pub fn invalid(error: FieldError) -> Self {
        Self { reason: Reason::Invalid, error }
    }

    /// Another row of the region has the same business key.
    pub fn taken(field: &str, code: &str) -> Self {
        Self { reason: Reason::NaturalKey, error: FieldError::new(field, code) }
    }

    /// A text is longer than `max` characters.
    pub fn too_long(field: &str, max: usize) -> Self {
        Self::invalid(FieldError::new(field, "too-long").with("max", max))
    }
}

/// The result of a look at other rows before the write.
#[derive(Debug, Clone, Default)]
pub struct Veto {
    /// Complaints; any of them stops the write.
    pub errors: Vec<FieldError>,
    /// Conflicts to keep for a person to see; they do not stop the write.
    pub conflicts: Vec<ConflictDraft>,
    /// Questions that have to be confirmed; they stop the write only if a person waits who can confirm.
    pub questions: Vec<FieldError>,
}

/// The refusal for a constraint of one column, as `sec.create_entity` names it: `drivers_full_name_check`, `vehicles_plate_once`, and
/// `vehicles_driver_fkey` for `driver_id`.
pub fn refusal_of_field<E: Entity>(constraint: &str) -> Option<Refusal> {
    let table = E::TABLE.trim_start_matches("app.");
    let name = constraint.strip_prefix(table)?.strip_prefix('_')?;
    if let Some(reference) = name.strip_suffix("_fkey") {
        let field = E::FORM.iter().find(|field| field.is_reference() && field.column.strip_suffix("_id") == Some(reference))?;
        return Some(Refusal::invalid(FieldError::new(field.name, field.code_of_unknown_row())));
    }
    if let Some(key) = name.strip_suffix("_once") {
        let field = E::FORM.iter().find(|field| field.column == key)?;
        return Some(Refusal::taken(field.name, field.once?));
    }
    let field = E::FORM.iter().find(|field| Some(field.column) == name.strip_suffix("_check"))?;
    Some(match field.kind {
        FieldKind::Date => Refusal::invalid(DateError::Format.about(field.name)),
        FieldKind::Time => Refusal::invalid(TimeError::Format.about(field.name)),
        FieldKind::Choice => Refusal::invalid(FieldError::new(field.name, field.unknown)),
        FieldKind::Phone => Refusal::invalid(NotAPhone.about(field.name)),
        FieldKind::Integer => {
            let (least, most) = field.range;
            Refusal::invalid(FieldError::new(field.name, "number-range").with("min", least).with("max", most))
        }
        _ => Refusal::too_long(field.name, field.longest),
    })
}

/// What an entity defines besides its fields: what it looks at in other rows, and the words for the database's refusals.
pub trait Table: Entity {
    /// Looks at other rows before a write. May change references (aliases), and fill in what follows from other rows. `at` is when the
    /// operation arrived.
    fn before_write(
        &mut self,
        _tx: &mut ScopedTx<Write>,
        _region: &Region,
        _id: Uuid,
        _deleting: bool,
        _at: DateTime<Utc>,
    ) -> impl Future<Output = Result<Veto, sqlx::Error>> + Send {
        async { Ok(Veto::default()) }
    }

    /// The live row that already has a business key of these values. An entity whose keys are of one column each says so with `Field::once`;
    /// one with a key of several columns looks for it here.
    fn find_twin<M: Mode>(
        tx: &mut ScopedTx<M>,
        region: &Region,
        row: &Row,
    ) -> impl Future<Output = Result<Option<Uuid>, sqlx::Error>> + Send {
        rows::find_by_keys::<Self, M>(tx, region, Self::keys(row))
    }

    /// Does for a new row in one statement what [`Table::before_write`] and the INSERT do in two. It is for speed only: an entity needs it if
    /// many of its rows are made one by one and each looks at other rows, as timesheets do (is the person of this region, what is doubtful
    /// beside their other entries?). All others leave it out.
    ///
    /// `Some` says that the row is written. The veto may hold questions; if a person is asked them, the row is rolled back. `None` says that
    /// nothing is written, because there is no such statement or because it found a reason against the row: `before_write` is asked then,
    /// and has the words.
    fn check_and_insert(
        &self,
        _tx: &mut ScopedTx<Write>,
        _region: &Region,
        _id: Uuid,
        _tail: &Tail,
    ) -> impl Future<Output = Result<Option<Veto>, sqlx::Error>> + Send {
        async { Ok(None) }
    }

    /// Whether rows that are all new can be written in one statement, because there is nothing to say about any of them. Otherwise each is
    /// looked at and written by itself.
    fn can_insert_together(
        _tx: &mut ScopedTx<Write>,
        _region: &Region,
        _rows: &[(Uuid, Self, Tail)],
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send {
        async { Ok(false) }
    }

    /// Translates a named constraint of the table into words, also those that `parse` already checks. A constraint without words is a fault
    /// of the server. Checks and keys of single columns, and references, have the words of their fields ([`refusal_of_field`]).
    fn refusal(constraint: &str) -> Option<Refusal> {
        refusal_of_field::<Self>(constraint)
    }

    /// Adds details to a refusal of the wanted values, such as which other row has the key.
    fn explain<M: Mode>(
        _tx: &mut ScopedTx<M>,
        _region: &Region,
        _id: Uuid,
        _wanted: &Row,
        error: FieldError,
    ) -> impl Future<Output = Result<FieldError, sqlx::Error>> + Send {
        std::future::ready(Ok(error))
    }
}

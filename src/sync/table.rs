//! What a feature tells the write path about its rows. A new table that takes operations implements [`Entity`] (what they are)
//! and [`Table`] (what they look at), and gets one line in `registry.rs`.

use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

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

/// A named constraint said no.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// `NaturalKey` is held for a person to decide when it comes out of a queue; everything else is rejected.
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

/// What a look at other rows says before the write.
#[derive(Debug, Clone, Default)]
pub struct Veto {
    /// Complaints; any of them stops the write.
    pub errors: Vec<FieldError>,
    /// Things to keep for a person to see, that do not stop it.
    pub conflicts: Vec<ConflictDraft>,
    /// Things to be confirmed: they stop it only where somebody waits who can.
    pub questions: Vec<FieldError>,
}

/// What the constraints of one column say that `sec.create_entity` names: `drivers_full_name_check` and `vehicles_driver_fkey`, which is of
/// `driver_id`.
pub fn refusal_of_field<E: Entity>(constraint: &str) -> Option<Refusal> {
    let table = E::TABLE.trim_start_matches("app.");
    let name = constraint.strip_prefix(table)?.strip_prefix('_')?;
    if let Some(reference) = name.strip_suffix("_fkey") {
        let field = E::FORM.iter().find(|field| field.is_reference() && field.column.strip_suffix("_id") == Some(reference))?;
        return Some(Refusal::invalid(FieldError::new(field.name, field.unknown)));
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

/// What an entity says beside where its values lie: what it looks at in other rows, and what the database says about them.
pub trait Table: Entity {
    /// Looks at other rows before a write. May point references elsewhere (aliases), and fill in what follows from other rows. `at` is when
    /// the operation arrived.
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

    /// The live row that has the business key of these values already; none for an entity without such a key.
    fn find_twin<M: Mode>(
        _tx: &mut ScopedTx<M>,
        _region: &Region,
        _row: &Row,
    ) -> impl Future<Output = Result<Option<Uuid>, sqlx::Error>> + Send {
        async { Ok(None) }
    }

    /// Looks as [`Table::before_write`] does and writes a new row, in one statement. None, and nothing written, where the entity knows no such
    /// statement or something is in the way. The answer may hold questions; the row is written, and does not stay where somebody is asked.
    fn look_and_insert(
        &self,
        _tx: &mut ScopedTx<Write>,
        _region: &Region,
        _id: Uuid,
        _tail: &Tail,
    ) -> impl Future<Output = Result<Option<Veto>, sqlx::Error>> + Send {
        async { Ok(None) }
    }

    /// Whether rows that are all new can be written in one statement: there is nothing to say about any of them. Otherwise each is looked at,
    /// and written, by itself.
    fn can_insert_together(
        _tx: &mut ScopedTx<Write>,
        _region: &Region,
        _rows: &[(Uuid, Self, Tail)],
    ) -> impl Future<Output = Result<bool, sqlx::Error>> + Send {
        async { Ok(false) }
    }

    /// Translates a named constraint into words: each of the table's own, also those that `parse` keeps. What has no words is a fault of the
    /// server. The checks of single columns and the references have those of their fields ([`refusal_of_field`]).
    fn refusal(constraint: &str) -> Option<Refusal> {
        refusal_of_field::<Self>(constraint)
    }

    /// Says more about a refusal of the values that were wanted, such as which other row is in the way.
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

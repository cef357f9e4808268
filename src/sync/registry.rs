//! Which entities take operations: one line each.

use uuid::Uuid;

use super::{
    decide::{DecideError, Decision, Job, create_all, decide_on, held},
    table::{Stored, Table},
};
use crate::{
    calendar::CalendarDay,
    complaint::FieldError,
    db::{Mode, ScopedTx, Write},
    employees::Employee,
    identity::Region,
    ops::{Change, Entity as _, Fields, Op, Reason, Row, Verdict, form_codec::FormSpec},
    settings::RegionSettings,
    shift_templates::ShiftTemplate,
    timesheets::Timesheet,
};

/// The entities in the order of a snapshot: what is referred to comes first.
pub const ENTITIES: &[&str] = &[CalendarDay::NAME, ShiftTemplate::NAME, Employee::NAME, RegionSettings::NAME, Timesheet::NAME];

/// Runs `$body` with `$entity` standing for the type of that name; otherwise gives `$none`.
macro_rules! with_entity {
    ($name:expr, $entity:ident => $body:expr, else $none:expr) => {
        match $name {
            CalendarDay::NAME => {
                type $entity = CalendarDay;
                $body
            }
            Employee::NAME => {
                type $entity = Employee;
                $body
            }
            ShiftTemplate::NAME => {
                type $entity = ShiftTemplate;
                $body
            }
            RegionSettings::NAME => {
                type $entity = RegionSettings;
                $body
            }
            Timesheet::NAME => {
                type $entity = Timesheet;
                $body
            }
            _ => $none,
        }
    };
}

/// Decides on an operation with the rules of its entity; one that this server does not know yet waits for a newer server.
pub(super) async fn decide_by_name(tx: &mut ScopedTx<Write>, job: &Job<'_>) -> Result<Decision, DecideError> {
    with_entity!(job.op.entity.as_str(), E => decide_on::<E>(tx, job).await, else Ok(Decision { verdict: held(job.op, Reason::SchemaUnknown) }))
}

/// Decides on operations that each make a row of the same entity. None, with nothing written, when they have to be decided on one by one.
pub(super) async fn create_by_name(tx: &mut ScopedTx<Write>, jobs: &[Job<'_>]) -> Result<Option<Vec<Verdict>>, DecideError> {
    let Some(first) = jobs.first() else { return Ok(None) };
    with_entity!(first.op.entity.as_str(), E => create_all::<E>(tx, jobs).await, else Ok(None))
}

/// Says more about the refusal of an operation, once its transaction can read again.
pub(super) async fn explain_by_name<M: Mode>(
    tx: &mut ScopedTx<M>,
    op: &Op,
    errors: Vec<FieldError>,
) -> Result<Vec<FieldError>, sqlx::Error> {
    with_entity!(op.entity.as_str(), E => explain::<E, M>(tx, op, errors).await, else Ok(errors))
}

async fn explain<E: Table, M: Mode>(tx: &mut ScopedTx<M>, op: &Op, errors: Vec<FieldError>) -> Result<Vec<FieldError>, sqlx::Error> {
    let mut wanted = E::load(tx, &op.region, &[op.id]).await?.pop().map(|stored| stored.value.to_row()).unwrap_or_default();
    wanted.extend(op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone())));
    let mut explained = Vec::with_capacity(errors.len());
    for error in errors {
        explained.push(E::explain(tx, &op.region, op.id, &wanted, error).await?);
    }
    Ok(explained)
}

/// The form of an entity; none for one that this server does not know.
pub fn form_by_name(name: &str) -> Option<FormSpec> {
    with_entity!(name, E => Some(E::FORM), else None)
}

/// The changes of an operation that puts earlier values back, by "Geri al" of the log or by a decision on a conflict. It changes what it names
/// and nothing else: what would follow from it is said too, as it is in `row`.
pub fn putting_back(entity: &str, mut changes: Fields, row: &Row) -> Fields {
    let following: &[&str] = with_entity!(entity, E => E::following(&changes), else &[]);
    for name in following {
        let value = row.get(*name).cloned().unwrap_or_default();
        changes.entry((*name).to_owned()).or_insert_with(|| Change { from: value.clone(), to: value });
    }
    changes
}

/// The name of a kind of row as this server has it; none for one that it does not know.
pub(super) fn known_name(entity: &str) -> Option<&'static str> {
    ENTITIES.iter().find(|known| **known == entity).copied()
}

/// Whether this server knows the kind of row.
pub(super) fn is_known(entity: &str) -> bool {
    ENTITIES.contains(&entity)
}

/// Whether somebody who may write in a region may write rows of this kind there: what no page offers otherwise. Kinds that this server does
/// not know nobody may.
pub fn may_write(entity: &str, is_admin: bool) -> bool {
    with_entity!(entity, E => E::WRITERS.include(is_admin), else false)
}

/// A row as clients get it.
pub struct FeedRow {
    /// Its id.
    pub id: Uuid,
    /// Its version.
    pub version: i64,
    /// A tombstone.
    pub deleted: bool,
    /// The values by form field.
    pub row: Row,
}

fn feed_row<E: Table>(stored: &Stored<E>) -> FeedRow {
    FeedRow { id: stored.id, version: stored.version, deleted: stored.deleted_at.is_some(), row: stored.value.to_row() }
}

/// Rows of an entity by id; empty for an unknown entity.
pub async fn load_by_name<M: Mode>(tx: &mut ScopedTx<M>, name: &str, region: &Region, ids: &[Uuid]) -> Result<Vec<FeedRow>, sqlx::Error> {
    with_entity!(name, E => Ok(E::load(tx, region, ids).await?.iter().map(feed_row).collect()), else Ok(Vec::new()))
}

/// Ids of an entity's rows after `after`.
pub(super) async fn page_ids_by_name<M: Mode>(
    tx: &mut ScopedTx<M>,
    name: &str,
    region: &Region,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    with_entity!(name, E => E::page_ids(tx, region, after, limit).await, else Ok(Vec::new()))
}

/// The live row of an entity that has the business key of these values already.
pub(super) async fn find_twin_by_name<M: Mode>(
    tx: &mut ScopedTx<M>,
    name: &str,
    region: &Region,
    row: &Row,
) -> Result<Option<Uuid>, sqlx::Error> {
    with_entity!(name, E => E::find_twin(tx, region, row).await, else Ok(None))
}

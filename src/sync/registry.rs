//! The kinds of rows that take operations, found by their names. The top layer registers them (`crate::registry`): this module names none
//! of them.

use std::{pin::Pin, sync::OnceLock};

use uuid::Uuid;

use super::{
    decide::{DecideError, Decision, Job, create_all, decide_on, held},
    rows,
    table::{Refusal, Stored, Table},
};
use crate::{
    complaint::FieldError,
    db::{Mode, Read, ScopedTx, Write},
    identity::Region,
    ops::{Change, Description, Fields, Op, Reason, Row, Verdict},
};

type Answer<'a, T, E = sqlx::Error> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;
type Decide = for<'a> fn(&'a mut ScopedTx<Write>, &'a Job<'a>) -> Answer<'a, Decision, DecideError>;
type Create = for<'a> fn(&'a mut ScopedTx<Write>, &'a [Job<'a>]) -> Answer<'a, Option<Vec<Verdict>>, DecideError>;
type Load<M> = for<'a> fn(&'a mut ScopedTx<M>, &'a Region, &'a [Uuid]) -> Answer<'a, Vec<FeedRow>>;
type PageIds<M> = for<'a> fn(&'a mut ScopedTx<M>, &'a Region, Uuid, i64) -> Answer<'a, Vec<Uuid>>;
type FindTwin<M> = for<'a> fn(&'a mut ScopedTx<M>, &'a Region, &'a Row) -> Answer<'a, Option<Uuid>>;
type Explain<M> = for<'a> fn(&'a mut ScopedTx<M>, &'a Op, Vec<FieldError>) -> Answer<'a, Vec<FieldError>>;

/// A kind of row, as the write path and the feed deal with it.
pub struct Kind {
    about: Description,
    fields_derived_from: fn(&Fields) -> &'static [&'static str],
    decide: Decide,
    create: Create,
    refusal: fn(&str) -> Option<Refusal>,
    reading: Reads<Read>,
    writing: Reads<Write>,
}

/// What is read of a kind of row in transactions of one mode.
pub struct Reads<M: Mode> {
    load: Load<M>,
    page_ids: PageIds<M>,
    find_twin: FindTwin<M>,
    explain: Explain<M>,
}

impl Kind {
    /// The kind of type `E`.
    pub const fn of<E: Table>() -> Self {
        Self {
            about: Description::of::<E>(),
            fields_derived_from: E::fields_derived_from,
            decide: |tx, job| Box::pin(decide_on::<E>(tx, job)),
            create: |tx, jobs| Box::pin(create_all::<E>(tx, jobs)),
            refusal: E::refusal,
            reading: Reads::of::<E>(),
            writing: Reads::of::<E>(),
        }
    }
}

impl<M: Mode> Reads<M> {
    const fn of<E: Table>() -> Self {
        Self {
            load: |tx, region, ids| Box::pin(async move { Ok(rows::load::<E, M>(tx, region, ids).await?.iter().map(feed_row).collect()) }),
            page_ids: |tx, region, after, limit| Box::pin(rows::page_ids::<E, M>(tx, region, after, limit)),
            find_twin: |tx, region, row| Box::pin(E::find_twin(tx, region, row)),
            explain: |tx, op, errors| Box::pin(explain::<E, M>(tx, op, errors)),
        }
    }
}

/// A mode whose reads a kind has.
pub trait Reading: Mode {
    /// The reads of this mode.
    fn of(kind: &Kind) -> &Reads<Self>
    where
        Self: Sized;
}

impl Reading for Read {
    fn of(kind: &Kind) -> &Reads<Self> {
        &kind.reading
    }
}

impl Reading for Write {
    fn of(kind: &Kind) -> &Reads<Self> {
        &kind.writing
    }
}

static KINDS: OnceLock<&'static [Kind]> = OnceLock::new();

/// Registers the kinds of rows, in the order of a snapshot: referenced kinds come first. Once per process; later calls change nothing.
pub fn install(kinds: &'static [Kind]) {
    KINDS.get_or_init(|| kinds);
}

fn kinds() -> &'static [Kind] {
    #[cfg(test)]
    crate::registry::install();
    KINDS.get().expect("a process says which rows there are before it serves any (`registry::install`)")
}

fn kind_of(name: &str) -> Option<&'static Kind> {
    kinds().iter().find(|kind| kind.about.name == name)
}

/// The names of the kinds, in the order of a snapshot.
pub fn entities() -> impl ExactSizeIterator<Item = &'static str> {
    kinds().iter().map(|kind| kind.about.name)
}

/// Decides on an operation with the rules of its entity; one of an unknown entity is held for a newer server.
pub(super) async fn decide_by_name(tx: &mut ScopedTx<Write>, job: &Job<'_>) -> Result<Decision, DecideError> {
    match kind_of(&job.op.entity) {
        Some(kind) => (kind.decide)(tx, job).await,
        None => Ok(Decision { verdict: held(job.op, Reason::SchemaUnknown) }),
    }
}

/// Decides on operations that each create a row of the same entity. `None`, with nothing written, if they have to be decided one by one.
pub(super) async fn create_by_name(tx: &mut ScopedTx<Write>, jobs: &[Job<'_>]) -> Result<Option<Vec<Verdict>>, DecideError> {
    match jobs.first().and_then(|first| kind_of(&first.op.entity)) {
        Some(kind) => (kind.create)(tx, jobs).await,
        None => Ok(None),
    }
}

/// Adds details to the refusal of an operation, once its transaction can read again.
pub(super) async fn explain_by_name<M: Reading>(
    tx: &mut ScopedTx<M>,
    op: &Op,
    errors: Vec<FieldError>,
) -> Result<Vec<FieldError>, sqlx::Error> {
    match kind_of(&op.entity) {
        Some(kind) => (M::of(kind).explain)(tx, op, errors).await,
        None => Ok(errors),
    }
}

async fn explain<E: Table, M: Mode>(tx: &mut ScopedTx<M>, op: &Op, errors: Vec<FieldError>) -> Result<Vec<FieldError>, sqlx::Error> {
    let mut wanted = rows::load::<E, M>(tx, &op.region, &[op.id]).await?.pop().map(|stored| stored.value.to_row()).unwrap_or_default();
    wanted.extend(op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone())));
    let mut explained = Vec::with_capacity(errors.len());
    for error in errors {
        explained.push(E::explain(tx, &op.region, op.id, &wanted, error).await?);
    }
    Ok(explained)
}

/// The changes of an operation that restores earlier values, by "Geri al" of the log or by a decision on a conflict. It changes what it
/// names and nothing else: fields that would be derived from these are named too, with their values in `row`.
pub fn putting_back(entity: &str, mut changes: Fields, row: &Row) -> Fields {
    let derived = kind_of(entity).map_or(&[][..], |kind| (kind.fields_derived_from)(&changes));
    for name in derived {
        let value = row.get(*name).cloned().unwrap_or_default();
        changes.entry((*name).to_owned()).or_insert_with(|| Change { from: value.clone(), to: value });
    }
    changes
}

/// The name of a kind of row as this server has it; `None` for an unknown kind.
pub(super) fn known_name(entity: &str) -> Option<&'static str> {
    kind_of(entity).map(|kind| kind.about.name)
}

/// The refusal that a constraint of a kind's table stands for; `None` for a constraint without words, and for an unknown kind.
pub fn refusal_by_name(entity: &str, constraint: &str) -> Option<Refusal> {
    kind_of(entity).and_then(|kind| (kind.refusal)(constraint))
}

/// Whether this server knows the kind of row.
pub(super) fn is_known(entity: &str) -> bool {
    kind_of(entity).is_some()
}

/// Whether a person who may write in a region may write rows of this kind there; pages offer nothing else. Unknown kinds may not be
/// written.
pub fn may_write(entity: &str, is_admin: bool) -> bool {
    kind_of(entity).is_some_and(|kind| kind.about.writers.include(is_admin))
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
pub async fn load_by_name<M: Reading>(
    tx: &mut ScopedTx<M>,
    name: &str,
    region: &Region,
    ids: &[Uuid],
) -> Result<Vec<FeedRow>, sqlx::Error> {
    match kind_of(name) {
        Some(kind) => (M::of(kind).load)(tx, region, ids).await,
        None => Ok(Vec::new()),
    }
}

/// Ids of an entity's rows after `after`.
pub(super) async fn page_ids_by_name<M: Reading>(
    tx: &mut ScopedTx<M>,
    name: &str,
    region: &Region,
    after: Uuid,
    limit: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    match kind_of(name) {
        Some(kind) => (M::of(kind).page_ids)(tx, region, after, limit).await,
        None => Ok(Vec::new()),
    }
}

/// The live row of an entity that already has the business key of these values.
pub(super) async fn find_twin_by_name<M: Reading>(
    tx: &mut ScopedTx<M>,
    name: &str,
    region: &Region,
    row: &Row,
) -> Result<Option<Uuid>, sqlx::Error> {
    match kind_of(name) {
        Some(kind) => (M::of(kind).find_twin)(tx, region, row).await,
        None => Ok(None),
    }
}

//! Transactions that belong to a person and see that person's regions.

use std::{fmt::Write as _, marker::PhantomData};

use sqlx::{PgConnection, Postgres, Transaction};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::AS_THE_APPLICATION;
use crate::{
    identity::{Actor, Device, Region},
    ops::Origin,
};

/// Which regions a transaction sees, for whom, and how the change entered the system. Made from an [`Actor`], so it cannot be wider
/// than what the account may see.
#[derive(Debug, Clone)]
pub struct Scope {
    regions: Vec<Region>,
    actor: Option<Uuid>,
    device: Option<Uuid>,
    origin: Origin,
    only_reads: bool,
}

impl Scope {
    /// All regions of the actor. `None` for an account without any.
    pub fn of(actor: &Actor) -> Option<Self> {
        (!actor.regions.is_empty()).then(|| Self::web(actor, actor.regions.clone()))
    }

    /// All regions of the actor and, for an admin, the company's own rows (settings, headquarters' events).
    pub fn with_company(actor: &Actor) -> Option<Self> {
        if !actor.is_admin() {
            return Self::of(actor);
        }
        let mut regions = actor.regions.clone();
        regions.push(Region::company());
        Some(Self::web(actor, regions))
    }

    /// One of the actor's regions (or the company, for an admin). `None` if it is not theirs.
    pub fn one(actor: &Actor, region: &Region) -> Option<Self> {
        let theirs = actor.may_act_on(region) || (actor.is_admin() && *region == Region::company());
        theirs.then(|| Self::web(actor, vec![region.clone()]))
    }

    fn web(actor: &Actor, regions: Vec<Region>) -> Self {
        Self { regions, actor: Some(actor.user_id), device: None, origin: Origin::Web, only_reads: actor.is_viewing() }
    }

    /// One region for the server itself: sign-in events, takeovers on the command line, checks.
    pub fn system(region: Region, actor: Option<Uuid>, origin: Origin) -> Self {
        Self { regions: vec![region], actor, device: None, origin, only_reads: false }
    }

    /// Several regions for the server itself, to read how far their logs are, which is in none of their rows. Nothing is written in it.
    pub fn of_server(regions: Vec<Region>) -> Self {
        Self { regions, actor: None, device: None, origin: Origin::System, only_reads: true }
    }

    /// A device's one region, without a person: each operation names its author.
    pub fn of_device(device: &Device) -> Self {
        let regions = vec![device.region.clone()];
        Self { regions, actor: None, device: Some(device.id), origin: Origin::Agent, only_reads: false }
    }

    /// The same scope for a change that entered elsewhere.
    #[must_use]
    pub fn from_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The regions.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The regions' codes, as queries need them: every query names them in addition to the policy, so that each of the two protections
    /// suffices by itself.
    pub fn codes(&self) -> Vec<String> {
        self.regions.iter().map(|r| r.code().to_owned()).collect()
    }

    /// The account it works for.
    pub fn actor(&self) -> Option<Uuid> {
        self.actor
    }

    /// The person or PC whose places its transactions take. `None` for the server itself and for imports.
    pub(super) fn holder(&self) -> Option<Uuid> {
        self.device.or(self.actor.filter(|_| self.origin != Origin::Import))
    }

    /// Whether it refuses all writes: the person only looks, or the server only reads.
    pub fn only_reads(&self) -> bool {
        self.only_reads
    }

    /// How changes in this transaction entered the system.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    pub(super) fn begin_sql(&self, begin: &str) -> String {
        let codes = self.codes().join(",");
        let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
        let (actor, device) = (text(self.actor), text(self.device));
        let mut sql = String::with_capacity(640);
        let _ = write!(
            sql,
            "{begin}; {AS_THE_APPLICATION}; SET LOCAL app.regions = '{codes}'; SET LOCAL app.actor = '{actor}'; SET LOCAL app.origin = '{}'; \
             SET LOCAL app.op = ''; SET LOCAL app.ops = ''; SET LOCAL app.client_at = ''; SET LOCAL app.device = '{device}'; \
             SET LOCAL app.admin = ''; SET LOCAL app.login = ''; SET LOCAL app.login_address = ''; SET LOCAL app.session = ''; SET LOCAL app.token = ''",
            self.origin.as_str(),
        );
        sql
    }
}

/// Whether a transaction may write.
pub trait Mode: Send {}
/// Reading only; PostgreSQL refuses writes.
#[derive(Debug)]
pub struct Read;
/// Reading and writing.
#[derive(Debug)]
pub struct Write;
impl Mode for Read {}
impl Mode for Write {}

/// A transaction in a scope.
pub struct ScopedTx<M: Mode> {
    tx: Transaction<'static, Postgres>,
    scope: Scope,
    mode: PhantomData<M>,
    /// Released with the transaction.
    _places: Vec<OwnedSemaphorePermit>,
}

impl<M: Mode> ScopedTx<M> {
    pub(super) fn new(tx: Transaction<'static, Postgres>, scope: Scope, places: Vec<OwnedSemaphorePermit>) -> Self {
        Self { tx, scope, mode: PhantomData, _places: places }
    }

    /// The connection, for the `db.rs` of a feature.
    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// What this transaction sees.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }
}

impl ScopedTx<Write> {
    /// Makes the changes last.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.tx.commit().await
    }
}

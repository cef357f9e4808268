//! Who sends operations and reads the feed.

use crate::{
    auth::rights::refuse_lapsed,
    db::Scope,
    devices::refuse_revoked,
    error::AppResult,
    identity::{Actor, Device, Region},
    state::AppState,
};

/// A person, by session or by one of their keys; or an office's PC, which stands for no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Client {
    /// A person.
    Person(Actor),
    /// A PC.
    Device(Device),
}

impl Client {
    /// What the client reads: all regions of a person, a device's one. `None` for an account without regions.
    pub fn scope(&self) -> Option<Scope> {
        match self {
            Self::Person(actor) => Scope::of(actor),
            Self::Device(device) => Some(Scope::of_device(device)),
        }
    }

    /// The same and, for an admin, the company's own rows.
    pub fn scope_with_company(&self) -> Option<Scope> {
        match self {
            Self::Person(actor) => Scope::with_company(actor),
            Self::Device(device) => Some(Scope::of_device(device)),
        }
    }

    /// One of the client's regions. `None` if it is not theirs.
    pub fn scope_in(&self, region: &Region) -> Option<Scope> {
        match self {
            Self::Person(actor) => Scope::one(actor, region),
            Self::Device(device) => (device.region == *region).then(|| Scope::of_device(device)),
        }
    }

    /// Whether it is an office's PC. It lacks what only browsers have, such as a name of their own.
    pub fn is_device(&self) -> bool {
        matches!(self, Self::Device(_))
    }

    /// Checks the client's rights again after a request has waited. Refuses the request if they have lapsed.
    pub async fn refuse_lapsed(&self, state: &AppState) -> AppResult<()> {
        match self {
            Self::Person(actor) => refuse_lapsed(state, actor).await,
            Self::Device(device) => refuse_revoked(state, device).await,
        }
    }
}

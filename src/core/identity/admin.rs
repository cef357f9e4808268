//! The proof that an administrator acts. Handlers of administration ask for an [`Admin`] instead of an [`Actor`]; everybody else gets 403.

use super::{Actor, Visitor};

/// An administrator who is signed in, and where the request came from: who did it, for the log.
#[derive(Debug, Clone)]
pub struct Admin {
    actor: Actor,
    visitor: Visitor,
}

impl Admin {
    /// None for whoever is no administrator.
    pub fn new(actor: Actor, visitor: Visitor) -> Option<Self> {
        actor.is_admin().then_some(Self { actor, visitor })
    }

    /// The person.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Address and browser.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }
}

//! The proof that the actor is an administrator. Handlers of administration take an [`Admin`], not an [`Actor`]; other accounts get 403.

use super::{Actor, Visitor};

/// A signed-in administrator, and the origin of the request, for the log.
#[derive(Debug, Clone)]
pub struct Admin {
    actor: Actor,
    visitor: Visitor,
}

impl Admin {
    /// `None` if the actor is not an administrator.
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

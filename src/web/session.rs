//! What the session says about the person who sent a request. `auth` loads it anew at every request.

use actix_session::Session;

use super::page::RegionName;
use crate::{
    error::{AppError, AppResult},
    identity::Actor,
};

/// Entry of the session that holds the [`Actor`], never stored.
pub const ACTOR: &str = "actor";
/// Entry that holds the names of the actor's regions, never stored.
pub const REGIONS: &str = "regions";
/// Entry that holds the company's name, never stored.
pub const COMPANY: &str = "company";
/// Entry that is there if the database could not be asked.
pub const TROUBLE: &str = "trouble";

/// Who is signed in; `None` for a visitor.
pub fn actor_of(session: &Session) -> Option<Actor> {
    session.get(ACTOR).ok().flatten()
}

/// The regions of the person who is signed in, in Turkish order; all offices for an admin.
pub fn region_names_of(session: &Session) -> Vec<RegionName> {
    session.get(REGIONS).ok().flatten().unwrap_or_default()
}

/// The company's name; `None` if it was never set, and for visitors.
pub fn company_name_of(session: &Session) -> Option<String> {
    session.get(COMPANY).ok().flatten()
}

/// Like [`actor_of`], but an error if the database could not be asked, so that a signed-in person is not taken for a visitor.
pub fn find_actor(session: &Session) -> AppResult<Option<Actor>> {
    if session.contains_key(TROUBLE) {
        return Err(AppError::Busy("sessions are out of reach".into()));
    }
    Ok(actor_of(session))
}

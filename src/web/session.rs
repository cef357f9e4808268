//! What the session says of whoever sent a request. `auth` loads it anew at every request.

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
/// Entry that is there when the database could not be asked.
pub const TROUBLE: &str = "trouble";

/// Who is signed in; none for a visitor.
pub fn actor_of(session: &Session) -> Option<Actor> {
    session.get(ACTOR).ok().flatten()
}

/// The regions of the person who is signed in, in Turkish order; all offices for an admin.
pub fn region_names_of(session: &Session) -> Vec<RegionName> {
    session.get(REGIONS).ok().flatten().unwrap_or_default()
}

/// The company's name; none where nobody set it, and for visitors.
pub fn company_name_of(session: &Session) -> Option<String> {
    session.get(COMPANY).ok().flatten()
}

/// Like [`actor_of`], but an error where the database could not be asked: nobody is taken for signed out because of that.
pub fn find_actor(session: &Session) -> AppResult<Option<Actor>> {
    if session.contains_key(TROUBLE) {
        return Err(AppError::Busy("sessions are out of reach".into()));
    }
    Ok(actor_of(session))
}

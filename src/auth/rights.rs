//! What an account may do now. Used to check operations it has left behind: their author need not be signed in.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{db, sessions::db::list_ended};
use crate::{
    db::{Capability, Db},
    error::{AppError, AppResult},
    identity::{Actor, Region, Role},
    state::AppState,
};

/// An account's rights at this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// Its name.
    pub username: String,
    /// What it may do.
    pub role: Role,
    /// Whether it may sign in.
    pub active: bool,
    /// Goes up when the account is disabled, its password or role changes, or an admin ends all its sessions: what was issued before is
    /// then invalid.
    pub epoch: i32,
    /// Its regions; all offices and the company's own rows for an admin.
    pub regions: Vec<Region>,
}

impl Rights {
    /// Whether the account may write in `region`.
    pub fn may_write(&self, region: &Region) -> bool {
        self.active && self.regions.contains(region)
    }
}

/// The rights of one account; `None` if there is no such account.
pub async fn find_rights(db: &Db, user_id: Uuid) -> Result<Option<Rights>, sqlx::Error> {
    let mut tx = db.system(&Capability::Own(user_id)).await?;
    let Some(row) = db::find_rights(&mut tx, user_id).await? else { return Ok(None) };
    let role = Role::parse(&row.role).unwrap_or(Role::User);
    let mut regions: Vec<Region> = row.regions.iter().filter_map(|code| Region::parse(code).ok()).collect();
    if role == Role::Admin {
        regions.push(Region::company());
    }
    Ok(Some(Rights { username: row.username, role, active: row.active, epoch: row.auth_epoch, regions }))
}

/// A session that was ended before its time: by signing out, by signing in over it, from the list of sessions, as one too many, or with its
/// account's rights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndedSession {
    /// The session.
    pub session_id: Uuid,
    /// When it ended.
    pub ended_at: DateTime<Utc>,
    /// The browser's queue and its last number then, where the browser said so.
    pub last: Option<(Uuid, i64)>,
}

/// An account's sessions that were ended before their time and whose grants may still be in use.
pub async fn list_ended_sessions(db: &Db, user_id: Uuid) -> Result<Vec<EndedSession>, sqlx::Error> {
    let mut tx = db.system(&Capability::Own(user_id)).await?;
    list_ended(&mut tx, user_id).await
}

/// Checks a person's rights again after their request has waited: the session or key may have ended, the account may be disabled, its
/// regions or role may have changed. Refuses as a new request would be refused; changed rights give [`AppError::Busy`] (try again).
pub async fn refuse_lapsed(state: &AppState, actor: &Actor) -> AppResult<()> {
    let mut tx = state.db.system(&Capability::Own(actor.user_id)).await?;
    if !db::is_still_good(&mut tx, actor.user_id, actor.session_id, state.clock.now()).await? {
        return Err(if actor.csrf.is_empty() { AppError::BadToken } else { AppError::SignIn }); // a key has no token of a session
    }
    let rights = db::find_rights(&mut tx, actor.user_id).await?.ok_or(AppError::SignIn)?;
    let is_admins = !matches!(actor.role, Role::User);
    let has_role = actor.csrf.is_empty() || is_admins == (rights.role == Role::Admin.as_str());
    if has_role && actor.regions.iter().all(|region| rights.regions.iter().any(|code| code == region.code())) {
        return Ok(());
    }
    Err(AppError::Busy("rights changed while the request waited".into()))
}

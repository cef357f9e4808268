//! Open sessions as people see them: their own at `/account`, everybody's for an admin. What a session is in the database, and how a
//! request finds its session, is in `session_store`.

mod browser;
pub(super) mod db;
pub mod pages;
mod sign_ins;
mod views;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use self::db::{Which, end_sessions};
use super::{db as accounts_db, session_store::idle_time, sign_in::region_of_actor};
use crate::{
    db::Capability,
    error::AppResult,
    events::{self, EventKind, NewEvent},
    identity::{Actor, Admin, Region, Visitor},
    state::AppState,
};

pub use browser::Browser;
pub use sign_ins::{SignInView, list_sign_ins};
pub use views::SessionView;

/// A session that is still valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// Its id (not its key).
    pub id: Uuid,
    /// Address it was opened from.
    pub address: String,
    /// Browser that opened it.
    pub browser: Browser,
    /// When the person signed in.
    pub since: DateTime<Utc>,
    /// Its last use, to the minute.
    pub seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
}

/// When an account was last used, and its number of open sessions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Presence {
    /// Its last use; `None` if nobody has signed in with it.
    pub seen_at: Option<DateTime<Utc>>,
    /// Number of open sessions.
    pub sessions: i64,
}

/// The account whose sessions are shown or ended, and the person who does it.
#[derive(Debug, Clone, Copy)]
pub enum Holder<'a> {
    /// The person's own account.
    Own(&'a Actor, &'a Visitor),
    /// Another account, by an admin: its id, its name, and the region whose log records it.
    Of(&'a Admin, Uuid, &'a str, &'a Region),
}

impl Holder<'_> {
    fn user_id(self) -> Uuid {
        match self {
            Self::Own(actor, _) => actor.user_id,
            Self::Of(_, id, ..) => id,
        }
    }

    fn capability(self) -> Capability<'static> {
        match self {
            Self::Own(actor, _) => Capability::Own(actor.user_id),
            Self::Of(admin, ..) => Capability::Users(Some(admin.actor().user_id)),
        }
    }

    /// The caller's session, if it belongs to this account: it cannot be ended here.
    fn current(self) -> Option<Uuid> {
        let asks = match self {
            Self::Own(actor, _) => actor,
            Self::Of(admin, ..) => admin.actor(),
        };
        (asks.user_id == self.user_id()).then_some(asks.session_id)
    }

    async fn record(self, state: &AppState, detail: Vec<(&str, serde_json::Value)>) -> AppResult<()> {
        let (who, from, account, region) = match self {
            Self::Own(actor, visitor) => (actor, visitor, actor.username.as_str(), region_of_actor(actor)),
            Self::Of(admin, _, account, region) => (admin.actor(), admin.visitor(), account, region.clone()),
        };
        let event = NewEvent::new(EventKind::SessionsEnded).by(Some(who)).from(from).with("account", account);
        let event = detail.into_iter().fold(event, |event, (name, value)| event.with(name, value));
        Ok(events::record(&state.db, region, &event, &state.clock).await?)
    }
}

/// The open sessions, the most recently used first.
pub async fn list_open(state: &AppState, holder: Holder<'_>) -> AppResult<Vec<OpenSession>> {
    let now = state.clock.now();
    let mut tx = state.db.system(&holder.capability()).await?;
    let rows = db::list_open(&mut tx, holder.user_id(), now, now - idle_time(&state.config)).await?;
    let open = |row: db::OpenRow| OpenSession {
        id: row.id,
        address: row.address.unwrap_or_default(),
        browser: Browser::of(row.user_agent.as_deref().unwrap_or_default()),
        since: row.created_at,
        seen_at: row.seen_at,
        expires_at: row.expires_at,
    };
    Ok(rows.into_iter().map(open).collect())
}

/// Ends a session: its next request is a visitor's. `false` if the session does not exist (any more) or is the caller's.
pub async fn end_one(state: &AppState, holder: Holder<'_>, id: Uuid) -> AppResult<bool> {
    if holder.current() == Some(id) {
        return Ok(false);
    }
    let mut tx = state.db.system(&holder.capability()).await?;
    let Some(address) = end_sessions(&mut tx, holder.user_id(), Which::One(id), state.clock.now()).await?.pop() else {
        return Ok(false);
    };
    tx.commit().await?;
    holder.record(state, vec![("count", 1.into()), ("address", address.into())]).await?;
    Ok(true)
}

/// Ends all sessions except the caller's; for another person's account this includes a session that is being opened right now. Returns
/// their number.
pub async fn end_all(state: &AppState, holder: Holder<'_>) -> AppResult<u64> {
    let kept = holder.current();
    let mut tx = state.db.system(&holder.capability()).await?;
    if kept.is_none() {
        accounts_db::raise_epoch(&mut tx, holder.user_id()).await?;
    }
    let which = kept.map_or(Which::All, Which::AllBut);
    let ended = u64::try_from(end_sessions(&mut tx, holder.user_id(), which, state.clock.now()).await?.len()).unwrap_or_default();
    tx.commit().await?;
    if ended > 0 {
        holder.record(state, vec![("count", ended.into())]).await?;
    }
    Ok(ended)
}

/// Last use and open sessions, by account.
pub async fn list_presence(state: &AppState, admin: &Admin) -> AppResult<HashMap<Uuid, Presence>> {
    let now = state.clock.now();
    let mut tx = state.db.system(&Capability::Users(Some(admin.actor().user_id))).await?;
    let rows = db::list_presence(&mut tx, now, now - idle_time(&state.config)).await?;
    Ok(rows.into_iter().map(|row| (row.user_id, Presence { seen_at: row.seen_at, sessions: row.sessions })).collect())
}

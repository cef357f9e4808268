//! Sessions in the database: several server processes share them, and an ended session is ended in all of them.
//!
//! The cookie carries a random key of 256 bits; the table only its SHA-256. Every request reads session, account and rights anew in one
//! query and passes them on as the entries `ACTOR` and `REGIONS`, which are never stored. Stored are `UID`, `CSRF`, `VIEW` (the region an
//! admin views as its clerk) and the account's epoch at sign-in: it invalidates a session opened while a new password was being set.

use std::fmt;

use actix_session::{
    Session, SessionMiddleware,
    config::{BrowserSession, CookieContentSecurity},
    storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError},
};
use actix_web::cookie::{Key, SameSite, time::Duration};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, Mac};
use serde::Serialize;
use sha2::{Digest, Sha256, Sha512};
use uuid::Uuid;

use super::{
    db::{self, NewSession, SessionRow, State},
    sessions::db::{Which, delete_old_ended, end_sessions},
    sign_in::region_of_account,
};
use crate::{
    clock::Clock,
    config::{Config, Secret},
    db::{Capability, Db},
    error::{AppError, AppResult},
    events::{self, EventKind, NewEvent},
    identity::{Actor, Region, Role, Visitor},
    ops::LIFETIME,
    state::AppState,
    web::{
        page::RegionName,
        session::{ACTOR, COMPANY, REGIONS, TROUBLE},
    },
};

/// Name of the session cookie.
pub const COOKIE: &str = crate::wire::SESSION_COOKIE;

const UID: &str = "uid";
const CSRF: &str = "csrf";
const EPOCH: &str = "epoch";
const VIEW: &str = "view";
const VISITOR: &str = "visitor"; // handed to save() once, for the columns
const TOUCH_EVERY: TimeDelta = TimeDelta::seconds(60);
/// Open sessions of an account at most: an office's account may be signed in at many PCs.
const MOST_SESSIONS: i64 = 50;
const FAILURES_KEPT: TimeDelta = TimeDelta::hours(24);

/// actix-session's way to `auth.sessions`.
#[derive(Clone)]
pub struct PgSessionStore {
    db: Db,
    clock: Clock,
    idle: TimeDelta,
}

/// The middleware that gives every request its session.
pub fn session_middleware(state: &AppState) -> SessionMiddleware<PgSessionStore> {
    let store = PgSessionStore { db: state.db.clone(), clock: state.clock, idle: idle_time(&state.config) };
    let lifecycle = BrowserSession::default().state_ttl(Duration::hours(state.config.session_hours));
    SessionMiddleware::builder(store, cookie_key(&state.config.secret))
        .cookie_name(COOKIE.to_owned())
        .cookie_secure(true)
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_path("/".to_owned())
        .cookie_content_security(CookieContentSecurity::Signed)
        .session_lifecycle(lifecycle)
        .build()
}

/// Makes the request's session one of this account, under a new key: the key that the browser held before is no longer valid.
pub fn open_session(session: &Session, user_id: Uuid, epoch: i32, visitor: &Visitor) -> AppResult<()> {
    session.clear();
    session.renew();
    insert(session, UID, user_id)?;
    insert(session, EPOCH, epoch)?;
    insert(session, CSRF, random_text())?;
    insert(session, VISITOR, (visitor.address().map(|a| a.to_string()), visitor.user_agent()))
}

/// Whose the session is that this request has opened, and its token; the actor is known from the next request on.
pub fn opened(session: &Session) -> Option<(Uuid, String)> {
    Some((session.get(UID).ok()??, session.get(CSRF).ok()??))
}

/// From the next request on, the session's admin sees what a clerk of this region sees, and writes nothing; `None` ends that.
pub fn set_region_view(session: &Session, region: Option<&Region>) -> AppResult<()> {
    if let Some(region) = region {
        insert(session, VIEW, region)
    } else {
        session.remove(VIEW);
        Ok(())
    }
}

/// Deletes lapsed sessions and counters of old failures; returns how many sessions.
pub async fn purge_expired(db: &Db, config: &Config, clock: &Clock) -> Result<u64, sqlx::Error> {
    let now = clock.now();
    let mut tx = db.system(&Capability::Users(None)).await?;
    let ended = db::delete_lapsed_sessions(&mut tx, now, now - idle_time(config)).await?;
    db::delete_old_counters(&mut tx, now - FAILURES_KEPT).await?;
    delete_old_ended(&mut tx, now - LIFETIME).await?;
    tx.commit().await?;
    Ok(ended)
}

fn insert(session: &Session, name: &str, value: impl Serialize) -> AppResult<()> {
    session.insert(name, value).map_err(|e| AppError::Fault(format!("session: {e}")))
}

pub(super) fn idle_time(config: &Config) -> TimeDelta {
    TimeDelta::minutes(config.session_idle_minutes)
}

/// A key of its own for each purpose, so that nothing signed for one is good for another.
fn cookie_key(secret: &Secret) -> Key {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha512>::new_from_slice(secret.bytes()).expect("any key length");
    mac.update(b"rainstaff: session cookie, 1");
    Key::from(&mac.finalize().into_bytes())
}

fn random_text() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

fn hash_of(key: &SessionKey) -> [u8; 32] {
    Sha256::digest(key.as_ref()).into()
}

impl PgSessionStore {
    async fn find(&self, token_hash: &[u8; 32]) -> Result<Option<SessionRow>, sqlx::Error> {
        let now = self.clock.now();
        let mut tx = self.db.system(&Capability::Session(token_hash)).await?;
        let Some(row) = db::find_session(&mut tx, token_hash, now, now - self.idle).await? else {
            return Ok(None);
        };
        if now - row.seen_at > TOUCH_EVERY {
            db::touch_session(&mut tx, token_hash, now).await?;
            tx.commit().await?;
        }
        Ok(Some(row))
    }

    /// Stores a new session. Beyond the limit, the least recently used session ends; the region's log records it.
    async fn open(&self, new: &NewSession) -> Result<(), sqlx::Error> {
        let mut tx = self.db.system(&Capability::Own(new.user_id)).await?;
        db::lock_account(&mut tx, new.user_id).await?;
        db::create_session(&mut tx, new).await?;
        let ended = end_sessions(&mut tx, new.user_id, Which::Beyond(MOST_SESSIONS), new.now).await?.len();
        let account = if ended > 0 { db::find_own_account(&mut tx, new.user_id).await? } else { None };
        tx.commit().await?;
        if let Some(account) = account {
            let event = NewEvent::new(EventKind::SessionsEnded).with("account", account.username.as_str());
            let event = event.with("count", ended).with("why", "limit");
            events::record(&self.db, region_of_account(&account), &event, &self.clock).await?;
        }
        Ok(())
    }

    async fn change(&self, token_hash: &[u8; 32], state: &State) -> Result<(), sqlx::Error> {
        let mut tx = self.db.system(&Capability::Session(token_hash)).await?;
        db::store_state(&mut tx, token_hash, state).await?;
        tx.commit().await
    }

    /// Ends a session: at a sign-out, and at a sign-in over a session that is still open.
    async fn end(&self, token_hash: &[u8; 32]) -> Result<(), sqlx::Error> {
        let mut tx = self.db.system(&Capability::Session(token_hash)).await?;
        let Some(holder) = db::find_holder(&mut tx, token_hash).await? else { return Ok(()) };
        drop(tx);
        let mut tx = self.db.system(&Capability::Own(holder)).await?;
        end_sessions(&mut tx, holder, Which::Key(token_hash), self.clock.now()).await?;
        tx.commit().await
    }
}

impl SessionStore for PgSessionStore {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let row = match self.find(&hash_of(key)).await {
            Ok(row) => row,
            Err(error) => {
                // As an error it would become a bare 500 inside the middleware; so the handlers' extractors make a 503 of it.
                tracing::error!(%error, "session not loaded");
                return Ok(Some(State::from([(TROUBLE.to_owned(), "true".to_owned())])));
            }
        };
        row.and_then(state_with_actor).transpose().map_err(|e| LoadError::Other(e.into()))
    }

    async fn save(&self, state: State, ttl: &Duration) -> Result<SessionKey, SaveError> {
        let key = random_text();
        let now = self.clock.now();
        let new = new_session(state, &key, now, now + TimeDelta::seconds(ttl.whole_seconds()));
        let new = new.map_err(|e| SaveError::Serialization(e.into()))?;
        self.open(&new).await.map_err(|e| SaveError::Other(e.into()))?;
        SessionKey::try_from(key).map_err(|e| SaveError::Other(e.into()))
    }

    async fn update(&self, key: SessionKey, state: State, _ttl: &Duration) -> Result<SessionKey, UpdateError> {
        self.change(&hash_of(&key), &kept(state)).await.map_err(|e| UpdateError::Other(e.into()))?;
        Ok(key)
    }

    /// Nothing to do: the absolute limit stands from the start, and `load` notes the use.
    async fn update_ttl(&self, _key: &SessionKey, _ttl: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        Ok(self.end(&hash_of(key)).await?)
    }
}

/// The state of a request: what the session keeps, and its person now. `None` if the account's epoch has changed since sign-in.
fn state_with_actor(row: SessionRow) -> Option<Result<State, Unreadable>> {
    let mut state = row.state.0;
    if read::<i32>(&state, EPOCH) != Some(row.auth_epoch) || read::<Uuid>(&state, UID) != Some(row.user_id) {
        return None;
    }
    let regions: Result<Vec<Region>, _> = row.regions.iter().map(|code| Region::parse(code)).collect();
    let (Some(role), Ok(mut regions), Some(csrf)) = (Role::parse(&row.role), regions, read(&state, CSRF)) else {
        return Some(Err(Unreadable("account")));
    };
    regions.sort();
    let viewed = read::<Region>(&state, VIEW).filter(|region| role == Role::Admin && regions.contains(region));
    let (role, regions) = viewed.map_or((role, regions), |region| (Role::Viewer, vec![region]));
    let named = row.regions.into_iter().zip(row.region_names).zip(row.regions_open);
    let names: Vec<RegionName> = named
        .map(|((code, name), is_open)| RegionName { code, name, is_open })
        .filter(|name| regions.iter().any(|region| region.code() == name.code))
        .collect();
    let actor = Actor {
        user_id: row.user_id,
        username: row.username,
        role,
        regions,
        lang: row.lang,
        theme: row.theme,
        must_change: row.must_change,
        session_id: row.id,
        csrf,
    };
    let (Ok(actor), Ok(names)) = (serde_json::to_string(&actor), serde_json::to_string(&names)) else {
        return Some(Err(Unreadable("actor")));
    };
    state.insert(ACTOR.to_owned(), actor);
    state.insert(REGIONS.to_owned(), names);
    if let Some(Ok(company)) = row.company_name.map(|name| serde_json::to_string(&name)) {
        state.insert(COMPANY.to_owned(), company);
    }
    Some(Ok(state))
}

/// A row for a state that [`open_session`] filled; only it makes sessions.
fn new_session(state: State, key: &str, now: DateTime<Utc>, expires_at: DateTime<Utc>) -> Result<NewSession, Unreadable> {
    let user_id = read(&state, UID).ok_or(Unreadable(UID))?;
    let (address, user_agent): (Option<String>, Option<String>) = read(&state, VISITOR).ok_or(Unreadable(VISITOR))?;
    let token_hash = Sha256::digest(key).into();
    Ok(NewSession { token_hash, user_id, state: kept(state), address, user_agent, now, expires_at })
}

fn read<T: serde::de::DeserializeOwned>(state: &State, name: &str) -> Option<T> {
    serde_json::from_str(state.get(name)?).ok()
}

fn kept(mut state: State) -> State {
    state.remove(ACTOR);
    state.remove(REGIONS);
    state.remove(COMPANY);
    state.remove(VISITOR);
    state.remove(TROUBLE);
    state
}

/// A session lacks an entry that every session has.
#[derive(Debug)]
struct Unreadable(&'static str);

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the session's {} is missing or unreadable", self.0)
    }
}

impl std::error::Error for Unreadable {}

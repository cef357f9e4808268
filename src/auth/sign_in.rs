//! Signing in and out and changing one's password: throttle, check, record, session. The pages only read forms and show results.

use std::net::IpAddr;

use actix_session::Session;
use actix_web::cookie::Cookie;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    attempts,
    db::{self, AccountRow},
    known_browser::Marks,
    rights::EndedSession,
    session_store::open_session,
    sessions::db::{Which, end_sessions, insert_ended},
    throttle::{self, Admission, Counter, Place},
};
use crate::{
    db::{Capability, SystemTx},
    error::{AppError, AppResult},
    events::{self, EventKind, NewEvent},
    identity::{Actor, Region, Role, Visitor},
    passwords::{Password, PasswordFault, Turn, check_new},
    state::AppState,
    text::account_name,
};

/// The origin of an attempt.
#[derive(Debug, Clone, Copy)]
pub struct From<'a> {
    /// Address and browser.
    pub visitor: &'a Visitor,
    /// Accounts that the browser has signed in before.
    pub marks: &'a Marks,
}

/// The result of an attempt to sign in.
#[derive(Debug, Clone, PartialEq)]
pub enum SignIn {
    /// Signed in.
    Welcome {
        /// The password has to be changed before anything else.
        must_change: bool,
        /// The account.
        user: Uuid,
        /// Its epoch.
        epoch: i32,
        /// Cookie that identifies the browser from now on.
        mark: Cookie<'static>,
    },
    /// No such account, wrong password, or an account that may not sign in: the response does not distinguish them.
    Wrong,
    /// The right temporary password, but it has been used or has lapsed.
    Ended,
    /// Refused without a check of the password. Seconds to wait.
    Wait(u64),
}

/// The result of an attempt to change one's password.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// Changed; all other sessions and all API keys of the person have ended.
    Done {
        /// The account's epoch from now on.
        epoch: i32,
        /// Cookie that identifies the browser from now on.
        mark: Cookie<'static>,
    },
    /// The current password is wrong, or another one was set at this moment.
    WrongCurrent,
    /// The current password is a temporary one that has lapsed.
    Ended,
    /// The new password is refused.
    Refused(PasswordFault),
    /// Refused without a check. Seconds to wait.
    Wait(u64),
}

/// The result of asking for the password again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Confirmation {
    /// It is the person's, at this epoch. The action is done only while the account is still at it.
    Right {
        /// The account's epoch.
        epoch: i32,
    },
    /// It is not the person's.
    Wrong,
    /// Refused without a check. Seconds to wait.
    Wait(u64),
}

/// Signs in: checks the password and opens a new session for the request.
pub async fn sign_in(state: &AppState, session: &Session, from: From<'_>, typed_name: &str, password: Password) -> AppResult<SignIn> {
    let account = match check_password(state, from, typed_name, password).await? {
        Check::Matches(account) => account,
        Check::Wrong => return Ok(SignIn::Wrong),
        Check::Wait(seconds) => return Ok(SignIn::Wait(seconds)),
    };
    if let Some(seconds) = Attempt::new(&account.username, from.visitor).count_sign_in(state).await? {
        return Ok(SignIn::Wait(seconds));
    }
    let now = state.clock.now();
    let mut tx = state.db.system(&Capability::Own(account.id)).await?;
    if account.must_change && !(account.is_in_time(now) && db::use_temporary_password(&mut tx, account.id, account.auth_epoch, now).await?)
    {
        return Ok(SignIn::Ended);
    }
    tx.commit().await?;
    let event = NewEvent::new(EventKind::SignIn).by_account(Some(account.id), &account.username).from(from.visitor);
    events::record(&state.db, region_of_account(&account), &event, &state.clock).await?;
    open_session(session, account.id, account.auth_epoch, from.visitor)?;
    let mark = from.marks.cookie_with(&state.config, account.id, account.auth_epoch, now);
    Ok(SignIn::Welcome { must_change: account.must_change, user: account.id, epoch: account.auth_epoch, mark })
}

/// Signs out: the session's row is deleted with the response.
///
/// The session's grants prove nothing for later entries. `last` is the browser's queue and its last number, if the browser sent them.
pub async fn sign_out(state: &AppState, session: &Session, actor: &Actor, visitor: &Visitor, last: Option<(Uuid, i64)>) -> AppResult<()> {
    session.purge();
    let mut tx = state.db.system(&Capability::Own(actor.user_id)).await?;
    let ended = EndedSession { session_id: actor.session_id, ended_at: state.clock.now(), last };
    insert_ended(&mut tx, actor.user_id, &ended).await?;
    tx.commit().await?;
    let event = NewEvent::new(EventKind::SignOut).by(Some(actor)).from(visitor);
    Ok(events::record(&state.db, region_of_actor(actor), &event, &state.clock).await?)
}

/// Gives the signed-in person a new password and a new session, and ends all other sessions and the API keys.
pub async fn change_password(
    state: &AppState,
    session: &Session,
    actor: &Actor,
    from: From<'_>,
    current: Password,
    new: Password,
) -> AppResult<Change> {
    if let Err(fault) = check_new(&new, &actor.username, Some(&current)) {
        return Ok(Change::Refused(fault));
    }
    let account = match check_password(state, from, &actor.username, current).await? {
        Check::Matches(account) if account.id == actor.user_id => account,
        Check::Matches(_) | Check::Wrong => return Ok(Change::WrongCurrent),
        Check::Wait(seconds) => return Ok(Change::Wait(seconds)),
    };
    let now = state.clock.now();
    if account.must_change && !account.is_in_time(now) {
        return Ok(Change::Ended);
    }
    let phc = state.hasher.hash(Turn::of_account(&actor.username), new).await?;
    let Some(epoch) = replace_password(state, &account, &phc).await? else {
        return Ok(Change::WrongCurrent);
    };
    let event = NewEvent::new(EventKind::PasswordChanged).by(Some(actor)).from(from.visitor);
    events::record(&state.db, region_of_actor(actor), &event, &state.clock).await?;
    open_session(session, actor.user_id, epoch, from.visitor)?;
    let mark = from.marks.cookie_with(&state.config, actor.user_id, epoch, now);
    Ok(Change::Done { epoch, mark })
}

/// Stores the person's choices for the interface; `None` leaves a choice unchanged.
pub async fn store_preferences(state: &AppState, actor: &Actor, lang: Option<&str>, theme: Option<&str>) -> AppResult<()> {
    let mut tx = state.db.system(&Capability::Users(Some(actor.user_id))).await?;
    db::store_preferences(&mut tx, actor.user_id, lang, theme).await?;
    Ok(tx.commit().await?)
}

/// The region whose log records this person's actions: their first one, or the company for an admin.
pub fn region_of_actor(actor: &Actor) -> Region {
    match actor.regions.first() {
        Some(first) if !actor.is_admin() => first.clone(),
        _ => Region::company(),
    }
}

/// Stores the hash only if the account has not changed since the password was checked: a password set meanwhile, or disabling the account,
/// wins. Returns the new epoch; `None` if nothing was stored.
async fn replace_password(state: &AppState, checked: &AccountRow, phc: &str) -> AppResult<Option<i32>> {
    let now = state.clock.now();
    let mut tx = state.db.system(&Capability::Users(Some(checked.id))).await?;
    db::lock_account(&mut tx, checked.id).await?;
    let Some(epoch) = db::raise_epoch_from(&mut tx, checked.id, checked.auth_epoch).await? else {
        return Ok(None);
    };
    db::store_password(&mut tx, checked.id, phc, false, now).await?;
    end_sessions(&mut tx, checked.id, Which::All, now).await?;
    db::revoke_keys_of(&mut tx, checked.id, now).await?;
    tx.commit().await?;
    Ok(Some(epoch))
}

/// The result of a password check.
enum Check {
    Matches(AccountRow),
    Wrong,
    Wait(u64),
}

/// Whether a password is this person's, for an action that asks for it again. Failures count like those of sign-ins.
pub async fn confirm_password(state: &AppState, actor: &Actor, from: From<'_>, password: Password) -> AppResult<Confirmation> {
    Ok(match check_password(state, from, &actor.username, password).await? {
        Check::Matches(account) if account.id == actor.user_id => Confirmation::Right { epoch: account.auth_epoch },
        Check::Matches(_) | Check::Wrong => Confirmation::Wrong,
        Check::Wait(seconds) => Confirmation::Wait(seconds),
    })
}

/// Checks a password and counts failures. A name without an account costs the same time and leaves the same traces.
async fn check_password(state: &AppState, from: From<'_>, typed_name: &str, password: Password) -> AppResult<Check> {
    let attempt = Attempt::new(typed_name, from.visitor);
    let begun = match attempt.begin(state, from.marks).await? {
        Begun::Admitted(begun) => *begun,
        Begun::Wait(seconds) => return Ok(Check::Wait(seconds)),
    };
    let phc = begun.account.as_ref().and_then(|a| a.pw_hash.as_deref());
    let matches = match state.hasher.verify(attempt.turn(&begun.place), password, phc).await {
        Ok(matches) => matches,
        Err(not_looked_at) => {
            attempt.take_back(state, &begun).await?;
            return match not_looked_at {
                AppError::TooMany(seconds) => Ok(Check::Wait(seconds)),
                other => Err(other),
            };
        }
    };
    match begun.account {
        Some(account) if matches && account.active => {
            attempt.forget_failures(state, &begun.place, begun.before).await?;
            Ok(Check::Matches(account))
        }
        ref other => {
            let wait = attempt.count_failure(state, &begun).await?;
            record_failure(state, from.visitor, other.as_ref(), wait).await?;
            Ok(Check::Wrong)
        }
    }
}

/// One attempt for a name from an address.
struct Attempt {
    name: String,
    address: Option<IpAddr>,
    address_key: Option<String>,
}

/// The place from which the name is tried, by the key of its counter.
enum PlaceKey {
    /// A browser that has signed this person in.
    Known(String),
    /// Any other browser, at this address.
    Stranger(String),
}

impl PlaceKey {
    fn as_str(&self) -> &str {
        match self {
            Self::Known(key) | Self::Stranger(key) => key,
        }
    }
}

enum Begun {
    Admitted(Box<Admitted>),
    Wait(u64),
}

/// An attempt whose password may be checked.
struct Admitted {
    account: Option<AccountRow>,
    place: PlaceKey,
    /// The place's counter including this failure, if it is booked already.
    booked: Option<Counter>,
    before: Option<Counter>,
}

/// Why attempts are refused for a while.
struct Wait {
    by: &'static str,
    seconds: u64,
}

impl Attempt {
    fn new(typed_name: &str, visitor: &Visitor) -> Self {
        let mut name = account_name(typed_name);
        if Capability::login(&name, None).is_none() {
            // No account can have this name. A name that no account has replaces it, so that the rest runs the same way.
            name = format!("unknown-{}", &hex::encode(Sha256::digest(&name))[..48]);
        }
        let address = visitor.address().map(throttle::counted_address);
        Self { name, address, address_key: address.map(|a| format!("addr:{a}")) }
    }

    async fn open(&self, state: &AppState) -> AppResult<SystemTx> {
        let capability = Capability::login(&self.name, self.address).ok_or_else(|| AppError::Fault("a name that is none".into()))?;
        Ok(state.db.system(&capability).await?)
    }

    fn place(&self, browser: Option<Uuid>) -> PlaceKey {
        let name = &self.name;
        match browser {
            Some(id) => PlaceKey::Known(format!("known:{name}@{id}")),
            None => PlaceKey::Stranger(format!("pair:{name}@{}", self.address.map(|a| a.to_string()).unwrap_or_default())),
        }
    }

    /// Its place among waiting checks: a known browser waits apart from all others at its address.
    fn turn(&self, place: &PlaceKey) -> Turn {
        let line = match place {
            PlaceKey::Known(key) => key.clone(),
            PlaceKey::Stranger(_) => self.address_key.clone().unwrap_or_default(),
        };
        Turn { place: place.as_str().to_owned(), line }
    }

    /// The counters that decide on an attempt from this place and that count its failure.
    fn keys(&self, place: &PlaceKey) -> Vec<String> {
        let address = self.address_key.as_ref().filter(|_| matches!(place, PlaceKey::Stranger(_)));
        address.into_iter().cloned().chain([place.as_str().to_owned()]).collect()
    }

    /// Decides whether the password may be checked, and finds the account.
    async fn begin(&self, state: &AppState, marks: &Marks) -> AppResult<Begun> {
        let mut tx = self.open(state).await?;
        let now = state.clock.now();
        let account = db::find_account(&mut tx, &self.name).await?;
        let browser = account.as_ref().and_then(|a| marks.find(&state.config.secret, a.id, a.auth_epoch, now));
        let place = self.place(browser);
        let counters = db::lock_counters(&mut tx, &self.keys(&place)).await?;
        let before = counters.get(place.as_str());
        let seen = match &place {
            PlaceKey::Known(_) => Place::Known(before),
            PlaceKey::Stranger(_) => Place::Stranger { here: before, address: self.address_key.as_ref().and_then(|key| counters.get(key)) },
        };
        let booked = match throttle::admit(seen, now) {
            Admission::Free => None,
            Admission::Booked(counter) => {
                db::store_counter(&mut tx, place.as_str(), &counter).await?;
                tx.commit().await?;
                Some(counter)
            }
            Admission::Wait { seconds, counts } => {
                if counts {
                    self.count_failure_of_address(&mut tx, now).await?;
                    tx.commit().await?;
                }
                return Ok(Begun::Wait(seconds));
            }
        };
        Ok(Begun::Admitted(Box::new(Admitted { account, before: before.copied(), place, booked })))
    }

    /// The password was not checked after all: removes a booked failure.
    async fn take_back(&self, state: &AppState, begun: &Admitted) -> AppResult<()> {
        if let (Some(_), Some(before)) = (begun.booked, begun.before) {
            let mut tx = self.open(state).await?;
            db::store_counter(&mut tx, begun.place.as_str(), &before).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn forget_failures(&self, state: &AppState, place: &PlaceKey, before: Option<Counter>) -> AppResult<()> {
        if before.is_some() {
            let mut tx = self.open(state).await?;
            db::delete_counter(&mut tx, place.as_str()).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Counts a failure unless it is booked already; returns the wait that it starts.
    async fn count_failure(&self, state: &AppState, begun: &Admitted) -> AppResult<Option<Wait>> {
        let mut tx = self.open(state).await?;
        let now = state.clock.now();
        let key = begun.place.as_str();
        let mut wait = match begun.place {
            PlaceKey::Known(_) => None,
            PlaceKey::Stranger(_) => self.count_failure_of_address(&mut tx, now).await?,
        };
        let counter = if let Some(counter) = begun.booked {
            counter
        } else {
            let keys = [key.to_owned()];
            db::create_counters(&mut tx, &keys, now).await?;
            let before = db::lock_counters(&mut tx, &keys).await?;
            let counter = throttle::fail_here(&before.get(key).copied().unwrap_or(Counter::none(now)), now);
            db::store_counter(&mut tx, key, &counter).await?;
            counter
        };
        tx.commit().await?;
        if wait.is_none() && counter.next_try_at > now {
            wait = Some(Wait { by: "username", seconds: throttle::seconds_until(counter.next_try_at, now) });
        }
        Ok(wait)
    }

    /// Counts a sign-in whose password was right, before a session is opened; or returns the seconds to wait. The counter is locked, so
    /// that concurrent sign-ins are counted one by one. It is kept apart from the sessions, so that sign-ins count even after a sign-out.
    async fn count_sign_in(&self, state: &AppState) -> AppResult<Option<u64>> {
        let key = format!("in:{}@{}", self.name, self.address.map(|a| a.to_string()).unwrap_or_default());
        let (keys, now) = ([key], state.clock.now());
        let mut tx = self.open(state).await?;
        db::create_counters(&mut tx, &keys, now).await?;
        let before = db::lock_counters(&mut tx, &keys).await?;
        let counter = match throttle::sign_in_once_more(&before.get(&keys[0]).copied().unwrap_or(Counter::none(now)), now) {
            Ok(counter) => counter,
            Err(seconds) => return Ok(Some(seconds)),
        };
        db::store_counter(&mut tx, &keys[0], &counter).await?;
        tx.commit().await?;
        Ok(None)
    }

    async fn count_failure_of_address(&self, tx: &mut SystemTx, now: DateTime<Utc>) -> AppResult<Option<Wait>> {
        let Some(key) = &self.address_key else { return Ok(None) };
        let counter = attempts::count_failure(tx, key, now).await?;
        let wait = || Wait { by: "address", seconds: throttle::seconds_until(counter.next_try_at, now) };
        Ok(throttle::has_just_blocked(&counter).then(wait))
    }
}

/// The name stays out of the log unless it is an account's: people type passwords into that field.
async fn record_failure(state: &AppState, visitor: &Visitor, account: Option<&AccountRow>, wait: Option<Wait>) -> AppResult<()> {
    let region = account.map_or_else(Region::company, region_of_account);
    let event = |kind| {
        let event = NewEvent::new(kind).from(visitor);
        match account {
            Some(account) => event.by_account(None, &account.username),
            None => event,
        }
    };
    events::record(&state.db, region.clone(), &event(EventKind::SignInFailed), &state.clock).await?;
    if let Some(Wait { by, seconds }) = wait {
        let event = event(EventKind::SignInThrottled).with("by", by).with("wait_seconds", seconds);
        events::record(&state.db, region, &event, &state.clock).await?;
    }
    Ok(())
}

pub(super) fn region_of_account(account: &AccountRow) -> Region {
    let first = account.first_region.as_deref().filter(|_| account.role != Role::Admin.as_str());
    first.and_then(|code| Region::parse(code).ok()).unwrap_or_else(Region::company)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_no_account_can_have_is_counted_under_one_of_its_own() {
        let visitor = Visitor::default();
        let of = |typed: &str| Attempt::new(typed, &visitor).name;
        assert_eq!(of("Ankara1"), "ankara1");
        assert_ne!(of("x'; DROP TABLE"), of("y'; DROP TABLE"));
        assert!(Capability::login(&of(&"ş".repeat(5000)), None).is_some());
    }
}

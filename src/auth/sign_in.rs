//! Signing in and out and changing one's password: throttle, check, record, session. The pages only read forms and show answers.

use std::net::IpAddr;

use actix_session::Session;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{
    Actor, Role,
    db::{self, AccountRow},
    password::{Password, PasswordFault, check_new},
    rights::EndedSession,
    session_store::open_session,
    sessions::db::insert_ended,
    throttle::{self, Admission, Counter},
};
use crate::{
    activity::{self, EventKind, NewEvent, Visitor},
    db::{Capability, SystemTx},
    error::{AppError, AppResult},
    regions::Region,
    state::AppState,
    text::account_name,
};

/// What became of an attempt to sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// Signed in.
    Welcome {
        /// The password has to be changed before anything else.
        must_change: bool,
        /// The account.
        user: Uuid,
        /// Its epoch.
        epoch: i32,
    },
    /// No such account, wrong password, or an account that may not sign in: not told apart.
    Wrong,
    /// Not looked at, whatever the password. Seconds to wait.
    Wait(u64),
}

/// What became of an attempt to change one's password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Changed; all other sessions of the person have ended.
    Done {
        /// The account's epoch from now on.
        epoch: i32,
    },
    /// The current password is wrong.
    WrongCurrent,
    /// The new password is refused.
    Refused(PasswordFault),
    /// Not looked at. Seconds to wait.
    Wait(u64),
}

/// Signs in: checks the password and gives the request a new session.
pub async fn sign_in(state: &AppState, session: &Session, visitor: &Visitor, typed_name: &str, password: Password) -> AppResult<SignIn> {
    match check_password(state, visitor, typed_name, password).await? {
        Check::Matches(account) => {
            let event = NewEvent::new(EventKind::SignIn).by_account(Some(account.id), &account.username).from(visitor);
            activity::record(&state.db, region_of_account(&account), &event, &state.clock).await?;
            open_session(session, account.id, account.auth_epoch, visitor)?;
            Ok(SignIn::Welcome { must_change: account.must_change, user: account.id, epoch: account.auth_epoch })
        }
        Check::Wrong => Ok(SignIn::Wrong),
        Check::Wait(seconds) => Ok(SignIn::Wait(seconds)),
    }
}

/// Signs out: the session's row is deleted with the answer.
///
/// Of what is entered later the grants that were given to it prove nothing. `last` is the browser's queue and its last number, where it said so.
pub async fn sign_out(state: &AppState, session: &Session, actor: &Actor, visitor: &Visitor, last: Option<(Uuid, i64)>) -> AppResult<()> {
    session.purge();
    let mut tx = state.db.system(&Capability::Own(actor.user_id)).await?;
    let ended = EndedSession { session_id: actor.session_id, ended_at: state.clock.now(), last };
    insert_ended(&mut tx, actor.user_id, &ended).await?;
    tx.commit().await?;
    let event = NewEvent::new(EventKind::SignOut).by(Some(actor)).from(visitor);
    Ok(activity::record(&state.db, region_of_actor(actor), &event, &state.clock).await?)
}

/// Gives the signed-in person a new password and a new session, and ends all others.
pub async fn change_password(
    state: &AppState,
    session: &Session,
    actor: &Actor,
    visitor: &Visitor,
    current: Password,
    new: Password,
) -> AppResult<Change> {
    if let Err(fault) = check_new(&new, &actor.username, Some(&current)) {
        return Ok(Change::Refused(fault));
    }
    match check_password(state, visitor, &actor.username, current).await? {
        Check::Matches(account) if account.id == actor.user_id => {}
        Check::Matches(_) | Check::Wrong => return Ok(Change::WrongCurrent),
        Check::Wait(seconds) => return Ok(Change::Wait(seconds)),
    }
    let phc = state.hasher.hash(new).await?;
    let epoch = replace_password(state, actor.user_id, &phc).await?;
    let event = NewEvent::new(EventKind::PasswordChanged).by(Some(actor)).from(visitor);
    activity::record(&state.db, region_of_actor(actor), &event, &state.clock).await?;
    open_session(session, actor.user_id, epoch, visitor)?;
    Ok(Change::Done { epoch })
}

/// Stores what the person chose for the interface; none leaves one as it is.
pub async fn store_preferences(state: &AppState, actor: &Actor, lang: Option<&str>, theme: Option<&str>) -> AppResult<()> {
    let mut tx = state.db.system(&Capability::Users(Some(actor.user_id))).await?;
    db::store_preferences(&mut tx, actor.user_id, lang, theme).await?;
    Ok(tx.commit().await?)
}

/// The region whose log tells what this person did: their first; headquarters' own for an admin.
pub fn region_of_actor(actor: &Actor) -> Region {
    match actor.regions.first() {
        Some(first) if !actor.is_admin() => first.clone(),
        _ => Region::company(),
    }
}

async fn replace_password(state: &AppState, user_id: Uuid, phc: &str) -> AppResult<i32> {
    let mut tx = state.db.system(&Capability::Users(Some(user_id))).await?;
    db::store_password(&mut tx, user_id, phc, false, state.clock.now()).await?;
    let epoch = db::raise_epoch(&mut tx, user_id).await?;
    db::delete_sessions_of(&mut tx, user_id).await?;
    tx.commit().await?;
    Ok(epoch)
}

enum Check {
    Matches(AccountRow),
    Wrong,
    Wait(u64),
}

/// Checks a password, counting failures. Costs the same time and leaves the same traces for a name that no account has.
async fn check_password(state: &AppState, visitor: &Visitor, typed_name: &str, password: Password) -> AppResult<Check> {
    let attempt = Attempt::new(typed_name, visitor);
    let (account, admission, before) = match attempt.begin(state).await? {
        Begun::Admitted(account, admission, before) => (account, admission, before),
        Begun::Wait(seconds) => return Ok(Check::Wait(seconds)),
    };
    let phc = account.as_ref().and_then(|a| a.pw_hash.as_deref());
    let matches = match state.hasher.verify(password, phc).await {
        Ok(matches) => matches,
        Err(not_looked_at) => {
            attempt.take_back(state, &admission, before).await?;
            return Err(not_looked_at);
        }
    };
    match account {
        Some(account) if matches && account.active => {
            attempt.forget_failures(state, before).await?;
            Ok(Check::Matches(account))
        }
        other => {
            let wait = attempt.count_failure(state, &admission).await?;
            record_failure(state, visitor, other.as_ref(), wait).await?;
            Ok(Check::Wrong)
        }
    }
}

/// One attempt for a name from an address.
struct Attempt {
    name: String,
    address: Option<IpAddr>,
    name_key: String,
    address_key: Option<String>,
}

enum Begun {
    Admitted(Option<AccountRow>, Admission, Option<Counter>),
    Wait(u64),
}

/// Why no further attempt is looked at for a while.
struct Wait {
    by: &'static str,
    seconds: u64,
}

impl Attempt {
    fn new(typed_name: &str, visitor: &Visitor) -> Self {
        let mut name = account_name(typed_name);
        if Capability::login(&name, None).is_none() {
            // No account can have this name. One that none has stands for it, so that all goes the same way.
            name = format!("unknown-{}", &hex::encode(Sha256::digest(&name))[..48]);
        }
        let address = visitor.address().map(throttle::counted_address);
        let (name_key, address_key) = (format!("user:{name}"), address.map(|a| format!("addr:{a}")));
        Self { name, address, name_key, address_key }
    }

    async fn open(&self, state: &AppState) -> AppResult<SystemTx> {
        let capability = Capability::login(&self.name, self.address).ok_or_else(|| AppError::Fault("a name that is none".into()))?;
        Ok(state.db.system(&capability).await?)
    }

    fn keys(&self) -> Vec<String> {
        self.address_key.iter().chain([&self.name_key]).cloned().collect()
    }

    /// Decides whether the password may be looked at, and finds the account.
    async fn begin(&self, state: &AppState) -> AppResult<Begun> {
        let mut tx = self.open(state).await?;
        let now = state.clock.now();
        let counters = db::lock_counters(&mut tx, &self.keys()).await?;
        let of_address = self.address_key.as_ref().and_then(|key| counters.get(key));
        if let Some(seconds) = throttle::wait_of_address(of_address, now) {
            return Ok(Begun::Wait(seconds));
        }
        let of_name = counters.get(&self.name_key);
        let admission = throttle::admit_name(of_name, now);
        if let Admission::Wait(seconds) = admission {
            return Ok(Begun::Wait(seconds));
        }
        let account = db::find_account(&mut tx, &self.name).await?;
        if let Admission::Booked(counter) = &admission {
            db::store_counter(&mut tx, &self.name_key, counter).await?;
            tx.commit().await?;
        }
        Ok(Begun::Admitted(account, admission, of_name.copied()))
    }

    /// The password was not looked at after all: a booked failure is none.
    async fn take_back(&self, state: &AppState, admission: &Admission, before: Option<Counter>) -> AppResult<()> {
        if let (Admission::Booked(_), Some(before)) = (admission, before) {
            let mut tx = self.open(state).await?;
            db::store_counter(&mut tx, &self.name_key, &before).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn forget_failures(&self, state: &AppState, before: Option<Counter>) -> AppResult<()> {
        if before.is_some() {
            let mut tx = self.open(state).await?;
            db::delete_counter(&mut tx, &self.name_key).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Counts a failure, unless it is booked already; tells which wait it has started.
    async fn count_failure(&self, state: &AppState, admission: &Admission) -> AppResult<Option<Wait>> {
        let mut tx = self.open(state).await?;
        let now = state.clock.now();
        db::create_counters(&mut tx, &self.keys(), now).await?;
        let counters = db::lock_counters(&mut tx, &self.keys()).await?;
        let stored = |key: &str| counters.get(key).copied().unwrap_or(Counter::none(now));
        let mut wait = None;
        if let Some(key) = &self.address_key {
            let counter = throttle::fail_address(&stored(key), now);
            db::store_counter(&mut tx, key, &counter).await?;
            if throttle::has_just_blocked(&counter) {
                wait = Some(Wait { by: "address", seconds: throttle::seconds_until(counter.next_try_at, now) });
            }
        }
        let counter = match admission {
            Admission::Booked(counter) => *counter,
            Admission::Free | Admission::Wait(_) => {
                let counter = throttle::fail_name(&stored(&self.name_key), now);
                db::store_counter(&mut tx, &self.name_key, &counter).await?;
                counter
            }
        };
        tx.commit().await?;
        if wait.is_none() && counter.next_try_at > now {
            wait = Some(Wait { by: "username", seconds: throttle::seconds_until(counter.next_try_at, now) });
        }
        Ok(wait)
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
    activity::record(&state.db, region.clone(), &event(EventKind::SignInFailed), &state.clock).await?;
    if let Some(Wait { by, seconds }) = wait {
        let event = event(EventKind::SignInThrottled).with("by", by).with("wait_seconds", seconds);
        activity::record(&state.db, region, &event, &state.clock).await?;
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

//! Who uses a browser of this PC. The server names the person on every page that it makes; that is stored, so that the same browser may
//! read and enter without the server for a while. A person who signed in through this PC may also sign in here while the server is out of
//! reach.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest,
    cookie::{Cookie, time::Duration as Age},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use rusqlite::Connection;
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{
    heartbeat,
    run::Agent,
    store::{
        StoreError, Visit,
        people::{end_session, forget_password, is_within_trust, note_sign_in, put_grant, put_session},
        tries::{book_try, forget_tries},
    },
    upstream::{LOOK_EVERY, ask, is_ours},
};
use crate::{
    passwords::{self, MAX_BYTES, NOBODYS, Password},
    text::account_name,
    wire::{
        PasswordTaken, SESSION_COOKIE, X_DEVICE_TOKEN, X_SYNC_CLIENT,
        device::{GrantAnswer, GrantQuestion},
    },
};

/// The cookie of a sign-in here. A browser has this one or the server's, never both: a sign-in with one removes the other.
pub const PC_COOKIE: &str = "__Host-rainstaff-pc";

/// The person of a browser is stored at most once per interval.
const NOTED_EVERY: Duration = Duration::from_mins(10);
/// Sign-ins that are checked or wait for that.
const PLACES: usize = 10;
/// Sessions that wait to be ended at the server.
const ENDINGS: usize = 100;
/// A grant is renewed at this age, and when the account's epoch has changed since; it is valid for 60 days.
const GRANT_RENEWED_AFTER: TimeDelta = TimeDelta::days(7);

/// What the server has reported about a browser's session since this program started.
#[derive(Debug, Clone, Copy)]
enum Word {
    /// Whose it is, and when that was stored.
    Of(Uuid, Instant),
    /// It is not valid any more. That is final: a response that still names a person was sent earlier.
    Over,
}

/// What the server has reported about sessions, by the hash of their cookie.
#[derive(Clone, Default)]
struct Words(Arc<Mutex<HashMap<[u8; 32], Word>>>);

impl Words {
    fn find(&self, hash: &[u8; 32]) -> Option<Word> {
        self.lock().get(hash).copied()
    }

    fn keep(&self, hash: [u8; 32], word: Word) {
        let mut words = self.lock();
        if words.len() > 1000 {
            words.clear();
        }
        words.insert(hash, word);
    }

    fn forget(&self, hash: &[u8; 32]) {
        self.lock().remove(hash);
    }

    fn is_over(&self, hash: &[u8; 32]) -> bool {
        matches!(self.find(hash), Some(Word::Over))
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<[u8; 32], Word>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Knows which person the server has named for which browser.
pub struct Desk {
    agent: Arc<Agent>,
    words: Words,
    /// For checks of a password: one takes 19 MiB, so they run one at a time.
    checks: Semaphore,
    /// For sign-ins that wait for their check; further ones are asked to try again.
    places: Semaphore,
    /// For sessions that wait to be ended at the server.
    endings: Arc<Semaphore>,
}

/// The result of a sign-in here.
#[derive(Debug, PartialEq, Eq)]
pub enum SignIn {
    /// The value of the cookie to set.
    Done(String),
    /// No person has signed in through this PC with this name and password, or only too long ago: the response does not show which.
    Refused,
    /// Too many wrong passwords for this name, or too many sign-ins at once: wait this many seconds.
    Wait(u64),
}

impl Desk {
    /// No browser is known yet since this program started.
    pub fn new(agent: Arc<Agent>) -> Self {
        Self {
            agent,
            words: Words::default(),
            checks: Semaphore::new(1),
            places: Semaphore::new(PLACES),
            endings: Arc::new(Semaphore::new(ENDINGS)),
        }
    }

    /// The person at the browser: if it has a session cookie of the server, the person whom the server named last; otherwise the one who
    /// signed in here. A session cookie of an unknown person hides the cookie of a sign-in here: an unknown person does not get another
    /// one's pages.
    pub fn visit(&self, request: &HttpRequest) -> Result<Option<Visit>, StoreError> {
        let Some(cookie) = request.cookie(SESSION_COOKIE).or_else(|| request.cookie(PC_COOKIE)) else { return Ok(None) };
        let hash = hash_of(cookie.value());
        if self.words.is_over(&hash) { Ok(None) } else { self.agent.store.read()?.find_visit(&hash) }
    }

    /// The server has responded to a browser with this session in this person's name. Also renews the grant of the person's queue here if
    /// it is due.
    pub fn learn(self: &Arc<Self>, session: &str, user: Uuid) {
        let hash = hash_of(session);
        match self.words.find(&hash) {
            Some(Word::Over) => return,
            Some(Word::Of(known, at)) if known == user && at.elapsed() < NOTED_EVERY => return,
            _ => self.words.keep(hash, Word::Of(user, Instant::now())),
        }
        let (desk, session) = (self.clone(), session.to_owned());
        actix_web::rt::spawn(async move {
            if let Err(error) = desk.note(hash, &session, user).await {
                tracing::warn!(%error, "a browser's person was not noted");
                desk.words.forget(&hash);
            }
        });
    }

    /// The server has responded that this session is not valid: it is not valid here either, from now on.
    pub async fn unlearn(&self, session: &str) {
        let hash = hash_of(session);
        self.words.keep(hash, Word::Over);
        if let Err(error) = self.agent.store.write(move |db| end_session(db, &hash)).await {
            tracing::warn!(%error, "the end of a session was not noted");
        }
    }

    async fn note(&self, hash: [u8; 32], session: &str, user: Uuid) -> Result<(), StoreError> {
        if self.agent.upstream.device().is_revoked() {
            return Ok(());
        }
        let (now, csrf, words) = (self.agent.clock.now(), new_secret(), self.words.clone());
        let put = move |db: &Connection| if words.is_over(&hash) { Ok(()) } else { put_session(db, &hash, user, false, &csrf, now) };
        self.agent.store.write(put).await?;
        let queue = self.agent.store.read()?.find_queue(user)?;
        if let Some(queue) = queue
            && queue.grant_at.is_none_or(|at| now - at > GRANT_RENEWED_AFTER)
        {
            self.fetch_grant(session, user, queue.id).await?;
        }
        Ok(())
    }

    /// Asks the server, in the person's own session, for the grant of their queue on this PC.
    async fn fetch_grant(&self, session: &str, user: Uuid, queue_id: Uuid) -> Result<(), StoreError> {
        match self.ask_as(session, "/api/v1/grant", &GrantQuestion { queue_id }).await {
            Some(GrantAnswer { grant, .. }) => {
                let now = self.agent.clock.now();
                self.agent.store.write(move |db| put_grant(db, user, &grant, now)).await
            }
            None => Ok(()), // tried again at the server's next response
        }
    }

    /// Asks the API as a browser with this session would, and as this PC.
    async fn ask_as<T: DeserializeOwned>(&self, session: &str, path: &str, body: &impl Serialize) -> Option<T> {
        let upstream = &self.agent.upstream;
        let request = upstream.client().post(upstream.url(path)).json(body).timeout(Duration::from_secs(10));
        let request = request.header("Cookie", format!("{SESSION_COOKIE}={session}")).header("Origin", upstream.server());
        let answer = ask(request.header(X_SYNC_CLIENT, "agent").header(X_DEVICE_TOKEN, upstream.device().token())).await;
        serde_json::from_value(answer.ok()?).ok()
    }

    /// The server has accepted a password: from now on the person may sign in here with it, and with no other. If it cannot be stored, or
    /// none was typed, the person cannot sign in here with any password.
    pub async fn note_password(self: &Arc<Self>, taken: PasswordTaken, session: &str, password: Option<Password>) {
        if self.agent.upstream.device().is_revoked() {
            return;
        }
        let user = taken.user;
        let noted = async {
            let verifier = match password {
                Some(password) => self.hashed(password).await,
                None => None,
            };
            let Some(verifier) = verifier else {
                self.agent.store.write(move |db| forget_password(db, user)).await?;
                return Ok(false);
            };
            let mut is_known = self.note_sign_in(taken, verifier.clone()).await?;
            if !is_known {
                // A new account, which the next heartbeat would bring.
                heartbeat::ask_now(&self.agent).await;
                is_known = self.note_sign_in(taken, verifier).await?;
            }
            self.note(hash_of(session), session, user).await?;
            Ok::<bool, StoreError>(is_known)
        };
        match noted.await {
            Ok(true) => tracing::info!(%user, "signed in through this PC"),
            Ok(false) => tracing::info!(%user, "not of this PC's region, or without a password: no sign-in here without the server"),
            Err(error) => tracing::warn!(%error, "a sign-in was not noted"),
        }
    }

    async fn note_sign_in(&self, taken: PasswordTaken, verifier: String) -> Result<bool, StoreError> {
        let now = self.agent.clock.now();
        self.agent
            .store
            .write(move |db| {
                let Some(name) = note_sign_in(db, taken, &verifier, now)? else { return Ok(false) };
                forget_tries(db, &hash_of(&name))?;
                Ok(true)
            })
            .await
    }

    /// Signs a person in without the server, in place of the browser's previous person. Its time and its response are the same for every
    /// name, whether this PC knows it or not.
    pub async fn sign_in(&self, request: &HttpRequest, username: &str, password: Option<Password>) -> Result<SignIn, StoreError> {
        let Some(password) = password else { return Ok(SignIn::Refused) };
        let Ok(_place) = self.places.try_acquire() else { return Ok(SignIn::Wait(1)) };
        let (name, now) = (account_name(username), self.agent.clock.now());
        let key = hash_of(&name);
        if let Some(until) = self.agent.store.write(move |db| book_try(db, &key, now)).await? {
            return Ok(SignIn::Wait(u64::try_from((until - now).num_seconds()).unwrap_or(0) + 1));
        }
        let known = self.agent.store.read()?.find_credentials(&name)?;
        let trusted =
            known.filter(|known| known.person.active && known.signed_in_at.is_some_and(|at| is_within_trust(at, known.seen, now)));
        let (person, verifier) = trusted.map(|known| (known.person, known.verifier)).unzip();
        let fits = self.fits(password, verifier.flatten()).await;
        let Some(person) = person.filter(|_| fits) else { return Ok(SignIn::Refused) };
        self.sign_out(request).await?;
        let (secret, csrf) = (new_secret(), new_secret());
        let hash = hash_of(&secret);
        let opened = self.agent.store.write(move |db| {
            forget_tries(db, &key)?;
            put_session(db, &hash, person.id, true, &csrf, now)
        });
        opened.await?;
        Ok(SignIn::Done(secret))
    }

    /// Ends a browser's sessions here: its person leaves, or another one comes.
    pub async fn sign_out(&self, request: &HttpRequest) -> Result<(), StoreError> {
        for cookie in [SESSION_COOKIE, PC_COOKIE].iter().filter_map(|name| request.cookie(name)) {
            let hash = hash_of(cookie.value());
            self.words.forget(&hash);
            self.agent.store.write(move |db| end_session(db, &hash)).await?;
        }
        Ok(())
    }

    /// Ends a browser's session at the server as soon as the server is in reach: the browser no longer has the cookie and cannot end it.
    /// Works until this program ends; a session that is open then expires by itself.
    pub fn end_at_server(&self, request: &HttpRequest) {
        let Some(cookie) = request.cookie(SESSION_COOKIE) else { return };
        let Ok(place) = self.endings.clone().try_acquire_owned() else {
            return tracing::warn!("too many sessions wait for their end: one lapses by itself");
        };
        let (upstream, session) = (self.agent.upstream.clone(), format!("{SESSION_COOKIE}={}", cookie.value()));
        actix_web::rt::spawn(async move {
            let _place = place;
            let mut up = upstream.watch();
            while up.wait_for(|up| *up).await.is_ok() {
                let form = upstream.client().post(upstream.url("/logout")).header("Cookie", &session).header("Origin", upstream.server());
                let form = form.header("HX-Request", "true").header("HX-Request-Type", "partial"); // as a script: without a page's token
                let form = form.header("Content-Type", "application/x-www-form-urlencoded").timeout(Duration::from_secs(10));
                match form.send().await {
                    Ok(answer) if is_ours(&answer) && answer.status().as_u16() < 500 => return,
                    Err(error) if error.is_builder() => return, // not a cookie of the server
                    _ => {}
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        });
    }

    async fn hashed(&self, password: Password) -> Option<String> {
        let _turn = self.checks.acquire().await.ok()?;
        let hashing = tokio::task::spawn_blocking(move || passwords::hash(password.reveal().as_bytes()).ok());
        hashing.await.ok().flatten()
    }

    /// Whether a password is the known one. It takes the same time if none is known, and if the password is too long.
    async fn fits(&self, password: Password, verifier: Option<String>) -> bool {
        let Ok(_turn) = self.checks.acquire().await else { return false };
        let checking = tokio::task::spawn_blocking(move || {
            let typed = Some(password.reveal()).filter(|typed| typed.len() <= MAX_BYTES && !typed.is_empty());
            let known = verifier.as_deref().filter(|_| typed.is_some());
            let opens = passwords::matches(typed.unwrap_or_default().as_bytes(), known.unwrap_or(NOBODYS)).unwrap_or(false);
            opens && known.is_some()
        });
        checking.await.unwrap_or(false)
    }
}

/// The cookie of a sign-in here. It ends with the browser.
pub fn pc_cookie(value: String) -> Cookie<'static> {
    Cookie::build(PC_COOKIE, value).path("/").secure(true).http_only(true).same_site(actix_web::cookie::SameSite::Lax).finish()
}

/// Removes a cookie, the agent's or the server's session cookie, from the browser.
pub fn without_cookie(name: &'static str) -> Cookie<'static> {
    let cookie = Cookie::build(name, "").path("/").secure(true).http_only(true).same_site(actix_web::cookie::SameSite::Lax);
    cookie.max_age(Age::ZERO).finish()
}

/// The value of the session cookie that a response sets.
pub fn session_set_by<'a>(cookies: impl Iterator<Item = &'a str>) -> Option<String> {
    let value = cookies.filter_map(|text| Cookie::parse_encoded(text.to_owned()).ok()).find(|cookie| cookie.name() == SESSION_COOKIE)?;
    (!value.value().is_empty()).then(|| value.value().to_owned())
}

fn hash_of(value: &str) -> [u8; 32] {
    Sha256::digest(value).into()
}

/// 256 random bits as text.
fn new_secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

//! Who sits at a browser of this PC. The server says so, on every page that it makes; what it said is kept, so that the same browser may read
//! and enter without it for a while. Whoever signed in through this PC may also sign in here while the server is out of reach.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use actix_web::{HttpRequest, cookie::Cookie};
use argon2::{
    Argon2,
    password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::{
    line::ask,
    run::Agent,
    store::{
        StoreError, Visit,
        people::{TRUSTED_FOR, end_session, note_failure, note_sign_in, put_grant, put_session},
    },
};
use crate::text::account_name;

/// The server's session cookie.
pub const SERVER_COOKIE: &str = "__Host-rainstaff";
/// The cookie of a sign-in here.
pub const PC_COOKIE: &str = "__Host-rainstaff-pc";

/// What a browser showed is written down once in so long.
const NOTED_EVERY: Duration = Duration::from_mins(10);
/// A proof of authorship is renewed when it is this old; it is good for 60 days.
const GRANT_RENEWED_AFTER: TimeDelta = TimeDelta::days(7);

/// Keeps whom the server has named for which browser.
pub struct Desk {
    agent: Arc<Agent>,
    noted: Mutex<HashMap<[u8; 32], (Uuid, Instant)>>,
    /// A check takes 19 MiB: one at a time.
    checks: Semaphore,
}

/// What came of a sign-in here.
#[derive(Debug, PartialEq, Eq)]
pub enum SignIn {
    /// The value of the cookie to set.
    Done(String),
    /// Wrong name or password.
    Wrong,
    /// The account has not signed in through this PC, or too long ago.
    NotKnownHere,
    /// Too many wrong passwords: wait so many seconds.
    Locked(u64),
}

impl Desk {
    /// Nobody is known yet in this run.
    pub fn new(agent: Arc<Agent>) -> Self {
        Self { agent, noted: Mutex::default(), checks: Semaphore::new(1) }
    }

    /// Who sits at the browser: as the server said last of its cookie, else who signed in here.
    pub fn visit(&self, request: &HttpRequest) -> Result<Option<Visit>, StoreError> {
        let reader = self.agent.store.read()?;
        for name in [SERVER_COOKIE, PC_COOKIE] {
            if let Some(cookie) = request.cookie(name)
                && let Some(visit) = reader.find_visit(&hash_of(cookie.value()))?
            {
                return Ok(Some(visit));
            }
        }
        Ok(None)
    }

    /// The server has answered a browser with this session in this person's name. Also sees to it that the person's queue here has a fresh
    /// grant.
    pub fn learn(self: &Arc<Self>, session: Option<&str>, user: Option<&str>) {
        let (Some(session), Some(Ok(user))) = (session, user.map(str::parse::<Uuid>)) else { return };
        let hash = hash_of(session);
        {
            let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
            if noted.get(&hash).is_some_and(|(known, at)| *known == user && at.elapsed() < NOTED_EVERY) {
                return;
            }
            if noted.len() > 1000 {
                noted.clear();
            }
            noted.insert(hash, (user, Instant::now()));
        }
        let (desk, session) = (self.clone(), session.to_owned());
        actix_web::rt::spawn(async move {
            if let Err(error) = desk.note(hash, &session, user).await {
                tracing::warn!(%error, "a browser's person was not noted");
                desk.noted.lock().unwrap_or_else(PoisonError::into_inner).remove(&hash);
            }
        });
    }

    async fn note(&self, hash: [u8; 32], session: &str, user: Uuid) -> Result<(), StoreError> {
        let (now, csrf) = (self.agent.clock.now(), new_secret());
        self.agent.store.write(move |db| put_session(db, &hash, user, false, &csrf, now)).await?;
        let queue = self.agent.store.read()?.find_queue(user)?;
        if let Some(queue) = queue
            && queue.grant_at.is_none_or(|at| now - at > GRANT_RENEWED_AFTER)
        {
            self.fetch_grant(session, user, queue.id).await?;
        }
        Ok(())
    }

    /// Asks the server, in the person's own session, for proof that their queue on this PC is theirs.
    async fn fetch_grant(&self, session: &str, user: Uuid, queue_id: Uuid) -> Result<(), StoreError> {
        match self.ask_as(session, "/api/v1/grant", Some(&json!({ "queue_id": queue_id }))).await {
            Some(body) => {
                let now = self.agent.clock.now();
                let Some(grant) = body["grant"].as_str().map(str::to_owned) else { return Ok(()) };
                self.agent.store.write(move |db| put_grant(db, user, &grant, now)).await
            }
            None => Ok(()), // the next answer of the server is the next chance
        }
    }

    /// Asks the API as a browser with this session would.
    async fn ask_as(&self, session: &str, path: &str, body: Option<&Value>) -> Option<Value> {
        let line = &self.agent.line;
        let request = match body {
            Some(body) => line.client().post(line.url(path)).json(body),
            None => line.client().get(line.url(path)),
        };
        let request =
            request.header("Cookie", format!("{SERVER_COOKIE}={session}")).header("Origin", line.server()).header("X-Sync-Client", "agent");
        ask(request.timeout(Duration::from_secs(10))).await.ok()
    }

    /// The server has taken a password: the person may from now on sign in here, too.
    pub async fn note_password(self: &Arc<Self>, session: &str, password: String) {
        let Some(ping) = self.ask_as(session, "/api/v1/ping", None).await else { return };
        let Some(Ok(user)) = ping["user"]["id"].as_str().map(str::parse::<Uuid>) else { return };
        let verifier = self.hashed(password).await;
        let hash = hash_of(session);
        let noted = async {
            let now = self.agent.clock.now();
            let Some(verifier) = verifier else { return Ok(false) };
            let is_known = self.agent.store.write(move |db| note_sign_in(db, user, &verifier, now)).await?;
            self.note(hash, session, user).await?;
            Ok::<bool, StoreError>(is_known)
        };
        match noted.await {
            Ok(true) => tracing::info!(%user, "signed in through this PC"),
            Ok(false) => tracing::info!(%user, "not of this PC's region: no sign-in here without the server"),
            Err(error) => tracing::warn!(%error, "a sign-in was not noted"),
        }
    }

    /// Signs somebody in without the server.
    pub async fn sign_in(&self, username: &str, password: String) -> Result<SignIn, StoreError> {
        let now = self.agent.clock.now();
        let known = self.agent.store.read()?.find_credentials(&account_name(username))?;
        if let Some(until) = known.as_ref().and_then(|known| known.locked_until).filter(|until| *until > now) {
            return Ok(SignIn::Locked(u64::try_from((until - now).num_seconds()).unwrap_or(0) + 1));
        }
        let trusted = known.filter(|known| known.person.active && known.signed_in_at.is_some_and(|at| now - at < TRUSTED_FOR));
        let Some((person, verifier)) = trusted.and_then(|known| Some((known.person, known.verifier?))) else {
            self.hashed(password).await; // as long as for somebody who is known
            return Ok(SignIn::NotKnownHere);
        };
        if !self.fits(password, verifier).await {
            let user = person.id;
            self.agent.store.write(move |db| note_failure(db, user, now)).await?;
            return Ok(SignIn::Wrong);
        }
        let (secret, csrf) = (new_secret(), new_secret());
        let hash = hash_of(&secret);
        self.agent.store.write(move |db| put_session(db, &hash, person.id, true, &csrf, now)).await?;
        Ok(SignIn::Done(secret))
    }

    /// Ends a browser's sessions here.
    pub async fn sign_out(&self, request: &HttpRequest) -> Result<(), StoreError> {
        for cookie in [SERVER_COOKIE, PC_COOKIE].iter().filter_map(|name| request.cookie(name)) {
            let hash = hash_of(cookie.value());
            self.noted.lock().unwrap_or_else(PoisonError::into_inner).remove(&hash);
            self.agent.store.write(move |db| end_session(db, &hash)).await?;
        }
        Ok(())
    }

    async fn hashed(&self, password: String) -> Option<String> {
        let _turn = self.checks.acquire().await.ok()?;
        let hashing = tokio::task::spawn_blocking(move || {
            let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).ok()?;
            Some(Argon2::default().hash_password(password.as_bytes(), &salt).ok()?.to_string())
        });
        hashing.await.ok().flatten()
    }

    async fn fits(&self, password: String, verifier: String) -> bool {
        let Ok(_turn) = self.checks.acquire().await else { return false };
        let checking = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&verifier).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        });
        checking.await.unwrap_or(false)
    }
}

/// The cookie of a sign-in here. It ends with the browser.
pub fn pc_cookie(value: String) -> Cookie<'static> {
    Cookie::build(PC_COOKIE, value).path("/").secure(true).http_only(true).same_site(actix_web::cookie::SameSite::Lax).finish()
}

/// The value of the session cookie that an answer sets.
pub fn session_set_by<'a>(cookies: impl Iterator<Item = &'a str>) -> Option<String> {
    let value = cookies.filter_map(|text| Cookie::parse(text.to_owned()).ok()).find(|cookie| cookie.name() == SERVER_COOKIE)?;
    (!value.value().is_empty()).then(|| value.value().to_owned())
}

fn hash_of(value: &str) -> [u8; 32] {
    Sha256::digest(value).into()
}

/// 256 random bits as text.
fn new_secret() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())
}

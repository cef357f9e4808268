//! People of the region, as the server names them, and the browsers in which they are signed in.

use chrono::{DateTime, TimeDelta, Utc};
use rusqlite::{Connection, OptionalExtension as _, Row as SqlRow, params};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Reader, StoreError, facts::put_moment, instant, ms};
use crate::{
    ops::Grant,
    wire::{PasswordTaken, device::Person},
};

/// How long after a sign-in through this PC a person may read its copy, and enter data, without the server (SYNC 3.10).
pub const TRUSTED_FOR: TimeDelta = TimeDelta::days(14);
/// A clock that is further than this behind the latest moment has been put back.
const CLOCK_MAY_GO_BACK: TimeDelta = TimeDelta::days(1);

/// Whether a person who signed in through this PC at `signed_in_at` is still trusted without the server. `seen` is the latest moment that
/// this PC's clock has shown: the days are counted up to it, even if the clock is behind it now.
pub fn is_within_trust(signed_in_at: DateTime<Utc>, seen: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    let latest = now.max(signed_in_at).max(seen.unwrap_or(now));
    latest - now <= CLOCK_MAY_GO_BACK && latest - signed_in_at < TRUSTED_FOR
}

/// An account, as the server names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownPerson {
    /// Id of the account.
    pub id: Uuid,
    /// Its name.
    pub username: String,
    /// `user` or `admin`.
    pub role: String,
    /// Whether it may sign in.
    pub active: bool,
    /// Goes up when another person sets its password, or it is disabled.
    pub epoch: i64,
    /// Language of the interface.
    #[serde(default)]
    pub lang: String,
    /// Light or dark.
    #[serde(default)]
    pub theme: String,
}

impl From<Person> for KnownPerson {
    fn from(person: Person) -> Self {
        let Person { id, username, role, active, epoch, lang, theme, .. } = person;
        Self { id, username, role: role.as_str().to_owned(), active, epoch: epoch.into(), lang, theme }
    }
}

/// A person at a browser of this PC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    /// The person.
    pub person: KnownPerson,
    /// The person's queue on this PC.
    pub queue_id: Uuid,
    /// Token that plain form posts carry.
    pub csrf: String,
    /// Whether the session was opened here, while the server was out of reach.
    pub made_here: bool,
    /// When the person last signed in through this PC.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// The latest moment that this PC's clock has shown.
    pub seen: Option<DateTime<Utc>>,
}

impl Visit {
    /// Whether the person may see the PC's copy, and enter data, without the server.
    pub fn is_trusted(&self, now: DateTime<Utc>) -> bool {
        self.person.active && self.signed_in_at.is_some_and(|at| is_within_trust(at, self.seen, now))
    }
}

/// Stores the people whom the server named in a response that was requested at `asked_at`. A person who is not among them any more, is
/// disabled or has a new password has to sign in at the server first. A response requested before a password was accepted here does not
/// cancel that password. A grant of an earlier epoch is due to be replaced; until then it is sent with waiting operations, so that the
/// server finds an expired grant and not a missing one.
pub fn put_people(db: &Connection, people: &[KnownPerson], asked_at: DateTime<Utc>) -> Result<(), StoreError> {
    let mut put = db.prepare_cached(
        "INSERT INTO people (user_id, username, role, active, epoch, lang, theme, queue_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (user_id) DO UPDATE SET username = ?2, role = ?3, active = ?4, lang = ?6, theme = ?7,
             verifier = CASE WHEN ?4 AND (epoch = ?5 OR signed_in_at >= ?9) THEN verifier END,
             signed_in_at = CASE WHEN ?4 AND (epoch = ?5 OR signed_in_at >= ?9) THEN signed_in_at END,
             grant_at = CASE WHEN epoch = ?5 OR (?4 AND signed_in_at >= ?9) THEN grant_at END,
             epoch = CASE WHEN ?4 AND signed_in_at >= ?9 THEN epoch ELSE ?5 END",
    )?;
    for person in people {
        // A name that was given to another account belongs to that account now.
        db.prepare_cached("UPDATE people SET username = user_id WHERE username = ?1 AND user_id <> ?2")?
            .execute(params![person.username, person.id.to_string()])?;
        put.execute(params![
            person.id.to_string(),
            person.username,
            person.role,
            person.active,
            person.epoch,
            person.lang,
            person.theme,
            crate::ids::new_id().to_string(),
            ms(asked_at),
        ])?;
    }
    let named: Vec<String> = people.iter().map(|person| person.id.to_string()).collect();
    db.prepare_cached(
        "UPDATE people SET active = 0, verifier = NULL, signed_in_at = NULL WHERE user_id NOT IN (SELECT value FROM json_each(?1)) AND active",
    )?
    .execute([serde_json::to_string(&named)?])?;
    Ok(())
}

/// Stores a password that the server accepted: whose it is, and how to recognize it. Returns the account's name; `None` if the server has
/// not named the account here. If the account's epoch has changed, its grant is due to be replaced. The server has just accepted the
/// person, so this moment replaces the latest one that the clock had shown.
pub fn note_sign_in(db: &Connection, taken: PasswordTaken, verifier: &str, now: DateTime<Utc>) -> Result<Option<String>, StoreError> {
    put_moment(db, now)?;
    let name = db
        .prepare_cached(
            "UPDATE people SET verifier = ?2, grant_at = CASE WHEN epoch = ?3 THEN grant_at END, epoch = ?3, signed_in_at = ?4
             WHERE user_id = ?1 RETURNING username",
        )?
        .query_row(params![taken.user.to_string(), verifier, taken.epoch, ms(now)], |row| row.get(0))
        .optional()?;
    Ok(name)
}

/// The known password of a person is not valid any more, and their grant is due to be replaced.
pub fn forget_password(db: &Connection, user: Uuid) -> Result<(), StoreError> {
    db.prepare_cached("UPDATE people SET verifier = NULL, grant_at = NULL WHERE user_id = ?1")?.execute([user.to_string()])?;
    Ok(())
}

/// Stores the grant of a person's queue here. One that was requested before a new password and arrives after it is due at once.
pub fn put_grant(db: &Connection, user: Uuid, grant: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let epoch = Grant::claimed_by(grant).map(|claimed| claimed.epoch);
    db.prepare_cached("UPDATE people SET grant_text = ?2, grant_at = CASE WHEN epoch <= ?4 THEN ?3 END WHERE user_id = ?1")?
        .execute(params![user.to_string(), grant, ms(now), epoch])?;
    Ok(())
}

/// The next number of a person's queue here.
pub fn next_number(db: &Connection, user: Uuid) -> Result<i64, StoreError> {
    let next = db
        .prepare_cached("UPDATE people SET last_n = last_n + 1 WHERE user_id = ?1 RETURNING last_n")?
        .query_row([user.to_string()], |row| row.get(0))?;
    Ok(next)
}

/// Stores that a browser's cookie stands for a person.
pub fn put_session(db: &Connection, hash: &[u8], user: Uuid, made_here: bool, csrf: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let old = ms(now - TRUSTED_FOR);
    db.prepare_cached("DELETE FROM sessions WHERE seen_at < ?1")?.execute([old])?;
    db.prepare_cached(
        "INSERT INTO sessions (hash, user_id, made_here, csrf, seen_at, made_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT DO UPDATE SET user_id = ?2, seen_at = ?5",
    )?
    .execute(params![hash, user.to_string(), made_here, csrf, ms(now)])?;
    Ok(())
}

/// A browser's sign-out.
pub fn end_session(db: &Connection, hash: &[u8]) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM sessions WHERE hash = ?1")?.execute([hash])?;
    Ok(())
}

/// What the offline sign-in needs to know of an account.
pub struct Credentials {
    /// The account.
    pub person: KnownPerson,
    /// argon2id of the password; `None` if the person has not signed in through this PC.
    pub verifier: Option<String>,
    /// When the person last signed in through this PC.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// The latest moment that this PC's clock has shown.
    pub seen: Option<DateTime<Utc>>,
}

/// A person's queue on this PC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// Its id.
    pub id: Uuid,
    /// When its grant was given; `None` if there is none, or a new one is due.
    pub grant_at: Option<DateTime<Utc>>,
}

const PERSON: &str = "p.user_id, p.username, p.role, p.active, p.epoch, p.lang, p.theme";

fn person_of(row: &SqlRow<'_>) -> rusqlite::Result<KnownPerson> {
    Ok(KnownPerson {
        id: row.get::<_, String>(0)?.parse().unwrap_or_default(),
        username: row.get(1)?,
        role: row.get(2)?,
        active: row.get(3)?,
        epoch: row.get(4)?,
        lang: row.get(5)?,
        theme: row.get(6)?,
    })
}

impl Reader {
    /// The person at the browser with this cookie.
    pub fn find_visit(&self, hash: &[u8]) -> Result<Option<Visit>, StoreError> {
        let seen = self.latest_moment()?;
        let mut query = self.prepare_cached(&format!(
            "SELECT {PERSON}, p.queue_id, s.csrf, s.made_here, p.signed_in_at FROM sessions s JOIN people p ON p.user_id = s.user_id WHERE s.hash = ?1",
        ))?;
        let visit = query.query_row([hash], |row| {
            Ok(Visit {
                person: person_of(row)?,
                queue_id: row.get::<_, String>(7)?.parse().unwrap_or_default(),
                csrf: row.get(8)?,
                made_here: row.get(9)?,
                signed_in_at: row.get::<_, Option<i64>>(10)?.map(instant),
                seen,
            })
        });
        Ok(visit.optional()?)
    }

    /// An account by its name, for a sign-in without the server.
    pub fn find_credentials(&self, username: &str) -> Result<Option<Credentials>, StoreError> {
        let seen = self.latest_moment()?;
        let mut query = self.prepare_cached(&format!("SELECT {PERSON}, p.verifier, p.signed_in_at FROM people p WHERE p.username = ?1"))?;
        let found = query.query_row([username], |row| {
            let signed_in_at = row.get::<_, Option<i64>>(8)?.map(instant);
            Ok(Credentials { person: person_of(row)?, verifier: row.get(7)?, signed_in_at, seen })
        });
        Ok(found.optional()?)
    }

    /// An account's queue on this PC.
    pub fn find_queue(&self, user: Uuid) -> Result<Option<Queue>, StoreError> {
        let mut query = self.prepare_cached("SELECT queue_id, grant_at FROM people WHERE user_id = ?1")?;
        let found = query.query_row([user.to_string()], |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?))).optional()?;
        Ok(found.and_then(|(queue, at)| Some(Queue { id: queue.parse().ok()?, grant_at: at.map(instant) })))
    }

    /// Whether a queue is one that this PC keeps for a person.
    pub fn is_own_queue(&self, queue: Uuid) -> Result<bool, StoreError> {
        let mut query = self.prepare_cached("SELECT EXISTS (SELECT 1 FROM people WHERE queue_id = ?1)")?;
        Ok(query.query_row([queue.to_string()], |row| row.get(0))?)
    }

    /// All people whom the server has named here, by name.
    pub fn list_people(&self) -> Result<Vec<KnownPerson>, StoreError> {
        let mut query = self.prepare_cached(&format!("SELECT {PERSON} FROM people p ORDER BY p.username"))?;
        let people = query.query_map([], person_of)?.collect::<Result<_, _>>()?;
        Ok(people)
    }
}

//! Transactions outside the regions: accounts and sessions. Each is opened for one capability, and the policies on the `auth` tables
//! show it just what that capability covers.

use std::{fmt::Write as _, net::IpAddr};

use sqlx::{PgConnection, Postgres, Transaction};
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

use super::AS_THE_APPLICATION;
use crate::identity::Admin;

/// What a system transaction may touch.
pub enum Capability<'a> {
    /// One account by name, for checking its password, and the failure counters of that name and address. The name has to be
    /// well-formed ([`Capability::login`]).
    Login(LoginName<'a>, Option<IpAddr>),
    /// One session by the SHA-256 of its key, with its account.
    Session(&'a [u8; 32]),
    /// One personal API key by its SHA-256, with its account; or one device by its token's.
    Token(&'a [u8; 32]),
    /// One one-time code of a device by its hash, with that device and the token it gets; and the failure counter of an address.
    Enrol(&'a [u8; 32], Option<IpAddr>),
    /// The person's own account, sessions and API keys.
    Own(Uuid),
    /// All accounts: administration.
    Users(Option<Uuid>),
    /// The list of regions. The database checks again that this account is an active admin's.
    Regions(&'a Admin),
}

/// A well-formed account name: `[a-z0-9_.-]{3,64}`.
pub struct LoginName<'a>(&'a str);

impl<'a> Capability<'a> {
    /// The capability to sign in as `username`. `None` if no account can have that name.
    pub fn login(username: &'a str, address: Option<IpAddr>) -> Option<Self> {
        let fits = (3..=64).contains(&username.len())
            && username.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'-'));
        fits.then_some(Self::Login(LoginName(username), address))
    }

    pub(super) fn begin_sql(&self) -> String {
        let (mut actor, mut admin, mut login) = (String::new(), "", String::new());
        let (mut address, mut session, mut token) = (String::new(), String::new(), String::new());
        match self {
            Self::Login(name, from) => {
                name.0.clone_into(&mut login);
                address = from.map(|a| a.to_string()).unwrap_or_default();
            }
            Self::Session(hash) => session = hex::encode(hash),
            Self::Token(hash) => token = hex::encode(hash),
            Self::Enrol(hash, from) => {
                token = hex::encode(hash);
                address = from.map(|a| a.to_string()).unwrap_or_default();
            }
            Self::Own(user) => actor = user.to_string(),
            Self::Users(by) => {
                admin = "users";
                actor = by.map(|id| id.to_string()).unwrap_or_default();
            }
            Self::Regions(by) => {
                admin = "regions";
                actor = by.actor().user_id.to_string();
            }
        }
        let mut sql = String::with_capacity(680);
        let _ = write!(
            sql,
            "BEGIN; {AS_THE_APPLICATION}; SET LOCAL app.regions = ''; SET LOCAL app.actor = '{actor}'; SET LOCAL app.admin = '{admin}'; \
             SET LOCAL app.login = '{login}'; SET LOCAL app.login_address = '{address}'; SET LOCAL app.session = '{session}'; \
             SET LOCAL app.token = '{token}'; SET LOCAL app.origin = 'system'; SET LOCAL app.op = ''; SET LOCAL app.ops = ''; SET LOCAL app.client_at = ''; SET LOCAL app.device = ''",
        );
        sql
    }
}

/// A transaction outside the regions.
pub struct SystemTx {
    tx: Transaction<'static, Postgres>,
    /// Released with the transaction.
    _turn: OwnedSemaphorePermit,
}

impl SystemTx {
    pub(super) fn new(tx: Transaction<'static, Postgres>, turn: OwnedSemaphorePermit) -> Self {
        Self { tx, _turn: turn }
    }

    /// The connection, for the `db.rs` of a feature.
    pub(crate) fn conn(&mut self) -> &mut PgConnection {
        &mut self.tx
    }

    /// Makes the changes last.
    pub async fn commit(self) -> Result<(), sqlx::Error> {
        self.tx.commit().await
    }
}

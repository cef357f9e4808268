//! Accounts: those of the first start, and administration. Every change is recorded as an event.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    db::{self, AccountRow},
    sessions::db::{Which, end_sessions},
};
use crate::{
    clock::Clock,
    db::{Capability, Db, SystemTx, create_regions, violated_constraint},
    error::AppError,
    events::{self, EventKind, NewEvent},
    identity::{Admin, FIRST_OFFICES, Region, Role},
    ids::new_id,
    passwords::{Hasher, Password, PasswordFault, Turn, check_new, random_password},
    state::AppState,
};

/// Name of the first administrator.
pub const FIRST_ADMIN: &str = "admin";

/// Password of all accounts of `dev`, which listens on loopback only and shows it on its sign-in page.
pub const DEMO_PASSWORD: &str = "rainstaff-demo";

/// How long a temporary password is valid.
pub const TEMPORARY_FOR: TimeDelta = TimeDelta::hours(72);

/// What the start found.
#[derive(Debug)]
pub enum FirstStart {
    /// There are accounts already; nothing was done.
    NotFirst,
    /// Offices and accounts were made, `admin` with the password that was given.
    Created,
    /// Offices and accounts were made, `admin` with this random password, to be shown once and changed at first sign-in.
    CreatedWithRandom(Password),
}

/// Why an account could not be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The name does not fit.
    #[error("a user name has 3 to 64 characters of a-z, 0-9, dot, hyphen and underscore")]
    BadName,
    /// The name is taken.
    #[error("there is an account {0} already")]
    NameTaken(String),
    /// There is no such account.
    #[error("there is no account {0}")]
    NoSuchUser(String),
    /// There is no such office.
    #[error("there is no region {0}")]
    NoSuchRegion(String),
    /// An ordinary account needs a region.
    #[error("an account needs at least one region, unless it is an admin's")]
    NoRegion,
    /// An admin has all regions anyway.
    #[error("an admin has all regions; do not name any")]
    RegionOfAdmin,
    /// The company would be left without an admin who can sign in.
    #[error("{0} is the last admin who can sign in")]
    LastAdmin(String),
    /// An admin may not lock themselves out.
    #[error("nobody disables their own account or takes their own role away; another admin can")]
    OwnAccount,
    /// The caller is no longer an administrator, or their session has ended.
    #[error("only an administrator may do this")]
    NotAdmin,
    /// The form that made this account was sent a second time.
    #[error("this account was made already")]
    MadeAlready,
    /// The new password is refused.
    #[error("{0}")]
    Password(#[from] PasswordFault),
    /// The password could not be hashed now.
    #[error("{0}")]
    Hash(AppError),
    /// The database refused or was out of reach.
    #[error("database: {0}")]
    Database(#[from] sqlx::Error),
}

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Its name.
    pub username: String,
    /// What it may do.
    pub role: Role,
    /// Codes of its regions; none for an admin.
    pub regions: Vec<String>,
}

/// State of an account's password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordState {
    /// None set yet: the account cannot sign in.
    Missing,
    /// Good for one sign-in before this moment, at which it has to be changed.
    Temporary(DateTime<Utc>),
    /// A temporary one that has lapsed, or was used and not changed: the account cannot sign in until it gets another.
    Ended,
    /// Chosen by the person.
    Own,
}

/// An account in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserSummary {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub username: String,
    /// What it may do.
    pub role: Role,
    /// Codes of its regions; none for an admin, who has all.
    pub regions: Vec<String>,
    /// Whether it may sign in.
    pub active: bool,
    /// State of its password.
    pub password: PasswordState,
}

/// Makes the offices and the five accounts when there is no account at all. The offices' accounts get no password: the admin gives each
/// a temporary one. Several servers may start at once; one of them does it.
pub async fn ensure_first_accounts(
    db: &Db,
    hasher: &Hasher,
    clock: &Clock,
    owner_url: &str,
    admin_password: Option<Password>,
) -> Result<FirstStart, AccountError> {
    let mut tx = db.system(&Capability::Users(None)).await?;
    if db::has_accounts(&mut tx).await? {
        return Ok(FirstStart::NotFirst);
    }
    drop(tx);
    let offices: Vec<(&str, &str)> = FIRST_OFFICES.iter().map(|office| (office.code, office.name)).collect();
    create_regions(owner_url, &offices).await?;
    let is_random = admin_password.is_none();
    let password = admin_password.unwrap_or_else(random_password);
    check_new(&password, FIRST_ADMIN, None)?;
    let phc = hasher.hash(Turn::of_account(FIRST_ADMIN), password.clone()).await.map_err(AccountError::Hash)?;

    let mut tx = db.system(&Capability::Users(None)).await?;
    db::lock_first_start(&mut tx).await?;
    if db::has_accounts(&mut tx).await? {
        return Ok(FirstStart::NotFirst);
    }
    let admin = new_id();
    db::create_account(&mut tx, admin, FIRST_ADMIN, Role::Admin.as_str(), &[]).await?;
    db::store_password(&mut tx, admin, &phc, is_random, clock.now()).await?;
    for office in &FIRST_OFFICES {
        db::create_account(&mut tx, new_id(), office.username, Role::User.as_str(), &[office.code.to_owned()]).await?;
    }
    tx.commit().await?;

    let made = [(Region::company(), FIRST_ADMIN)].into_iter();
    let made = made.chain(FIRST_OFFICES.iter().filter_map(|o| Some((Region::parse(o.code).ok()?, o.username))));
    for (region, username) in made {
        record(db, clock, None, region, EventKind::UserAdded, username).await?;
    }
    Ok(if is_random { FirstStart::CreatedWithRandom(password) } else { FirstStart::Created })
}

/// For `dev`: sets [`DEMO_PASSWORD`] for those of the first five accounts that have no password, or one that is still to be changed. A
/// password that a person chose stays. Returns how many accounts got it.
pub async fn create_demo_passwords(db: &Db, hasher: &Hasher, clock: &Clock) -> Result<usize, AccountError> {
    let mut tx = db.system(&Capability::Users(None)).await?;
    let names = db::list_first_accounts_without_own_password(&mut tx).await?;
    drop(tx);
    for username in &names {
        store_new_password(db, hasher, clock, None, username, Password::new(DEMO_PASSWORD), false).await?;
    }
    Ok(names.len())
}

/// Makes an account. It cannot sign in before [`set_password`].
pub async fn add_user(db: &Db, clock: &Clock, by: Option<&Admin>, new: &NewUser) -> Result<Uuid, AccountError> {
    let id = new_id();
    create_user(db, clock, by, id, new, None).await?;
    Ok(id)
}

/// Makes an account under this id, with a temporary password: good for one sign-in, at which it has to be changed.
pub async fn add_user_with_password(state: &AppState, by: &Admin, id: Uuid, new: &NewUser, password: Password) -> Result<(), AccountError> {
    check_new(&password, &new.username, None)?;
    let phc = state.hasher.hash(Turn::of_account(&new.username), password).await.map_err(AccountError::Hash)?;
    create_user(&state.db, &state.clock, Some(by), id, new, Some(&phc)).await
}

async fn create_user(
    db: &Db,
    clock: &Clock,
    by: Option<&Admin>,
    id: Uuid,
    new: &NewUser,
    temporary: Option<&str>,
) -> Result<(), AccountError> {
    if Capability::login(&new.username, None).is_none() {
        return Err(AccountError::BadName);
    }
    let regions = fitting_regions(new.role, &new.regions)?;
    let mut tx = open(db, by).await?;
    if let Some(unknown) = db::list_unknown_offices(&mut tx, &regions).await?.into_iter().next() {
        return Err(AccountError::NoSuchRegion(unknown));
    }
    db::create_account(&mut tx, id, &new.username, new.role.as_str(), &regions).await.map_err(|e| match violated_constraint(&e) {
        Some("users_username_key") => AccountError::NameTaken(new.username.clone()),
        Some("users_pkey") => AccountError::MadeAlready,
        _ => e.into(),
    })?;
    if let Some(phc) = temporary {
        db::store_password(&mut tx, id, phc, true, clock.now()).await?;
    }
    tx.commit().await?;
    let region = regions.first().and_then(|code| Region::parse(code).ok()).unwrap_or_else(Region::company);
    record(db, clock, by, region.clone(), EventKind::UserAdded, &new.username).await?;
    if temporary.is_some() {
        record(db, clock, by, region, EventKind::PasswordSet, &new.username).await?;
    }
    Ok(())
}

/// The regions in order, each once: at least one for a user, none for an admin.
fn fitting_regions(role: Role, regions: &[String]) -> Result<Vec<String>, AccountError> {
    match (role, regions.is_empty()) {
        (Role::User, true) => return Err(AccountError::NoRegion),
        (Role::Admin, false) => return Err(AccountError::RegionOfAdmin),
        _ => {}
    }
    let mut regions = regions.to_vec();
    regions.sort();
    regions.dedup();
    Ok(regions)
}

/// Gives an account a password; ends its sessions, its API keys and the waits after failed sign-ins. With `must_change` it is good for one
/// sign-in within [`TEMPORARY_FOR`], at which it has to be changed.
pub async fn set_password(
    db: &Db,
    hasher: &Hasher,
    clock: &Clock,
    by: Option<&Admin>,
    username: &str,
    password: Password,
    must_change: bool,
) -> Result<(), AccountError> {
    check_new(&password, username, None)?;
    store_new_password(db, hasher, clock, by, username, password, must_change).await
}

async fn store_new_password(
    db: &Db,
    hasher: &Hasher,
    clock: &Clock,
    by: Option<&Admin>,
    username: &str,
    password: Password,
    must_change: bool,
) -> Result<(), AccountError> {
    let phc = hasher.hash(Turn::of_account(username), password).await.map_err(AccountError::Hash)?;
    let (mut tx, account) = open_account(db, by, username).await?;
    db::store_password(&mut tx, account.id, &phc, must_change, clock.now()).await?;
    db::delete_counters_of(&mut tx, username).await?;
    db::raise_epoch(&mut tx, account.id).await?;
    end_sessions(&mut tx, account.id, Which::All, clock.now()).await?;
    db::revoke_keys_of(&mut tx, account.id, clock.now()).await?;
    tx.commit().await?;
    record(db, clock, by, first_region(&account), EventKind::PasswordSet, username).await
}

/// Ends an account's sessions and API keys and lets it sign in no more. What it has written stays.
pub async fn disable_user(db: &Db, clock: &Clock, by: Option<&Admin>, username: &str) -> Result<(), AccountError> {
    let (mut tx, account) = open_account(db, by, username).await?;
    if by.is_some_and(|admin| admin.actor().user_id == account.id) {
        return Err(AccountError::OwnAccount);
    }
    if db::list_usable_admins(&mut tx, clock.now()).await? == [account.id] {
        return Err(AccountError::LastAdmin(username.to_owned()));
    }
    db::store_active(&mut tx, account.id, false).await?;
    db::raise_epoch(&mut tx, account.id).await?;
    end_sessions(&mut tx, account.id, Which::All, clock.now()).await?;
    db::revoke_keys_of(&mut tx, account.id, clock.now()).await?;
    tx.commit().await?;
    record(db, clock, by, first_region(&account), EventKind::UserDisabled, username).await
}

/// Lets a disabled account sign in again, with the password it had. Its API keys have ended for good.
pub async fn enable_user(db: &Db, clock: &Clock, by: Option<&Admin>, username: &str) -> Result<(), AccountError> {
    let (mut tx, account) = open_account(db, by, username).await?;
    db::store_active(&mut tx, account.id, true).await?;
    tx.commit().await?;
    record(db, clock, by, first_region(&account), EventKind::UserEnabled, username).await
}

/// Gives an account another role or other regions. Regions apply from its next request on; another role ends its sessions, so that no
/// open page keeps the old rights.
pub async fn change_rights(
    db: &Db,
    clock: &Clock,
    by: &Admin,
    user: &UserSummary,
    role: Role,
    regions: &[String],
) -> Result<(), AccountError> {
    let regions = fitting_regions(role, regions)?;
    let (mut tx, account) = open_account(db, Some(by), &user.username).await?;
    let was =
        UserRights { role: Role::parse(&account.role).unwrap_or(Role::User), regions: db::list_regions_of(&mut tx, account.id).await? };
    let new: Vec<String> = regions.iter().filter(|code| !was.regions.contains(code)).cloned().collect();
    if let Some(unknown) = db::list_unknown_offices(&mut tx, &new).await?.into_iter().next() {
        return Err(AccountError::NoSuchRegion(unknown));
    }
    if role != was.role {
        if account.id == by.actor().user_id {
            return Err(AccountError::OwnAccount);
        }
        if db::list_usable_admins(&mut tx, clock.now()).await? == [account.id] {
            return Err(AccountError::LastAdmin(user.username.clone()));
        }
        db::raise_epoch(&mut tx, account.id).await?;
        end_sessions(&mut tx, account.id, Which::All, clock.now()).await?;
    }
    db::store_rights(&mut tx, account.id, role.as_str(), &regions).await?;
    let names = (db::list_region_names(&mut tx, &was.regions).await?, db::list_region_names(&mut tx, &regions).await?);
    tx.commit().await?;
    let event = |kind| NewEvent::new(kind).by(Some(by.actor())).from(by.visitor()).with("account", user.username.as_str());
    let region = first_region(&account);
    if role != was.role {
        let event = event(EventKind::RoleChanged).with("before", was.role.as_str()).with("after", role.as_str());
        events::record(db, region.clone(), &event, clock).await?;
    }
    if regions != was.regions {
        let event = event(EventKind::RegionsChanged).with("before", names.0.join(", ")).with("after", names.1.join(", "));
        events::record(db, region, &event, clock).await?;
    }
    Ok(())
}

/// What an account may do, and where.
struct UserRights {
    role: Role,
    regions: Vec<String>,
}

/// An account by its id.
pub async fn find_user(db: &Db, clock: &Clock, by: &Admin, id: Uuid) -> Result<Option<UserSummary>, AccountError> {
    Ok(list_users(db, clock, Some(by)).await?.into_iter().find(|user| user.id == id))
}

/// All accounts, by name.
pub async fn list_users(db: &Db, clock: &Clock, by: Option<&Admin>) -> Result<Vec<UserSummary>, AccountError> {
    let now = clock.now();
    let mut tx = db.system(&Capability::Users(by.map(|a| a.actor().user_id))).await?;
    let rows = db::list_accounts(&mut tx).await?;
    let summary = |row: db::ListedRow| UserSummary {
        id: row.id,
        username: row.username,
        role: Role::parse(&row.role).unwrap_or(Role::User),
        regions: row.regions,
        active: row.active,
        password: match (row.has_password, row.must_change) {
            (false, _) => PasswordState::Missing,
            (true, true) => match row.changed_at.map(|at| at + TEMPORARY_FOR).filter(|until| now < *until && !row.is_used) {
                Some(until) => PasswordState::Temporary(until),
                None => PasswordState::Ended,
            },
            (true, false) => PasswordState::Own,
        },
    };
    Ok(rows.into_iter().map(summary).collect())
}

/// A transaction for changing accounts, under a lock: what it reads stays true until it ends. Checks the admin `by` again, since hashing a
/// password may have taken time after the request was let in.
async fn open(db: &Db, by: Option<&Admin>) -> Result<SystemTx, AccountError> {
    let mut tx = db.system(&Capability::Users(by.map(|a| a.actor().user_id))).await?;
    db::lock_administration(&mut tx).await?;
    if let Some(admin) = by
        && !db::administers_in(&mut tx, admin.actor().user_id, admin.actor().session_id).await?
    {
        return Err(AccountError::NotAdmin);
    }
    Ok(tx)
}

/// The same with a lock on one account: until the transaction ends, not even its owner can change it.
async fn open_account(db: &Db, by: Option<&Admin>, username: &str) -> Result<(SystemTx, AccountRow), AccountError> {
    let mut tx = open(db, by).await?;
    let unknown = || AccountError::NoSuchUser(username.to_owned());
    let id = db::find_account(&mut tx, username).await?.ok_or_else(unknown)?.id;
    db::lock_account(&mut tx, id).await?;
    let account = db::find_account(&mut tx, username).await?.ok_or_else(unknown)?;
    Ok((tx, account))
}

async fn record(db: &Db, clock: &Clock, by: Option<&Admin>, region: Region, kind: EventKind, username: &str) -> Result<(), AccountError> {
    let event = NewEvent::new(kind).by(by.map(Admin::actor)).with("account", username);
    let event = by.map_or(event.clone(), |admin| event.from(admin.visitor()));
    Ok(events::record(db, region, &event, clock).await?)
}

fn first_region(account: &AccountRow) -> Region {
    super::sign_in::region_of_account(account)
}

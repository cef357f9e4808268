//! Events: actions that change no business data, such as sign-ins, failures and administration. Changes of data have their own log
//! (`app.change_log`).

mod db;
mod words;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    clock::Clock,
    db::{Db, Scope},
    identity::{Actor, Region, Visitor},
    ops::Origin,
};

pub use db::{EventRow, list_events_of_account, record_event};
pub use words::{EventView, event_in_words, is_failure, latest_sign_ins, name_of_event, region_in_words, role_in_words, time_of_day};

/// Kind of event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A person signed in.
    SignIn,
    /// A wrong password, or an account that may not sign in.
    SignInFailed,
    /// Failures have started a wait during which attempts are refused.
    SignInThrottled,
    /// A person signed out.
    SignOut,
    /// A person chose a new password.
    PasswordChanged,
    /// An administrator set an account's password.
    PasswordSet,
    /// An account was created.
    UserAdded,
    /// An account may no longer sign in.
    UserDisabled,
    /// A disabled account may sign in again.
    UserEnabled,
    /// An account got another role.
    RoleChanged,
    /// An account got other regions.
    RegionsChanged,
    /// Sessions of an account were ended, by its owner elsewhere or by an administrator.
    SessionsEnded,
    /// A region was added.
    RegionAdded,
    /// A region got another name.
    RegionRenamed,
    /// A region was closed: it accepts no entries.
    RegionClosed,
    /// A closed region accepts entries again.
    RegionOpened,
    /// A desktop database was imported.
    LegacyImported,
    /// A person created an API key.
    TokenMade,
    /// A person revoked an API key.
    TokenRevoked,
    /// Data left the system as a file.
    Exported,
    /// A person viewed another person's full identity number.
    IdentityNoRevealed,
    /// An admin began to view the region as its clerk does.
    RegionViewStarted,
    /// The admin ended that view.
    RegionViewEnded,
    /// A browser's queue disappeared with operations in it.
    QueueVanished,
    /// Operations of a browser's queue never arrived.
    QueueHole,
    /// A browser with waiting operations has not contacted the server for a day.
    QueueSilent,
    /// An admin has acknowledged an alarm about a queue.
    QueueAlarmSeen,
    /// A browser deposited something that the server could not read.
    Quarantined,
    /// A person or a PC reached the daily limit of operations from queues.
    VolumeReached,
    /// An operation was delivered under a person's name without that person's grant.
    GrantRefused,
    /// An administrator accepted a held operation, and it was applied in its author's name.
    HeldAccepted,
    /// A PC of an office was added.
    DeviceAdded,
    /// A PC was renamed.
    DeviceRenamed,
    /// A one-time code was created for a PC.
    DeviceCodeMade,
    /// An unknown, used or lapsed one-time code was sent.
    DeviceCodeRefused,
    /// A PC redeemed its code.
    DeviceEnrolled,
    /// A PC switched to its next token.
    DeviceRotated,
    /// A PC was revoked.
    DeviceRevoked,
    /// A PC with waiting operations has not contacted the server for a day.
    DeviceSilent,
    /// A PC reported a problem with its files or its disk.
    DeviceTrouble,
    /// An admin has acknowledged an alarm about a PC.
    DeviceAlarmSeen,
}

impl EventKind {
    /// All kinds.
    pub const ALL: [Self; 41] = [
        Self::SignIn,
        Self::SignInFailed,
        Self::SignInThrottled,
        Self::SignOut,
        Self::PasswordChanged,
        Self::PasswordSet,
        Self::UserAdded,
        Self::UserDisabled,
        Self::UserEnabled,
        Self::RoleChanged,
        Self::RegionsChanged,
        Self::SessionsEnded,
        Self::RegionAdded,
        Self::RegionRenamed,
        Self::RegionClosed,
        Self::RegionOpened,
        Self::LegacyImported,
        Self::TokenMade,
        Self::TokenRevoked,
        Self::Exported,
        Self::IdentityNoRevealed,
        Self::RegionViewStarted,
        Self::RegionViewEnded,
        Self::QueueVanished,
        Self::QueueHole,
        Self::QueueSilent,
        Self::QueueAlarmSeen,
        Self::Quarantined,
        Self::VolumeReached,
        Self::GrantRefused,
        Self::HeldAccepted,
        Self::DeviceAdded,
        Self::DeviceRenamed,
        Self::DeviceCodeMade,
        Self::DeviceCodeRefused,
        Self::DeviceEnrolled,
        Self::DeviceRotated,
        Self::DeviceRevoked,
        Self::DeviceSilent,
        Self::DeviceTrouble,
        Self::DeviceAlarmSeen,
    ];

    /// The value in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignInFailed => "sign_in_failed",
            Self::SignInThrottled => "sign_in_throttled",
            Self::SignOut => "sign_out",
            Self::PasswordChanged => "password_changed",
            Self::PasswordSet => "password_set",
            Self::UserAdded => "user_added",
            Self::UserDisabled => "user_disabled",
            Self::UserEnabled => "user_enabled",
            Self::RoleChanged => "role_changed",
            Self::RegionsChanged => "regions_changed",
            Self::SessionsEnded => "sessions_ended",
            Self::RegionAdded => "region_added",
            Self::RegionRenamed => "region_renamed",
            Self::RegionClosed => "region_closed",
            Self::RegionOpened => "region_opened",
            Self::LegacyImported => "legacy_imported",
            Self::TokenMade => "token_made",
            Self::TokenRevoked => "token_revoked",
            Self::Exported => "exported",
            Self::IdentityNoRevealed => "identity_no_revealed",
            Self::RegionViewStarted => "region_view_started",
            Self::RegionViewEnded => "region_view_ended",
            Self::QueueVanished => "queue_vanished",
            Self::QueueHole => "queue_hole",
            Self::QueueSilent => "queue_silent",
            Self::QueueAlarmSeen => "queue_alarm_seen",
            Self::Quarantined => "quarantined",
            Self::VolumeReached => "volume_reached",
            Self::GrantRefused => "grant_refused",
            Self::HeldAccepted => "held_accepted",
            Self::DeviceAdded => "device_added",
            Self::DeviceRenamed => "device_renamed",
            Self::DeviceCodeMade => "device_code_made",
            Self::DeviceCodeRefused => "device_code_refused",
            Self::DeviceEnrolled => "device_enrolled",
            Self::DeviceRotated => "device_rotated",
            Self::DeviceRevoked => "device_revoked",
            Self::DeviceSilent => "device_silent",
            Self::DeviceTrouble => "device_trouble",
            Self::DeviceAlarmSeen => "device_alarm_seen",
        }
    }

    /// Reads the table's value. `None` for an event of a newer version of the program.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// An event to record.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Kind of event.
    pub kind: EventKind,
    /// The person; `None` for the server, the command line and people who are not signed in.
    pub actor: Option<Uuid>,
    /// Name of the account. Typed text only if it is an account's name: it may be a password.
    pub username: Option<String>,
    /// Address and browser of the client.
    pub visitor: Visitor,
    /// Further details, by name.
    pub detail: Map<String, Value>,
}

impl NewEvent {
    /// An event without a person.
    pub fn new(kind: EventKind) -> Self {
        Self { kind, actor: None, username: None, visitor: Visitor::default(), detail: Map::new() }
    }

    /// Sets the person, if any.
    #[must_use]
    pub fn by(mut self, actor: Option<&Actor>) -> Self {
        self.actor = actor.map(|a| a.user_id);
        self.username = actor.map(|a| a.username.clone());
        self
    }

    /// Sets the account.
    #[must_use]
    pub fn by_account(mut self, id: Option<Uuid>, username: &str) -> Self {
        self.actor = id;
        self.username = Some(username.to_owned());
        self
    }

    /// Sets address and browser of the client.
    #[must_use]
    pub fn from(mut self, visitor: &Visitor) -> Self {
        self.visitor = visitor.clone();
        self
    }

    /// Adds a detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }
}

/// Records an event of a region in its own transaction.
pub async fn record(db: &Db, region: Region, event: &NewEvent, clock: &Clock) -> Result<(), sqlx::Error> {
    let scope = Scope::system(region.clone(), event.actor, Origin::System);
    let mut tx = db.write(&scope).await?;
    record_event(&mut tx, &region, event, clock.now()).await?;
    tx.commit().await
}

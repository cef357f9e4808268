//! What people did besides changing data: sign-ins, failures, administration. Changes of data log themselves (`app.change_log`).

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

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// Somebody signed in.
    SignIn,
    /// A wrong password, or an account that may not sign in.
    SignInFailed,
    /// Failures have begun a time in which no attempt is looked at.
    SignInThrottled,
    /// Somebody signed out.
    SignOut,
    /// A person chose a new password.
    PasswordChanged,
    /// An administrator gave an account a password.
    PasswordSet,
    /// An account was made.
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
    /// A region takes no entries any more.
    RegionClosed,
    /// A closed region takes entries again.
    RegionOpened,
    /// A desktop database was taken over.
    LegacyImported,
    /// A person made an API key.
    TokenMade,
    /// A person ended an API key.
    TokenRevoked,
    /// Data left the system as a file.
    Exported,
    /// Somebody had a person's whole identity number shown.
    IdentityNoRevealed,
    /// An admin began to look at the region as its clerk would.
    RegionViewStarted,
    /// The admin stopped looking.
    RegionViewEnded,
    /// A browser's queue is gone, with work in it.
    QueueVanished,
    /// Operations of a browser's queue never arrived.
    QueueHole,
    /// A browser with work has not been heard of for a day.
    QueueSilent,
    /// An admin has seen an alarm about a queue.
    QueueAlarmSeen,
    /// A browser deposited what the server could not read.
    Quarantined,
    /// Somebody, or a PC, reached the limit of what may come out of queues in a day.
    VolumeReached,
    /// Somebody delivered an operation under a name without that person's grant.
    GrantRefused,
    /// An administrator answered for an operation that was held, and it was done in its author's name.
    HeldAccepted,
    /// A PC of an office was added.
    DeviceAdded,
    /// A PC got another name.
    DeviceRenamed,
    /// A one-time code was made for a PC.
    DeviceCodeMade,
    /// A one-time code was shown that is unknown, used or lapsed.
    DeviceCodeRefused,
    /// A PC redeemed its code.
    DeviceEnrolled,
    /// A PC went over to its next token.
    DeviceRotated,
    /// A PC was revoked.
    DeviceRevoked,
    /// A PC with work has not been heard of for a day.
    DeviceSilent,
    /// A PC told of something wrong with its files or its disk.
    DeviceTrouble,
    /// An admin has seen an alarm about a PC.
    DeviceAlarmSeen,
}

impl EventKind {
    /// Every kind there is.
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

    /// The word in the table.
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

    /// Reads the word back. None for an event of a newer version of the program.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// An event about to be recorded.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// What happened.
    pub kind: EventKind,
    /// Who did it; none for the server, the command line and people who are not signed in.
    pub actor: Option<Uuid>,
    /// Name of the account that did it. Never what somebody typed, unless it is an account: it may be a password.
    pub username: Option<String>,
    /// From where.
    pub visitor: Visitor,
    /// More, by name.
    pub detail: Map<String, Value>,
}

impl NewEvent {
    /// An event of nobody in particular.
    pub fn new(kind: EventKind) -> Self {
        Self { kind, actor: None, username: None, visitor: Visitor::default(), detail: Map::new() }
    }

    /// Done by this person, if any.
    #[must_use]
    pub fn by(mut self, actor: Option<&Actor>) -> Self {
        self.actor = actor.map(|a| a.user_id);
        self.username = actor.map(|a| a.username.clone());
        self
    }

    /// Done by this account.
    #[must_use]
    pub fn by_account(mut self, id: Option<Uuid>, username: &str) -> Self {
        self.actor = id;
        self.username = Some(username.to_owned());
        self
    }

    /// From there.
    #[must_use]
    pub fn from(mut self, visitor: &Visitor) -> Self {
        self.visitor = visitor.clone();
        self
    }

    /// With one more detail.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }
}

/// Records an event of a region in a transaction of its own.
pub async fn record(db: &Db, region: Region, event: &NewEvent, clock: &Clock) -> Result<(), sqlx::Error> {
    let scope = Scope::system(region.clone(), event.actor, Origin::System);
    let mut tx = db.write(&scope).await?;
    record_event(&mut tx, &region, event, clock.now()).await?;
    tx.commit().await
}

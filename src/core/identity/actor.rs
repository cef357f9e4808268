//! The person on whose behalf a request is made.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Region;

/// An account's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Works in one or more regions.
    User,
    /// Sees and administers all regions.
    Admin,
    /// An admin who looks at one region as its clerk would ("Bölge gözüyle bak"). No account has this role, only a session, for a limited
    /// time. A viewer sees what a clerk of that region sees, and writes nothing.
    Viewer,
}

impl Role {
    /// The word in the table and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User | Self::Viewer => "user",
            Self::Admin => "admin",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "user" => Some(Self::User),
            "admin" => Some(Self::Admin),
            _ => None,
        }
    }
}

/// A signed-in person, as read from the database for this request: changed rights apply at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// Id of the account.
    pub user_id: Uuid,
    /// Name of the account.
    pub username: String,
    /// The account's role.
    pub role: Role,
    /// Regions the person works in, by code; every office for an admin. Closed regions are among them.
    pub regions: Vec<Region>,
    /// `tr` or `en`.
    pub lang: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// The password has to be changed before anything else.
    pub must_change: bool,
    /// Id of the session (not its key).
    pub session_id: Uuid,
    /// Token that plain form posts of this session carry.
    pub csrf: String,
}

impl Actor {
    /// The program itself, for rows that it writes without a signed-in person (`Origin::System`): an administrator of these regions.
    pub fn of_program(id: Uuid, regions: Vec<Region>) -> Self {
        Self {
            user_id: id,
            username: "rainstaff".into(),
            role: Role::Admin,
            regions,
            lang: "tr".into(),
            theme: "auto".into(),
            must_change: false,
            session_id: id,
            csrf: String::new(),
        }
    }

    /// Whether the person administers the company.
    pub fn is_admin(&self) -> bool {
        self.role == Role::Admin
    }

    /// Whether the actor is an admin who looks at one region as its clerk would, and may write nothing.
    pub fn is_viewing(&self) -> bool {
        self.role == Role::Viewer
    }

    /// Whether the person may act on rows of `region`.
    pub fn may_act_on(&self, region: &Region) -> bool {
        self.regions.contains(region)
    }
}

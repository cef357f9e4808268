//! The envelope of an operation and of the server's answer (SYNC 3.2, 3.4). Shapes are pinned by `tests/golden/ops/`.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{complaint::FieldError, identity::Region};

/// Field name to change. Names and value forms are those of the HTML forms: dates `YYYY-MM-DD`, times `HH:MM`, whole numbers, booleans, strings.
pub type Fields = BTreeMap<String, Change>;

/// Field name to value: one row as clients see it.
pub type Row = BTreeMap<String, Value>;

/// What is done to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A new row with the id the client chose.
    Create,
    /// Some fields get other values.
    Update,
    /// The row goes to the bin (a tombstone).
    Delete,
    /// The row comes back from the bin.
    Restore,
    /// A named command; none exists yet, so it is held until a server knows it.
    Command,
}

impl Kind {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Command => "command",
        }
    }
}

/// One field's change: what the author saw, and what they want.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// The value on the author's screen; null for a new row.
    #[serde(default)]
    pub from: Value,
    /// The value wanted.
    pub to: Value,
}

/// Where an operation entered the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A form, with the server in reach.
    Web,
    /// A browser's queue.
    Offline,
    /// An office PC's agent.
    Agent,
    /// A takeover or a file.
    Import,
    /// The desktop program's own protocol.
    Legacy,
    /// The server itself.
    System,
}

impl Origin {
    /// The word in the logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Offline => "offline",
            Self::Agent => "agent",
            Self::Import => "import",
            Self::Legacy => "legacy",
            Self::System => "system",
        }
    }
}

/// One operation. `op_id` is made at the first submit attempt and kept on every retry: it is what makes a replay harmless.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Op {
    /// Version of the envelope; 1.
    pub v: u16,
    /// UUIDv7 of this operation.
    pub op_id: Uuid,
    /// The queue it was put into (a browser's, an agent's, an import file's).
    pub queue_id: Uuid,
    /// Its place in that queue: 1, 2, 3 ... without holes. 0 for a form posted directly.
    pub n: i64,
    /// The user who entered it.
    pub actor: Uuid,
    /// Proof that `actor` really was signed in at that browser, for a carrier who is somebody else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
    /// Build of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// What is done.
    pub kind: Kind,
    /// Which kind of row; an operation on one that the server does not know is held.
    #[cfg_attr(feature = "openapi", schema(example = "employee"))]
    pub entity: String,
    /// Id of the row.
    pub id: Uuid,
    /// The region the row belongs to.
    pub region: Region,
    /// `version` of the row on the author's screen; none for a new row.
    #[serde(default)]
    pub base_version: Option<i64>,
    /// The changes, for `create` and `update`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = super::schema::AnyFields))]
    pub fields: Fields,
    /// Name of a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Arguments of a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args: Option<Value>,
    /// Operations that have to be applied before this one.
    #[serde(default)]
    pub after: Vec<Uuid>,
    /// When the author pressed save, by their clock; 1990 to 2100, as dates of work are.
    #[serde(deserialize_with = "read_edited_at")]
    pub edited_at: DateTime<Utc>,
    /// Their clock minus the server's, in milliseconds, when last compared.
    #[serde(default)]
    pub offset_ms: i64,
}

/// Who enters operations, into which queue, and when.
#[derive(Debug, Clone, Copy)]
pub struct Author {
    /// The account; the program's own id for what it does by itself.
    pub actor: Uuid,
    /// The queue of what is entered: a session for forms, a batch, a file.
    pub queue_id: Uuid,
    /// When, by the author's clock.
    pub at: DateTime<Utc>,
}

impl Op {
    /// An operation on row `id` that changes no field yet. Its place in the queue is 0.
    pub fn new(author: Author, op_id: Uuid, kind: Kind, entity: &str, id: Uuid, region: Region) -> Self {
        let Author { actor, queue_id, at: edited_at } = author;
        Self {
            v: 1,
            op_id,
            queue_id,
            n: 0,
            actor,
            grant: None,
            app: None,
            kind,
            entity: entity.to_owned(),
            id,
            region,
            base_version: None,
            fields: Fields::new(),
            name: None,
            args: None,
            after: Vec::new(),
            edited_at,
            offset_ms: 0,
        }
    }

    /// With these changes.
    #[must_use]
    pub fn changing(mut self, fields: Fields) -> Self {
        self.fields = fields;
        self
    }

    /// Against this version of the row; none for one that the author has not seen.
    #[must_use]
    pub fn against(mut self, base_version: Option<i64>) -> Self {
        self.base_version = base_version;
        self
    }

    /// At this place of its queue.
    #[must_use]
    pub fn numbered(mut self, n: i64) -> Self {
        self.n = n;
        self
    }

    /// Reads an operation that a client sends. What is stored may have any number: earlier releases took whatever came.
    pub fn sent(value: Value) -> Result<Self, String> {
        let op: Self = serde_json::from_value(value).map_err(|e| e.to_string())?;
        if op.n > HIGHEST_N { Err(format!("n: {HIGHEST_N} at most")) } else { Ok(op) }
    }
}

/// The highest number that an operation can have in its queue: what JavaScript counts to without a gap.
const HIGHEST_N: i64 = (1 << 53) - 1;

/// First instant that an operation's times are kept as.
pub const EARLIEST: DateTime<Utc> = NaiveDateTime::new(first_day_of(1990), NaiveTime::MIN).and_utc();
/// Last one.
pub const LATEST: DateTime<Utc> = NaiveDateTime::new(first_day_of(2101), NaiveTime::MIN).and_utc();

const fn first_day_of(year: i32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, 1, 1) {
        Some(day) => day,
        None => panic!("a first of January"),
    }
}

/// Clocks of PCs are wrong, by years at times, and an entry is not lost for that: an instant that cannot be, or that PostgreSQL or
/// JavaScript would write otherwise than chrono reads it, is drawn to the nearer end of what is kept.
fn read_edited_at<'de, D: Deserializer<'de>>(input: D) -> Result<DateTime<Utc>, D::Error> {
    let text = String::deserialize(input)?;
    match (text.parse::<DateTime<Utc>>(), text.trim_start().chars().next()) {
        (Ok(at), _) => Ok(at.clamp(EARLIEST, LATEST)),
        // JavaScript writes years of more than four digits with a sign.
        (Err(_), Some('+')) => Ok(LATEST),
        (Err(_), Some('-')) => Ok(EARLIEST),
        (Err(error), _) => Err(D::Error::custom(error)),
    }
}

/// An operation's `edited_at` by itself, read as it is read there.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct EditedAt(#[serde(deserialize_with = "read_edited_at")] pub DateTime<Utc>);

/// What a fingerprint is of.
#[derive(Serialize)]
struct Meaning<'a> {
    v: u16,
    kind: Kind,
    entity: &'a str,
    id: Uuid,
    base_version: Option<i64>,
    fields: &'a Fields,
    name: Option<&'a str>,
    args: Option<&'a Value>,
    actor: Uuid,
    region: &'a Region,
}

/// A fingerprint of an operation.
pub type Print = [u8; 32];

/// SHA-256 of the operation's meaning (RFC 8785 JSON): equal for a replay, different when an `op_id` is used for something else.
pub fn fingerprint(op: &Op) -> Print {
    let meaning = Meaning {
        v: op.v,
        kind: op.kind,
        entity: &op.entity,
        id: op.id,
        base_version: op.base_version,
        fields: &op.fields,
        name: op.name.as_deref(),
        args: op.args.as_ref(),
        actor: op.actor,
        region: &op.region,
    };
    // Values that came from JSON always have a canonical form; should one not, its plain text still tells two operations apart.
    let plain = |_| json!(meaning).to_string().into_bytes();
    Sha256::digest(serde_json_canonicalizer::to_vec(&meaning).unwrap_or_else(plain)).into()
}

/// The server's word on an operation. All but `Retry` are final for the sender's queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum VerdictKind {
    /// Done.
    Applied,
    /// Done, and somebody else's change met it: see `conflicts`.
    Merged,
    /// Stored, waiting for something (`reason`).
    Held,
    /// Stored, and refused (`errors`).
    Rejected,
    /// Not stored: keep it and send it again.
    Retry,
}

impl VerdictKind {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Merged => "merged",
            Self::Held => "held",
            Self::Rejected => "rejected",
            Self::Retry => "retry",
        }
    }

    /// Whether the row now holds what the operation asked for, as far as nobody else's later change is in the way.
    pub fn took_effect(self) -> bool {
        matches!(self, Self::Applied | Self::Merged)
    }
}

/// Why an operation is held, rejected or to be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// An operation named in `after` has not arrived.
    WaitingAfter,
    /// An operation named in `after` was refused.
    DepRejected,
    /// The region is closed: it is read, and takes nothing new.
    RegionClosed,
    /// Another row of the region has the same business key.
    NaturalKey,
    /// The author may not do this (any more).
    ForbiddenNow,
    /// Rows of this kind are written by administrators only, and the author is none.
    Forbidden,
    /// The author's grant is missing, expired or revoked.
    GrantRevoked,
    /// The entity, a field or the envelope is newer than this server.
    SchemaUnknown,
    /// The server failed on this operation.
    InternalError,
    /// The values are not acceptable; see `errors`.
    Invalid,
    /// Somebody gave it up; it is kept.
    Discarded,
    /// The `op_id` was used before for something else; this body is kept under a new id.
    OpIdReused,
    /// The row does not exist in this region.
    UnknownEntity,
    /// The person who delivers has no right in that region.
    Carrier,
    /// The database could not take it just now.
    Busy,
}

/// The answer to one operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// Which operation.
    pub op_id: Uuid,
    /// The word.
    pub verdict: VerdictKind,
    /// Why, where there is a why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Per field, for a rejection.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The row's version now.
    #[serde(default)]
    pub version: Option<i64>,
    /// The region's number of the change; filled in when read back after the commit.
    #[serde(default)]
    pub seq: Option<i64>,
    /// Whether this is the stored answer to an earlier delivery.
    #[serde(default)]
    pub replayed: bool,
    /// The row as it is now, so that the sender shows the truth.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub row: Option<Row>,
    /// What met somebody else's change.
    #[serde(default)]
    pub conflicts: Vec<Value>,
}

impl Verdict {
    /// A verdict with nothing but its word.
    pub fn bare(op_id: Uuid, verdict: VerdictKind) -> Self {
        Self {
            op_id,
            verdict,
            reason: None,
            errors: Vec::new(),
            version: None,
            seq: None,
            replayed: false,
            row: None,
            conflicts: Vec::new(),
        }
    }

    /// The same, with a reason.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn a_clock_that_is_wrong_by_thousands_of_years_costs_no_operation() {
        let golden = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/ops/v1/smallest.json")).unwrap();
        let golden: Value = serde_json::from_str(&golden).unwrap();
        let read = |edited_at: &str| {
            let mut op = golden["op"].clone();
            op["edited_at"] = json!(edited_at);
            serde_json::from_value::<Op>(op).map(|op| op.edited_at)
        };
        for (text, wanted) in [
            ("2026-01-05T08:00:00Z", "2026-01-05T08:00:00Z".parse().unwrap()),
            ("1969-12-31T23:59:59Z", EARLIEST),
            ("-0001-01-01T00:00:00Z", EARLIEST),
            ("-262143-01-01T00:00:00Z", EARLIEST),
            ("-271821-04-20T00:00:00.000Z", EARLIEST),
            ("9999-12-31T23:59:59Z", LATEST),
            ("+262142-12-31T23:59:59Z", LATEST),
            ("+275760-09-13T00:00:00.000Z", LATEST),
        ] {
            let at = read(text).unwrap();
            assert_eq!(at, wanted, "{text}");
            assert_eq!(read(&at.to_rfc3339()).unwrap(), at, "what is stored reads back");
        }
        assert!(read("dün").is_err());
    }

    /// Operations as they have been sent at any time wait in somebody's queue: each shape is read forever, and means what it meant.
    #[test]
    fn every_shape_that_was_ever_sent_is_read_and_means_the_same() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/ops/v1");
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        assert!(files.len() >= 5, "{files:?}");
        for file in files {
            let golden: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
            let op: Op = serde_json::from_value(golden["op"].clone()).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            assert_eq!(hex::encode(fingerprint(&op)), golden["fingerprint"], "{}", file.display());
            let written = serde_json::to_value(&op).unwrap();
            for (name, value) in golden["op"].as_object().unwrap() {
                let as_time = |value: &Value| value.as_str().and_then(|text| text.parse::<DateTime<Utc>>().ok());
                assert!(written[name] == *value || as_time(&written[name]) == as_time(value), "{}: {name}", file.display());
            }
        }
    }
}

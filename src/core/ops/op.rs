//! The envelope of an operation and of the server's verdict (SYNC 3.2, 3.4). `tests/golden/ops/` pins the format.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{complaint::FieldError, identity::Region};

/// Changes by field name. Names and formats of values are those of the HTML forms: dates `YYYY-MM-DD`, times `HH:MM`, whole numbers,
/// booleans, strings.
pub type Fields = BTreeMap<String, Change>;

/// Values by field name: one row as clients see it.
pub type Row = BTreeMap<String, Value>;

/// The kind of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A new row with the id that the client chose.
    Create,
    /// Some fields get new values.
    Update,
    /// The row is moved to the trash (a tombstone).
    Delete,
    /// The row is restored from the trash.
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

/// One field's change: the value that the author saw, and the value wanted.
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
    /// A form, while the server is reachable.
    Web,
    /// A browser's queue.
    Offline,
    /// An office PC's agent.
    Agent,
    /// An import, or a file.
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

/// One operation. `op_id` is created at the first attempt to submit and kept on every retry, which makes operations idempotent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Op {
    /// Version of the envelope; 1.
    pub v: u16,
    /// UUIDv7 of this operation.
    pub op_id: Uuid,
    /// The queue that it belongs to (a browser's, an agent's, an import file's).
    pub queue_id: Uuid,
    /// Its number in that queue: 1, 2, 3 ... without gaps. 0 for a form posted directly.
    pub n: i64,
    /// The user who entered it.
    pub actor: Uuid,
    /// Proof that `actor` was signed in at that browser, needed if another person or a PC delivers the operation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
    /// Build of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// The kind of the operation.
    pub kind: Kind,
    /// The kind of row; an operation on an unknown kind is held.
    #[cfg_attr(feature = "openapi", schema(example = "employee"))]
    pub entity: String,
    /// Id of the row.
    pub id: Uuid,
    /// The region the row belongs to.
    pub region: Region,
    /// `version` of the row on the author's screen; null for a new row.
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
    /// Operations that must be applied before this one.
    #[serde(default)]
    pub after: Vec<Uuid>,
    /// When the author saved, by the author's clock; 1990 to 2100, like work dates.
    #[serde(deserialize_with = "read_edited_at")]
    pub edited_at: DateTime<Utc>,
    /// The author's clock minus the server's, in milliseconds, at the last comparison.
    #[serde(default)]
    pub offset_ms: i64,
}

/// Who enters operations, into which queue, and when.
#[derive(Debug, Clone, Copy)]
pub struct Author {
    /// The account; the program's own id for operations of the program itself.
    pub actor: Uuid,
    /// The queue of the operations: a session for forms, a batch, a file.
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

    /// The same operation with these changes.
    #[must_use]
    pub fn changing(mut self, fields: Fields) -> Self {
        self.fields = fields;
        self
    }

    /// The same operation, made against this version of the row; `None` if the author has not seen the row.
    #[must_use]
    pub fn against(mut self, base_version: Option<i64>) -> Self {
        self.base_version = base_version;
        self
    }

    /// The same operation with this number in its queue.
    #[must_use]
    pub fn numbered(mut self, n: i64) -> Self {
        self.n = n;
        self
    }

    /// Reads an operation that a client sends. A stored operation may have any number, because earlier releases did not check it.
    pub fn sent(value: Value) -> Result<Self, String> {
        let op: Self = serde_json::from_value(value).map_err(|e| e.to_string())?;
        if op.n > HIGHEST_N { Err(format!("n: {HIGHEST_N} at most")) } else { Ok(op) }
    }
}

/// The highest number of an operation in its queue: the largest integer up to which JavaScript counts without gaps.
const HIGHEST_N: i64 = (1 << 53) - 1;

/// First instant that is stored for an operation's times.
pub const EARLIEST: DateTime<Utc> = NaiveDateTime::new(first_day_of(1990), NaiveTime::MIN).and_utc();
/// Last instant.
pub const LATEST: DateTime<Utc> = NaiveDateTime::new(first_day_of(2101), NaiveTime::MIN).and_utc();

const fn first_day_of(year: i32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, 1, 1) {
        Some(day) => day,
        None => panic!("a first of January"),
    }
}

/// Clocks of PCs are wrong, sometimes by years, and an entry must not be lost because of that. An impossible instant, or one that
/// PostgreSQL or JavaScript writes in another format than chrono reads, is moved to the nearer end of the stored range.
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

/// An operation's `edited_at` alone, read in the same way.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct EditedAt(#[serde(deserialize_with = "read_edited_at")] pub DateTime<Utc>);

/// The data from which a fingerprint is computed.
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

/// SHA-256 of the operation's meaning (RFC 8785 JSON): equal for a replay, different if an `op_id` is used again for another operation.
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
    // Values read from JSON always have a canonical form; if one had not, its plain text would still distinguish two operations.
    let plain = |_| json!(meaning).to_string().into_bytes();
    Sha256::digest(serde_json_canonicalizer::to_vec(&meaning).unwrap_or_else(plain)).into()
}

/// The server's decision on an operation. All but `Retry` are final for the sender's queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum VerdictKind {
    /// Done.
    Applied,
    /// Done, in conflict with another author's change: see `conflicts`.
    Merged,
    /// Stored; waits for the cause in `reason`.
    Held,
    /// Stored, and refused (`errors`).
    Rejected,
    /// Not stored: the sender keeps it and sends it again.
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

    /// Whether the row now holds the values of the operation, except where another author's later change is kept.
    pub fn took_effect(self) -> bool {
        matches!(self, Self::Applied | Self::Merged)
    }
}

/// Why an operation is held, rejected or must be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// An operation named in `after` has not arrived.
    WaitingAfter,
    /// An operation named in `after` was refused.
    DepRejected,
    /// The region is closed: it can be read, but accepts no new data.
    RegionClosed,
    /// Another row of the region has the same business key.
    NaturalKey,
    /// The author may not do this, or not any more.
    ForbiddenNow,
    /// Only administrators write rows of this kind, and the author is not an administrator.
    Forbidden,
    /// The author's grant is missing, expired or revoked.
    GrantRevoked,
    /// The entity, a field or the envelope is newer than this server.
    SchemaUnknown,
    /// The server failed on this operation.
    InternalError,
    /// The values are invalid; see `errors`.
    Invalid,
    /// A person discarded it; it is kept.
    Discarded,
    /// The `op_id` was used before for another operation; this body is kept under a new id.
    OpIdReused,
    /// The row does not exist in this region.
    UnknownEntity,
    /// The account that delivers has no right in that region.
    Carrier,
    /// The database could not accept it at this moment.
    Busy,
}

/// The response to one operation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Verdict {
    /// The operation's id.
    pub op_id: Uuid,
    /// The verdict.
    pub verdict: VerdictKind,
    /// The reason, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Complaints per field, for a rejection.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The row's version now.
    #[serde(default)]
    pub version: Option<i64>,
    /// The region's number of the change; read after the commit.
    #[serde(default)]
    pub seq: Option<i64>,
    /// Whether this is the stored response to an earlier delivery.
    #[serde(default)]
    pub replayed: bool,
    /// The row's current values, so that the sender shows the truth.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub row: Option<Row>,
    /// The conflicts with other authors' changes.
    #[serde(default)]
    pub conflicts: Vec<Value>,
}

impl Verdict {
    /// A verdict without further data.
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

    /// The same verdict with a reason.
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

    /// Operations of every earlier format may still wait in a queue: each format must be readable forever, with the same meaning.
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

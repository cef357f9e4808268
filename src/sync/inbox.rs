//! How an operation is stored in the inbox: its body has only what the columns beside it lack (ADR 28). Older bodies have everything, and
//! are read the same way.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::ops::{Change, Op};

/// The content of `app.op_inbox.body`. What is missing is in a column, or has the value that a missing one has in [`Op`].
#[derive(Debug, Serialize)]
pub(super) struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<u16>,
    /// Only a number below zero, which the column cannot hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grant: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base_version: Option<i64>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    fields: BTreeMap<&'a str, BodyChange<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    args: Option<&'a Value>,
    edited_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset_ms: Option<i64>,
}

#[derive(Debug, Serialize)]
struct BodyChange<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<&'a Value>,
    to: &'a Value,
}

impl<'a> Body<'a> {
    /// What the columns lack of an operation.
    pub(super) fn of(op: &'a Op) -> Self {
        let change = |change: &'a Change| BodyChange { from: Some(&change.from).filter(|from| !from.is_null()), to: &change.to };
        Self {
            v: Some(op.v).filter(|v| *v != 1),
            n: Some(op.n).filter(|n| *n < 0),
            grant: op.grant.as_deref(),
            app: op.app.as_deref(),
            base_version: op.base_version,
            fields: op.fields.iter().map(|(name, wanted)| (name.as_str(), change(wanted))).collect(),
            name: op.name.as_deref(),
            args: op.args.as_ref(),
            edited_at: op.edited_at,
            offset_ms: Some(op.offset_ms).filter(|offset| *offset != 0),
        }
    }
}

/// An operation, read from its whole row of the inbox (`to_jsonb` of it).
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "InboxRow")]
pub(crate) struct Kept(pub Op);

#[derive(Deserialize)]
struct InboxRow {
    op_id: Value,
    queue_id: Value,
    n: Value,
    actor: Value,
    kind: Value,
    entity: Value,
    entity_id: Value,
    region: Value,
    after_ops: Value,
    body: Map<String, Value>,
}

impl TryFrom<InboxRow> for Kept {
    type Error = serde_json::Error;

    fn try_from(row: InboxRow) -> Result<Self, Self::Error> {
        let InboxRow { op_id, queue_id, n, actor, kind, entity, entity_id: id, region, after_ops: after, mut body } = row;
        let names = ["v", "op_id", "queue_id", "n", "actor", "kind", "entity", "id", "region", "after"];
        for (name, value) in names.into_iter().zip([json!(1), op_id, queue_id, n, actor, kind, entity, id, region, after]) {
            body.entry(name).or_insert(value); // a value in the body itself counts
        }
        serde_json::from_value(Value::Object(body)).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;
    use crate::ops::fingerprint;

    /// The row of the inbox that [`super::super::db::insert_ops`] writes, with this body.
    fn row(op: &Op, body: &Value) -> Value {
        json!({
            "op_id": op.op_id, "queue_id": op.queue_id, "n": op.n.max(0), "actor": op.actor, "kind": op.kind, "entity": op.entity,
            "entity_id": op.id, "region": op.region, "after_ops": op.after, "body": body, "fingerprint": "\\x00", "carrier": null,
        })
    }

    fn golden() -> Vec<Op> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/ops/v1");
        let read = |file: fs::DirEntry| serde_json::from_str::<Value>(&fs::read_to_string(file.path()).unwrap()).unwrap();
        fs::read_dir(folder).unwrap().map(|file| serde_json::from_value(read(file.unwrap())["op"].clone()).unwrap()).collect()
    }

    #[test]
    fn every_operation_comes_out_of_the_inbox_as_it_went_in_whichever_release_put_it_there() {
        let ops = golden();
        assert!(ops.len() >= 5);
        let odd = |op: &Op| Op {
            v: 7,
            n: -3,
            offset_ms: -90_000,
            app: Some("web 1".into()),
            args: Some(json!({ "a": [null, 1.5] })),
            ..op.clone()
        };
        for op in ops.iter().cloned().chain(ops.iter().map(odd)) {
            for body in [serde_json::to_value(Body::of(&op)).unwrap(), serde_json::to_value(&op).unwrap()] {
                let Kept(read) = serde_json::from_value(row(&op, &body)).unwrap();
                assert_eq!(read, op, "{body}");
                assert_eq!(fingerprint(&read), fingerprint(&op));
            }
        }
    }

    #[test]
    fn a_body_says_nothing_that_its_columns_say_and_no_null_of_a_creation() {
        for op in golden() {
            let body = serde_json::to_value(Body::of(&op)).unwrap();
            for name in ["op_id", "queue_id", "n", "actor", "kind", "entity", "id", "region", "after", "v"] {
                assert!(body.get(name).is_none(), "{name}: {body}");
            }
            assert!(!body.to_string().contains("\"from\":null"), "{body}");
        }
    }
}

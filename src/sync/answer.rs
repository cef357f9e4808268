//! How a verdict is stored: of the row that a creation made, it has only what the operation beside it in the inbox does not say (ADR 28).
//! Older verdicts have the whole row, and are read the same way.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::decide::client_row;
use crate::{
    complaint::FieldError,
    ops::{Kind, Op, Reason, Row, Verdict, VerdictKind},
};

/// The content of `app.op_verdict.result`. What is missing has the value that a missing one has in [`Verdict`], except for the row.
#[derive(Debug, Serialize)]
pub(super) struct Answer<'a> {
    op_id: Uuid,
    verdict: VerdictKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
    #[serde(flatten)]
    row: AnswerRow<'a>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    conflicts: &'a [Value],
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum AnswerRow<'a> {
    /// As it is; also that there is none.
    Whole { row: Option<&'a Row> },
    /// The row that the operation describes, with these values instead of its own, and without these.
    Described {
        #[serde(skip_serializing_if = "BTreeMap::is_empty")]
        but: BTreeMap<&'a str, &'a Value>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        without: Vec<String>,
    },
}

impl<'a> Answer<'a> {
    /// What the operation lacks of the verdict on it.
    pub(super) fn of(op: &Op, verdict: &'a Verdict) -> Self {
        let Verdict { op_id, verdict: kind, reason, ref errors, version, seq, replayed, ref row, ref conflicts } = *verdict;
        // An operation that changes a row says few of its values.
        let row = match row.as_ref().filter(|_| op.kind == Kind::Create && op.op_id == op_id) {
            None => AnswerRow::Whole { row: row.as_ref() },
            Some(row) => {
                let described = described(op, version);
                let but = row.iter().filter(|(name, value)| described.get(*name) != Some(value));
                AnswerRow::Described {
                    but: but.map(|(name, value)| (name.as_str(), value)).collect(),
                    without: described.keys().filter(|name| !row.contains_key(*name)).cloned().collect(),
                }
            }
        };
        Self { op_id, verdict: kind, reason, errors, version, seq, replayed, row, conflicts }
    }
}

/// The row as the operation itself describes it.
fn described(op: &Op, version: Option<i64>) -> Row {
    let fields = op.fields.iter().map(|(name, change)| (name.clone(), change.to.clone())).collect();
    client_row(op.id, version.unwrap_or_default(), false, fields)
}

/// A stored verdict, which is whole together with its operation.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub(crate) struct Answered {
    verdict: Verdict,
    described: Option<Described>,
}

#[derive(Debug, Clone, Deserialize)]
struct Described {
    #[serde(default)]
    but: Row,
    #[serde(default)]
    without: Vec<String>,
}

impl TryFrom<Map<String, Value>> for Answered {
    type Error = serde_json::Error;

    fn try_from(result: Map<String, Value>) -> Result<Self, Self::Error> {
        let is_whole = result.contains_key("row");
        let result = Value::Object(result);
        let described = if is_whole { None } else { Some(Described::deserialize(&result)?) };
        Ok(Self { verdict: serde_json::from_value(result)?, described })
    }
}

impl Answered {
    /// The word alone.
    pub(super) fn word(&self) -> VerdictKind {
        self.verdict.verdict
    }

    /// The verdict on this operation, as it was first answered.
    pub(super) fn on(self, op: &Op) -> Verdict {
        let Self { mut verdict, described: diff } = self;
        if let Some(Described { but, without }) = diff {
            let mut row = described(op, verdict.version);
            row.retain(|name, _| !without.contains(name));
            row.extend(but);
            verdict.row = Some(row);
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use serde_json::json;

    use super::*;

    /// A verdict with its operation, and how the releases have stored it: the last is how it is stored now.
    struct Golden {
        name: String,
        op: Op,
        verdict: Verdict,
        stored: Vec<Value>,
    }

    fn golden() -> Vec<Golden> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
        let read = |path: &Path| serde_json::from_str::<Value>(&fs::read_to_string(path).unwrap()).unwrap();
        let one = |file: fs::DirEntry| {
            let golden = read(&file.path());
            let op = read(&folder.join(format!("ops/v1/{}.json", golden["op"].as_str().unwrap())));
            Golden {
                name: file.file_name().into_string().unwrap(),
                op: serde_json::from_value(op["op"].clone()).unwrap(),
                verdict: serde_json::from_value(golden["verdict"].clone()).unwrap(),
                stored: golden["stored"].as_array().unwrap().clone(),
            }
        };
        fs::read_dir(folder.join("verdicts/v1")).unwrap().map(|file| one(file.unwrap())).collect()
    }

    fn read(stored: &Value, op: &Op) -> Verdict {
        serde_json::from_value::<Answered>(stored.clone()).unwrap().on(op)
    }

    fn bytes(verdict: &Verdict) -> String {
        serde_json::to_string(verdict).unwrap()
    }

    #[test]
    fn every_verdict_is_read_as_it_was_answered_whichever_release_stored_it() {
        let all = golden();
        assert!(all.len() >= 11);
        for Golden { name, op, verdict, stored } in all {
            for stored in &stored {
                assert_eq!(bytes(&read(stored, &op)), bytes(&verdict), "{name}: {stored}");
            }
            let now = serde_json::to_value(Answer::of(&op, &verdict)).unwrap();
            assert_eq!(Some(&now), stored.last(), "{name}");
        }
    }

    #[test]
    fn any_verdict_comes_back_with_any_operation_that_it_was_stored_with() {
        for Golden { verdict, name, .. } in golden() {
            for Golden { op, .. } in golden() {
                for verdict in [verdict.clone(), Verdict { op_id: op.op_id, ..verdict.clone() }] {
                    let stored = serde_json::to_value(Answer::of(&op, &verdict)).unwrap();
                    assert_eq!(bytes(&read(&stored, &op)), bytes(&verdict), "{name}: {stored}");
                }
            }
        }
    }

    /// A server of before that still runs beside this one must not take a part of a row for the row.
    #[test]
    fn a_reader_of_before_gets_the_word_and_a_row_that_is_whole_or_none() {
        for Golden { name, op, verdict, .. } in golden() {
            let read: Verdict = serde_json::from_value(serde_json::to_value(Answer::of(&op, &verdict)).unwrap()).unwrap();
            assert!(read.row.is_none() || read.row == verdict.row, "{name}");
            assert_eq!(read, Verdict { row: read.row.clone(), ..verdict }, "{name}");
        }
    }

    #[test]
    fn a_creation_that_was_taken_as_it_was_sent_says_nothing_of_its_row() {
        let all = golden();
        let Golden { op, verdict, .. } = all.iter().find(|golden| golden.name == "as_it_was_sent.json").unwrap();
        let stored = serde_json::to_value(Answer::of(op, verdict)).unwrap();
        assert_eq!(stored, json!({ "op_id": op.op_id, "verdict": "applied", "version": 1 }));
    }
}

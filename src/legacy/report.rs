//! The report of an import (DESIGN 6): the result for every row of the file.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::plan::{Effect, Plan, PlannedOp};
use crate::{
    desktop::{Remark, RowId, Why},
    ops::Verdict,
};

/// Results for the rows of one table; they add up to its number of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Created by this import.
    pub created: usize,
    /// Already imported, and changed.
    pub updated: usize,
    /// Already imported, and equal.
    pub unchanged: usize,
    /// Left out; each is in `skipped_rows`.
    pub skipped: usize,
}

/// The report, in the shape that `import-legacy --report` writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Name of the file.
    pub file: String,
    /// Code of the region.
    pub region: String,
    /// The imported tables.
    pub tables: BTreeMap<&'static str, Counts>,
    /// Every row that was left out.
    pub skipped_rows: Vec<Remark>,
    /// Number of rows per table that is not imported.
    pub not_taken: BTreeMap<String, u64>,
    /// Remarks that a person should check.
    pub warnings: Vec<Remark>,
}

/// The report if the server accepted every operation.
pub fn preview(plan: &Plan) -> Report {
    build(plan, |planned| Ok(planned.effect))
}

/// The report by the server's verdicts. An operation without a verdict was not delivered.
pub fn report(plan: &Plan, verdicts: &[Verdict]) -> Report {
    let answers: HashMap<Uuid, &Verdict> = verdicts.iter().map(|verdict| (verdict.op_id, verdict)).collect();
    build(plan, |planned| match answers.get(&planned.op.op_id) {
        Some(verdict) if verdict.verdict.took_effect() && !verdict.replayed => Ok(planned.effect),
        Some(verdict) if verdict.verdict.took_effect() => Err(None),
        Some(verdict) => Err(Some(refusal(planned, verdict))),
        None => Err(Some((String::new(), None, Why::NotDelivered))),
    })
}

/// Field, value and reason of a refusal.
type Refusal = (String, Option<String>, Why);

/// `outcome` returns an operation's effect, `None` if it had been done before, or a refusal.
fn build(plan: &Plan, outcome: impl Fn(&PlannedOp) -> Result<Effect, Option<Refusal>>) -> Report {
    let mut tables: BTreeMap<&'static str, Counts> = plan.tables.iter().map(|table| (table.name, Counts::default())).collect();
    let mut skipped_rows: Vec<Remark> = plan.skipped.iter().map(|(_, remark)| remark.clone()).collect();
    let mut warnings = plan.warnings.clone();
    for (table, _) in &plan.unchanged {
        tables.entry(table.name).or_default().unchanged += 1;
    }
    for (table, _) in &plan.skipped {
        tables.entry(table.name).or_default().skipped += 1;
    }
    for planned in &plan.ops {
        let counts = tables.entry(planned.table.name).or_default();
        let rows = planned.ids.len();
        match (planned.effect, outcome(planned)) {
            (Effect::Delete, Ok(_)) => warnings.push(on_deletion(planned, Why::DeletedNow)),
            (Effect::Delete, Err(None)) => {}
            (Effect::Delete, Err(Some((_, _, why)))) => warnings.push(on_deletion(planned, Why::DeletionRefused(why.code().into()))),
            (_, Ok(Effect::Create)) => counts.created += rows,
            (_, Ok(_)) => counts.updated += rows,
            (_, Err(None)) => counts.unchanged += rows,
            (_, Err(Some((field, value, why)))) => {
                counts.skipped += rows;
                let remark = |id: &RowId| Remark::row(planned.table, id.clone(), &field, value.as_deref(), why.clone());
                skipped_rows.extend(planned.ids.iter().map(remark));
            }
        }
    }
    Report { file: plan.file.clone(), region: plan.region.to_string(), tables, skipped_rows, not_taken: plan.not_taken.clone(), warnings }
}

fn on_deletion(planned: &PlannedOp, reason: Why) -> Remark {
    Remark { table: planned.table.name.into(), id: planned.ids.first().cloned(), field: None, value: planned.name.clone(), reason }
}

fn refusal(planned: &PlannedOp, verdict: &Verdict) -> Refusal {
    let Some(error) = verdict.errors.first() else {
        let reason = verdict.reason.and_then(|reason| serde_json::to_value(reason).ok());
        let code = reason.as_ref().and_then(Value::as_str).unwrap_or_else(|| verdict.verdict.as_str());
        return (String::new(), None, Why::Refused(code.into(), verdict.verdict.as_str().into()));
    };
    let column = planned.table.column_of(&error.field);
    let value = planned.op.fields.get(&error.field).map(|change| match &change.to {
        Value::String(text) => column.map_or_else(|| text.clone(), |column| column.shown(text.clone())),
        other => other.to_string(),
    });
    let details: Vec<String> = error.args.iter().map(|(name, value)| format!("{name} {value}")).collect();
    (error.field.clone(), value, Why::Refused(error.code.clone(), details.join(", ")))
}

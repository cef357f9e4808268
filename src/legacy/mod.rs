//! The desktop program's database: reading one, and planning how its rows come over (DOMAIN 2.1, DESIGN 6).
//!
//! The contract:
//! - Which tables are taken, and how, their entities say ([`crate::desktop`]); nothing here names one.
//! - [`LegacyFile::read`] opens a file nobody vouches for. It is a desktop database or it is refused with one sentence.
//! - [`identify`] tells whether it is a newer copy of a file that came before ([`KnownFile`]).
//! - [`plan()`] decides, without doing anything, what becomes of each row: an operation, nothing, or a remark why it is left out.
//! - [`report()`] turns the plan and the server's verdicts into the report; [`preview`] does it before there are verdicts.
//!
//! Nothing is dropped in silence: per table the four counts of the report add up to the rows of the file. Nothing is guessed: a time that
//! cannot be read is reported, not repaired. Taking the same file over again makes the same operations or none.

mod file;
mod known;
mod plan;
mod report;
mod sqlite;
#[cfg(test)]
mod tests;

pub use file::{LARGEST_FILE, LegacyError, LegacyFile};
pub use known::{KnownFile, KnownRow, identify, row_id};
pub use plan::{Effect, Plan, PlannedOp, Target, plan};
pub use report::{Counts, Report, preview, report};
pub use sqlite::MOST_ROWS;

use crate::desktop::DesktopTable;

/// The tables that are taken over, in the order in which their rows are handed to the server: what is referred to comes first.
pub type Tables = &'static [DesktopTable];

/// All other tables that desktop programs have; only their rows are counted, until an entity says that one of them is its own.
const OTHERS: [&str; 9] = [
    "drivers",
    "reports",
    "stock_inventory",
    "users",
    "vehicle_faults",
    "vehicle_inspection_results",
    "vehicle_inspections",
    "vehicle_service_visits",
    "vehicles",
];

/// The table of deletions (newest generation only).
const TOMBSTONES: &str = "deleted_records";

/// What is read of it.
const TOMBSTONE_COLUMNS: [&str; 2] = ["table_name", "record_id"];

/// The place of the table of that name, in the file's spelling. No name ever goes from a file into SQL: only those of descriptions do.
fn place_of(tables: Tables, name: &str) -> Option<usize> {
    tables.iter().position(|table| table.name.eq_ignore_ascii_case(name))
}

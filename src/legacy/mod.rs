//! The desktop program's database: reads one, and plans the import of its rows (DOMAIN 2.1, DESIGN 6).
//!
//! The contract:
//! - The entities describe which tables are imported, and how ([`crate::desktop`]); no table is named here.
//! - [`LegacyFile::read`] opens an untrusted file. It is a desktop database, or it is refused with one sentence.
//! - [`identify`] finds out whether it is a newer copy of an earlier file ([`KnownFile`]).
//! - [`plan()`] decides for each row, without side effects: an operation, nothing, or a remark why it is left out.
//! - [`report()`] makes the report from the plan and the server's verdicts; [`preview`] makes it before there are verdicts.
//!
//! Nothing is dropped silently: per table the four counts of the report add up to the rows of the file. Nothing is guessed: an unreadable
//! time is reported, not repaired. Importing the same file again makes the same operations or none.

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

/// The imported tables, in the order in which their rows are sent to the server: rows that others refer to come first.
pub type Tables = &'static [DesktopTable];

/// All other tables of desktop programs. Only their rows are counted, until an entity describes one of them.
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

/// The columns that are read from it.
const TOMBSTONE_COLUMNS: [&str; 2] = ["table_name", "record_id"];

/// Index of the table of that name, ignoring case. Names from a file never go into SQL: only names of descriptions do.
fn place_of(tables: Tables, name: &str) -> Option<usize> {
    tables.iter().position(|table| table.name.eq_ignore_ascii_case(name))
}

//! The desktop program's database: reading one, and planning how its rows come over (DOMAIN 2.1, DESIGN 6).
//!
//! The contract:
//! - [`LegacyFile::read`] opens a file nobody vouches for. It is a desktop database or it is refused with one sentence.
//! - [`identify`] tells whether it is a newer copy of a file that came before ([`KnownFile`]).
//! - [`plan()`] decides, without doing anything, what becomes of each row: an operation, nothing, or a remark why it is left out.
//! - [`report()`] turns the plan and the server's verdicts into the report; [`preview`] does it before there are verdicts.
//!
//! Nothing is dropped in silence: per table the four counts of the report add up to the rows of the file. Nothing is guessed: a time that
//! cannot be read is reported, not repaired. Taking the same file over again makes the same operations or none.

mod calendar;
mod file;
mod known;
mod plan;
mod remark;
mod report;
mod rows;
mod sqlite;
mod tables;
#[cfg(test)]
mod tests;

pub use file::{LARGEST_FILE, LegacyError, LegacyFile};
pub use known::{KnownFile, KnownRow, identify, row_id};
pub use plan::{Effect, Plan, PlannedOp, Target, plan};
pub use remark::{Remark, RowId, Why};
pub use report::{Counts, Report, preview, report};
pub use sqlite::MOST_ROWS;
pub use tables::Table;

//! What an entity says of its table in the desktop program's database (DOMAIN 2.1): which column is which field and how it reads, what it
//! refers to, how a row is recognised in a newer copy of the file, and what a bad value costs.
//!
//! `impl Desktop` stands in the entity's folder (`src/pages/shift_templates/desktop.rs` is a short example), and `registry.rs` lists the tables in the
//! order in which they are taken over. Pure: `legacy` reads files by these descriptions and plans the takeover.

mod candidate;
mod column;
mod remark;
mod row;
mod table;

pub use candidate::{Candidate, Recognised, shares_a_word, text_of};
pub use column::{Cell, Column, Kind};
pub use remark::{Remark, RowId, Why};
pub use row::{DesktopRow, KeyValue, read_keys, read_rows};
pub use table::{BadValue, Desktop, DesktopTable, Shape, are_in_order};

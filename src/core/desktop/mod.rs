//! An entity's description of its table in the desktop program's database (DOMAIN 2.1): which column is which field and how it is read,
//! what it refers to, how a row is recognised in a newer copy of the file, and what is lost because of a bad value.
//!
//! `impl Desktop` is in the entity's folder (`src/pages/shift_templates/desktop.rs` is a short example), and `registry.rs` lists the tables
//! in the order of the import. Pure: `legacy` reads files with these descriptions and plans the import.

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

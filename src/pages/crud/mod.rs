//! The usual eight addresses of an entity: list, new, create, change, row, edit, deletion, restoration. An entity defines what its pages
//! show ([`Pages`]); the server handles its addresses, and an office's PC makes the same pages from its copy of the rows.

mod elsewhere;
mod pages;
mod plain;

pub use elsewhere::{Address, PagesOf};
pub use pages::page_row;
pub use pages::{File, Messages, PageRow, Pages};
pub use plain::{PlainPages, Texts};

//! The usual eight addresses of an entity: list, new, create, change, row, edit, deletion, restoration. An entity says what its pages show
//! ([`Pages`]); the server answers at its addresses, and an office's PC makes the same pages from its copy of the rows.

#[cfg(feature = "server")]
mod acts;
mod elsewhere;
#[cfg(feature = "server")]
mod forms;
mod pages;
mod plain;
#[cfg(feature = "server")]
mod routes;

#[cfg(feature = "server")]
pub use acts::{deleted, submit_act};
pub use elsewhere::{Address, PagesOf};
#[cfg(feature = "server")]
pub use forms::find;
pub(crate) use pages::page_row;
pub use pages::{File, Messages, PageRow, Pages};
pub use plain::{PlainPages, Texts};
#[cfg(feature = "server")]
pub use routes::{routes, routes_with_card};

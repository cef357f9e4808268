//! The usual eight addresses of an entity: list, new, create, change, row, edit, deletion, restoration. An entity says what its pages show
//! ([`Pages`]); the server answers at its addresses, and an office's PC makes the same pages from its copy of the rows.

mod actions;
mod forms;
mod routes;

pub use actions::{deleted, submit_act};
pub use forms::find;
pub use rainstaff_pages::crud::*;
pub use routes::{routes, routes_with_card};

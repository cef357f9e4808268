//! Settings of a region, over the company's defaults: what the hours' rule needs, and the names on reports (DOMAIN 2.1, 3.8).

pub mod db;
mod table;

pub use db::list_rules;
pub use rainstaff_pages::settings::*;

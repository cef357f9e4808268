//! Days that are not like others: public holidays, days off, and days on which an office works all the same (UX 5.3). They suggest
//! (nobody is expected, "özel gün" is ticked), they do not force.

pub mod db;
pub mod pages;
mod seed;
mod table;
pub mod views;

pub use rainstaff_pages::calendar::*;
pub use seed::{LAST_YEAR, ensure_public_holidays};

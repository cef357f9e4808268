//! Marked days: public holidays, days off, and days on which an office works all the same (UX 5.3). They only suggest (no person is
//! expected, "özel gün" is ticked); they enforce nothing.

pub mod db;
pub mod pages;
mod seed;
mod table;
pub mod views;

pub use rainstaff_pages::calendar::*;
pub use seed::{LAST_YEAR, ensure_public_holidays};

//! Who is expected to work when, and with which shift: people, shift templates and calendar put together. One rule for the day, the month
//! and the dashboard, so that "boş" means the same on every page.

pub mod db;

pub use db::{find_first_day, load_roster, load_roster_and_settings, load_worked_days};
pub use rainstaff_pages::roster::*;

//! Accounts, sign-in and sessions.

pub mod accounts;
pub mod attempts;
pub mod carried;
mod db;
pub mod known_browser;
pub mod pages;
pub mod password_page;
pub mod region_view;
pub mod resume_page;
pub mod rights;
pub mod session_store;
pub mod sessions;
pub mod sign_in;
pub mod throttle;

pub(crate) use db::{is_at_epoch, lock_account};
pub use rainstaff_pages::auth::{forms, login_page};
pub use session_store::{purge_expired, session_middleware};

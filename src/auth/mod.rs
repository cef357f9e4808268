//! Accounts, sign-in and sessions.

#[cfg(feature = "server")]
pub mod accounts;
#[cfg(feature = "server")]
pub mod attempts;
#[cfg(feature = "server")]
pub mod carried;
#[cfg(feature = "server")]
mod db;
pub mod forms;
#[cfg(feature = "server")]
pub mod known_browser;
pub mod login_page;
#[cfg(feature = "server")]
pub mod pages;
#[cfg(feature = "server")]
pub mod password_page;
#[cfg(feature = "server")]
pub mod region_view;
#[cfg(feature = "server")]
pub mod resume_page;
#[cfg(feature = "server")]
pub mod rights;
#[cfg(feature = "server")]
pub mod session_store;
#[cfg(feature = "server")]
pub mod sessions;
#[cfg(feature = "server")]
pub mod sign_in;
#[cfg(feature = "server")]
pub mod throttle;

#[cfg(feature = "server")]
pub(crate) use db::{is_at_epoch, lock_account};
#[cfg(feature = "server")]
pub use session_store::{purge_expired, session_middleware};

//! Accounts, sign-in and sessions.

pub mod actor;
pub mod views;

pub use actor::{Actor, Role};

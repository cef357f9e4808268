//! Accounts, sign-in and sessions.

pub mod actor;

pub use actor::{Actor, Role};

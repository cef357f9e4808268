//! Accounts, sign-in and sessions.

pub mod accounts;
pub mod actor;
mod admin;
mod argon;
pub mod attempts;
mod db;
pub mod pages;
pub mod password;
pub mod region_view;
pub mod rights;
pub mod session_store;
pub mod sessions;
pub mod sign_in;
pub mod throttle;
pub mod views;
mod visitor;

pub use actor::{Actor, Role};
pub use admin::Admin;
pub use password::Hasher;
pub use session_store::{actor_of, find_actor, purge_expired, region_names_of, session_middleware};
pub use visitor::{client_address, visitor_of};

//! Shared by the server and the agent of an office's PC, because browsers connect to both: listening, cookies, responses, assets, and
//! password hashes.

pub mod answer;
pub mod assets;
pub mod body;
pub mod connection;
pub mod cookies;
#[cfg(feature = "database")]
pub mod database;
pub mod error;
pub mod flash_cookie;
pub mod head;
pub mod htmx;
pub mod listen;
pub mod pace;
pub mod passwords;
pub mod policy;

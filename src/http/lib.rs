//! What the server and an office PC's agent have in common as programs that browsers talk to: listening, cookies, answers, assets, and the hashes of
//! passwords.

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

//! Passwords: as typed, what a new one must be like, and their hashes.

mod argon;
#[cfg(feature = "server")]
mod hasher;
#[cfg(feature = "server")]
mod places;
#[cfg(feature = "server")]
mod rules;
mod typed;

#[cfg(feature = "agent")]
pub(crate) use argon::{hash, matches};
#[cfg(feature = "server")]
pub use hasher::Hasher;
#[cfg(feature = "server")]
pub use places::Turn;
#[cfg(feature = "server")]
pub use rules::{MIN_CHARS, PasswordFault, check_new};
#[cfg(feature = "agent")]
pub(crate) use typed::NOBODYS;
pub use typed::{MAX_BYTES, Password};

//! Passwords: as typed, what a new one must be like, and their hashes.

mod hasher;
mod places;
mod rules;

pub use hasher::Hasher;
pub use places::Turn;
pub use rainstaff_http::passwords::{MAX_BYTES, Password};
pub use rules::{MIN_CHARS, PasswordFault, check_new, random_password};

//! Passwords as typed, and their hashes.

mod argon;

pub use argon::{COST, hash, matches};
pub use rainstaff_core::passwords::*;

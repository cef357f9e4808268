//! Timesheets: who worked when, and what hours come of it.

pub mod calc;

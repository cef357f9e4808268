//! Employees: the people whose hours are kept.

pub mod identity_no;

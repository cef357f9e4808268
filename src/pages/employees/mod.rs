//! The people whose hours are kept (DOMAIN 2.1, 3.1).

pub mod columns;
mod desktop;
pub mod filter;
pub mod listed;
mod model;
pub mod office;
mod pages;
mod turn;
pub mod views;

pub use model::{Activation, Employee, Left, left_before_hired};
pub use turn::{AS_BEFORE, changes_of_turn};

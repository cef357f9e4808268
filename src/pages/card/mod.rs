//! Kişi kartı: everything about one person on one page.

pub mod rows;
pub mod views;

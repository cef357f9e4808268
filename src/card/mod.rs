//! Kişi kartı: everything about one person on one page.

#[cfg(feature = "server")]
pub mod pages;
pub mod rows;
pub(crate) mod views;

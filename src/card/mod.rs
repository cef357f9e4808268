//! Kişi kartı: everything about one person on one page.

pub mod pages;

pub use rainstaff_pages::card::*;

//! Entities and their pages: what a form becomes and what a page shows, independent of the source of the rows (docs/adr/0033). The server
//! makes pages from the database, an office PC from its copy; nothing in this crate knows which.

pub use rainstaff_core::{
    civil, clock, collate, complaint, desktop, fold, hours, identity, identity_no, ids, money, offline_mode, ops, passwords, phone, plate,
    text, wire,
};

pub mod auth;
pub mod calendar;
pub mod card;
pub mod copy;
pub mod crud;
pub mod drivers;
pub mod employees;
pub mod error;
pub mod i18n;
pub mod labels;
pub mod month;
pub mod registry;
pub mod roster;
pub mod settings;
pub mod shift_templates;
pub mod timesheets;
pub mod today;
pub mod web;
pub mod words;

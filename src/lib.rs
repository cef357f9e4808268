//! Rainstaff: timesheets, vehicles and stock of regional offices. docs/ARCHITECTURE.md is the map.
//!
//! This is the server. What it shares with an office PC's agent lies in crates below it: `core` (rules and operations), `pages` (entities and what
//! pages show) and `http`. Their rooms are found here under the same names.

pub use rainstaff_core::{
    civil, clock, collate, complaint, desktop, fold, hours, identity, identity_no, ids, money, ops, phone, plate, text, wire,
};
pub use rainstaff_http::error;
pub use rainstaff_pages::{drivers, i18n};

pub mod access;
pub mod activity;
pub mod admin;
pub mod alarms;
pub mod api;
pub mod app;
pub mod auth;
pub mod calendar;
pub mod card;
pub mod cli;
pub mod config;
pub mod crud;
pub mod dashboard;
pub mod db;
pub mod devices;
pub mod employees;
pub mod events;
pub mod exports;
pub mod file_places;
pub mod labels;
pub mod legacy;
pub mod metrics;
pub mod month;
pub mod offline_mode;
pub mod openapi;
pub mod passwords;
pub mod queue_health;
pub mod regions;
pub mod registry;
pub mod reports;
pub mod roster;
pub mod routes;
pub mod settings;
pub mod shift_templates;
pub mod state;
pub mod sync;
pub mod telemetry;
pub mod timesheets;
pub mod today;
pub mod tokens;
pub mod web;
pub mod words;

//! Rainstaff: timesheets, vehicles and stock of regional offices. docs/ARCHITECTURE.md is the map.

pub mod civil;
pub mod clock;
pub mod employees;
pub mod fold;
pub mod ids;
pub mod ops;
pub mod regions;
pub mod timesheets;

#[cfg(feature = "server")]
pub mod activity;
#[cfg(feature = "server")]
pub mod auth;
#[cfg(feature = "server")]
pub mod cli;
#[cfg(feature = "server")]
pub mod config;
#[cfg(feature = "server")]
pub mod db;
#[cfg(feature = "server")]
pub mod error;
#[cfg(feature = "server")]
pub mod i18n;
#[cfg(feature = "server")]
pub mod state;
#[cfg(feature = "server")]
pub mod web;

//! Rainstaff: timesheets, vehicles and stock of regional offices. docs/ARCHITECTURE.md is the map.

pub mod clock;
pub mod ids;
pub mod ops;
pub mod regions;

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
pub mod state;

//! The offices' PCs that run the local agent (SYNC 3.10): how one gets its token, what it reports about itself, and what an administrator
//! sees and does about it.
//!
//! A device is not a person. It reads the rows of its one region, without identity numbers, and carries operations, each of which needs its
//! author's grant. A code that is valid for a quarter of an hour enrols it; from then on a token of 256 bits opens the few addresses of
//! [`ROUTES`], until an administrator revokes the device.

pub mod alarms;
pub mod api;
mod bearer;
mod db;
mod heartbeat;
mod manage;
pub mod pages;
mod secret;
mod views;

pub use alarms::DeviceAlarms;
pub use bearer::{device_of_bearer, refuse_revoked};

/// The addresses that a device's token opens; all others refuse it.
pub const ROUTES: [&str; 9] = [
    "/api/v1/changes",
    "/api/v1/devices/contact",
    "/api/v1/devices/rotate",
    "/api/v1/digest",
    "/api/v1/ops",
    "/api/v1/ops/quarantine",
    "/api/v1/ops/status",
    "/api/v1/ping",
    "/api/v1/snapshot",
];

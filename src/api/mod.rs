//! The JSON API as a whole: its description, made from the code, and the figures for whoever operates the server.

pub mod exchange;
pub mod metrics;
pub mod openapi;

//! The API by which browsers and PCs exchange operations and changes, and the figures for those who operate the server.

pub mod exchange;
pub mod metrics;

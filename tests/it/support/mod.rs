//! What tests share.

pub mod app;
pub mod builders;
pub mod cluster;

//! Code that tests share.

pub mod app;
pub mod browser;
pub mod builders;
pub mod cluster;
pub mod ctx;
pub mod description;
pub mod office_pc;
pub mod pooler;

pub mod program;
pub mod samples;

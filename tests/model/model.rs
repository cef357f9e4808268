//! The model's parts. `tests/it/model_vs_server.rs` uses them too.

pub mod browser;
pub mod check;
pub mod rng;
pub mod rules;
pub mod schema;
pub mod server;
pub mod world;

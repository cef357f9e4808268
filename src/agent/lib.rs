//! The local agent (`rainstaff-agent`): a small program on an office PC, whose address browsers there use for Rainstaff. It passes
//! everything on to the server, unchanged; entries made while the server is out of reach it stores and sends later, and it has a copy of
//! the region's data for the pages that it shows then (docs/AGENT.md, docs/SYNC.md).
//!
//! Dependencies go one way: `store` knows SQLite and nothing of the network; `upstream` knows the server; `replay`, `mirror` and
//! `heartbeat` work between the two; `serve`, `relay` and `writes` respond to browsers.

pub mod cli;
pub mod device;
pub mod place;
pub mod store;

mod enrol;
mod export;
mod guard;
mod heartbeat;
mod log;
mod mirror;
mod ops_api;
mod own;
mod pages;
mod people;
mod relay;
mod replay;
mod run;
mod serve;
mod status;
mod upstream;
mod writes;

// The modules that the agent shares with the server, by the names that they have there.
use rainstaff_http::passwords;
use rainstaff_pages::{auth, clock, complaint, copy, error, i18n, identity, identity_no, ids, ops, registry, text, wire};

mod web {
    pub use rainstaff_http::{assets, body, cookies, flash_cookie, head, htmx, listen, policy};
    pub use rainstaff_pages::web::*;
}

/// The name of this program in the operations that it makes.
const APP: &str = concat!("agent ", env!("CARGO_PKG_VERSION"));

//! Who a request acts for: a person in a session, a person's key, or an office's PC. The one place where these three meet.

mod client;
mod extract;

pub use client::Client;
pub use extract::Anybody;

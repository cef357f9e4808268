//! What the JSON API's addresses share: checked queries, problem documents (RFC 9457), and the description that is made from the code.

pub mod openapi;
pub mod params;
pub mod problem;

pub use params::{Checked, Limit};
pub use problem::Problem;

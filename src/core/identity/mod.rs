//! Who makes a request, for which region, and from where. Pure: `auth`, `tokens` and `devices` verify it.

mod actor;
mod admin;
mod device;
mod first;
mod region;
mod visitor;

pub use actor::{Actor, Role};
pub use admin::Admin;
pub use device::Device;
pub use first::{FIRST_OFFICES, FirstOffice};
pub use region::{NotARegion, Region};
pub use visitor::Visitor;

//! Settings of a region, over the company's defaults: what the hours' rule needs, and the names on reports (DOMAIN 2.1, 3.8).

#[cfg(feature = "server")]
pub mod db;
#[cfg(feature = "server")]
mod desktop;
mod effective;
mod model;
#[cfg(feature = "server")]
mod table;

use uuid::Uuid;

#[cfg(feature = "server")]
pub use db::list_rules;
pub use effective::{Effective, ReportNames, Resolved, Source};
#[cfg(feature = "server")]
pub use effective::{Held, ReportSettings};
pub use model::RegionSettings;

use crate::identity::Region;

/// Id of a region's one settings row: the same for everybody, so that two offices' first edits meet in one row.
pub fn settings_id(region: &Region) -> Uuid {
    const NAMESPACE: Uuid = Uuid::from_u128(0x6f1d_3c1e_52a4_5d0b_9a57_2d1f_5d7c_9b10);
    Uuid::new_v5(&NAMESPACE, region.code().as_bytes())
}

//! Settings of a region, over the company's defaults: what the rules for hours need, and the names on reports (DOMAIN 2.1, 3.8).

mod desktop;
mod effective;
mod model;

use uuid::Uuid;

pub use effective::{Effective, Held, ReportNames, ReportSettings, Resolved, Source, rules_of};
pub use model::RegionSettings;

use crate::identity::Region;

/// Id of a region's only settings row: it is derived from the region, so that two offices' first edits are of the same row.
pub fn settings_id(region: &Region) -> Uuid {
    const NAMESPACE: Uuid = Uuid::from_u128(0x6f1d_3c1e_52a4_5d0b_9a57_2d1f_5d7c_9b10);
    Uuid::new_v5(&NAMESPACE, region.code().as_bytes())
}

//! The one write path, and what clients need to stay in step with the server (docs/SYNC.md).
//!
//! Every change of business data is an [`Op`](crate::ops::Op) and goes through [`apply_ops`], from a form, the API, an import or the
//! command line. From that come exactly-once replay, merges, conflicts, undo, history and the change feed.

pub(crate) mod answer;
mod apply;
mod authors;
pub mod conflicts;
pub mod db;
mod decide;
mod deliver;
pub(crate) mod feed;
pub mod grant;
pub mod held;
pub(crate) mod inbox;
pub(crate) mod masking;
mod office;
mod registry;
mod rows;
mod table;
mod volume;

pub use apply::{Caller, Carrier, Delivery, apply_ops};
pub use deliver::{Delivered, deliver, deliver_of_device, deliver_of_person, submit, submit_all, submit_asking, submit_asking_and_read};
pub use office::listed;
pub use registry::{FeedRow, Kind, entities, install, load_by_name, may_write, putting_back, refusal_by_name};
pub(crate) use rows::list_digests;
pub use rows::{columns, values_in};
pub use table::{Refusal, Stored, Table, Tail, Veto, refusal_of_field};

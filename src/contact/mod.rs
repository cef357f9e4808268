//! What the server knows of the queues in the browsers (SYNC 3.3, F22, F37, F61): the last state each of them told, what is odd about it, what a
//! browser could not have read, and what browsers may do without a network. Bookkeeping of the server's own, no business data.

pub mod acts;
pub mod api;
mod browser_mark;
pub mod db;
mod judge;
mod report;
mod views;
mod watch;
pub mod worker;

pub use browser_mark::BrowserMark;
pub use judge::{AlarmKind, HOLE_MAY_STAY, QUEUE_MAY_BE_SILENT, QueueState, judge};
pub use report::{Place, QueueReport, Seen, note_carried, note_contact, object_or_null};
pub use views::{AlarmView, QueuesView, load_queues};
pub use watch::{watch_all, watch_region};

//! What the server knows of the queues in the browsers (SYNC 3.3, F22, F37, F61): the last state that each reported, what is odd about it,
//! bodies that the server could not read, and what browsers may do offline. The server's own bookkeeping, no business data.

pub mod actions;
pub mod api;
mod browser_mark;
pub mod db;
mod report;
mod rules;
mod source;
mod views;
pub mod worker;

pub use browser_mark::BrowserMark;
pub use report::{Place, QueueReport, Seen, note_carried, note_contact, object_or_null};
pub use rules::{CLOCK, HOLE, HOLE_MAY_STAY, QUEUE_MAY_BE_SILENT, QueueState, SILENT, VANISHED, judge};
pub use source::QueueAlarms;
pub use views::{QueuesView, load_queues};

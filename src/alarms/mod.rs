//! Alarms: what is odd, from the moment it is found until it is over or an administrator has seen it.
//!
//! A [`Source`] says what it looks at, what is odd about that, and how it is called; it knows nothing of the life of an alarm. This room
//! raises, lets grow, ends, shows and acknowledges, with one table (`app.alarm`) for all sources, of which it knows none by name: they register at
//! the top ([`install`]).

mod actions;
mod db;
mod kind;
mod reported;
mod source;
mod views;
mod watch;

pub use actions::{acknowledge, acknowledge_alarm};
pub use db::count_open;
pub use kind::{Finding, Kind, Severity};
pub use reported::{CLOCK_MAY_DIFFER, WAITING_AT_MOST, is_clock_wrong, kept_offset};
pub use source::{Registered, Source, Subject, Texts, install, sources};
pub use views::{AlarmList, AlarmView, load, place};
pub use watch::{watch_all, watch_region};

//! Alarms: what is odd, from the moment it is found until it is over or an administrator has acknowledged it.
//!
//! A [`Source`] defines what it looks at, what is odd about that, and what its subjects are called; it knows nothing of the life of an
//! alarm. This module raises, grows, ends, shows and acknowledges alarms, with one table (`app.alarm`) for all sources. It names no source:
//! the top layer registers them ([`install`]).

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
pub use reported::{WAITING_AT_MOST, kept_offset};
pub use source::{Registered, Source, Subject, Texts, install, sources};
pub use views::{AlarmList, AlarmView, load, place};
pub use watch::{watch_all, watch_region};

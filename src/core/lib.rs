//! What Rainstaff goes by, without input or output: days and hours, texts and numbers, operations and what they do to rows. The server, an office
//! PC's agent and its pages use it, and nothing in it needs a database, a network or a clock that ticks.

pub mod civil;
pub mod clock;
pub mod collate;
pub mod complaint;
pub mod desktop;
pub mod fold;
pub mod hours;
pub mod identity;
pub mod identity_no;
pub mod ids;
pub mod money;
pub mod offline_mode;
pub mod ops;
pub mod passwords;
pub mod phone;
pub mod plate;
pub mod text;
pub mod wire;

//! The rules of Rainstaff, without input or output: days and hours, texts and numbers, operations and their effect on rows. The server, the
//! agent of an office's PC and its pages use it. It needs no database and no network; only `clock` and `ids` read the time.

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

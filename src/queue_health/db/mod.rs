//! SQL of what the server knows of the browsers' queues.

mod contacts;
mod quarantine;
mod queues;
mod watched;

pub use contacts::list_own_missing;
pub(super) use contacts::{Contact, Known, find_contact, list_arrived, list_gaps, store_contact, store_numbers};
pub(super) use quarantine::{
    Deposit, Depositor, Deposits, count_deposits, find_quarantined, find_same, insert_deposit, list_quarantined, lock_deposits,
};
pub(crate) use queues::find_figures;
pub(super) use queues::{QueueRow, list_queues};
pub use watched::Watched;
pub(super) use watched::{Named, list_named, list_states};

type Result<T> = std::result::Result<T, sqlx::Error>;

//! Conflicts: two values for one field, an edit and a deletion, an entry for a deleted person. One of the two stands; a person decides
//! whether that is right. Nothing is ever deleted here: a decision is stored beside its conflict, once.

mod db;
pub mod pages;
mod views;

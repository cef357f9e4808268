//! What met: two values for one field, an edit and a deletion, an entry for a deleted person. One of the two stands; a person says whether
//! that is right. Nothing is ever deleted here: a decision is written beside what it was about, once.

mod db;
pub mod pages;
mod views;

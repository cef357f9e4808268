//! İşlem günlüğü: changes of data and events, as a list, as files and as the history of a row; undoing a change.

pub mod actions;
mod cursor;
mod days;
pub mod db;
mod export;
mod filter;
mod lines;
pub mod pages;
mod reversal;
pub mod views;

#[cfg(test)]
mod tests;

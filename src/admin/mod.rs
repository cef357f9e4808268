//! Administration: accounts, regions, settings, public holidays. For admins only: every handler takes an [`Admin`](crate::identity::Admin).
//!
//! Accounts and regions are not business data: they change through `auth::accounts` and [`offices`], and each action leaves an event.
//! Settings and holidays are business data and go through `sync::submit` like everything else.

pub mod offices;
pub mod regions;
pub mod settings;
pub mod user;
pub mod user_actions;
pub mod users;
mod views;

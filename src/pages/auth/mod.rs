//! The sign-in's forms and page, which an office PC has as well.

pub mod forms;
pub mod login_page;

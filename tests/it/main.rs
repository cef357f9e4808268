//! Integration tests: one binary, a file per subject.

mod auth;
mod auth_pages;
mod cluster;
mod i18n;
mod support;

//! Integration tests: one binary, a file per subject.

mod auth;
mod cluster;
mod i18n;
mod support;

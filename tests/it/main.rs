//! Integration tests: one binary, a file per subject.

mod auth;
mod auth_pages;
mod chain;
mod cluster;
mod commands;
mod fold;
mod i18n;
mod rls;
mod schema;
mod scope_leak;
mod support;

//! Integration tests: one binary, a file per subject.

mod auth;
mod cluster;
mod support;

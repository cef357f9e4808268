//! Integration tests: one binary, a file per subject.

mod cluster;
mod support;

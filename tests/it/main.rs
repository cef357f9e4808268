//! Integration tests: one binary, a file per subject.

mod activity;
mod api;
mod apply;
mod auth;
mod auth_pages;
mod calendar;
mod chain;
mod cluster;
mod commands;
mod employees;
mod feed;
mod fold;
mod i18n;
mod isolation;
mod meeting;
mod merge;
mod metrics;
mod rls;
mod schema;
mod scope_leak;
mod shift_templates;
mod support;
mod timesheets;
mod tokens;

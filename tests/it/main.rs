//! Integration tests: one binary, a file per subject.

mod activity;
mod apply;
mod auth;
mod auth_pages;
mod chain;
mod cluster;
mod commands;
mod dashboard;
mod employees;
mod feed;
mod fold;
mod i18n;
mod meeting;
mod merge;
mod region_view;
mod rls;
mod schema;
mod scope_leak;
mod shift_templates;
mod support;
mod timesheets;

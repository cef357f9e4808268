//! Tests of the whole program, by what they touch.

mod i18n;

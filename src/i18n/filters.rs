//! The filters of templates. The language comes with the page (`web::page::render`), never as a field of its own.
#![expect(missing_docs, reason = "the builders that `filter_fn` writes have none")]

use askama::{Result, Values, get_value};
use chrono::{DateTime, NaiveDate, Utc};

use super::{Arg, Lang, format};

/// Under this name the language travels with a rendering.
pub const LANG: &str = "lang";

fn lang(values: &dyn Values) -> Result<Lang> {
    get_value::<Lang>(values, LANG).copied()
}

/// The text of a key: `{{ "nav-employees"|t }}`.
#[askama::filter_fn]
pub fn t<'k>(key: &'k str, values: &dyn Values) -> Result<&'k str> {
    Ok(super::t(lang(values)?, key))
}

/// A text with one value: `{{ "employee-found"|t1("n", count) }}`.
#[askama::filter_fn]
pub fn t1<A: Arg>(key: &str, values: &dyn Values, name: &str, value: A) -> Result<String> {
    Ok(super::t_with(lang(values)?, key, &[(name, &value)]))
}

/// A text with two values.
#[askama::filter_fn]
pub fn t2<A: Arg, B: Arg>(key: &str, values: &dyn Values, name1: &str, value1: A, name2: &str, value2: B) -> Result<String> {
    Ok(super::t_with(lang(values)?, key, &[(name1, &value1), (name2, &value2)]))
}

/// A text with three values.
#[askama::filter_fn]
#[expect(clippy::too_many_arguments, reason = "three names and three values")]
pub fn t3<A: Arg, B: Arg, C: Arg>(
    key: &str,
    values: &dyn Values,
    name1: &str,
    value1: A,
    name2: &str,
    value2: B,
    name3: &str,
    value3: C,
) -> Result<String> {
    Ok(super::t_with(lang(values)?, key, &[(name1, &value1), (name2, &value2), (name3, &value3)]))
}

/// Minutes as hours with two decimals: `8,25`.
#[askama::filter_fn]
pub fn hours<M: Copy + Into<i64>>(minutes: &M, values: &dyn Values) -> Result<String> {
    Ok(format::hours(lang(values)?, (*minutes).into()))
}

/// A whole number with grouped thousands: `1.300`.
#[askama::filter_fn]
pub fn number<N: Copy + Into<i64>>(value: &N, values: &dyn Values) -> Result<String> {
    Ok(format::number(lang(values)?, (*value).into()))
}

/// A minute of the day as `08:30`.
#[askama::filter_fn]
pub fn time<M: Copy + Into<i32>>(minute: &M, _: &dyn Values) -> Result<String> {
    Ok(format::time((*minute).into()))
}

/// A date as `05.01.2026`.
#[askama::filter_fn]
pub fn date(date: &NaiveDate, _: &dyn Values) -> Result<String> {
    Ok(format::date(*date))
}

/// An instant by Istanbul's clock as `05.01.2026 14:30`.
#[askama::filter_fn]
pub fn instant(at: &DateTime<Utc>, _: &dyn Values) -> Result<String> {
    Ok(format::instant(*at))
}

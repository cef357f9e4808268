//! The filters of templates. The language comes with the page (`web::page::render`), never as a field of its own.
#![expect(missing_docs, clippy::inline_always, reason = "what `filter_fn` writes")]

use std::borrow::Borrow;

use askama::{Result, Values, get_value};
use chrono::{DateTime, NaiveDate, Utc};

use super::{Arg, Lang, format};
use crate::civil;

/// The name under which a rendering carries the language.
pub const LANG: &str = "lang";

fn lang(values: &dyn Values) -> Result<Lang> {
    get_value::<Lang>(values, LANG).copied()
}

/// The text of a key: `{{ "nav-employees"|t }}`.
#[askama::filter_fn]
pub fn t<'k>(key: &'k str, values: &dyn Values) -> Result<&'k str> {
    Ok(super::t(lang(values)?, key))
}

/// A text with one value: `{{ "pill-waiting"|t1("n", count) }}`.
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

/// A whole number of any type that templates use.
pub trait Whole {
    /// The number.
    fn whole(&self) -> i64;
}

impl Whole for i32 {
    fn whole(&self) -> i64 {
        (*self).into()
    }
}

impl Whole for i64 {
    fn whole(&self) -> i64 {
        *self
    }
}

impl Whole for usize {
    fn whole(&self) -> i64 {
        i64::try_from(*self).unwrap_or(i64::MAX)
    }
}

impl<W: Whole> Whole for &W {
    fn whole(&self) -> i64 {
        (**self).whole()
    }
}

/// Minutes as hours with two decimals: `8,25`.
#[askama::filter_fn]
pub fn hours<W: Whole>(minutes: W, values: &dyn Values) -> Result<String> {
    Ok(civil::format_hours(minutes.whole(), lang(values)?.as_str()))
}

/// A whole number with grouped thousands: `1.300`.
#[askama::filter_fn]
pub fn number<W: Whole>(value: W, values: &dyn Values) -> Result<String> {
    Ok(format::number(lang(values)?, value.whole()))
}

/// A minute of the day as `08:30`; minutes past midnight show the clock of the next day.
#[askama::filter_fn]
pub fn time<M: Borrow<i32>>(minute: M, _: &dyn Values) -> Result<String> {
    Ok(civil::format_time(*minute.borrow()))
}

/// A date as `05.01.2026`, in both languages: the company's papers are written so.
#[askama::filter_fn]
pub fn date<D: Borrow<NaiveDate>>(date: D, _: &dyn Values) -> Result<String> {
    Ok(civil::format_date_tr(*date.borrow()))
}

/// A date as `14 Ocak Çarşamba`.
#[askama::filter_fn]
pub fn day_of_year<D: Borrow<NaiveDate>>(date: D, values: &dyn Values) -> Result<String> {
    Ok(format::day_of_year(lang(values)?, *date.borrow()))
}

/// An instant by Istanbul's clock as `05.01.2026 14:30`.
#[askama::filter_fn]
pub fn instant<I: Borrow<DateTime<Utc>>>(at: I, _: &dyn Values) -> Result<String> {
    Ok(format::instant(*at.borrow()))
}

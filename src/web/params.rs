//! Queries of the API: read strictly, and every complaint names its parameter.

use std::{collections::BTreeSet, future::Ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Query};
use chrono::NaiveDate;
use serde::{Deserialize, de::DeserializeOwned};

use crate::{complaint::ParamError, error::AppError};

/// Items of one response at most.
pub const MOST_ITEMS: i64 = 1000;
/// Characters of a search at most.
pub const MOST_CHARS: usize = 200;

/// A query in which every parameter was understood. All fields of `T` are optional and `T` denies unknown ones, so each parameter can be
/// checked alone: all complaints are reported at once, and a misspelt filter is an error instead of a list of everything.
#[derive(Debug)]
pub struct Checked<T>(pub T);

impl<T: DeserializeOwned> Checked<T> {
    /// Reads a query.
    pub fn from_query(query: &str) -> Result<Self, AppError> {
        let pairs = Query::<Vec<(String, String)>>::from_query(query).map_err(|e| AppError::BadRequest(e.to_string()))?.into_inner();
        let mut names = BTreeSet::new();
        let mut errors = Vec::new();
        for (name, _) in pairs.iter().filter(|(name, _)| !names.insert(name.clone())) {
            errors.push(ParamError::new(name, "given more than once"));
        }
        for part in query.split('&').filter(|part| !part.is_empty()) {
            if let Err(error) = Query::<T>::from_query(part) {
                let name = Query::<Vec<(String, String)>>::from_query(part).ok().and_then(|pairs| pairs.into_inner().pop());
                errors.push(ParamError::new(&name.unwrap_or_default().0, said_by_serde(&error.to_string())));
            }
        }
        if !errors.is_empty() {
            return Err(AppError::BadParams(errors));
        }
        Query::<T>::from_query(query).map(|read| Self(read.into_inner())).map_err(|e| AppError::BadRequest(e.to_string()))
    }
}

/// The reason alone, without actix's words before it.
fn said_by_serde(text: &str) -> String {
    text.strip_prefix("Query deserialize error: ").unwrap_or(text).to_owned()
}

impl<T: DeserializeOwned> FromRequest for Checked<T> {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Self::from_query(request.query_string()))
    }
}

/// The most items that a response has, 1 to 1000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "i64")]
pub struct Limit(i64);

impl Limit {
    /// The number; `unset` if none was given.
    pub fn or(limit: Option<Self>, unset: i64) -> i64 {
        limit.map_or(unset, |limit| limit.0)
    }
}

impl TryFrom<i64> for Limit {
    type Error = String;
    fn try_from(number: i64) -> Result<Self, String> {
        if (1..=MOST_ITEMS).contains(&number) { Ok(Self(number)) } else { Err(format!("not between 1 and {MOST_ITEMS}")) }
    }
}

/// A date, written `YYYY-MM-DD` and no other way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Day(pub NaiveDate);

impl TryFrom<String> for Day {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let read = (text.len() == 10).then(|| NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok()).flatten();
        read.map(Self).ok_or("not a date such as 2026-01-05")
    }
}

/// What to search for: 200 characters at most.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct SearchText(pub String);

impl TryFrom<String> for SearchText {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        if text.contains('\0') {
            return Err("contains U+0000".to_owned());
        }
        if text.chars().count() > MOST_CHARS { Err(format!("longer than {MOST_CHARS} characters")) } else { Ok(Self(text)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        from: Option<Day>,
        limit: Option<Limit>,
        q: Option<SearchText>,
    }

    fn complaints(query: &str) -> Vec<(String, String)> {
        match Checked::<Asked>::from_query(query) {
            Err(AppError::BadParams(errors)) => errors.into_iter().map(|e| (e.name, e.detail)).collect(),
            other => panic!("{query}: {other:?}"),
        }
    }

    #[test]
    fn every_wrong_parameter_is_named_at_once() {
        let found = complaints("from=05.01.2026&limit=0&q=%00&form=2026-01-05");
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["from", "limit", "q", "form"]);
        assert_eq!(found[0].1, "not a date such as 2026-01-05");
        assert_eq!(found[1].1, "not between 1 and 1000");
        assert!(found[3].1.starts_with("unknown field `form`"), "{found:?}");
    }

    #[test]
    fn empty_doubled_and_unpadded_values_are_wrong_too() {
        for (query, name) in
            [("from=", "from"), ("limit=", "limit"), ("limit=1001", "limit"), ("from=2026-1-5", "from"), ("limit=1&limit=2", "limit")]
        {
            assert_eq!(complaints(query)[0].0, name, "{query}");
        }
        assert_eq!(complaints(&format!("q={}", "ş".repeat(201)))[0].0, "q");
    }

    #[test]
    fn a_good_query_is_read() {
        let Checked(asked) = Checked::<Asked>::from_query("from=2026-01-05&limit=1000&q=%C5%9F").unwrap();
        assert_eq!((asked.from, Limit::or(asked.limit, 1)), (Some(Day("2026-01-05".parse().unwrap())), 1000));
        assert_eq!(asked.q.unwrap().0, "ş");
        assert!(Checked::<Asked>::from_query("").is_ok());
    }
}

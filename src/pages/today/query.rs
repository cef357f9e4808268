//! Which day of which region a page shows.

use chrono::NaiveDate;
use serde::Deserialize;

use super::day::Place;
use crate::{
    error::{PageError, PageResult},
    identity::Region,
    text::clean,
    web::{asked::Asked, page::Ctx},
};

/// Which day of which region, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
pub struct DayQuery {
    /// The day, `2026-01-05`.
    pub date: Option<String>,
    /// Code of a region.
    pub region: Option<String>,
}

impl DayQuery {
    /// The requested day.
    pub fn read(&self, ctx: &Ctx, today: NaiveDate) -> PageResult<DayAsked> {
        let region = region_of(ctx, self.region.as_deref())?;
        let mut asked = Asked::new(ctx.lang);
        let date = asked.date("date", self.date.as_deref());
        let place = Place { region, date: date.unwrap_or(today) };
        if asked.is_clear() {
            return Ok(DayAsked::Of(place));
        }
        let typed = clean(self.date.as_deref().unwrap_or_default());
        Ok(DayAsked::Unclear(place, WrongDate { typed, error: asked.error("date"), sentences: asked.sentences() }))
    }
}

/// What an address of the page means.
#[derive(Debug)]
pub enum DayAsked {
    /// That day.
    Of(Place),
    /// Not a valid date: no day is shown. The place is today's, for the link back.
    Unclear(Place, WrongDate),
}

/// An invalid date.
#[derive(Debug, Default)]
pub struct WrongDate {
    /// As it was typed.
    pub typed: String,
    /// What is wrong with it, at the field; empty for nothing.
    pub error: String,
    /// The same as sentences, shown instead of the list.
    pub sentences: Vec<String>,
}

/// The region of the address, else the first of the reader's.
fn region_of(ctx: &Ctx, code: Option<&str>) -> PageResult<Region> {
    let first = || ctx.regions.first().map(|region| region.code.as_str());
    let code = code.filter(|code| !code.is_empty()).or_else(first).ok_or(PageError::Forbidden)?;
    Region::parse(code).map_err(|_| PageError::NotFound)
}

//! Which day of which region a page is asked for.

use chrono::NaiveDate;
use serde::Deserialize;

use super::day::Place;
use crate::{
    error::{AppError, AppResult},
    regions::Region,
    web::{asked::Asked, page::Ctx},
};

/// Which day of which region, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
pub struct DayQuery {
    pub(crate) date: Option<String>,
    pub(crate) region: Option<String>,
}

impl DayQuery {
    /// The day, and what is wrong with the date where it is today's instead.
    pub(crate) fn read(&self, ctx: &Ctx, today: NaiveDate) -> AppResult<(Place, String)> {
        let region = region_of(ctx, self.region.as_deref())?;
        let mut asked = Asked::new(ctx.lang);
        let date = asked.date("date", self.date.as_deref()).unwrap_or(today);
        Ok((Place { region, date }, asked.error("date")))
    }
}

/// The region of the address, else the first of the reader's.
fn region_of(ctx: &Ctx, code: Option<&str>) -> AppResult<Region> {
    let first = || ctx.regions.first().map(|region| region.code.as_str());
    let code = code.filter(|code| !code.is_empty()).or_else(first).ok_or(AppError::Forbidden)?;
    Region::parse(code).map_err(|_| AppError::NotFound)
}

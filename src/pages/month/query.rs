//! Which month of which region a page shows.

use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    civil::Month,
    error::{PageError, PageResult},
    web::{
        asked::Asked,
        page::{Ctx, RegionName},
    },
};

/// Which month, and of which region.
#[derive(Debug, Default, Deserialize)]
pub struct MonthQuery {
    /// The month, `2026-01`.
    pub month: Option<String>,
    /// Code of a region.
    pub region: Option<String>,
    /// Format of a file; `None` for the page.
    pub format: Option<String>,
}

impl MonthQuery {
    /// The month of the address, else the current one; the region of the address, else the first.
    pub fn read(&self, ctx: &Ctx, today: NaiveDate) -> PageResult<Wanted> {
        let mut asked = Asked::new(ctx.lang);
        let month = asked.month("month", self.month.as_deref());
        let typed = month.map_or_else(|| self.month.clone().unwrap_or_default().trim().to_owned(), |month| month.to_string());
        let region = choose_region(ctx, self.region.as_deref())?;
        Ok(Wanted {
            month: month.unwrap_or_else(|| Month::of(today)),
            region,
            typed,
            error: asked.error("month"),
            wrong: asked.sentences(),
        })
    }
}

/// What an address of the month requests.
pub struct Wanted {
    /// The month.
    pub month: Month,
    /// The region.
    pub region: RegionName,
    /// The month as it was typed.
    pub typed: String,
    /// What is wrong with it.
    pub error: String,
    /// The same as sentences; if there are any, no days are shown.
    pub wrong: Vec<String>,
}

/// The requested region, or the first of the person's. A region that is not the person's is "not found".
fn choose_region(ctx: &Ctx, asked: Option<&str>) -> PageResult<RegionName> {
    match asked.filter(|code| !code.is_empty()) {
        None => ctx.regions.first().cloned().ok_or(PageError::Forbidden),
        Some(code) => ctx.regions.iter().find(|region| region.code == code).cloned().ok_or(PageError::NotFound),
    }
}

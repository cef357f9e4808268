//! Which month of which region a page is asked for.

use chrono::NaiveDate;
use serde::Deserialize;

use super::Month;
use crate::{
    error::{AppError, AppResult},
    web::page::{Ctx, RegionName},
};

/// Which month, and whose.
#[derive(Debug, Default, Deserialize)]
pub struct MonthQuery {
    pub(crate) month: Option<String>,
    pub(crate) region: Option<String>,
}

impl MonthQuery {
    /// The current month unless the address says another, and of several regions the first.
    pub(crate) fn read(&self, ctx: &Ctx, today: NaiveDate) -> AppResult<(Month, RegionName)> {
        let month = self.month.as_deref().and_then(Month::parse).unwrap_or_else(|| Month::of(today));
        Ok((month, choose_region(ctx, self.region.as_deref())?))
    }
}

/// The asked region, or the first of the person's. A foreign one is not found.
fn choose_region(ctx: &Ctx, asked: Option<&str>) -> AppResult<RegionName> {
    match asked.filter(|code| !code.is_empty()) {
        None => ctx.regions.first().cloned().ok_or(AppError::Forbidden),
        Some(code) => ctx.regions.iter().find(|region| region.code == code).cloned().ok_or(AppError::NotFound),
    }
}

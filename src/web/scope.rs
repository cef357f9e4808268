//! The scope that an address asks for.

use crate::{
    db::Scope,
    error::{AppError, AppResult},
    identity::{Actor, Region},
};

/// The scope of a query: all of the person's regions, or one of them. A region that is not theirs is not found.
pub fn scope_for(actor: &Actor, region: Option<&str>) -> AppResult<Scope> {
    match region.filter(|code| !code.is_empty()) {
        None => Scope::of(actor).ok_or(AppError::Forbidden),
        Some(code) => {
            let region = Region::parse(code).map_err(|_| AppError::NotFound)?;
            Scope::one(actor, &region).ok_or(AppError::NotFound)
        }
    }
}

/// The same; all regions then include the company's own rows, for a person who may see these.
pub fn scope_with_company(actor: &Actor, region: Option<&str>) -> AppResult<Scope> {
    match region {
        None | Some("") => Scope::with_company(actor).ok_or(AppError::Forbidden),
        one => scope_for(actor, one),
    }
}

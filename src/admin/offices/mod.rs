//! The list of offices for admins: add, rename, close, open. Each action is recorded in the log of its region.
//!
//! A closed region can be read as before by its people and by admins, and accepts no operation (`sync::apply`).

pub mod db;

use crate::{
    complaint::FieldError,
    db::{Capability, violated_constraint},
    error::{AppError, AppResult},
    events::{self, EventKind, NewEvent},
    fold::fold,
    identity::{Admin, Region},
    state::AppState,
    sync::held,
    text::composed_for_compatibility,
};

const MAX_NAME: usize = 100;
const MAX_CODE: usize = 31;

/// An office in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it accepts operations.
    pub is_open: bool,
    /// Active employees.
    pub people: i64,
}

/// The default code of a name: folded, with `_` for every character that is neither letter nor digit.
pub fn code_of_name(name: &str) -> String {
    let folded: String = fold(name).chars().map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() { c } else { '_' }).collect();
    let words: Vec<&str> = folded.split('_').filter(|word| !word.is_empty()).collect();
    let code = words.join("_");
    let code: String = code.trim_start_matches(|c: char| !c.is_ascii_lowercase()).chars().take(MAX_CODE).collect();
    code.trim_end_matches('_').to_owned()
}

/// Adds an office. A blank code is made from the name. Its people can sign in and write at once.
pub async fn add_office(state: &AppState, by: &Admin, typed_code: &str, name: &str) -> AppResult<Result<Region, Vec<FieldError>>> {
    let code = if typed_code.is_empty() { code_of_name(name) } else { typed_code.to_owned() };
    let mut errors: Vec<FieldError> = check_name(name).into_iter().collect();
    let region = match Region::parse(&code) {
        Ok(region) => Some(region),
        Err(_) if typed_code.is_empty() && !errors.is_empty() => None, // the error of the name is already in the list
        Err(_) => {
            errors.push(FieldError::new("code", "region-code-format"));
            None
        }
    };
    let (Some(region), true) = (region, errors.is_empty()) else { return Ok(Err(errors)) };
    let mut tx = state.db.system(&Capability::Regions(by)).await?;
    if let Err(error) = db::insert_office(&mut tx, region.code(), name).await {
        return refusal(error).map(Err);
    }
    tx.commit().await?;
    record(state, by, &region, NewEvent::new(EventKind::RegionAdded).with("name", name)).await?;
    Ok(Ok(region))
}

/// Renames an office; its code stays.
pub async fn rename_office(state: &AppState, by: &Admin, region: &Region, name: &str) -> AppResult<Result<(), Vec<FieldError>>> {
    if let Some(error) = check_name(name) {
        return Ok(Err(vec![error]));
    }
    let mut tx = state.db.system(&Capability::Regions(by)).await?;
    let before = match db::rename_office(&mut tx, region.code(), name).await {
        Ok(before) => before.ok_or(AppError::NotFound)?,
        Err(error) => return refusal(error).map(Err),
    };
    tx.commit().await?;
    if before != name {
        record(state, by, region, NewEvent::new(EventKind::RegionRenamed).with("before", before).with("after", name)).await?;
    }
    Ok(Ok(()))
}

/// Closes or opens an office. Returns its name.
pub async fn set_open(state: &AppState, by: &Admin, region: &Region, is_open: bool) -> AppResult<String> {
    let mut tx = state.db.system(&Capability::Regions(by)).await?;
    let (name, was_open) = db::set_open(&mut tx, region.code(), is_open).await?.ok_or(AppError::NotFound)?;
    tx.commit().await?;
    if was_open != is_open {
        let kind = if is_open { EventKind::RegionOpened } else { EventKind::RegionClosed };
        record(state, by, region, NewEvent::new(kind).with("name", name.as_str())).await?;
    }
    if is_open {
        held::retry_of_region(state, region).await;
    }
    Ok(name)
}

/// Checks that a name is not empty, not too long, and cannot be mistaken for another: no letter of another script that looks like a Latin
/// one.
fn check_name(name: &str) -> Option<FieldError> {
    match name.chars().count() {
        0 => Some(FieldError::new("name", "region-name-missing")),
        1..=MAX_NAME if is_latin(name) => None,
        1..=MAX_NAME => Some(FieldError::new("name", "region-name-letters")),
        _ => Some(FieldError::new("name", "too-long").with("max", MAX_NAME)),
    }
}

/// Whether all letters are Latin, with any marks, all digits European, and the rest only blanks and the usual punctuation of names. Such
/// names are then also unique to the eye ([`fold`], `region_name_once`).
fn is_latin(name: &str) -> bool {
    let is_usual = |c: char| c.is_ascii_alphanumeric() || " -.,'/&()+".contains(c);
    composed_for_compatibility(name) == name && fold(name).chars().all(is_usual)
}

fn refusal(error: sqlx::Error) -> AppResult<Vec<FieldError>> {
    match violated_constraint(&error) {
        Some("regions_pkey") => Ok(vec![FieldError::new("code", "region-code-taken")]),
        Some("region_name_once") => Ok(vec![FieldError::new("name", "region-name-taken")]),
        _ => Err(error.into()),
    }
}

async fn record(state: &AppState, by: &Admin, region: &Region, event: NewEvent) -> AppResult<()> {
    let event = event.by(Some(by.actor())).from(by.visitor());
    Ok(events::record(&state.db, region.clone(), &event, &state.clock).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_latin_letters_only() {
        for good in ["Ankara", "İzmir – Çiğli", "3. Bölge (Doğu)", "Hakkâri", "Ağrı/Iğdır", "O’Neil & Åse", "Gəncə", "Žilina-2"]
        {
            assert_eq!(check_name(good), None, "{good}");
        }
        for other in
            ["Аnkara", "Ankаra", "Αnkara", "Ankara٣", "Ａnkara", "上海", "Ankara 👷", "Anka\u{251}ra", "𝐀nkara", "Ank<a>", "Ankara\u{e000}"]
        {
            assert_eq!(check_name(other), Some(FieldError::new("name", "region-name-letters")), "{other}");
        }
        assert_eq!(check_name(""), Some(FieldError::new("name", "region-name-missing")));
    }

    #[test]
    fn a_code_is_the_folded_name() {
        let cases: Vec<(String, String)> = serde_json::from_str(include_str!("../../../tests/golden/region_codes.json")).unwrap();
        for (name, code) in cases {
            assert_eq!(code_of_name(&name), code, "{name}");
            assert!(code.is_empty() || Region::parse(&code).is_ok(), "{code}");
        }
    }
}

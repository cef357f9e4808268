//! The names of the rows that rows refer to.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;
use uuid::Uuid;

use crate::{
    error::PageResult,
    i18n::Lang,
    ops::{Entity, Field, Listed, Row, description},
    web::office::Office,
    words::{named, said},
};

/// The names of the rows that the rows of a page refer to.
#[derive(Debug, Default)]
pub struct Names(HashMap<Uuid, String>);

impl Names {
    /// Finds the names for these rows.
    pub async fn of<O: Office, E: Entity>(office: &mut O, rows: &[Listed<E>]) -> PageResult<Self> {
        let mut names = HashMap::new();
        let rows: Vec<Row> = rows.iter().map(|row| row.value.to_row()).collect();
        for (field, other) in E::FORM.iter().filter_map(|field| Some((field, description(field.of?)?))) {
            let ids: BTreeSet<Uuid> = rows.iter().filter_map(|row| row.get(field.name)?.as_str()?.parse().ok()).collect();
            if !ids.is_empty() {
                names.extend(office.names(other, &ids.into_iter().collect::<Vec<_>>()).await?);
            }
        }
        Ok(Self(names))
    }

    /// The value of a field in words.
    pub fn said(&self, lang: Lang, field: &'static Field, value: &Value) -> String {
        said(lang, field, value, |id| self.0.get(&id).map(String::as_str))
    }

    /// What people call a row; empty if its name is not known.
    pub fn title<E: Entity>(&self, row: &Row) -> String {
        let Some(title) = E::TITLE else { return String::new() };
        let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
        let name = match title.of {
            None => text(title.name),
            Some(_) => text(title.name).parse().ok().and_then(|id: Uuid| self.0.get(&id)).map_or("", String::as_str),
        };
        named(name, title.date.and_then(|date| text(date).parse().ok()))
    }
}

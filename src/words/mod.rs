//! Rows and their fields in words, for other pages that speak of changes: what waits, what was refused, what met.

mod db;
mod fields;
mod past;

use std::collections::HashMap;

use chrono::NaiveDate;
use serde_json::{Map, Value};
use uuid::Uuid;

pub use db::{RowName, list_row_names};
pub use fields::{describe, label_of, masked};
pub use past::{as_field, value_at};

use crate::{
    civil,
    db::{Mode, ScopedTx},
    i18n::{Lang, t},
    ops::Fields,
    text::clean,
    web::change::FieldChange,
};

/// What people call rows.
#[derive(Debug, Default)]
pub struct Names(HashMap<Uuid, RowName>);

/// The names of those of `ids` that are rows of the scope's regions.
pub async fn names_of<M: Mode>(tx: &mut ScopedTx<M>, ids: &[Uuid]) -> Result<Names, sqlx::Error> {
    Ok(Names(list_row_names(tx, ids).await?))
}

/// The ids that values may name rows by.
pub fn ids_in<'v>(values: impl IntoIterator<Item = &'v Value>) -> Vec<Uuid> {
    values.into_iter().filter_map(|value| value.as_str()?.parse().ok()).collect()
}

/// What a kind of row is called.
pub fn entity_in_words(lang: Lang, entity: &str) -> &str {
    match entity {
        "timesheet" => t(lang, "change-of-timesheet"),
        "employee" => t(lang, "change-of-employee"),
        "shift_template" => t(lang, "change-of-shift-template"),
        "settings" => t(lang, "change-of-settings"),
        "calendar_day" => t(lang, "change-of-calendar-day"),
        other => other,
    }
}

impl Names {
    /// What a row is called now; none for one that is not there.
    pub fn title(&self, id: Uuid) -> Option<String> {
        title_by_id(&self.0, id)
    }

    /// What a new row is to be called, from its values.
    pub fn title_of_new(&self, fields: &Fields) -> String {
        let text = |name: &str| fields.get(name).and_then(|change| change.to.as_str()).map(clean).filter(|text| !text.is_empty());
        let employee = text("employee_id").and_then(|id| id.parse().ok()).and_then(|id| self.0.get(&id)).map(|row| row.name.clone());
        let name = text("full_name").or_else(|| text("name")).or(employee).unwrap_or_default();
        named(&name, text("work_date").or_else(|| text("day")).and_then(|date| date.parse().ok()))
    }

    /// The changes of an operation in words.
    pub fn describe(&self, lang: Lang, fields: &Fields) -> Vec<FieldChange> {
        let side = |pick: fn(&crate::ops::Change) -> &Value| -> Value {
            fields.iter().map(|(name, change)| (name.clone(), pick(change).clone())).collect::<Map<_, _>>().into()
        };
        self.say(lang, &side(|change| &change.from), &side(|change| &change.to))
    }

    /// One value of a field in words; none for an empty one.
    pub fn value(&self, lang: Lang, field: &str, value: &Value) -> Option<String> {
        let side: Value = Map::from_iter([(field.to_owned(), value.clone())]).into();
        self.say(lang, &Value::Null, &side).pop()?.after
    }

    fn say(&self, lang: Lang, before: &Value, after: &Value) -> Vec<FieldChange> {
        describe(lang, Some(before), Some(after), |id| self.0.get(&id).map(|row| row.name.as_str()))
    }
}

/// What a row is called now, by the names that were looked up.
pub(crate) fn title_by_id(names: &HashMap<Uuid, RowName>, id: Uuid) -> Option<String> {
    names.get(&id).map(|found| named(&found.name, found.work_date))
}

/// A name, with the date it is about.
pub fn named(name: &str, work_date: Option<NaiveDate>) -> String {
    match work_date {
        Some(date) => format!("{name}, {}", civil::format_date_tr(date)),
        None => name.to_owned(),
    }
}

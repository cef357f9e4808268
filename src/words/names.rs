//! What people call rows.

use std::collections::HashMap;

use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    db::{RowName, list_row_names},
    describe, named,
};
use crate::{
    db::{Mode, ScopedTx},
    i18n::{Lang, t},
    ops::{Fields, Title, description},
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
    description(entity).map_or(entity, |known| t(lang, known.label))
}

impl Names {
    /// What a row is called now; none for one that is not there.
    pub fn title(&self, id: Uuid) -> Option<String> {
        title_by_id(&self.0, id)
    }

    /// What a new row is to be called, from its values.
    pub fn title_of_new(&self, entity: &str, fields: &Fields) -> String {
        title_of_values(&self.0, entity, |name| fields.get(name).and_then(|change| change.to.as_str()))
    }

    /// The changes of an operation in words.
    pub fn describe(&self, lang: Lang, entity: &str, fields: &Fields) -> Vec<FieldChange> {
        let side = |pick: fn(&crate::ops::Change) -> &Value| -> Value {
            fields.iter().map(|(name, change)| (name.clone(), pick(change).clone())).collect::<Map<_, _>>().into()
        };
        self.say(lang, entity, &side(|change| &change.from), &side(|change| &change.to))
    }

    /// One value of a field in words; none for an empty one.
    pub fn value(&self, lang: Lang, entity: &str, field: &str, value: &Value) -> Option<String> {
        let side: Value = Map::from_iter([(field.to_owned(), value.clone())]).into();
        self.say(lang, entity, &Value::Null, &side).pop()?.after
    }

    fn say(&self, lang: Lang, entity: &str, before: &Value, after: &Value) -> Vec<FieldChange> {
        describe(lang, entity, Some(before), Some(after), |id| self.0.get(&id).map(|row| row.name.as_str()))
    }
}

/// What a row is called now, by the names that were looked up.
pub(crate) fn title_by_id(names: &HashMap<Uuid, RowName>, id: Uuid) -> Option<String> {
    names.get(&id).map(|found| named(&found.name, found.work_date))
}

/// What a row is called by its values, which are columns of its title or fields of the same name.
pub(crate) fn title_of_values<'v>(names: &HashMap<Uuid, RowName>, entity: &str, value: impl Fn(&str) -> Option<&'v str>) -> String {
    // A row of an entity of a newer program most likely has a name.
    let Some(title) = description(entity).map_or(Some(Title::column("name")), |entity| entity.title) else { return String::new() };
    let text = |name: &str| value(name).map(clean).filter(|text| !text.is_empty());
    let name = match title.of {
        None => text(title.name),
        Some(_) => text(title.name).and_then(|id| id.parse().ok()).and_then(|id| names.get(&id)).map(|row| row.name.clone()),
    };
    named(&name.unwrap_or_default(), title.date.and_then(text).and_then(|date| date.parse().ok()))
}

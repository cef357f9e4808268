//! The form of an entity's fields.

use crate::{
    error::PageResult,
    i18n::{Lang, choice, t},
    identity::Region,
    money,
    ops::{Entity, Field, FieldKind, Listed, Presence, Says, description},
    phone,
    web::{
        form::FormView,
        office::{NamedRow, Office},
    },
};

/// A field of the form, as the template draws it.
pub struct Input {
    /// The field.
    pub field: &'static Field,
    /// What it is called.
    pub label: &'static str,
    /// What stands under it.
    pub hint: &'static str,
    /// The values to choose from; of rows, by region.
    pub groups: Vec<Group>,
}

/// Values of one region to choose from; without a region for the words of a choice.
pub struct Group {
    /// Code of the region.
    pub region: String,
    /// The values, with their names.
    pub options: Vec<(String, String)>,
}

/// How a field is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// One line.
    Line,
    /// Several lines.
    Lines,
    /// A box to tick.
    Checkbox,
    /// A box for each weekday.
    Weekdays,
    /// A time of day.
    Time,
    /// A list to choose from.
    Select,
}

impl Input {
    /// The inputs of an entity's form.
    pub async fn all<O: Office, E: Entity>(lang: Lang, office: &mut O) -> PageResult<Vec<Self>> {
        let mut inputs = Vec::with_capacity(E::FORM.len());
        for field in E::FORM {
            let hint = if field.hint.is_empty() { "" } else { t(lang, field.hint) };
            let groups = match field.of.and_then(description) {
                Some(other) => by_region(office.named_rows(other).await?),
                None => words(lang, field),
            };
            inputs.push(Self { field, label: t(lang, field.label), hint, groups });
        }
        Ok(inputs)
    }

    /// The inputs of the form for a change. A row that a field refers to stays its value, even if it is in the trash by now.
    pub async fn all_for<O: Office, E: Entity>(lang: Lang, office: &mut O, row: &Listed<E>, region: &Region) -> PageResult<Vec<Self>> {
        let mut inputs = Self::all::<O, E>(lang, office).await?;
        let values = row.value.to_row();
        for input in inputs.iter_mut().filter(|input| input.field.is_reference()) {
            let Some(id) = values.get(input.field.name).and_then(|value| value.as_str()) else { continue };
            let is_offered = input.groups.iter().flat_map(|group| &group.options).any(|(known, _)| known == id);
            if let (false, Some(other), Ok(parsed)) = (is_offered, input.field.of.and_then(description), id.parse()) {
                let name = office.names(other, &[parsed]).await?.remove(&parsed);
                let name = name.unwrap_or_else(|| t(lang, "change-unknown-row").to_owned());
                input.groups.push(Group { region: region.code().to_owned(), options: vec![(id.to_owned(), name)] });
            }
        }
        Ok(inputs)
    }

    /// How it is drawn.
    pub fn drawn(&self) -> Drawn {
        match self.field.kind {
            FieldKind::LongText => Drawn::Lines,
            FieldKind::Flag => Drawn::Checkbox,
            FieldKind::Weekdays => Drawn::Weekdays,
            FieldKind::Time => Drawn::Time,
            FieldKind::Choice | FieldKind::Id => Drawn::Select,
            FieldKind::Text
            | FieldKind::OptionalText
            | FieldKind::LaterText
            | FieldKind::Date
            | FieldKind::Integer
            | FieldKind::Decimal
            | FieldKind::IdentityNo
            | FieldKind::Plate
            | FieldKind::Phone
            | FieldKind::Money
            | FieldKind::Minutes => Drawn::Line,
        }
    }

    /// The type of the HTML field.
    pub fn kind(&self) -> &'static str {
        match self.field.kind {
            FieldKind::Date => "date",
            FieldKind::Phone => "tel",
            _ => "text",
        }
    }

    /// The value as people write it; what was typed into a refused form stays as it was typed.
    pub fn value(&self, form: &FormView) -> String {
        let value = form.value(self.field.name);
        match self.field.kind {
            _ if form.is_refused => value.to_owned(),
            FieldKind::Phone => phone::shown(value),
            FieldKind::Money => money::parse(value).map_or_else(|_| value.to_owned(), money::typed),
            FieldKind::Decimal => value.replace('.', ","),
            _ => value.to_owned(),
        }
    }

    /// It has to be filled in.
    pub fn is_required(&self) -> bool {
        self.field.presence != Presence::Optional
    }

    /// More attributes of the HTML field.
    pub fn attributes(&self, focus: &str) -> String {
        let focus = if focus == self.field.name { " data-focus" } else { "" };
        let most = if self.field.longest > 0 { format!("maxlength='{}'", self.field.longest) } else { String::new() };
        let keys = match self.field.kind {
            FieldKind::Integer | FieldKind::IdentityNo => " inputmode='numeric'",
            FieldKind::Money | FieldKind::Decimal => " inputmode='decimal'",
            _ => "",
        };
        format!("{most}{keys} autocomplete='off'{focus}")
    }
}

/// Rows by their regions, in the order of the first row of each.
fn by_region(rows: Vec<NamedRow>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for row in rows {
        let option = (row.id.to_string(), row.name);
        match groups.iter_mut().find(|group| group.region == row.region) {
            Some(group) => group.options.push(option),
            None => groups.push(Group { region: row.region, options: vec![option] }),
        }
    }
    groups
}

/// The words that a field may hold.
fn words(lang: Lang, field: &Field) -> Vec<Group> {
    let Says::Choice(prefix) = field.says else { return Vec::new() };
    let option = |word: &&'static str| ((*word).to_owned(), choice(lang, prefix, word).unwrap_or(word).to_owned());
    vec![Group { region: String::new(), options: field.choices.iter().map(option).collect() }]
}

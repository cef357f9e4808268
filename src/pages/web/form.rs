//! Posted forms of business data: from the pairs of a form to an operation, and back to a form that shows what is wrong.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use crate::{
    civil,
    clock::Clock,
    complaint::FieldError,
    error::{PageError, PageResult},
    hours::doubts::{CONFIRMED, code_of},
    i18n::{Arg, Lang, t_with},
    identity::{Actor, Region},
    ids,
    ops::{
        Author, Description, Kind, Op, Row,
        form_codec::{FormSpec, changes_between, changes_of_new, read_form},
    },
    text::clean,
};

/// The pairs of a posted form. As an argument of a handler they are extracted after the check of the session's token (`extract`).
#[derive(Debug)]
pub struct Posted {
    /// As received.
    pairs: Vec<(String, String)>,
    /// The values in the same order: typed values cleaned, values of the page itself (`_...`) only trimmed.
    values: Vec<String>,
}

impl Posted {
    /// A form from its pairs; the caller has checked that the request came from a page of this program.
    pub fn from_pairs(pairs: Vec<(String, String)>) -> Self {
        let value = |(name, value): &(String, String)| if name.starts_with('_') { value.trim().to_owned() } else { clean(value) };
        Self { values: pairs.iter().map(value).collect(), pairs }
    }

    /// The first value of that name that is not blank: a form without scripts carries the server's ids besides the script's empty ones.
    pub fn value(&self, name: &str) -> &str {
        self.given(name).next().unwrap_or("")
    }

    /// A date as operations have it; null if empty, and the typed text if it is no date.
    pub fn date(&self, name: &str) -> Value {
        match self.value(name) {
            "" => Value::Null,
            text => civil::parse_date(text).map_or_else(|_| Value::from(text), |date| Value::from(date.to_string())),
        }
    }

    /// The first value of that name as it was typed, blanks and all: a password.
    pub fn raw(&self, name: &str) -> &str {
        self.pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    /// All values of that name that are not blank: ticked boxes.
    pub fn values(&self, name: &str) -> Vec<String> {
        self.given(name).map(str::to_owned).collect()
    }

    fn given(&self, name: &str) -> impl Iterator<Item = &str> {
        let named = self.pairs.iter().zip(&self.values).filter(move |((known, _), _)| known == name);
        named.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A password: only the blanks around it are removed.
    pub fn secret(&self, name: &str) -> &str {
        self.pairs.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.trim())
    }

    /// The id of this attempt to save, for the response to a form that is no operation.
    pub fn op_id(&self) -> PageResult<Uuid> {
        self.id_or_new("_op")
    }

    /// The id the form gives its new row.
    pub fn new_row_id(&self) -> PageResult<Uuid> {
        self.id_or_new("_id")
    }

    /// The region of the form: its field, or the person's only region.
    pub fn region(&self, actor: &Actor) -> Result<Region, FieldError> {
        match (self.value("region"), actor.regions.as_slice()) {
            ("", [only]) => Ok(only.clone()),
            ("", _) => Err(FieldError::new("region", "region-missing")),
            (code, _) => match Region::parse(code) {
                Ok(region) if actor.may_act_on(&region) => Ok(region),
                _ => Err(FieldError::new("region", "region-unknown")),
            },
        }
    }

    /// The values the form was rendered with; `None` if it does not carry them.
    pub fn original(&self) -> PageResult<Option<Row>> {
        match self.value("_orig") {
            "" => Ok(None),
            text => serde_json::from_str(text).map(Some).map_err(|_| PageError::BadRequest("_orig: not JSON".into())),
        }
    }

    /// The form's values of an entity's fields.
    pub fn row_of(&self, fields: FormSpec) -> Row {
        read_form(fields, &self.pairs)
    }

    /// The operation that creates a new row from this form.
    pub fn to_create(&self, entity: &Description, author: Author, region: Region) -> PageResult<Op> {
        let op = self.bare_op(entity.name, author, region, Kind::Create, self.id_or_new("_id")?)?;
        Ok(op.changing(changes_of_new(self.row_of(entity.fields))))
    }

    /// The operation that changes row `id` to the values of this form, compared with those it was rendered with.
    pub fn to_update(&self, entity: &Description, author: Author, region: Region, id: Uuid) -> PageResult<Op> {
        let original = self.original()?.ok_or_else(|| PageError::BadRequest("_orig: missing".into()))?;
        let op = self.bare_op(entity.name, author, region, Kind::Update, id)?;
        Ok(op.changing(changes_between(&original, self.row_of(entity.fields))))
    }

    /// An operation on row `id` of an entity; the caller fills in its fields.
    pub fn bare_op(&self, entity: &str, author: Author, region: Region, kind: Kind, id: Uuid) -> PageResult<Op> {
        let base = self.value("_base");
        let base_version = match (kind, base) {
            (Kind::Create, _) | (_, "") => None,
            _ => Some(base.parse().map_err(|_| PageError::BadRequest("_base: not a number".into()))?),
        };
        Ok(Op::new(author, self.id_or_new("_op")?, kind, entity, id, region).against(base_version))
    }

    fn id_or_new(&self, name: &str) -> PageResult<Uuid> {
        match self.value(name) {
            "" => Ok(ids::new_id()),
            text => text.parse().map_err(|_| PageError::BadRequest(format!("{name}: not a UUID"))),
        }
    }
}

/// The author of an operation that a signed-in person sends now.
pub fn author(actor: &Actor, clock: &Clock) -> Author {
    Author { actor: actor.user_id, queue_id: actor.session_id, at: clock.now() }
}

/// A form as a template shows it: the values as typed, and a sentence at each wrong field.
#[derive(Debug, Clone, Default)]
pub struct FormView {
    /// The row, for a change.
    pub id: Option<Uuid>,
    /// Its version when the form was made.
    pub base: i64,
    /// The values the form was made with, as JSON.
    pub orig: String,
    /// The region's code.
    pub region: String,
    /// Name of the field that gets the cursor; empty for none.
    pub focus: &'static str,
    /// Whether it was refused: its values are as typed.
    pub is_refused: bool,
    /// The other entry that overlaps.
    pub other: Option<Uuid>,
    values: BTreeMap<String, String>,
    errors: BTreeMap<String, String>,
    questions: Vec<String>,
}

impl FormView {
    /// A form for a new row with these first values.
    pub fn blank(values: &[(&str, String)]) -> Self {
        Self { values: values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(), ..Self::default() }
    }

    /// Puts a value into a field.
    pub fn set(&mut self, name: &str, value: String) {
        self.values.insert(name.to_owned(), value);
    }

    /// Puts a sentence at a field; the name "" is the form as a whole.
    pub fn complain(&mut self, name: &str, sentence: String) {
        self.errors.insert(name.to_owned(), sentence);
    }

    /// A form for a change of a row.
    pub fn of_row(id: Uuid, version: i64, region: &Region, row: &Row) -> Self {
        Self {
            id: Some(id),
            base: version,
            orig: serde_json::to_string(row).unwrap_or_default(),
            region: region.to_string(),
            values: row.iter().map(|(name, value)| (name.clone(), shown(value))).collect(),
            ..Self::default()
        }
    }

    /// The refused form, with its errors. The typed values stay.
    pub fn refused(posted: &Posted, id: Option<Uuid>, errors: &[FieldError], lang: Lang) -> Self {
        let mut values = BTreeMap::new();
        for (name, value) in posted.pairs.iter().filter(|(name, _)| !name.starts_with('_')) {
            values.entry(name.clone()).and_modify(|v: &mut String| v.push_str(value)).or_insert_with(|| value.clone());
        }
        // Questions only: posting the form again confirms them.
        let codes: Vec<&str> = errors.iter().filter_map(code_of).collect();
        let confirmed = values.entry(CONFIRMED.to_owned()).or_default();
        *confirmed = confirmed.split_whitespace().chain(codes.iter().copied()).collect::<Vec<_>>().join(" ");
        let (asked, wrong): (Vec<&FieldError>, Vec<&FieldError>) = errors.iter().partition(|error| code_of(error).is_some());
        Self {
            id,
            base: posted.value("_base").parse().unwrap_or_default(),
            orig: posted.value("_orig").to_owned(),
            region: posted.value("region").to_owned(),
            values,
            errors: wrong.into_iter().map(|e| (e.field.clone(), sentence(lang, e))).collect(),
            questions: asked.into_iter().map(|e| sentence(lang, e)).collect(),
            focus: if codes.is_empty() { "" } else { "start_time" }, // Enter in a field confirms
            is_refused: true,
            other: other_of(errors),
        }
    }

    /// What the field holds.
    pub fn value(&self, name: &str) -> &str {
        self.values.get(name).map_or("", String::as_str)
    }

    /// The number that a field holds; 0 for anything else.
    pub fn number(&self, name: &str) -> i64 {
        self.value(name).parse().unwrap_or_default()
    }

    /// The attribute that puts the cursor on a field, if it is the one.
    pub fn focus_on(&self, name: &str) -> &'static str {
        if self.focus == name { "data-focus" } else { "" }
    }

    /// Whether a checkbox is ticked.
    pub fn is_checked(&self, name: &str) -> bool {
        self.value(name) == "true"
    }

    /// Whether one of several checkboxes of a name is ticked.
    pub fn contains(&self, name: &str, part: &str) -> bool {
        self.value(name).contains(part)
    }

    /// What is wrong with the field; empty if nothing is. The name "" is the form as a whole.
    pub fn error(&self, name: &str) -> &str {
        self.errors.get(name).map_or("", String::as_str)
    }

    /// The questions before it is stored; posting the form again confirms them.
    pub fn questions(&self) -> &[String] {
        &self.questions
    }

    /// How many fields are wrong; an error of the form as a whole is not counted.
    pub fn error_count(&self) -> usize {
        self.errors.keys().filter(|name| !name.is_empty()).count()
    }
}

/// The row that an error names.
pub fn other_of(errors: &[FieldError]) -> Option<Uuid> {
    errors.iter().find_map(|error| error.args.get("entry")?.parse().ok())
}

/// A value as a field of a form holds it.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The sentence for an error, from the catalogue.
pub fn sentence(lang: Lang, error: &FieldError) -> String {
    // If the overlapping entry is known, the sentence names it.
    let names_other = error.code == "overlap" && error.args.contains_key("start");
    let key = if names_other { "error-overlap-with".to_owned() } else { format!("error-{}", error.code) };
    let args: Vec<(&str, &dyn Arg)> = error.args.iter().map(|(name, value)| (name.as_str(), value as &dyn Arg)).collect();
    t_with(lang, &key, &args)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::civil::TimeError;

    #[test]
    fn a_complaint_becomes_the_sentence_at_its_field() {
        let range = sentence(Lang::Tr, &TimeError::Range { hour: 25, minute: 0 }.about("end_time"));
        assert_eq!(range, "25:00 saat değil; 00:00 ile 23:59 arasında bir saat yazın.");
        assert_eq!(sentence(Lang::En, &FieldError::new("full_name", "too-long").with("max", 200)), "Too long: 200 characters at most.");
    }
}

//! The form that a person had filled in when their session ended, shown again after the sign-in.

use askama::Template;
use uuid::Uuid;

use crate::{
    auth::carried::CarriedForm,
    web::{filters, page::Ctx},
    words::label_of,
};

/// How a field is shown again.
#[derive(Debug, PartialEq, Eq)]
pub enum Shape {
    /// Typed text, which can be edited.
    Text,
    /// A ticked checkbox.
    Ticked,
    /// Hidden from the reader: ids, versions, and fields without a label.
    Hidden,
}

/// One field.
#[derive(Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// Its name in the form.
    pub name: &'a str,
    /// Its label.
    pub label: String,
    /// What was typed.
    pub value: &'a str,
    /// How it is shown again.
    pub shape: Shape,
}

/// `POST /login`, after a session had ended.
#[derive(Template)]
#[template(path = "auth/resume.html")]
pub struct ResumePage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// Address that the form posts to.
    pub action: &'a str,
    /// The CSRF token of the new session.
    pub token: &'a str,
    /// Its fields.
    pub fields: Vec<Field<'a>>,
}

impl<'a> ResumePage<'a> {
    /// The page of a form.
    pub fn new(ctx: &'a Ctx, form: &'a CarriedForm, token: &'a str) -> Self {
        let fields = form.pairs.iter().map(|(name, value)| field(ctx, form, name, value)).collect();
        Self { ctx, action: &form.action, token, fields }
    }
}

fn field<'a>(ctx: &Ctx, form: &CarriedForm, name: &'a str, value: &'a str) -> Field<'a> {
    let label = Some(label_of(ctx.lang, name)).filter(|label| label != name);
    let is_one_of_several = form.pairs.iter().filter(|(other, _)| other == name).count() > 1;
    let shape = match &label {
        Some(_) if is_one_of_several || value.parse::<Uuid>().is_ok() => Shape::Hidden,
        Some(_) if value == "true" => Shape::Ticked,
        Some(_) => Shape::Text,
        None => Shape::Hidden,
    };
    Field { name, label: label.unwrap_or_default(), value, shape }
}

//! What the pages of people need besides their rows.

use serde_json::Value;
use uuid::Uuid;

use super::listed::{Filter, Listed};
use crate::{
    complaint::FieldError,
    error::PageResult,
    ops::Op,
    shift_templates::listed::TemplateChoice,
    web::{office::Office, pagination::Pager},
};

/// An office with its people.
#[expect(async_fn_in_trait, reason = "a page is made on one thread")]
pub trait People: Office {
    /// The people who match the filter, on one page of `size` rows, and which part of the list they are.
    async fn page_of_people(&mut self, filter: &Filter, page: Option<i64>, size: i64) -> PageResult<(Vec<Listed>, Pager)>;

    /// One person, also one in the trash.
    async fn find_person(&mut self, id: Uuid) -> PageResult<Option<Listed>>;

    /// A person's name, with what distinguishes namesakes.
    async fn name_of_person(&mut self, person: &Listed) -> PageResult<String>;

    /// The shifts that people may usually work.
    async fn template_choices(&mut self) -> PageResult<Vec<TemplateChoice>>;

    /// The identity number that the author of a change saw (masked, except that one); or the error that it cannot be changed here.
    async fn identity_no_seen(&mut self, op: &Op, before: Option<&Listed>) -> PageResult<Result<Value, FieldError>>;
}

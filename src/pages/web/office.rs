//! The source of the rows that a page is made of.

use std::collections::HashMap;

use uuid::Uuid;

use super::{pagination::Pager, search::Sought};
use crate::{
    error::PageResult,
    ops::{Description, Entity, Field, Listed},
};

/// Rows on a page of a list.
pub const PAGE_SIZE: i64 = 50;

/// Which rows a list shows, and in which order.
#[derive(Debug)]
pub struct Wanted {
    /// The rows in the trash, or all others.
    pub is_bin: bool,
    /// Only rows with one of these; `None` for every row.
    pub sought: Option<Vec<Sought>>,
    /// The field to sort by; `None` for the title. A reference is sorted by the name of the row that it refers to, a choice by the order of
    /// its words. Blank values come last, equal ones are sorted by title.
    pub by: Option<&'static Field>,
    /// In descending order.
    pub descends: bool,
}

/// A row that a form may refer to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRow {
    /// Its id.
    pub id: Uuid,
    /// Code of its region.
    pub region: String,
    /// Its name; of several people with one name, with what distinguishes them.
    pub name: String,
}

/// The rows that a page may show: the database in a person's scope, or an office PC's copy of its region.
#[expect(async_fn_in_trait, reason = "a page is made on one thread")]
pub trait Office {
    /// A row by its id, also one in the trash.
    async fn find<E: Entity>(&mut self, id: Uuid) -> PageResult<Option<Listed<E>>>;

    /// The rows, or those in the trash: per region, then by the title, in Turkish order.
    async fn list<E: Entity>(&mut self, is_bin: bool) -> PageResult<Vec<Listed<E>>>;

    /// The rows on one page of `size` rows, and which part of the list they are.
    async fn page<E: Entity>(&mut self, wanted: &Wanted, page: Option<i64>, size: i64) -> PageResult<(Vec<Listed<E>>, Pager)>;

    /// The names of rows of an entity, also of those in the trash. Ids that are not here are missing from the result.
    async fn names(&mut self, of: &'static Description, ids: &[Uuid]) -> PageResult<HashMap<Uuid, String>>;

    /// The rows of an entity that a form may refer to: those not in the trash, by name.
    async fn named_rows(&mut self, of: &'static Description) -> PageResult<Vec<NamedRow>>;
}

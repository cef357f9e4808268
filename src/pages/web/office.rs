//! The source of the rows that a page is made of.

use uuid::Uuid;

use super::pagination::Pager;
use crate::{
    error::PageResult,
    ops::{Entity, Field, Listed},
};

/// Rows on a page of a list.
pub const PAGE_SIZE: i64 = 50;

/// Which rows a list shows, and in which order.
#[derive(Debug)]
pub struct Wanted {
    /// The rows in the trash, or all others.
    pub is_bin: bool,
    /// Folded text to find in one of the fields; empty for every row.
    pub text: String,
    /// The fields that are searched.
    pub searched: Vec<&'static Field>,
    /// The field to sort by; `None` for the title. Blank values come last, equal ones are sorted by title.
    pub by: Option<&'static Field>,
    /// In descending order.
    pub descends: bool,
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
}

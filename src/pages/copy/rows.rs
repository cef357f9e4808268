//! The rows that a machine has of its region, independent of their storage.

use std::collections::HashSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{error::PageResult, ops::Row, wire::device::CompanyDay};

/// A row as pages show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Shown {
    /// Its region's code.
    pub region: String,
    /// Its id.
    pub id: Uuid,
    /// The server's version; 0 if the row only waits here.
    pub version: i64,
    /// Whether it is in the trash.
    pub deleted: bool,
    /// The values by form field; of an identity number only `identity_no_masked`.
    pub row: Row,
    /// Whether it has changes that the server does not have yet.
    pub waiting: bool,
}

/// A region with its name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RegionFact {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it takes entries.
    pub is_open: bool,
    /// Its first day, before which nothing is blank; `None` if an older server sent it.
    #[serde(default)]
    pub first_day: Option<NaiveDate>,
}

/// The company's own rows, which apply in every region.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CompanyFacts {
    /// Settings by form field.
    #[serde(default)]
    pub settings: Row,
    /// Public holidays and days off.
    #[serde(default)]
    pub days: Vec<CompanyDay>,
}

/// What the server sent besides rows at the last heartbeat, and pages need.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// The region whose rows are here.
    pub region: RegionFact,
    /// What applies in all regions.
    #[serde(default)]
    pub company: CompanyFacts,
}

/// The rows of one region, with the waiting changes applied. Reading them never waits.
pub trait Rows {
    /// Whether pages can be made of them: one snapshot is complete.
    fn is_whole(&self) -> PageResult<bool>;

    /// What the server sent besides rows; `None` before the first contact.
    fn context(&self) -> PageResult<Option<Context>>;

    /// All rows of an entity, in the order of their ids; also those in the trash.
    fn list_rows(&self, entity: &str) -> PageResult<Vec<Shown>>;

    /// One row.
    fn find_row(&self, entity: &str, id: Uuid) -> PageResult<Option<Shown>>;

    /// The entries of the dates `from` to `to`, by date, start and id; only those of `employee` if one is given. Also those in the trash.
    fn list_entries(&self, from: NaiveDate, to: NaiveDate, employee: Option<Uuid>) -> PageResult<Vec<Shown>>;

    /// The rows with operations that the server does not have yet.
    fn list_waiting_rows(&self) -> PageResult<HashSet<Uuid>>;

    /// Whether an operation with this id was stored here before.
    fn is_kept(&self, op_id: Uuid) -> PageResult<bool>;
}

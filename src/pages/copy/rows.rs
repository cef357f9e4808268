//! What a machine has of its region, wherever it keeps it.

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
    /// The server's version; 0 for one that only waits.
    pub version: i64,
    /// It is in the bin.
    pub deleted: bool,
    /// The values by form field; of an identity number only `identity_no_masked`.
    pub row: Row,
    /// Something of it is not at the server yet.
    pub waiting: bool,
}

/// A region as people call it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RegionFact {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Whether it takes entries.
    pub is_open: bool,
    /// Its first day, before which nothing is blank; none where an earlier server told it.
    #[serde(default)]
    pub first_day: Option<NaiveDate>,
}

/// The company's own rows, which hold in every region.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CompanyFacts {
    /// Settings by form field.
    #[serde(default)]
    pub settings: Row,
    /// Public holidays and days off.
    #[serde(default)]
    pub days: Vec<CompanyDay>,
}

/// What the server told at the last contact and pages need.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Context {
    /// The region of which rows are here.
    pub region: RegionFact,
    /// What holds in all regions.
    #[serde(default)]
    pub company: CompanyFacts,
}

/// The rows of one region, with what waits laid over them. They are read where they lie and nothing is waited for.
pub trait Rows {
    /// Whether pages can be made of them: one snapshot has come whole.
    fn is_whole(&self) -> PageResult<bool>;

    /// What the server told besides rows; none before the first contact.
    fn context(&self) -> PageResult<Option<Context>>;

    /// All rows of an entity, in the order of their ids; also those in the bin.
    fn list_rows(&self, entity: &str) -> PageResult<Vec<Shown>>;

    /// One row.
    fn find_row(&self, entity: &str, id: Uuid) -> PageResult<Option<Shown>>;

    /// The entries of the dates `from` to `to`, by date, start and id; of one person where one is named. Also those in the bin.
    fn list_entries(&self, from: NaiveDate, to: NaiveDate, employee: Option<Uuid>) -> PageResult<Vec<Shown>>;

    /// The rows with operations that the server does not have yet.
    fn list_waiting_rows(&self) -> PageResult<HashSet<Uuid>>;

    /// Whether an operation of this id was kept here before.
    fn is_kept(&self, op_id: Uuid) -> PageResult<bool>;
}

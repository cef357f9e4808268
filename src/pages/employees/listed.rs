//! People as lists and forms need them, from any source.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;
use uuid::Uuid;

use super::Employee;
use crate::{
    labels::{Face, Labels},
    ops::{Entity as _, Row},
    roster::Person,
};

/// A person to choose in a form.
#[derive(Debug, Deserialize)]
pub struct Choice {
    /// The row's id.
    pub id: Uuid,
    /// The region's code.
    pub region: String,
    /// "Ad Soyad".
    pub full_name: String,
    /// "Departman", to tell namesakes apart.
    pub department: String,
    /// "Ünvan", to tell them apart as well.
    pub title: String,
    /// First day, to tell namesakes apart as well.
    pub hire_date: Option<NaiveDate>,
    /// The last day of a person who has left, or will leave.
    pub exit_date: Option<NaiveDate>,
    /// The person's own template.
    pub shift_template_id: Option<Uuid>,
}

/// Which people a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum State {
    /// "Aktif".
    #[default]
    Active,
    /// "Pasif".
    Passive,
    /// Both of them.
    Present,
    /// In the trash.
    Deleted,
}

/// What a list shows, and in which order.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Which people.
    pub state: State,
    /// Folded text to find in name, department or title; empty for all people.
    pub text: String,
    /// A column's name, with a leading `-` where it descends. Anything else sorts by name.
    pub sort: &'static str,
}

impl Filter {
    /// Whether the people in the trash are shown, or all the others.
    pub fn is_deleted(&self) -> bool {
        self.state == State::Deleted
    }

    /// Active or passive people; `None` for both.
    pub fn is_active(&self) -> Option<bool> {
        match self.state {
            State::Active => Some(true),
            State::Passive => Some(false),
            State::Present | State::Deleted => None,
        }
    }
}

/// A person as lists show them.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The row's id.
    pub id: Uuid,
    /// The region's code.
    pub region: String,
    /// The row's version.
    pub version: i64,
    /// When it was deleted.
    pub deleted_at: Option<DateTime<Utc>>,
    /// The date of the person's last entry.
    pub last_entry: Option<NaiveDate>,
    /// The values. The identity number is shown masked only.
    pub value: Employee,
}

impl Listed {
    /// The two days, for a form that changes the state.
    pub fn days(&self) -> String {
        days_of(&self.value.to_row())
    }
}

/// First and last day of a row as JSON, for `_orig`: the days that the author sees next to a button that changes the state.
pub fn days_of(row: &Row) -> String {
    let days: Row = ["hire_date", "exit_date"].into_iter().filter_map(|name| Some((name.to_owned(), row.get(name)?.clone()))).collect();
    serde_json::to_string(&days).unwrap_or_default()
}

/// A person as the roster needs it.
impl From<&Listed> for Person {
    fn from(employee: &Listed) -> Self {
        let value = &employee.value;
        let is_deleted = employee.deleted_at.is_some();
        Self {
            id: employee.id,
            region: employee.region.clone(),
            full_name: value.full_name.clone(),
            department: value.department.clone(),
            title: value.title.clone(),
            hire_date: value.hire_date,
            exit_date: value.exit_date,
            is_deleted,
            shift_template_id: value.shift_template_id,
        }
    }
}

impl<'p> From<&'p Choice> for Face<'p> {
    fn from(p: &'p Choice) -> Self {
        Self { id: p.id, region: &p.region, full_name: &p.full_name, department: &p.department, title: &p.title, hire_date: p.hire_date }
    }
}

impl<'p> From<&'p Listed> for Face<'p> {
    fn from(p: &'p Listed) -> Self {
        let (region, value) = (p.region.as_str(), &p.value);
        let (department, title) = (value.department.as_str(), value.title.as_str());
        Self { id: p.id, region, full_name: &value.full_name, department, title, hire_date: value.hire_date }
    }
}

/// Adds to the names of namesakes what distinguishes them.
pub fn label_choices(choices: &mut [Choice]) {
    let labels = Labels::of(choices.iter().map(Face::from));
    for choice in choices {
        labels.apply(choice.id, &mut choice.full_name);
    }
}

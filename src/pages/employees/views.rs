//! What the pages of the employees show.

use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::listed::{Listed, State};
use crate::{
    clock::in_istanbul,
    i18n::t,
    identity_no::mask,
    shift_templates::listed::TemplateChoice,
    web::{filters, form::FormView, page::Ctx, pagination::Pager, paper},
};

/// A person as a row of the list.
pub struct EmployeeView {
    /// The person.
    pub employee: Listed,
}

impl EmployeeView {
    /// The identity number as lists show it; empty if there is none.
    pub fn masked(&self) -> String {
        masked(&self.employee)
    }

    /// The proposed last day of a person who leaves: the known one, else the date of the last entry; empty if there is neither.
    pub fn last_day(&self) -> String {
        let day = self.employee.value.exit_date.or(self.employee.last_entry);
        day.map(|day| day.to_string()).unwrap_or_default()
    }

    /// Whether the person has left and the last day is known.
    pub fn has_left(&self) -> bool {
        !self.employee.value.is_active && self.employee.value.exit_date.is_some()
    }

    /// The day after the last one.
    pub fn day_after(&self, now: &DateTime<Utc>) -> NaiveDate {
        let today = in_istanbul(*now).date_naive();
        self.employee.value.exit_date.and_then(|last| last.succ_opt()).unwrap_or(today)
    }

    /// The proposed first day of a person who returns: the day of `now`, or the day after the last one if that is later.
    pub fn first_day_back(&self, now: &DateTime<Utc>) -> String {
        self.day_after(now).max(in_istanbul(*now).date_naive()).to_string()
    }

    /// In the trash.
    pub fn is_deleted(&self) -> bool {
        self.employee.deleted_at.is_some()
    }

    /// Key of the state's word.
    pub fn state_key(&self) -> &'static str {
        match (self.is_deleted(), self.employee.value.is_active) {
            (true, _) => "employee-state-deleted",
            (false, true) => "employee-state-active",
            (false, false) => "employee-state-passive",
        }
    }

    /// Colour of the state's badge.
    pub fn state_tone(&self) -> &'static str {
        match (self.is_deleted(), self.employee.value.is_active) {
            (true, _) => "red",
            (false, true) => "green",
            (false, false) => "secondary",
        }
    }
}

/// A person's identity number, masked; empty if there is none.
pub fn masked(employee: &Listed) -> String {
    employee.value.identity_no.as_deref().map(mask).unwrap_or_default()
}

/// The filters as the form shows them.
#[derive(Debug, Clone, Default)]
pub struct FilterView {
    /// Text, as typed.
    pub q: String,
    /// Which people.
    pub state: State,
    /// Region's code.
    pub region: String,
    /// The order in force.
    pub sort: &'static str,
}

impl FilterView {
    /// The choices of the state: value in the address, key of the word. The first applies if the address has none.
    pub const STATES: [(&'static str, &'static str, State); 4] = [
        ("", "employee-state-active", State::Active),
        ("passive", "employee-state-passive", State::Passive),
        ("present", "employee-state-present", State::Present),
        ("deleted", "employee-state-deleted", State::Deleted),
    ];

    /// The filters as text for a printed list: the state if it is not the usual one, and the searched text.
    pub fn about(&self, ctx: &Ctx) -> String {
        let state = Self::STATES.iter().find(|(value, _, state)| !value.is_empty() && *state == self.state);
        paper::listed(&[state.map_or("", |(_, label, _)| t(ctx.lang, label)), &paper::quoted(&self.q)])
    }

    /// Whether an empty list may be empty because of the filters.
    pub fn is_narrowed(&self) -> bool {
        !self.q.is_empty() || !self.region.is_empty()
    }
}

/// `/employees`.
#[derive(Template)]
#[template(path = "employees/list.html", blocks = ["list"])]
pub struct ListPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The filters.
    pub filter: FilterView,
    /// The rows of this page.
    pub rows: Vec<EmployeeView>,
    /// Which part of the list this is.
    pub pager: Pager,
}

/// One row of the list, after a change; the cursor goes to it.
#[derive(Template)]
#[template(path = "employees/row.html")]
pub struct RowFragment<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The row.
    pub row: EmployeeView,
}

/// `/employees/new`.
#[derive(Template)]
#[template(path = "employees/new.html", blocks = ["new_form"])]
pub struct NewPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The shift templates to choose from.
    pub templates: Vec<TemplateChoice>,
    /// The form.
    pub form: FormView,
}

/// The form for a change, as a page.
#[derive(Template)]
#[template(path = "employees/edit.html")]
pub struct EditPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The row.
    pub id: Uuid,
    /// The person's name, as stored.
    pub full_name: String,
    /// The stored identity number, masked; empty if there is none. The form itself never holds it.
    pub masked: String,
    /// The shift templates to choose from.
    pub templates: Vec<TemplateChoice>,
    /// The form.
    pub form: FormView,
}

/// The same form in the row's place.
#[derive(Template)]
#[template(path = "employees/edit_row.html")]
pub struct EditRow<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The row.
    pub id: Uuid,
    /// The person's name, as stored.
    pub full_name: String,
    /// The stored identity number, masked; empty if there is none. The form itself never holds it.
    pub masked: String,
    /// The shift templates to choose from.
    pub templates: Vec<TemplateChoice>,
    /// The form.
    pub form: FormView,
}

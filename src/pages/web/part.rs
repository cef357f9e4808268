//! The parts of pages that are reloaded by themselves. Each has its own address, independent of the page around it: the page's address may
//! return something else (`/timesheets/new` shows the list of `/timesheets`).

use super::page::Ctx;

/// A part of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// Path of the page whose handler returns this part alone.
    pub path: &'static str,
    /// Id of the element it fills.
    pub id: &'static str,
    /// The event on the document that makes it out of date.
    pub event: &'static str,
}

/// The list of entries.
pub const TIMESHEETS: Part = Part { path: "/timesheets", id: "timesheet-list", event: "timesheets-changed" };
/// Its foot.
pub const TIMESHEET_TOTALS: Part = Part { path: "/timesheets", id: "timesheet-totals", event: "timesheets-summed" };
/// The month of a region.
pub const MONTH: Part = Part { path: "/timesheets/month", id: "month-grid", event: "timesheets-changed" };
/// The list of people.
pub const EMPLOYEES: Part = Part { path: "/employees", id: "employee-list", event: "employees-changed" };
/// The list of shift templates.
pub const SHIFT_TEMPLATES: Part = Part { path: "/shift-templates", id: "template-list", event: "shift-templates-changed" };
/// The sums of people.
pub const SUMMARY: Part = Part { path: "/reports/summary", id: "summary-list", event: "timesheets-changed" };
/// The log.
pub const ACTIVITY: Part = Part { path: "/activity", id: "activity-list", event: "activity-changed" };
/// Operations that are held or refused.
pub const QUEUE: Part = Part { path: "/queue", id: "queue-list", event: "queue-changed" };
/// Conflicts.
pub const CONFLICTS: Part = Part { path: "/conflicts", id: "conflict-list", event: "conflicts-changed" };

impl Part {
    /// Its address, with the filters of the page (`from=2026-01-01&page=2`).
    pub fn address(&self, query: &str) -> String {
        if query.is_empty() { self.path.to_owned() } else { format!("{}?{query}", self.path) }
    }

    /// Whether a request is for this part alone.
    pub fn is_wanted(&self, ctx: &Ctx) -> bool {
        ctx.htmx_target.as_deref() == Some(self.id)
    }
}

//! The tables of the desktop database that are known by name. No name ever goes from a file into SQL: only the names below do.

use serde::{Serialize, Serializer};

/// A table that is taken over. The order is that in which rows are handed to the server: people before their hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Name, identity number, department, title.
    Employees,
    /// Named shifts.
    ShiftTemplates,
    /// Keys and values; those of the hours rule and of report headings are taken.
    Settings,
    /// Who worked when.
    Timesheets,
}

/// Tables the desktop program has as well; only their rows are counted.
pub(super) const NOT_TAKEN: [&str; 9] = [
    "drivers",
    "reports",
    "stock_inventory",
    "users",
    "vehicle_faults",
    "vehicle_inspection_results",
    "vehicle_inspections",
    "vehicle_service_visits",
    "vehicles",
];

/// The table of deletions (newest generation only).
pub(super) const TOMBSTONES: &str = "deleted_records";

/// What is read of it.
pub(super) const TOMBSTONE_COLUMNS: [&str; 2] = ["table_name", "record_id"];

impl Table {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Employees, Self::ShiftTemplates, Self::Settings, Self::Timesheets];

    /// Name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Employees => "employees",
            Self::ShiftTemplates => "shift_templates",
            Self::Settings => "settings",
            Self::Timesheets => "timesheets",
        }
    }

    /// Name of the entity in operations.
    pub fn entity(self) -> &'static str {
        match self {
            Self::Employees => "employee",
            Self::ShiftTemplates => "shift_template",
            Self::Settings => "settings",
            Self::Timesheets => "timesheet",
        }
    }

    /// The table of that entity.
    pub fn of_entity(entity: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.entity() == entity)
    }

    /// The table of that name, in the file's spelling.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.name().eq_ignore_ascii_case(name))
    }

    /// Columns that are read: first those without which the rows say nothing, then those that came later or may be missing.
    pub(super) fn columns(self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Self::Employees => (&["id", "full_name"], &["identity_no", "department", "title", "region"]),
            Self::ShiftTemplates => (&["id", "name", "start_time", "end_time"], &["break_minutes", "region"]),
            Self::Settings => (&["key", "value"], &[]),
            Self::Timesheets => {
                (&["id", "employee_id", "work_date", "start_time", "end_time"], &["break_minutes", "is_special", "notes", "region"])
            }
        }
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

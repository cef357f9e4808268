//! What the model knows of two entities: the checks of a row's values, as far as the schedules produce them.

#![cfg(test)]

use chrono::NaiveDate;
use rainstaff_core::ops::Row;
use serde_json::{Value, json};
use uuid::Uuid;

/// People; the identity number is their business key.
pub const EMPLOYEE: &str = "employee";
/// Entries; each refers to a person, and two of one person do not overlap.
pub const TIMESHEET: &str = "timesheet";

/// The row as it is stored: every field there, or the code of the first complaint.
pub fn stored_form(entity: &str, row: &Row) -> Result<Row, &'static str> {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("").trim().to_owned();
    let or_null = |name: &str| row.get(name).cloned().filter(|v| v.as_str() != Some("")).unwrap_or(Value::Null);
    let mut stored = Row::new();
    let mut put = |name: &str, value: Value| drop(stored.insert(name.into(), value));
    if entity == EMPLOYEE {
        if text("full_name").is_empty() {
            return Err("name-missing");
        }
        for name in ["full_name", "department", "title"] {
            put(name, json!(text(name)));
        }
        for name in ["identity_no", "hire_date", "exit_date", "shift_template_id"] {
            put(name, or_null(name));
        }
        put("is_active", row.get("is_active").cloned().filter(|v| !v.is_null()).unwrap_or(json!(true)));
    } else {
        if text("start_time") == text("end_time") {
            return Err("times-equal");
        }
        for name in ["employee_id", "work_date", "start_time", "end_time", "notes"] {
            put(name, json!(text(name)));
        }
        put("break_minutes", row.get("break_minutes").cloned().filter(|v| !v.is_null()).unwrap_or(json!(0)));
        put("is_special", row.get("is_special").cloned().filter(|v| !v.is_null()).unwrap_or(json!(false)));
    }
    Ok(stored)
}

/// The person an entry is for.
pub fn employee_of(row: &Row) -> Option<Uuid> {
    row.get("employee_id").and_then(Value::as_str).and_then(|text| text.parse().ok())
}

/// When an entry begins and ends, in minutes; an end before the start is on the next day.
pub fn span(row: &Row) -> (i64, i64) {
    let text = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or("");
    let minutes = |text: &str| {
        let (hours, minutes) = text.split_once(':').unwrap_or(("0", "0"));
        hours.parse::<i64>().unwrap_or(0) * 60 + minutes.parse::<i64>().unwrap_or(0)
    };
    let day = text("work_date").parse::<NaiveDate>().unwrap_or_default().signed_duration_since(NaiveDate::default()).num_minutes();
    let (start, end) = (minutes(text("start_time")), minutes(text("end_time")));
    (day + start, day + end + if end <= start { 1440 } else { 0 })
}

//! The desktop program's settings: those for the rules for hours and the headings of reports. The others (window, paths, the key of its own
//! synchronisation) have no meaning here.

use serde_json::{Value, json};

use super::RegionSettings;
use crate::{
    civil,
    desktop::{BadValue, Column, Desktop, Shape, Why},
};

impl Desktop for RegionSettings {
    const DESKTOP_TABLE: &'static str = "settings";
    const COLUMNS: &'static [Column] = &[
        Column::text("company_name", 200),
        Column::text("report_title", 200),
        Column::own("weekday_hours", read_daily_hours).needed(),
        Column::time("saturday_start").needed(),
        Column::time("saturday_end").needed(),
    ];
    const SHAPE: Shape = Shape::Keys { key: "key", value: "value", others: || Why::NotTakenSetting };
    const BAD_VALUE: BadValue = BadValue::CostsTheRow;
}

/// Hours of a day, 0 to 24, which the desktop program stores only as a decimal (`9`, `7,5`), in the format of settings.
fn read_daily_hours(text: &str) -> Result<Value, Why> {
    let is_decimal = !text.contains(':') && (text.len() <= 2 || text.contains(['.', ',']));
    let minutes = is_decimal.then(|| civil::parse_hours(text).ok()).flatten().ok_or(Why::Hours)?;
    Ok(json!(civil::format_decimal_hours(minutes)))
}

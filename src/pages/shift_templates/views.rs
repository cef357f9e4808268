//! What the pages of the shift templates show.

use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::listed::Listed;
use crate::{
    error::PageResult,
    i18n::{Lang, format},
    web::{asked::Asked, filters, form::FormView, page::Ctx},
};

/// A day's minutes: an end from here on is on the next day.
const DAY: i32 = crate::civil::DAY;

/// A template as a row of the list.
pub struct TemplateView {
    /// The template.
    pub template: Listed,
    /// The weekdays it claims.
    pub days: Vec<WeekdayView>,
}

/// A weekday that a template claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekdayView {
    /// ISO number, 1 Monday to 7 Sunday.
    pub number: char,
    /// Name of the template that is the day's default instead.
    pub overruled_by: Option<String>,
}

impl WeekdayView {
    /// Key of the day's short name.
    pub fn key(&self) -> &'static str {
        let found = format::SHORT_WEEKDAYS.into_iter().find(|(number, _)| number.starts_with(self.number));
        found.map_or("", |(_, key)| key)
    }

    /// Key of the day's full name, for sentences.
    pub fn name_key(&self) -> &'static str {
        self.number.to_digit(10).and_then(format::weekday_key).unwrap_or_default()
    }
}

impl TemplateView {
    /// Ends on the day after it starts.
    pub fn ends_next_day(&self) -> bool {
        self.template.value.end_min >= DAY
    }

    /// Minutes of work without the break; 0 if the break is longer than the shift.
    pub fn worked(&self) -> i32 {
        let value = &self.template.value;
        (value.end_min - value.start_min - value.break_minutes).max(0)
    }

    /// In the trash.
    pub fn is_deleted(&self) -> bool {
        self.template.deleted_at.is_some()
    }

    /// The claimed weekdays that belong to another template.
    pub fn overruled(&self) -> impl Iterator<Item = (&WeekdayView, &str)> {
        self.days.iter().filter_map(|day| Some((day, day.overruled_by.as_deref()?)))
    }
}

/// Finds for each template which of its weekdays it has. `templates` are sorted by region and name: the first that claims a weekday is its
/// default, the others show the name of that one.
pub fn with_weekdays(templates: Vec<Listed>) -> Vec<TemplateView> {
    let mut taken: Vec<(String, char, String)> = Vec::new();
    let mut views = Vec::with_capacity(templates.len());
    for template in templates {
        let mut days = Vec::new();
        for number in template.value.weekdays.chars() {
            let winner = taken.iter().find(|(region, day, _)| *region == template.region && *day == number);
            let overruled_by = winner.map(|(.., name)| name.clone());
            if overruled_by.is_none() {
                taken.push((template.region.clone(), number, template.value.name.clone()));
            }
            days.push(WeekdayView { number, overruled_by });
        }
        views.push(TemplateView { template, days });
    }
    views
}

/// What the list shows, as it stands in the address.
#[derive(Debug, Default, Deserialize)]
pub struct ListQuery {
    state: Option<String>,
}

impl ListQuery {
    /// Whether the trash is requested.
    pub fn is_bin(&self, lang: Lang) -> PageResult<bool> {
        let mut asked = Asked::new(lang);
        let is_bin = asked.word("state", self.state.as_deref(), |word| (word == "deleted").then_some(true));
        asked.refuse()?;
        Ok(is_bin.unwrap_or(false))
    }
}

/// `/shift-templates`.
#[derive(Template)]
#[template(path = "shift_templates/list.html", blocks = ["list"])]
pub struct ListPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The templates, or those in the trash.
    pub rows: Vec<TemplateView>,
    /// The trash is shown.
    pub is_bin: bool,
}

/// One row of the list, after a change; the cursor goes to it.
#[derive(Template)]
#[template(path = "shift_templates/row.html")]
pub struct RowFragment<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The row.
    pub row: TemplateView,
}

/// `/shift-templates/new`.
#[derive(Template)]
#[template(path = "shift_templates/new.html", blocks = ["new_form"])]
pub struct NewPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The form.
    pub form: FormView,
}

/// The form for a change, as a page.
#[derive(Template)]
#[template(path = "shift_templates/edit.html")]
pub struct EditPage<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The row.
    pub id: Uuid,
    /// The template's name, as stored.
    pub name: String,
    /// The form.
    pub form: FormView,
}

/// The same form in the row's place.
#[derive(Template)]
#[template(path = "shift_templates/edit_row.html")]
pub struct EditRow<'a> {
    /// The request.
    pub ctx: &'a Ctx,
    /// The row.
    pub id: Uuid,
    /// The template's name, as stored.
    pub name: String,
    /// The form.
    pub form: FormView,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shift_templates::ShiftTemplate;

    fn template(region: &str, name: &str, weekdays: &str) -> Listed {
        let value = ShiftTemplate { name: name.into(), start_min: 540, end_min: 1080, break_minutes: 60, weekdays: weekdays.into() };
        Listed { id: Uuid::nil(), region: region.into(), version: 1, deleted_at: None, value }
    }

    fn overruled(view: &TemplateView) -> Vec<(char, &str)> {
        view.overruled().map(|(day, winner)| (day.number, winner)).collect()
    }

    #[test]
    fn a_weekday_belongs_to_the_first_template_that_claims_it() {
        let views = with_weekdays(vec![
            template("ankara", "Gündüz", "12345"),
            template("ankara", "Kısa gün", "56"),
            template("ankara", "Öğleden sonra", "56"),
        ]);
        assert_eq!(overruled(&views[0]), []);
        assert_eq!(overruled(&views[1]), [('5', "Gündüz")]);
        assert_eq!(overruled(&views[2]), [('5', "Gündüz"), ('6', "Kısa gün")]);
    }

    #[test]
    fn regions_do_not_take_each_others_weekdays() {
        let views = with_weekdays(vec![template("ankara", "Gündüz", "1"), template("izmir", "Gündüz", "1")]);
        assert!(views.iter().all(|view| overruled(view).is_empty()));
    }

    #[test]
    fn the_break_is_taken_off_and_never_leaves_less_than_nothing() {
        let mut view = with_weekdays(vec![template("ankara", "Gece", "")]).remove(0);
        (view.template.value.start_min, view.template.value.end_min) = (1320, 1800);
        assert_eq!((view.worked(), view.ends_next_day()), (420, true));
        (view.template.value.end_min, view.template.value.break_minutes) = (1350, 480);
        assert_eq!((view.worked(), view.ends_next_day()), (0, false));
    }
}

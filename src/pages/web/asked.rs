//! Reads the query of a page. A value that is not understood is reported, at its field or above the list, and never replaced by another
//! value: the response to a different query would look just like the right one.

use chrono::{Datelike as _, NaiveDate};
use uuid::Uuid;

use super::form::sentence;
use crate::{
    civil::{self, DateError, Month},
    complaint::FieldError,
    error::PageError,
    fold::fold,
    i18n::{Lang, format, t, t_with},
    text::clean,
};

/// Characters of a text at most.
const LONGEST: usize = 200;
/// The labels of parameters on pages; the others are shown by their own name.
const LABELS: [(&str, &str); 9] = [
    ("from", "filter-from"),
    ("to", "filter-to"),
    ("date", "today-date"),
    ("work_date", "timesheet-date"),
    ("month", "month-choose"),
    ("employee_id", "timesheet-employee"),
    ("entity", "activity-entity"),
    ("kind", "activity-kind"),
    ("origin", "activity-origin"),
];

/// The reader, with the errors so far.
#[derive(Debug, Clone)]
pub struct Asked {
    lang: Lang,
    wrong: Vec<(&'static str, String)>,
}

impl Asked {
    /// A reader whose errors are in the language `lang`.
    pub fn new(lang: Lang) -> Self {
        Self { lang, wrong: Vec::new() }
    }

    /// Whether everything was understood.
    pub fn is_clear(&self) -> bool {
        self.wrong.is_empty()
    }

    /// What is wrong with a parameter; empty for nothing.
    pub fn error(&self, name: &str) -> String {
        self.wrong.iter().find(|(known, _)| *known == name).map(|(_, why)| why.clone()).unwrap_or_default()
    }

    /// A sentence for each parameter that is wrong, with its name.
    pub fn sentences(&self) -> Vec<String> {
        let said = |(name, why): &(&'static str, String)| {
            let label = LABELS.iter().find(|(known, _)| known == name).map_or(*name, |(_, key)| t(self.lang, key));
            t_with(self.lang, "query-wrong", &[("name", &label), ("why", why)])
        };
        self.wrong.iter().map(said).collect()
    }

    /// The response if no wrong parameter has a field on the page: 400, with the sentences.
    pub fn refuse(&self) -> Result<(), PageError> {
        if self.is_clear() { Ok(()) } else { Err(PageError::BadQuery(self.sentences())) }
    }

    /// Records an error of a parameter.
    pub fn complain(&mut self, name: &'static str, error: &FieldError) {
        self.wrong.push((name, sentence(self.lang, error)));
    }

    /// A text to search for.
    pub fn text(&mut self, name: &'static str, typed: Option<&str>) -> String {
        let text = cleaned(typed);
        if text.chars().count() > LONGEST {
            self.complain(name, &FieldError::new(name, "too-long").with("max", LONGEST));
        }
        text
    }

    /// A date on which work is possible; `None` for an empty one.
    pub fn date(&mut self, name: &'static str, typed: Option<&str>) -> Option<NaiveDate> {
        self.read_date(name, typed, civil::parse_work_date)
    }

    fn read_date(&mut self, name: &'static str, typed: Option<&str>, read: fn(&str) -> Result<NaiveDate, DateError>) -> Option<NaiveDate> {
        match cleaned(typed).as_str() {
            "" => None,
            text => read(text).map_err(|error| self.complain(name, &error.about(name))).ok(),
        }
    }

    /// First and last day of a range, in the parameters `from` and `to`. Either may be left out; the first may not come after the last.
    pub fn range(&mut self, from: Option<&str>, to: Option<&str>) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let (first, last) = (self.read_date("from", from, civil::parse_date), self.read_date("to", to, civil::parse_date));
        if let (Some(first), Some(last)) = (first, last)
            && first > last
        {
            self.complain("to", &FieldError::new("to", "range-swapped").with("from", civil::format_date_tr(first)));
        }
        (first, last)
    }

    /// The dates of a list, with the text for its form: `unset` if the address has no dates; all dates if they were emptied.
    pub fn dates(
        &mut self,
        from: Option<&str>,
        to: Option<&str>,
        unset: (NaiveDate, NaiveDate),
    ) -> ((NaiveDate, NaiveDate), String, String) {
        if from.is_none() && to.is_none() {
            return (unset, unset.0.to_string(), unset.1.to_string());
        }
        let (first, last) = self.range(from, to);
        let shown = |date: Option<NaiveDate>, typed| date.map_or_else(|| cleaned(typed), |date| date.to_string());
        let range = (first.unwrap_or(civil::FIRST_DAY), last.unwrap_or(civil::LAST_DAY));
        (range, shown(first, from), shown(last, to))
    }

    /// A month, as a month's field sends it or as people type it in browsers without such a field.
    pub fn month(&mut self, name: &'static str, typed: Option<&str>) -> Option<Month> {
        match cleaned(typed).as_str() {
            "" => None,
            text => {
                let month = read_month(text);
                if month.is_none() {
                    self.complain(name, &FieldError::new(name, "month-format"));
                }
                month
            }
        }
    }

    /// The id of a row.
    pub fn id(&mut self, name: &'static str, typed: Option<&str>) -> Option<Uuid> {
        match cleaned(typed).as_str() {
            "" => None,
            text => text.parse().map_err(|_| self.complain(name, &FieldError::new(name, "choice-unknown"))).ok(),
        }
    }

    /// A word of a list that the page offers.
    pub fn word<T>(&mut self, name: &'static str, typed: Option<&str>, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        match cleaned(typed).as_str() {
            "" => None,
            text => {
                let known = read(text);
                if known.is_none() {
                    self.complain(name, &FieldError::new(name, "choice-unknown"));
                }
                known
            }
        }
    }

    /// A whole number of a range.
    pub fn number(&mut self, name: &'static str, typed: Option<&str>, range: std::ops::RangeInclusive<i64>) -> Option<i64> {
        match cleaned(typed).as_str() {
            "" => None,
            text => {
                let number = text.parse().ok().filter(|number| range.contains(number));
                if number.is_none() {
                    let error = FieldError::new(name, "number-range").with("min", range.start()).with("max", range.end());
                    self.complain(name, &error);
                }
                number
            }
        }
    }

    /// The number of a page, from 1. A number beyond the end means the last page: rows may be deleted while the list is read.
    pub fn page(&mut self, typed: Option<&str>) -> Option<i64> {
        self.number("page", typed, 1..=1_000_000)
    }
}

/// The typed text, cleaned like any other.
fn cleaned(typed: Option<&str>) -> String {
    clean(typed.unwrap_or_default())
}

/// Reads `2026-12`, `2026/12`, `12.2026`, `12/2026`, `Aralık 2026`, `ara 2026`, `December 2026`.
fn read_month(text: &str) -> Option<Month> {
    let folded = fold(text);
    let parts: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let [one, other] = parts.as_slice() else { return None };
    let (year, month) = if is_year(one) { (one, other) } else { (other, one) };
    let month = if month.starts_with(|c: char| c.is_ascii_digit()) { month.parse().ok()? } else { month_by_name(month)? };
    let first = NaiveDate::from_ymd_opt(year.parse().ok().filter(|_| is_year(year))?, month, 1)?;
    civil::WORK_YEARS.contains(&first.year()).then(|| Month::of(first))
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A month's name, or its first three letters or more, in either language.
fn month_by_name(folded: &str) -> Option<u32> {
    let is_named = |number: u32| {
        [Lang::Tr, Lang::En].into_iter().any(|lang| folded.len() >= 3 && fold(format::month(lang, number)).starts_with(folded))
    };
    (1..=12).find(|number| is_named(*number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(text: &str) -> Option<String> {
        read_month(text).map(|month| month.to_string())
    }

    #[test]
    fn a_month_is_read_as_people_write_it() {
        for text in [
            "2026-12",
            "2026/12",
            "12.2026",
            "12/2026",
            " 12-2026",
            "Aralık 2026",
            "ARALIK 2026",
            "ara 2026",
            "2026 aralik",
            "December 2026",
        ] {
            assert_eq!(month(text).as_deref(), Some("2026-12"), "{text}");
        }
        assert_eq!(month("1.2026").as_deref(), Some("2026-01"));
        assert_eq!(month("mart 2026").as_deref(), Some("2026-03"));
        assert_eq!(month("may 2026").as_deref(), Some("2026-05"));
        for text in ["", "2026", "2026-13", "2026-00", "13.2026", "26-12", "x 2026", "ma 2026", "1989-12", "2101-01", "2026-12-01", "12.26"]
        {
            assert_eq!(month(text), None, "{text}");
        }
    }

    #[test]
    fn swapped_dates_are_complained_of_at_the_later_field_and_one_alone_is_a_range() {
        let mut asked = Asked::new(Lang::Tr);
        assert_eq!(asked.range(Some("05.01.2026"), None), ("2026-01-05".parse().ok(), None));
        assert!(asked.is_clear());
        asked.range(Some("2026-02-05"), Some("2026-01-05"));
        assert_eq!(asked.error("to"), "Bitiş başlangıçtan (05.02.2026) önce olamaz; tarihleri değiştirin.");
        assert_eq!(asked.error("from"), "");
    }

    #[test]
    fn every_complaint_names_its_parameter() {
        let mut asked = Asked::new(Lang::Tr);
        asked.date("date", Some("yarın"));
        asked.month("month", Some("2026-13"));
        asked.id("employee_id", Some("7"));
        asked.word("sort", Some("height"), |_| None::<()>);
        asked.page(Some("0"));
        asked.page(Some("x"));
        asked.text("q", Some(&"ş".repeat(201)));
        let said = asked.sentences();
        assert_eq!(said.len(), 7, "{said:?}");
        assert!(said[3].starts_with("sort: "), "{said:?}");
        for (name, typed) in [("date", None), ("month", Some("")), ("employee_id", Some(" "))] {
            let mut asked = Asked::new(Lang::Tr);
            asked.date(name, typed);
            assert!(asked.is_clear(), "nothing typed is nothing wrong");
        }
    }
}

//! Which part of a list a page shows, and in which order.

/// A page of a list whose length is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pager {
    /// The page shown, from 1.
    pub page: i64,
    /// Rows on a page.
    pub size: i64,
    /// Rows in the whole list.
    pub total: i64,
}

impl Pager {
    /// The requested page, or the nearest existing one.
    pub fn new(asked: Option<i64>, size: i64, total: i64) -> Self {
        let last = (total.max(1) - 1) / size + 1;
        Self { page: asked.unwrap_or(1).clamp(1, last), size, total }
    }

    /// The requested page of a complete list, and which part of the list that is.
    pub fn part_of<T>(all: Vec<T>, asked: Option<i64>, size: i64) -> (impl Iterator<Item = T>, Self) {
        let place = |rows: i64| usize::try_from(rows).unwrap_or(usize::MAX);
        let pager = Self::new(asked, size, i64::try_from(all.len()).unwrap_or(i64::MAX));
        (all.into_iter().skip(place(pager.offset())).take(place(size)), pager)
    }

    /// How many pages there are; an empty list has one.
    pub fn pages(&self) -> i64 {
        (self.total.max(1) - 1) / self.size + 1
    }

    /// Rows before this page: SQL's `OFFSET`.
    pub fn offset(&self) -> i64 {
        (self.page - 1) * self.size
    }

    /// Number of the first row shown, from 1; 0 in an empty list.
    pub fn from(&self) -> i64 {
        (self.offset() + 1).min(self.total)
    }

    /// Number of the last row shown.
    pub fn to(&self) -> i64 {
        (self.offset() + self.size).min(self.total)
    }

    /// The page before.
    pub fn previous(&self) -> Option<i64> {
        (self.page > 1).then_some(self.page - 1)
    }

    /// The page after.
    pub fn next(&self) -> Option<i64> {
        (self.page < self.pages()).then_some(self.page + 1)
    }
}

/// Shortens a list that was queried with one row more than a page may show. Returns whether there were more.
pub fn cut<T>(rows: &mut Vec<T>, most: i64) -> bool {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let is_cut = rows.len() > most;
    rows.truncate(most);
    is_cut
}

/// How a list in the order `sort` is sorted by a column, as a value of `aria-sort`; empty if it is sorted by another column.
pub fn order_by(sort: &str, column: &str) -> &'static str {
    match sort.strip_prefix('-') {
        Some(descending) if descending == column => "descending",
        None if sort == column => "ascending",
        _ => "",
    }
}

/// The order a click on a column's head leads to: ascending, then descending (`-name`), then ascending again.
pub fn next_sort(sort: &str, name: &str) -> String {
    if sort == name { format!("-{name}") } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_beyond_the_end_is_the_last_one() {
        let pager = Pager::new(Some(99), 50, 101);
        assert_eq!((pager.page, pager.offset(), pager.from(), pager.to()), (3, 100, 101, 101));
        assert_eq!((pager.previous(), pager.next()), (Some(2), None));
        assert_eq!(Pager::new(Some(-4), 50, 101).page, 1);
    }

    #[test]
    fn a_full_last_page_has_no_empty_one_after_it() {
        let pager = Pager::new(None, 50, 100);
        assert_eq!((pager.pages(), pager.next()), (2, Some(2)));
    }

    #[test]
    fn a_second_click_on_a_head_turns_the_order_round() {
        assert_eq!(next_sort("name", "name"), "-name");
        assert_eq!(next_sort("-name", "name"), "name");
        assert_eq!(next_sort("date", "name"), "name");
    }

    #[test]
    fn an_empty_list_has_one_page_and_no_rows() {
        let pager = Pager::new(None, 50, 0);
        assert_eq!((pager.pages(), pager.offset(), pager.from(), pager.to()), (1, 0, 0, 0));
    }
}

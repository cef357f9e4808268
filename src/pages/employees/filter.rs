//! What the list shows: from its address to a filter.

use serde::Deserialize;

use super::{listed::Filter, views::FilterView};
use crate::{error::PageResult, fold::fold, i18n::Lang, web::asked::Asked};

/// The sort orders of the list: columns, and with `-` their reverse.
const SORTS: [&str; 10] =
    ["full_name", "-full_name", "department", "-department", "title", "-title", "hire_date", "-hire_date", "exit_date", "-exit_date"];

/// Filters of the list, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ListQuery {
    /// Searched for in names, departments and titles.
    pub q: Option<String>,
    /// Active, passive, or in the trash.
    pub state: Option<String>,
    /// Code of a region.
    pub region: Option<String>,
    /// Column to sort by; `-` before it for downwards.
    pub sort: Option<String>,
    /// Number of the page, from 1.
    pub page: Option<String>,
}

impl ListQuery {
    /// The filters, the filters as the form shows them, and the requested page.
    pub fn read(&self, lang: Lang) -> PageResult<(Filter, FilterView, Option<i64>)> {
        let mut asked = Asked::new(lang);
        let q = asked.text("q", self.q.as_deref());
        let known = |word: &str| FilterView::STATES.iter().find(|(known, ..)| *known == word).map(|(.., state)| *state);
        let state = asked.word("state", self.state.as_deref(), known).unwrap_or_default();
        let sort = asked.word("sort", self.sort.as_deref(), |word| SORTS.into_iter().find(|sort| *sort == word)).unwrap_or(SORTS[0]);
        let page = asked.page(self.page.as_deref());
        asked.refuse()?;
        let region = self.region.as_deref().unwrap_or("").trim().to_owned();
        Ok((Filter { state, text: fold(&q), sort }, FilterView { q, state, region, sort }, page))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::employees::listed::State;

    fn query(state: &str, sort: &str, q: &str) -> ListQuery {
        ListQuery { q: Some(q.into()), state: Some(state.into()), sort: Some(sort.into()), ..ListQuery::default() }
    }

    #[test]
    fn a_list_starts_with_active_people_by_name() {
        let (filter, ..) = ListQuery::default().read(Lang::Tr).unwrap();
        assert_eq!((filter.state, filter.sort, filter.text.as_str()), (State::Active, "full_name", ""));
    }

    #[test]
    fn a_search_is_folded_but_shown_as_typed() {
        let (filter, shown, _) = query("deleted", "-hire_date", "  IŞIK ").read(Lang::Tr).unwrap();
        assert_eq!((filter.state, filter.sort, filter.text.as_str()), (State::Deleted, "-hire_date", "isik"));
        assert_eq!(shown.q, "IŞIK");
    }

    #[test]
    fn an_order_or_a_state_nobody_knows_is_refused() {
        for (state, forged) in
            [("", "identity_no"), ("", "full_name; DROP TABLE"), ("", "--full_name"), ("", "-"), ("nobody", ""), ("all", "")]
        {
            assert!(query(state, forged, "").read(Lang::Tr).is_err(), "{state} {forged}");
        }
    }
}

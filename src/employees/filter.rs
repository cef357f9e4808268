//! What the list shows: from its address to a filter.

use serde::Deserialize;

use super::{listed::Filter, views::FilterView};
use crate::{fold::fold, text::clean};

/// Rows on a page of the list.
pub const PAGE_SIZE: i64 = 50;
/// The orders a list knows: columns, and with `-` their reverse.
const SORTS: [&str; 10] =
    ["full_name", "-full_name", "department", "-department", "title", "-title", "hire_date", "-hire_date", "exit_date", "-exit_date"];

/// Filters of the list, as they stand in the address.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct ListQuery {
    pub(crate) q: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) sort: Option<String>,
    pub(crate) page: Option<i64>,
}

impl ListQuery {
    /// The filters, and how the form shows them. What an address of somebody else's making asks for and nobody knows is the default.
    pub fn read(&self) -> (Filter, FilterView) {
        let text = |field: &Option<String>| clean(field.as_deref().unwrap_or_default());
        let (q, state_word, sort_word) = (text(&self.q), text(&self.state), text(&self.sort));
        let state = FilterView::STATES.iter().find(|(word, ..)| *word == state_word).map(|(.., state)| *state).unwrap_or_default();
        let sort = SORTS.into_iter().find(|sort| *sort == sort_word).unwrap_or(SORTS[0]);
        let filter = Filter { state, text: fold(&q), sort };
        (filter, FilterView { q, state, region: text(&self.region), sort })
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
        let (filter, _) = ListQuery::default().read();
        assert_eq!((filter.state, filter.sort, filter.text.as_str()), (State::Active, "full_name", ""));
    }

    #[test]
    fn a_search_is_folded_but_shown_as_typed() {
        let (filter, shown) = query("deleted", "-hire_date", "  IŞIK ").read();
        assert_eq!((filter.state, filter.sort, filter.text.as_str()), (State::Deleted, "-hire_date", "isik"));
        assert_eq!(shown.q, "IŞIK");
    }

    #[test]
    fn an_order_nobody_knows_is_the_order_by_name() {
        for forged in ["identity_no", "full_name; DROP TABLE", "--full_name", "-"] {
            assert_eq!(query("all", forged, "").read().0.sort, "full_name", "{forged}");
        }
        assert_eq!(query("nobody", "", "").read().0.state, State::Active);
    }
}

//! A place in the list that the change log and the events form together: newest first; at the same instant changes before events.

use std::{cmp::Ordering, fmt, str::FromStr};

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The line after which the next page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cursor {
    pub at: DateTime<Utc>,
    pub mark: Mark,
}

/// Which line of that instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Change(i64),
    Event(Uuid),
}

/// The text is not a cursor.
#[derive(Debug, thiserror::Error)]
#[error("not a place in the log")]
pub(super) struct NotACursor;

impl Cursor {
    /// Above every possible line.
    pub const TOP: Self = Self { at: DateTime::<Utc>::MAX_UTC, mark: Mark::Change(i64::MAX) };

    /// Changes below this place have `(at, id)` smaller than this. The numbers of changes start at 1.
    pub fn changes_below(self) -> (DateTime<Utc>, i64) {
        match self.mark {
            Mark::Change(id) => (self.at, id),
            Mark::Event(_) => (self.at, 0),
        }
    }

    /// Events below this place have `(at, id)` smaller than this.
    pub fn events_below(self) -> (DateTime<Utc>, Uuid) {
        match self.mark {
            Mark::Change(_) => (self.at, Uuid::max()),
            Mark::Event(id) => (self.at, id),
        }
    }

    /// `Less` if this line stands above the other.
    pub fn cmp_newest_first(&self, other: &Self) -> Ordering {
        other.at.cmp(&self.at).then_with(|| match (self.mark, other.mark) {
            (Mark::Change(a), Mark::Change(b)) => b.cmp(&a),
            (Mark::Event(a), Mark::Event(b)) => b.cmp(&a),
            (Mark::Change(_), Mark::Event(_)) => Ordering::Less,
            (Mark::Event(_), Mark::Change(_)) => Ordering::Greater,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.at.timestamp_micros();
        match self.mark {
            Mark::Change(id) => write!(f, "c{micros}-{id}"),
            Mark::Event(id) => write!(f, "e{micros}-{}", id.simple()),
        }
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (kind, rest) = text.split_at_checked(1).ok_or(NotACursor)?;
        let (micros, id) = rest.split_once('-').ok_or(NotACursor)?;
        let micros: i64 = micros.parse().map_err(|_| NotACursor)?;
        let at = DateTime::from_timestamp_micros(micros).filter(|_| micros >= 0).ok_or(NotACursor)?;
        let mark = match kind {
            "c" => Mark::Change(id.parse().map_err(|_| NotACursor)?),
            "e" => Mark::Event(id.parse().map_err(|_| NotACursor)?),
            _ => return Err(NotACursor),
        };
        Ok(Self { at, mark })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_cursor_survives_the_way_through_the_address() {
        for mark in [Mark::Change(7), Mark::Event("0192f0c1-2b3c-7def-8000-0123456789ab".parse().unwrap())] {
            let cursor = Cursor { at: at("2026-01-05T08:30:00.123456Z"), mark };
            assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        }
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "c", "ş1-1", "c1", "c1-", "x1-1", "c-5-1", "c9223372036854775807-1", "e1-1", "c1-1-1", "c1-9223372036854775808"] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_line_is_on_one_side_of_every_other_and_the_queries_bounds_agree() {
        let instants = [at("2026-01-05T08:30:00Z"), at("2026-01-05T08:31:00Z")];
        let marks = [Mark::Change(1), Mark::Change(2), Mark::Event(Uuid::from_u128(1)), Mark::Event(Uuid::from_u128(2))];
        let lines: Vec<Cursor> = instants.iter().flat_map(|at| marks.iter().map(|mark| Cursor { at: *at, mark: *mark })).collect();
        for place in &lines {
            for line in &lines {
                let in_queries = match line.mark {
                    Mark::Change(id) => (line.at, id) < place.changes_below(),
                    Mark::Event(id) => (line.at, id) < place.events_below(),
                };
                assert_eq!(in_queries, place.cmp_newest_first(line) == Ordering::Less, "{line} after {place}");
            }
            assert_eq!(Cursor::TOP.cmp_newest_first(place), Ordering::Less);
        }
    }
}

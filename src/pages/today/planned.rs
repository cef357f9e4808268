//! "Everyone as planned": an operation per blank person. They are derived from the form alone, so a second delivery makes the same ones.

use chrono::NaiveDate;
use uuid::Uuid;

use crate::{
    civil::{parse_break, parse_time, stored_end},
    identity::Region,
    ops::{Author, Entity as _, Kind, Op, form_codec::changes_of_new},
    timesheets::Timesheet,
};

/// Set in a form behind "Geri al": its response offers no "Geri al" of its own, or two of them would only alternate.
pub const TAKES_BACK: &str = "takes_back";

/// What the page showed for one blank person. Minutes are of the day; the end goes to 2880.
pub struct Planned {
    /// The person.
    pub employee_id: Uuid,
    start: i32,
    end: i32,
    rest: i32,
}

impl Planned {
    /// Reads `<id> 08:30 17:30 60`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let employee_id = words.next()?.parse().ok()?;
        let start = parse_time(words.next()?).ok()?;
        let end = stored_end(start, parse_time(words.next()?).ok()?)?;
        let rest = parse_break(words.next()?).ok()?;
        words.next().is_none().then_some(Self { employee_id, start, end, rest })
    }

    /// The operation that enters the person in a batch: its ids are derived from the batch and the person (UUIDv5).
    pub fn op(&self, author: Author, region: Region, date: NaiveDate, batch: Uuid, confirmed: &str) -> Op {
        let entry = Timesheet {
            employee_id: self.employee_id,
            work_date: date,
            start_min: self.start,
            end_min: self.end,
            break_minutes: self.rest,
            is_special: false,
            notes: String::new(),
            confirmed: confirmed.to_owned(),
        };
        let (op_id, id) = ids_in(batch, self.employee_id);
        Op::new(author, op_id, Kind::Create, Timesheet::NAME, id, region).changing(changes_of_new(entry.to_row()))
    }
}

/// The ids of the operation that enters a person in a batch, and of the row it creates.
pub fn ids_in(batch: Uuid, employee: Uuid) -> (Uuid, Uuid) {
    let op_id = Uuid::new_v5(&batch, employee.as_bytes());
    (op_id, Uuid::new_v5(&op_id, b"timesheet"))
}

/// The id of the operation that deletes an entry when a batch is undone.
pub fn deletion_in(undo: Uuid, entry: Uuid) -> Uuid {
    Uuid::new_v5(&undo, entry.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_page_showed_is_read_back_and_anything_else_is_nothing() {
        let id = Uuid::from_u128(7);
        let night = Planned::parse(&format!("{id} 22:00 06:00 30")).unwrap();
        assert_eq!((night.employee_id, night.start, night.end, night.rest), (id, 1320, 1800, 30));
        for bad in ["", "x 08:30 17:30 60", &format!("{id} 08:30 17:30"), &format!("{id} 08:30 08:30 60"), &format!("{id} 08:30 17:30 481")]
        {
            assert!(Planned::parse(bad).is_none(), "{bad}");
        }
        assert!(Planned::parse(&format!("{id} 08:30 17:30 60 1")).is_none());
    }
}

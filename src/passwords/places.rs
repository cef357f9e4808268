//! Places for password checks. A check costs a core for some 30 ms, so few run at once, and the rest waits in line; whoever sends many at
//! once waits for themselves and not in front of everybody. Right passwords take a place like wrong ones.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Semaphore;

/// Checks of one name from one place at once; whoever sends more hears so at once.
const OF_PLACE: usize = 2;
/// Of one address, those that stand in the line of all; the rest waits behind them.
const IN_LINE: usize = 4;
/// Checks of one address, waiting ones too.
const OF_ADDRESS: usize = 40;
/// Checks of everybody, waiting ones too.
const OF_ALL: usize = 200;

/// For whom a password is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The name from one place, as the throttle counts it.
    pub place: String,
    /// With whom it waits: the address, or a browser that is known.
    pub line: String,
}

impl Turn {
    /// For a new password, of which nobody knows from where it is set.
    pub fn of_account(username: &str) -> Self {
        let key = format!("set:{username}");
        Self { place: key.clone(), line: key }
    }
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// This very name is being tried from this place already.
    Place,
    /// There are too many altogether.
    Line,
}

/// The places of a process.
#[derive(Debug, Default)]
pub struct Places(Mutex<Taken>);

#[derive(Debug, Default)]
struct Taken {
    places: HashMap<String, usize>,
    lines: HashMap<String, Line>,
    all: usize,
}

#[derive(Debug)]
struct Line {
    taken: usize,
    gate: Arc<Semaphore>,
}

impl Places {
    /// A place for as long as the seat is kept, and the gate in front of the line of all.
    pub fn take(self: &Arc<Self>, turn: Turn) -> Result<(Seat, Arc<Semaphore>), Full> {
        let mut taken = self.lock();
        if taken.places.get(&turn.place).is_some_and(|n| *n >= OF_PLACE) {
            return Err(Full::Place);
        }
        if taken.all >= OF_ALL || taken.lines.get(&turn.line).is_some_and(|line| line.taken >= OF_ADDRESS) {
            return Err(Full::Line);
        }
        taken.all += 1;
        *taken.places.entry(turn.place.clone()).or_default() += 1;
        let line = taken.lines.entry(turn.line.clone()).or_insert_with(|| Line { taken: 0, gate: Arc::new(Semaphore::new(IN_LINE)) });
        line.taken += 1;
        let gate = line.gate.clone();
        drop(taken);
        Ok((Seat { of: self.clone(), turn }, gate))
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place that is taken until this is dropped.
#[derive(Debug)]
pub struct Seat {
    of: Arc<Places>,
    turn: Turn,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.of.lock();
        taken.all -= 1;
        if let Some(n) = taken.places.get_mut(&self.turn.place) {
            *n -= 1;
            if *n == 0 {
                taken.places.remove(&self.turn.place);
            }
        }
        if let Some(line) = taken.lines.get_mut(&self.turn.line) {
            line.taken -= 1;
            if line.taken == 0 {
                taken.lines.remove(&self.turn.line);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(name: &str, address: &str) -> Turn {
        Turn { place: format!("{name}@{address}"), line: address.to_owned() }
    }

    #[test]
    fn one_name_from_one_place_has_two_places_and_leaves_the_others_alone() {
        let places = Arc::new(Places::default());
        let seats: Vec<_> = (0..24).map(|_| places.take(turn("ankara1", "192.0.2.1"))).collect();
        assert_eq!(seats.iter().filter(|seat| matches!(seat, Err(Full::Place))).count(), 22);
        assert!(places.take(turn("ankara2", "192.0.2.1")).is_ok(), "a colleague at the same address");
        assert!(places.take(turn("ankara1", "198.51.100.1")).is_ok(), "the same name from elsewhere");
        drop(seats);
        assert!(places.take(turn("ankara1", "192.0.2.1")).is_ok(), "the places are free again");
    }

    #[test]
    fn an_address_has_forty_places_and_four_of_them_in_the_line_of_all() {
        let places = Arc::new(Places::default());
        let seats: Vec<_> = (0..40).map(|n| places.take(turn(&format!("name{n}"), "192.0.2.1")).unwrap()).collect();
        assert_eq!(places.take(turn("one more", "192.0.2.1")).unwrap_err(), Full::Line);
        assert!(places.take(turn("one more", "192.0.2.2")).is_ok());
        assert_eq!(seats[0].1.available_permits(), 4);
        assert!(Arc::ptr_eq(&seats[0].1, &seats[39].1));
    }

    #[test]
    fn there_is_an_end_to_what_waits() {
        let places = Arc::new(Places::default());
        let seats: Vec<_> = (0..200).map(|n| places.take(turn("name", &format!("address {n}"))).unwrap()).collect();
        assert_eq!(places.take(turn("name", "one more address")).unwrap_err(), Full::Line);
        drop(seats);
        let empty = places.lock();
        assert!(empty.places.is_empty() && empty.lines.is_empty() && empty.all == 0, "{empty:?}");
    }
}

//! A model of the synchronisation: the real merge between a server, browsers and an agent in memory, under schedules of chance (SYNC 3.1).
//!
//! `MODEL_SEED=17 cargo test --test model` replays one schedule and tells what the server has at its end; `make model SEEDS=100000` runs many.

#![cfg(test)]

mod merge_properties;
#[path = "model.rs"]
mod model;

use std::{
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::Instant,
};

use model::{
    check::violations,
    rules::Broken,
    world::{self, Figures},
};

/// Schedules of an ordinary run.
const SEEDS: u64 = 1_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

#[test]
fn nothing_is_lost_doubled_stuck_diverged_or_silently_overwritten() {
    if let Some(seed) = number("MODEL_SEED") {
        let world = world::run(seed, Broken::Nothing);
        println!("{}\n{}", world.story(), world.figures);
        let found = violations(&world);
        assert!(found.is_empty(), "MODEL_SEED={seed}\n  {}", found.join("\n  "));
        return;
    }
    let count = number("MODEL_SEEDS").unwrap_or(SEEDS);
    let begin = Instant::now();
    let next = AtomicU64::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (figures, failed) = thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(|| run_schedules(&next, count))).collect();
        let done = running.into_iter().map(|worker| worker.join().expect("no schedule panics"));
        done.fold((Figures::default(), 0), |(sum, failed), (figures, found)| (sum.plus(&figures), failed + found))
    });
    println!("{count} schedules in {:.1} s: {figures}", begin.elapsed().as_secs_f64());
    assert_eq!(failed, 0, "so many of {count} schedules fail; replay one with MODEL_SEED");
}

/// Takes the next seed until there is none; how much was done, and how many schedules failed.
fn run_schedules(next: &AtomicU64, count: u64) -> (Figures, u64) {
    let mut sum = (Figures::default(), 0);
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= count {
            return sum;
        }
        let world = world::run(seed, Broken::Nothing);
        let found = violations(&world);
        if !found.is_empty() {
            println!("MODEL_SEED={seed}\n  {}", found.join("\n  "));
            sum.1 += 1;
        }
        sum.0 = sum.0.plus(&world.figures);
    }
}

#[test]
fn the_same_seed_is_the_same_schedule() {
    let words = |seed| {
        let journal = world::run_plainly(seed, 80).server.journal;
        let line = |t: &model::server::Transaction| format!("{} {} {:?} {:?}", t.at, t.is_form, t.ops, t.verdicts);
        journal.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(words(7), words(7));
    assert_ne!(words(7), words(8));
}

#[test]
fn a_model_without_one_of_the_rules_fails() {
    for (broken, leads_to) in Broken::ALL {
        let finding = |seed| violations(&world::run(seed, broken)).into_iter().find(|words| words.starts_with(leads_to));
        let caught = (0..SEEDS).find_map(|seed| finding(seed).map(|words| (seed, words)));
        let (seed, words) = caught.unwrap_or_else(|| panic!("{broken:?} goes unnoticed in {SEEDS} schedules"));
        println!("{broken:?}: noticed by schedule {} of {SEEDS}: {words}", seed + 1);
    }
}

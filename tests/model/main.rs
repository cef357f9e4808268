//! A model of the synchronisation: the real merge between a server, browsers and an agent in memory, under schedules of chance (SYNC 3.1).
//!
//! `MODEL_SEED=17 cargo test --test model` replays one schedule; `make model SEEDS=100000` runs many.

#![cfg(test)]

mod browser;
mod check;
mod rng;
mod rules;
mod schema;
mod server;
mod world;

use std::time::Instant;

use check::violations;
use rules::Broken;
use world::Figures;

/// Schedules of an ordinary run.
const SEEDS: u64 = 1_000;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text}")))
}

#[test]
fn nothing_is_lost_doubled_stuck_diverged_or_silently_overwritten() {
    let one = number("MODEL_SEED");
    let seeds = one.map_or(0..number("MODEL_SEEDS").unwrap_or(SEEDS), |seed| seed..seed + 1);
    let count = seeds.end - seeds.start;
    let begin = Instant::now();
    let mut sum = Figures::default();
    let mut failed = Vec::new();
    for seed in seeds {
        let world = world::run(seed, Broken::Nothing);
        let found = violations(&world);
        if one.is_some() {
            println!("{}", world.story());
        }
        if !found.is_empty() {
            println!("MODEL_SEED={seed}: {}", found.join("\n  "));
            failed.push(seed);
        }
        sum = sum.plus(&world.figures);
    }
    println!("{count} schedules in {:.1} s: {sum}", begin.elapsed().as_secs_f64());
    assert!(failed.is_empty(), "{} of {count} schedules fail; replay with MODEL_SEED={}", failed.len(), failed[0]);
}

#[test]
fn a_model_without_one_of_the_rules_fails() {
    for broken in Broken::ALL {
        let caught = (0..SEEDS).find_map(|seed| violations(&world::run(seed, broken)).first().map(|why| (seed, why.clone())));
        let (seed, why) = caught.unwrap_or_else(|| panic!("{broken:?} goes unnoticed in {SEEDS} schedules"));
        println!("{broken:?}: caught by schedule {} of {SEEDS}: {why}", seed + 1);
    }
}

//! The figures as a table of Markdown.

use std::{fmt::Write as _, thread::available_parallelism};

use crate::{CLIENTS, Effort, STARTS};

/// What was measured so far.
#[derive(Default)]
pub struct Table {
    rows: String,
    notes: String,
}

impl Table {
    /// A rate of ours beside another; `budget` is the least ratio wanted.
    pub fn against(&mut self, what: &str, how: &str, ours: f64, other: f64, budget: Option<f64>) {
        let ratio = ours / other;
        let (wanted, verdict) = match budget {
            Some(least) => (format!("at least {:.0} %", least * 100.0), if ratio >= least { "met" } else { "**missed**" }),
            None => (String::new(), ""),
        };
        let _ = writeln!(self.rows, "| {what} | {how} | {ours:.0}/s | {other:.0}/s | {:.0} % | {wanted} | {verdict} |", ratio * 100.0);
    }

    /// A size or a time with its upper limit.
    pub fn at_most(&mut self, what: &str, how: &str, figure: Option<f64>, limit: f64, unit: &str) {
        let _ = match figure {
            Some(figure) => {
                let verdict = if figure <= limit { "met" } else { "**missed**" };
                let digits = usize::from(figure < 10.0);
                writeln!(self.rows, "| {what} | {how} | {figure:.digits$} {unit} | | | at most {limit} {unit} | {verdict} |")
            }
            None => writeln!(self.rows, "| {what} | {how} | not known on this system | | | at most {limit} {unit} | |"),
        };
    }

    /// A sentence below the table.
    pub fn note(&mut self, text: &str) {
        self.notes.push_str("- ");
        self.notes.push_str(text);
        self.notes.push('\n');
    }

    /// The whole file.
    pub fn report(&self, effort: &Effort) -> String {
        let cores = available_parallelism().map_or(1, usize::from);
        let Self { rows, notes } = self;
        let Effort { rounds, turn, .. } = effort;
        format!(
            "# Benchmarks\n\n\
             Written by `make bench`: {cores} cores, PostgreSQL beside the server, everything durable. {CLIENTS} keep-alive clients, each with a \
             session of its own, in turns with {CLIENTS} clients of pgbench (prepared statements); medians of {rounds} turns of {} s, of {STARTS} \
             starts.\n\n\
             | what | how | Rainstaff | beside it | ratio | budget | |\n|---|---|--:|--:|--:|---|---|\n{rows}\n\
             {notes}",
            turn.as_secs()
        )
    }
}

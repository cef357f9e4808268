//! The figures as a table of Markdown.

use std::{fmt::Write as _, thread::available_parallelism};

use crate::{CLIENTS, Effort, STARTS, median};

/// What was measured so far.
#[derive(Default)]
pub struct Table {
    rows: String,
    notes: String,
}

impl Table {
    /// Rates of ours beside others of the same turns, one for one; `budget` is the least ratio wanted of the median turn.
    pub fn against(&mut self, what: &str, how: &str, ours: &[f64], other: &[f64], budget: Option<f64>) {
        assert_eq!(ours.len(), other.len(), "{what}: a turn of one side has none of the other");
        let mut ratios: Vec<f64> = ours.iter().zip(other).map(|(ours, other)| ours / other * 100.0).collect();
        let ratio = median(&ratios);
        let (wanted, verdict) = match budget {
            Some(least) => (format!("at least {:.0} %", least * 100.0), verdict(ratio >= least * 100.0)),
            None => (String::new(), ""),
        };
        let (ours, other, spread) = (median(ours), median(other), spread(&mut ratios));
        let _ = writeln!(self.rows, "| {what} | {how} | {ours:.0}/s | {other:.0}/s | {ratio:.0} % | {spread} | {wanted} | {verdict} |");
    }

    /// A size or a time with its upper limit.
    pub fn at_most(&mut self, what: &str, how: &str, figure: Option<f64>, limit: f64, unit: &str) {
        self.median_at_most(what, how, figure.as_slice(), limit, unit);
    }

    /// The same for what was measured several times: the median counts, and the spread is said. Nothing measured is not known.
    pub fn median_at_most(&mut self, what: &str, how: &str, figures: &[f64], limit: f64, unit: &str) {
        let _ = if figures.is_empty() {
            writeln!(self.rows, "| {what} | {how} | not known on this system | | | | at most {limit} {unit} | |")
        } else {
            let (figure, spread) = (median(figures), spread(&mut figures.to_vec()));
            let (digits, verdict) = (digits(figure), verdict(figure <= limit));
            writeln!(self.rows, "| {what} | {how} | {figure:.digits$} {unit} | | | {spread} | at most {limit} {unit} | {verdict} |")
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
             starts. A ratio is the median of the turns' own ratios; the spread is the lowest and the highest of them.\n\n\
             | what | how | Rainstaff | beside it | ratio | spread | budget | |\n|---|---|--:|--:|--:|--:|---|---|\n{rows}\n\
             {notes}",
            turn.as_secs()
        )
    }
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**missed**" }
}

/// The lowest and the highest; nothing for a single figure.
fn spread(figures: &mut [f64]) -> String {
    figures.sort_by(f64::total_cmp);
    match figures {
        [lowest, .., highest] => format!("{lowest:.0$}–{highest:.0$}", digits(*lowest)),
        _ => String::new(),
    }
}

fn digits(figure: f64) -> usize {
    usize::from(figure < 10.0 && figure.fract() != 0.0)
}

//! pgbench, and the scripts it runs: what a request sends to the database, taken from the database's own log.

use std::{
    collections::BTreeMap,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::process::Command;

/// A script for pgbench with the values of its variables.
pub struct Script {
    file: PathBuf,
    values: Vec<(String, String)>,
}

/// What one request sends to the database.
pub struct Traffic {
    transactions: Vec<Vec<Statement>>,
}

#[derive(Debug, Clone)]
struct Statement {
    /// As it was sent: one statement, or in a message without values several.
    sql: String,
    is_prepared: bool,
    /// Values of `$1`, `$2`, ...; none where it is null.
    values: Vec<Option<String>>,
}

impl Script {
    /// A script without variables.
    pub fn new(file: PathBuf, text: &str) -> Result<Self, Box<dyn Error>> {
        fs::write(&file, text)?;
        Ok(Self { file, values: Vec::new() })
    }

    /// Runs the script as the role that serves, with prepared statements; transactions per second.
    pub async fn run(&self, url: &str, clients: usize, time: Duration) -> Result<f64, Box<dyn Error>> {
        run_together(std::slice::from_ref(self), url, clients, time, 0).await
    }
}

/// Runs scripts, each time one by chance. Every client counts its executions in `:n`, from `first` on.
pub async fn run_together(scripts: &[Script], url: &str, clients: usize, time: Duration, first: u32) -> Result<f64, Box<dyn Error>> {
    let program = std::env::var("PGBENCH").unwrap_or_else(|_| "pgbench".to_owned());
    let mut pgbench = Command::new(program);
    // As the server's own connections, and planned as its reads are.
    pgbench.env("PGOPTIONS", "-c role=rainstaff_app -c search_path=pg_catalog,pg_temp -c timezone=UTC");
    pgbench.args(["--no-vacuum", "--protocol=prepared", "--jobs=2"]);
    pgbench.args([format!("--client={clients}"), format!("--time={}", time.as_secs()), format!("--define=n={first}")]);
    for script in scripts {
        pgbench.arg("--file").arg(&script.file);
        pgbench.args(script.values.iter().map(|(name, value)| format!("--define={name}={value}")));
    }
    let output = pgbench.arg(url).kill_on_drop(true).output().await.map_err(|e| format!("pgbench: {e}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    match rate {
        Some(rate) if output.status.success() && !errors.contains("aborted") => Ok(rate),
        _ => Err(format!("pgbench: {said}{errors}").into()),
    }
}

impl Traffic {
    /// Reads the log of a server with `log_statement = all`.
    pub fn from_log(log: &str) -> Self {
        let mut open: BTreeMap<&str, Vec<Statement>> = BTreeMap::new();
        let mut transactions = Vec::new();
        for (process, message) in messages(log) {
            if let Some(values) = message.strip_prefix("DETAIL:  Parameters: ") {
                if let Some(statement) = open.get_mut(process).and_then(|statements| statements.last_mut()) {
                    statement.values = read_values(values);
                }
                continue;
            }
            let simple = message.strip_prefix("LOG:  statement: ").map(|sql| (sql, false));
            let Some((sql, is_prepared)) = simple.or_else(|| Some((executed(&message)?, true))) else { continue };
            if sql.starts_with("BEGIN") {
                open.insert(process, Vec::new());
            }
            let Some(statements) = open.get_mut(process) else { continue };
            statements.push(Statement { sql: sql.trim().to_owned(), is_prepared, values: Vec::new() });
            if matches!(sql.trim(), "COMMIT" | "ROLLBACK") {
                transactions.extend(open.remove(process));
            }
        }
        Self { transactions }
    }

    /// The same as another role than the one that serves.
    pub fn as_role(&self, role: &str) -> Self {
        let (serving, other) = ("SET LOCAL ROLE rainstaff_app", format!("SET LOCAL ROLE {role}"));
        let changed = |s: &Statement| Statement { sql: s.sql.replace(serving, &other), ..s.clone() };
        Self { transactions: self.transactions.iter().map(|statements| statements.iter().map(changed).collect()).collect() }
    }

    /// What of it is done in a region's scope: without the look at whose session it is.
    pub fn of_regions(&self) -> Self {
        let is_of_region = |statements: &&Vec<Statement>| statements.first().is_some_and(|begin| !begin.sql.contains("app.regions = ''"));
        Self { transactions: self.transactions.iter().filter(is_of_region).cloned().collect() }
    }

    /// How many transactions there are, and how many waits for an answer of the database they take. Nobody waits for the end of a read.
    pub fn counts(&self) -> (usize, usize) {
        let waited_for = |statements: &Vec<Statement>| statements.iter().filter(|s| s.sql != "ROLLBACK").count();
        (self.transactions.len(), self.transactions.iter().map(waited_for).sum())
    }

    /// A script that repeats all of the request, waiting for the database as often as the server does. Values of `varied` are replaced by
    /// the SQL beside them; `name` keeps variables of several scripts apart.
    pub fn script(&self, name: &str, file: PathBuf, varied: &[(String, String)]) -> Result<Script, Box<dyn Error>> {
        if self.transactions.is_empty() {
            return Err(format!("{name}: the database's log has no transaction").into());
        }
        let (mut text, mut values) = (String::from("\\set n :n + 1\n"), Vec::new());
        for (number, statement) in self.transactions.iter().flatten().enumerate() {
            let mut sql = statement.sql.clone();
            for (index, value) in statement.values.iter().enumerate().rev() {
                let variable = format!("{name}{number}_{index}");
                let stands_for = match value.as_deref() {
                    None => "NULL".to_owned(),
                    Some("") => "''".to_owned(), // pgbench has no empty variables
                    Some(value) => {
                        if let Some((_, sql)) = varied.iter().find(|(known, _)| known == value) {
                            format!("({sql})")
                        } else {
                            values.push((variable.clone(), value.to_owned()));
                            format!(":{variable}")
                        }
                    }
                };
                sql = sql.replace(&format!("${}", index + 1), &stands_for);
            }
            if statement.is_prepared {
                writeln!(text, "{sql}\n;")?; // one, whatever its comments and literals hold
            } else {
                // The server sends these in one message; pgbench needs a pipeline for that.
                let together = sql.contains("; ");
                let [before, after] = if together { ["\\startpipeline\n", "\\endpipeline\n"] } else { ["", ""] };
                write!(text, "{before}{};\n{after}", sql.replace("; ", ";\n"))?;
            }
        }
        fs::write(&file, text)?;
        Ok(Script { file, values })
    }
}

/// Process and text of each message; a message may have several lines, the later ones start with a tab.
fn messages(log: &str) -> Vec<(&str, String)> {
    let mut messages: Vec<(&str, String)> = Vec::new();
    for line in log.lines() {
        if let Some(more) = line.strip_prefix('\t') {
            if let Some((_, text)) = messages.last_mut() {
                text.push('\n');
                text.push_str(more);
            }
        } else if let Some((process, text)) = line.split_once('[').and_then(|(_, rest)| rest.split_once("] ")) {
            messages.push((process, text.to_owned()));
        }
    }
    messages
}

/// The SQL of `LOG:  execute sqlx_s_1: SELECT ...`.
fn executed(message: &str) -> Option<&str> {
    message.strip_prefix("LOG:  execute ")?.split_once(": ").map(|(_, sql)| sql)
}

/// The values of `$1 = 'ankara', $2 = NULL`.
fn read_values(mut text: &str) -> Vec<Option<String>> {
    let mut values = Vec::new();
    while let Some((_, rest)) = text.split_once(" = ") {
        let Some(quoted) = rest.strip_prefix('\'') else {
            values.push(None);
            text = rest;
            continue;
        };
        let (mut value, mut quoted) = (String::new(), quoted);
        while let Some((part, after)) = quoted.split_once('\'') {
            value.push_str(part);
            let Some(more) = after.strip_prefix('\'') else {
                quoted = after;
                break;
            };
            value.push('\'');
            quoted = more;
        }
        values.push(Some(value));
        text = quoted;
    }
    values
}

/// The log of the server whose data lie in `data_directory`, from this byte on.
pub fn read_log(data_directory: &Path, from: usize) -> Result<String, Box<dyn Error>> {
    let log = data_directory.parent().ok_or("the database has no folder")?.join("postgres.log");
    let bytes = fs::read(log)?;
    Ok(String::from_utf8_lossy(&bytes[from.min(bytes.len())..]).into_owned())
}

//! The program's log: `logs/` in the data folder, one file per day, kept for two weeks.

use std::path::Path;

use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::EnvFilter;

const DAYS: usize = 14;

/// Starts the log. It is written until the guard is dropped.
pub fn start(folder: &Path) -> Result<WorkerGuard, String> {
    let logs = folder.join("logs");
    std::fs::create_dir_all(&logs).map_err(|error| format!("{} cannot be made: {error}", logs.display()))?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("agent")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(&logs)
        .map_err(|error| format!("{} cannot be written: {error}", logs.display()))?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter = EnvFilter::try_from_env("RAINSTAFF_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false).init();
    Ok(guard)
}

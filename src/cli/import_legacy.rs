//! `rainstaff import-legacy`: imports a desktop database, through the same write path as everything else.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use chrono::{DateTime, Utc};
use clap::Args;
use uuid::Uuid;

use super::{Opened, Place, open, report_file::ReportFile, text};
use crate::{
    auth::accounts,
    clock::Clock,
    config::{Config, Secret},
    db::{self, Scope},
    events::{self, EventKind, NewEvent},
    identity::{Actor, Region, Role},
    legacy::{KnownFile, LegacyFile, Report, Target, identify, plan, preview, report},
    ops::Origin,
    regions::db::{is_open, list_all_regions},
    registry::DESKTOP_TABLES,
    settings::{self, settings_id},
    state::AppState,
    sync::{self, deliver},
};

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// The desktop program's puantaj.db
    file: PathBuf,
    /// Code of the region that gets the rows
    #[arg(long)]
    region: String,
    /// Takes rows labelled with this other region as well (the desktop program stamped Ankara on rows of every office); may be repeated
    #[arg(long = "include-region", value_name = "NAME")]
    include_regions: Vec<String>,
    /// Only says what would happen
    #[arg(long)]
    dry_run: bool,
    /// Writes the report as JSON into this file
    #[arg(long, value_name = "OUT.json")]
    report: Option<PathBuf>,
    #[command(flatten)]
    place: Place,
}

pub(super) async fn run(args: ImportArgs) -> Result<ExitCode, String> {
    let region = Region::parse(&args.region).map_err(|_| format!("--region: {:?} is not a region's code, such as ankara", args.region))?;
    let out = args.report.as_deref().map(ReportFile::begin).transpose()?;
    let path = args.file.clone();
    let read = tokio::task::spawn_blocking(move || LegacyFile::read(&path, &DESKTOP_TABLES)).await.map_err(text)?;
    let file = read.map_err(|e| format!("{}: {e}", args.file.display()))?;
    let opened = open(&args.place).await?;
    let done = take_over(&opened, &args, &region, &file).await;
    let closed = opened.close().await;
    let outcome = done?;
    closed?;
    show(&outcome, args.dry_run);
    if let Some(out) = out {
        out.finish(&(serde_json::to_string_pretty(&outcome).map_err(text)? + "\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn take_over(opened: &Opened, args: &ImportArgs, region: &Region, file: &LegacyFile) -> Result<Report, String> {
    let db = &opened.db;
    if *region == Region::company() || !list_all_regions(db).await.map_err(text)?.contains(region) {
        return Err(format!("--region: there is no region {region}; `rainstaff user list` shows which exist"));
    }
    if !is_open(db, region).await.map_err(text)? {
        return Err(format!("--region: the region {region} is closed to new entries and takes no rows; an admin can open it again"));
    }
    let actor = author(opened, region).await?;
    let scope = Scope::system(region.clone(), Some(actor.user_id), Origin::Import);
    let mut tx = db.read(&scope).await.map_err(text)?;
    let known = KnownFile::from_ops(&DESKTOP_TABLES, sync::db::list_import_ops(&mut tx, region).await.map_err(text)?);
    let has_settings = settings::db::exist(&mut tx, region).await.map_err(text)?;
    drop(tx);
    let identity = identify(file, region, &known);
    let only_rows = has_settings.then(|| settings_id(region)).into_iter().collect();
    let target = Target {
        region,
        include_regions: &args.include_regions,
        actor: actor.user_id,
        edited_at: time_of(&args.file),
        only_rows: &only_rows,
    };
    let planned = plan(file, identity, &known, target);
    if args.dry_run {
        return Ok(preview(&planned));
    }
    let config = Config::dev(([127, 0, 0, 1], 0).into(), Secret::random());
    let state = AppState::new(db.clone(), config);
    let ops = planned.ops.iter().map(|p| p.op.clone()).collect();
    let verdicts = deliver(&state, &actor, Origin::Import, ops).await.map_err(text)?;
    db::analyze(&opened.owner_url).await.map_err(text)?;
    let outcome = report(&planned, &verdicts);
    let event = NewEvent::new(EventKind::LegacyImported)
        .by(Some(&actor))
        .with("file", file.name.clone())
        .with("tables", serde_json::to_value(&outcome.tables).map_err(text)?);
    events::record(db, region.clone(), &event, &state.clock).await.map_err(text)?;
    Ok(outcome)
}

/// The rows' author: the first admin, on whose machine the command runs.
async fn author(opened: &Opened, region: &Region) -> Result<Actor, String> {
    let users = accounts::list_users(&opened.db, &Clock::System, None).await.map_err(text)?;
    let admin = users
        .iter()
        .find(|u| u.role == Role::Admin && u.active)
        .ok_or("there is no admin account yet: start `rainstaff serve` or `rainstaff dev` once")?;
    Ok(Actor {
        user_id: admin.id,
        username: admin.username.clone(),
        role: Role::Admin,
        regions: vec![region.clone()],
        lang: "tr".into(),
        theme: "auto".into(),
        must_change: false,
        session_id: Uuid::nil(),
        csrf: String::new(),
    })
}

fn time_of(path: &Path) -> DateTime<Utc> {
    let modified = fs::metadata(path).and_then(|m| m.modified()).map(DateTime::<Utc>::from);
    let now = Clock::System.now();
    modified.map_or(now, |at| at.min(now))
}

fn show(report: &Report, dry_run: bool) {
    println!("{} into {}{}", report.file, report.region, if dry_run { " (dry run: nothing was written)" } else { "" });
    for (table, counts) in &report.tables {
        println!(
            "  {table}: {} created, {} updated, {} unchanged, {} skipped",
            counts.created, counts.updated, counts.unchanged, counts.skipped
        );
    }
    for (table, rows) in &report.not_taken {
        println!("  {table}: {rows} rows, not taken over yet");
    }
    for remark in &report.skipped_rows {
        println!("  skipped {remark}");
    }
    for remark in &report.warnings {
        println!("  look at {remark}");
    }
}

//! `rainstaff doctor`: what is wrong, one line each.

use std::process::ExitCode;

use super::{Place, cannot_reach, connect, locate, text};
use crate::{
    clock::Clock,
    config::{self, MetricsToken, Secret},
    db::{self, Db, Scope, guard, names},
    ops::Origin,
    regions::db::list_all_regions,
    sync,
};

/// Seconds by which the clocks of server and database may differ.
const CLOCK_TOLERANCE: i64 = 5;

pub(super) async fn run(place: Place) -> Result<ExitCode, String> {
    let (owner_url, cluster) = locate(&place).await?;
    let findings = examine(&owner_url).await;
    if let Some(cluster) = cluster {
        cluster.stop().await.map_err(text)?;
    }
    let findings = findings?;
    for finding in &findings {
        println!("{finding}");
    }
    if findings.is_empty() {
        println!("all is well");
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::FAILURE)
    }
}

async fn examine(owner_url: &str) -> Result<Vec<String>, String> {
    let mut findings = check_environment();
    let pending = db::pending_migrations(owner_url).await.map_err(|e| cannot_reach(&e))?;
    if !pending.is_empty() {
        findings.push(format!("Migrations are pending ({}): run `rainstaff migrate`.", pending.join(", ")));
        return Ok(findings);
    }
    let db = connect(owner_url, 2).await?;
    let checked = check_database(&db, &mut findings).await;
    db.close().await;
    checked.map_err(|e| cannot_reach(&e))?;
    Ok(findings)
}

fn check_environment() -> Vec<String> {
    let mut findings = Vec::new();
    if let Some(secret) = config::read("RAINSTAFF_SECRET_KEY")
        && Secret::parse(&secret).is_none()
    {
        findings
            .push("RAINSTAFF_SECRET_KEY is neither 128 hex digits nor 32 bytes as base64: `rainstaff serve` will not start.".to_owned());
    }
    if config::read("DATABASE_URL").is_some() && config::read("RAINSTAFF_SECRET_KEY").is_none() {
        findings.push("RAINSTAFF_SECRET_KEY is not set: `rainstaff serve` will not start.".to_owned());
    }
    if let Err(error) = MetricsToken::from_env() {
        findings.push(format!("{error} Until then `rainstaff serve` will not start."));
    }
    findings
}

async fn check_database(db: &Db, findings: &mut Vec<String>) -> Result<(), sqlx::Error> {
    findings.extend(guard::check(db).await?.iter().map(guard::Finding::sentence));
    for region in list_all_regions(db).await? {
        let scope = Scope::system(region.clone(), None, Origin::System);
        let mut tx = db.read(&scope).await?;
        let health = sync::db::find_log_health(&mut tx, &region).await?;
        if let Some(seq) = health.changes_broken_at {
            findings.push(format!(
                "The change log of {region} does not hold together at number {seq}: a row was changed, removed or added behind the program."
            ));
        }
        if let Some(seq) = health.events_broken_at {
            findings.push(format!(
                "The event log of {region} does not hold together at number {seq}: a row was changed, removed or added behind the program."
            ));
        }
        if health.unsealed > 0 {
            findings.push(format!("The change log of {region} has {} rows without a number: the sealing trigger is off.", health.unsealed));
        }
        findings.extend(names::find_doubtful(&mut tx, &region).await?.iter().map(|finding| finding.sentence(&region)));
        let drift = (Clock::System.now() - health.database_time).num_seconds().abs();
        if drift > CLOCK_TOLERANCE && !findings.iter().any(|f| f.contains("clocks")) {
            findings.push(format!("The clocks of server and database differ by {drift} s: set both by NTP."));
        }
    }
    Ok(())
}

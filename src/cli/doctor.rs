//! `rainstaff doctor`: problems, one line each.

use std::process::ExitCode;

use super::{Place, cannot_reach, locate, logins::Logins, text};
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
    let (logins, cluster) = locate(&place).await?;
    let findings = examine(&logins).await;
    if let Some(cluster) = cluster {
        cluster.stop().await.map_err(text)?;
    }
    let Examined { findings, notes } = findings?;
    for finding in &findings {
        println!("{finding}");
    }
    for note in &notes {
        println!("note: {note}");
    }
    if findings.is_empty() {
        println!("all is well");
        Ok(ExitCode::SUCCESS)
    } else {
        Ok(ExitCode::FAILURE)
    }
}

/// The findings of an examination, one sentence each.
#[derive(Default)]
struct Examined {
    findings: Vec<String>,
    /// No problems, but worth knowing.
    notes: Vec<String>,
}

async fn examine(logins: &Logins) -> Result<Examined, String> {
    let mut examined = Examined { findings: check_environment(), notes: Vec::new() };
    let pending = db::pending_migrations(&logins.owner_url).await.map_err(|e| cannot_reach(&e))?;
    if !pending.is_empty() {
        examined.findings.push(format!("Migrations are pending ({}): run `rainstaff migrate`.", pending.join(", ")));
        return Ok(examined);
    }
    let db = logins.connect(2).await?;
    let checked = check_database(&db, &mut examined).await;
    db.close().await;
    checked.map_err(|e| cannot_reach(&e))?;
    Ok(examined)
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

async fn check_database(db: &Db, Examined { findings, notes }: &mut Examined) -> Result<(), sqlx::Error> {
    for finding in guard::check(db).await? {
        if finding.is_note() { &mut *notes } else { &mut *findings }.push(finding.sentence());
    }
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
        findings.extend(health.digests_off.iter().map(|entity| {
            format!(
                "The digest of {entity} in {region} is not that of its rows: rows were brought in or taken away past the triggers. See which, then count \
                 anew as the owner: SET app.regions = '{region}'; CALL sec.renew_digests('{region}')."
            )
        }));
        findings.extend(names::find_doubtful(&mut tx, &region).await?.iter().map(|finding| finding.sentence(&region)));
        let drift = (Clock::System.now() - health.database_time).num_seconds().abs();
        if drift > CLOCK_TOLERANCE && !findings.iter().any(|f| f.contains("clocks")) {
            findings.push(format!("The clocks of server and database differ by {drift} s: set both by NTP."));
        }
    }
    Ok(())
}

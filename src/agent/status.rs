//! `status`: the state of this PC, in words or as JSON.

use std::path::Path;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{
    device::DeviceFile,
    place,
    store::{Counts, FILE, MirrorState, Reader, StoreError, ops},
    upstream::{UpstreamError, ask, new_client},
};
use crate::clock::{in_istanbul, is_clock_wrong};

/// The state of the PC.
#[derive(Serialize)]
struct Status {
    version: &'static str,
    name: String,
    region: String,
    server: String,
    is_revoked: bool,
    is_running: bool,
    /// Why the server is out of reach; empty while it is in reach.
    out_of_reach: String,
    waiting: i64,
    oldest_at: Option<DateTime<Utc>>,
    failed: i64,
    last_contact: Option<DateTime<Utc>>,
    offset_ms: i64,
    mirror: MirrorState,
    disk_free: Option<u64>,
}

/// Reads the PC's files and asks the server. `server` names another one, also on a PC that is not enrolled.
///
/// With `check` the whole file is read and checked first.
pub async fn status(folder: &Path, server: Option<&str>, as_json: bool, check: bool) -> Result<String, String> {
    if check {
        let reader = Reader::of_file(&folder.join(FILE)).map_err(|error| format!("{}: {error}", folder.display()))?;
        let word: String = reader.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(|error| error.to_string())?;
        if word != "ok" {
            return Err(format!(
                "{} is damaged: {word}. Start the agent: it puts the file aside and takes over what can be read",
                folder.join(FILE).display()
            ));
        }
    }
    let device = DeviceFile::read(folder)?.map(|file| file.get());
    let Some(device) = device else {
        return match server {
            Some(server) => {
                look_for(server).await.map(|time| format!("{server} is in reach; its clock says {time}. This PC is not enrolled."))
            }
            None => Err(format!("this PC is not enrolled (folder {}): run `rainstaff-agent enrol`", folder.display())),
        };
    };
    let server = server.unwrap_or(&device.server);
    let found = look_for(server).await;
    let (counts, mirror, contact) = if folder.join(FILE).exists() {
        read(folder).map_err(|error| format!("{}: {error}", folder.display()))?
    } else {
        Default::default()
    };
    let status = Status {
        version: env!("CARGO_PKG_VERSION"),
        name: device.name,
        region: device.region.to_string(),
        server: server.to_owned(),
        is_revoked: device.is_revoked,
        is_running: place::hold(folder).is_err(),
        out_of_reach: found.err().unwrap_or_default(),
        waiting: counts.waiting,
        oldest_at: counts.oldest_at,
        failed: counts.failed,
        last_contact: contact.at,
        offset_ms: contact.offset_ms,
        mirror,
        disk_free: place::free_bytes(folder),
    };
    if as_json { serde_json::to_string_pretty(&status).map_err(|error| error.to_string()) } else { Ok(in_words(&status)) }
}

fn read(folder: &Path) -> Result<(Counts, MirrorState, super::store::Contact), StoreError> {
    let reader = Reader::of_file(&folder.join(FILE))?;
    Ok((ops::count(&reader)?, reader.mirror()?, reader.contact()?))
}

/// The server's clock, or why it is out of reach.
async fn look_for(server: &str) -> Result<String, String> {
    let server = server.trim_end_matches('/');
    let request = new_client(server)?.get(format!("{server}/api/v1/ping")).timeout(std::time::Duration::from_secs(10));
    match ask(request).await {
        Ok(body) => body["server_time"].as_str().map(str::to_owned).ok_or_else(|| format!("{server} answered without its time")),
        Err(UpstreamError::NotOurs(status)) => {
            Err(format!("{server} answered {status}, but not as a Rainstaff server: is there a portal to sign in to?"))
        }
        Err(error) => Err(format!("{server} is not in reach: {error}")),
    }
}

fn in_words(status: &Status) -> String {
    let local = |at: DateTime<Utc>| in_istanbul(at).format("%d.%m.%Y %H:%M").to_string();
    let since = |at: Option<DateTime<Utc>>| at.map_or_else(|| "never".to_owned(), local);
    let mut lines = vec![format!("\"{}\" of {}, rainstaff-agent {}", status.name, status.region, status.version)];
    if status.is_revoked {
        lines.push("REVOKED: the server has taken this PC's rights away. What was entered here is kept; ask the admin.".to_owned());
    }
    lines.push(
        if status.is_running { "The agent runs." } else { "The agent does not run: start it with `rainstaff-agent run`." }.to_owned(),
    );
    lines.push(match status.out_of_reach.as_str() {
        "" => format!("The server {} is in reach. Last contact: {}.", status.server, since(status.last_contact)),
        why => format!("{why}. Last contact: {}.", since(status.last_contact)),
    });
    lines.push(match (status.waiting, status.oldest_at) {
        (0, _) => "Nothing waits to be sent.".to_owned(),
        (1, oldest) => format!("1 entry waits to be sent, since {}.", since(oldest)),
        (waiting, oldest) => format!("{waiting} entries wait to be sent, the oldest since {}.", since(oldest)),
    });
    if status.failed > 0 {
        lines.push(format!("{} entries are held or were refused by the server: see the page Senkron.", status.failed));
    }
    lines.push(match status.mirror.synced_at {
        None => "There is no copy of the region yet.".to_owned(),
        Some(at) => format!(
            "The copy of the region is of {}{}.",
            local(at),
            if status.mirror.digest_equal == Some(false) { " and DIFFERS from the server" } else { "" }
        ),
    });
    if let Some(bytes) = status.disk_free {
        lines.push(format!("{} MB are free on the disk.", bytes / 1_000_000));
    }
    if is_clock_wrong(status.offset_ms) {
        let direction = if status.offset_ms > 0 { "ahead of" } else { "behind" };
        lines.push(format!("This PC's clock is {} minutes {direction} the server's: set it right.", status.offset_ms.abs() / 60_000));
    }
    lines.join("\n")
}

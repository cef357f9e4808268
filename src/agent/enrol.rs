//! `enrol`: a one-time code becomes this PC's identity.

use std::{path::Path, time::Duration};

use super::{
    device::{Device, DeviceFile},
    place,
    store::{Store, ops},
    upstream::{UpstreamError, ask, is_on_this_pc, new_client},
};
use rainstaff_http::error::AppError;

use crate::{
    clock::Clock,
    wire::{
        X_SYNC_CLIENT,
        device::{Enrolled, Enrolment},
    },
};

/// Enrols the PC, and returns a sentence about the result.
pub async fn enrol(folder: &Path, server: &str, code: &str) -> Result<String, String> {
    let server = check_address(server)?;
    place::make_folder(folder)?;
    let _hold = place::hold(folder).map_err(|why| format!("{why}: stop it first"))?;
    let before = DeviceFile::read(folder).unwrap_or_default().map(|file| file.get());
    let client = new_client(&server)?;
    let body = Enrolment {
        code: code.trim().to_owned(),
        host: gethostname::gethostname().to_string_lossy().into_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        os: std::env::consts::OS.to_owned(),
    };
    let request =
        client.post(format!("{server}/api/v1/devices/enrol")).header("Origin", &server).header(X_SYNC_CLIENT, "agent").json(&body);
    let answer = ask(request.timeout(Duration::from_secs(20))).await.map_err(|error| explain(&server, &error))?;
    let Enrolled { device_id, token, name, region, .. } = serde_json::from_value(answer)
        .map_err(|error| format!("the server's answer makes no sense ({error}): is it of the same version?"))?;
    let device = Device { server, device_id, name, region, token, next_token: None, is_revoked: false };
    let moved = before.filter(|before| before.region != device.region);
    if let Some(before) = moved {
        refuse_to_mix(folder, &before, &device)?;
    }
    let (name, region) = (device.name.clone(), device.region.clone());
    DeviceFile::create(folder, device)?;
    Ok(format!("This PC is \"{name}\" of {region} now. Start it with `rainstaff-agent run`, then open http://localhost:8787."))
}

/// Refuses to enrol for another region: entries of one region are never sent in the name of another region's PC.
fn refuse_to_mix(folder: &Path, before: &Device, after: &Device) -> Result<(), String> {
    let (store, _) = Store::open(folder, Clock::System.now()).map_err(|error| error.to_string())?;
    let waiting = store.read().and_then(|reader| ops::count(&reader)).map_err(|error| error.to_string())?.waiting;
    let (old, new) = (&before.region, &after.region);
    Err(format!(
        "this folder holds the data of {old} ({waiting} entries wait to be sent there) and the code is of {new}: enrol with another --data-dir, \
         or save these with `rainstaff-agent export` first and move the folder {} away. Ask for a new code, this one is used up.",
        folder.display()
    ))
}

/// `https://`, or `http://` on this PC itself: a token must not be sent unencrypted.
fn check_address(server: &str) -> Result<String, String> {
    let server = server.trim().trim_end_matches('/');
    let url = reqwest::Url::parse(server).map_err(|_| format!("--server {server}: not an address such as https://puantaj.example.com"))?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.username().is_empty();
    match url.scheme() {
        _ if !is_bare || url.host_str().is_none() => {
            Err(format!("--server {server}: name the address alone, such as https://puantaj.example.com"))
        }
        "https" => Ok(server.to_owned()),
        "http" if is_on_this_pc(server) => Ok(server.to_owned()),
        _ => Err(format!("--server {server}: the address must begin with https://, so that nobody on the way can read along")),
    }
}

fn explain(server: &str, error: &UpstreamError) -> String {
    match error {
        error if error.is(AppError::DeviceCode.code()) => {
            "the code is wrong, used already, or older than 15 minutes: ask the admin for a new one (Yönetim > Cihazlar)".to_owned()
        }
        UpstreamError::Refused { status: 429, .. } => "too many attempts: wait a few minutes".to_owned(),
        error => format!("{server}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_travels_by_https_or_not_at_all() {
        assert_eq!(check_address(" https://puantaj.example.com/ ").unwrap(), "https://puantaj.example.com");
        assert_eq!(check_address("http://127.0.0.1:8080").unwrap(), "http://127.0.0.1:8080");
        assert!(check_address("http://localhost:8080").is_ok());
        for wrong in ["http://puantaj.example.com", "puantaj.example.com", "ftp://a", "https://a/b", "https://user@a", ""] {
            assert!(check_address(wrong).is_err(), "{wrong}");
        }
    }
}

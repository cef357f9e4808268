//! The identity of this PC at the server: the file `device.json`, readable for its owner alone.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::place::write_secret;
use crate::identity::Region;

const FILE: &str = "device.json";

/// The result of enrolment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The server's address, such as `https://puantaj.example.com`, without a slash at its end.
    pub server: String,
    /// Id of the device.
    pub device_id: Uuid,
    /// What the admin calls the PC.
    pub name: String,
    /// Its region.
    pub region: Region,
    /// Proves that requests come from this device.
    pub token: String,
    /// The token after this one: returned by the server, which is not known to have seen it in use yet.
    #[serde(default)]
    pub next_token: Option<String>,
    /// Whether the server has revoked this PC.
    #[serde(default)]
    pub is_revoked: bool,
}

/// The device of a data folder. Cheap to clone; all clones see a change.
#[derive(Clone)]
pub struct DeviceFile {
    path: PathBuf,
    now: Arc<RwLock<Device>>,
}

impl std::fmt::Debug for DeviceFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceFile").field("path", &self.path).finish_non_exhaustive() // never the token
    }
}

impl DeviceFile {
    /// Reads the file. `None` for a PC that is not enrolled; an error message if the file cannot be read.
    pub fn read(folder: &Path) -> Result<Option<Self>, String> {
        let path = folder.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
        };
        let device =
            serde_json::from_str(&text).map_err(|error| format!("{} is damaged ({error}): enrol this PC again", path.display()))?;
        Ok(Some(Self { path, now: Arc::new(RwLock::new(device)) }))
    }

    /// Writes a new device.
    pub fn create(folder: &Path, device: Device) -> Result<Self, String> {
        let path = folder.join(FILE);
        write(&path, &device)?;
        Ok(Self { path, now: Arc::new(RwLock::new(device)) })
    }

    /// The device as it is now.
    pub fn get(&self) -> Device {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The token to send: the newest one.
    pub fn token(&self) -> String {
        let now = self.now.read().unwrap_or_else(PoisonError::into_inner);
        now.next_token.as_ref().unwrap_or(&now.token).clone()
    }

    /// Whether the server has revoked this PC.
    pub fn is_revoked(&self) -> bool {
        self.now.read().unwrap_or_else(PoisonError::into_inner).is_revoked
    }

    /// Changes the file, and then the copy in memory.
    pub fn change(&self, change: impl FnOnce(&mut Device)) -> Result<(), String> {
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        let mut changed = now.clone();
        change(&mut changed);
        if changed != *now {
            write(&self.path, &changed)?;
            *now = changed;
        }
        Ok(())
    }
}

fn write(path: &Path, device: &Device) -> Result<(), String> {
    let text = serde_json::to_string_pretty(device).map_err(|error| error.to_string())?;
    write_secret(path, &text).map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

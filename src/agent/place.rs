//! Where the agent stores its files: one folder on a local disk.

use std::{
    env, fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// The folder if none is named: `$XDG_DATA_HOME/rainstaff-agent`, `~/.local/share/rainstaff-agent`, on Windows
/// `%LOCALAPPDATA%\Rainstaff\agent`.
pub fn default_folder() -> PathBuf {
    let from = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(local) = from("LOCALAPPDATA").filter(|_| cfg!(windows)) {
        return local.join("Rainstaff").join("agent");
    }
    let data = from("XDG_DATA_HOME").or_else(|| from("HOME").map(|home| home.join(".local/share")));
    data.unwrap_or_else(|| PathBuf::from(".")).join("rainstaff-agent")
}

/// Creates the folder, for its owner alone.
pub fn make_folder(folder: &Path) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    Ok(())
}

/// Creates a file that does not exist yet, for its owner alone.
pub fn create_private(path: &Path) -> std::io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

/// Writes a file whole or not at all, readable for its owner alone, and on the disk when this returns.
pub fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let new = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(&new)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    drop(file);
    fs::rename(&new, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        fs::File::open(folder)?.sync_all()?; // the new name, too
    }
    Ok(())
}

/// Held while an agent runs on the folder; two of them would send everything twice.
pub struct Hold {
    _file: fs::File,
}

/// Locks the folder. An error message if another agent has locked it.
pub fn hold(folder: &Path) -> Result<Hold, String> {
    let path = folder.join("agent.lock");
    let file =
        fs::OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Hold { _file: file }),
        Err(fs::TryLockError::WouldBlock) => Err(format!("an agent runs on {} already", folder.display())),
        Err(fs::TryLockError::Error(error)) => Err(format!("{}: {error}", path.display())),
    }
}

/// Free bytes on the folder's disk; `None` if they cannot be read.
pub fn free_bytes(folder: &Path) -> Option<u64> {
    fs4::available_space(folder).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_secret_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("device.json");
        write_secret(&path, "one").unwrap();
        write_secret(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_folder_is_held_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let held = hold(folder.path()).unwrap();
        assert!(hold(folder.path()).is_err());
        drop(held);
        assert!(hold(folder.path()).is_ok());
    }
}

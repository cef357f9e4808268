//! The paths of a cluster's files.

use std::{
    fs::{self, DirBuilder, Permissions},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{DirBuilderExt, MetadataExt, PermissionsExt},
    },
    path::{Path, PathBuf},
};

use nix::unistd::geteuid;
use sha2::{Digest, Sha256};

use super::{ClusterError, account::Account};

/// Root's clusters are here if the server's account cannot reach the requested folder. Only root may write in it.
pub const SHARED_ROOT: &str = "/var/lib/rainstaff";

/// Longest path of the socket's folder: the system allows 103 (macOS) or 107 bytes for the folder, `/.s.PGSQL.5432` and an end mark.
const SOCKET_DIR_BYTES: usize = 85;

/// The folder of one cluster.
#[derive(Debug, Clone)]
pub struct Place {
    root: PathBuf,
}

impl Place {
    /// Finds the folder of the cluster of `data_dir` and creates what is missing. The choice is permanent: a folder in [`SHARED_ROOT`] is
    /// used again even if the account could now enter `data_dir`.
    pub fn prepare(data_dir: &Path, durable: bool, account: &Account) -> Result<Self, ClusterError> {
        let find = || -> io::Result<Self> {
            fs::create_dir_all(data_dir)?;
            let data_dir = data_dir.canonicalize()?;
            let [near, far] = Self::both(&data_dir, durable);
            let goes_far = account.is_other() && !near.data().exists() && (far.exists() || !account.can_enter(&data_dir)?);
            let place = if goes_far { far } else { near };
            make_folder_for_all(&place.root)?;
            Ok(place)
        };
        find().map_err(|source| ClusterError::Io { what: format!("cannot prepare the data folder {}", data_dir.display()), source })
    }

    /// The existing folders of clusters of `data_dir`.
    pub fn left_behind(data_dir: &Path, durable: bool, account: &Account) -> Vec<Self> {
        let Ok(data_dir) = data_dir.canonicalize() else { return Vec::new() };
        let [near, far] = Self::both(&data_dir, durable);
        let may_be = if account.is_other() { vec![near, far] } else { vec![near] };
        may_be.into_iter().filter(Self::exists).collect()
    }

    fn both(data_dir: &Path, durable: bool) -> [Self; 2] {
        let name = if durable { "postgres" } else { "throwaway" };
        let far = Path::new(SHARED_ROOT).join(short_hash(data_dir.as_os_str().as_bytes()));
        [Self { root: data_dir.join(name) }, Self { root: far.join(name) }]
    }

    fn exists(&self) -> bool {
        self.root.exists()
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// PostgreSQL's data folder.
    pub fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The server's log since its last start.
    pub fn log(&self) -> PathBuf {
        self.root.join("postgres.log")
    }

    /// Locked by the process that starts or stops the cluster.
    pub fn start_lock(&self) -> PathBuf {
        self.root.join("start.lock")
    }

    /// Locked as long as a watcher runs.
    pub fn watcher_lock(&self) -> PathBuf {
        self.root.join("watcher.lock")
    }

    /// The pipe whose writers hold the cluster.
    pub fn holders(&self) -> PathBuf {
        self.root.join("holders")
    }

    /// Folder of the socket: in this folder; if the path is too long or has characters that need quoting, a folder in `/tmp` named after it
    /// (not in `TMPDIR`, which may differ between two terminals of one person).
    pub fn sockets(&self) -> PathBuf {
        let near = self.root.join("run");
        let bytes = near.as_os_str().as_bytes();
        let is_plain = bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"/._- ".contains(b));
        if is_plain && bytes.len() <= SOCKET_DIR_BYTES {
            return near;
        }
        Path::new("/tmp").join(format!("rainstaff-{}", short_hash(self.root.as_os_str().as_bytes())))
    }

    /// Creates the folder of the socket, which only the account may enter. Refuses an existing folder with another owner or mode.
    pub fn make_sockets(&self, account: &Account) -> io::Result<()> {
        let sockets = self.sockets();
        match DirBuilder::new().mode(0o700).create(&sockets) {
            Ok(()) => account.give(&sockets),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                let found = fs::symlink_metadata(&sockets)?;
                let is_ours = found.uid() == account.uid() || found.uid() == geteuid().as_raw();
                if found.is_dir() && is_ours && found.mode() & 0o777 == 0o700 {
                    return account.give(&sockets);
                }
                Err(io::Error::other(format!("{} belongs to somebody else", sockets.display())))
            }
            Err(e) => Err(e),
        }
    }

    /// Deletes all files of this cluster, and folders in [`SHARED_ROOT`] that are then empty.
    pub fn remove(&self) -> io::Result<()> {
        remove_tree(&self.sockets())?;
        remove_tree(&self.root)?;
        for folder in self.root.ancestors().skip(1).take_while(|folder| folder.starts_with(SHARED_ROOT)) {
            if fs::remove_dir(folder).is_err() {
                break; // in use by another cluster
            }
        }
        Ok(())
    }
}

/// The first 12 hex digits of the SHA-256.
pub fn short_hash(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..6])
}

/// Creates a folder that others may enter, independent of the umask; also creates missing parent folders.
pub fn make_folder_for_all(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folder_for_all(parent)?;
    }
    match fs::create_dir(folder) {
        Err(e) if e.kind() != io::ErrorKind::AlreadyExists => Err(e),
        _ => fs::set_permissions(folder, Permissions::from_mode(0o755)),
    }
}

/// Deletes a folder with its content; does nothing if it does not exist.
pub fn remove_tree(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
        _ => Ok(()),
    }
}

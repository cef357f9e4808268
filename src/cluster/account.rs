//! The account that runs the server. PostgreSQL refuses to run as root, so for root it runs as an unprivileged account.

use std::{
    env, io,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
};

use nix::unistd::{Gid, Uid, User, chown, geteuid};

use super::ClusterError;

/// The account that owns the server's processes and files.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    uid: Uid,
    /// Set if this is not the account of the current process.
    switch_to: Option<Gid>,
}

impl Account {
    /// The current user; for root, `postgres`, or `nobody` if there is no `postgres`.
    pub fn for_server() -> Result<Self, ClusterError> {
        let uid = geteuid();
        if !uid.is_root() {
            return Ok(Self { uid, switch_to: None });
        }
        let known = ["postgres", "nobody"].into_iter().find_map(|name| User::from_name(name).ok().flatten());
        let user = known.ok_or(ClusterError::NoAccount)?;
        Ok(Self { uid: user.uid, switch_to: Some(user.gid) })
    }

    /// Whether this process is root and the server runs as another account.
    pub fn is_other(&self) -> bool {
        self.switch_to.is_some()
    }

    /// The user's id.
    pub fn uid(&self) -> u32 {
        self.uid.as_raw()
    }

    /// A command that runs as this account, in its own process group (Ctrl-C must not reach the database), in a folder that everyone may
    /// enter, and without `PG*` variables that are meant for another database.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env("LC_ALL", "C").stdin(Stdio::null()).process_group(0);
        for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        if let Some(gid) = self.switch_to {
            command.uid(self.uid.as_raw()).gid(gid.as_raw());
        }
        command
    }

    /// Makes this account the owner of a file or folder.
    pub fn give(&self, path: &Path) -> io::Result<()> {
        match self.switch_to {
            Some(gid) => chown(path, Some(self.uid), Some(gid)).map_err(io::Error::from),
            None => Ok(()),
        }
    }

    /// Whether this account may enter `folder`, from the root folder down. Runs a test as that account instead of reading modes.
    pub fn can_enter(&self, folder: &Path) -> io::Result<bool> {
        let mut test = self.command(Path::new("/bin/sh"));
        test.args(["-c", r#"test -x "$1""#, "sh"]).arg(folder);
        Ok(test.status()?.success())
    }
}

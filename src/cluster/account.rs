//! Who runs the server. PostgreSQL refuses root, so root hands it to an unprivileged account of the machine.

use std::{
    env, io,
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
};

use nix::unistd::{Gid, Uid, User, chown, geteuid};

use super::ClusterError;

/// The account of the server's processes and files.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    uid: Uid,
    /// Set when the account is not the one this process runs as.
    switch_to: Option<Gid>,
}

impl Account {
    /// The current user, or for root `postgres` or else `nobody`.
    pub fn for_server() -> Result<Self, ClusterError> {
        let uid = geteuid();
        if !uid.is_root() {
            return Ok(Self { uid, switch_to: None });
        }
        let known = ["postgres", "nobody"].into_iter().find_map(|name| User::from_name(name).ok().flatten());
        let user = known.ok_or(ClusterError::NoAccount)?;
        Ok(Self { uid: user.uid, switch_to: Some(user.gid) })
    }

    /// Whether this process is root and the server runs as somebody else.
    pub fn is_other(&self) -> bool {
        self.switch_to.is_some()
    }

    /// The user's number.
    pub fn uid(&self) -> u32 {
        self.uid.as_raw()
    }

    /// A program that will run as this account, outside our process group (Ctrl-C is for us, not for the database), in a folder that
    /// everybody may enter, without `PG*` variables meant for somebody else's database.
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

    /// Gives a file or folder to this account.
    pub fn give(&self, path: &Path) -> io::Result<()> {
        match self.switch_to {
            Some(gid) => chown(path, Some(self.uid), Some(gid)).map_err(io::Error::from),
            None => Ok(()),
        }
    }

    /// Whether this account may go into `folder` from the root folder down. Asks the system as that account, rather than reading modes.
    pub fn can_enter(&self, folder: &Path) -> io::Result<bool> {
        let mut test = self.command(Path::new("/bin/sh"));
        test.args(["-c", r#"test -x "$1""#, "sh"]).arg(folder);
        Ok(test.status()?.success())
    }
}

//! The cluster runs exactly as long as a process holds it.
//!
//! Every process that uses the cluster keeps a named pipe open for writing. A watcher, a shell of the server's account in its own process
//! group, reads that pipe: the pipe ends when the last writer has closed it or was killed, and the watcher then stops the server. So a
//! clean end and `kill -9` stop it in the same way, and no process counts the others. The watcher inherits a locked file, so the lock lasts
//! exactly as long as the watcher.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    process::{Child, Stdio},
    thread,
    time::Duration,
};

use nix::{
    errno::Errno,
    fcntl::{FcntlArg, OFlag, fcntl},
    sys::stat::Mode,
    unistd::mkfifo,
};

use super::{account::Account, place::Place};

/// Arguments: `pg_ctl`, the data folder, and the path to delete afterwards (may be empty). It closes the pipe before it stops the server,
/// so that a process that comes now finds no reader and waits. A server that has just started may not have written its pid file yet, so the
/// watcher looks for it several times.
const WATCHER: &str = r#"
trap '' HUP INT QUIT
cat >/dev/null
exec </dev/null
for look in 1 2 3 4 5; do
    if [ -e "$2/postmaster.pid" ]; then
        "$1" -s -D "$2" -m fast -t 30 stop >/dev/null 2>&1 || "$1" -s -D "$2" -m immediate -t 30 stop >/dev/null 2>&1
        break
    fi
    sleep 0.2
done
[ -z "$3" ] || rm -rf -- "$3"
"#;

/// How often, and at which interval, a leaving holder checks for other holders.
const LOOKS: u32 = 6;
const PAUSE: Duration = Duration::from_millis(25);

/// This process's hold on the cluster. Dropping it releases the hold without waiting.
#[derive(Debug)]
pub struct Hold {
    writer: File,
    /// The watcher, if this process started it.
    watcher: Option<Child>,
}

impl Hold {
    /// Joins the current holders of the cluster; the first holder starts the watcher.
    pub fn take(place: &Place, account: &Account, pg_ctl: &Path, throwaway: bool) -> io::Result<Self> {
        match open_writer(place)? {
            Some(writer) => Ok(Self { writer, watcher: None }),
            None => Self::begin(place, account, pg_ctl, throwaway),
        }
    }

    /// Waits until the watcher of the last cluster has stopped it, then starts the next watcher.
    fn begin(place: &Place, account: &Account, pg_ctl: &Path, throwaway: bool) -> io::Result<Self> {
        let lock = File::create(place.watcher_lock())?;
        lock.lock()?;
        match mkfifo(&place.holders(), Mode::S_IRUSR | Mode::S_IWUSR) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(e) => return Err(e.into()),
        }
        let reader = open_reader(place)?;
        let writer = open_writer(place)?.ok_or_else(|| io::Error::other("the pipe lost its reader"))?;
        fcntl(&reader, FcntlArg::F_SETFL(OFlag::empty()))?; // from here on, reading blocks
        let data = place.data();
        let mut watcher = account.command(Path::new("/bin/sh"));
        watcher.args(["-c", WATCHER, "rainstaff-watcher"]).arg(pg_ctl).arg(&data);
        watcher.arg(if throwaway { data.as_os_str() } else { "".as_ref() });
        watcher.stdin(reader).stdout(lock).stderr(Stdio::null());
        Ok(Self { writer, watcher: Some(watcher.spawn()?) })
    }

    /// Releases the hold. `true` if it was the last one; the cluster has then stopped.
    pub fn release(self, place: &Place) -> io::Result<bool> {
        let Self { writer, watcher } = self;
        drop(writer);
        // A program that another thread is just starting has a copy of the pipe until `exec`.
        let mut looks = 1;
        while is_held(place)? {
            if looks == LOOKS {
                return Ok(false);
            }
            looks += 1;
            thread::sleep(PAUSE);
        }
        match watcher {
            Some(mut watcher) => {
                watcher.wait()?;
            }
            None => File::open(place.watcher_lock())?.lock()?,
        }
        Ok(true)
    }
}

/// Whether a watcher reads the pipe. False for a hold taken at the moment when the cluster was released.
pub fn is_watched(place: &Place) -> io::Result<bool> {
    Ok(open_writer(place)?.is_some())
}

/// Whether any process holds the cluster: a pipe without writers reads as ended, one with writers as not ready.
pub fn is_held(place: &Place) -> io::Result<bool> {
    match open_reader(place) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
        Ok(mut reader) => match reader.read(&mut [0]) {
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => Ok(true),
            Err(e) => Err(e),
            Ok(_) => Ok(false),
        },
    }
}

/// Opens the pipe for writing; `None` if no watcher reads it.
fn open_writer(place: &Place) -> io::Result<Option<File>> {
    match OpenOptions::new().write(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(place.holders()) {
        Ok(file) => Ok(Some(file)),
        Err(e) if e.kind() == io::ErrorKind::NotFound || e.raw_os_error() == Some(Errno::ENXIO as i32) => Ok(None),
        Err(e) => Err(e),
    }
}

fn open_reader(place: &Place) -> io::Result<File> {
    OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(place.holders())
}

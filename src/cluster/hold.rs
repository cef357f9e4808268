//! The cluster runs as long as somebody holds it, and not a second longer.
//!
//! Every process that uses the cluster keeps a named pipe open for writing. A watcher, a shell of the server's account in its own
//! process group, reads that pipe: it comes to its end when the last writer has closed it or was killed, and the watcher then stops
//! the server. So there is one way to stop, for a clean end and for `kill -9` alike, and no process counts the others.
//! The watcher inherits a locked file, so the lock lasts exactly as long as the watcher.

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

/// Arguments: `pg_ctl`, the data folder, and what to delete afterwards (may be empty). It lets go of the pipe before it stops the server,
/// so that whoever comes now finds no reader and waits. A server that was just started may not have written its pid file yet, hence the
/// second looks.
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

/// How often, and how far apart, a holder that leaves looks whether there are others.
const LOOKS: u32 = 6;
const PAUSE: Duration = Duration::from_millis(25);

/// This process's share in keeping the cluster up. Dropping it gives the share back without waiting.
#[derive(Debug)]
pub struct Hold {
    writer: File,
    /// The watcher, when this process started it.
    watcher: Option<Child>,
}

impl Hold {
    /// Joins those who hold the cluster already; the first one starts the watcher.
    pub fn take(place: &Place, account: &Account, pg_ctl: &Path, throwaway: bool) -> io::Result<Self> {
        match open_writer(place)? {
            Some(writer) => Ok(Self { writer, watcher: None }),
            None => Self::begin(place, account, pg_ctl, throwaway),
        }
    }

    /// Waits until a watcher that is stopping the last cluster has ended, then starts the next one.
    fn begin(place: &Place, account: &Account, pg_ctl: &Path, throwaway: bool) -> io::Result<Self> {
        let lock = File::create(place.watcher_lock())?;
        lock.lock()?;
        match mkfifo(&place.holders(), Mode::S_IRUSR | Mode::S_IWUSR) {
            Ok(()) | Err(Errno::EEXIST) => {}
            Err(e) => return Err(e.into()),
        }
        let reader = open_reader(place)?;
        let writer = open_writer(place)?.ok_or_else(|| io::Error::other("the pipe lost its reader"))?;
        fcntl(&reader, FcntlArg::F_SETFL(OFlag::empty()))?; // from here on, reading waits
        let data = place.data();
        let mut watcher = account.command(Path::new("/bin/sh"));
        watcher.args(["-c", WATCHER, "rainstaff-watcher"]).arg(pg_ctl).arg(&data);
        watcher.arg(if throwaway { data.as_os_str() } else { "".as_ref() });
        watcher.stdin(reader).stdout(lock).stderr(Stdio::null());
        Ok(Self { writer, watcher: Some(watcher.spawn()?) })
    }

    /// Gives this share back. `true` when it was the last one; the cluster has then stopped.
    pub fn release(self, place: &Place) -> io::Result<bool> {
        let Self { writer, watcher } = self;
        drop(writer);
        // A program that another thread is just starting has a copy of the pipe, until it runs.
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

/// Whether a watcher reads the pipe: not so for a hold taken in the very instant in which the cluster was given up.
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

/// Opens the pipe for writing; none without a watcher that reads it.
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

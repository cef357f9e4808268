//! A desktop database as a whole: its tables and their content.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    fs::{self, File, FileType, OpenOptions},
    io::{self, Read},
    os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _},
    path::Path,
};

use nix::fcntl::OFlag;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::{OTHERS, TOMBSTONES, Tables, place_of, sqlite};
use crate::desktop::{Cell, DesktopRow, DesktopTable, KeyValue, Remark, RowId, Shape, Why, read_keys, read_rows};

/// Maximum size of a file, in bytes.
pub const LARGEST_FILE: u64 = 50 * 1024 * 1024;

/// Why a file is refused. Each is a sentence for the person who chose the file.
#[derive(Debug, thiserror::Error)]
pub enum LegacyError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Not a regular file; the value names what it is.
    #[error("this is {0}, not a file; name a copy of the desktop program's puantaj.db")]
    NotAFile(&'static str),
    /// Larger than [`LARGEST_FILE`].
    #[error("the file is larger than 50 MiB; a desktop database is not")]
    TooBig,
    /// Not an SQLite database.
    #[error("the file is not an SQLite database")]
    NotSqlite,
    /// A broken SQLite database.
    #[error("the database is damaged; take a fresh copy with the desktop program closed")]
    Damaged,
    /// A database of another program.
    #[error("this is not a database of the desktop program: it has no table {table} with a column {column}")]
    NotDesktop {
        /// The table that is missing or lacks a column.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// More than [`sqlite::MOST_ROWS`] rows.
    #[error("the table {0} has more than 300,000 rows; a desktop database has not")]
    TooManyRows(&'static str),
    /// Reading would take longer than any honest file needs.
    #[error("the database is built in a way that takes too long to read")]
    TooMuchWork,
}

impl From<rusqlite::Error> for LegacyError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::OperationInterrupted | rusqlite::ErrorCode::TooBig | rusqlite::ErrorCode::OutOfMemory) => {
                Self::TooMuchWork
            }
            Some(rusqlite::ErrorCode::NotADatabase) => Self::NotSqlite,
            _ => Self::Damaged,
        }
    }
}

/// The rows of one table of the file: each is either values or a remark why it cannot be imported.
pub(super) enum Content {
    /// Rows with a number.
    Rows(Vec<Result<DesktopRow, Box<Remark>>>),
    /// Keys, in the order of the file.
    Keys(Vec<Result<KeyValue, Box<Remark>>>),
}

impl Content {
    fn of(table: &'static DesktopTable, raw: &[Vec<Cell>]) -> Self {
        match table.shape {
            Shape::Rows => Self::Rows(read_rows(table, raw)),
            Shape::Keys { .. } => Self::Keys(read_keys(table, raw)),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Rows(rows) => rows.len(),
            Self::Keys(keys) => keys.len(),
        }
    }

    /// The rows with a number; empty for a table of keys.
    pub(super) fn rows(&self) -> &[Result<DesktopRow, Box<Remark>>] {
        match self {
            Self::Rows(rows) => rows,
            Self::Keys(_) => &[],
        }
    }

    /// The numbers of the rows in the file, readable or not.
    pub(super) fn numbers(&self) -> impl Iterator<Item = i64> {
        self.rows().iter().filter_map(|row| match row {
            Ok(row) => Some(row.number()),
            Err(remark) => match remark.id {
                Some(RowId::Number(number)) => Some(number),
                _ => None,
            },
        })
    }
}

/// A desktop database, read: every row of the imported tables is either typed values or a remark why it cannot be imported.
pub struct LegacyFile {
    /// Name of the file, without its folder.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// The imported tables.
    pub(super) tables: Tables,
    /// Their content, in the order of `tables`; empty for a table that the file lacks.
    contents: Vec<Content>,
    /// Rows that the file lists as deleted: index of the table, number.
    pub(super) tombstones: BTreeSet<(usize, i64)>,
    /// Number of rows per table that is not imported.
    pub(super) not_taken: BTreeMap<String, u64>,
    /// Remarks on the file as a whole.
    pub(super) remarks: Vec<Remark>,
}

/// Leaves out the rows: debug output ends up in logs.
impl fmt::Debug for LegacyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows: Vec<(&str, usize)> = self.contents().map(|(table, content)| (table.name, content.len())).collect();
        f.debug_struct("LegacyFile").field("name", &self.name).field("rows", &rows).finish_non_exhaustive()
    }
}

impl LegacyFile {
    /// Reads these tables of the file at `path`. Blocks: call it outside the async threads.
    pub fn read(path: &Path, tables: Tables) -> Result<Self, LegacyError> {
        let file = open_regular(path)?;
        let about = file.metadata()?;
        if about.len() > LARGEST_FILE {
            return Err(LegacyError::TooBig);
        }
        let mut bytes = Vec::new();
        file.take(LARGEST_FILE + 1).read_to_end(&mut bytes)?;
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let mut read = Self::from_bytes(&name, bytes, tables)?;
        for suffix in ["-wal", "-journal"] {
            let side = format!("{name}{suffix}");
            if path.with_file_name(&side).metadata().is_ok_and(|m| m.len() > 0) {
                read.remarks.push(Remark::file(Some(&side), Why::SideFile));
            }
        }
        Ok(read)
    }

    /// Reads these tables of a file that is already in memory (an upload).
    pub fn from_bytes(name: &str, mut bytes: Vec<u8>, tables: Tables) -> Result<Self, LegacyError> {
        if bytes.len() as u64 > LARGEST_FILE {
            return Err(LegacyError::TooBig);
        }
        if bytes.len() < 512 || !bytes.starts_with(b"SQLite format 3\0") {
            return Err(LegacyError::NotSqlite);
        }
        if !sqlite::has_all_pages(&bytes) {
            return Err(LegacyError::Damaged);
        }
        let sha256 = Sha256::digest(&bytes).into();
        // A file in write-ahead mode opens only next to its side files. Marked as the older mode, it opens alone.
        bytes[18] = bytes[18].min(1);
        bytes[19] = bytes[19].min(1);
        let db = sqlite::open_untrusted(&bytes, tables)?;
        drop(bytes);
        let mut file = Self {
            name: name.into(),
            sha256,
            tables,
            contents: tables.iter().map(|table| Content::of(table, &[])).collect(),
            tombstones: BTreeSet::new(),
            not_taken: BTreeMap::new(),
            remarks: Vec::new(),
        };
        file.read_tables(&db)?;
        Ok(file)
    }

    /// Number of rows that the file has in the table of that name.
    pub fn rows_in(&self, table: &str) -> usize {
        place_of(self.tables, table).map_or(0, |place| self.contents[place].len())
    }

    /// The tables with their content, in the order of the import.
    pub(super) fn contents(&self) -> impl Iterator<Item = (&'static DesktopTable, &Content)> {
        self.tables.iter().zip(&self.contents)
    }

    fn read_tables(&mut self, db: &Connection) -> Result<(), LegacyError> {
        let present = sqlite::list_tables(db)?;
        let is_present = |table: &DesktopTable| present.iter().any(|name| table.name.eq_ignore_ascii_case(name));
        if let Some(table) = self.tables.iter().find(|table| table.is_in_every_file && !is_present(table)) {
            return Err(LegacyError::NotDesktop { table: table.name, column: "id" });
        }
        for name in &present {
            if let Some(place) = place_of(self.tables, name) {
                let table = &self.tables[place];
                self.contents[place] = Content::of(table, &sqlite::read_rows(db, table)?);
            } else if let Some(known) = OTHERS.into_iter().find(|known| known.eq_ignore_ascii_case(name)) {
                self.not_taken.insert(known.into(), sqlite::count_untaken(db, known)?);
            } else if name.eq_ignore_ascii_case(TOMBSTONES) {
                match sqlite::read_tombstones(db, self.tables)? {
                    Some(tombstones) => self.tombstones = tombstones,
                    None => self.remarks.push(Remark::file(Some(TOMBSTONES), Why::NoTombstones)),
                }
            } else {
                self.remarks.push(Remark::file(Some(name), Why::UnknownTable));
            }
        }
        Ok(())
    }
}

/// Opens a regular file and nothing else: opening a pipe waits for its other end, and opening a device may have effects. The path may point
/// to something else a moment later, so the open file is checked again, and opening never waits.
fn open_regular(path: &Path) -> Result<File, LegacyError> {
    check_regular(fs::metadata(path)?.file_type())?;
    let without_waiting = (OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits();
    let file = OpenOptions::new().read(true).custom_flags(without_waiting).open(path)?;
    check_regular(file.metadata()?.file_type())?;
    Ok(file)
}

fn check_regular(kind: FileType) -> Result<(), LegacyError> {
    Err(LegacyError::NotAFile(match kind {
        kind if kind.is_file() => return Ok(()),
        kind if kind.is_dir() => "a folder",
        kind if kind.is_fifo() => "a named pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    }))
}

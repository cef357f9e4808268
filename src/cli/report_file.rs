//! The file for a command's report. The path is checked before the command does anything, and the report is written completely or not at
//! all.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use crate::ids::new_id;

/// The path of a report. The report is written to a temporary file beside it and renamed at the end: nothing that exists there is written
/// into, so no link is followed and no reader sees half a report. An unfinished temporary file is removed.
pub(super) struct ReportFile {
    place: PathBuf,
    beside: PathBuf,
    file: File,
}

impl ReportFile {
    /// Checks the path. An earlier report there is replaced at the end; anything but an ordinary file is refused.
    pub(super) fn begin(place: &Path) -> Result<Self, String> {
        let at_place = |why: &dyn std::fmt::Display| format!("{}: {why}", place.display());
        match fs::symlink_metadata(place) {
            Ok(there) if there.is_symlink() => return Err(at_place(&"this is a link; name the file itself")),
            Ok(there) if there.is_file() => {}
            Ok(_) => return Err(at_place(&"this is no ordinary file; name one for the report")),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(at_place(&error)),
        }
        let Some(name) = place.file_name() else { return Err(at_place(&"this names no file")) };
        let beside = place.with_file_name(format!(".{}.{}", name.to_string_lossy(), new_id()));
        // The report contains names of people: only the user who runs the command may read it.
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside);
        let file = made.map_err(|error| at_place(&format!("the report cannot be written there: {error}")))?;
        Ok(Self { place: place.to_owned(), beside, file })
    }

    /// Writes the report and renames it to its path.
    pub(super) fn finish(mut self, report: &str) -> Result<(), String> {
        let written = self.file.write_all(report.as_bytes()).and_then(|()| self.file.sync_all());
        written.and_then(|()| fs::rename(&self.beside, &self.place)).map_err(|error| format!("{}: {error}", self.place.display()))
    }
}

impl Drop for ReportFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.beside); // already renamed if the report is finished
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_report_is_for_its_owner_and_replaces_an_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("report.json");
        for text in ["first", "second"] {
            ReportFile::begin(&place).unwrap().finish(text).unwrap();
            assert_eq!(fs::read_to_string(&place).unwrap(), text);
            assert_eq!(fs::metadata(&place).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(names_in(folder.path()), ["report.json"]);
    }

    #[test]
    fn what_is_not_finished_leaves_the_earlier_report() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("report.json");
        fs::write(&place, "earlier").unwrap();
        drop(ReportFile::begin(&place).unwrap());
        assert_eq!((fs::read_to_string(&place).unwrap().as_str(), names_in(folder.path()).len()), ("earlier", 1));
    }

    #[test]
    fn a_link_is_not_followed_whenever_it_was_made() {
        let folder = tempfile::tempdir().unwrap();
        let (secret, place) = (folder.path().join("secret"), folder.path().join("report.json"));
        fs::write(&secret, "untouched").unwrap();
        symlink(&secret, &place).unwrap();
        assert!(ReportFile::begin(&place).err().unwrap().ends_with("this is a link; name the file itself"));
        fs::remove_file(&place).unwrap();
        let report = ReportFile::begin(&place).unwrap();
        symlink(&secret, &place).unwrap();
        report.finish("report").unwrap();
        assert_eq!(fs::read_to_string(&secret).unwrap(), "untouched");
        assert!(fs::symlink_metadata(&place).unwrap().is_file());
    }

    #[test]
    fn a_place_where_nothing_can_be_written_is_told_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let missing = ReportFile::begin(&folder.path().join("no/report.json")).err().unwrap();
        assert!(missing.contains("report.json: the report cannot be written there: No such file"), "{missing}");
        assert!(ReportFile::begin(folder.path()).err().unwrap().ends_with("this is no ordinary file; name one for the report"));
        assert!(ReportFile::begin(Path::new("/dev/null")).is_err());
    }
}

//! What a revoked PC still has: what was entered at it and never reached the server, and nothing else, down to the bytes of its files.

use std::{fs, path::Path};

use rusqlite::Connection;

use super::{Reader, Store, StoreError, rows};

/// The fact that everything has been deleted.
const FORGOTTEN: &str = "forgotten";

impl Store {
    /// Deletes everything except waiting operations, unless that is done already: rows, people, sessions, grants and the log. The file is
    /// written anew, so that nothing of them is left in free pages or in the write-ahead log. Copies of the file are deleted as well.
    pub async fn forget(&self) -> Result<(), StoreError> {
        if self.read()?.is_forgotten()? {
            return Ok(());
        }
        self.write(delete_all).await?;
        self.write_alone(|db| {
            // Sorting uses memory, not temporary files.
            db.execute_batch("PRAGMA temp_store = MEMORY; VACUUM; PRAGMA temp_store = DEFAULT")?;
            let is_busy: i64 = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
            if is_busy == 0 { Ok(()) } else { Err(StoreError::Other("somebody still reads the file".into())) }
        })
        .await?;
        remove_copies(self.path())?;
        self.write(|db| {
            db.execute("INSERT INTO facts (name, value) VALUES (?1, 'true') ON CONFLICT DO NOTHING", [FORGOTTEN])?;
            Ok(())
        })
        .await
    }
}

impl Reader {
    /// Whether [`Store::forget`] has finished and nothing was stored since.
    fn is_forgotten(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM facts WHERE name = ?1) AND NOT EXISTS (SELECT 1 FROM facts WHERE name <> ?1)
                       AND NOT EXISTS (SELECT 1 FROM sessions) AND NOT EXISTS (SELECT 1 FROM rows WHERE base IS NOT NULL)
                       AND NOT EXISTS (SELECT 1 FROM ops WHERE state <> 'waiting')";
        Ok(self.query_row(sql, [FORGOTTEN], |row| row.get(0))?)
    }
}

/// Of a waiting operation the body stays, without the grant of its author and without the names that were looked up for it; of its author
/// the number of their queue.
fn delete_all(db: &Connection) -> Result<(), StoreError> {
    db.execute_batch(
        "DELETE FROM ops WHERE state <> 'waiting';
         UPDATE ops SET body = json_remove(body, '$.grant'), label = '', href = '', last_error = NULL, verdict = NULL, result = NULL;
         DELETE FROM rows;
         DELETE FROM facts;
         DELETE FROM sessions;
         DELETE FROM files;
         DELETE FROM tries;
         DELETE FROM volume;
         DELETE FROM people WHERE user_id NOT IN (SELECT actor FROM ops);
         UPDATE people SET username = user_id, role = '', active = 0, lang = '', theme = '', signed_in_at = NULL, verifier = NULL,
             grant_text = NULL, grant_at = NULL;",
    )?;
    rows::rebuild_all(db)
}

/// Deletes damaged files that were put aside, whose readable content was taken over, and copies from before an update.
fn remove_copies(file: &Path) -> Result<(), StoreError> {
    let io = |error: std::io::Error| StoreError::Other(error.to_string());
    let folder = file.parent().unwrap_or(Path::new("."));
    for entry in fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("broken-") || (name.starts_with("agent.v") && name.ends_with(".db")) {
            fs::remove_file(&path).map_err(io)?;
        }
    }
    Ok(())
}

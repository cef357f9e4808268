-- Tries to sign in here, by the SHA-256 of the name as typed, whether anybody has it: by the wait nobody can tell whom this PC knows.
CREATE TABLE tries (name_hash BLOB PRIMARY KEY, failures INTEGER NOT NULL, locked_until INTEGER NOT NULL, last_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
ALTER TABLE people DROP COLUMN failures;
ALTER TABLE people DROP COLUMN locked_until;

-- How much a person has given this PC to keep, by day (UTC), in bytes.
CREATE TABLE volume (day TEXT NOT NULL, user_id TEXT NOT NULL, bytes INTEGER NOT NULL, PRIMARY KEY (day, user_id)) STRICT, WITHOUT ROWID;

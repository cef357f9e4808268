-- What somebody confirmed about an entry that looks like a slip (src/timesheets/doubts.rs): words with a blank between two.
ALTER TABLE app.timesheets ADD COLUMN confirmed text COLLATE "C" NOT NULL DEFAULT '' CHECK (length(confirmed) <= 200);
CALL sec.protect_all();

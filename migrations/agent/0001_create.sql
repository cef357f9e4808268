-- What an office PC keeps: what was entered at it, a copy of its region, and whom it knows. Times are milliseconds since 1970 (UTC), ids are
-- texts as on the wire.

-- Every operation that was made here, carried for a browser, or seen on its way to the server. `seq` is the order in which they came, which is
-- the order in which they are sent.
CREATE TABLE ops (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    op_id TEXT NOT NULL,
    queue_id TEXT NOT NULL,
    n INTEGER NOT NULL,
    actor TEXT NOT NULL,
    region TEXT NOT NULL,
    entity TEXT NOT NULL,
    row_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    -- 'form': made here out of a form; 'queue': of a browser's own queue; 'passed': a form that the server has answered
    source TEXT NOT NULL CHECK (source IN ('form', 'queue', 'passed')),
    -- 'waiting': the server has not spoken; 'asked': it has acknowledged the form, its verdict is to be asked for; 'done': its verdict is here
    state TEXT NOT NULL CHECK (state IN ('waiting', 'asked', 'done')),
    label TEXT NOT NULL DEFAULT '',
    href TEXT NOT NULL DEFAULT '',
    stored_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    refusals INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    verdict TEXT,
    result TEXT,
    done_at INTEGER,
    resent_at INTEGER,
    -- an id that was used twice for different things: both are kept, the server has the word
    UNIQUE (op_id, fingerprint)
) STRICT;
CREATE INDEX ops_waiting ON ops (seq) WHERE state = 'waiting';
CREATE INDEX ops_asked ON ops (seq) WHERE state = 'asked';
CREATE INDEX ops_waiting_of_row ON ops (entity, row_id, seq) WHERE state = 'waiting';
CREATE INDEX ops_waiting_of_actor ON ops (actor, seq) WHERE state = 'waiting';
CREATE INDEX ops_failed_of_actor ON ops (actor, seq) WHERE state = 'done' AND verdict IN ('held', 'rejected');
CREATE INDEX ops_done ON ops (done_at) WHERE state = 'done';

-- How many wait, kept by triggers: a count of a hundred thousand rows at every heartbeat is not free.
CREATE TABLE totals (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), waiting INTEGER NOT NULL, failed INTEGER NOT NULL) STRICT;
INSERT INTO totals VALUES (1, 0, 0);
CREATE TRIGGER ops_counted AFTER INSERT ON ops BEGIN
    UPDATE totals SET waiting = waiting + (new.state = 'waiting'),
        failed = failed + (new.state = 'done' AND new.verdict IN ('held', 'rejected'));
END;
CREATE TRIGGER ops_recounted AFTER UPDATE OF state, verdict ON ops BEGIN
    UPDATE totals SET waiting = waiting + (new.state = 'waiting') - (old.state = 'waiting'),
        failed = failed + (new.state = 'done' AND new.verdict IN ('held', 'rejected')) - (old.state = 'done' AND old.verdict IN ('held', 'rejected'));
END;
CREATE TRIGGER ops_uncounted AFTER DELETE ON ops BEGIN
    UPDATE totals SET waiting = waiting - (old.state = 'waiting'),
        failed = failed - (old.state = 'done' AND old.verdict IN ('held', 'rejected'));
END;

-- The region's rows. `base` is what the server has, null where it has none yet; `shown` is that with everything that waits laid over it.
CREATE TABLE rows (
    entity TEXT NOT NULL,
    id TEXT NOT NULL,
    region TEXT NOT NULL,
    version INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    base TEXT,
    shown TEXT NOT NULL,
    shown_gone INTEGER NOT NULL,
    waiting INTEGER NOT NULL DEFAULT 0,
    round INTEGER NOT NULL DEFAULT 0,
    work_date TEXT GENERATED ALWAYS AS (shown ->> '$.work_date') VIRTUAL,
    employee_id TEXT GENERATED ALWAYS AS (shown ->> '$.employee_id') VIRTUAL,
    PRIMARY KEY (entity, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rows_by_day ON rows (entity, work_date, employee_id);
CREATE INDEX rows_by_employee ON rows (entity, employee_id, work_date);

-- Where the mirror stands, and what the server told besides rows.
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- Everybody whom the server names, and what this PC knows of them: when they signed in here, and how to tell their password again.
CREATE TABLE people (
    user_id TEXT PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    active INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    lang TEXT NOT NULL,
    theme TEXT NOT NULL,
    signed_in_at INTEGER,
    verifier TEXT,
    queue_id TEXT NOT NULL UNIQUE,
    last_n INTEGER NOT NULL DEFAULT 0,
    grant_text TEXT,
    grant_at INTEGER,
    failures INTEGER NOT NULL DEFAULT 0,
    locked_until INTEGER
) STRICT;

-- Browsers of this PC: by the SHA-256 of the server's cookie, or of one that was given out here.
CREATE TABLE sessions (
    hash BLOB PRIMARY KEY,
    user_id TEXT NOT NULL,
    made_here INTEGER NOT NULL,
    csrf TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Files of the server's build that this program does not carry, so that kept pages keep their looks.
CREATE TABLE files (path TEXT PRIMARY KEY, content_type TEXT NOT NULL, body BLOB NOT NULL, seen_at INTEGER NOT NULL) STRICT;

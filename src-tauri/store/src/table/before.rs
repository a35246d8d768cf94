//! Tables of the cache as they were made at first. What ran on a file is never
//! edited; the last statements here make room for the tables that came after.

pub(super) const SNAPSHOTS: &str = "
CREATE TABLE snapshots (
    seq       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    audience  TEXT NOT NULL,
    published INTEGER NOT NULL,
    doc       TEXT
) STRICT;
CREATE INDEX snapshots_by_audience ON snapshots (audience, seq);
CREATE TABLE snapshot_blocks (
    snapshot  TEXT NOT NULL,
    first_row INTEGER NOT NULL,
    rows      INTEGER NOT NULL,
    block     BLOB NOT NULL,
    PRIMARY KEY (snapshot, first_row)
) STRICT;
CREATE TABLE snapshot_keys (
    snapshot  TEXT NOT NULL,
    column_at INTEGER NOT NULL,
    kind      TEXT NOT NULL,
    first_row INTEGER NOT NULL,
    hashes    BLOB NOT NULL,
    PRIMARY KEY (snapshot, column_at, kind, first_row)
) STRICT;";

pub(super) const READINGS: &str = "
CREATE TABLE readings (
    seq       INTEGER PRIMARY KEY,
    scope     TEXT NOT NULL,
    published INTEGER NOT NULL,
    doc       TEXT NOT NULL
) STRICT;
CREATE INDEX readings_by_scope ON readings (scope, seq);
CREATE TABLE reading_blocks (
    reading INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    keys    BLOB NOT NULL,
    leads   BLOB NOT NULL,
    PRIMARY KEY (reading, seq)
) STRICT;";

pub(super) const PLANS: &str = "
CREATE TABLE plans (
    seq       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    sync      TEXT NOT NULL,
    digest    TEXT NOT NULL DEFAULT '',
    published INTEGER NOT NULL DEFAULT 0,
    doc       TEXT
) STRICT;
CREATE INDEX plans_by_sync ON plans (sync, digest, seq);
CREATE TABLE plan_people (
    plan  TEXT NOT NULL,
    seq   INTEGER NOT NULL,
    block BLOB NOT NULL,
    PRIMARY KEY (plan, seq)
) STRICT;";

/// Blocks were packed otherwise, and cannot be read: audiences are named as lost
/// with the files they came from, the rest is read anew.
pub(super) const MAKE_ROOM: &str = "
DROP TABLE snapshot_keys;
DROP TABLE snapshot_blocks;
DROP TABLE reading_blocks;
DROP TABLE readings;
DROP TABLE plan_people;
DROP TABLE plans;
UPDATE snapshots SET published = 2;";

/// What a plan writes was kept in other columns, and its digest made otherwise.
pub(super) const NO_PLANS: &str = "
DELETE FROM plan_blocks;
DELETE FROM plans;";

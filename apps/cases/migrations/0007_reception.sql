-- How reports are received: who called, what was merged, what is a duplicate, where no reports are taken, and what is
-- learnt from past cases. Runs as it is on SQLite and PostgreSQL.

-- What is to be said of a report beyond the case it became. Ordinary reports have no row.
CREATE TABLE cases_reception (
    case_id   TEXT PRIMARY KEY,
    anonymous BOOLEAN NOT NULL,    -- the caller gave no name, and none was asked for
    caller    TEXT,                -- keyed hash of the telephone number
    control   TEXT,                -- taken although this control was in force
    at        BIGINT NOT NULL
);
CREATE INDEX cases_reception_caller ON cases_reception (caller, at);

-- A report that turned out to be of a case that is there already.
CREATE TABLE cases_merge (
    case_id    TEXT PRIMARY KEY,
    into_id    TEXT NOT NULL,
    by_user    TEXT NOT NULL,
    by_name    TEXT NOT NULL,
    at         BIGINT NOT NULL,
    reason     TEXT,
    from_state TEXT NOT NULL,      -- where it stood before: that is where undoing leads
    version    BIGINT NOT NULL     -- of the merged case: undone only while it is still this one
);
CREATE INDEX cases_merge_into ON cases_merge (into_id);

-- How near and how recent a case has to be. The rule with the longest beginning of the class's code holds.
CREATE TABLE cases_duplicate_rule (
    class   TEXT PRIMARY KEY,      -- '' for all, 2026.M01 for a major class, 2026.M01001 for a class
    metres  DOUBLE PRECISION NOT NULL,
    hours   BIGINT NOT NULL,       -- since an ended case ended; open ones are always looked at
    version BIGINT NOT NULL
);
INSERT INTO cases_duplicate_rule (class, metres, hours, version) VALUES ('', 100, 72, 1);
CREATE INDEX cases_case_point ON cases_case (lat, lng);

-- Areas and times without reports.
CREATE TABLE cases_control (
    id           TEXT PRIMARY KEY,
    area         TEXT NOT NULL,    -- with all below it
    class        TEXT,             -- a class, or the beginning of codes; all if absent
    from_at      BIGINT NOT NULL,
    to_at        BIGINT NOT NULL,
    event        TEXT NOT NULL,
    reason       TEXT NOT NULL,    -- what the reporter is told
    reason_en    TEXT,
    state        TEXT NOT NULL,    -- asked, approved, refused, revoked
    asked_by     TEXT NOT NULL,
    asked_name   TEXT NOT NULL,
    asked_at     BIGINT NOT NULL,
    decided_by   TEXT,
    decided_name TEXT,
    decided_at   BIGINT,
    note         TEXT,             -- why it was refused or revoked
    version      BIGINT NOT NULL
);
CREATE INDEX cases_control_state ON cases_control (state, to_at);
CREATE INDEX cases_control_asked ON cases_control (asked_at, id);

-- Each training of the class suggestion, with what it was worth on cases it had not seen. Only the newest keeps its model.
CREATE TABLE cases_class_model (
    n              BIGINT PRIMARY KEY,
    at             BIGINT NOT NULL,
    through        BIGINT NOT NULL,  -- report time of the newest case it has seen
    trained        BIGINT NOT NULL,  -- cases
    held_out       BIGINT NOT NULL,
    classes        BIGINT NOT NULL,
    top1           BIGINT NOT NULL,  -- of held_out: right at once
    top3           BIGINT NOT NULL,  -- right among three
    baseline       BIGINT NOT NULL,  -- right by always saying the most frequent class
    baseline_class TEXT NOT NULL,
    model          BYTEA
);

-- Places named in past cases, to be found by their words.
CREATE TABLE cases_place (
    place   TEXT NOT NULL,
    area    TEXT NOT NULL,
    lng     DOUBLE PRECISION,
    lat     DOUBLE PRECISION,
    uses    BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    PRIMARY KEY (place, area)
);
-- How far the reading of cases for it has come; one row.
CREATE TABLE cases_place_read (
    id     BIGINT PRIMARY KEY,
    at     BIGINT NOT NULL,
    last   TEXT NOT NULL
);
INSERT INTO cases_place_read (id, at, last) VALUES (1, 0, '');

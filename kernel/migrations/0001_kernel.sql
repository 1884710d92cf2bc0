-- What every app stands on: users and their sessions, roles as data, the audit chain, the outbox, jobs, files,
-- first answers, counters. Runs as it is on SQLite and PostgreSQL. Moments are milliseconds since 1970 (UTC).

CREATE TABLE kernel_user (
    id            TEXT PRIMARY KEY,
    login         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL,
    password      TEXT,              -- argon2id, in PHC form; NULL: cannot log in until one is set
    must_change   BOOLEAN NOT NULL,  -- a password that somebody else has set
    active        BOOLEAN NOT NULL,
    body          TEXT,              -- the body one works for
    area          TEXT,              -- the area one works in
    failures      BIGINT NOT NULL,   -- wrong passwords since the last right one
    locked_until  BIGINT,
    last_login_at BIGINT,
    created_at    BIGINT NOT NULL,
    version       BIGINT NOT NULL
);
CREATE INDEX kernel_user_name ON kernel_user (name);
CREATE INDEX kernel_user_body ON kernel_user (body);
CREATE INDEX kernel_user_area ON kernel_user (area);

CREATE TABLE kernel_session (
    token      TEXT PRIMARY KEY,     -- SHA-256 of the cookie's value
    user_id    TEXT NOT NULL REFERENCES kernel_user (id),
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    ip         TEXT
);
CREATE INDEX kernel_session_user ON kernel_session (user_id);

CREATE TABLE kernel_role (
    code        TEXT PRIMARY KEY,
    zh          TEXT NOT NULL,
    en          TEXT NOT NULL,
    built_in    BOOLEAN NOT NULL,
    permissions TEXT NOT NULL,       -- JSON array of permission codes
    version     BIGINT NOT NULL
);

-- Permissions that were offered before: a new one goes to the built-in roles once, and what a district changes stays.
CREATE TABLE kernel_permission (code TEXT PRIMARY KEY);

CREATE TABLE kernel_grant (
    user_id TEXT NOT NULL REFERENCES kernel_user (id),
    role    TEXT NOT NULL REFERENCES kernel_role (code),
    scope   TEXT NOT NULL,           -- all, area, body, own
    code    TEXT NOT NULL,           -- the area's or body's code, else ''
    PRIMARY KEY (user_id, role, scope, code)
);
CREATE INDEX kernel_grant_role ON kernel_grant (role);

-- Written in the transaction of what it records; `seq` and `hash` are given a moment later, in order, by the sealer.
CREATE TABLE kernel_audit (
    id         TEXT PRIMARY KEY,
    at         BIGINT NOT NULL,
    actor      TEXT,
    actor_name TEXT NOT NULL,
    ip         TEXT,
    action     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    outcome    TEXT NOT NULL,        -- done, refused
    detail     TEXT NOT NULL,        -- JSON
    seq        BIGINT,
    hash       TEXT
);
CREATE UNIQUE INDEX kernel_audit_seq ON kernel_audit (seq);
CREATE INDEX kernel_audit_unsealed ON kernel_audit (id) WHERE seq IS NULL;
CREATE INDEX kernel_audit_at ON kernel_audit (at);
CREATE INDEX kernel_audit_actor ON kernel_audit (actor, at);
CREATE INDEX kernel_audit_subject ON kernel_audit (subject, at);

-- The outbox. `seq` is given after commit, so readers that remember a number miss nothing.
CREATE TABLE kernel_event (
    id      TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    topic   TEXT NOT NULL,
    area    TEXT,                    -- whom it may be shown to, as for records
    body    TEXT,
    owners  TEXT NOT NULL,
    data    TEXT NOT NULL,           -- JSON
    seq     BIGINT
);
CREATE UNIQUE INDEX kernel_event_seq ON kernel_event (seq);
CREATE INDEX kernel_event_unsealed ON kernel_event (id) WHERE seq IS NULL;
CREATE INDEX kernel_event_at ON kernel_event (at);

CREATE TABLE kernel_listener (
    name  TEXT PRIMARY KEY,
    seq   BIGINT NOT NULL,           -- the last event it has dealt with
    error TEXT
);

CREATE TABLE kernel_job (
    name         TEXT PRIMARY KEY,
    next_run_at  BIGINT NOT NULL,
    lease_until  BIGINT,             -- one server at a time
    started_at   BIGINT,
    ended_at     BIGINT,
    succeeded_at BIGINT,
    error        TEXT,               -- of the last run, NULL when it went well
    summary      TEXT,
    runs         BIGINT NOT NULL,
    failures     BIGINT NOT NULL
);

CREATE TABLE kernel_file (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    mime       TEXT NOT NULL,
    bytes      BIGINT NOT NULL,
    sha256     TEXT NOT NULL,        -- of what was uploaded, before anything was stripped
    width      BIGINT,
    height     BIGINT,
    taken_at   BIGINT,               -- from EXIF, which is then stripped
    lng        DOUBLE PRECISION,
    lat        DOUBLE PRECISION,
    owner      TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    subject    TEXT                  -- what it is attached to; what nobody attaches is removed after a day
);
CREATE INDEX kernel_file_loose ON kernel_file (created_at) WHERE subject IS NULL;

-- First answers: the same id and the same body again gets the same answer.
CREATE TABLE kernel_answer (
    id      TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    digest  TEXT NOT NULL,
    answer  TEXT NOT NULL,
    at      BIGINT NOT NULL
);
CREATE INDEX kernel_answer_at ON kernel_answer (at);

-- Numbers without gaps: counted in the transaction that uses them.
CREATE TABLE kernel_counter (
    name  TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);

-- Small facts of this district, e.g. its name.
CREATE TABLE kernel_setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL              -- JSON
);

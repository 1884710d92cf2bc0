-- Cases, their timelines and photos, the responsibility list, stage limits, and the counters behind the figures.
-- Runs as it is on SQLite and PostgreSQL. Moments are milliseconds since 1970 (UTC), days are the district's dates.

CREATE TABLE cases_class (
    code          TEXT PRIMARY KEY,   -- edition.kind letter + number, e.g. 2026.M01001; of one's own: local.X0101
    edition       TEXT NOT NULL,
    kind          TEXT NOT NULL,      -- component, matter
    major         TEXT NOT NULL,
    major_name    TEXT NOT NULL,
    major_name_en TEXT,
    name          TEXT NOT NULL,
    name_en       TEXT
);

CREATE TABLE cases_standard (
    id           TEXT PRIMARY KEY,
    code         TEXT NOT NULL UNIQUE, -- class + two digits
    class        TEXT NOT NULL REFERENCES cases_class (code),
    condition    TEXT NOT NULL,        -- when a case is filed under it
    condition_en TEXT,
    closing      TEXT,                 -- when it can be closed
    closing_en   TEXT,
    amount       DOUBLE PRECISION NOT NULL,
    unit         TEXT NOT NULL,        -- urgent_hour, working_hour, working_day, calendar_day
    body         TEXT,                 -- who is responsible: a body …
    level        TEXT,                 -- … or the own body of the place's town or village
    supervisor   TEXT,
    valid_from   TEXT,                 -- days, inclusive
    valid_to     TEXT,
    version      BIGINT NOT NULL
);
CREATE INDEX cases_standard_class ON cases_standard (class);

-- How long each step of the centre may take. Seen in practice [S]; a district sets its own.
CREATE TABLE cases_stage_limit (
    state  TEXT PRIMARY KEY,
    amount DOUBLE PRECISION NOT NULL,
    unit   TEXT NOT NULL
);
INSERT INTO cases_stage_limit (state, amount, unit) VALUES
    ('reported', 0.25, 'urgent_hour'),
    ('verifying', 0.5, 'urgent_hour'),
    ('accepted', 0.25, 'urgent_hour'),
    ('filed', 0.25, 'urgent_hour'),
    ('handled', 0.25, 'urgent_hour'),
    ('checking', 0.5, 'urgent_hour'),
    ('checked', 0.25, 'urgent_hour');

CREATE TABLE cases_case (
    id            TEXT PRIMARY KEY,
    number        TEXT NOT NULL UNIQUE,
    state         TEXT NOT NULL,
    source        TEXT NOT NULL,
    class         TEXT,
    standard      TEXT,
    description   TEXT NOT NULL,
    place         TEXT,
    area          TEXT NOT NULL,      -- the smallest area known
    lng           DOUBLE PRECISION,
    lat           DOUBLE PRECISION,
    body          TEXT,               -- who has it now
    last_body     TEXT,               -- who had it last: the same one again goes on with its limit
    reporter      TEXT,               -- a user
    contact       BYTEA,              -- of a resident: sealed
    contact_name  TEXT,               -- masked
    contact_phone TEXT,               -- masked
    assignee      TEXT,
    verifier      TEXT,
    checker       TEXT,
    truth         BOOLEAN,            -- what the verification said
    passed        BOOLEAN,            -- what the last check said
    yellow_at     BIGINT,             -- the clock of the present step; NULL when the case has ended
    due_at        BIGINT,
    clock         TEXT,               -- the responsible body's limit, as JSON
    late          BOOLEAN,            -- whether the body missed it
    reworks       BIGINT NOT NULL,
    returns       BIGINT NOT NULL,
    satisfaction  TEXT,
    photo         TEXT,               -- the first one
    reported_at   BIGINT NOT NULL,
    accepted_at   BIGINT,
    filed_at      BIGINT,
    dispatched_at BIGINT,
    handled_at    BIGINT,
    closed_at     BIGINT,             -- closed, declined or voided
    evaluated_at  BIGINT,
    external_ref  TEXT UNIQUE,        -- of an import: which row of which source it was
    version       BIGINT NOT NULL
);
-- Most urgent first; what has no deadline comes last but is not lost.
CREATE INDEX cases_case_state ON cases_case (state, COALESCE(due_at, 9007199254740991), id);
CREATE INDEX cases_case_due ON cases_case (COALESCE(due_at, 9007199254740991), id);
CREATE INDEX cases_case_state_reported ON cases_case (state, reported_at, id);
CREATE INDEX cases_case_reported ON cases_case (reported_at, id);
CREATE INDEX cases_case_area ON cases_case (area, reported_at);
CREATE INDEX cases_case_body ON cases_case (body, reported_at, id);
CREATE INDEX cases_case_class ON cases_case (class, reported_at, id);
CREATE INDEX cases_case_reporter ON cases_case (reporter, reported_at, id);

CREATE TABLE cases_entry (
    id         TEXT PRIMARY KEY,
    case_id    TEXT NOT NULL REFERENCES cases_case (id),
    n          BIGINT NOT NULL,       -- the case's version that this entry made
    at         BIGINT NOT NULL,
    actor      TEXT,
    actor_name TEXT NOT NULL,
    action     TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state   TEXT NOT NULL,
    note       TEXT,
    detail     TEXT NOT NULL          -- JSON: what was decided
);
CREATE UNIQUE INDEX cases_entry_case ON cases_entry (case_id, n);

CREATE TABLE cases_photo (
    case_id  TEXT NOT NULL REFERENCES cases_case (id),
    file     TEXT NOT NULL,
    entry    TEXT NOT NULL,
    taken_at BIGINT,
    lng      DOUBLE PRECISION,
    lat      DOUBLE PRECISION,
    PRIMARY KEY (case_id, file)
);

-- Counted as moves are made, by the day of the report: a figure of last month stays comparable whenever it is asked.
CREATE TABLE cases_tally (
    kind           TEXT NOT NULL,     -- body: code is the body's ('' before dispatch); class: code is the class
    day            TEXT NOT NULL,
    area           TEXT NOT NULL,     -- the village, or what is known above it
    code           TEXT NOT NULL,
    reported       BIGINT NOT NULL,
    accepted       BIGINT NOT NULL,
    declined       BIGINT NOT NULL,
    filed          BIGINT NOT NULL,
    dispatched     BIGINT NOT NULL,
    returned       BIGINT NOT NULL,
    handled        BIGINT NOT NULL,
    reworked       BIGINT NOT NULL,
    closed         BIGINT NOT NULL,
    closed_on_time BIGINT NOT NULL,
    closed_late    BIGINT NOT NULL,   -- what has no limit is neither
    voided         BIGINT NOT NULL,
    rated          BIGINT NOT NULL,
    satisfied      BIGINT NOT NULL,
    PRIMARY KEY (kind, day, area, code)
);

-- How far an import of past cases has come, so that it can be broken off and taken up again.
CREATE TABLE cases_import (
    name   TEXT PRIMARY KEY,          -- origin, file and size
    place  TEXT NOT NULL,             -- JSON: row, byte and line of the next row
    done   BOOLEAN NOT NULL,
    at     BIGINT NOT NULL
);

-- Files of a responsibility list that somebody looks at before deciding; kept for a day.
CREATE TABLE cases_list_preview (
    id      TEXT PRIMARY KEY,
    at      BIGINT NOT NULL,
    user_id TEXT NOT NULL,
    file    TEXT NOT NULL,            -- its name
    bytes   BYTEA NOT NULL,
    options TEXT NOT NULL,            -- JSON: how it is to be read
    mark    TEXT NOT NULL,            -- of all that was shown
    done    TEXT                      -- JSON: what was done
);
CREATE INDEX cases_list_preview_at ON cases_list_preview (at);

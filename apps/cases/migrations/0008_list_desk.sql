-- The desk of the responsibility list: limits by area class, stages of one case, corrections of the crosswalk, what has
-- changed, proposals of new standards, and the district's own working calendar.

-- Another limit where the case lies in an area of this class.
CREATE TABLE cases_standard_limit (
    standard   TEXT NOT NULL REFERENCES cases_standard (id),
    area_class BIGINT NOT NULL,
    amount     DOUBLE PRECISION NOT NULL,
    unit       TEXT NOT NULL,
    PRIMARY KEY (standard, area_class)
);

-- Several limits within one case, e.g. made safe in two hours, repaired in five working days; all run from dispatch.
CREATE TABLE cases_standard_stage (
    standard TEXT NOT NULL REFERENCES cases_standard (id),
    n        BIGINT NOT NULL,
    name     TEXT NOT NULL,
    name_en  TEXT,
    amount   DOUBLE PRECISION NOT NULL,
    unit     TEXT NOT NULL,
    PRIMARY KEY (standard, n)
);

-- What a person has said about a class of 2013; the rest follows from the rule.
CREATE TABLE cases_crosswalk (
    from_class TEXT PRIMARY KEY,      -- by code, which need not be in use here
    to_class   TEXT,                  -- NULL: it has no successor
    note       TEXT,
    at         BIGINT NOT NULL,
    actor_name TEXT NOT NULL
);

-- Who changed what of the list and the calendar, with what it said before and after.
CREATE TABLE cases_list_change (
    id         TEXT PRIMARY KEY,
    at         BIGINT NOT NULL,
    actor      TEXT,
    actor_name TEXT NOT NULL,
    kind       TEXT NOT NULL,         -- standard, crosswalk, calendar
    subject    TEXT NOT NULL,         -- a standard's id, a class, a day
    what       TEXT NOT NULL,         -- added, changed, moved, ended, imported, approved, removed
    before     TEXT,                  -- JSON
    after      TEXT                   -- JSON
);
CREATE INDEX cases_list_change_subject ON cases_list_change (kind, subject, id);

CREATE TABLE cases_proposal (
    id             TEXT PRIMARY KEY,
    state          TEXT NOT NULL,     -- proposed, reviewed, approved, refused, withdrawn
    terms          TEXT NOT NULL,     -- JSON: the standard that is asked for
    reason         TEXT NOT NULL,
    applicant      TEXT NOT NULL,
    applicant_name TEXT NOT NULL,
    body           TEXT,              -- the applicant's
    at             BIGINT NOT NULL,
    reviewer       TEXT,
    reviewer_name  TEXT,
    reviewed_at    BIGINT,
    review_note    TEXT,
    decider        TEXT,
    decider_name   TEXT,
    decided_at     BIGINT,
    decision_note  TEXT,
    standard       TEXT,              -- what became of it
    version        BIGINT NOT NULL
);
CREATE INDEX cases_proposal_state ON cases_proposal (state, id);
CREATE INDEX cases_proposal_body ON cases_proposal (body, id);
CREATE INDEX cases_proposal_applicant ON cases_proposal (applicant, id);

-- The district's own days; they count more than those that are shipped.
CREATE TABLE cases_calendar_day (
    day     TEXT PRIMARY KEY,
    working BOOLEAN NOT NULL,
    name    TEXT NOT NULL,
    name_en TEXT
);

-- Years whose holidays the district says are all entered.
CREATE TABLE cases_calendar_year (
    year       BIGINT PRIMARY KEY,
    at         BIGINT NOT NULL,
    actor_name TEXT NOT NULL
);

-- Working hours as "08:00-12:00,14:00-18:00", if they are not the usual ones; one row.
CREATE TABLE cases_calendar_hours (
    id       TEXT PRIMARY KEY,
    hours    TEXT NOT NULL,
    weekdays TEXT NOT NULL            -- "1,2,3,4,5"
);

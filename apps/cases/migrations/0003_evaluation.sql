-- Evaluation: base counts of each case, their sums, versions of the scheme, and objections.

-- A case whose counts have to be looked at again: its version when that was noticed.
CREATE TABLE cases_fact_todo (
    case_id TEXT PRIMARY KEY,
    version BIGINT NOT NULL
);

-- Which version of a case the counts are of. One that is missing here is found by the job as it goes round.
CREATE TABLE cases_fact (
    case_id TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    next_at BIGINT             -- when a limit runs out, which changes the counts without a move
);
CREATE INDEX cases_fact_next ON cases_fact (next_at) WHERE next_at IS NOT NULL;

-- What a case counts for each subject. Taken out by an appeal or an objection, it stays but is no part of the sums.
CREATE TABLE cases_fact_part (
    case_id  TEXT NOT NULL,
    kind     TEXT NOT NULL,    -- area, body, worker, acceptor, shift_lead, dispatcher
    subject  TEXT NOT NULL,    -- a village, a body, a user
    day      TEXT NOT NULL,    -- of the report
    taken    BOOLEAN NOT NULL, -- taken out
    measures TEXT NOT NULL,    -- " closed=1 due=1 "
    PRIMARY KEY (case_id, kind, subject)
);
CREATE INDEX cases_fact_part_subject ON cases_fact_part (kind, subject, day, case_id);

-- Sums by day and by month, so that any period is a few rows; a column for each base count, by its word.
CREATE TABLE cases_fact_sum (
    kind                  TEXT NOT NULL,
    subject               TEXT NOT NULL,
    grain                 TEXT NOT NULL,  -- day, month
    span                  TEXT NOT NULL,  -- YYYY-MM-DD, YYYY-MM
    reported              BIGINT NOT NULL,
    public                BIGINT NOT NULL,
    valid                 BIGINT NOT NULL,
    missed                BIGINT NOT NULL,
    accepted              BIGINT NOT NULL,
    accepted_on_time      BIGINT NOT NULL,
    verify_sent           BIGINT NOT NULL,
    verify_sent_on_time   BIGINT NOT NULL,
    verify_due            BIGINT NOT NULL,
    verified              BIGINT NOT NULL,
    verified_on_time      BIGINT NOT NULL,
    filed                 BIGINT NOT NULL,
    filed_on_time         BIGINT NOT NULL,
    filed_accurately      BIGINT NOT NULL,
    dispatched            BIGINT NOT NULL,
    dispatched_on_time    BIGINT NOT NULL,
    dispatched_accurately BIGINT NOT NULL,
    due                   BIGINT NOT NULL,
    handled               BIGINT NOT NULL,
    handled_on_time       BIGINT NOT NULL,
    handled_late          BIGINT NOT NULL,
    check_sent            BIGINT NOT NULL,
    check_sent_on_time    BIGINT NOT NULL,
    check_due             BIGINT NOT NULL,
    checked               BIGINT NOT NULL,
    checked_on_time       BIGINT NOT NULL,
    closed                BIGINT NOT NULL,
    closed_on_time        BIGINT NOT NULL,
    reworked              BIGINT NOT NULL,
    voided                BIGINT NOT NULL,
    suspended             BIGINT NOT NULL,
    extended              BIGINT NOT NULL,
    returned              BIGINT NOT NULL,
    PRIMARY KEY (kind, subject, grain, span)
);
CREATE INDEX cases_fact_sum_span ON cases_fact_sum (kind, grain, span);

-- How far the job has gone round; one row.
CREATE TABLE cases_fact_round (
    id   BIGINT PRIMARY KEY,
    last TEXT NOT NULL
);
INSERT INTO cases_fact_round (id, last) VALUES (1, '');

-- Weights, bands and formulas, version by version; version 0 is shipped with the program.
CREATE TABLE cases_scheme (
    version    BIGINT PRIMARY KEY,
    valid_from TEXT NOT NULL,
    terms      TEXT NOT NULL,  -- JSON
    reason     TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    at         BIGINT NOT NULL
);

CREATE TABLE cases_objection (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    case_id      TEXT NOT NULL,
    number       TEXT NOT NULL, -- the case's
    state        TEXT NOT NULL, -- open, granted, refused
    reason       TEXT NOT NULL,
    author       TEXT NOT NULL,
    author_name  TEXT NOT NULL,
    at           BIGINT NOT NULL,
    answer       TEXT,
    decider_name TEXT,
    decided_at   BIGINT,
    version      BIGINT NOT NULL
);
CREATE INDEX cases_objection_state ON cases_objection (state, id);
CREATE INDEX cases_objection_case ON cases_objection (case_id, kind, subject);
CREATE INDEX cases_objection_author ON cases_objection (author, id);

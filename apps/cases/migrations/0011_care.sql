-- Call-back, decided disputes of responsibility, and the weekly review of poor reports. Runs as it is on SQLite and PostgreSQL.

-- Closed cases that nobody has rated yet, oldest first.
CREATE INDEX cases_case_unrated ON cases_case (closed_at, id) WHERE state = 'closed' AND satisfaction IS NULL;
-- Those whose reporter is not satisfied and that nobody has reviewed.
CREATE INDEX cases_case_unreviewed ON cases_case (evaluated_at, id) WHERE state = 'closed' AND satisfaction = 'dissatisfied' AND justified IS NULL;

-- Tries to call that gave no rating.
CREATE TABLE cases_callback_try (
    id         TEXT PRIMARY KEY,
    case_id    TEXT NOT NULL REFERENCES cases_case (id),
    at         BIGINT NOT NULL,
    actor      TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    outcome    TEXT NOT NULL,     -- no_answer, call_later, wrong_number, declined
    note       TEXT
);
CREATE INDEX cases_callback_try_case ON cases_callback_try (case_id, at);

-- Links by which a resident rates a case; one that is used or replaced has ended.
CREATE TABLE cases_callback_link (
    id         TEXT PRIMARY KEY,
    case_id    TEXT NOT NULL REFERENCES cases_case (id),
    hash       TEXT NOT NULL UNIQUE,
    made_at    BIGINT NOT NULL,
    made_by    TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE INDEX cases_callback_link_case ON cases_callback_link (case_id) WHERE ended_at IS NULL;

-- Which body is responsible for a standard in an area, as the centre has decided in a dispute.
CREATE TABLE cases_precedent (
    id             TEXT PRIMARY KEY,
    standard       TEXT NOT NULL,
    area           TEXT NOT NULL,   -- with all below it
    body           TEXT NOT NULL,
    case_id        TEXT NOT NULL REFERENCES cases_case (id),
    number         TEXT NOT NULL,
    reason         TEXT NOT NULL,
    made_at        BIGINT NOT NULL,
    made_by        TEXT NOT NULL,   -- a name
    ended_at       BIGINT,          -- withdrawn, or replaced by a later one
    ended_by       TEXT,
    ended_why      TEXT,
    version        BIGINT NOT NULL
);
CREATE UNIQUE INDEX cases_precedent_standing ON cases_precedent (standard, area) WHERE ended_at IS NULL;
CREATE INDEX cases_precedent_case ON cases_precedent (case_id);

-- The weekly review of poor reports: what was said of each, and what was kept when a week was closed.
CREATE TABLE cases_quality_mark (
    case_id TEXT PRIMARY KEY REFERENCES cases_case (id),
    week    TEXT NOT NULL,     -- its Monday
    cause   TEXT NOT NULL,     -- untrue, declined, voided, thin
    verdict TEXT,              -- fine, excusable, poor; none when the week was closed before anybody said
    remark  TEXT,
    made_by TEXT NOT NULL,     -- a name
    made_at BIGINT NOT NULL
);
CREATE INDEX cases_quality_mark_week ON cases_quality_mark (week, case_id);

CREATE TABLE cases_quality_week (
    week      TEXT PRIMARY KEY,
    closed_at BIGINT NOT NULL,
    closed_by TEXT NOT NULL,   -- a name
    summary   TEXT NOT NULL    -- JSON
);

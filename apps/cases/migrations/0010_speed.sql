-- Fast with a million cases: figures that are summed up beforehand, and an index for each filter of a list in each scope.
-- Runs as it is on SQLite and PostgreSQL.

-- What moves have counted and the job has not yet added up. A move only adds rows here: it waits for nobody.
CREATE TABLE cases_tally_open (
    kind           TEXT NOT NULL,     -- body: code is the body's ('' before dispatch); class: code is the class
    day            TEXT NOT NULL,     -- of the report
    area           TEXT NOT NULL,     -- the village, or what is known above it
    code           TEXT NOT NULL,
    batch          TEXT,              -- of the run that is adding it up; nobody else ever sees it filled
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
    closed_late    BIGINT NOT NULL,
    voided         BIGINT NOT NULL,
    rated          BIGINT NOT NULL,
    satisfied      BIGINT NOT NULL
);
INSERT INTO cases_tally_open (kind, day, area, code, reported, accepted, declined, filed, dispatched, returned, handled,
    reworked, closed, closed_on_time, closed_late, voided, rated, satisfied)
    SELECT kind, day, area, code, reported, accepted, declined, filed, dispatched, returned, handled,
    reworked, closed, closed_on_time, closed_late, voided, rated, satisfied FROM cases_tally;
CREATE INDEX cases_tally_open_day ON cases_tally_open (day);
DROP TABLE cases_tally;

-- The figures by day and by month, each for the district, its towns and its villages. A year's figures are a few rows.
CREATE TABLE cases_tally (
    kind           TEXT NOT NULL,     -- body, class, or all: then code is ''
    depth          BIGINT NOT NULL,   -- how long the area's code is: 6 district, 9 town, 12 village
    grain          TEXT NOT NULL,     -- day, month
    period         TEXT NOT NULL,     -- YYYY-MM-DD or YYYY-MM, of the report
    area           TEXT NOT NULL,
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
    PRIMARY KEY (kind, depth, grain, period, area, code)
);
CREATE INDEX cases_tally_area ON cases_tally (kind, depth, area, grain, period);

-- Whoever has a case for their own, one index for each way of having it.
CREATE INDEX cases_case_assignee ON cases_case (assignee, reported_at, id) WHERE assignee IS NOT NULL;
CREATE INDEX cases_case_verifier ON cases_case (verifier, reported_at, id) WHERE verifier IS NOT NULL;
CREATE INDEX cases_case_checker ON cases_case (checker, reported_at, id) WHERE checker IS NOT NULL;
-- What waits at a centre, what a body has in hand.
CREATE INDEX cases_case_desk ON cases_case (desk, reported_at, id);
CREATE INDEX cases_case_body_state ON cases_case (body, state, reported_at, id);
CREATE INDEX cases_case_body_class ON cases_case (body, class, reported_at, id);
CREATE INDEX cases_case_body_due ON cases_case (body, COALESCE(due_at, 9007199254740991), id);
-- A town's cases: the beginning of an area's code.
CREATE INDEX cases_case_town ON cases_case (SUBSTR(area, 1, 9), reported_at, id);
CREATE INDEX cases_case_town_due ON cases_case (SUBSTR(area, 1, 9), COALESCE(due_at, 9007199254740991), id);
-- What is open is counted without a look at the cases themselves; most have been closed.
CREATE INDEX cases_case_open ON cases_case (state, area, body, due_at, yellow_at)
    WHERE state <> 'closed' AND state <> 'declined' AND state <> 'voided';
CREATE INDEX cases_case_inbox ON cases_case (desk, state)
    WHERE state <> 'closed' AND state <> 'declined' AND state <> 'voided';
CREATE INDEX cases_case_yellow ON cases_case (yellow_at) WHERE yellow_at IS NOT NULL;
-- Filters that few cases pass.
CREATE INDEX cases_case_appealed ON cases_case (reported_at, id) WHERE appealed = TRUE;
CREATE INDEX cases_case_reopened ON cases_case (reported_at, id) WHERE reopened > 0;
CREATE INDEX cases_case_late ON cases_case (reported_at, id) WHERE late = TRUE;
CREATE INDEX cases_case_satisfaction ON cases_case (satisfaction, reported_at, id) WHERE satisfaction IS NOT NULL;
CREATE INDEX cases_case_unfiled ON cases_case (reported_at, id) WHERE filed_at IS NULL;
CREATE INDEX cases_case_unfiled_body ON cases_case (body, reported_at, id) WHERE filed_at IS NULL AND body IS NOT NULL;
CREATE INDEX cases_case_source ON cases_case (source, reported_at, id);
-- A major class is the beginning of a class's code.
CREATE INDEX cases_case_major ON cases_case (SUBSTR(class, 1, 8), reported_at, id);
CREATE INDEX cases_case_major_due ON cases_case (SUBSTR(class, 1, 8), COALESCE(due_at, 9007199254740991), id);

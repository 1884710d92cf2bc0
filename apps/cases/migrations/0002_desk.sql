-- The desk in full: which centre has a case, extensions, suspension, appeal, stages, reopening, assisting bodies, settings.

ALTER TABLE cases_case ADD COLUMN desk TEXT NOT NULL DEFAULT '';              -- the area whose centre has it
ALTER TABLE cases_case ADD COLUMN asked TEXT;                                 -- extension, suspension, appeal: waits for an answer
ALTER TABLE cases_case ADD COLUMN asked_until BIGINT;                         -- until when it is to be suspended
ALTER TABLE cases_case ADD COLUMN extensions BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases_case ADD COLUMN suspensions BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases_case ADD COLUMN suspended_until BIGINT;
ALTER TABLE cases_case ADD COLUMN appealed BOOLEAN NOT NULL DEFAULT FALSE;    -- an appeal was granted: out of the statistics
ALTER TABLE cases_case ADD COLUMN stage BIGINT NOT NULL DEFAULT 0;            -- which of the standard's stages the body is in
ALTER TABLE cases_case ADD COLUMN reopened BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cases_case ADD COLUMN reasons TEXT;                               -- why the reporter is not satisfied: codes with blanks between
ALTER TABLE cases_case ADD COLUMN justified BOOLEAN;                          -- what the review of that said
UPDATE cases_case SET desk = SUBSTR(area, 1, 6);

CREATE INDEX cases_case_asked ON cases_case (asked, id) WHERE asked IS NOT NULL;
CREATE INDEX cases_case_suspended ON cases_case (suspended_until) WHERE suspended_until IS NOT NULL;

-- Bodies that help the one that leads.
CREATE TABLE cases_assist (
    case_id  TEXT NOT NULL REFERENCES cases_case (id),
    body     TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    done_at  BIGINT,
    PRIMARY KEY (case_id, body)
);
CREATE INDEX cases_assist_body ON cases_assist (body, done_at, case_id);

-- What a district sets: one row, as JSON.
CREATE TABLE cases_setting (
    name    TEXT PRIMARY KEY,
    value   TEXT NOT NULL,
    version BIGINT NOT NULL
);

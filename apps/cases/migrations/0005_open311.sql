-- Open311 GeoReport v2: what is open to the public, what came in by it, and cases that are sent on to other servers.
-- Runs as it is on SQLite and PostgreSQL. Moments are milliseconds since 1970 (UTC).

CREATE TABLE cases_open311_service (
    code        TEXT PRIMARY KEY,    -- service_code: the class's with - for . because addresses end in a suffix
    class       TEXT NOT NULL UNIQUE,
    open        BOOLEAN NOT NULL,
    description TEXT,                -- if none is written, the conditions of the filing standards stand for it
    keywords    TEXT,                -- with commas between
    notice      TEXT,                -- what whoever reports may expect
    version     BIGINT NOT NULL
);

-- What is asked beyond place and description.
CREATE TABLE cases_open311_attribute (
    service              TEXT NOT NULL REFERENCES cases_open311_service (code),
    code                 TEXT NOT NULL,
    ord                  BIGINT NOT NULL,
    variable             BOOLEAN NOT NULL,  -- false: shown, not asked
    datatype             TEXT NOT NULL,     -- string, number, datetime, text, singlevaluelist, multivaluelist
    required             BOOLEAN NOT NULL,
    datatype_description TEXT,
    description          TEXT NOT NULL,
    options              TEXT NOT NULL,     -- JSON: key and name of each value of a list
    PRIMARY KEY (service, code)
);

-- What came in by Open311 has more to it than a case.
CREATE TABLE cases_open311_request (
    case_id    TEXT PRIMARY KEY REFERENCES cases_case (id),
    service    TEXT NOT NULL,
    app        TEXT NOT NULL,        -- the account of the application that sent it
    attributes TEXT NOT NULL,        -- JSON: code and values
    media_url  TEXT                  -- written down, never fetched
);
CREATE INDEX cases_open311_request_service ON cases_open311_request (service);

-- Bodies that get their cases by Open311, and where.
CREATE TABLE cases_open311_server (
    body         TEXT PRIMARY KEY,
    url          TEXT NOT NULL,      -- of the endpoint: what stands before /services.xml
    api_key      BYTEA,              -- sealed
    jurisdiction TEXT,
    services     TEXT NOT NULL,      -- JSON: class and service_code
    fallback     TEXT,               -- the service_code of all other classes
    account      TEXT NOT NULL,      -- the machine's account in whose name the body's moves are made
    active       BOOLEAN NOT NULL,
    version      BIGINT NOT NULL
);

CREATE TABLE cases_open311_sending (
    id             TEXT PRIMARY KEY, -- goes along, so that a server that knows how can tell a second try
    case_id        TEXT NOT NULL REFERENCES cases_case (id),
    body           TEXT NOT NULL,
    area           TEXT NOT NULL,    -- the case's, for scopes
    state          TEXT NOT NULL,    -- waiting, token, sent, done, stopped, ended
    remote_id      TEXT,
    token          TEXT,
    remote_status  TEXT,
    remote_notes   TEXT,
    remote_updated TEXT,
    attempts       BIGINT NOT NULL,  -- in vain, since something last went well
    next_at        BIGINT NOT NULL,
    error          TEXT,
    made_at        BIGINT NOT NULL,
    sent_at        BIGINT,
    heard_at       BIGINT            -- the last answer
);
-- One at a time for a case with a body.
CREATE UNIQUE INDEX cases_open311_sending_open ON cases_open311_sending (case_id, body) WHERE state IN ('waiting', 'token', 'sent', 'stopped');
CREATE INDEX cases_open311_sending_next ON cases_open311_sending (next_at) WHERE state IN ('waiting', 'token', 'sent');
CREATE INDEX cases_open311_sending_area ON cases_open311_sending (area, id);
CREATE INDEX cases_open311_sending_body ON cases_open311_sending (body, id);

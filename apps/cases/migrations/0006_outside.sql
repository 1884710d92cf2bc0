-- Bodies without log-ins: each has an account that acts for it, and gets each of its cases by a link of its own.
-- Runs as it is on SQLite and PostgreSQL. Moments are milliseconds since 1970 (UTC).

CREATE TABLE cases_outside_body (
    body    TEXT PRIMARY KEY,
    account TEXT NOT NULL,           -- the machine's account in whose name its acts are done
    hours   BIGINT NOT NULL,         -- how long a link opens its case
    active  BOOLEAN NOT NULL,        -- whether new cases get a link
    version BIGINT NOT NULL
);

CREATE TABLE cases_outside_link (
    id          TEXT PRIMARY KEY,
    case_id     TEXT NOT NULL REFERENCES cases_case (id),
    body        TEXT NOT NULL,
    area        TEXT NOT NULL,       -- the case's, for scopes
    hash        TEXT NOT NULL,       -- SHA-256 of the token
    token       BYTEA NOT NULL,      -- sealed: the desk shows the link to whoever passes it on
    delivery    TEXT,                -- the webhook that carried it
    made_at     BIGINT NOT NULL,
    made_by     TEXT,                -- who sent it again; absent for the program itself
    expires_at  BIGINT NOT NULL,
    revoked_at  BIGINT,
    opened_at   BIGINT,
    opens       BIGINT NOT NULL,
    uploads     BIGINT NOT NULL,
    received_at BIGINT,
    answered_at BIGINT,
    answer      TEXT,                -- handle, return
    ended_at    BIGINT               -- replaced, or the case has left the body another way
);
CREATE UNIQUE INDEX cases_outside_link_hash ON cases_outside_link (hash);
-- One at a time for a case with a body.
CREATE UNIQUE INDEX cases_outside_link_open ON cases_outside_link (case_id, body) WHERE answered_at IS NULL AND ended_at IS NULL;
CREATE INDEX cases_outside_link_body ON cases_outside_link (body, id);
CREATE INDEX cases_outside_link_area ON cases_outside_link (area, id);

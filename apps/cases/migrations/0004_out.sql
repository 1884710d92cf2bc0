-- Filters that are kept, subscriptions to them and to the bulletin, and the messages that come of these.

CREATE TABLE cases_filter (
    id          TEXT PRIMARY KEY,
    owner       TEXT NOT NULL,   -- a user
    name        TEXT NOT NULL,
    query       TEXT NOT NULL,   -- as in the address of the list
    share       TEXT NOT NULL,   -- private, role, body
    shared_with TEXT NOT NULL,   -- the role's or the body's code
    created_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL
);
CREATE UNIQUE INDEX cases_filter_name ON cases_filter (owner, name);
CREATE INDEX cases_filter_shared ON cases_filter (share, shared_with);

CREATE TABLE cases_subscription (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL,
    kind       TEXT NOT NULL,   -- filter, bulletin
    filter     TEXT NOT NULL,   -- empty for the bulletin
    every      TEXT NOT NULL,   -- day, week, month
    weekday    BIGINT NOT NULL, -- 1 is Monday; counts for weeks
    hour       BIGINT NOT NULL, -- of the district's day
    seen_until BIGINT NOT NULL, -- what came before has been told of
    next_at    BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
CREATE UNIQUE INDEX cases_subscription_what ON cases_subscription (user_id, kind, filter);
CREATE INDEX cases_subscription_next ON cases_subscription (next_at);
CREATE INDEX cases_subscription_filter ON cases_subscription (filter);

CREATE TABLE cases_message (
    id      TEXT PRIMARY KEY,
    user_id TEXT NOT NULL,
    at      BIGINT NOT NULL,
    kind    TEXT NOT NULL,
    data    TEXT NOT NULL,      -- JSON: what it tells
    read_at BIGINT
);
CREATE INDEX cases_message_user ON cases_message (user_id, at, id);
CREATE INDEX cases_message_at ON cases_message (at);

-- Machine accounts with their keys, and webhooks with the queue of what is to be delivered.
-- Runs as it is on SQLite and PostgreSQL. Moments are milliseconds since 1970 (UTC).

ALTER TABLE kernel_user ADD COLUMN machine BOOLEAN NOT NULL DEFAULT FALSE;  -- has keys, and never a password

CREATE TABLE kernel_key (
    id           TEXT PRIMARY KEY,   -- the part of the key that may be shown
    user_id      TEXT NOT NULL REFERENCES kernel_user (id),
    hash         TEXT NOT NULL,      -- SHA-256 of the whole key
    owner        TEXT NOT NULL,      -- whom to ask about it
    purpose      TEXT NOT NULL,
    per_minute   BIGINT NOT NULL,
    addresses    TEXT NOT NULL,      -- JSON array of addresses and networks; empty: from anywhere
    created_at   BIGINT NOT NULL,
    created_by   TEXT NOT NULL,
    expires_at   BIGINT NOT NULL,
    revoked_at   BIGINT,
    last_used_at BIGINT,
    last_ip      TEXT
);
CREATE INDEX kernel_key_user ON kernel_key (user_id);
CREATE INDEX kernel_key_created ON kernel_key (created_at, id);

CREATE TABLE kernel_hook (
    id            TEXT PRIMARY KEY,
    account       TEXT NOT NULL REFERENCES kernel_user (id),  -- hears what this account may see
    name          TEXT NOT NULL,
    url           TEXT NOT NULL,
    topics        TEXT NOT NULL,     -- JSON array
    secret        BYTEA NOT NULL,    -- sealed
    enabled       BOOLEAN NOT NULL,
    stopped       TEXT,              -- why the program has switched it off: failing, gone
    failing_since BIGINT,
    delivered_at  BIGINT,
    error         TEXT,
    created_at    BIGINT NOT NULL,
    version       BIGINT NOT NULL
);
CREATE INDEX kernel_hook_account ON kernel_hook (account);

CREATE TABLE kernel_hook_delivery (
    id           TEXT PRIMARY KEY,   -- the webhook-id: the same at every try
    hook_id      TEXT NOT NULL REFERENCES kernel_hook (id),
    event        TEXT NOT NULL,
    topic        TEXT NOT NULL,
    subject      TEXT,
    body         BYTEA NOT NULL,     -- sealed: it may hold what only the receiver may see
    state        TEXT NOT NULL,      -- waiting, delivered, gave_up
    attempts     BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    since        BIGINT NOT NULL,    -- when the tries began that are under way
    next_at      BIGINT,
    tried_at     BIGINT,
    status       BIGINT,             -- of the last answer
    error        TEXT,
    reply        TEXT,               -- the beginning of the last answer
    took_ms      BIGINT,
    delivered_at BIGINT
);
CREATE UNIQUE INDEX kernel_hook_delivery_event ON kernel_hook_delivery (hook_id, event);
CREATE INDEX kernel_hook_delivery_due ON kernel_hook_delivery (next_at) WHERE state = 'waiting';
CREATE INDEX kernel_hook_delivery_hook ON kernel_hook_delivery (hook_id, id);
CREATE INDEX kernel_hook_delivery_state ON kernel_hook_delivery (state, id);

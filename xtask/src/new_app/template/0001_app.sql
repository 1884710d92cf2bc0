-- Entries. Runs as it is on SQLite and PostgreSQL.

CREATE TABLE __name___entry (
    id         TEXT PRIMARY KEY,
    area       TEXT NOT NULL,       -- an area's code; a subtree is a range of codes
    title      TEXT NOT NULL,
    state      TEXT NOT NULL,       -- open, done
    note       TEXT,                -- what was said with the last move
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
-- The list: newest first, narrowed by area or state.
CREATE INDEX __name___entry_area ON __name___entry (area, id);
CREATE INDEX __name___entry_state ON __name___entry (state, id);
CREATE INDEX __name___entry_own ON __name___entry (created_by, id);

-- The area tree, its shapes, the responsible bodies and who is posted where. Runs as it is on SQLite and PostgreSQL.

CREATE TABLE grid_area (
    code       TEXT PRIMARY KEY,    -- 6, 9, 12 or 15 characters; a subtree is a range of codes
    level      TEXT NOT NULL,       -- district, town, village, grid: by the length of the code
    parent     TEXT REFERENCES grid_area (code),
    name       TEXT NOT NULL,
    name_en    TEXT,
    kind       TEXT,                -- of a grid: general, dedicated
    households BIGINT,
    population BIGINT,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);
CREATE INDEX grid_area_parent ON grid_area (parent);

CREATE TABLE grid_shape (
    area       TEXT PRIMARY KEY REFERENCES grid_area (code),
    wkb        BYTEA NOT NULL,      -- Polygon or MultiPolygon, WGS 84
    west       DOUBLE PRECISION NOT NULL,
    south      DOUBLE PRECISION NOT NULL,
    east       DOUBLE PRECISION NOT NULL,
    north      DOUBLE PRECISION NOT NULL,
    lng        DOUBLE PRECISION NOT NULL,  -- a point inside, for a label
    lat        DOUBLE PRECISION NOT NULL,
    source     TEXT NOT NULL,       -- the coordinate system it came in: wgs84, gcj02, bd09
    updated_at BIGINT NOT NULL
);

CREATE TABLE grid_body (
    code       TEXT PRIMARY KEY,    -- D01, C03, T and a town's code, V and a village's code
    kind       TEXT NOT NULL,       -- department, company, town, village
    name       TEXT NOT NULL,
    name_en    TEXT,
    area       TEXT REFERENCES grid_area (code),
    active     BOOLEAN NOT NULL,
    updated_at BIGINT NOT NULL,
    version    BIGINT NOT NULL
);

CREATE TABLE grid_post (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL,
    area       TEXT NOT NULL REFERENCES grid_area (code),
    kind       TEXT NOT NULL,       -- lead, full_time, part_time, volunteer
    created_at BIGINT NOT NULL,
    UNIQUE (user_id, area)
);
CREATE INDEX grid_post_area ON grid_post (area, id);

-- One row. Counted up by whoever changes an area, a shape or a body: two who do so at once wait for each other here, and
-- a server whose memory is of another revision loads anew.
CREATE TABLE grid_revision (value BIGINT NOT NULL);
INSERT INTO grid_revision (value) VALUES (0);

-- The register of components: what stands in the city, one row per thing. Runs as it is on SQLite and PostgreSQL.

CREATE TABLE components_component (
    code        TEXT PRIMARY KEY,          -- 16 digits (2013) or 17 (2026); the length says the edition
    class       TEXT NOT NULL,             -- as the responsibility list writes it: 2026.C01037
    sequence    BIGINT NOT NULL,           -- the number on the plate, unique within district and class
    name        TEXT NOT NULL,
    area        TEXT NOT NULL,             -- the smallest area that holds its point
    lng         DOUBLE PRECISION NOT NULL, -- WGS 84
    lat         DOUBLE PRECISION NOT NULL,
    place       TEXT,                      -- where, in words
    body        TEXT,                      -- who keeps it: a responsible body of the house
    owner       TEXT,                      -- whose it is, as the survey wrote it
    state       TEXT NOT NULL,             -- good, damaged, missing, disused, removed
    surveyed_on TEXT,                      -- the district's date
    note        TEXT,
    updated_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL
);
-- Each filter of the list, in the order of the list.
CREATE INDEX components_component_class ON components_component (class, code);
CREATE INDEX components_component_area ON components_component (area, code);
CREATE INDEX components_component_body ON components_component (body, code);
CREATE INDEX components_component_state ON components_component (state, code);
-- What a passer-by reads on the plate.
CREATE INDEX components_component_sequence ON components_component (sequence, code);
-- What stands around a point: a band of latitudes, then an exact look.
CREATE INDEX components_component_lat ON components_component (lat, lng);

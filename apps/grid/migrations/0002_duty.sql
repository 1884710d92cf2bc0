-- When the people posted in an area are on duty. Who has no row here counts as on duty at any time.

CREATE TABLE grid_duty (
    user_id  TEXT PRIMARY KEY,
    shifts   TEXT NOT NULL,        -- JSON: weekdays with from and to, in minutes of the day
    absences TEXT NOT NULL,        -- JSON: days from and to, with a reason
    version  BIGINT NOT NULL
);

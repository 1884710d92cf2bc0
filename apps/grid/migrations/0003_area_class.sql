-- The class of an area (1, 2, 3 …): limits and the evaluation are stricter in the first than in the next. An area without
-- one has that of the area it lies in.

ALTER TABLE grid_area ADD COLUMN area_class BIGINT;

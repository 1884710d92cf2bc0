-- Which component a case is about: the code of one lamp, one manhole. Most cases name none.

ALTER TABLE cases_case ADD COLUMN component TEXT;
CREATE INDEX cases_case_component ON cases_case (component, reported_at, id) WHERE component IS NOT NULL;

-- Whether the round over all cases has yet to come to its end once: after an import, and at the first start. Until then the
-- evaluation's figures are a part of what they will be.

ALTER TABLE cases_fact_round ADD COLUMN open BOOLEAN NOT NULL DEFAULT TRUE;

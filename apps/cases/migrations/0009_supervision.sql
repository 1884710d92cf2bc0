-- Standard phrases and supervision orders. Runs as it is on SQLite and PostgreSQL.

CREATE TABLE cases_phrase (
    id      TEXT PRIMARY KEY,
    owner   TEXT,              -- whose own it is; NULL is the centre's
    action  TEXT NOT NULL,     -- the move that it is for
    text    TEXT NOT NULL,
    text_en TEXT,
    version BIGINT NOT NULL
);
CREATE INDEX cases_phrase_owner ON cases_phrase (owner, action);

INSERT INTO cases_phrase (id, owner, action, text, text_en, version) VALUES
    ('00000000-0000-7000-8000-000000000901', NULL, 'decline', '经核对，该问题已有同一地点的案件在办，不再重复受理。', 'A case at the same place is already being handled; this report is not taken again.', 1),
    ('00000000-0000-7000-8000-000000000902', NULL, 'decline', '反映内容不属于城市管理事部件范围，请向主管单位反映。', 'This is not among the matters and components of the district; please turn to the body in charge.', 1),
    ('00000000-0000-7000-8000-000000000903', NULL, 'decline', '地点不明确，且无法联系上报人补充信息。', 'The place is not clear, and the reporter could not be reached for more.', 1),
    ('00000000-0000-7000-8000-000000000904', NULL, 'send_verify', '请到{place}现场核实，并上传照片。', 'Please verify on the spot at {place} and add photos.', 1),
    ('00000000-0000-7000-8000-000000000905', NULL, 'verify', '已到现场核实，情况属实。', 'Looked at on the spot: it is as reported.', 1),
    ('00000000-0000-7000-8000-000000000906', NULL, 'verify', '已到现场核实，未发现所反映的问题。', 'Looked at on the spot: nothing of the kind was found.', 1),
    ('00000000-0000-7000-8000-000000000907', NULL, 'dispatch', '请按时限处理{place}的问题，处理后上传照片反馈。', 'Please deal with the matter at {place} within the limit and report back with photos.', 1),
    ('00000000-0000-7000-8000-000000000908', NULL, 'dispatch', '存在安全隐患，请先设置警示围挡再行处理。', 'There is a danger: please put up a warning barrier before anything else.', 1),
    ('00000000-0000-7000-8000-000000000909', NULL, 'return', '该问题不属于{body}职责范围，请改派。', 'This is not within the duties of {body}; please dispatch it elsewhere.', 1),
    ('00000000-0000-7000-8000-000000000910', NULL, 'return', '地点描述不清，无法找到现场，请补充后再派遣。', 'The place cannot be found from the description; please complete it and dispatch again.', 1),
    ('00000000-0000-7000-8000-000000000911', NULL, 'handle', '{place}的问题已处理完毕，现场已清理。', 'The matter at {place} has been dealt with and the site is clean.', 1),
    ('00000000-0000-7000-8000-000000000912', NULL, 'handle', '已修复并恢复使用，照片附后。', 'Repaired and in use again; photos attached.', 1),
    ('00000000-0000-7000-8000-000000000913', NULL, 'send_check', '请到{place}现场核查处理结果。', 'Please check the result on the spot at {place}.', 1),
    ('00000000-0000-7000-8000-000000000914', NULL, 'check', '现场已处理到位。', 'The work is done as it should be.', 1),
    ('00000000-0000-7000-8000-000000000915', NULL, 'check', '现场仍有遗留问题，未处理到位。', 'Something is still left on the spot; it is not done.', 1),
    ('00000000-0000-7000-8000-000000000916', NULL, 'rework', '核查发现未处理到位，请重新处理并上传处理后照片。', 'The check found it not done; please handle it again and add photos of the result.', 1),
    ('00000000-0000-7000-8000-000000000917', NULL, 'evaluate', '电话回访，上报人对处理结果无异议。', 'Called back: the reporter agrees with the result.', 1),
    ('00000000-0000-7000-8000-000000000918', NULL, 'void', '案件{number}系测试或误报，予以作废。', 'Case {number} was a test or a mistaken report and is voided.', 1),
    ('00000000-0000-7000-8000-000000000919', NULL, 'note', '已电话催办{body}。', 'Reminded {body} by telephone.', 1);

CREATE TABLE cases_order (
    id          TEXT PRIMARY KEY,
    case_id     TEXT NOT NULL REFERENCES cases_case (id),
    number      TEXT NOT NULL,     -- the case's
    area        TEXT NOT NULL,     -- the case's
    body        TEXT NOT NULL,     -- who has to answer
    kind        TEXT NOT NULL,     -- overdue, leader, important
    level       TEXT NOT NULL,     -- how high it has come: clerk, head, leader
    step        BIGINT NOT NULL,   -- the same as a number, to compare by
    state       TEXT NOT NULL,     -- issued, answered, accepted, withdrawn
    issuer      TEXT,              -- a user; NULL is the program
    issuer_name TEXT NOT NULL,
    reason      TEXT NOT NULL,
    answer_by   BIGINT NOT NULL,
    case_due_at BIGINT,            -- the limit that was missed: one order per level and limit
    reply       TEXT,              -- the body's: why
    plan        TEXT,              -- the body's: what it will do
    done_by     TEXT,              -- the body's: by which day
    made_at     BIGINT NOT NULL,
    answered_at BIGINT,
    ended_at    BIGINT,
    version     BIGINT NOT NULL
);
CREATE INDEX cases_order_case ON cases_order (case_id, made_at);
CREATE INDEX cases_order_state ON cases_order (state, answer_by, id);
CREATE INDEX cases_order_body ON cases_order (body, state, answer_by, id);

CREATE TABLE cases_order_entry (
    id         TEXT PRIMARY KEY,
    order_id   TEXT NOT NULL REFERENCES cases_order (id),
    n          BIGINT NOT NULL,    -- the order's version that this entry made
    at         BIGINT NOT NULL,
    actor      TEXT,
    actor_name TEXT NOT NULL,
    action     TEXT NOT NULL,
    note       TEXT,
    detail     TEXT NOT NULL       -- JSON: what was given
);
CREATE UNIQUE INDEX cases_order_entry_order ON cases_order_entry (order_id, n);

-- When the program orders by itself, and how long the answer may take, in hours by the clock. A district sets its own.
CREATE TABLE cases_order_rule (
    level        TEXT PRIMARY KEY,
    after_hours  BIGINT NOT NULL,
    answer_hours BIGINT NOT NULL,
    active       BOOLEAN NOT NULL,
    version      BIGINT NOT NULL
);
INSERT INTO cases_order_rule (level, after_hours, answer_hours, active, version) VALUES
    ('clerk', 4, 24, TRUE, 1),
    ('head', 24, 24, TRUE, 1),
    ('leader', 72, 24, TRUE, 1);

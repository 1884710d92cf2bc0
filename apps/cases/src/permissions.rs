//! What a role can be allowed to do with cases, the roles of the field, and what each holds from the start.

use kernel::auth::{Role, RoleGrant};

kernel::permissions! {
    /// Read cases.
    CASE_READ = "cases.read", "查看案件", "Read cases";
    /// Report.
    CASE_REPORT = "cases.report", "上报案件", "Report cases";
    /// Accept or decline reports, have them verified and checked.
    CASE_ACCEPT = "cases.accept", "受理案件", "Accept reports";
    /// Say whether a report is true.
    CASE_VERIFY = "cases.verify", "核实案件", "Verify reports";
    /// File under a standard.
    CASE_FILE = "cases.file", "立案", "File cases";
    /// Send to the responsible body.
    CASE_DISPATCH = "cases.dispatch", "派遣案件", "Dispatch cases";
    /// Do a body's part: receive, return, report as handled.
    CASE_HANDLE = "cases.handle", "处理案件", "Handle cases";
    /// Give a body's case to a colleague.
    CASE_ASSIGN = "cases.assign", "指派经办人", "Assign cases";
    /// Say whether the work is done.
    CASE_CHECK = "cases.check", "核查案件", "Check cases";
    /// Close, or send for rework.
    CASE_CLOSE = "cases.close", "结案", "Close cases";
    /// Give a case up.
    CASE_VOID = "cases.void", "作废案件", "Void cases";
    /// Record how satisfied the reporter is.
    CASE_EVALUATE = "cases.evaluate", "评价案件", "Evaluate cases";
    /// Settle a case on the spot.
    CASE_SETTLE = "cases.settle", "就地办结", "Settle cases on the spot";
    /// Send a case to the centre above or below.
    CASE_LEVEL = "cases.level", "上报下派", "Send cases up and down";
    /// Answer a body's requests: extension, suspension, appeal.
    CASE_GRANT = "cases.grant", "审批延期挂账申诉", "Answer requests of bodies";
    /// Open a closed case again.
    CASE_REOPEN = "cases.reopen", "重新打开案件", "Reopen cases";
    /// Review dissatisfaction.
    CASE_REVIEW = "cases.review", "复核不满意评价", "Review dissatisfaction";
    /// Change the settings of cases.
    SETTINGS_MANAGE = "cases.settings", "管理案件设置", "Manage the settings of cases";
    /// Add a remark.
    CASE_NOTE = "cases.note", "添加备注", "Add remarks";
    /// See a reporter's name and telephone, for a stated purpose.
    CASE_CONTACT = "cases.contact", "查看上报人联系方式", "See reporters' contacts";
    /// See the figures.
    CASE_FIGURES = "cases.figures", "查看统计", "See figures";
    /// Take lists of cases along as files.
    CASE_EXPORT = "cases.export", "导出案件", "Export cases";
    /// Send cases to bodies outside and see what becomes of them.
    CASE_OUTSIDE = "cases.outside", "管理外部单位派件", "Send cases to outside bodies";
    /// Get the links with which a body outside opens its cases.
    CASE_OUTSIDE_RECEIVE = "cases.outside_receive", "接收外部派件链接", "Receive links for outside bodies";
    /// Decide what is public by Open311, and which body gets its cases by it.
    OPEN311_MANAGE = "cases.open311", "管理 Open311 开放接口", "Manage Open311";
    /// Order the supervision of cases, and accept the answers.
    ORDER_ISSUE = "cases.order", "下达督办", "Order supervision";
    /// Answer supervision orders for a body.
    ORDER_ANSWER = "cases.order_answer", "回复督办", "Answer supervision orders";
    /// Keep the centre's standard phrases.
    PHRASES_SHARE = "cases.phrases", "维护常用语", "Keep standard phrases";
    /// Change the responsibility list.
    STANDARDS_MANAGE = "cases.standards", "管理责任清单", "Manage the responsibility list";
    /// Ask for a new filing standard.
    STANDARD_PROPOSE = "cases.standard_propose", "申请立案标准准入", "Propose filing standards";
    /// Review what somebody else has proposed.
    STANDARD_REVIEW = "cases.standard_review", "审核立案标准准入", "Review proposed standards";
    /// Make what was reviewed a standard.
    STANDARD_APPROVE = "cases.standard_approve", "批准立案标准准入", "Approve proposed standards";
    /// Ask for an area and time without reports, or take it back.
    CONTROL_ASK = "cases.control", "申请上报管控", "Ask for a stop of reports";
    /// Approve one that somebody else has asked for.
    CONTROL_APPROVE = "cases.control_approve", "审批上报管控", "Approve a stop of reports";
    /// Review the poor reports of a week.
    QUALITY_REVIEW = "cases.quality", "评议上报质量", "Review the quality of reports";
    /// See how areas and bodies are evaluated.
    EVALUATION_READ = "cases.evaluation", "查看考核评价", "See evaluations";
    /// See how persons are evaluated.
    EVALUATION_PERSONS = "cases.evaluation_persons", "查看人员考核", "See evaluations of persons";
    /// Object to a case in one's own evaluation, or in that of one's body.
    EVALUATION_OBJECT = "cases.objection", "对考核提出异议", "Object to an evaluation";
    /// Decide on objections.
    EVALUATION_DECIDE = "cases.objection_decide", "处理考核异议", "Decide on objections";
    /// Change weights, bands and formulas.
    EVALUATION_SCHEME = "cases.evaluation_scheme", "维护考核方案", "Change the evaluation scheme";
    /// Change when a report counts as a duplicate.
    RECEPTION_RULES = "cases.reception_rules", "设置疑似重复规则", "Change the rules for duplicates";
}

/// What a centre does: it reaches a case while that lies with this centre, or with one below it.
pub static OF_A_CENTRE: &[&kernel::auth::Permission] = &[
    &CASE_ACCEPT,
    &CASE_SETTLE,
    &CASE_LEVEL,
    &CASE_FILE,
    &CASE_DISPATCH,
    &CASE_GRANT,
    &CASE_CLOSE,
    &CASE_VOID,
    &CASE_REVIEW,
];

/// The roles of the field.
pub static ROLES: &[Role] = &[
    Role {
        code: "worker",
        zh: "网格员",
        en: "Grid worker",
    },
    Role {
        code: "acceptor",
        zh: "受理员",
        en: "Acceptor",
    },
    Role {
        code: "shift_lead",
        zh: "值班长",
        en: "Shift lead",
    },
    Role {
        code: "dispatcher",
        zh: "派遣员",
        en: "Dispatcher",
    },
    Role {
        code: "body_clerk",
        zh: "单位经办",
        en: "Body's clerk",
    },
    Role {
        code: "body_head",
        zh: "单位负责人",
        en: "Head of a body",
    },
    Role {
        code: "checker",
        zh: "核查员",
        en: "Checker",
    },
    Role {
        code: "leader",
        zh: "领导",
        en: "Leader",
    },
    Role {
        code: "outside_body",
        zh: "外部单位",
        en: "Outside body",
    },
    Role {
        code: "open311_app",
        zh: "Open311 应用",
        en: "Open311 application",
    },
    Role {
        code: "open311_body",
        zh: "Open311 承办单位",
        en: "Body on Open311",
    },
];

/// What they hold from the start.
pub static GRANTS: &[RoleGrant] = &[
    RoleGrant {
        role: "*",
        permissions: &[&CASE_READ],
    },
    RoleGrant {
        role: "worker",
        permissions: &[
            &CASE_REPORT,
            &CASE_VERIFY,
            &CASE_CHECK,
            &CASE_REOPEN,
            &CASE_NOTE,
            &EVALUATION_OBJECT,
        ],
    },
    RoleGrant {
        role: "acceptor",
        permissions: &[
            &CASE_REPORT,
            &CASE_ACCEPT,
            &CASE_SETTLE,
            &CASE_LEVEL,
            &CASE_EVALUATE,
            &CASE_REOPEN,
            &CASE_NOTE,
            &CASE_CONTACT,
            &CASE_EXPORT,
            &EVALUATION_OBJECT,
        ],
    },
    RoleGrant {
        role: "shift_lead",
        permissions: &[
            &CASE_FILE,
            &CASE_CLOSE,
            &CASE_VOID,
            &CASE_OUTSIDE,
            &CASE_LEVEL,
            &CASE_GRANT,
            &CASE_REVIEW,
            &SETTINGS_MANAGE,
            &grid::api::DUTY_MANAGE,
            &CASE_NOTE,
            &CASE_CONTACT,
            &CASE_FIGURES,
            &CASE_EXPORT,
            &OPEN311_MANAGE,
            &ORDER_ISSUE,
            &QUALITY_REVIEW,
            &PHRASES_SHARE,
            &STANDARDS_MANAGE,
            &CONTROL_ASK,
            &RECEPTION_RULES,
            &STANDARD_REVIEW,
            &EVALUATION_READ,
            &EVALUATION_PERSONS,
            &EVALUATION_OBJECT,
            &EVALUATION_DECIDE,
            &EVALUATION_SCHEME,
        ],
    },
    RoleGrant {
        role: "dispatcher",
        permissions: &[
            &CASE_OUTSIDE,
            &CASE_DISPATCH,
            &CASE_LEVEL,
            &CASE_NOTE,
            &CASE_FIGURES,
            &CASE_EXPORT,
            &CONTROL_ASK,
            &STANDARD_PROPOSE,
            &EVALUATION_OBJECT,
        ],
    },
    RoleGrant {
        role: "body_clerk",
        permissions: &[
            &CASE_REPORT,
            &CASE_HANDLE,
            &CASE_ASSIGN,
            &CASE_NOTE,
            &CASE_EXPORT,
            &STANDARD_PROPOSE,
        ],
    },
    RoleGrant {
        role: "body_head",
        permissions: &[
            &CASE_HANDLE,
            &CASE_ASSIGN,
            &CASE_NOTE,
            &CASE_FIGURES,
            &CASE_EXPORT,
            &ORDER_ANSWER,
            &STANDARD_PROPOSE,
            &EVALUATION_READ,
            &EVALUATION_OBJECT,
        ],
    },
    RoleGrant {
        role: "checker",
        permissions: &[&CASE_CHECK, &CASE_NOTE, &EVALUATION_OBJECT],
    },
    RoleGrant {
        role: "leader",
        permissions: &[
            &CASE_FIGURES,
            &CASE_NOTE,
            &CASE_EXPORT,
            &CONTROL_ASK,
            &CONTROL_APPROVE,
            &ORDER_ISSUE,
            &STANDARD_APPROVE,
            &EVALUATION_READ,
            &EVALUATION_PERSONS,
            &EVALUATION_DECIDE,
        ],
    },
    RoleGrant {
        role: "outside_body",
        permissions: &[&CASE_HANDLE, &CASE_OUTSIDE_RECEIVE],
    },
    RoleGrant {
        role: "open311_app",
        permissions: &[&CASE_REPORT],
    },
    RoleGrant {
        role: "open311_body",
        permissions: &[&CASE_HANDLE, &CASE_NOTE],
    },
    RoleGrant {
        role: "system_admin",
        permissions: &[&OPEN311_MANAGE],
    },
];

//! The closed sets of words of a case, each with what it is called in Chinese and in English.

use kernel::words;

words! {
    /// Where a case stands.
    pub enum State {
        /// Waits to be accepted.
        Reported = "reported", "待受理", "Reported";
        /// A worker looks whether the report is true.
        Verifying = "verifying", "核实中", "Being verified";
        /// Waits to be filed.
        Accepted = "accepted", "待立案", "Accepted";
        /// Not taken: an end.
        Declined = "declined", "不予受理", "Declined";
        /// Waits to be dispatched.
        Filed = "filed", "待派遣", "Filed";
        /// Waits to be received by the body.
        Dispatched = "dispatched", "待接收", "Dispatched";
        /// The body is at work.
        Handling = "handling", "处理中", "Being handled";
        /// Put off until a day with a reason: no limit runs.
        Suspended = "suspended", "挂账中", "Suspended";
        /// Waits to be sent for a check.
        Handled = "handled", "待核查", "Handled";
        /// Somebody looks whether it is done.
        Checking = "checking", "核查中", "Being checked";
        /// Waits to be closed.
        Checked = "checked", "待结案", "Checked";
        /// Done: an end.
        Closed = "closed", "已结案", "Closed";
        /// Given up with a reason: an end.
        Voided = "voided", "已作废", "Voided";
    }
}

words! {
    /// What can be done with a case.
    pub enum Action {
        /// Report it.
        Report = "report", "上报", "Report";
        /// Take it on.
        Accept = "accept", "受理", "Accept";
        /// Refuse it.
        Decline = "decline", "不予受理", "Decline";
        /// Have a worker look whether it is true.
        SendVerify = "send_verify", "发起核实", "Send for verification";
        /// Say whether it is true.
        Verify = "verify", "核实反馈", "Verify";
        /// File it under a standard.
        File = "file", "立案", "File";
        /// Send it to the responsible body.
        Dispatch = "dispatch", "派遣", "Dispatch";
        /// Take it as a body.
        Receive = "receive", "接收", "Receive";
        /// Give it to a colleague.
        Assign = "assign", "指派", "Assign";
        /// Report it done.
        Handle = "handle", "处理反馈", "Report as handled";
        /// Send it back a step with a reason.
        Return = "return", "退回", "Return";
        /// Have somebody look whether it is done.
        SendCheck = "send_check", "发起核查", "Send for a check";
        /// Say whether it is done.
        Check = "check", "核查反馈", "Check";
        /// Close it.
        Close = "close", "结案", "Close";
        /// Send it to the same body again.
        Rework = "rework", "返工", "Rework";
        /// Give it up.
        Void = "void", "作废", "Void";
        /// Say how satisfied the reporter is.
        Evaluate = "evaluate", "评价", "Evaluate";
        /// Settle it on the spot, without a body.
        Settle = "settle", "就地办结", "Settle on the spot";
        /// Give it to the centre a level up.
        SendUp = "send_up", "上报上级", "Send up";
        /// Give it to the centre a level down.
        SendDown = "send_down", "下派下级", "Send down";
        /// Give a verification or a check to another worker.
        HandOver = "hand_over", "转交", "Hand over";
        /// Refuse a verification or a check with a reason.
        RefuseTask = "refuse_task", "拒绝任务", "Refuse the task";
        /// Send it to another body.
        Transfer = "transfer", "改派", "Transfer";
        /// Call in a body that helps.
        CallIn = "call_in", "请求协办", "Call in a body";
        /// Report one's help as done.
        Assist = "assist", "协办反馈", "Report help as done";
        /// Finish one stage of several.
        FinishStage = "finish_stage", "阶段完成", "Finish the stage";
        /// Ask for more time.
        AskExtension = "ask_extension", "申请延期", "Ask for an extension";
        /// Give more time.
        Extend = "extend", "同意延期", "Extend";
        /// Ask to put it off.
        AskSuspension = "ask_suspension", "申请挂账", "Ask for suspension";
        /// Put it off.
        Suspend = "suspend", "同意挂账", "Suspend";
        /// Go on with what was put off.
        Resume = "resume", "恢复办理", "Resume";
        /// Ask that it does not count.
        Appeal = "appeal", "申诉", "Appeal";
        /// Take it out of the statistics.
        AcceptAppeal = "accept_appeal", "申诉成立", "Grant the appeal";
        /// Refuse what was asked for.
        Refuse = "refuse", "驳回申请", "Refuse the request";
        /// Open it again.
        Reopen = "reopen", "重新打开", "Reopen";
        /// Say whether dissatisfaction is justified.
        Review = "review", "不满意复核", "Review dissatisfaction";
        /// Add a remark.
        Note = "note", "备注", "Note";
    }
}

words! {
    /// Who a report comes from.
    pub enum Source {
        /// A grid worker.
        Worker = "worker", "网格员", "Grid worker";
        /// A resident.
        Resident = "resident", "居民", "Resident";
        /// A telephone line.
        Hotline = "hotline", "热线", "Hotline";
        /// A department or another office.
        Department = "department", "部门", "Department";
    }
}

words! {
    /// How satisfied the reporter is.
    pub enum Satisfaction {
        /// Satisfied.
        Satisfied = "satisfied", "满意", "Satisfied";
        /// Neither.
        Neutral = "neutral", "基本满意", "Fairly satisfied";
        /// Not satisfied.
        Dissatisfied = "dissatisfied", "不满意", "Dissatisfied";
    }
}

words! {
    /// What a body asks the centre for.
    pub enum Asked {
        /// More time.
        Extension = "extension", "延期", "Extension";
        /// To put it off until a day.
        Suspension = "suspension", "挂账", "Suspension";
        /// Not to be measured by it.
        Appeal = "appeal", "申诉", "Appeal";
    }
}

words! {
    /// The six steps of the closed loop.
    pub enum Step {
        /// Report.
        Report = "report", "采集上报", "Report";
        /// Verify and file.
        File = "file", "核实立案", "Verify and file";
        /// Dispatch.
        Dispatch = "dispatch", "指挥派遣", "Dispatch";
        /// Handle.
        Handle = "handle", "处理反馈", "Handle";
        /// Check and close.
        Check = "check", "核查结案", "Check and close";
        /// Evaluate.
        Evaluate = "evaluate", "考核评价", "Evaluate";
    }
}

impl State {
    /// Whether nothing more is to be done.
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Declined | Self::Closed | Self::Voided)
    }

    /// Whether the body's work is not done yet.
    pub const fn is_at_work(self) -> bool {
        !matches!(self, Self::Handled | Self::Checking | Self::Checked | Self::Closed)
    }

    /// Whether the body's limit is what the case is measured by.
    pub const fn is_with_body(self) -> bool {
        matches!(self, Self::Dispatched | Self::Handling)
    }
}

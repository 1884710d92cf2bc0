//! What this app refuses, with the words for it.

kernel::codes! {
    /// The action is no move of the state the case is in.
    MOVE_NOT_OPEN = 409, "cases.move_not_open", "案件当前为“{state}”，不能{action}", "The case is “{state_en}”; it cannot be: {action_en}";
    /// Closing needs a check that says it is done.
    CHECK_NOT_PASSED = 409, "cases.check_not_passed", "核查未通过，请返工或重新核查", "The check did not pass; send it for rework";
    /// A case is evaluated once.
    EVALUATED_BEFORE = 409, "cases.evaluated_before", "该案件已评价", "The case was evaluated before";
    /// The point lies outside the district.
    OUTSIDE = 422, "cases.outside", "位置不在本区范围内", "The place lies outside the district";
    /// There is no contact to show.
    NO_CONTACT = 404, "cases.no_contact", "该案件没有上报人联系方式", "This case has no contact";
    /// As many exports as may run at once run already.
    EXPORT_BUSY = 429, "cases.export_busy", "已有导出正在进行，请等它完成后再试", "Exports are running already; wait until one has ended";
    /// The press has no font with Chinese characters.
    NO_FONT = 503, "cases.no_font", "服务器没有中文字体，暂时不能生成 PDF，请管理员安装 fonts-noto-cjk", "The server has no Chinese font, so there is no PDF; ask your administrator to install fonts-noto-cjk";
    /// Too many documents are being set, or this one takes too long.
    PAPER_BUSY = 503, "cases.paper_busy", "正在生成的文件较多，请稍后再试", "Too many documents are being made; try again shortly";
    /// A preview that is not there any more.
    PREVIEW_GONE = 404, "cases.preview_gone", "预览已过期，请重新上传文件", "The preview has expired; upload the file again";
    /// A link that nobody was given.
    LINK_UNKNOWN = 404, "cases.link_unknown", "链接不正确，请核对或向指挥中心索取", "This link is not right; check it, or ask the centre for it";
    /// A link that opens nothing any more.
    LINK_ENDED = 410, "cases.link_ended", "链接已失效，如仍需处理请联系指挥中心重新发送", "This link has ended; ask the centre to send it again if it is still needed";
    /// No reports are taken there for a while.
    CONTROLLED = 409, "cases.controlled", "“{event}”期间（{from} 至 {to}）此处暂停上报：{reason}。涉及紧急安全问题的，请选择相应类别后再上报", "No reports are taken here during “{event}” ({from} to {to}): {reason_en}. If safety is at stake, choose the class that says so";
    /// Asked for and approved by the same person.
    FOUR_EYES = 409, "cases.four_eyes", "不能审批本人提出的申请", "What you have asked for yourself must be decided by somebody else";
    /// It was decided before, or is over.
    CONTROL_DECIDED = 409, "cases.control_decided", "该管控已处理，当前为“{state}”", "This stop is “{state_en}” already";
    /// A case cannot be part of that one.
    NOT_MERGEABLE = 409, "cases.not_mergeable", "不能并入：{why}", "Cannot be merged: {why_en}";
    /// Something has happened since the merge.
    MERGE_FIXED = 409, "cases.merge_fixed", "合并后案件已有变化，不能撤销", "Something has happened since the merge; it cannot be undone";
}

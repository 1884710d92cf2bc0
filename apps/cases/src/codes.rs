//! What this app refuses, with the words for it.

kernel::codes! {
    /// The action is no move of the state the case is in.
    MOVE_NOT_OPEN = 409, "cases.move_not_open", "案件当前为“{state}”，不能{action}", "The case is “{state_en}”; it cannot be: {action_en}";
    /// Closing needs a check that says it is done.
    CHECK_NOT_PASSED = 409, "cases.check_not_passed", "核查未通过，请返工或重新核查", "The check did not pass; send it for rework";
    /// A case is evaluated once.
    EVALUATED_BEFORE = 409, "cases.evaluated_before", "该案件已评价", "The case was evaluated before";
    /// Only those who reported a closed case are called back.
    NOT_CLOSED = 409, "cases.not_closed", "案件尚未结案或已重新打开，不能回访", "The case is not closed, so nobody is called back";
    /// A dispute that was not one, or is not decided yet.
    NO_DISPUTE = 409, "cases.no_dispute", "只有单位退回后重新派遣、仍在办理的案件才能记为裁定", "Only a case that a body has sent back, and that was dispatched again and is open, can be kept as a precedent";
    /// Withdrawn before.
    PRECEDENT_ENDED = 409, "cases.precedent_ended", "该裁定已撤销或被新的裁定取代", "This precedent was withdrawn or replaced before";
    /// The week's record stands.
    WEEK_CLOSED = 409, "cases.week_closed", "该周评议已结束，记录不能再改", "The review of this week is closed; its record stands";
    /// A review of a week that still runs.
    WEEK_RUNS = 409, "cases.week_runs", "该周尚未结束，不能结束评议", "This week is not over yet; its review cannot be closed";
    /// There is no centre above, or none below.
    NO_LEVEL = 409, "cases.no_level", "已到最上级或最下级，不能再流转", "There is no centre further in this direction";
    /// A transfer to the body that has the case.
    SAME_BODY = 409, "cases.same_body", "该案件已在这个单位", "This body has the case already";
    /// The work has stages that are not done.
    STAGES_LEFT = 409, "cases.stages_left", "还有未完成的阶段，请先逐个完成", "There are stages left; finish them one by one";
    /// There is no further stage.
    LAST_STAGE = 409, "cases.last_stage", "没有下一阶段，请直接处理反馈", "This is the last stage; report the case as handled";
    /// The body has asked for something that waits for an answer.
    ASKED_BEFORE = 409, "cases.asked_before", "已有一项“{what}”申请待答复", "A request waits for an answer already: {what_en}";
    /// There is nothing to answer.
    NOTHING_ASKED = 409, "cases.nothing_asked", "没有待答复的申请", "No such request waits for an answer";
    /// An extension after the deadline.
    AFTER_DUE = 409, "cases.after_due", "已超过时限，不能延期", "The limit has passed; it cannot be extended any more";
    /// No more extensions.
    EXTENDED_ENOUGH = 409, "cases.extended_enough", "已延期 {n} 次，不能再延", "Extended {n} times already";
    /// There is no limit to extend.
    NO_LIMIT = 409, "cases.no_limit", "该案件没有处理时限", "This case has no limit to extend";
    /// Suspended a second time.
    SUSPENDED_BEFORE = 409, "cases.suspended_before", "每个案件只能挂账一次", "A case can be suspended once only";
    /// Suspended into the past, or for too long.
    SUSPENDED_TOO_LONG = 422, "cases.suspended_too_long", "应晚于现在，且不超过允许的挂账天数", "Must lie ahead, within the days that are allowed";
    /// An appeal that cannot be made.
    NOTHING_TO_APPEAL = 409, "cases.nothing_to_appeal", "没有责任单位，或申诉已成立", "There is no body to appeal, or the appeal was granted already";
    /// Opened again too late.
    REOPEN_TOO_LATE = 409, "cases.reopen_too_late", "结案已超过 {days} 天，不能重新打开，请重新上报", "Closed more than {days} days ago; please report it anew";
    /// A review of what needs none.
    NOTHING_TO_REVIEW = 409, "cases.nothing_to_review", "没有待复核的不满意评价", "There is no dissatisfaction to review";
    /// Help from a body that was not called in, or is done.
    NOT_CALLED_IN = 409, "cases.not_called_in", "没有待完成的协办", "No help is waited for from this body";
    /// Called in twice, or the leading body.
    CALLED_IN_BEFORE = 409, "cases.called_in_before", "该单位已在主办或协办", "This body leads or helps already";
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
    /// The action is no move of the state the order is in.
    ORDER_NOT_OPEN = 409, "cases.order_not_open", "督办单当前为“{state}”，不能{action}", "The order is “{state_en}”; it cannot be: {action_en}";
    /// Nobody is there to be ordered.
    NO_BODY_TO_ORDER = 409, "cases.no_body_to_order", "案件尚未派遣到责任单位或已结束，不能督办", "No body has this case, or it has ended: there is nobody to order";
    /// A link that opens nothing any more.
    LINK_ENDED = 410, "cases.link_ended", "链接已失效，如仍需处理请联系指挥中心重新发送", "This link has ended; ask the centre to send it again if it is still needed";
    /// No reports are taken there for a while.
    CONTROLLED = 409, "cases.controlled", "“{event}”期间（{from} 至 {to}）此处暂停上报：{reason}。涉及紧急安全问题的，请选择相应类别后再上报", "No reports are taken here during “{event}” ({from} to {to}): {reason_en}. If safety is at stake, choose the class that says so";
    /// Asked for and approved by the same person.
    FOUR_EYES = 409, "cases.four_eyes", "不能审批本人提出的申请", "What you have asked for yourself must be decided by somebody else";
    /// Proposed, reviewed and approved by fewer than three people.
    PROPOSAL_OTHERS = 409, "cases.proposal_others", "申请、审核、批准须由不同的人办理", "A proposal is made, reviewed and approved by different people";
    /// It was decided before, or is over.
    CONTROL_DECIDED = 409, "cases.control_decided", "该管控已处理，当前为“{state}”", "This stop is “{state_en}” already";
    /// A case cannot be part of that one.
    NOT_MERGEABLE = 409, "cases.not_mergeable", "不能并入：{why}", "Cannot be merged: {why_en}";
    /// Something has happened since the merge.
    MERGE_FIXED = 409, "cases.merge_fixed", "合并后案件已有变化，不能撤销", "Something has happened since the merge; it cannot be undone";
    /// The district does not speak Open311.
    OPEN311_CLOSED = 404, "cases.open311_closed", "本区尚未开放 Open311 接口", "Open311 is not open here";
    /// Nothing at this address.
    OPEN311_NOTHING = 404, "cases.open311_nothing", "没有这个地址：{value}", "There is nothing at this address: {value}";
    /// Another's jurisdiction.
    OPEN311_JURISDICTION = 404, "cases.open311_jurisdiction", "jurisdiction_id 不存在：{value}", "jurisdiction_id provided was not found: {value}";
    /// No jurisdiction where one is asked for.
    OPEN311_NO_JURISDICTION = 400, "cases.open311_no_jurisdiction", "缺少 jurisdiction_id", "jurisdiction_id was not provided";
    /// No key.
    OPEN311_NO_KEY = 403, "cases.open311_no_key", "缺少 api_key", "Missing api_key -- can't proceed with create_request";
    /// A key that opens nothing.
    OPEN311_BAD_KEY = 403, "cases.open311_bad_key", "api_key 无效", "Invalid api_key received -- can't proceed with create_request";
    /// No service.
    OPEN311_NO_SERVICE = 400, "cases.open311_no_service", "缺少 service_code", "service_code was not provided";
    /// No such service, or none that is open.
    OPEN311_SERVICE_UNKNOWN = 404, "cases.open311_service_unknown", "service_code 不存在：{value}", "service_code provided was not found: {value}";
    /// No such request.
    OPEN311_REQUEST_UNKNOWN = 404, "cases.open311_request_unknown", "service_request_id 不存在：{value}", "service_request_id provided was not found: {value}";
    /// No such token.
    OPEN311_TOKEN_UNKNOWN = 404, "cases.open311_token_unknown", "token 不存在：{value}", "token provided was not found: {value}";
    /// A date that cannot be read.
    OPEN311_DATE = 400, "cases.open311_date", "{name} 不是 W3C 格式的日期：{value}", "{name} is no date in W3C format: {value}";
    /// Too long a span.
    OPEN311_SPAN = 400, "cases.open311_span", "start_date 与 end_date 相距不能超过 90 天", "start_date and end_date may not span more than 90 days";
    /// Another status.
    OPEN311_STATUS = 400, "cases.open311_status", "status 只能是 open 或 closed：{value}", "status must be open or closed: {value}";
    /// A number out of its range.
    OPEN311_NUMBER = 400, "cases.open311_number", "{name} 应为 1 到 {max} 的整数", "{name} must be a whole number from 1 to {max}";
    /// More of something than is taken.
    OPEN311_TOO_MANY = 400, "cases.open311_too_many", "数量太多，最多 {max} 个", "Too many: at most {max}";
    /// No place.
    OPEN311_NO_PLACE = 400, "cases.open311_no_place", "缺少位置：请提供 lat 和 long、address_string 或 address_id 之一", "No location was provided: one of lat & long, address_string or address_id is required";
    /// One of two coordinates.
    OPEN311_HALF_POINT = 400, "cases.open311_half_point", "lat 和 long 必须同时提供", "lat and long must both be provided";
    /// A coordinate that cannot be read.
    OPEN311_DEGREES = 400, "cases.open311_degrees", "{name} 不是有效的 WGS 84 度数：{value}", "{name} is not valid in WGS 84 degrees: {value}";
    /// No such area.
    OPEN311_ADDRESS_UNKNOWN = 400, "cases.open311_address_unknown", "address_id 不存在：{value}", "address_id provided was not found: {value}";
    /// A text that is too long.
    OPEN311_LENGTH = 400, "cases.open311_length", "{name} 最多 {max} 字", "{name} may have at most {max} characters";
    /// A medium's address that is none.
    OPEN311_MEDIA = 400, "cases.open311_media", "media_url 应为 http 或 https 网址", "media_url must be an http or https address";
    /// An answer that is asked for is missing.
    OPEN311_ATTRIBUTE_MISSING = 400, "cases.open311_attribute_missing", "缺少必填项 attribute[{code}]", "attribute[{code}] is required and was not provided";
    /// An answer that does not fit.
    OPEN311_ATTRIBUTE = 400, "cases.open311_attribute", "attribute[{code}] 的值不符合 {datatype}：{value}", "attribute[{code}] is no {datatype}: {value}";
    /// Another server that does not answer as it should.
    OPEN311_NO_ANSWER = 424, "cases.open311_no_answer", "对方服务器没有正常应答：{why}", "The other server did not answer as it should: {why}";
    /// A person's own objection, or that of who would gain by it.
    OBJECTION_OWN = 403, "cases.objection_own", "不能处理自己提出的或关于自己的异议", "Nobody decides on an objection of their own or about themselves";
    /// The same case for the same subject.
    OBJECTION_BEFORE = 409, "cases.objection_before", "该案件已有异议在处理或已有决定", "There is an objection to this case already";
    /// Nothing of this case is counted.
    OBJECTION_NOT_COUNTED = 409, "cases.objection_not_counted", "该案件未计入此考核对象", "This case is not counted here";
}

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
    OPEN311_NO_ANSWER = 502, "cases.open311_no_answer", "对方服务器没有正常应答：{why}", "The other server did not answer as it should: {why}";
}

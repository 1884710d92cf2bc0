//! A case as a row of a file: the columns, and what stands in each. Contacts are masked, as in the list.

use jiff::tz::TimeZone;
use kernel::Time;
use kernel::error::Lang;

use super::table::{Cell, Head};
use crate::model::Case;
use crate::view::Names;

/// The columns, in their order.
pub(crate) const HEADS: &[Head] = &[
    head("编号", "Number", 14.0),
    head("状态", "State", 12.0),
    head("来源", "Source", 10.0),
    head("描述", "Description", 50.0),
    head("类别编码", "Class code", 14.0),
    head("类别", "Class", 20.0),
    head("立案标准编码", "Standard code", 16.0),
    head("立案标准", "Filing standard", 36.0),
    head("区域编码", "Area code", 18.0),
    head("区域", "Area", 30.0),
    head("地点", "Place", 30.0),
    head("经度", "Longitude", 12.0),
    head("纬度", "Latitude", 12.0),
    head("部件标识码", "Component code", 20.0),
    head("承办单位编码", "Body code", 14.0),
    head("承办单位", "Body", 24.0),
    head("上报时间", "Reported", 17.0),
    head("受理时间", "Accepted", 17.0),
    head("立案时间", "Filed", 17.0),
    head("派遣时间", "Dispatched", 17.0),
    head("处理反馈时间", "Handled", 17.0),
    head("结束时间", "Ended", 17.0),
    head("当前时限", "Due", 17.0),
    head("是否超期", "Late", 10.0),
    head("返工次数", "Reworks", 10.0),
    head("退回次数", "Returns", 10.0),
    head("满意度", "Satisfaction", 12.0),
    head("联系人（脱敏）", "Contact (masked)", 16.0),
    head("电话（脱敏）", "Telephone (masked)", 16.0),
    head("外部编号", "External reference", 20.0),
];

const fn head(zh: &'static str, en: &'static str, width: f64) -> Head {
    Head { zh, en, width }
}

/// A case in the order of [`HEADS`].
pub(crate) fn row(case: &Case, names: &Names<'_>, zone: &TimeZone, lang: Lang) -> Vec<Cell> {
    let english = lang == Lang::En;
    let class = case.class.as_deref().map(|it| names.class(it));
    let standard = case.standard.and_then(|it| names.catalogue.standard(it));
    let area = names.area(&case.area);
    let body = case.body.as_deref().map(|it| names.body(it));
    let at = |time: Option<Time>| {
        time.map_or(Cell::Empty, |it| {
            Cell::At(it.to_jiff().to_zoned_datetime(zone.clone()).datetime())
        })
    };
    let text = |text: Option<&str>| text.map_or(Cell::Empty, Cell::text);
    let named = |it: &crate::view::Named| match &it.name_en {
        Some(name) if english => name.clone(),
        _ => it.name.clone(),
    };
    let late = case.late.map(|it| match (it, english) {
        (true, false) => "是",
        (false, false) => "否",
        (true, true) => "yes",
        (false, true) => "no",
    });
    vec![
        Cell::text(&case.number),
        Cell::text(lang.pick(case.state.zh(), case.state.en())),
        Cell::text(lang.pick(case.source.zh(), case.source.en())),
        Cell::text(&case.description),
        text(case.class.as_deref()),
        class.as_ref().map_or(Cell::Empty, |it| Cell::text(named(it))),
        text(standard.map(|it| it.code.as_str())),
        text(standard.map(|it| match &it.condition_en {
            Some(condition) if english => condition.as_str(),
            _ => it.condition.as_str(),
        })),
        Cell::text(&case.area),
        Cell::text(if english { area.path_en } else { area.path }),
        text(case.place.as_deref()),
        case.lng.map_or(Cell::Empty, Cell::Number),
        case.lat.map_or(Cell::Empty, Cell::Number),
        text(case.component.as_deref()),
        text(case.body.as_deref()),
        body.as_ref().map_or(Cell::Empty, |it| Cell::text(named(it))),
        at(Some(case.reported_at)),
        at(case.accepted_at),
        at(case.filed_at),
        at(case.dispatched_at),
        at(case.handled_at),
        at(case.closed_at),
        at(case.due_at),
        text(late),
        Cell::count(case.reworks),
        Cell::count(case.returns),
        text(case.satisfaction.map(|it| lang.pick(it.zh(), it.en()))),
        text(case.contact_name.as_deref()),
        text(case.contact_phone.as_deref()),
        text(case.external_ref.as_deref()),
    ]
}

//! The demo's responsibility list 责任清单: filing standards for every class of the 2026 edition, with limits, conditions
//! and who is responsible.

use standards::{Class, Kind, Limit, Unit, classes};

use super::family::{Family, Fault, Season, Setting};
use super::grounds::GROUNDS;
use super::matters::MATTERS;
use super::street::STREET;

/// Who a filing standard makes responsible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DemoDuty {
    /// A department or company, by code.
    Body(&'static str),
    /// The town in which the case lies.
    Town,
    /// The village in which the case lies.
    Village,
}

/// A filing standard 立案标准 of the demo.
#[derive(Debug, Clone)]
pub struct DemoStandard {
    /// `C` for components or `M` for matters, the class and a number: `C0100301`.
    pub code: String,
    /// Component or matter.
    pub kind: Kind,
    /// Class code of the 2026 edition.
    pub class: &'static str,
    /// Condition for filing, Chinese.
    pub condition: String,
    /// Condition for filing, English.
    pub condition_en: String,
    /// Condition for closing, Chinese.
    pub closing: String,
    /// Condition for closing, English.
    pub closing_en: String,
    /// How long handling may take.
    pub limit: Limit,
    /// Who handles.
    pub duty: DemoDuty,
    /// The department that supervises, by code.
    pub supervisor: &'static str,
    /// Its share of the demo's cases.
    pub(super) weight: f64,
    /// Its place among those of its class.
    number: usize,
    pub(super) family: &'static Family,
    pub(super) fault: &'static Fault,
    /// What `{t}` stands for.
    pub(super) thing: String,
}

impl DemoStandard {
    /// Its code in the tables, which hold several editions.
    pub fn stored_code(&self) -> String {
        format!("2026.{}", self.code)
    }

    /// What repeats over the year, by class where a class has seasons of its own.
    pub(super) fn season(&self) -> Season {
        SEASONS
            .iter()
            .find(|(words, _)| words.iter().any(|word| self.thing.contains(word)))
            .map_or(self.family.season, |(_, season)| *season)
    }

    pub(super) fn setting(&self) -> Setting {
        self.family.setting
    }
}

/// Classes with seasons other than their family's.
const SEASONS: &[(&[&str], Season)] = &[
    (&["道路不洁", "绿化弃料", "焚烧"], Season::Leaves),
    (&["噪声扰民", "游商", "垃圾未分类", "垃圾站"], Season::Summer),
    (&["店外经营", "占道经营", "乱堆杂物"], Season::Even),
    (&["路缘石", "标线", "盲道"], Season::Building),
    (&["水域不洁"], Season::Summer),
];

/// Which words of a class name make whom responsible, and who supervises. The first that fits is taken.
const DUTIES: &[(&[&str], DemoDuty, &str)] = &[
    (&["公交"], DemoDuty::Body("C08"), "D05"),
    (&["焚烧", "晒衣架"], DemoDuty::Village, "D01"),
    (&["非机动车乱停放"], DemoDuty::Town, "D01"),
    (&["共享单车", "租赁点"], DemoDuty::Body("C11"), "D01"),
    (&["消防"], DemoDuty::Body("D25"), "D11"),
    (&["园林井盖"], DemoDuty::Body("D22"), "D01"),
    (
        &["信号", "交通岗亭", "机动车乱停放", "履带车", "畜力车", "道路信息显示屏"],
        DemoDuty::Body("D04"),
        "D03",
    ),
    (&["供水", "中水"], DemoDuty::Body("C01"), "D06"),
    (
        &["污水井", "雨水", "化粪池", "排水泵站", "雨污水"],
        DemoDuty::Body("C02"),
        "D06",
    ),
    (&["燃气", "输油", "加油"], DemoDuty::Body("C03"), "D02"),
    (&["路灯", "地灯", "景观灯"], DemoDuty::Body("C09"), "D24"),
    (
        &["电力", "高压线", "变压器", "电缆", "充电桩", "架空线缆"],
        DemoDuty::Body("C04"),
        "D17",
    ),
    (&["热力", "供热"], DemoDuty::Body("C05"), "D02"),
    (&["电视"], DemoDuty::Body("C07"), "D15"),
    (
        &["通信", "网络", "电话", "信息亭", "架设管线", "邮筒", "快递"],
        DemoDuty::Body("C06"),
        "D18",
    ),
    (
        &["公安", "监控", "治安", "SOS", "门（楼号）牌"],
        DemoDuty::Body("D03"),
        "D03",
    ),
    (&["救助", "流浪", "地名牌"], DemoDuty::Body("D13"), "D13"),
    (&["文物"], DemoDuty::Body("D15"), "D15"),
    (&["景区", "出版物", "雕塑"], DemoDuty::Body("D15"), "D15"),
    (&["气象"], DemoDuty::Body("D28"), "D28"),
    (
        &["环保监测", "污水口", "污水监测", "噪声", "河道污染", "油烟", "露天烧烤"],
        DemoDuty::Body("D07"),
        "D07",
    ),
    (&["医疗废物"], DemoDuty::Body("D12"), "D12"),
    (
        &["餐饮", "自动售货机", "电梯", "广告语言", "屠宰"],
        DemoDuty::Body("D10"),
        "D10",
    ),
    (&["应急避难"], DemoDuty::Body("D11"), "D11"),
    (&["农贸市场", "售货亭", "报刊亭"], DemoDuty::Body("D16"), "D16"),
    (
        &["铁", "轨道", "公路隧道", "出租车", "限高架", "港监"],
        DemoDuty::Body("D05"),
        "D05",
    ),
    (&["沙（河）滩", "水域不洁", "占用河道"], DemoDuty::Town, "D06"),
    (
        &["水", "防汛", "堤岸", "跨河管道", "栈桥"],
        DemoDuty::Body("D06"),
        "D06",
    ),
    (
        &[
            "交通标志",
            "交通护栏",
            "防撞桶",
            "安全岛",
            "横道桩",
            "隔离体",
            "反视镜",
            "减速带",
            "标线",
        ],
        DemoDuty::Body("D04"),
        "D03",
    ),
    (
        &[
            "公共厕所",
            "公厕",
            "垃圾间",
            "垃圾箱",
            "环卫",
            "垃圾站",
            "道路不洁",
            "遗撒",
        ],
        DemoDuty::Body("C10"),
        "D23",
    ),
    (
        &[
            "树",
            "绿",
            "林地",
            "花",
            "喷泉",
            "病虫害",
            "公园",
            "座椅",
            "宠物",
            "挂箱",
        ],
        DemoDuty::Body("D22"),
        "D01",
    ),
    (
        &[
            "工地",
            "施工",
            "无证建设",
            "渣土运输",
            "高空悬吊",
            "公房",
            "预埋件",
            "装修",
        ],
        DemoDuty::Body("D02"),
        "D02",
    ),
    (
        &[
            "天桥",
            "通道异常",
            "地下通道",
            "立交",
            "跨河桥",
            "道路破损",
            "路缘石",
            "盲道",
            "无障碍",
            "台阶",
            "桥",
            "道口",
            "管廊",
            "井盖",
            "盖板",
            "掘路",
            "接坡",
            "边坡",
            "便道桩",
            "路名牌",
            "隔音屏",
        ],
        DemoDuty::Body("D24"),
        "D02",
    ),
    (&["停车", "车库", "停放点", "存车"], DemoDuty::Body("D01"), "D01"),
    (&["健身"], DemoDuty::Body("D15"), "D15"),
    (
        &["搭", "占用消防", "户外广告", "牌匾", "大型", "吊挂", "外立面", "遮阳"],
        DemoDuty::Town,
        "D01",
    ),
    (
        &["游商", "经营", "早（夜）市", "洗车", "促销", "小广告", "散发"],
        DemoDuty::Town,
        "D01",
    ),
    (
        &["地锁", "废弃", "乱堆", "暴露垃圾", "积存", "饲养", "动物", "晾"],
        DemoDuty::Village,
        "D01",
    ),
    (
        &["垃圾", "宣传", "标语", "彩旗", "积雪", "阳台", "空调"],
        DemoDuty::Village,
        "D23",
    ),
    (
        &["立杆", "综合杆", "旗杆", "箱", "亭", "塔", "柜", "机", "牌"],
        DemoDuty::Town,
        "D24",
    ),
];

/// Classes that make up four fifths of a centre's work, in proportion; all the others share the last fifth.
const FREQUENT: &[(Kind, &str, f64)] = &[
    (Kind::Matter, "暴露垃圾", 112.0),
    (Kind::Matter, "机动车乱停放", 78.0),
    (Kind::Matter, "非机动车乱停放", 62.0),
    (Kind::Matter, "店外经营", 58.0),
    (Kind::Matter, "无照经营游商", 52.0),
    (Kind::Matter, "积存垃圾渣土", 46.0),
    (Kind::Matter, "非法小广告", 44.0),
    (Kind::Matter, "乱堆杂物", 42.0),
    (Kind::Matter, "道路破损", 36.0),
    (Kind::Matter, "道路不洁", 34.0),
    (Kind::Matter, "共享单车乱象", 24.0),
    (Kind::Matter, "占道经营", 22.0),
    (Kind::Matter, "绿地脏乱", 20.0),
    (Kind::Matter, "噪声扰民", 17.0),
    (Kind::Matter, "水域不洁", 16.0),
    (Kind::Matter, "垃圾站（箱）满溢", 15.0),
    (Kind::Matter, "沿街晾挂", 14.0),
    (Kind::Component, "雨水箅子", 14.0),
    (Kind::Component, "路灯", 14.0),
    (Kind::Component, "污水井盖", 12.0),
    (Kind::Component, "行道树", 12.0),
    (Kind::Matter, "废弃家具设备", 11.0),
    (Kind::Component, "通信井盖", 10.0),
    (Kind::Component, "雨水井盖", 10.0),
    (Kind::Matter, "占用消防通道", 10.0),
    (Kind::Matter, "工地扬尘", 9.0),
    (Kind::Matter, "私搭乱建", 9.0),
    (Kind::Matter, "垃圾未分类", 9.0),
    (Kind::Matter, "雨水箅子异常", 9.0),
    (Kind::Component, "交通护栏", 8.0),
    (Kind::Matter, "焚烧垃圾、树叶", 8.0),
    (Kind::Matter, "道路遗撒（洒）", 8.0),
    (Kind::Matter, "乱倒乱排污水、废水", 8.0),
    (Kind::Component, "公共厕所", 7.0),
    (Kind::Component, "垃圾箱", 7.0),
    (Kind::Matter, "绿化弃料", 7.0),
    (Kind::Component, "交通标志牌及标线", 7.0),
    (Kind::Matter, "路缘石缺损", 6.0),
    (Kind::Matter, "行道树异常", 6.0),
    (Kind::Matter, "道路积雪、结冰", 6.0),
    (Kind::Matter, "架空线缆脱落", 6.0),
    (Kind::Matter, "露天烧烤", 5.0),
    (Kind::Matter, "施工扰民", 5.0),
    (Kind::Component, "供水井盖", 5.0),
    (Kind::Component, "电力井盖", 5.0),
    (Kind::Component, "交通信号灯", 5.0),
];

fn duty(name: &str) -> (DemoDuty, &'static str) {
    DUTIES
        .iter()
        .find(|(words, _, _)| words.iter().any(|word| name.contains(word)))
        .map_or((DemoDuty::Body("D01"), "D01"), |(_, duty, supervisor)| {
            (*duty, supervisor)
        })
}

/// A word fits anywhere in the name, or only at its end if it closes with `$`.
fn fits(name: &str, word: &str) -> bool {
    word.strip_suffix('$')
        .map_or_else(|| name.contains(word), |end| name.ends_with(end))
}

fn family(about_thing: bool, name: &str) -> &'static Family {
    let fitting = |family: &&'static Family| family.words.iter().any(|word| fits(name, word));
    let mut families = if about_thing {
        STREET.iter().chain(GROUNDS)
    } else {
        MATTERS.iter().chain(&[])
    };
    // The last family of each list fits every name.
    families.find(fitting).unwrap_or(&MATTERS[MATTERS.len() - 1])
}

/// Filing standards in the demo's list: as many as a real district publishes.
pub const STANDARDS: usize = 987;

/// The whole list, by kind and class.
pub fn standards() -> Vec<DemoStandard> {
    let all: Vec<&'static Class> = Kind::ALL.into_iter().flat_map(classes).collect();
    let listed: f64 = FREQUENT.iter().map(|(_, _, w)| w).sum();
    let is_listed = |class: &Class| {
        FREQUENT
            .iter()
            .any(|(kind, name, _)| *kind == class.kind && *name == class.name)
    };
    // The long tail falls off by rank; ranks follow a fixed shuffle of the list so that neighbours differ.
    let tail: Vec<usize> = (0..all.len()).filter(|&i| !is_listed(all[i])).collect();
    let rank_weight = |i: usize| 1.0 / (6 + i * 97 % tail.len()) as f64;
    let tail_sum: f64 = (0..tail.len()).map(rank_weight).sum();
    let mut rank = 0;
    let mut list = Vec::new();
    for class in all {
        let share = match FREQUENT
            .iter()
            .find(|(kind, name, _)| *kind == class.kind && *name == class.name)
        {
            Some((_, _, share)) => share / listed * 800.0,
            None => {
                rank += 1;
                rank_weight(rank - 1) / tail_sum * 200.0
            }
        };
        list.extend(of_class(class, share));
    }
    // Rare classes do with two standards.
    let mut spare: Vec<usize> = (0..list.len()).filter(|&i| list[i].number > 2).collect();
    spare.sort_by(|&a, &b| list[a].weight.total_cmp(&list[b].weight));
    spare.truncate(list.len().saturating_sub(STANDARDS));
    let mut index = 0;
    list.retain(|_| {
        index += 1;
        !spare.contains(&(index - 1))
    });
    list
}

fn of_class(class: &'static Class, share: f64) -> Vec<DemoStandard> {
    let about_thing = class.kind == Kind::Component || class.name.ends_with("异常");
    let thing = class.name.strip_suffix("异常").unwrap_or(class.name);
    let family = family(about_thing, thing);
    let faults: Vec<&'static Fault> = if class.kind == Kind::Component || !about_thing {
        family.faults.iter().collect()
    } else {
        // A matter about a thing: its state and surroundings first, then what people report under either heading.
        family.states.iter().chain(family.faults.last()).collect()
    };
    let (duty, supervisor) = duty(class.name);
    let fill = |text: &str| text.replace("{t}", thing);
    // Of the ways in which a class goes wrong, the last ones are rarer, and so are emergencies.
    let rarity = |unit| if unit == Unit::UrgentHour { 0.5 } else { 1.0 };
    let shares: Vec<f64> = faults
        .iter()
        .enumerate()
        .map(|(i, f)| rarity(f.limit.1) / (i + 1) as f64)
        .collect();
    let sum: f64 = shares.iter().sum();
    let letter = if class.kind == Kind::Component { 'C' } else { 'M' };
    let row = |(i, fault): (usize, &&'static Fault)| {
        let limit = Limit::new(fault.limit.0, fault.limit.1).ok()?;
        Some(DemoStandard {
            code: format!("{letter}{}{:02}", class.code, i + 1),
            kind: class.kind,
            class: class.code,
            condition: fill(fault.when),
            condition_en: fault.when_en.to_owned(),
            closing: fill(family.done),
            closing_en: family.done_en.to_owned(),
            limit,
            duty,
            supervisor,
            number: i + 1,
            weight: share * shares[i] / sum,
            family,
            fault,
            thing: thing.to_owned(),
        })
    };
    faults.iter().enumerate().filter_map(row).collect()
}

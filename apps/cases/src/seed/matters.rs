//! The families of matters that are about no thing: refuse, stalls, parking, building sites, waters and the like.
//!
//! Their filing standards differ by how bad it is, so the faults are degrees; what a report says is told by class in
//! [`super::text`].

use super::family::{Family, Season, Setting, calendar, days, fault, hours, urgent};

/// In the order in which they are tried; the last takes what no other has.
pub(super) const MATTERS: &[Family] = &[
    Family {
        words: &["积雪"],
        faults: &[
            fault(
                ("支路、背街小巷积雪结冰", "Snow or ice in side streets"),
                urgent(12.0),
                &[],
            ),
            fault(
                (
                    "主次干道、桥面积雪结冰影响通行",
                    "Snow or ice on main roads and bridges hinders traffic",
                ),
                urgent(4.0),
                &[],
            ),
            fault(
                ("临街檐口、管线冰凌有坠落危险", "Icicles over a pavement may fall"),
                urgent(6.0),
                &[],
            ),
        ],
        states: &[],
        done: "路面无积雪结冰，通行安全",
        done_en: "No snow or ice; safe to pass",
        result: &[
            "已铲冰除雪并撒布融雪剂",
            "已清除积雪，铺设防滑草垫",
            "已组织人员除冰，通行恢复",
        ],
        season: Season::Snow,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["线缆", "架设管线"],
        faults: &[
            fault(("线缆杂乱缠绕、下垂", "Cables are tangled and sag"), days(3.0), &[]),
            fault(
                (
                    "线缆垂落、断落，影响通行或有触电危险",
                    "A cable hangs low or has fallen and may be live",
                ),
                urgent(2.0),
                &[],
            ),
            fault(("未经批准架设管线、杆线", "Put up without permission"), days(5.0), &[]),
        ],
        states: &[],
        done: "线缆规整，无垂落和擅自架设",
        done_en: "Cables are tidy, none hangs or stands without leave",
        result: &["已抢修归位", "已捆扎整理", "已拆除废弃线缆"],
        season: Season::Storm,
        setting: Setting::Street,
    },
    Family {
        words: &["违规高空", "施工", "工地", "渣土运输", "预埋件", "无证建设", "无证掘路"],
        faults: &[
            fault(
                (
                    "现场管理不到位，可立即整改",
                    "Poor site management that can be put right at once",
                ),
                hours(8.0),
                &[],
            ),
            fault(("影响周边居民或交通", "Residents or traffic suffer"), hours(4.0), &[]),
            fault(
                ("临边、高空、坑洞无防护等危及安全", "Unguarded edges, heights or pits"),
                urgent(4.0),
                &[],
            ),
            fault(
                (
                    "未取得许可或屡次违规，需立案查处",
                    "Without a permit or again and again",
                ),
                days(7.0),
                &[],
            ),
        ],
        states: &[],
        done: "现场整改到位，围挡、覆盖、冲洗和公示符合要求",
        done_en: "The site is put right: hoarding, covers, washing and notices as required",
        result: &[
            "已责令整改并复查合格",
            "已整改到位，加强现场管理",
            "已立案查处，现场恢复",
        ],
        season: Season::Building,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["广告", "牌匾", "标语", "宣传品", "节庆", "促销"],
        faults: &[
            fault(
                ("零星设置，可当场清除", "A few, can be removed on the spot"),
                hours(4.0),
                &[],
            ),
            fault(("成片、多处设置", "Many, over a whole stretch"), days(1.0), &[]),
            fault(
                ("未经许可或屡禁不止，需立案查处", "Without a permit or again and again"),
                days(7.0),
                &[],
            ),
        ],
        states: &[],
        done: "违规广告和宣传品清除干净，设施牢固",
        done_en: "What was irregular is gone, what stands is firm",
        result: &["已清除干净", "已劝导当事人自行清除", "已清除并粉刷覆盖"],
        season: Season::Even,
        setting: Setting::Street,
    },
    Family {
        words: &[
            "停放",
            "共享单车",
            "停车场",
            "地锁",
            "消防通道",
            "无障碍通道",
            "桥下空间",
            "废弃车辆",
        ],
        faults: &[
            fault(("个别占用道路、通道", "A few in the way"), hours(2.0), &[]),
            fault(("大量占用，影响通行", "Many, hindering traffic"), hours(4.0), &[]),
            fault(("长期占用公共空间", "Public space is taken for long"), days(5.0), &[]),
        ],
        states: &[],
        done: "车辆和设施清离，通道畅通",
        done_en: "The vehicles or objects are gone, the way is clear",
        result: &[
            "已通知当事人移离，通道恢复",
            "已规整清理，秩序恢复",
            "已依法处置，通行恢复",
        ],
        season: Season::Even,
        setting: Setting::Street,
    },
    Family {
        words: &[
            "游商",
            "早（夜）市",
            "经营",
            "餐饮",
            "农贸市场",
            "洗车",
            "屠宰",
            "废品收购",
            "出版物",
            "烧烤",
        ],
        faults: &[
            fault(("单个摊点、店铺", "A single stall or shop"), hours(2.0), &[]),
            fault(
                ("多处聚集，影响通行或环境", "Several together, in the way"),
                hours(6.0),
                &[],
            ),
            fault(
                (
                    "多次劝导不改或无证，需立案查处",
                    "Warned in vain or without a licence: to be prosecuted",
                ),
                days(5.0),
                &[],
            ),
        ],
        states: &[],
        done: "占道和违规经营清除，秩序恢复，地面整洁",
        done_en: "The trading has stopped, order is back and the ground is clean",
        result: &[
            "已劝离，道路恢复通行",
            "已督促当事人整改到位",
            "已引导至便民疏导点",
            "已立案并责令改正",
        ],
        season: Season::Summer,
        setting: Setting::Street,
    },
    Family {
        words: &["道路破损", "标线", "路缘石", "盲道", "坡道", "台阶", "边坡"],
        faults: &[
            fault(
                (
                    "面积小于 1 平方米或单处",
                    "Less than one square metre, or a single place",
                ),
                days(3.0),
                &[],
            ),
            fault(
                ("面积大于 1 平方米或连续多处", "More than one square metre, or in a row"),
                days(7.0),
                &[],
            ),
            fault(
                ("塌陷、空洞等危及安全", "Collapsed, hollow or otherwise dangerous"),
                urgent(4.0),
                &[],
            ),
        ],
        states: &[],
        done: "修补平整、接茬密实，现场清理干净",
        done_en: "Even, tight and clean",
        result: &[
            "已修补平整，通行正常",
            "已更换破损部分，现场清理",
            "已先行围护并完成修复",
        ],
        season: Season::Rain,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["遗撒", "车轮夹带", "履带车", "畜力车"],
        faults: &[
            fault(
                ("个别车辆或长度小于 10 米", "A single vehicle, or less than ten metres"),
                hours(2.0),
                &[],
            ),
            fault(
                ("长度大于 10 米或影响通行", "More than ten metres, or in the way"),
                urgent(3.0),
                &[],
            ),
        ],
        states: &[],
        done: "路面清理干净，车辆依法处置",
        done_en: "The road is clean, the vehicle dealt with",
        result: &["已清扫冲洗", "已清理并查处运输车辆"],
        season: Season::Building,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["噪声", "油烟", "焚烧"],
        faults: &[
            fault(
                ("正在发生，可当场制止", "Going on and can be stopped on the spot"),
                urgent(2.0),
                &[],
            ),
            fault(
                ("同一对象多次发生，需整治", "The same source again and again"),
                days(5.0),
                &[],
            ),
            fault(
                ("需经检测确认是否超标", "To be confirmed by measurement"),
                days(7.0),
                &[],
            ),
        ],
        states: &[],
        done: "污染行为停止，检测达标",
        done_en: "It has stopped; what was measured is within limits",
        result: &["已现场制止并教育", "已责令整改，复查合格", "已核实处置，情况消除"],
        season: Season::Even,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["河", "水域", "堤岸", "污水"],
        faults: &[
            fault(
                ("范围小，可当日处置", "Small, can be dealt with in a day"),
                days(1.0),
                &[],
            ),
            fault(("范围较大或持续发生", "Large, or going on"), days(5.0), &[]),
            fault(
                ("影响水质、行洪或人员安全", "Water, flow or people are in danger"),
                urgent(8.0),
                &[],
            ),
        ],
        states: &[],
        done: "水面洁净、岸坡完好，无违规排放和占用",
        done_en: "Clean water, sound banks, no discharge or occupation",
        result: &["已打捞清运，水面整洁", "已溯源处置并恢复", "已责令恢复原状，复查合格"],
        season: Season::Rain,
        setting: Setting::Country,
    },
    Family {
        words: &[
            "违",
            "搭",
            "装修",
            "外立面",
            "阳台",
            "沿街晾挂",
            "吊挂",
            "低挂",
            "彩旗",
            "遮阳篷",
        ],
        faults: &[
            fault(
                ("影响市容，可即时整改", "Spoils the street, can be put right at once"),
                hours(4.0),
                &[],
            ),
            fault(
                ("正在进行，须先行制止", "Going on: to be stopped first"),
                urgent(6.0),
                &[],
            ),
            fault(
                (
                    "已形成，须认定后拆除或整改",
                    "Stands already: to be examined, then removed or put right",
                ),
                calendar(30.0),
                &[],
            ),
        ],
        states: &[],
        done: "违规行为停止，拆除或整改到位",
        done_en: "Stopped, removed or put right",
        result: &["已督促整改到位", "已自行拆除，现场清理", "已制止，后续跟踪复查"],
        season: Season::Even,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["病虫害", "伐树", "占绿毁绿", "绿化弃料", "绿地脏乱", "公园秩序"],
        faults: &[
            fault(
                ("面积小，可当日处置", "Small, can be dealt with in a day"),
                days(1.0),
                &[],
            ),
            fault(("面积较大或持续发生", "Large, or going on"), days(5.0), &[]),
            fault(
                (
                    "违反绿化、公园管理规定，需查处",
                    "Against the rules for greens and parks",
                ),
                days(7.0),
                &[],
            ),
        ],
        states: &[],
        done: "绿地恢复整洁，病虫得到控制，违法行为查处到位",
        done_en: "Clean and restored, pests under control, breaches dealt with",
        result: &["已处置到位，绿地恢复整洁", "已安排养护队处理", "已责令整改并加强巡查"],
        season: Season::Summer,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["流浪", "饲养", "动物尸体"],
        faults: &[
            fault(
                (
                    "可现场劝导、救助或清理",
                    "Can be settled, helped or cleared on the spot",
                ),
                hours(4.0),
                &[],
            ),
            fault(("需多部门联合处置", "Several bodies must act together"), days(3.0), &[]),
        ],
        states: &[],
        done: "人员得到救助或劝离，动物及尸体妥善处理，现场消毒",
        done_en: "People are helped, animals dealt with properly, the place disinfected",
        result: &["已妥善处理，现场恢复", "已劝导整改并消毒"],
        season: Season::Summer,
        setting: Setting::Country,
    },
    Family {
        words: &[""],
        faults: &[
            fault(
                ("零星散落，面积小于 1 平方米", "Scattered, less than one square metre"),
                hours(2.0),
                &[],
            ),
            fault(
                ("成堆堆放，面积 1 至 10 平方米", "Heaped, one to ten square metres"),
                hours(4.0),
                &[],
            ),
            fault(
                (
                    "面积大于 10 平方米或长期存在",
                    "More than ten square metres, or there for long",
                ),
                days(3.0),
                &[],
            ),
        ],
        states: &[],
        done: "清理干净，地面整洁无残留",
        done_en: "All is cleared away and the ground is clean",
        result: &["已清运干净并冲洗地面", "已清理并加强保洁", "已组织清运，恢复整洁"],
        season: Season::Festival,
        setting: Setting::Anywhere,
    },
];

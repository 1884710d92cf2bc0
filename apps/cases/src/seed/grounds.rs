//! The families of components beside the road: toilets and bins, trees, waterworks, pipes, benches, and all the rest.

use super::family::{Family, Season, Setting, calendar, days, fault, hours, urgent};

/// In the order in which they are tried; the last takes what no other has.
pub(super) const GROUNDS: &[Family] = &[
    Family {
        words: &["公共厕所", "垃圾", "环卫", "宠物", "烟头", "衣物"],
        faults: &[
            fault(
                (
                    "{t}破损、缺件，影响使用",
                    "Broken or with parts missing, so that it is hard to use",
                ),
                days(2.0),
                &["{p}{t}破损，无法正常使用", "{p}{t}门锁损坏"],
            ),
            fault(
                ("{t}缺失", "Missing"),
                days(3.0),
                &["{p}{t}缺失，垃圾随地堆放", "{p}原有{t}不见了"],
            ),
        ],
        states: &[
            fault(
                ("{t}脏污、满溢或异味明显", "Dirty, overflowing or smelling"),
                hours(4.0),
                &[
                    "{p}{t}满溢，异味较大",
                    "{p}{t}未及时清理，蚊蝇较多",
                    "{p}{t}周边污水横流",
                ],
            ),
            fault(
                (
                    "{t}无公示停用，或被移位、圈占",
                    "Closed without notice, moved or fenced off",
                ),
                days(1.0),
                &["{p}{t}锁门停用，无任何公示", "{p}{t}被挪到盲道上"],
            ),
        ],
        done: "{t}完好可用、整洁无异味",
        done_en: "Usable, clean and without smell",
        result: &["已维修{t}", "已清运保洁并消杀", "已补充配置{t}", "已恢复开放"],
        season: Season::Summer,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["护树设施", "树池", "花架", "挂箱", "绿地附属"],
        faults: &[
            fault(
                ("{t}破损、松脱或变形", "Broken, loose or bent"),
                days(3.0),
                &["{p}{t}破损，泥土外溢", "{p}{t}松脱翘起，易绊倒行人"],
            ),
            fault(("{t}缺失", "Missing"), days(5.0), &["{p}{t}缺失", "{p}{t}被人挪走"]),
        ],
        states: &[
            fault(
                ("{t}内有垃圾、杂草", "Litter or weeds in it"),
                days(1.0),
                &["{p}{t}内烟头、垃圾较多", "{p}{t}杂草丛生"],
            ),
            fault(
                ("{t}移位、占道", "Moved, in the way"),
                days(1.0),
                &["{p}{t}被挪到人行道中间", "{p}{t}移位，影响通行"],
            ),
        ],
        done: "{t}完好整洁、位置正确",
        done_en: "Whole, clean and in its place",
        result: &["已修复{t}", "已清理{t}", "已补装{t}"],
        season: Season::Even,
        setting: Setting::Street,
    },
    Family {
        words: &["绿地"],
        faults: &[
            fault(
                ("{t}黄土裸露、缺株", "Bare soil or missing plants"),
                calendar(30.0),
                &["{p}{t}黄土裸露", "{p}{t}灌木缺株约三米"],
            ),
            fault(
                ("{t}被碾压、踩踏损毁", "Crushed by wheels or trodden down"),
                days(7.0),
                &["{p}{t}被车辆碾压", "{p}{t}被踩出一条小路"],
            ),
        ],
        states: &[
            fault(
                (
                    "{t}杂草、病虫、缺水未处理",
                    "Weeds, pests or drought are not dealt with",
                ),
                days(3.0),
                &["{p}{t}杂草丛生，高过灌木", "{p}{t}缺水干枯"],
            ),
            fault(
                (
                    "{t}植株遮挡视线或侵占道路",
                    "Plants hide the view or grow into the road",
                ),
                days(5.0),
                &["{p}{t}绿篱过高，遮挡路口视线", "{p}{t}枝条侵占人行道"],
            ),
        ],
        done: "{t}植株完整、长势良好、无裸露",
        done_en: "Complete, healthy, no bare soil",
        result: &["已补植", "已修剪养护", "已浇水并清除杂草"],
        season: Season::Summer,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["古树", "行道树", "独立树", "林地"],
        faults: &[
            fault(
                (
                    "{t}倒伏、断枝，影响通行或安全",
                    "A tree or branch has fallen or hangs, in the way or dangerous",
                ),
                urgent(4.0),
                &[
                    "{p}{t}被风刮断，横在人行道上",
                    "{p}{t}倒伏压住车辆",
                    "{p}{t}断枝悬挂在半空",
                ],
            ),
            fault(
                ("{t}枯死或缺株，需补植", "Dead or missing, to be replanted"),
                calendar(30.0),
                &["{p}{t}枯死，未及时补植", "{p}{t}缺株，黄土裸露"],
            ),
            fault(
                ("{t}支撑、围护、盆体损坏", "The stake, guard or container is broken"),
                days(3.0),
                &["{p}{t}支撑松脱", "{p}{t}围护破损，泥土外溢"],
            ),
        ],
        states: &[
            fault(
                (
                    "{t}枝叶遮挡视线、灯具或碰触架空线",
                    "Branches hide the view or a lamp, or touch a line",
                ),
                days(5.0),
                &[
                    "{p}{t}枝条伸入居民阳台",
                    "{p}{t}枝叶碰触架空线，刮风时打火",
                    "{p}{t}遮挡路灯和指示牌",
                ],
            ),
            fault(
                (
                    "{t}干旱、杂草、病虫或垃圾未处理",
                    "Drought, weeds, pests or litter are not dealt with",
                ),
                days(3.0),
                &["{p}{t}杂草丛生", "{p}{t}发现虫害，地面虫粪较多", "{p}{t}缺水干枯"],
            ),
        ],
        done: "{t}长势良好，无安全隐患，现场清理干净",
        done_en: "Healthy and safe, the site clean",
        result: &["已清理倒伏枝干", "已修剪养护", "已补植到位", "已喷药防治，后续跟踪"],
        season: Season::Storm,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["加油", "地下室", "文物古迹", "岗亭", "电梯", "停靠站", "港监"],
        faults: &[
            fault(
                ("{t}部件、墙体或地面损坏", "Parts, walls or floor are damaged"),
                days(5.0),
                &["{p}{t}墙面开裂脱落", "{p}{t}门窗损坏"],
            ),
            fault(
                (
                    "{t}存在坠落、坍塌、触电等危险",
                    "Something may fall, give way or be live",
                ),
                urgent(6.0),
                &["{p}{t}顶部构件松动，有坠落危险", "{p}{t}线路老化裸露"],
            ),
        ],
        states: &[
            fault(
                ("{t}周边环境脏乱", "Untidy around it"),
                days(1.0),
                &["{p}{t}周边垃圾较多", "{p}{t}门前堆放杂物"],
            ),
            fault(
                ("{t}停用而未公示", "Closed without notice"),
                days(2.0),
                &["{p}{t}停用多日，未见告示", "{p}{t}长期锁闭"],
            ),
        ],
        done: "{t}安全完好、环境整洁、正常使用",
        done_en: "Safe, whole, tidy and in use",
        result: &["已维修{t}", "已消除险情", "已清理整治"],
        season: Season::Even,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["泵站", "排放口", "水域", "防蚊闸", "水井"],
        faults: &[
            fault(
                ("{t}破损、开裂或变形", "Damaged, cracked or bent"),
                days(5.0),
                &["{p}{t}破损开裂", "{p}{t}被水冲坏一段，需修复"],
            ),
            fault(
                (
                    "{t}损坏危及行人或防汛安全",
                    "The damage endangers passers-by or flood safety",
                ),
                urgent(6.0),
                &["{p}{t}损坏严重，汛期存在险情", "{p}{t}缺损一段，临水一侧无防护"],
            ),
        ],
        states: &[
            fault(
                (
                    "{t}淤积、堵塞，影响排水",
                    "Silt or rubbish keeps the water from flowing",
                ),
                days(3.0),
                &["{p}{t}被水草和垃圾堵塞", "{p}{t}淤积严重，排水缓慢"],
            ),
            fault(
                (
                    "{t}晴天出水、水色异常或有异味",
                    "It discharges in dry weather, or with colour or smell",
                ),
                urgent(6.0),
                &["{p}{t}晴天仍有污水流出，水体发黑", "{p}{t}出水带泡沫并有异味"],
            ),
        ],
        done: "{t}完好，过水通畅，临水防护齐全",
        done_en: "Whole, free-flowing and safely guarded",
        result: &["已修复{t}，排水通畅", "已清淤疏通", "已设置围护并完成修复"],
        season: Season::Rain,
        setting: Setting::Country,
    },
    Family {
        words: &["管道", "管廊", "供水器", "水鹤", "化粪池"],
        faults: &[
            fault(
                ("{t}破损、漏水、漏气或外溢", "Broken and leaking water, gas or sewage"),
                urgent(2.0),
                &[
                    "{p}{t}漏水，路面积水不断扩大",
                    "{p}{t}处有明显异味，疑似泄漏",
                    "{p}{t}外溢，影响居民通行",
                ],
            ),
            fault(
                ("{t}支架、固定件脱落或变形", "Supports or fixings are gone or bent"),
                days(1.0),
                &["{p}{t}支架脱落，管体悬空", "{p}{t}固定件锈断"],
            ),
        ],
        states: &[
            fault(
                (
                    "{t}防护层、警示标识缺失",
                    "The coating, guard or warning sign is missing",
                ),
                days(3.0),
                &["{p}{t}保温层脱落", "{p}{t}警示标识缺失，存在被误挖风险"],
            ),
            fault(
                ("{t}被建筑物、堆物占压", "Buildings or piled goods lie on it"),
                days(5.0),
                &["{p}{t}上方堆放建材，影响检修", "{p}{t}被搭建物占压"],
            ),
        ],
        done: "{t}无泄漏，支护、防护和标识齐全",
        done_en: "No leak; supports, guards and signs are complete",
        result: &[
            "已抢修完毕，{t}恢复正常",
            "已更换破损管段，现场恢复",
            "已清掏{t}，无外溢",
        ],
        season: Season::Even,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["座椅", "雕塑", "喷泉", "健身", "休息亭", "晒衣架"],
        faults: &[
            fault(
                ("{t}破损、缺件", "Broken or with parts missing"),
                days(5.0),
                &["{p}{t}木条断裂", "{p}{t}部件缺失，无法使用"],
            ),
            fault(
                (
                    "{t}松脱、断裂，继续使用有受伤危险",
                    "Loose or breaking: whoever uses it may be hurt",
                ),
                urgent(6.0),
                &["{p}{t}转轴断裂，老人锻炼时险些摔伤", "{p}{t}运行中有异响，多次停运"],
            ),
        ],
        states: &[
            fault(
                ("{t}脏污、涂画", "Dirty or scribbled on"),
                days(2.0),
                &["{p}{t}被涂画", "{p}{t}积灰和鸟粪较多"],
            ),
            fault(
                ("{t}松动、锈蚀", "Loose or rusted"),
                days(3.0),
                &["{p}{t}底座松动", "{p}{t}锈蚀掉漆，划伤衣物"],
            ),
        ],
        done: "{t}完好、稳固、整洁，可安全使用",
        done_en: "Whole, firm and clean, safe to use",
        result: &["已维修加固{t}", "已更换部件", "已清洗出新"],
        season: Season::Even,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["消防设施"],
        faults: &[
            fault(
                ("{t}破损、变形或缺件", "Broken, bent or with parts missing"),
                days(3.0),
                &["{p}{t}外壳破损", "{p}{t}被撞变形"],
            ),
            fault(
                (
                    "{t}缺件、漏水或不能使用",
                    "Parts are missing, it leaks or cannot be used",
                ),
                urgent(4.0),
                &["{p}{t}出水口盖缺失", "{p}{t}漏水，路面湿滑"],
            ),
        ],
        states: &[
            fault(
                ("{t}故障停用未公示", "Out of order without notice"),
                days(3.0),
                &["{p}{t}长期停用，无人维护", "{p}{t}无法使用"],
            ),
            fault(
                ("{t}表面污损、张贴小广告", "The surface is soiled or flyposted"),
                days(1.0),
                &["{p}{t}贴满小广告", "{p}{t}表面脏污"],
            ),
        ],
        done: "{t}完好整洁，能正常使用",
        done_en: "Whole, clean, locked and working",
        result: &["已修复{t}", "已补齐配件，试水正常", "已清理表面张贴物"],
        season: Season::Even,
        setting: Setting::Street,
    },
    Family {
        words: &[""],
        faults: &[
            fault(
                ("{t}破损、变形或缺件", "Broken, bent or with parts missing"),
                days(3.0),
                &["{p}{t}外壳破损", "{p}{t}被撞变形"],
            ),
            fault(
                (
                    "{t}门体敞开、线路裸露或有漏电危险",
                    "The door stands open, wires are bare or live",
                ),
                urgent(4.0),
                &["{p}{t}箱门敞开，线路外露", "{p}{t}门锁损坏，儿童可触及内部线路"],
            ),
        ],
        states: &[
            fault(
                ("{t}故障停用未公示", "Out of order without notice"),
                days(3.0),
                &["{p}{t}长期停用，无人维护", "{p}{t}无法使用"],
            ),
            fault(
                ("{t}表面污损、张贴小广告", "The surface is soiled or flyposted"),
                days(1.0),
                &["{p}{t}贴满小广告", "{p}{t}表面脏污"],
            ),
        ],
        done: "{t}完好整洁，门体闭锁，能正常使用",
        done_en: "Whole, clean, locked and working",
        result: &["已修复{t}", "已关闭箱门并更换门锁", "已清理表面张贴物"],
        season: Season::Even,
        setting: Setting::Street,
    },
];

//! The families of components that stand in and along the road: covers, signals, signs, poles, barriers, lamps.

use super::family::{Family, Season, Setting, days, fault, hours, urgent};

/// In the order in which they are tried, before those of the grounds.
pub(super) const STREET: &[Family] = &[
    Family {
        words: &["井盖", "箅子", "盖板"],
        faults: &[
            fault(
                (
                    "{t}不在位，井口或沟口敞开",
                    "The cover is gone and the opening lies bare",
                ),
                urgent(2.0),
                &[
                    "{p}{t}缺失，井口敞开，行人和非机动车通行危险",
                    "{p}一处{t}不见了，已临时摆放警示物，请尽快补装",
                ],
            ),
            fault(
                (
                    "{t}断裂、缺角或露筋，承载能力不足",
                    "The cover is cracked or chipped and no longer carries a load",
                ),
                days(1.0),
                &[
                    "{p}{t}破损下沉，存在安全隐患",
                    "{p}{t}边角断裂，车辆经过时翘起",
                    "{p}{t}裂成两块，已有电动车被绊",
                ],
            ),
            fault(
                (
                    "{t}与路面高差大于 15 毫米",
                    "The cover lies more than 15 mm above or below the road",
                ),
                days(2.0),
                &[
                    "{p}{t}明显低于路面，车辆经过颠簸",
                    "{p}{t}高出路面约三厘米，夜间易绊倒行人",
                ],
            ),
        ],
        states: &[
            fault(
                (
                    "{t}松动，车辆经过时发出明显响声",
                    "The cover is loose and rattles under traffic",
                ),
                days(1.0),
                &[
                    "{p}{t}松动，夜间车辆经过异响扰民",
                    "{p}{t}不平稳，车轮一压就响，附近居民反映强烈",
                ],
            ),
            fault(
                ("{t}处堵塞积水或污水外溢", "Water stands or sewage spills at the cover"),
                urgent(4.0),
                &[
                    "{p}{t}被树叶和淤泥堵塞，雨后积水约十厘米",
                    "{p}{t}处污水外溢，异味较大",
                    "{p}{t}排水不畅，路面大面积积水",
                ],
            ),
            fault(
                (
                    "{t}周边路面开裂、下陷或空洞",
                    "The pavement around the cover cracks, sinks or is hollow",
                ),
                urgent(4.0),
                &[
                    "{p}{t}四周路面下陷，疑似底部脱空",
                    "{p}{t}周边沥青开裂塌陷，车辆避让困难",
                ],
            ),
        ],
        done: "{t}安装平稳、与路面齐平，周边路面恢复，现场清理干净",
        done_en: "The cover sits firm and level, the pavement around it is made good and the site is clean",
        result: &[
            "已更换{t}，安装平稳，现场已清理",
            "已现场维修{t}并加装防坠网",
            "已加固{t}，恢复路面，通行正常",
        ],
        season: Season::Rain,
        setting: Setting::Street,
    },
    Family {
        words: &["信号", "监控电子眼", "SOS"],
        faults: &[
            fault(
                ("{t}不亮或停止工作", "The equipment is dark or does not work"),
                urgent(2.0),
                &["{p}{t}不工作，路口通行混乱", "{p}{t}全部熄灭，请尽快派人处理"],
            ),
            fault(
                (
                    "{t}外壳破损、部件脱落或线路外露",
                    "The housing is broken, parts hang loose or wires are bare",
                ),
                days(1.0),
                &["{p}{t}外壳破损，线路外露", "{p}{t}被车辆碰撞后变形"],
            ),
        ],
        states: &[
            fault(
                (
                    "{t}显示错误、配时明显不合理或画面异常",
                    "The equipment shows wrongly or is badly timed",
                ),
                urgent(4.0),
                &["{p}{t}红绿同亮，存在安全隐患", "{p}{t}倒计时不显示，绿灯时间过短"],
            ),
            fault(
                (
                    "{t}被树枝、广告遮挡或角度偏转",
                    "The equipment is hidden by branches or signs, or turned away",
                ),
                days(1.0),
                &["{p}{t}被行道树枝叶遮挡，司机看不清", "{p}{t}被大风吹偏，朝向不对"],
            ),
        ],
        done: "{t}恢复正常工作，外观完好",
        done_en: "The equipment works again and is whole",
        result: &["已检修{t}，恢复正常", "已更换故障模块，{t}工作正常"],
        season: Season::Storm,
        setting: Setting::Street,
    },
    Family {
        words: &["监测", "噪声显示屏"],
        faults: &[
            fault(
                ("{t}设备损坏或缺件", "The station is damaged or lacks parts"),
                days(5.0),
                &["{p}{t}箱体破损，仪器外露", "{p}{t}屏幕损坏，无显示"],
            ),
            fault(
                (
                    "{t}断电或离线超过 2 小时",
                    "Without power or offline for more than two hours",
                ),
                days(1.0),
                &["{p}{t}断电停止运行", "{p}{t}离线，后台无数据"],
            ),
        ],
        states: &[
            fault(
                (
                    "{t}数据明显异常或长时间不变",
                    "The readings are plainly wrong or do not change",
                ),
                days(2.0),
                &["{p}{t}数据长时间不变", "{p}{t}显示数值明显偏离周边点位"],
            ),
            fault(
                ("{t}周边有遮挡物或干扰源", "Something hides or disturbs the station"),
                days(3.0),
                &["{p}{t}旁堆放杂物，影响监测", "{p}{t}被树木遮挡"],
            ),
        ],
        done: "{t}恢复在线，数据正常",
        done_en: "The station is online again with sound readings",
        result: &["已恢复供电，{t}数据正常", "已更换传感器，{t}恢复在线"],
        season: Season::Even,
        setting: Setting::Anywhere,
    },
    Family {
        words: &[
            "指示牌",
            "标识牌",
            "公示牌",
            "路名牌",
            "地名牌",
            "标示牌",
            "标志牌",
            "门（楼号）牌",
            "输油（气）标志",
            "景区标识",
            "显示屏",
            "宣传栏",
            "反视镜",
        ],
        faults: &[
            fault(
                ("{t}缺失", "The sign is gone"),
                days(3.0),
                &["{p}{t}缺失，外来车辆容易走错", "{p}{t}只剩立柱，面板不见"],
            ),
            fault(
                ("{t}面板破损、变形或脱落", "The panel is broken, bent or coming off"),
                days(3.0),
                &["{p}{t}面板破损卷边", "{p}{t}一角脱落，随风摆动"],
            ),
            fault(
                ("{t}倾斜、松动，有坠落危险", "Leaning or loose and about to fall"),
                urgent(6.0),
                &["{p}{t}被大风吹斜，有坠落危险", "{p}{t}固定螺丝脱落，摇摇欲坠"],
            ),
        ],
        states: &[
            fault(
                ("{t}内容错误或与现状不符", "The text is wrong or out of date"),
                days(5.0),
                &["{p}{t}指示方向与实际不符", "{p}{t}名称有错字"],
            ),
            fault(
                (
                    "{t}污损、褪色或被遮挡，无法辨认",
                    "Soiled, faded or hidden so that it cannot be read",
                ),
                days(2.0),
                &["{p}{t}被喷涂污损", "{p}{t}褪色严重，看不清内容", "{p}{t}被树枝挡住"],
            ),
        ],
        done: "{t}齐全完好、内容正确、清晰可见",
        done_en: "In place, whole, right and easy to read",
        result: &["已更换{t}", "已扶正并加固{t}", "已清洗{t}，修剪遮挡枝条"],
        season: Season::Storm,
        setting: Setting::Street,
    },
    Family {
        words: &["户外广告", "牌匾"],
        faults: &[
            fault(
                ("{t}松动、倾斜，有坠落危险", "Loose or leaning and may fall"),
                urgent(6.0),
                &["{p}{t}面板被风掀起，随时可能坠落", "{p}{t}固定件锈断，下方为人行道"],
            ),
            fault(
                ("{t}破损、缺字或变形", "Broken, bent or with letters missing"),
                days(3.0),
                &["{p}{t}缺字少画", "{p}{t}画面破损卷边"],
            ),
        ],
        states: &[
            fault(
                ("{t}夜间亮化不全、闪烁", "Lit in part only, or flickering"),
                days(5.0),
                &["{p}{t}夜间亮灯不全", "{p}{t}灯光闪烁刺眼"],
            ),
            fault(
                ("{t}脏污、褪色", "Soiled or faded"),
                days(3.0),
                &["{p}{t}积灰褪色", "{p}{t}表面污渍明显"],
            ),
        ],
        done: "{t}牢固、完好、整洁",
        done_en: "Firm, whole and clean",
        result: &["已加固{t}", "已拆除破损{t}", "已更换画面"],
        season: Season::Storm,
        setting: Setting::Street,
    },
    Family {
        words: &[
            "立杆",
            "综合杆",
            "旗杆",
            "铁塔",
            "水塔",
            "牌楼",
            "基站",
            "电力设施",
            "限高架",
        ],
        faults: &[
            fault(
                ("{t}倒伏或随时可能倒伏", "Fallen, or about to fall"),
                urgent(4.0),
                &["{p}{t}被车撞倒，横在路边", "{p}{t}倾倒压在围墙上，十分危险"],
            ),
            fault(
                ("{t}明显倾斜", "Leaning plainly"),
                days(2.0),
                &["{p}{t}明显倾斜，大风天有倒伏风险", "{p}{t}向道路一侧倾斜"],
            ),
            fault(
                ("{t}锈蚀、开裂或部件缺失", "Rusted, cracked or with parts missing"),
                days(5.0),
                &["{p}{t}根部锈蚀严重", "{p}{t}表面开裂露筋"],
            ),
        ],
        states: &[
            fault(
                (
                    "{t}上私拉乱挂线缆、张贴悬挂物",
                    "Cables, posters or other things are hung on it without leave",
                ),
                days(1.0),
                &["{p}{t}上缠绕多股废弃线缆", "{p}{t}上悬挂横幅未清理"],
            ),
            fault(
                (
                    "{t}已停用，未拆除或留有残桩",
                    "Out of use, not removed or with a stump left",
                ),
                days(10.0),
                &["{p}{t}早已废弃，仍立在人行道中央", "{p}{t}拆除后留有残桩，易绊倒行人"],
            ),
        ],
        done: "{t}稳固直立或已拆除，附挂物清理干净",
        done_en: "Upright and firm, or taken away; nothing hangs on it",
        result: &["已扶正加固{t}", "已拆除废弃{t}并恢复路面", "已清理附挂物"],
        season: Season::Storm,
        setting: Setting::Anywhere,
    },
    Family {
        words: &[
            "护栏",
            "防撞桶",
            "横道桩",
            "便道桩",
            "隔离",
            "安全岛",
            "隔音屏",
            "减速带",
            "支架",
            "防汛墙",
            "无障碍设施",
        ],
        faults: &[
            fault(
                ("{t}缺失或缺段", "Missing, wholly or in part"),
                days(2.0),
                &["{p}{t}缺失两节，行人随意横穿", "{p}{t}被人拆走，留有地脚螺栓"],
            ),
            fault(
                ("{t}变形、断裂或破损", "Bent, broken or cracked"),
                days(2.0),
                &["{p}{t}被车辆碰撞变形", "{p}{t}断裂，断口锋利"],
            ),
        ],
        states: &[
            fault(
                ("{t}移位、倒伏，影响通行", "Moved or fallen and in the way"),
                hours(4.0),
                &["{p}{t}倒伏在机动车道上", "{p}{t}被挪动，占据半幅道路"],
            ),
            fault(
                ("{t}积灰脏污或螺栓松动", "Caked with dirt, or with loose bolts"),
                days(2.0),
                &["{p}{t}积灰严重", "{p}{t}螺栓松动，晃动明显"],
            ),
        ],
        done: "{t}齐全稳固、线形顺直、表面整洁",
        done_en: "Complete, firm, straight and clean",
        result: &["已更换损坏的{t}", "已扶正归位并加固", "已清洗{t}"],
        season: Season::Even,
        setting: Setting::Street,
    },
    Family {
        words: &["停车", "车库", "公交站", "租赁点", "停放点"],
        faults: &[
            fault(
                ("{t}部件破损、缺失", "Parts are broken or missing"),
                days(3.0),
                &["{p}{t}玻璃破碎，碎片未清理", "{p}{t}座椅和顶棚破损"],
            ),
            fault(
                ("{t}标识、标线缺失或不清", "Signs or markings are missing or unclear"),
                days(5.0),
                &["{p}{t}标线磨损不清", "{p}{t}线路信息缺失"],
            ),
        ],
        states: &[
            fault(
                (
                    "{t}内垃圾、杂物或车辆摆放杂乱",
                    "Litter, clutter or vehicles left anyhow",
                ),
                hours(4.0),
                &["{p}{t}垃圾较多，候车环境差", "{p}{t}车辆摆放杂乱，堵住出入口"],
            ),
            fault(
                ("{t}设备故障不能使用", "The equipment cannot be used"),
                days(2.0),
                &["{p}{t}道闸不抬杆，车辆排队", "{p}{t}缴费设备无法扫码"],
            ),
        ],
        done: "{t}完好整洁，设备可用",
        done_en: "Whole, tidy and usable",
        result: &["已修复{t}", "已清理整治，秩序恢复", "已检修设备，恢复使用"],
        season: Season::Even,
        setting: Setting::Street,
    },
    Family {
        words: &["桥", "地下通道", "隧道", "铁道口", "轨道"],
        faults: &[
            fault(
                ("{t}面层破损、坑槽或脱落", "The surface is broken, pitted or coming off"),
                days(5.0),
                &["{p}{t}面层破损，出现坑槽", "{p}{t}伸缩缝处破损，车辆颠簸"],
            ),
            fault(
                ("{t}栏杆、围护缺损", "The railing or fence is missing or broken"),
                urgent(6.0),
                &["{p}{t}栏杆缺损一段，临边无防护", "{p}{t}围护松动，行人倚靠危险"],
            ),
            fault(
                ("{t}结构裂缝、渗水或剥落", "The structure cracks, seeps or flakes"),
                days(10.0),
                &["{p}{t}侧墙渗水，墙皮剥落", "{p}{t}梁底有裂缝，请专业单位检测"],
            ),
        ],
        states: &[
            fault(
                ("{t}积水影响通行", "Standing water keeps people from passing"),
                urgent(4.0),
                &["{p}{t}雨后积水约二十厘米，车辆无法通行", "{p}{t}低洼处积水未退"],
            ),
            fault(
                (
                    "{t}照明、泵、计量等附属设备故障",
                    "Lighting, pumps, meters or the like do not work",
                ),
                days(1.0),
                &["{p}{t}照明不亮", "{p}{t}设备故障，无法使用"],
            ),
        ],
        done: "{t}结构安全、防护齐全、通行正常",
        done_en: "Sound, guarded and open to traffic",
        result: &[
            "已修补面层，恢复通行",
            "已补装围护",
            "已抽排积水，通行恢复",
            "已检修设备，恢复使用",
        ],
        season: Season::Rain,
        setting: Setting::Anywhere,
    },
    Family {
        words: &["灯$"],
        faults: &[
            fault(
                ("夜间{t}不亮或成片熄灭", "The lamp, or a row of lamps, is dark at night"),
                days(1.0),
                &[
                    "{p}{t}连续两晚不亮，居民出行不便",
                    "{p}一排{t}熄灭，路段漆黑",
                    "{p}{t}时亮时灭",
                ],
            ),
            fault(
                (
                    "{t}灯罩、灯臂破损或有掉落危险",
                    "The shade or arm is broken or about to fall",
                ),
                urgent(4.0),
                &["{p}{t}灯罩破碎，有掉落危险", "{p}{t}灯臂被刮断悬空"],
            ),
            fault(
                (
                    "{t}检修门缺失或线路裸露",
                    "The service door is missing or wiring is bare",
                ),
                urgent(2.0),
                &[
                    "{p}{t}检修门缺失，电线外露，附近有儿童玩耍",
                    "{p}{t}底座线头裸露，雨天有触电风险",
                ],
            ),
        ],
        states: &[
            fault(
                ("白天{t}未熄灭", "The lamp burns by day"),
                days(1.0),
                &["{p}{t}白天一直亮着，浪费电", "{p}{t}早上九点仍未熄灭"],
            ),
            fault(
                (
                    "{t}被树冠等遮挡，照度不足",
                    "Tree crowns or the like keep the light from the road",
                ),
                days(3.0),
                &["{p}{t}被树冠遮住，人行道偏暗", "{p}{t}被广告布遮挡"],
            ),
        ],
        done: "{t}正常亮灯，无破损和裸露线路",
        done_en: "The lamp lights as it should, nothing is broken or bare",
        result: &[
            "已更换光源，{t}恢复照明",
            "已检修线路，{t}亮灯正常",
            "已补装检修门并绝缘处理",
        ],
        season: Season::Even,
        setting: Setting::Street,
    },
];

//! Names for the demo district: towns, villages, grids and people. All are made up; where a real place or person has
//! the same name, that is chance.

use std::collections::HashSet;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;
use rand::seq::IndexedRandom;

/// A name in Chinese and in English.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Chinese.
    pub(super) zh: String,
    /// English, or pinyin where a name has no meaning to translate.
    pub(super) en: String,
}

impl Name {
    pub(super) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

/// The thirteen towns: the three digits after the district, the name without its kind, and pinyin. Streets come first.
pub(super) const TOWNS: [(u32, &str, &str); 13] = [
    (1, "锦澜", "Jinlan"),
    (2, "望澄", "Wangcheng"),
    (3, "云桥", "Yunqiao"),
    (4, "汀东", "Tingdong"),
    (100, "槐堤", "Huaidi"),
    (101, "鹤栖", "Heqi"),
    (102, "芦汀", "Luting"),
    (103, "柘川", "Zhechuan"),
    (104, "泊云", "Boyun"),
    (105, "菱渡", "Lingdu"),
    (106, "沙渚", "Shazhu"),
    (107, "青圩", "Qingwei"),
    (108, "稻香", "Daoxiang"),
];

/// What communities in built-up places are called: two characters with pinyin, joined to one another.
const COMMUNITY_FIRST: [(&str, &str); 30] = [
    ("锦", "Jin"),
    ("望", "Wang"),
    ("云", "Yun"),
    ("翠", "Cui"),
    ("文", "Wen"),
    ("康", "Kang"),
    ("金", "Jin"),
    ("华", "Hua"),
    ("景", "Jing"),
    ("春", "Chun"),
    ("明", "Ming"),
    ("兴", "Xing"),
    ("永", "Yong"),
    ("玉", "Yu"),
    ("新", "Xin"),
    ("东", "Dong"),
    ("西", "Xi"),
    ("南", "Nan"),
    ("北", "Bei"),
    ("长", "Chang"),
    ("桂", "Gui"),
    ("梅", "Mei"),
    ("竹", "Zhu"),
    ("枫", "Feng"),
    ("荷", "He"),
    ("澄", "Cheng"),
    ("江", "Jiang"),
    ("紫", "Zi"),
    ("朝", "Zhao"),
    ("和", "He"),
];

const COMMUNITY_SECOND: [(&str, &str); 24] = [
    ("苑", "yuan"),
    ("园", "yuan"),
    ("湖", "hu"),
    ("桥", "qiao"),
    ("河", "he"),
    ("塘", "tang"),
    ("门", "men"),
    ("阳", "yang"),
    ("昌", "chang"),
    ("盛", "sheng"),
    ("泰", "tai"),
    ("宁", "ning"),
    ("安", "an"),
    ("平", "ping"),
    ("庭", "ting"),
    ("岸", "an"),
    ("溪", "xi"),
    ("浦", "pu"),
    ("台", "tai"),
    ("亭", "ting"),
    ("坊", "fang"),
    ("林", "lin"),
    ("雅", "ya"),
    ("府", "fu"),
];

/// Villages are mostly called after a family and a feature of the land.
const VILLAGE_FIRST: [(&str, &str); 48] = [
    ("陶", "Tao"),
    ("周", "Zhou"),
    ("沈", "Shen"),
    ("顾", "Gu"),
    ("陆", "Lu"),
    ("蒋", "Jiang"),
    ("施", "Shi"),
    ("吴", "Wu"),
    ("钱", "Qian"),
    ("孙", "Sun"),
    ("徐", "Xu"),
    ("朱", "Zhu"),
    ("许", "Xu"),
    ("何", "He"),
    ("韩", "Han"),
    ("曹", "Cao"),
    ("严", "Yan"),
    ("薛", "Xue"),
    ("殷", "Yin"),
    ("袁", "Yuan"),
    ("柳", "Liu"),
    ("鲍", "Bao"),
    ("史", "Shi"),
    ("唐", "Tang"),
    ("费", "Fei"),
    ("岑", "Cen"),
    ("汤", "Tang"),
    ("邵", "Shao"),
    ("戴", "Dai"),
    ("宋", "Song"),
    ("庞", "Pang"),
    ("熊", "Xiong"),
    ("纪", "Ji"),
    ("舒", "Shu"),
    ("项", "Xiang"),
    ("祝", "Zhu"),
    ("董", "Dong"),
    ("梁", "Liang"),
    ("杜", "Du"),
    ("阮", "Ruan"),
    ("蓝", "Lan"),
    ("席", "Xi"),
    ("季", "Ji"),
    ("麻", "Ma"),
    ("贾", "Jia"),
    ("路", "Lu"),
    ("江", "Jiang"),
    ("童", "Tong"),
];

const VILLAGE_SECOND: [(&str, &str); 18] = [
    ("庄", "zhuang"),
    ("家桥", "jiaqiao"),
    ("楼", "lou"),
    ("家圩", "jiawei"),
    ("港", "gang"),
    ("家渡", "jiadu"),
    ("墩", "dun"),
    ("巷", "xiang"),
    ("家舍", "jiashe"),
    ("垛", "duo"),
    ("家坝", "jiaba"),
    ("湾", "wan"),
    ("埝", "nian"),
    ("家埠", "jiabu"),
    ("甸", "dian"),
    ("家荡", "jiadang"),
    ("集", "ji"),
    ("家园", "jiayuan"),
];

/// Some villages carry names of hope or number instead.
const VILLAGE_WHOLE: [(&str, &str); 26] = [
    ("红旗", "Hongqi"),
    ("新民", "Xinmin"),
    ("前进", "Qianjin"),
    ("双桥", "Shuangqiao"),
    ("永丰", "Yongfeng"),
    ("团结", "Tuanjie"),
    ("三里", "Sanli"),
    ("五星", "Wuxing"),
    ("联合", "Lianhe"),
    ("丰乐", "Fengle"),
    ("太平", "Taiping"),
    ("大同", "Datong"),
    ("向阳", "Xiangyang"),
    ("友谊", "Youyi"),
    ("九里", "Jiuli"),
    ("新河", "Xinhe"),
    ("石桥", "Shiqiao"),
    ("杨柳", "Yangliu"),
    ("东风", "Dongfeng"),
    ("光明", "Guangming"),
    ("胜利", "Shengli"),
    ("花园", "Huayuan"),
    ("兴隆", "Xinglong"),
    ("官塘", "Guantang"),
    ("白鹭", "Bailu"),
    ("渔业", "Yuye"),
];

/// Hands out village names, none twice in the district.
#[derive(Default)]
pub(super) struct VillageNames {
    used: HashSet<String>,
}

impl VillageNames {
    pub(super) fn next(&mut self, community: bool, rng: &mut ChaCha8Rng) -> Name {
        loop {
            let (stem, latin) = if community {
                let (a, b) = (pick(&COMMUNITY_FIRST, rng), pick(&COMMUNITY_SECOND, rng));
                (format!("{}{}", a.0, b.0), format!("{}{}", a.1, b.1))
            } else if rng.random_bool(0.14) {
                let whole = pick(&VILLAGE_WHOLE, rng);
                (whole.0.to_owned(), whole.1.to_owned())
            } else {
                let (a, b) = (pick(&VILLAGE_FIRST, rng), pick(&VILLAGE_SECOND, rng));
                (format!("{}{}", a.0, b.0), format!("{}{}", a.1, b.1))
            };
            if self.used.insert(stem.clone()) {
                return if community {
                    Name::new(format!("{stem}社区"), format!("{latin} Community"))
                } else {
                    Name::new(format!("{stem}村"), format!("{latin} Village"))
                };
            }
        }
    }
}

/// The dedicated grids: the town they lie in (its place in [`TOWNS`]) and their name.
pub(super) const DEDICATED: [(usize, &str, &str); 10] = [
    (1, "澄川学院专属网格", "Chengchuan College Campus Grid"),
    (
        3,
        "澄川职业技术学院专属网格",
        "Chengchuan Vocational College Campus Grid",
    ),
    (2, "云桥家居建材市场专属网格", "Yunqiao Building Materials Market Grid"),
    (3, "汀东农副产品市场专属网格", "Tingdong Produce Market Grid"),
    (0, "锦澜商业步行街专属网格", "Jinlan Shopping Street Grid"),
    (8, "泊云水产品市场专属网格", "Boyun Fish Market Grid"),
    (11, "青圩智能制造产业园专属网格", "Qingwei Manufacturing Park Grid"),
    (7, "柘川新材料产业园专属网格", "Zhechuan New Materials Park Grid"),
    (9, "菱渡港口物流园专属网格", "Lingdu Port Logistics Park Grid"),
    (4, "槐堤高铁站区专属网格", "Huaidi Railway Station Grid"),
];

/// A number below 100 in Chinese, as in 第十二网格.
pub(super) fn numeral(n: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let (tens, ones) = (n / 10 % 10, n % 10);
    match tens {
        0 => DIGITS[ones].to_owned(),
        1 => format!("十{}", DIGITS[ones]),
        _ => format!("{}十{}", DIGITS[tens], DIGITS[ones]),
    }
}

const SURNAMES: [(&str, &str); 60] = [
    ("程", "Cheng"),
    ("沈", "Shen"),
    ("顾", "Gu"),
    ("陆", "Lu"),
    ("林", "Lin"),
    ("苏", "Su"),
    ("江", "Jiang"),
    ("叶", "Ye"),
    ("陶", "Tao"),
    ("许", "Xu"),
    ("宋", "Song"),
    ("秦", "Qin"),
    ("白", "Bai"),
    ("方", "Fang"),
    ("石", "Shi"),
    ("丁", "Ding"),
    ("余", "Yu"),
    ("杜", "Du"),
    ("姜", "Jiang"),
    ("范", "Fan"),
    ("孟", "Meng"),
    ("龚", "Gong"),
    ("万", "Wan"),
    ("段", "Duan"),
    ("雷", "Lei"),
    ("钱", "Qian"),
    ("汤", "Tang"),
    ("尹", "Yin"),
    ("黎", "Li"),
    ("易", "Yi"),
    ("常", "Chang"),
    ("武", "Wu"),
    ("乔", "Qiao"),
    ("贺", "He"),
    ("赖", "Lai"),
    ("龙", "Long"),
    ("文", "Wen"),
    ("施", "Shi"),
    ("洪", "Hong"),
    ("柳", "Liu"),
    ("温", "Wen"),
    ("季", "Ji"),
    ("俞", "Yu"),
    ("章", "Zhang"),
    ("鲁", "Lu"),
    ("葛", "Ge"),
    ("伍", "Wu"),
    ("毕", "Bi"),
    ("聂", "Nie"),
    ("焦", "Jiao"),
    ("祝", "Zhu"),
    ("霍", "Huo"),
    ("柯", "Ke"),
    ("阮", "Ruan"),
    ("纪", "Ji"),
    ("舒", "Shu"),
    ("屈", "Qu"),
    ("项", "Xiang"),
    ("游", "You"),
    ("戚", "Qi"),
];

/// Given names are taken from nature and virtues, two characters each, so that nobody in particular is meant.
const GIVEN_FIRST: [(&str, &str); 40] = [
    ("知", "Zhi"),
    ("清", "Qing"),
    ("望", "Wang"),
    ("若", "Ruo"),
    ("云", "Yun"),
    ("景", "Jing"),
    ("书", "Shu"),
    ("安", "An"),
    ("予", "Yu"),
    ("思", "Si"),
    ("子", "Zi"),
    ("怀", "Huai"),
    ("沐", "Mu"),
    ("牧", "Mu"),
    ("向", "Xiang"),
    ("一", "Yi"),
    ("远", "Yuan"),
    ("承", "Cheng"),
    ("君", "Jun"),
    ("语", "Yu"),
    ("星", "Xing"),
    ("海", "Hai"),
    ("春", "Chun"),
    ("秋", "Qiu"),
    ("晓", "Xiao"),
    ("晨", "Chen"),
    ("明", "Ming"),
    ("嘉", "Jia"),
    ("宜", "Yi"),
    ("以", "Yi"),
    ("长", "Chang"),
    ("松", "Song"),
    ("竹", "Zhu"),
    ("闻", "Wen"),
    ("映", "Ying"),
    ("听", "Ting"),
    ("问", "Wen"),
    ("守", "Shou"),
    ("静", "Jing"),
    ("同", "Tong"),
];

const GIVEN_SECOND: [(&str, &str); 40] = [
    ("舟", "zhou"),
    ("溪", "xi"),
    ("岚", "lan"),
    ("川", "chuan"),
    ("禾", "he"),
    ("屿", "yu"),
    ("桥", "qiao"),
    ("原", "yuan"),
    ("泽", "ze"),
    ("帆", "fan"),
    ("潮", "chao"),
    ("野", "ye"),
    ("柏", "bai"),
    ("蓝", "lan"),
    ("荷", "he"),
    ("萍", "ping"),
    ("桐", "tong"),
    ("枫", "feng"),
    ("雨", "yu"),
    ("雪", "xue"),
    ("月", "yue"),
    ("峰", "feng"),
    ("林", "lin"),
    ("石", "shi"),
    ("渡", "du"),
    ("微", "wei"),
    ("宁", "ning"),
    ("和", "he"),
    ("谦", "qian"),
    ("真", "zhen"),
    ("行", "xing"),
    ("章", "zhang"),
    ("言", "yan"),
    ("歌", "ge"),
    ("晴", "qing"),
    ("穗", "sui"),
    ("堤", "di"),
    ("汀", "ting"),
    ("棠", "tang"),
    ("砚", "yan"),
];

/// A made-up person's name.
pub(super) fn person(rng: &mut ChaCha8Rng) -> Name {
    let (family, first, second) = (pick(&SURNAMES, rng), pick(&GIVEN_FIRST, rng), pick(&GIVEN_SECOND, rng));
    Name::new(
        format!("{}{}{}", family.0, first.0, second.0),
        format!("{} {}{}", family.1, first.1, second.1),
    )
}

fn pick<'a, T>(pool: &'a [T], rng: &mut ChaCha8Rng) -> &'a T {
    // The pools are constants and never empty.
    pool.choose(rng).unwrap_or(&pool[0])
}

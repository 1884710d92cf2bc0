//! Places of the demo's cases: where in a grid something happens, on the map and in words.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::text::pick;

/// A grid as the cases need it.
#[derive(Debug, Clone)]
pub struct DemoPlace {
    /// Code of the grid, 15 digits.
    pub grid: String,
    /// Name of its village, such as 锦湖社区.
    pub village: String,
    /// 1 in the built-up middle, 0 in open country.
    pub urban: f64,
    /// People who live or work there.
    pub population: i64,
    /// Whether it is a dedicated grid: a campus, a market, a factory park.
    pub dedicated: bool,
    /// The outline, longitudes and latitudes, first point repeated at the end or not.
    pub ring: Vec<(f64, f64)>,
    /// Log-ins of the grid's workers, at least one.
    pub workers: Vec<String>,
}

impl DemoPlace {
    fn holds(&self, (x, y): (f64, f64)) -> bool {
        let mut inside = false;
        let mut before = self.ring.len() - 1;
        for (i, a) in self.ring.iter().enumerate() {
            let b = self.ring[before];
            if (a.1 > y) != (b.1 > y) && x < (b.0 - a.0) * (y - a.1) / (b.1 - a.1) + a.0 {
                inside = !inside;
            }
            before = i;
        }
        inside
    }

    fn anywhere(&self, rng: &mut ChaCha8Rng) -> (f64, f64) {
        let (mut low, mut high) = (self.ring[0], self.ring[0]);
        for p in &self.ring {
            low = (low.0.min(p.0), low.1.min(p.1));
            high = (high.0.max(p.0), high.1.max(p.1));
        }
        for _ in 0..200 {
            let at = rounded((rng.random_range(low.0..=high.0), rng.random_range(low.1..=high.1)));
            if self.holds(at) {
                return at;
            }
        }
        self.ring[0]
    }
}

/// Degrees to a tenth of a metre, as they are stored; rounded before it is asked which grid holds them.
fn rounded((lng, lat): (f64, f64)) -> (f64, f64) {
    ((lng * 1.0e6).round() / 1.0e6, (lat * 1.0e6).round() / 1.0e6)
}

/// A spot where things happen again and again: a corner, a gate, a bridge.
pub(super) struct Spot {
    pub(super) at: (f64, f64),
    pub(super) words: String,
    /// What the place is called when shops and traffic are concerned.
    pub(super) street: String,
}

/// The spots of a grid.
pub(super) fn spots(place: &DemoPlace, seed: u64) -> Vec<Spot> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let count = rng.random_range(4..8);
    (0..count).map(|_| fresh(place, &mut rng)).collect()
}

fn fresh(place: &DemoPlace, rng: &mut ChaCha8Rng) -> Spot {
    let at = place.anywhere(rng);
    if rng.random_bool((0.15 + place.urban).min(0.97)) {
        let words = in_town(rng);
        Spot {
            at,
            street: words.clone(),
            words,
        }
    } else {
        Spot {
            at,
            words: in_country(&place.village, rng),
            street: format!("{}{}", place.village, pick(&MARKET, rng)),
        }
    }
}

/// Where a case lies: mostly near one of the grid's spots, sometimes elsewhere.
pub(super) fn spot_of_case(place: &DemoPlace, spots: &[Spot], rng: &mut ChaCha8Rng) -> Spot {
    if rng.random_bool(0.35) {
        return fresh(place, rng);
    }
    // The first spots of a grid are its worst.
    let i = rng.random_range(0..spots.len()).min(rng.random_range(0..spots.len()));
    let spot = &spots[i];
    let mut near = || rng.random_range(-0.000_35..0.000_35) + rng.random_range(-0.000_35..0.000_35);
    let at = rounded((spot.at.0 + near(), spot.at.1 + near()));
    Spot {
        at: if place.holds(at) { at } else { spot.at },
        words: spot.words.clone(),
        street: spot.street.clone(),
    }
}

/// Roads in the built-up middle.
const ROADS: [&str; 40] = [
    "锦绣路",
    "人民路",
    "澄江路",
    "文昌路",
    "建设路",
    "解放路",
    "望江路",
    "云桥路",
    "滨河路",
    "长兴路",
    "桂花路",
    "学府路",
    "康宁路",
    "新华路",
    "东风路",
    "玉带路",
    "永安路",
    "朝阳路",
    "和平路",
    "兴业路",
    "春江路",
    "梅园路",
    "竹溪路",
    "荷花池路",
    "迎宾大道",
    "澄川大道",
    "汀东路",
    "体育路",
    "运河北路",
    "运河南路",
    "金桥路",
    "青年路",
    "双塔路",
    "育才路",
    "振兴路",
    "湖滨路",
    "仓颉路",
    "曙光路",
    "民生路",
    "广场路",
];

const SIDES: [&str; 4] = ["东侧", "西侧", "南侧", "北侧"];

const ESTATES: [&str; 24] = [
    "锦绣花园",
    "翠湖苑",
    "江景名居",
    "云澜府",
    "阳光新村",
    "康宁小区",
    "文汇佳园",
    "春江花苑",
    "桂香园",
    "东方名城",
    "澄澜雅居",
    "紫金家园",
    "水岸华庭",
    "和谐嘉苑",
    "长青公寓",
    "星河湾",
    "映月庭",
    "听雨轩",
    "金色家园",
    "梅溪花园",
    "运河人家",
    "枫林绿洲",
    "学府里",
    "望江新苑",
];

const SPOTS: [&str; 16] = [
    "农贸市场门口",
    "公交站台旁",
    "小学东门",
    "卫生服务站门前",
    "便民超市门口",
    "菜鸟驿站旁",
    "休闲广场",
    "幼儿园门前",
    "银行门口",
    "药店门前",
    "停车场出入口",
    "垃圾分类亭旁",
    "社区活动中心旁",
    "早餐店门前",
    "口袋公园",
    "理发店门口",
];

const COUNTRY: [&str; 14] = [
    "村部门前",
    "文化广场",
    "桥头",
    "排灌站旁",
    "主干道旁",
    "晒场边",
    "河塘边",
    "卫生室门前",
    "公墓路口",
    "养殖场旁",
    "机耕路",
    "村口牌楼处",
    "农桥东侧",
    "集中居住区",
];

/// Where a village has its shops.
const MARKET: [&str; 8] = [
    "集镇路口",
    "超市门前",
    "农贸点旁",
    "主街",
    "卫生室对面",
    "小学门口",
    "公交站台旁",
    "快递点门前",
];

/// A place in words, such as people give it in the city.
fn in_town(rng: &mut ChaCha8Rng) -> String {
    let road = pick(&ROADS, rng);
    match rng.random_range(0..5) {
        0 | 1 => {
            let other = ROADS
                .iter()
                .cycle()
                .skip(rng.random_range(0..ROADS.len()))
                .find(|r| **r != road);
            format!("{road}与{}交叉口{}", other.unwrap_or(&ROADS[0]), pick(&SIDES, rng))
        }
        2 => format!("{road}{}号门前", rng.random_range(1..420)),
        3 => format!(
            "{}{}幢{}",
            pick(&ESTATES, rng),
            rng.random_range(1..40),
            pick(&SIDES, rng)
        ),
        _ => format!("{road}{}", pick(&SPOTS, rng)),
    }
}

/// The same in a village.
fn in_country(village: &str, rng: &mut ChaCha8Rng) -> String {
    match rng.random_range(0..4) {
        0 => {
            let group = pick(&["一", "二", "三", "四", "五", "六", "七", "八"], rng);
            format!("{village}{group}组{}", pick(&COUNTRY, rng))
        }
        1 => {
            let road = pick(&["X201", "X203", "X208", "X311"], rng);
            format!(
                "{road}县道{village}段K{}+{}00",
                rng.random_range(1..19),
                rng.random_range(1..9)
            )
        }
        _ => format!("{village}{}", pick(&COUNTRY, rng)),
    }
}

//! Who works in the demo district: the responsible bodies, the grid workers and the staff of every role.

use std::collections::HashSet;

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use standards::Level;

use super::names::{Name, person};
use super::shapes::{DISTRICT, DemoArea};

/// Grid workers of the demo district, leads and part-time workers included.
pub const WORKERS: usize = 2_400;

/// A responsible body 责任单位.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoBody {
    /// `D01`…, `C01`…, `T` and the town's code, `V` and the village's code.
    pub code: String,
    /// `department`, `company`, `town` or `village`.
    pub kind: &'static str,
    /// Name in Chinese.
    pub name: String,
    /// Name in English.
    pub name_en: String,
    /// The area it answers for.
    pub area: String,
}

/// A post in a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPost {
    /// The grid.
    pub area: String,
    /// `lead`, `full_time` or `part_time`.
    pub kind: &'static str,
}

/// How far a role reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DemoScope {
    /// Everything.
    All,
    /// An area and what lies in it.
    Area(String),
    /// What concerns a body.
    Body(String),
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoPerson {
    /// Log-in name.
    pub login: String,
    /// Name in Chinese.
    pub name: String,
    /// Name in pinyin.
    pub name_en: String,
    /// `worker`, `acceptor`, `shift_lead`, `dispatcher`, `checker`, `body_clerk`, `body_head`, `leader`,
    /// `grid_admin`, `system_admin`, `security_admin` or `audit_admin`.
    pub role: &'static str,
    /// How far the role reaches.
    pub scope: DemoScope,
    /// The body the person belongs to.
    pub body: Option<String>,
    /// The area the person belongs to.
    pub area: Option<String>,
    /// The post in a grid, for workers.
    pub post: Option<DemoPost>,
}

const DEPARTMENTS: [(&str, &str); 28] = [
    ("区城市管理局", "District Urban Management Bureau"),
    (
        "区住房和城乡建设局",
        "District Housing and Urban-Rural Development Bureau",
    ),
    ("区公安局", "District Public Security Bureau"),
    ("区交通警察大队", "District Traffic Police"),
    ("区交通运输局", "District Transport Bureau"),
    ("区水务局", "District Water Affairs Bureau"),
    ("区生态环境局", "District Ecology and Environment Bureau"),
    ("区自然资源和规划局", "District Natural Resources and Planning Bureau"),
    ("区农业农村局", "District Agriculture and Rural Affairs Bureau"),
    ("区市场监督管理局", "District Market Regulation Bureau"),
    ("区应急管理局", "District Emergency Management Bureau"),
    ("区卫生健康委员会", "District Health Commission"),
    ("区民政局", "District Civil Affairs Bureau"),
    ("区教育局", "District Education Bureau"),
    (
        "区文化广电和旅游局",
        "District Culture, Broadcasting and Tourism Bureau",
    ),
    ("区商务局", "District Commerce Bureau"),
    ("区发展和改革委员会", "District Development and Reform Commission"),
    (
        "区工业和信息化局",
        "District Industry and Information Technology Bureau",
    ),
    (
        "区人力资源和社会保障局",
        "District Human Resources and Social Security Bureau",
    ),
    ("区司法局", "District Justice Bureau"),
    ("区财政局", "District Finance Bureau"),
    ("区园林绿化管理中心", "District Parks and Greening Centre"),
    ("区环境卫生管理中心", "District Sanitation Centre"),
    ("区市政设施管理中心", "District Municipal Facilities Centre"),
    ("区消防救援大队", "District Fire and Rescue Brigade"),
    ("区数据局", "District Data Bureau"),
    ("区信访局", "District Public Complaints Bureau"),
    ("区气象局", "District Meteorological Bureau"),
];

const COMPANIES: [(&str, &str); 11] = [
    ("澄川供水有限公司", "Chengchuan Water Supply Co."),
    ("澄川排水有限公司", "Chengchuan Drainage Co."),
    ("澄川燃气有限公司", "Chengchuan Gas Co."),
    ("澄川供电公司", "Chengchuan Power Supply Co."),
    ("澄川热力有限公司", "Chengchuan Heating Co."),
    ("澄讯通信有限公司", "Chengxun Telecom Co."),
    ("澄川广电网络有限公司", "Chengchuan Cable Network Co."),
    ("澄川公共交通有限公司", "Chengchuan Public Transit Co."),
    ("澄川城市照明有限公司", "Chengchuan City Lighting Co."),
    ("澄川环境服务有限公司", "Chengchuan Environmental Services Co."),
    ("小溪单车运营有限公司", "Xiaoxi Bike-sharing Co."),
];

/// The responsible bodies: departments, companies, then one for each town and village.
pub(super) fn bodies(areas: &[DemoArea]) -> Vec<DemoBody> {
    let row = |(kind, letter): (&'static str, char), i: usize, (name, name_en): (&str, &str)| DemoBody {
        code: format!("{letter}{:02}", i + 1),
        kind,
        name: name.to_owned(),
        name_en: name_en.to_owned(),
        area: DISTRICT.to_owned(),
    };
    let mut all: Vec<DemoBody> = DEPARTMENTS
        .iter()
        .enumerate()
        .map(|(i, names)| row(("department", 'D'), i, *names))
        .collect();
    all.extend(
        COMPANIES
            .iter()
            .enumerate()
            .map(|(i, names)| row(("company", 'C'), i, *names)),
    );
    for level in [Level::Town, Level::Village] {
        for area in areas.iter().filter(|a| a.level == level) {
            let (letter, kind, suffix, suffix_en) = match (level, area.kind) {
                (Level::Town, "street") => ('T', "town", "办事处", "Office"),
                (Level::Town, _) => ('T', "town", "人民政府", "Government"),
                (_, "community") => ('V', "village", "居民委员会", "Residents' Committee"),
                _ => ('V', "village", "村民委员会", "Villagers' Committee"),
            };
            // 陶庄村 has a 陶庄村村民委员会, a community a 锦湖社区居民委员会.
            all.push(DemoBody {
                code: format!("{letter}{}", area.code),
                kind,
                name: format!("{}{suffix}", area.name),
                name_en: format!("{} {suffix_en}", area.name_en),
                area: area.code.clone(),
            });
        }
    }
    all
}

/// Takes people on.
struct Hiring {
    rng: ChaCha8Rng,
    seen: HashSet<String>,
    all: Vec<DemoPerson>,
}

impl Hiring {
    /// A name nobody has yet, as long as the pools hold out.
    fn name(&mut self) -> Name {
        let mut name = person(&mut self.rng);
        for _ in 0..20 {
            if self.seen.insert(name.zh.clone()) {
                break;
            }
            name = person(&mut self.rng);
        }
        name
    }

    fn hire(&mut self, login: String, role: &'static str, scope: DemoScope) -> &mut DemoPerson {
        let name = self.name();
        let at = self.all.len();
        self.all.push(DemoPerson {
            login,
            name: name.zh,
            name_en: name.en,
            role,
            scope,
            body: None,
            area: None,
            post: None,
        });
        &mut self.all[at]
    }
}

/// How many of each role sit in the centre.
const CENTRE_STAFF: [(&str, &str, usize); 9] = [
    ("acceptor", "a", 12),
    ("shift_lead", "s", 4),
    ("dispatcher", "d", 10),
    ("checker", "k", 12),
    ("leader", "l", 6),
    ("grid_admin", "gridadmin", 1),
    ("system_admin", "sysadmin", 1),
    ("security_admin", "secadmin", 1),
    ("audit_admin", "auditor", 1),
];

/// Who sits in the centre of a town.
const TOWN_STAFF: [(&str, char); 3] = [("acceptor", 'a'), ("shift_lead", 's'), ("dispatcher", 'd')];

/// Everybody with an account: grid workers (`w00001`…), the centre (`a01`…), a clerk and a head of every body (the body's
/// code in small letters with `-c` and `-h`), and the centres of the towns (`t001-a`, `-s` and `-d`).
pub(super) fn people(seed: u64, areas: &[DemoArea], bodies: &[DemoBody]) -> Vec<DemoPerson> {
    let mut hiring = Hiring {
        rng: ChaCha8Rng::seed_from_u64(seed ^ 0x7065_6f70),
        seen: HashSet::new(),
        all: Vec::new(),
    };
    let grids: Vec<&DemoArea> = areas.iter().filter(|a| a.level == Level::Grid).collect();
    let mut posts: Vec<(&DemoArea, &'static str)> = grids
        .iter()
        .flat_map(|grid| [(*grid, "lead"), (*grid, "full_time")])
        .collect();
    // The remaining posts go to the grids with most people.
    let mut busiest = grids.clone();
    busiest.sort_by_key(|grid| (-grid.population, grid.code.clone()));
    posts.extend(
        busiest
            .iter()
            .map(|grid| (*grid, "part_time"))
            .cycle()
            .take(WORKERS - posts.len()),
    );
    posts.sort_by(|a, b| a.0.code.cmp(&b.0.code));
    for (i, (grid, kind)) in posts.into_iter().enumerate() {
        let worker = hiring.hire(format!("w{:05}", i + 1), "worker", DemoScope::Area(grid.code.clone()));
        worker.area = Some(grid.code.clone());
        worker.body = grid.parent.as_ref().map(|village| format!("V{village}"));
        worker.post = Some(DemoPost {
            area: grid.code.clone(),
            kind,
        });
    }
    for (role, prefix, count) in CENTRE_STAFF {
        for i in 1..=count {
            let login = if count == 1 {
                prefix.to_owned()
            } else {
                format!("{prefix}{i:02}")
            };
            let staff = hiring.hire(login, role, DemoScope::All);
            staff.area = Some(DISTRICT.to_owned());
            staff.body = Some("D01".to_owned());
        }
    }
    for body in bodies {
        for (role, letter) in [("body_clerk", 'c'), ("body_head", 'h')] {
            let login = format!("{}-{letter}", body.code.to_lowercase());
            let staff = hiring.hire(login, role, DemoScope::Body(body.code.clone()));
            staff.area = Some(body.area.clone());
            staff.body = Some(body.code.clone());
        }
    }
    // A town's own centre settles what it can: one of each.
    for town in areas.iter().filter(|a| a.level == Level::Town) {
        for (role, letter) in TOWN_STAFF {
            let number = town.code.get(6..).unwrap_or(&town.code);
            let staff = hiring.hire(format!("t{number}-{letter}"), role, DemoScope::Area(town.code.clone()));
            staff.area = Some(town.code.clone());
            staff.body = Some(format!("T{}", town.code));
        }
    }
    hiring.all
}

//! A past case as read from a foreign file, in this program's words.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use standards::{AreaCode, Crs, Kind, Point};

/// A closed set of words, as they stand in a mapping file and on the wire.
macro_rules! set {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every word, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The member of that word.
            pub fn read(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

set! {
    /// Who reported a case.
    CaseSource {
        /// 网格员.
        Worker = "worker",
        /// 居民.
        Resident = "resident",
        /// 热线.
        Hotline = "hotline",
        /// 部门.
        Department = "department",
    }
}

set! {
    /// The state in which a past case was left; the words are those of the flow.
    PastState {
        /// 待受理.
        Reported = "reported",
        /// 核实中.
        Verifying = "verifying",
        /// 待立案.
        Accepted = "accepted",
        /// 不予受理.
        Declined = "declined",
        /// 待派遣.
        Filed = "filed",
        /// 待接收.
        Dispatched = "dispatched",
        /// 处理中.
        Handling = "handling",
        /// 待核查.
        Handled = "handled",
        /// 核查中.
        Checking = "checking",
        /// 待结案.
        Checked = "checked",
        /// 已结案.
        Closed = "closed",
        /// 已作废.
        Voided = "voided",
    }
}

impl PastState {
    /// Nothing more happens to the case.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Declined | Self::Closed | Self::Voided)
    }
}

set! {
    /// What the reporter said of the result.
    Satisfaction {
        /// 满意.
        Satisfied = "satisfied",
        /// 一般.
        Neutral = "neutral",
        /// 不满意.
        Dissatisfied = "dissatisfied",
    }
}

set! {
    /// What sort of responsible body.
    BodyKind {
        /// 部门.
        Department = "department",
        /// 公司.
        Company = "company",
        /// 镇街.
        Town = "town",
        /// 村社区.
        Village = "village",
    }
}

/// Where a case happened, as far as the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AreaName {
    /// The code, if the file has one.
    pub code: Option<AreaCode>,
    /// The town's name.
    pub town: Option<String>,
    /// The village's name, which counts inside the town only.
    pub village: Option<String>,
}

impl AreaName {
    /// Nothing narrower than the district is said.
    pub fn is_district(&self) -> bool {
        self.code.is_none() && self.town.is_none() && self.village.is_none()
    }
}

/// What a case is about, as far as the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClassName {
    /// Component or matter.
    pub kind: Option<Kind>,
    /// Major class.
    pub major: Option<String>,
    /// Minor class.
    pub minor: Option<String>,
    /// Filing standard.
    pub standard: Option<String>,
}

/// A responsible body by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyName {
    /// Its name.
    pub name: String,
    /// What sort it is, by the rules of the mapping.
    pub kind: BodyKind,
}

/// One past case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseRecord {
    /// The number in the other system, unique there.
    pub id: String,
    /// When it was reported.
    pub reported_at: Timestamp,
    /// Only the day of the report is known; the time is the day's beginning.
    pub reported_day_only: bool,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// When it was to be done.
    pub due_at: Option<Timestamp>,
    /// Where it was left.
    pub state: PastState,
    /// Whether it was done in time: as the file says, else by comparing `closed_at` with `due_at`.
    pub on_time: Option<bool>,
    /// Who reported it.
    pub source: Option<CaseSource>,
    /// Where.
    pub area: AreaName,
    /// Where exactly, in WGS 84.
    pub point: Option<Point>,
    /// The coordinate system that the point came in.
    pub point_source: Crs,
    /// Where, in words.
    pub address: Option<String>,
    /// What it is about.
    pub class: ClassName,
    /// Who is responsible.
    pub body: Option<BodyName>,
    /// What was reported; made of the classes if the file has no text.
    pub description: String,
    /// How satisfied the reporter was.
    pub satisfaction: Option<Satisfaction>,
    /// Further columns, as they are.
    pub kept: Vec<(String, String)>,
}

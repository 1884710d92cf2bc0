//! Time limits as responsibility lists write them: `2个工作日`, `紧急工作时2`, `一类区域2小时/二类区域4小时`.
//!
//! The text is cut into numbers, units, classes of area and words. What does not add up to one limit, or to one per
//! class of area, is refused with the reason; nothing is left out to make it fit. Where a unit has two meanings in
//! practice (小时, 天) or none of its own (月, 立即), the reading is reported as an [`Assumption`] unless the caller has
//! decided it.

use standards::{Limit, Unit};

/// What the caller knows about units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Units {
    /// What 小时 means in this list.
    pub hour: Option<Unit>,
    /// What 天 and 日 mean in this list.
    pub day: Option<Unit>,
    /// The unit of a bare number, from the column's header.
    pub bare: Option<Unit>,
}

/// A reading that somebody should confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Assumption {
    /// 小时 as an hour of the clock.
    ClockHour,
    /// 天 or 日 as a calendar day.
    CalendarDay,
    /// 周, 月 or 年 as 7, 30 or 365 calendar days.
    LongUnit,
    /// 立即 as one urgent hour.
    AtOnce,
}

impl Assumption {
    /// What was assumed, in Chinese.
    pub(crate) fn zh(self) -> &'static str {
        match self {
            Self::ClockHour => "“小时”按紧急工作时（自然小时）计",
            Self::CalendarDay => "“天/日”按自然日计",
            Self::LongUnit => "周、月、年分别按7、30、365个自然日计",
            Self::AtOnce => "“立即”按1个紧急工作时计",
        }
    }

    /// What was assumed, in English.
    pub(crate) fn en(self) -> &'static str {
        match self {
            Self::ClockHour => "hours are taken as urgent hours, that is, of the clock",
            Self::CalendarDay => "days are taken as calendar days",
            Self::LongUnit => "weeks, months and years are taken as 7, 30 and 365 calendar days",
            Self::AtOnce => "“at once” is taken as one urgent hour",
        }
    }
}

/// A limit, or one per class of area.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LimitText {
    /// The same everywhere.
    One(Limit),
    /// By class of area 一类区域 …, in the order of the text.
    ByArea(Vec<(u8, Limit)>),
}

/// Why a text is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Words that are not understood.
    Words,
    /// A number without a unit, and none in the header.
    NoUnit,
    /// From … to ….
    Range,
    /// Several limits that differ by something else than the class of area.
    Several,
    /// An amount beyond any use.
    Amount,
}

impl Why {
    /// The reason in Chinese.
    pub(crate) fn zh(self) -> &'static str {
        match self {
            Self::Words => "含有无法识别的文字",
            Self::NoUnit => "只有数字，没有单位",
            Self::Range => "是一个范围，不是一个时限",
            Self::Several => "包含多个时限，且不是按区域类别划分，请拆成多条",
            Self::Amount => "数值无效",
        }
    }

    /// The reason in English.
    pub(crate) fn en(self) -> &'static str {
        match self {
            Self::Words => "it has words that are not understood",
            Self::NoUnit => "it is a number without a unit",
            Self::Range => "it is a range, not a limit",
            Self::Several => "it has several limits that do not differ by class of area; split the row",
            Self::Amount => "the amount is of no use",
        }
    }
}

/// A unit as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    Exact(Unit),
    Minute,
    Hour,
    Day,
    Days(u16),
}

const UNITS: &[(&str, Written)] = &[
    ("紧急工作小时", Written::Exact(Unit::UrgentHour)),
    ("紧急工作时", Written::Exact(Unit::UrgentHour)),
    ("紧急小时", Written::Exact(Unit::UrgentHour)),
    ("工作小时", Written::Exact(Unit::WorkingHour)),
    ("工作时", Written::Exact(Unit::WorkingHour)),
    ("工作日", Written::Exact(Unit::WorkingDay)),
    ("工作天", Written::Exact(Unit::WorkingDay)),
    ("自然日", Written::Exact(Unit::CalendarDay)),
    ("自然天", Written::Exact(Unit::CalendarDay)),
    ("日历日", Written::Exact(Unit::CalendarDay)),
    ("日历天", Written::Exact(Unit::CalendarDay)),
    ("urgenthours", Written::Exact(Unit::UrgentHour)),
    ("urgenthour", Written::Exact(Unit::UrgentHour)),
    ("workinghours", Written::Exact(Unit::WorkingHour)),
    ("workinghour", Written::Exact(Unit::WorkingHour)),
    ("workingdays", Written::Exact(Unit::WorkingDay)),
    ("workingday", Written::Exact(Unit::WorkingDay)),
    ("calendardays", Written::Exact(Unit::CalendarDay)),
    ("calendarday", Written::Exact(Unit::CalendarDay)),
    ("分钟", Written::Minute),
    ("minutes", Written::Minute),
    ("minute", Written::Minute),
    ("min", Written::Minute),
    ("小时", Written::Hour),
    ("hours", Written::Hour),
    ("hour", Written::Hour),
    ("时", Written::Hour),
    ("h", Written::Hour),
    ("星期", Written::Days(7)),
    ("周", Written::Days(7)),
    ("weeks", Written::Days(7)),
    ("week", Written::Days(7)),
    ("月", Written::Days(30)),
    ("months", Written::Days(30)),
    ("month", Written::Days(30)),
    ("年", Written::Days(365)),
    ("天", Written::Day),
    ("日", Written::Day),
    ("days", Written::Day),
    ("day", Written::Day),
    ("d", Written::Day),
];

/// Words that say "within" or "do it" and change nothing.
const HARMLESS: &[&str] = &[
    "不得超过",
    "不超过",
    "最长",
    "限时",
    "时限",
    "期限",
    "以内",
    "之内",
    "内",
    "限",
    "在",
    "于",
    "处置完毕",
    "处置",
    "处理",
    "完成",
    "办结",
    "整改到位",
    "整改",
    "修复",
    "解决",
    "≤",
    "within",
];
const AT_ONCE: &[&str] = &["立即", "即时", "立刻", "马上", "atonce", "immediately"];
const AREA_NOUNS: &[&str] = &["管理区域", "区域", "地区", "区", "道路", "路段"];

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Unit(Written),
    /// Classes of area, and whether they stand in brackets behind what they belong to.
    Areas(Vec<u8>, bool),
    AtOnce,
    Range,
    Harmless,
    /// A mark between two parts.
    Mark,
    Word,
}

/// Reads a limit. The second part says what had to be assumed.
///
/// # Errors
/// Why it is none.
pub(crate) fn read(text: &str, units: Units) -> Result<(LimitText, Vec<Assumption>), Why> {
    let mut plain = standards::text::half_width(text).to_lowercase();
    plain.retain(|c| !c.is_whitespace());
    let tokens = tokens(&plain);
    let mut assumed = Vec::new();
    let mut limits: Vec<(Vec<u8>, Limit)> = Vec::new();
    let mut areas: Vec<u8> = Vec::new();
    let mut rest = &tokens[..];
    let mut words = false;
    while let Some((token, after)) = rest.split_first() {
        rest = after;
        let limit = match (token, after.first()) {
            (Token::Number(_), Some(Token::Range)) => return Err(Why::Range),
            (Token::Number(amount), Some(Token::Unit(unit))) => {
                rest = &after[1..];
                limit(*amount, *unit, units, &mut assumed)?
            }
            // 紧急工作时2, but not 紧急工作时2小时.
            (Token::Unit(unit), Some(Token::Number(amount))) if !matches!(after.get(1), Some(Token::Unit(_))) => {
                rest = &after[1..];
                limit(*amount, *unit, units, &mut assumed)?
            }
            (Token::Number(amount), _) => match units.bare {
                Some(unit) => Limit::new(*amount, unit).map_err(|_| Why::Amount)?,
                None => return Err(Why::NoUnit),
            },
            (Token::AtOnce, _) => {
                assumed.push(Assumption::AtOnce);
                Limit::new(1.0, Unit::UrgentHour).map_err(|_| Why::Amount)?
            }
            (Token::Areas(classes, bracketed), _) => {
                match limits
                    .last_mut()
                    .filter(|(own, _)| *bracketed && own.is_empty() && areas.is_empty())
                {
                    Some((own, _)) => own.clone_from(classes),
                    None => areas.extend(classes),
                }
                continue;
            }
            (Token::Harmless | Token::Mark, _) => continue,
            (Token::Unit(_) | Token::Word | Token::Range, _) => {
                words = true;
                continue;
            }
        };
        limits.push((std::mem::take(&mut areas), limit));
    }
    // Classes of area that no limit followed.
    words |= !areas.is_empty();
    assumed.sort_unstable();
    assumed.dedup();
    match &limits[..] {
        [] => Err(Why::Words),
        [(own, limit)] if own.is_empty() && !words => Ok((LimitText::One(*limit), assumed)),
        [_] if words => Err(Why::Words),
        _ => {
            let one_per_class = limits.iter().all(|(own, _)| !own.is_empty()) && !words;
            let by_area: Vec<(u8, Limit)> = limits
                .iter()
                .flat_map(|(own, limit)| own.iter().map(|class| (*class, *limit)))
                .collect();
            let mut classes: Vec<u8> = by_area.iter().map(|(class, _)| *class).collect();
            classes.sort_unstable();
            classes.dedup();
            if one_per_class && classes.len() == by_area.len() {
                Ok((LimitText::ByArea(by_area), assumed))
            } else {
                Err(Why::Several)
            }
        }
    }
}

fn limit(amount: f64, unit: Written, units: Units, assumed: &mut Vec<Assumption>) -> Result<Limit, Why> {
    let mut literal = |given: Option<Unit>, unit: Unit, assumption| {
        given.unwrap_or_else(|| {
            assumed.push(assumption);
            unit
        })
    };
    let (amount, unit) = match unit {
        Written::Exact(unit) => (amount, unit),
        Written::Minute => (
            amount / 60.0,
            literal(units.hour, Unit::UrgentHour, Assumption::ClockHour),
        ),
        Written::Hour => (amount, literal(units.hour, Unit::UrgentHour, Assumption::ClockHour)),
        Written::Day => (amount, literal(units.day, Unit::CalendarDay, Assumption::CalendarDay)),
        Written::Days(days) => (
            amount * f64::from(days),
            literal(None, Unit::CalendarDay, Assumption::LongUnit),
        ),
    };
    Limit::new(amount, unit)
        .ok()
        .filter(|limit| limit.amount() > 0.0)
        .ok_or(Why::Amount)
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text;
    let mut brackets = 0u8;
    while let Some(first) = rest.chars().next() {
        let (token, used) = if let Some((classes, used)) = areas(rest) {
            (Token::Areas(classes, brackets > 0), used)
        } else if let Some((number, used)) = number(rest) {
            // 1个月: the measure word belongs to the number.
            let used = used
                + if rest[used..].starts_with('个') {
                    '个'.len_utf8()
                } else {
                    0
                };
            (Token::Number(number), used)
        } else if let Some(word) = HARMLESS.iter().find(|word| rest.starts_with(**word)) {
            (Token::Harmless, word.len())
        } else if let Some((word, unit)) = UNITS.iter().find(|(word, _)| rest.starts_with(word)) {
            (Token::Unit(*unit), word.len())
        } else if let Some(word) = AT_ONCE.iter().find(|word| rest.starts_with(**word)) {
            (Token::AtOnce, word.len())
        } else {
            let token = match first {
                '(' | '[' => {
                    brackets = brackets.saturating_add(1);
                    Token::Mark
                }
                ')' | ']' => {
                    brackets = brackets.saturating_sub(1);
                    Token::Mark
                }
                '-' | '~' | '—' | '–' | '至' | '到' => Token::Range,
                ',' | ';' | '/' | '、' | '。' | ':' | '|' | '.' => Token::Mark,
                _ => Token::Word,
            };
            (token, first.len_utf8())
        };
        tokens.push(token);
        rest = &rest[used..];
    }
    tokens
}

/// `一类区域`, `一、二类`, `a类地区`, `1级道路`: the classes and the bytes they take.
fn areas(text: &str) -> Option<(Vec<u8>, usize)> {
    let mut classes = Vec::new();
    let mut used = 0;
    loop {
        let rest = &text[used..];
        let first = rest.chars().next()?;
        let class = match first {
            '一' | '1' | 'a' | 'ⅰ' => 1,
            '二' | '2' | 'b' | 'ⅱ' => 2,
            '三' | '3' | 'c' | 'ⅲ' => 3,
            '四' | '4' | 'd' | 'ⅳ' => 4,
            '五' | '5' | 'e' | 'ⅴ' => 5,
            _ => return None,
        };
        classes.push(class);
        used += first.len_utf8();
        let rest = &text[used..];
        if let Some(joined) = ["、", "和", "及", ","].iter().find(|mark| rest.starts_with(**mark)) {
            used += joined.len();
            continue;
        }
        if !rest.starts_with(['类', '级']) {
            return None;
        }
        used += '类'.len_utf8();
        let noun = AREA_NOUNS.iter().find(|noun| text[used..].starts_with(**noun));
        return Some((classes, used + noun.map_or(0, |noun| noun.len())));
    }
}

/// `12`, `1.5`, `半`, `十五`, `两`: the number and the bytes it takes.
fn number(text: &str) -> Option<(f64, usize)> {
    let digits = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        // A full stop behind a number ends a sentence.
        let number = text[..digits].trim_end_matches('.');
        return Some((number.parse().ok()?, number.len()));
    }
    if text.starts_with('半') {
        return Some((0.5, '半'.len_utf8()));
    }
    let value = |c: char| match c {
        '一' => Some(1u8),
        '二' | '两' => Some(2),
        '三' => Some(3),
        '四' => Some(4),
        '五' => Some(5),
        '六' => Some(6),
        '七' => Some(7),
        '八' => Some(8),
        '九' => Some(9),
        _ => None,
    };
    let (mut total, mut used, mut digit) = (0u16, 0, None);
    for c in text.chars() {
        match (c, value(c)) {
            ('十', _) if total == 0 => total = u16::from(digit.take().unwrap_or(1)) * 10,
            (_, Some(value)) if digit.is_none() => digit = Some(value),
            _ => break,
        }
        used += c.len_utf8();
    }
    (used > 0).then(|| (f64::from(total + u16::from(digit.unwrap_or(0))), used))
}

/// Writes a limit so that [`read`] reads it again without assuming anything.
pub(crate) fn write(limit: Option<Limit>, by_area: &[(u8, Limit)]) -> String {
    let one = |limit: Limit| format!("{}{}", limit.amount(), limit.unit().zh());
    match limit {
        Some(limit) if by_area.is_empty() => one(limit),
        _ => by_area
            .iter()
            .map(|(class, limit)| format!("{class}类区域{}", one(*limit)))
            .collect::<Vec<_>>()
            .join("/"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain(text: &str) -> Result<(f64, Unit), Why> {
        match read(
            text,
            Units {
                hour: Some(Unit::UrgentHour),
                day: Some(Unit::CalendarDay),
                bare: None,
            },
        )? {
            (LimitText::One(limit), _) => Ok((limit.amount(), limit.unit())),
            (other, _) => panic!("{other:?}"),
        }
    }

    fn by_area(text: &str) -> Result<Vec<(u8, f64, Unit)>, Why> {
        match read(text, Units::default())? {
            (LimitText::ByArea(limits), _) => Ok(limits.iter().map(|(c, l)| (*c, l.amount(), l.unit())).collect()),
            (other, _) => panic!("{other:?}"),
        }
    }

    #[test]
    fn limits_as_cities_write_them() {
        use Unit::{CalendarDay, UrgentHour, WorkingDay, WorkingHour};
        for (text, amount, unit) in [
            ("2个工作日", 2.0, WorkingDay),
            ("４工作时", 4.0, WorkingHour),
            ("4 个工作小时", 4.0, WorkingHour),
            ("紧急工作时2", 2.0, UrgentHour),
            ("2紧急工作时", 2.0, UrgentHour),
            ("24小时", 24.0, UrgentHour),
            ("24h", 24.0, UrgentHour),
            ("7天", 7.0, CalendarDay),
            ("十五日内", 15.0, CalendarDay),
            ("两个工作日以内", 2.0, WorkingDay),
            ("半个工作日", 0.5, WorkingDay),
            ("1个月", 30.0, CalendarDay),
            ("一周", 7.0, CalendarDay),
            ("30分钟", 0.5, UrgentHour),
            ("不超过3个工作日。", 3.0, WorkingDay),
            ("处置时限：1.5工作日", 1.5, WorkingDay),
            ("立即处置", 1.0, UrgentHour),
            ("3 working days", 3.0, WorkingDay),
            ("二十一自然日", 21.0, CalendarDay),
        ] {
            assert_eq!(plain(text), Ok((amount, unit)), "{text}");
        }
    }

    #[test]
    fn limits_by_class_of_area() {
        use Unit::{UrgentHour, WorkingHour};
        let expected = Ok(vec![(1, 2.0, UrgentHour), (2, 4.0, UrgentHour)]);
        for text in [
            "一类区域2小时/二类4小时",
            "一类区域：2小时；二类区域：4小时",
            "2小时（一类区域），4小时（二类区域）",
            "A类地区2小时 B类地区4小时",
        ] {
            assert_eq!(by_area(text), expected, "{text}");
        }
        let expected = Ok(vec![
            (1, 2.0, WorkingHour),
            (2, 2.0, WorkingHour),
            (3, 8.0, WorkingHour),
        ]);
        assert_eq!(by_area("一、二类区域2工作时，三类区域8工作时"), expected);
        assert_eq!(by_area("一类区域2小时，一类区域4小时"), Err(Why::Several));
    }

    #[test]
    fn what_is_no_limit_is_refused_with_the_reason() {
        for (text, why) in [
            ("", Why::Words),
            ("及时处置", Why::Words),
            ("按合同约定", Why::Words),
            ("雨停后24小时", Why::Words),
            ("约2小时", Why::Words),
            ("4", Why::NoUnit),
            ("3-5个工作日", Why::Range),
            ("3至5日", Why::Range),
            ("停工：4个工作时；拆除：20个工作日", Why::Several),
            ("建筑垃圾4个工作时,渣土堆2个工作日", Why::Several),
            ("2小时，24小时", Why::Several),
            ("一类区域清除2小时，修复4小时", Why::Several),
            ("0小时", Why::Amount),
            ("99999999小时", Why::Amount),
        ] {
            assert_eq!(plain(text), Err(why), "{text}");
        }
    }

    #[test]
    fn bare_numbers_take_the_headers_unit_and_assumptions_are_told() {
        let units = Units {
            bare: Some(Unit::WorkingDay),
            ..Units::default()
        };
        assert_eq!(
            read("3", units).map(|(limit, _)| limit),
            Ok(LimitText::One(Limit::new(3.0, Unit::WorkingDay).expect("limit")))
        );
        let assumed = |text| read(text, Units::default()).map(|(_, assumed)| assumed);
        assert_eq!(assumed("2工作时"), Ok(vec![]));
        assert_eq!(assumed("一类区域2小时/二类区域30分钟"), Ok(vec![Assumption::ClockHour]));
        assert_eq!(assumed("3天"), Ok(vec![Assumption::CalendarDay]));
        assert_eq!(assumed("1个月"), Ok(vec![Assumption::LongUnit]));
        assert_eq!(assumed("立即"), Ok(vec![Assumption::AtOnce]));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC*", mixed in "[一二三四五六七八九十半两类级区域个工作日小时天内/,:()0-9.a-e ]{0,30}") {
            let _ = read(&text, Units::default());
            let _ = read(&mixed, Units::default());
        }

        #[test]
        fn what_is_written_is_read(amount in 1u32..5000, unit in 0usize..4, classes in proptest::collection::btree_set(1u8..=5, 0..4)) {
            let limit = Limit::new(f64::from(amount) / 4.0, Unit::ALL[unit]).expect("limit");
            let by_area: Vec<(u8, Limit)> = classes.into_iter().map(|class| (class, limit)).collect();
            let text = write(Some(limit), &by_area);
            let expected = if by_area.is_empty() { LimitText::One(limit) } else { LimitText::ByArea(by_area) };
            prop_assert_eq!(read(&text, Units::default()), Ok((expected, vec![])));
        }
    }
}

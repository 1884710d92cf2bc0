//! Properties of working time: nothing is lost or won, later never becomes earlier, and no input breaks it.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use standards::calendar::{Hours, Special, Year};
use standards::{Calendar, CalendarData, Clock, Limit, LimitError, Unit};

/// A zone without summer time, two with, one that skipped a day, one that starts summer time at midnight.
const ZONES: [&str; 5] = [
    "Asia/Shanghai",
    "America/New_York",
    "Europe/Berlin",
    "Pacific/Apia",
    "America/Havana",
];

fn zone() -> impl Strategy<Value = TimeZone> {
    prop::sample::select(&ZONES).prop_map(|name| TimeZone::get(name).expect(name))
}

fn unit() -> impl Strategy<Value = Unit> {
    prop::sample::select(&Unit::ALL)
}

/// An instant between 2005 and 2035, to the millisecond.
fn instant() -> impl Strategy<Value = Timestamp> {
    (1_104_537_600_000..2_051_222_400_000_i64).prop_map(|ms| Timestamp::from_millisecond(ms).expect("an instant"))
}

/// A calendar of any hours and week days, with a few holidays and make-up days.
fn calendar() -> impl Strategy<Value = Calendar> {
    let hours = prop::collection::btree_set(0..=1440_u16, 2..8).prop_map(|minutes| {
        let minutes: Vec<u16> = minutes.into_iter().collect();
        minutes
            .chunks_exact(2)
            .map(|pair| Hours::new(pair[0], pair[1]).expect("hours"))
            .collect::<Vec<_>>()
    });
    let weekdays = prop::collection::vec(1..=7_u8, 1..7);
    let day = (0..30 * 365_i32, 0..20_i32, any::<bool>()).prop_map(|(from, length, working)| {
        let first: Date = "2005-01-01".parse().expect("a date");
        let from = first
            .checked_add(SignedDuration::from_hours(24 * i64::from(from)))
            .expect("a date");
        let to = from
            .checked_add(SignedDuration::from_hours(24 * i64::from(length)))
            .expect("a date");
        Special {
            from,
            to,
            working,
            name: String::new(),
            name_en: String::new(),
        }
    });
    let days = prop::collection::vec(day, 0..20);
    (hours, weekdays, days).prop_map(|(hours, weekdays, days)| {
        let years = vec![Year { year: 2026, days }];
        Calendar::new(CalendarData { hours, weekdays, years }).expect("a calendar")
    })
}

fn limit(amount: f64, unit: Unit) -> Limit {
    Limit::new(amount, unit).expect("a limit")
}

proptest! {
    #[test]
    fn due_is_monotone_in_start_and_in_amount(
        calendar in calendar(), zone in zone(), unit in unit(),
        start in instant(), later in 0..500_000_000_i64, amount in 0.0..60.0_f64, more in 0.0..60.0_f64,
    ) {
        let due = |start, amount| calendar.due(start, limit(amount, unit), &zone).expect("within 40 years");
        let first = due(start, amount);
        prop_assert!(start <= first);
        prop_assert!(first <= due(start, amount + more));
        prop_assert!(first <= due(start + SignedDuration::from_millis(later), amount));
    }

    #[test]
    fn due_and_elapsed_are_inverse(
        calendar in calendar(), zone in zone(), unit in unit(), start in instant(), amount in 0.0..60.0_f64,
    ) {
        let limit = limit(amount, unit);
        let due = calendar.due(start, limit, &zone).expect("within 40 years");
        let spent = calendar.elapsed(start, due, unit, &zone).expect("measured");
        prop_assert_eq!(spent, calendar.length(limit));
        // And no earlier instant would do.
        if due > start {
            let before = due - SignedDuration::from_millis(1);
            prop_assert!(calendar.elapsed(start, before, unit, &zone).expect("measured") < spent);
        }
    }

    #[test]
    fn elapsed_adds_up(
        calendar in calendar(), zone in zone(), unit in unit(), mut at in prop::array::uniform3(instant()),
    ) {
        let elapsed = |from, to| calendar.elapsed(from, to, unit, &zone).expect("measured");
        prop_assert_eq!(elapsed(at[0], at[1]) + elapsed(at[1], at[2]), elapsed(at[0], at[2]));
        prop_assert_eq!(elapsed(at[0], at[1]), -elapsed(at[1], at[0]));
        at.sort();
        prop_assert!(elapsed(at[0], at[1]) >= SignedDuration::ZERO);
        prop_assert!(elapsed(at[0], at[2]) <= at[2].duration_since(at[0]));
    }

    /// Paused and resumed at once, any number of times, a clock is due when it always was; and with real pauses, what
    /// it ran in between is exactly what was used.
    #[test]
    fn pause_and_resume_lose_nothing(
        calendar in calendar(), zone in zone(), unit in unit(), start in instant(), amount in 1.0..40.0_f64,
        steps in prop::collection::vec((0..200_000_000_i64, 0..200_000_000_i64), 1..6),
    ) {
        let limit = limit(amount, unit);
        let due = calendar.due(start, limit, &zone).expect("within 40 years");
        let (mut blinking, mut pausing) = (Clock::start(limit, start), Clock::start(limit, start));
        let (mut now, mut now_pausing) = (start, start);
        let mut ran = SignedDuration::ZERO;
        for (run, rest) in steps {
            now += SignedDuration::from_millis(run);
            blinking = blinking.pause(now, &calendar, &zone).expect("measured");
            prop_assert!(blinking.is_paused());
            prop_assert_eq!(blinking.due(&calendar, &zone), Ok(None));
            blinking = blinking.resume(now);

            let stop = now_pausing + SignedDuration::from_millis(run);
            ran += calendar.elapsed(now_pausing, stop, unit, &zone).expect("measured");
            pausing = pausing.pause(stop, &calendar, &zone).expect("measured");
            now_pausing = stop + SignedDuration::from_millis(rest);
            pausing = pausing.resume(now_pausing);
            prop_assert_eq!(pausing.spent(now_pausing, &calendar, &zone), Ok(ran));
        }
        let again = blinking.due(&calendar, &zone).expect("within 40 years");
        if now <= due {
            prop_assert_eq!(again, Some(due));
        } else {
            prop_assert_eq!(again, Some(now));
        }
    }

    #[test]
    fn no_instant_amount_or_share_breaks_it(
        calendar in calendar(), zone in zone(), unit in unit(), amount in 0.0..=Limit::MAX_AMOUNT, share: f64,
        from in Timestamp::MIN.as_millisecond()..=Timestamp::MAX.as_millisecond(),
        to in Timestamp::MIN.as_millisecond()..=Timestamp::MAX.as_millisecond(), spent: i64,
    ) {
        let at = |ms| Timestamp::from_millisecond(ms).expect("an instant");
        let (from, to) = (at(from), at(to));
        let limit = limit(amount, unit);
        let _ = calendar.due(from, limit, &zone);
        let _ = calendar.at_share(from, limit, share, &zone);
        let _ = calendar.deadline(from, limit, share, &zone);
        let _ = calendar.elapsed(from, to, unit, &zone);
        let _ = calendar.after(from, SignedDuration::from_millis(spent), unit, &zone);
        let clock = Clock { limit, spent_ms: spent, running_since: Some(from) };
        let _ = clock.due(&calendar, &zone);
        let _ = clock.remaining(to, &calendar, &zone);
        let _ = clock.pause(to, &calendar, &zone);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,40}", line in "[0-9a-z,-]{0,60}") {
        let _ = text.parse::<Limit>();
        let _ = text.parse::<Unit>();
        let _ = text.parse::<Hours>();
        let _ = text.parse::<standards::AreaCode>();
        let _ = standards::AreaCode::parse_filled(&text);
        let _ = text.parse::<standards::ComponentCode>();
        let _ = text.parse::<standards::MatterCode>();
        let _ = text.parse::<standards::ClassCode>();
        let _ = standards::calendar::read_years(&format!("head\n{line}\n{text}"));
        let _ = standards::text::code(&text);
    }

    #[test]
    fn areas_in_range_are_the_areas_contained(
        codes in prop::array::uniform2("3210[19]9((199|1[09]0)((199|200)(99|09|9[09][9A]|00[19Z])?)?)?"),
    ) {
        let [outer, inner] = codes.map(|code| standards::AreaCode::parse(&code).expect("a code"));
        let (low, high) = outer.range();
        let within = low.as_str() <= inner.as_str() && inner.as_str() < high.as_str();
        prop_assert_eq!(within, outer.contains(inner), "{} in {}", inner, outer);
    }
}

#[test]
fn a_clock_for_another_body_starts_anew_and_an_extension_keeps_what_was_used() {
    let zone = TimeZone::get("Asia/Shanghai").expect("the zone");
    let calendar = Calendar::china();
    let at = |text: &str| text.parse::<Timestamp>().expect("an instant");
    let clock = Clock::start(limit(8.0, Unit::WorkingHour), at("2026-07-06T08:00+08:00"));
    let noon = at("2026-07-06T12:00+08:00");
    assert_eq!(
        clock.remaining_amount(noon, calendar, &zone),
        Ok((4.0, Unit::WorkingHour))
    );

    let paused = clock.pause(noon, calendar, &zone).expect("measured");
    let later = at("2026-07-08T08:00+08:00");
    assert_eq!(
        paused.remaining_amount(later, calendar, &zone),
        Ok((4.0, Unit::WorkingHour))
    );
    assert_eq!(
        paused.resume(later).due(calendar, &zone),
        Ok(Some(at("2026-07-08T12:00+08:00")))
    );
    assert_eq!(
        paused.restart(later).due(calendar, &zone),
        Ok(Some(at("2026-07-08T18:00+08:00")))
    );

    let extended = paused
        .resume(later)
        .with_limit(limit(2.0, Unit::WorkingDay))
        .expect("the same kind of time");
    assert_eq!(extended.due(calendar, &zone), Ok(Some(at("2026-07-09T12:00+08:00"))));
    assert_eq!(paused.with_limit(limit(2.0, Unit::CalendarDay)), None);

    let json = serde_json::to_string(&paused).expect("json");
    assert_eq!(serde_json::from_str::<Clock>(&json).expect("a clock"), paused);
    let over = clock.remaining_amount(at("2026-07-07T12:00+08:00"), calendar, &zone);
    assert_eq!(over, Ok((-4.0, Unit::WorkingHour)));
}

#[test]
fn forty_years_are_counted_in_milliseconds_and_more_is_refused() {
    let zone = TimeZone::get("Asia/Shanghai").expect("the zone");
    let calendar = Calendar::plain();
    let start: Timestamp = "2026-07-06T08:00+08:00".parse().expect("an instant");
    let at_most = calendar.due(start, limit(10_000.0, Unit::WorkingDay), &zone);
    assert!(at_most.is_ok());
    assert_eq!(
        calendar.due(start, limit(12_000.0, Unit::WorkingDay), &zone),
        Err(LimitError::TooFar)
    );
    let much_later = start + SignedDuration::from_hours(24 * 15_000);
    assert_eq!(
        calendar.elapsed(start, much_later, Unit::WorkingHour, &zone),
        Err(LimitError::TooFar)
    );
}

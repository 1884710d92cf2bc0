//! Periods: read from a request, the one before, the same a year before, and cut into whole months and single days.

use jiff::ToSpan;
use jiff::civil::Date;
use kernel::error::{Error, Fields, Result, codes as kernel_codes};
use serde::Serialize;
use utoipa::ToSchema;

/// Days, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = EvaluationPeriod)]
pub struct Period {
    /// The first.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
}

/// The first and the last of some months or days, as they are stored.
pub type Span = (String, String);

impl Period {
    /// Of two texts; at most ten years.
    pub fn parse(from: &str, to: &str) -> Result<Self> {
        let mut fields = Fields::new();
        let mut day = |field: &str, text: &str| {
            let day: Option<Date> = text.parse().ok();
            let day = day.filter(|it| (1900..=2200).contains(&it.year()));
            if day.is_none() {
                fields.refuse_with(field, &kernel_codes::FORMAT, &[("why", "YYYY-MM-DD")]);
            }
            day.unwrap_or_default()
        };
        let (from, to) = (day("from", from), day("to", to));
        fields.done()?;
        let it = Self { from, to };
        if to < from || it.days() > 3660 {
            return Err(Error::field("to", &kernel_codes::FORMAT).with("why", "from ≤ to"));
        }
        Ok(it)
    }

    /// How many days.
    pub fn days(self) -> i64 {
        self.from.until(self.to).map_or(0, |it| i64::from(it.get_days())) + 1
    }

    /// As long, and just before; months before months.
    pub fn before(self) -> Self {
        let to = self.from.yesterday().unwrap_or(self.from);
        let whole = self.from.day() == 1 && self.to == self.to.last_of_month();
        let from = if whole {
            let years = i32::from(self.to.year() - self.from.year());
            let months = years * 12 + i32::from(self.to.month() - self.from.month()) + 1;
            self.from.checked_sub(months.months())
        } else {
            self.from.checked_sub(self.days().days())
        };
        Self {
            from: from.unwrap_or(to),
            to,
        }
    }

    /// The same days a year before.
    pub fn year_before(self) -> Self {
        let back = |it: Date| it.checked_sub(1.year()).unwrap_or(it);
        let last = self.to == self.to.last_of_month();
        let to = back(self.to);
        Self {
            from: back(self.from),
            to: if last { to.last_of_month() } else { to },
        }
    }

    /// The whole months within it, and the days before and after them.
    pub fn cut(self) -> (Option<Span>, Vec<Span>) {
        let first = if self.from.day() == 1 {
            Some(self.from)
        } else {
            self.from.last_of_month().tomorrow().ok()
        };
        let last = if self.to == self.to.last_of_month() {
            Some(self.to)
        } else {
            self.to.first_of_month().yesterday().ok()
        };
        let text = |a: Date, b: Date| (a.to_string(), b.to_string());
        let Some((first, last)) = first.zip(last).filter(|it| it.0 <= it.1) else {
            return (None, vec![text(self.from, self.to)]);
        };
        let month = |it: Date| it.to_string().chars().take(7).collect::<String>();
        let mut days = Vec::new();
        if self.from < first {
            days.push(text(self.from, first.yesterday().unwrap_or(first)));
        }
        if last < self.to {
            days.push(text(last.tomorrow().unwrap_or(last), self.to));
        }
        (Some((month(first), month(last))), days)
    }
}

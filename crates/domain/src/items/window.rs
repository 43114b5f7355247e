//! When applications are taken (申报期): the same days of every year, or certain days once.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Error;

/// A window. Both its days count whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Window {
    /// From one day of the year to another, which may lie in the next year.
    Yearly {
        /// The month and the day of its first day.
        from: (i8, i8),
        /// The month and the day of its last day.
        until: (i8, i8),
    },
    /// Once.
    Once {
        /// Its first day.
        from: Date,
        /// Its last day.
        until: Date,
    },
}

/// A window as it is typed: `03-01` and `04-30`, or `2024-03-01` and `2024-04-30`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// Its first day.
    pub from: String,
    /// Its last day.
    pub until: String,
}

impl TryFrom<Written> for Window {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        const HOW: &str = "申报期的两天都写成月-日（如 03-01），或都写成年-月-日（如 2024-03-01）";
        let (from, until) = (written.from.trim(), written.until.trim());
        if let (Some(from), Some(until)) = (day_of_year(from), day_of_year(until)) {
            return Ok(Self::Yearly { from, until });
        }
        let (Ok(from), Ok(until)) = (terms::dates::parse_date(from), terms::dates::parse_date(until)) else {
            return Err(format!("{HOW}。现为“{from}”和“{until}”。"));
        };
        if until < from {
            return Err(format!("申报期的最后一天 {until} 早于第一天 {from}。"));
        }
        Ok(Self::Once { from, until })
    }
}

impl From<Window> for Written {
    fn from(window: Window) -> Self {
        let short = |(month, day): (i8, i8)| format!("{month:02}-{day:02}");
        match window {
            Window::Yearly { from, until } => Self { from: short(from), until: short(until) },
            Window::Once { from, until } => Self { from: from.to_string(), until: until.to_string() },
        }
    }
}

/// `03-01` as month and day; 29 February stands for the last day of its month.
fn day_of_year(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day): (i8, i8) = (month.parse().ok()?, day.parse().ok()?);
    Date::new(2024, month, day).is_ok().then_some((month, day))
}

/// A day of a year, the last of its month where that is shorter.
fn on(year: i16, (month, day): (i8, i8)) -> Date {
    Date::new(year, month, day).unwrap_or_else(|_| jiff::civil::date(year, month, 1).last_of_month())
}

impl Window {
    /// In Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Yearly { .. } => {
                let Written { from, until } = self.into();
                format!("每年 {from} 至 {until}")
            }
            Self::Once { from, until } => format!("{from} 至 {until}"),
        }
    }

    /// Its first and last day where it begins in a year.
    fn beginning_in(self, year: i16) -> (Date, Date) {
        match self {
            Self::Yearly { from, until } => (on(year, from), on(if until < from { year + 1 } else { year }, until)),
            Self::Once { from, until } => (from, until),
        }
    }

    /// The window that is open on a day.
    fn open_on(self, today: Date) -> Option<(Date, Date)> {
        let years = [today.year() - 1, today.year()].map(|year| self.beginning_in(year));
        years.into_iter().find(|(from, until)| *from <= today && today <= *until)
    }

    /// Whether something that happened on one day may be applied for on another. What comes too late for the window of its own year may
    /// still come in that of the next. The error says in words why not, and when.
    pub fn check(self, event: Date, today: Date) -> Result<(), Error> {
        let Some((from, until)) = self.open_on(today) else {
            let next = [today.year(), today.year() + 1].map(|year| self.beginning_in(year).0);
            let next = match next.into_iter().find(|first| *first > today) {
                Some(first) => format!("下一次从 {first} 开始"),
                None => "不会再有下一次".to_owned(),
            };
            let why = format!("申报期是 {}，今天（{today}）不在申报期内；{next}。", self.zh());
            return Err(Error::Field { field: "award", why });
        };
        let (year, happened) = (from.year(), event.year());
        if matches!(self, Self::Yearly { .. }) && happened < year - 1 {
            let (first, last) = self.beginning_in(happened + 1);
            let why = format!(
                "事项发生日 {event} 的事项最迟应在 {first} 至 {last} 的申报期内申报，已经过期；本次（{from} 至 {until}）只收 {} 年以来的事项。",
                year - 1
            );
            return Err(Error::Field { field: "event", why });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn window(from: &str, until: &str) -> Result<Window, String> {
        Window::try_from(Written { from: from.into(), until: until.into() })
    }

    #[test]
    fn a_yearly_window_opens_on_its_first_day_and_closes_after_its_last() {
        let spring = window("03-01", "04-30").unwrap();
        let event = date(2023, 11, 2);
        let takes = |today| spring.check(event, today).is_ok();
        assert_eq!(
            [date(2024, 2, 29), date(2024, 3, 1), date(2024, 4, 30), date(2024, 5, 1)].map(takes),
            [false, true, true, false]
        );
        let early = spring.check(event, date(2024, 2, 29)).unwrap_err().to_string();
        assert!(early.contains("每年 03-01 至 04-30") && early.contains("下一次从 2024-03-01 开始"), "{early}");
        assert!(spring.check(event, date(2024, 5, 1)).unwrap_err().to_string().contains("下一次从 2025-03-01 开始"));
        // The last chance is the window of the year after.
        let late = spring.check(event, date(2025, 3, 1)).unwrap_err().to_string();
        assert!(late.contains("2024-03-01 至 2024-04-30") && late.contains("2024 年以来"), "{late}");
        assert!(spring.check(date(2024, 3, 1), date(2024, 3, 2)).is_ok(), "of the same year");
    }

    #[test]
    fn a_window_over_the_turn_of_the_year_is_one() {
        let winter = window("12-01", "01-31").unwrap();
        let takes = |today| winter.check(date(2023, 6, 1), today).is_ok();
        assert!(takes(date(2023, 12, 1)) && takes(date(2024, 1, 31)));
        assert!(!takes(date(2024, 2, 1)) && !takes(date(2023, 11, 30)));
        let leap = window("02-01", "02-29").unwrap();
        assert!(
            leap.check(date(2023, 1, 1), date(2023, 2, 28)).is_ok()
                && leap.check(date(2023, 1, 1), date(2023, 3, 1)).is_err()
        );
    }

    #[test]
    fn a_window_of_certain_days_comes_once() {
        let once = window("2024-03-01", "2024-04-30").unwrap();
        assert!(
            once.check(date(2021, 1, 1), date(2024, 4, 30)).is_ok(),
            "the days of the item bound what may have happened"
        );
        assert!(once.check(date(2023, 1, 1), date(2024, 5, 1)).unwrap_err().to_string().contains("不会再有下一次"));
        assert!(once.check(date(2023, 1, 1), date(2024, 2, 1)).unwrap_err().to_string().contains("从 2024-03-01 开始"));
    }

    #[test]
    fn what_is_typed_is_read_back_or_refused() {
        for (from, until) in [("03-01", "04-30"), ("2024-03-01", "2024-04-30")] {
            let read = window(from, until).unwrap();
            assert_eq!(Written::from(read), Written { from: from.into(), until: until.into() });
        }
        for (from, until) in
            [("03-01", "2024-04-30"), ("13-01", "04-30"), ("", ""), ("2024-05-01", "2024-04-30"), ("02-30", "03-01")]
        {
            assert!(window(from, until).is_err(), "{from} {until}");
        }
    }
}

//! Periods of days, months and years: 《民法典》第二百零一条、第二百零二条, 《专利法实施细则》第五条.
//!
//! The first day is not counted; a period ends on the corresponding day of its last month, or on that month's last day where there is none.
//! Last days that fall on a holiday move; that needs a calendar and is in [`crate::calendar`]. Terms of patents do not move.

use jiff::{Span, civil::Date};

use crate::{Error, Result};

/// The length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// Calendar days 日.
    Days(i32),
    /// Months 月.
    Months(i32),
    /// Years 年.
    Years(i32),
}

/// The day `years` later (or earlier, when negative) with the same month and day; 29 February becomes the 28th.
pub fn add_years(from: Date, years: i32) -> Result<Date> {
    period_end(from, Period::Years(years))
}

/// The day `months` later (or earlier) with the same number, or the last day of a shorter month.
pub fn add_months(from: Date, months: i32) -> Result<Date> {
    period_end(from, Period::Months(months))
}

/// The day `days` later (or earlier).
pub fn add_days(from: Date, days: i32) -> Result<Date> {
    period_end(from, Period::Days(days))
}

/// The last day (届满日) of a period that begins with what happened on `from`, not moved for holidays.
///
/// ```
/// use jiff::civil::date;
/// use terms::periods::{Period, period_end};
///
/// assert_eq!(period_end(date(2024, 1, 31), Period::Months(1))?, date(2024, 2, 29));
/// # Ok::<(), terms::Error>(())
/// ```
pub fn period_end(from: Date, length: Period) -> Result<Date> {
    let span = match length {
        Period::Days(days) => Span::new().try_days(days),
        Period::Months(months) => Span::new().try_months(months),
        Period::Years(years) => Span::new().try_years(years),
    };
    span.and_then(|span| from.checked_add(span))
        .map_err(|_| Error::new(format!("从 {from} 起算的期限超出可计算的日期范围。请核对日期。")))
}

/// Whether on the day `on` more than the period has gone by since `from` (超过): its last day itself is not more.
pub fn is_longer_than(from: Date, length: Period, on: Date) -> Result<bool> {
    Ok(on > period_end(from, length)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn maintenance_of_exactly_ten_years_is_not_more_than_ten_section_1_8() {
        for (filed_on, as_of, expected) in [
            (date(2013, 12, 31), date(2023, 12, 31), false),
            (date(2013, 12, 30), date(2023, 12, 31), true),
            (date(2012, 2, 29), date(2022, 2, 28), false),
            (date(2012, 2, 29), date(2022, 3, 1), true),
        ] {
            assert_eq!(is_longer_than(filed_on, Period::Years(10), as_of), Ok(expected), "{filed_on} {as_of}");
        }
    }

    #[test]
    fn a_period_ends_on_the_corresponding_day_section_1_2() {
        assert_eq!(add_months(date(2021, 1, 15), 6), Ok(date(2021, 7, 15)));
        assert_eq!(add_years(date(1999, 9, 6), 10), Ok(date(2009, 9, 6)));
        assert_eq!(add_days(date(2021, 12, 31), 15), Ok(date(2022, 1, 15)));
    }

    #[test]
    fn without_a_corresponding_day_it_ends_on_the_last_of_the_month_section_1_2() {
        assert_eq!(add_months(date(2021, 1, 31), 1), Ok(date(2021, 2, 28)));
        assert_eq!(add_months(date(2024, 1, 31), 1), Ok(date(2024, 2, 29)));
        assert_eq!(add_months(date(2021, 8, 31), 6), Ok(date(2022, 2, 28)));
        assert_eq!(add_years(date(2020, 2, 29), 1), Ok(date(2021, 2, 28)));
        assert_eq!(add_years(date(2020, 2, 29), 4), Ok(date(2024, 2, 29)));
    }

    #[test]
    fn the_calendar_year_ends_with_31_december_section_1_2() {
        assert_eq!(add_days(date(2023, 12, 31), 1), Ok(date(2024, 1, 1)));
    }

    #[test]
    fn beyond_the_range_of_dates_is_an_error() {
        assert!(add_years(date(9990, 1, 1), 10).is_err());
        assert!(add_years(date(2000, 1, 1), i32::MAX).is_err());
        assert!(add_days(date(2000, 1, 1), i32::MIN).is_err());
    }

    fn a_date() -> impl Strategy<Value = Date> {
        (0i32..90_000).prop_map(|days| add_days(date(1900, 1, 1), days).unwrap())
    }

    proptest! {
        #[test]
        fn days_added_and_taken_away_cancel(day in a_date(), days in 0i32..20_000) {
            prop_assert_eq!(add_days(add_days(day, days).unwrap(), -days).unwrap(), day);
        }

        #[test]
        fn a_year_is_twelve_months(day in a_date(), years in 0i32..50) {
            prop_assert_eq!(add_years(day, years), add_months(day, years * 12));
        }

        #[test]
        fn months_keep_the_day_or_end_the_month(day in a_date(), months in 0i32..600) {
            let end = add_months(day, months).unwrap();
            prop_assert!(end.day() == day.day() || (end.day() < day.day() && end == end.last_of_month()));
            let months_apart = i32::from(end.year() - day.year()) * 12 + i32::from(end.month() - day.month());
            prop_assert_eq!(months_apart, months);
        }

        #[test]
        fn a_later_start_never_ends_earlier(day in a_date(), later in 0i32..400, months in 0i32..300) {
            let start = add_days(day, later).unwrap();
            prop_assert!(add_months(day, months).unwrap() <= add_months(start, months).unwrap());
        }

        #[test]
        fn the_day_after_the_end_is_longer_and_the_end_is_not(day in a_date(), years in 1i32..40) {
            let end = add_years(day, years).unwrap();
            prop_assert_eq!(is_longer_than(day, Period::Years(years), end), Ok(false));
            prop_assert_eq!(is_longer_than(day, Period::Years(years), add_days(end, 1).unwrap()), Ok(true));
        }
    }
}

//! Working days 工作日 by the calendar that the State Council's office publishes each year.
//!
//! The calendar cannot be computed: make-up weekends are decided each autumn for the next year.
//! So it is built from dated rows, and every answer beyond the years they cover is refused.

use std::{collections::BTreeMap, ops::RangeInclusive};

use jiff::civil::{Date, Weekday};

use crate::{
    Error, Result,
    periods::{self, Period},
};

/// Which days are worked, for a run of years: Monday to Friday, without the holidays, with the make-up weekends.
///
/// The notice for a year may also move days of the December before it:
/// the last days of the last year covered are sure only once the next notice is in.
#[derive(Debug, Clone)]
pub struct WorkingCalendar {
    years: RangeInclusive<i16>,
    /// True where the day is off, false where a weekend is worked.
    exceptions: BTreeMap<Date, bool>,
}

impl WorkingCalendar {
    /// A calendar from rows of day and 是否放假, covering these years whole.
    ///
    /// Rows outside the years are used too. The same day given both ways is an error.
    pub fn new(rows: impl IntoIterator<Item = (Date, bool)>, years: RangeInclusive<i16>) -> Result<Self> {
        if years.is_empty() {
            return Err(Error::new("节假日表没有覆盖任何年份。请先导入国务院办公厅公布的节假日安排。"));
        }
        let mut exceptions = BTreeMap::new();
        for (day, is_off) in rows {
            if exceptions.insert(day, is_off).is_some_and(|before| before != is_off) {
                return Err(Error::new(format!("节假日表中 {day} 既是放假又是上班。请核对后重新导入。")));
            }
        }
        Ok(Self { years, exceptions })
    }

    /// A calendar from rows alone: a year is covered when its National Day, 1 October, is in them as a day off.
    ///
    /// The run of years ends before the first year that is missing, counted back from the latest.
    pub fn from_rows(rows: impl IntoIterator<Item = (Date, bool)>) -> Result<Self> {
        let rows: Vec<(Date, bool)> = rows.into_iter().collect();
        let mut covered: Vec<i16> = rows
            .iter()
            .filter(|(day, is_off)| *is_off && (day.month(), day.day()) == (10, 1))
            .map(|(day, _)| day.year())
            .collect();
        covered.sort_unstable();
        covered.dedup();
        let Some(last) = covered.last().copied() else {
            return Self::new(rows, RangeInclusive::new(1, 0));
        };
        let run = covered.iter().rev().zip(0..).take_while(|(year, back)| **year == last - back).count();
        let first = covered[covered.len() - run];
        Self::new(rows, first..=last)
    }

    /// The years it covers.
    pub fn years(&self) -> RangeInclusive<i16> {
        self.years.clone()
    }

    /// Whether the day is worked.
    pub fn is_working_day(&self, day: Date) -> Result<bool> {
        if !self.years.contains(&day.year()) {
            return Err(Error::new(format!(
                "{day} 是否工作日无法判断：节假日表只覆盖 {} 年至 {} 年。请先导入国务院办公厅公布的 {} 年节假日安排。",
                self.years.start(),
                self.years.end(),
                day.year(),
            )));
        }
        let is_off = self.exceptions.get(&day).copied();
        Ok(!is_off.unwrap_or(matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)))
    }

    /// The first working day after `day`.
    pub fn next_working_day(&self, day: Date) -> Result<Date> {
        self.working_day_on_or_after(periods::add_days(day, 1)?)
    }

    /// `day` itself when it is worked, else the first working day after it.
    ///
    /// So a last day moves: 《民法典》第二百零三条 to the day after the holiday ends,
    /// 《专利法实施细则》第五条 to the first working day after it. Weekends count as holidays for both.
    pub fn working_day_on_or_after(&self, day: Date) -> Result<Date> {
        let mut day = day;
        while !self.is_working_day(day)? {
            day = periods::add_days(day, 1)?;
        }
        Ok(day)
    }

    /// The last day of a period, moved to a working day when it falls on a holiday.
    pub fn period_end(&self, from: Date, length: Period) -> Result<Date> {
        self.working_day_on_or_after(periods::period_end(from, length)?)
    }

    /// The `count`-th working day after `from`, which is not counted itself; `from` when `count` is 0.
    ///
    /// 《行政处罚法》第八十五条: its periods of two, three, five and seven days are working days.
    pub fn add_working_days(&self, from: Date, count: u32) -> Result<Date> {
        let mut day = from;
        for _ in 0..count {
            day = self.next_working_day(day)?;
        }
        Ok(day)
    }

    /// The working days after `from` up to and including `to`; an error when `to` is earlier.
    pub fn working_days_between(&self, from: Date, to: Date) -> Result<u32> {
        if to < from {
            return Err(Error::new(format!("截止日 {to} 早于起始日 {from}。请核对两个日期。")));
        }
        let mut count = 0;
        let mut day = from;
        while day < to {
            day = periods::add_days(day, 1)?;
            count += u32::from(self.is_working_day(day)?);
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    /// The State Council's arrangement for New Year, Spring Festival and National Day 2021–2022, in part.
    fn calendar() -> WorkingCalendar {
        let off = |from: Date, days: i32| (0..days).map(move |n| (periods::add_days(from, n).unwrap(), true));
        let worked = [date(2021, 9, 26), date(2021, 10, 9), date(2022, 1, 29), date(2022, 1, 30)];
        let rows = off(date(2021, 10, 1), 7)
            .chain(off(date(2022, 1, 1), 3))
            .chain(off(date(2022, 1, 31), 7))
            .chain(off(date(2022, 10, 1), 7))
            .chain(worked.map(|day| (day, false)));
        WorkingCalendar::from_rows(rows).unwrap()
    }

    #[test]
    fn holidays_are_off_and_make_up_weekends_are_worked_section_1_2() {
        let calendar = calendar();
        for (day, is_working) in [
            (date(2021, 9, 30), true),
            (date(2021, 10, 1), false),
            (date(2021, 10, 7), false),
            (date(2021, 10, 8), true),
            (date(2021, 10, 9), true),
            (date(2021, 10, 10), false),
            (date(2021, 9, 25), false),
            (date(2021, 9, 26), true),
        ] {
            assert_eq!(calendar.is_working_day(day), Ok(is_working), "{day}");
        }
    }

    #[test]
    fn a_last_day_on_a_holiday_moves_to_the_first_working_day_section_1_2() {
        let calendar = calendar();
        assert_eq!(calendar.period_end(date(2021, 8, 3), Period::Months(2)), Ok(date(2021, 10, 8)));
        assert_eq!(calendar.period_end(date(2021, 7, 30), Period::Months(2)), Ok(date(2021, 9, 30)));
        assert_eq!(calendar.period_end(date(2021, 9, 9), Period::Months(1)), Ok(date(2021, 10, 9)));
        assert_eq!(calendar.period_end(date(2021, 9, 10), Period::Months(1)), Ok(date(2021, 10, 11)));
    }

    #[test]
    fn penalty_periods_of_a_few_days_are_working_days_section_1_2() {
        let calendar = calendar();
        assert_eq!(calendar.add_working_days(date(2021, 9, 30), 0), Ok(date(2021, 9, 30)));
        assert_eq!(calendar.add_working_days(date(2021, 9, 30), 1), Ok(date(2021, 10, 8)));
        assert_eq!(calendar.add_working_days(date(2021, 9, 30), 2), Ok(date(2021, 10, 9)));
        assert_eq!(calendar.add_working_days(date(2021, 9, 30), 3), Ok(date(2021, 10, 11)));
        assert_eq!(calendar.working_days_between(date(2021, 9, 30), date(2021, 10, 11)), Ok(3));
        assert_eq!(calendar.working_days_between(date(2021, 9, 30), date(2021, 9, 30)), Ok(0));
        assert!(calendar.working_days_between(date(2021, 10, 2), date(2021, 10, 1)).is_err());
    }

    #[test]
    fn beyond_its_last_year_it_refuses_and_names_the_year_section_1_2() {
        let calendar = calendar();
        assert!(calendar.is_working_day(date(2022, 12, 31)).is_ok());
        let message = calendar.is_working_day(date(2023, 1, 1)).unwrap_err().message;
        assert!(message.contains("2021 年至 2022 年") && message.contains("2023 年节假日安排"), "{message}");
        assert!(calendar.is_working_day(date(2020, 12, 31)).is_err());
        assert!(calendar.next_working_day(date(2022, 12, 30)).is_err(), "31 December 2022 is a Saturday");
        assert!(calendar.add_working_days(date(2022, 12, 1), 100).is_err());
        assert!(calendar.working_days_between(date(2022, 12, 1), date(2023, 2, 1)).is_err());
    }

    #[test]
    fn years_are_covered_from_the_latest_back_without_a_gap() {
        let national_day = |year| (date(year, 10, 1), true);
        let years = |rows: &[(Date, bool)]| WorkingCalendar::from_rows(rows.iter().copied()).map(|c| c.years());
        assert_eq!(years(&[national_day(2019), national_day(2021), national_day(2022)]), Ok(2021..=2022));
        assert_eq!(years(&[national_day(2022), (date(2023, 1, 1), true)]), Ok(2022..=2022));
        assert!(years(&[]).unwrap_err().message.contains("没有覆盖任何年份"));
    }

    #[test]
    fn a_day_both_off_and_worked_is_refused() {
        let rows = [(date(2021, 10, 1), true), (date(2021, 10, 1), false)];
        assert!(WorkingCalendar::new(rows, 2021..=2021).is_err());
        let repeated = [(date(2021, 10, 1), true), (date(2021, 10, 1), true)];
        assert!(WorkingCalendar::new(repeated, 2021..=2021).is_ok());
    }

    proptest! {
        #[test]
        fn adding_and_counting_working_days_agree(offset in 0i32..400, count in 1u32..150) {
            let calendar = calendar();
            let from = periods::add_days(date(2021, 1, 1), offset).unwrap();
            let to = calendar.add_working_days(from, count).unwrap();
            prop_assert_eq!(calendar.working_days_between(from, to), Ok(count));
            prop_assert_eq!(calendar.is_working_day(to), Ok(true));
        }
    }
}

//! Rights that may soon be lost (即将失效): statutory terms that end, and annual fees that fall due.
//!
//! **Method.** A right in force at the date whose statutory term ends within a year is listed with its last day.
//! For the others the next annual fee falls due on the anniversary of the filing date (《专利法实施细则》第一百一十五条:
//! before the previous patent year ends); one that falls due within the horizon is listed. The registers do not say
//! whether a fee was paid, so this is a reminder and no finding.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use crate::runs::Opened;

/// Within how many days an annual fee must fall due to be listed.
pub const FEE_HORIZON_DAYS: i32 = 90;
/// Within how many days a term must end to be listed.
pub const TERM_HORIZON_DAYS: i32 = 365;

/// Why a right is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// 保护期将届满: the statutory term ends.
    TermEnds,
    /// 年费将到期: an annual fee falls due.
    FeeDue,
}

impl Cause {
    /// Its words on the page.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::TermEnds => "保护期将届满",
            Self::FeeDue => "年费将到期",
        }
    }
}

/// A right that may soon be lost.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lapse {
    /// The day concerned: the last day of the term, or the day by which the fee is due.
    pub on: Date,
    /// Why.
    pub cause: Cause,
    /// The right.
    pub application_number: String,
    /// Its title.
    pub title: String,
    /// The enterprise that owns it, where tied.
    pub uscc: Option<String>,
    /// Its town.
    pub town: String,
    /// Whether it is a high-value invention, whose loss costs twice.
    pub high_value: bool,
}

/// The city's inventions in force that may soon be lost, the earliest day first, high-value ones before others.
pub fn soon(opened: &Opened) -> Vec<Lapse> {
    let as_of = opened.evaluation.as_of;
    let (Some(inventions), Some(patents)) = (opened.views.rows("invention_in_city"), opened.snapshot.rows("patent"))
    else {
        return Vec::new();
    };
    let high_value: BTreeSet<&str> = opened
        .views
        .rows("high_value")
        .map(|rows| (0..rows.len()).filter_map(|row| rows.text(row, "application_number")).collect())
        .unwrap_or_default();
    let titles: BTreeMap<&str, &str> = (0..patents.len())
        .filter_map(|row| {
            Some((patents.text(row, "application_number")?, patents.text(row, "title").unwrap_or_default()))
        })
        .collect();
    let mut lapses: Vec<Lapse> = (0..inventions.len())
        .filter_map(|row| {
            let number = inventions.text(row, "application_number")?;
            let (cause, on) = next_danger(inventions.date(row, "filed_on")?, as_of)?;
            Some(Lapse {
                on,
                cause,
                application_number: number.to_owned(),
                title: titles.get(number).copied().unwrap_or_default().to_owned(),
                uscc: inventions.text(row, "owner_uscc").map(str::to_owned),
                town: inventions.text(row, "town").unwrap_or_default().to_owned(),
                high_value: high_value.contains(number),
            })
        })
        .collect();
    lapses.sort_by(|a, b| {
        a.on.cmp(&b.on).then(b.high_value.cmp(&a.high_value)).then(a.application_number.cmp(&b.application_number))
    });
    lapses
}

/// The next day on which an invention filed on this day may be lost, if it lies within a horizon.
fn next_danger(filed_on: Date, as_of: Date) -> Option<(Cause, Date)> {
    // The term's last day is the day before the twentieth anniversary of filing.
    let term_end = filed_on.checked_add(20.years()).ok()?.yesterday().ok()?;
    if within(as_of, term_end, TERM_HORIZON_DAYS) {
        return Some((Cause::TermEnds, term_end));
    }
    let anniversary =
        (0..=20_i32).filter_map(|year| filed_on.checked_add(year.years()).ok()).find(|day| *day >= as_of)?;
    within(as_of, anniversary, FEE_HORIZON_DAYS).then_some((Cause::FeeDue, anniversary))
}

fn within(as_of: Date, day: Date, horizon_days: i32) -> bool {
    day >= as_of && as_of.checked_add(horizon_days.days()).is_ok_and(|end| day <= end)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_fee_is_listed_from_ninety_days_before_its_anniversary_to_the_day_itself() {
        let filed = date(2015, 3, 31);
        assert_eq!(next_danger(filed, date(2023, 12, 31)), None);
        assert_eq!(next_danger(filed, date(2024, 1, 1)), Some((Cause::FeeDue, date(2024, 3, 31))));
        assert_eq!(next_danger(filed, date(2024, 3, 31)), Some((Cause::FeeDue, date(2024, 3, 31))));
        assert_eq!(next_danger(filed, date(2024, 4, 1)), None);
    }

    #[test]
    fn a_term_that_ends_within_a_year_comes_before_the_fee() {
        // Filed 2003-12-31: the term runs to 2023-12-30 (DOMAIN 1.8).
        assert_eq!(next_danger(date(2003, 12, 31), date(2023, 12, 30)), Some((Cause::TermEnds, date(2023, 12, 30))));
        assert_eq!(next_danger(date(2003, 12, 31), date(2022, 12, 30)), Some((Cause::TermEnds, date(2023, 12, 30))));
        assert_eq!(next_danger(date(2003, 12, 31), date(2022, 12, 29)), Some((Cause::FeeDue, date(2022, 12, 31))));
    }
}

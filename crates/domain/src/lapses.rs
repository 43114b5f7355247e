//! Rights that may soon be lost (即将失效): statutory terms that end, and annual fees that fall due.
//!
//! **Method.** A right in force at the date whose statutory term ends within a year is listed with its last day.
//! For the others the next annual fee falls due on the anniversary of the filing date, and may be paid late for six months
//! (《专利法实施细则》第一百一十五条); one that falls due within the horizon is listed unless its receipt is on record.
//! A receipt settles the anniversary from which it lies less than half a year; what was paid by the grant is of the year of the
//! grant. Where later receipts of the right and later days of the register are on record, a missing one says that the right stands
//! in its last six months; where none was ever told, nobody knows, and that is said.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{ToSpan, civil::Date};
use rules::Rows;
use terms::periods::{add_months, add_years};

use crate::runs::Opened;

/// Within how many days an annual fee must fall due to be listed.
pub const FEE_HORIZON_DAYS: i32 = 90;
/// Within how many days a term must end to be listed.
pub const TERM_HORIZON_DAYS: i32 = 365;

/// For how many months after it fell due an annual fee may still be paid (滞纳期).
const GRACE_MONTHS: i32 = 6;

/// Why a right is listed, the gravest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// 滞纳期内未见缴费: the fee was due and is not on record, though later ones are.
    FeeLate,
    /// 保护期将届满: the statutory term ends.
    TermEnds,
    /// 年费将到期: an annual fee falls due, and is not on record yet.
    FeeDue,
    /// 年费将到期，缴费未登记: an annual fee falls due, and of this right no annual fee was ever on record.
    FeeUnknown,
}

impl Cause {
    /// Every cause, the gravest first.
    pub const ALL: [Self; 4] = [Self::FeeLate, Self::TermEnds, Self::FeeDue, Self::FeeUnknown];

    /// Its key in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::FeeLate => "late",
            Self::TermEnds => "term",
            Self::FeeDue => "fee",
            Self::FeeUnknown => "unknown",
        }
    }
}

/// A right that may soon be lost.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lapse {
    /// The day concerned: the last day of the term, the day by which the fee is due, or the last on which it may be paid late.
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
    let receipts = Receipts::read(opened.snapshot.rows("official_fee"));
    let mut lapses: Vec<Lapse> = (0..inventions.len())
        .filter_map(|row| {
            let number = inventions.text(row, "application_number")?;
            let (filed_on, granted_on) = (inventions.date(row, "filed_on")?, inventions.date(row, "granted_on"));
            let (cause, on) = next_danger(filed_on, granted_on, &receipts.of(number, granted_on), as_of)?;
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

/// When annual fees were paid.
struct Receipts<'a> {
    paid: BTreeMap<&'a str, Vec<Date>>,
    /// The latest day of the whole register: later ones were not told yet.
    until: Option<Date>,
}

/// The annual fees of one right after its grant, and up to which day any were told.
pub(crate) struct Paid {
    pub(crate) on: Vec<Date>,
    pub(crate) until: Option<Date>,
}

impl<'a> Receipts<'a> {
    fn read(fees: Option<Rows<'a>>) -> Self {
        let mut paid: BTreeMap<&str, Vec<Date>> = BTreeMap::new();
        if let Some(fees) = fees {
            for row in (0..fees.len()).filter(|row| fees.text(*row, "kind") == Some("年费")) {
                if let (Some(number), Some(on)) = (fees.text(row, "number"), fees.date(row, "paid_on")) {
                    paid.entry(number).or_default().push(on);
                }
            }
        }
        let until = paid.values().flatten().max().copied();
        Self { paid, until }
    }

    fn of(&self, number: &str, granted_on: Option<Date>) -> Paid {
        let all = self.paid.get(number).into_iter().flatten().copied();
        Paid { on: all.filter(|day| granted_on.is_none_or(|granted| *day > granted)).collect(), until: self.until }
    }
}

impl Paid {
    /// Whether the fee due on this day is on record.
    fn settles(&self, due: Date) -> bool {
        let half = |months| add_months(due, months).ok();
        self.on.iter().any(|day| half(-GRACE_MONTHS).is_none_or(|from| from < *day) && half(GRACE_MONTHS) >= Some(*day))
    }
}

/// The next day on which an invention filed on this day may be lost, if it lies within a horizon.
pub(crate) fn next_danger(filed_on: Date, granted_on: Option<Date>, paid: &Paid, as_of: Date) -> Option<(Cause, Date)> {
    let due = || (1..=20_i32).filter_map(|year| add_years(filed_on, year).ok());
    // Only a right whose fees are told at all, in a register that reaches beyond the day, can be seen to be late.
    let late = due().rfind(|day| *day < as_of && granted_on.is_none_or(|granted| *day > granted));
    if let Some(day) = late.filter(|day| !paid.on.is_empty() && paid.until >= Some(*day) && !paid.settles(*day))
        && let Ok(last) = add_months(day, GRACE_MONTHS)
        && as_of <= last
    {
        return Some((Cause::FeeLate, last));
    }
    // The term's last day is the day before the twentieth anniversary of filing.
    let term_end = add_years(filed_on, 20).ok()?.yesterday().ok()?;
    if within(as_of, term_end, TERM_HORIZON_DAYS) {
        return Some((Cause::TermEnds, term_end));
    }
    let next = due().find(|day| *day >= as_of).filter(|day| within(as_of, *day, FEE_HORIZON_DAYS))?;
    let cause = if paid.on.is_empty() { Cause::FeeUnknown } else { Cause::FeeDue };
    (!paid.settles(next)).then_some((cause, next))
}

pub(crate) fn within(as_of: Date, day: Date, horizon_days: i32) -> bool {
    day >= as_of && as_of.checked_add(horizon_days.days()).is_ok_and(|end| day <= end)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const UNTOLD: Paid = Paid { on: Vec::new(), until: None };

    fn danger(filed_on: Date, as_of: Date) -> Option<(Cause, Date)> {
        next_danger(filed_on, None, &UNTOLD, as_of)
    }

    #[test]
    fn a_fee_is_listed_from_ninety_days_before_its_anniversary_to_the_day_itself() {
        let filed = date(2015, 3, 31);
        let listed = Some((Cause::FeeUnknown, date(2024, 3, 31)));
        assert_eq!(danger(filed, date(2023, 12, 31)), None);
        assert_eq!(danger(filed, date(2024, 1, 1)), listed);
        assert_eq!(danger(filed, date(2024, 3, 31)), listed);
        assert_eq!(danger(filed, date(2024, 4, 1)), None, "nobody told whether it was paid");
    }

    #[test]
    fn a_term_that_ends_within_a_year_comes_before_the_fee() {
        // Filed 2003-12-31: the term runs to 2023-12-30 (DOMAIN 1.8).
        let ends = Some((Cause::TermEnds, date(2023, 12, 30)));
        assert_eq!(danger(date(2003, 12, 31), date(2023, 12, 30)), ends);
        assert_eq!(danger(date(2003, 12, 31), date(2022, 12, 30)), ends);
        assert_eq!(danger(date(2003, 12, 31), date(2022, 12, 29)), Some((Cause::FeeUnknown, date(2022, 12, 31))));
    }

    #[test]
    fn what_was_paid_is_not_listed_and_what_was_not_is_late_for_six_months() {
        let (filed, granted) = (date(2015, 3, 31), Some(date(2018, 6, 1)));
        let of = |on: &[Date], until, as_of| {
            next_danger(filed, granted, &Paid { on: on.to_vec(), until: Some(until) }, as_of)
        };
        let paid_before = [date(2023, 3, 20)];
        // Not paid yet, and then paid: a receipt from half a year before to half a year after settles the day.
        assert_eq!(of(&paid_before, date(2024, 1, 31), date(2024, 3, 1)), Some((Cause::FeeDue, date(2024, 3, 31))));
        for on in [date(2023, 10, 1), date(2024, 2, 1), date(2024, 3, 31)] {
            assert_eq!(of(&[on], on, date(2024, 3, 31)), None, "{on}");
        }
        assert_eq!(
            of(&[date(2023, 9, 30)], date(2024, 1, 31), date(2024, 3, 1)),
            Some((Cause::FeeDue, date(2024, 3, 31)))
        );
        // Late, until the last day of the six months, if the register reaches beyond the day.
        let late = Some((Cause::FeeLate, date(2024, 9, 30)));
        assert_eq!(of(&paid_before, date(2024, 3, 31), date(2024, 4, 1)), late);
        assert_eq!(of(&paid_before, date(2024, 3, 31), date(2024, 9, 30)), late);
        assert_eq!(of(&paid_before, date(2024, 3, 31), date(2024, 10, 1)), None, "by then it has lapsed or was paid");
        assert_eq!(of(&paid_before, date(2024, 3, 30), date(2024, 4, 1)), None, "April's receipts were not told yet");
        assert_eq!(of(&[date(2024, 9, 30)], date(2024, 9, 30), date(2024, 9, 30)), None, "paid on the last day");
    }
}

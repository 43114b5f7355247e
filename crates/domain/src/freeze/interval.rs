//! Stretches of days: the first day included, the last day not, either end open.
//!
//! A right that ends on a day is not in force on that day, so the end is exclusive everywhere in a snapshot.

use jiff::civil::Date;

/// Days from `from` up to, but without, `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Interval {
    /// The first day; open when there was no beginning.
    pub(crate) from: Option<Date>,
    /// The first day that is no longer part of it; open when there is no end.
    pub(crate) until: Option<Date>,
}

impl Interval {
    /// All of time.
    pub(super) const ALWAYS: Self = Self { from: None, until: None };

    /// Whether the day lies within.
    pub(crate) fn holds(self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// Whether no day lies within.
    pub(super) fn is_empty(self) -> bool {
        matches!((self.from, self.until), (Some(from), Some(until)) if until <= from)
    }

    /// The days that lie in both, if there are any.
    pub(super) fn overlap(self, other: Self) -> Option<Self> {
        let from = self.from.max(other.from);
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let both = Self { from, until };
        (!both.is_empty()).then_some(both)
    }
}

/// The first day after a last day; a last day at the end of the calendar stays open.
pub(super) fn day_after(last: Date) -> Option<Date> {
    last.tomorrow().ok()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_first_day_is_in_and_the_end_is_out() {
        let year = Interval { from: Some(date(2023, 1, 1)), until: Some(date(2024, 1, 1)) };
        assert!(year.holds(date(2023, 1, 1)) && year.holds(date(2023, 12, 31)));
        assert!(!year.holds(date(2022, 12, 31)) && !year.holds(date(2024, 1, 1)));
        assert!(Interval::ALWAYS.holds(date(1, 1, 1)));
    }

    #[test]
    fn neighbours_do_not_overlap() {
        let until = Interval { from: None, until: Some(date(2023, 1, 1)) };
        let from = Interval { from: Some(date(2023, 1, 1)), until: None };
        assert_eq!(until.overlap(from), None);
        assert_eq!(until.overlap(Interval::ALWAYS), Some(until));
        assert_eq!(
            from.overlap(Interval { from: None, until: Some(date(2023, 1, 2)) }).map(|both| both.until),
            Some(Some(date(2023, 1, 2)))
        );
    }
}

//! When an enterprise held a status (资质): from its first day to the day after its last, or to its revocation.

use jiff::civil::Date;
use registry::Folded;
use terms::periods::add_years;

use super::{
    interval::{Interval, day_after},
    rows,
    sheet::Sheet,
};

/// 高新技术企业 without a last day is valid for three years (《高新技术企业认定管理办法》第九条).
const HIGH_TECH: &str = "高新技术企业";
const HIGH_TECH_YEARS: i32 = 3;

/// When a status held; none when it was revoked before it began.
pub(crate) fn held(kind: &str, valid_from: Date, valid_to: Option<Date>, revoked_on: Option<Date>) -> Option<Interval> {
    let lapse = match valid_to {
        Some(last) => day_after(last),
        None if kind == HIGH_TECH => add_years(valid_from, HIGH_TECH_YEARS).ok(),
        None => None,
    };
    let until = lapse.into_iter().chain(revoked_on).min();
    let during = Interval { from: Some(valid_from), until };
    (!during.is_empty()).then_some(during)
}

/// The rows of table `status`.
pub(super) fn table(folded: &Folded) -> Vec<rows::Status<'_>> {
    let sheet = Sheet::of(folded, "statuses");
    let [uscc, kind, certificate, valid_from, valid_to, revoked_on, basis] =
        ["uscc", "kind", "certificate", "valid_from", "valid_to", "revoked_on", "basis"]
            .map(|field| sheet.field(field));
    let row = |row| {
        let from_on = valid_from.date(row)?;
        let during = held(kind.text(row), from_on, valid_to.date(row), revoked_on.date(row))?;
        Some(rows::Status {
            uscc: uscc.text(row),
            kind: kind.text(row),
            certificate: certificate.some(row),
            from_on,
            until_on: during.until,
            basis: basis.some(row),
        })
    };
    sheet.rows.iter().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const FROM: Date = date(2020, 12, 2);

    fn until(kind: &str, valid_to: Option<Date>, revoked_on: Option<Date>) -> Option<Date> {
        held(kind, FROM, valid_to, revoked_on).unwrap().until
    }

    #[test]
    fn the_last_day_still_counts() {
        assert_eq!(until("省贯标备案", Some(date(2023, 12, 31)), None), Some(date(2024, 1, 1)));
        assert!(held(HIGH_TECH, FROM, None, None).unwrap().holds(FROM));
        assert!(!held(HIGH_TECH, FROM, None, None).unwrap().holds(date(2020, 12, 1)));
    }

    #[test]
    fn an_open_status_stays_open_but_high_tech_ends_after_three_years() {
        assert_eq!(until("国家知识产权优势企业", None, None), None);
        assert_eq!(until(HIGH_TECH, None, None), Some(date(2023, 12, 2)));
        assert_eq!(until(HIGH_TECH, Some(date(2023, 12, 2)), None), Some(date(2023, 12, 3)));
    }

    #[test]
    fn revocation_ends_it_on_its_day_and_never_extends_it() {
        assert_eq!(until(HIGH_TECH, None, Some(date(2022, 5, 1))), Some(date(2022, 5, 1)));
        assert_eq!(until(HIGH_TECH, None, Some(date(2025, 5, 1))), Some(date(2023, 12, 2)));
        assert_eq!(held(HIGH_TECH, FROM, None, Some(FROM)), None);
    }
}

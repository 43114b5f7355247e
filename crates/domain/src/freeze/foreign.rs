//! Patents granted by foreign offices (国外授权): who the first proprietor is, whether in force, whether abroad.
//!
//! 港澳台 offices are neither the mainland nor abroad. Nothing lapses by itself: a grant is in force until its end is known,
//! and one that is 失效 since an unknown day never counts as in force.
//! A grant is one right however its rows write it: with or without kind code, or under the office of a state in which a
//! regional patent (EP, EA) was validated.

use std::collections::HashMap;

use jiff::civil::Date;
use registry::Folded;
use terms::{Office, PublicationNumber};

use super::{interval::Interval, rows, sheet::Sheet, ties::Ties};

/// When a foreign grant is in force.
fn in_force(granted_on: Option<Date>, state: &str, ended_on: Option<Date>) -> Interval {
    let until = match ended_on {
        Some(ended_on) => Some(granted_on.map_or(ended_on, |granted_on| ended_on.max(granted_on))),
        None if state == "失效" => granted_on,
        None => None,
    };
    Interval { from: granted_on, until }
}

/// Whether an office grants abroad: neither on the mainland nor in 港澳台.
fn is_abroad(office: &str) -> bool {
    office.parse::<Office>().is_ok_and(|office| !office.is_mainland() && !office.is_hk_mo_tw())
}

/// What makes a grant the same right: the office in its number, else that of the row, and its serial.
fn natural(office: &str, number: &str) -> Option<(Office, String)> {
    let read = PublicationNumber::of_grant(office, number)?;
    Some((read.office(), read.serial().to_owned()))
}

/// For each right the number by which all its rows are called: one with its office before it, then the first in order.
fn one_number_each<'a>(rows: impl Iterator<Item = (&'a str, &'a str)>) -> HashMap<(Office, String), &'a str> {
    let mut numbers: HashMap<(Office, String), &'a str> = HashMap::new();
    let rank = |number: &'a str| (number.parse::<PublicationNumber>().is_err(), number);
    for (office, number) in rows {
        let Some(natural) = natural(office, number) else { continue };
        let kept = numbers.entry(natural).or_insert(number);
        if rank(number) < rank(kept) {
            *kept = number;
        }
    }
    numbers
}

/// The rows of table `foreign_grant`.
pub(super) fn table<'a>(folded: &'a Folded, ties: &Ties<'a>) -> Vec<rows::ForeignGrant<'a>> {
    let sheet = Sheet::of(folded, "foreign-grants");
    let [grant_number, office, granted_on, route, pct_number, cn_number, proprietor, code, kind, state, ended_on] = [
        "grant_number",
        "office",
        "granted_on",
        "route",
        "pct_number",
        "cn_application_number",
        "proprietor",
        "proprietor_uscc",
        "kind",
        "state",
        "ended_on",
    ]
    .map(|field| sheet.field(field));
    let numbers = one_number_each(sheet.rows.iter().map(|row| (office.text(row), grant_number.text(row))));
    let row = |row| {
        let granted_on = granted_on.date(row);
        let during = in_force(granted_on, state.text(row), ended_on.date(row));
        rows::ForeignGrant {
            office: office.text(row),
            grant_number: natural(office.text(row), grant_number.text(row))
                .and_then(|natural| numbers.get(&natural).copied())
                .unwrap_or(grant_number.text(row)),
            granted_on,
            route: route.text(row),
            pct_number: pct_number.some(row),
            cn_application_number: cn_number.some(row),
            uscc: ties.tie(proprietor.first(row), code.text(row), granted_on).unwrap_or(None),
            proprietor: proprietor.text(row),
            kind: kind.some(row).unwrap_or("发明"),
            in_force_from: during.from,
            in_force_until: during.until,
            abroad: is_abroad(office.text(row)),
        }
    };
    sheet.rows.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_mainland_and_hong_kong_macao_taiwan_are_not_abroad() {
        for (office, expected) in
            [("US", true), ("EP", true), ("JP", true), ("CN", false), ("HK", false), ("MO", false), ("TW", false)]
        {
            assert_eq!(is_abroad(office), expected, "{office}");
        }
    }

    #[test]
    fn a_grant_is_one_right_however_it_is_written() {
        let rows = [
            ("EP", "EP3000001B1"),
            ("DE", "EP3000001"),
            ("EP", "3000001"),
            ("US", "US10000001B2"),
            ("US", "US10000001"),
            ("EA", "EA012345"),
            ("RU", "EA012345"),
            ("US", "US10000002B2"),
        ];
        let numbers = one_number_each(rows.into_iter());
        let called = rows.map(|(office, number)| numbers[&natural(office, number).unwrap()]);
        assert_eq!(called[..3], ["EP3000001"; 3]);
        assert_eq!(called[3..5], ["US10000001"; 2]);
        assert_eq!(called[5..], ["EA012345", "EA012345", "US10000002B2"]);
    }

    #[test]
    fn a_grant_is_in_force_until_its_end_is_known() {
        let granted = date(2020, 3, 1);
        assert!(in_force(Some(granted), "有效", None).holds(date(2023, 12, 31)));
        assert!(in_force(Some(granted), "", None).holds(granted));
        let ended = in_force(Some(granted), "失效", Some(date(2022, 3, 1)));
        assert!(ended.holds(date(2022, 2, 28)) && !ended.holds(date(2022, 3, 1)));
        assert!(in_force(Some(granted), "失效", None).is_empty());
        assert!(in_force(Some(granted), "失效", Some(date(2019, 1, 1))).is_empty());
    }
}

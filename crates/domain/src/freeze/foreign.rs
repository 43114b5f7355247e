//! Patents granted by foreign offices (国外授权): which rows are one right, who the first proprietor is, whether in force, whether abroad.
//!
//! 港澳台 offices are neither the mainland nor abroad. Nothing lapses by itself: a grant is in force until its end is known,
//! and one that is 失效 since an unknown day never counts as in force. Of one without a state nobody knows.

use std::collections::HashMap;

use jiff::civil::Date;
use registry::Folded;
use terms::{ForeignGrant, Office, PatentKind};

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

/// Whether an office grants such rights abroad: neither on the mainland nor in 港澳台, and not one that only publishes.
fn is_abroad(office: &str, kind: &str) -> bool {
    office.parse::<Office>().is_ok_and(|office| {
        let grants = office.grants_inventions() || kind == PatentKind::Design.zh();
        grants && !office.is_mainland() && !office.is_hk_mo_tw()
    })
}

/// The right that each row is about, by its fullest number: a number with a kind code before one without.
///
/// A regional patent validated in several states is one right, and so is a number written with and without office or kind code.
pub(super) fn rights(folded: &Folded) -> Vec<String> {
    let sheet = Sheet::of(folded, "foreign-grants");
    let [number, office] = ["grant_number", "office"].map(|field| sheet.field(field));
    let named: Vec<(String, (bool, String))> = sheet
        .rows
        .iter()
        .map(|row| {
            let (number, office) = (number.text(row), office.text(row));
            let whole =
                |code: &str| if number.starts_with(code) { number.to_owned() } else { format!("{code}{number}") };
            match office.parse().ok().and_then(|office| ForeignGrant::read(office, number)) {
                Some(grant) => (grant.right(), (!grant.has_kind_code(), whole(grant.office().code()))),
                None => (whole(office), (true, whole(office))),
            }
        })
        .collect();
    let mut fullest: HashMap<&str, &(bool, String)> = HashMap::new();
    for (right, written) in &named {
        let best = fullest.entry(right).or_insert(written);
        *best = (*best).min(written);
    }
    named.iter().map(|(right, _)| fullest[right.as_str()].1.clone()).collect()
}

/// The rows of table `foreign_grant`; `rights` are those of [`rights`].
pub(super) fn table<'a>(folded: &'a Folded, ties: &Ties<'a>, rights: &'a [String]) -> Vec<rows::ForeignGrant<'a>> {
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
    let row = |(row, right): (&'a registry::FoldedRow, &'a String)| {
        let granted_on = granted_on.date(row);
        let ended_on = ended_on.date(row);
        let during = in_force(granted_on, state.text(row), ended_on);
        let kind = kind.some(row).unwrap_or("发明");
        rows::ForeignGrant {
            office: office.text(row),
            grant_number: grant_number.text(row),
            right_id: right,
            granted_on,
            route: route.text(row),
            pct_number: pct_number.some(row),
            cn_application_number: cn_number.some(row),
            uscc: ties.tie(proprietor.first(row), code.text(row), granted_on).unwrap_or(None),
            proprietor: proprietor.text(row),
            kind,
            in_force_from: during.from,
            in_force_until: during.until,
            state_known: !state.text(row).is_empty() || ended_on.is_some(),
            abroad: is_abroad(office.text(row), kind),
        }
    };
    sheet.rows.iter().zip(rights).map(row).collect()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_mainland_and_hong_kong_macao_taiwan_are_not_abroad() {
        for (office, expected) in [
            ("US", true),
            ("EP", true),
            ("JP", true),
            ("CN", false),
            ("HK", false),
            ("MO", false),
            ("TW", false),
            ("WO", false),
        ] {
            assert_eq!(is_abroad(office, "发明"), expected, "{office}");
        }
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

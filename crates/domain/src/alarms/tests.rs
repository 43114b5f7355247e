//! Planted positives and negatives for each kind of alarm, on both sides of each number in its method.

use jiff::civil::{Date, date};

use super::methods::{Filing, Owner, bought_before, filing_bursts, split};
use super::*;

const AS_OF: Date = date(2023, 12, 31);

fn owner(number: &str, owner: &str, uscc: &str, from: Option<Date>, until: Option<Date>) -> Owner {
    Owner {
        application_number: number.into(),
        from_on: from,
        until_on: until,
        owner: owner.into(),
        uscc: (!uscc.is_empty()).then(|| uscc.into()),
    }
}

fn bought(days: &[Date]) -> Vec<Alarm> {
    let owners: Vec<Owner> =
        days.iter().enumerate().map(|(n, from)| owner(&format!("p{n}"), "甲公司", "A", Some(*from), None)).collect();
    let counted = owners.iter().map(|owner| owner.application_number.clone()).collect();
    bought_before(&owners, &counted, AS_OF)
}

#[test]
fn three_rights_bought_within_sixty_days_are_noted_and_two_are_not() {
    let inside = date(2023, 11, 1); // 60 days before
    let outside = date(2023, 10, 31);
    assert_eq!(bought(&[inside, inside, inside]).len(), 1);
    assert!(bought(&[inside, inside]).is_empty());
    assert!(bought(&[inside, inside, outside]).is_empty());
    assert!(bought(&[date(2024, 1, 1); 3]).is_empty(), "bought after the date does not count at the date");
}

#[test]
fn what_is_sold_again_is_said() {
    let owners: Vec<Owner> = (0..5)
        .map(|n| owner(&format!("p{n}"), "甲公司", "A", Some(date(2023, 12, 27)), Some(date(2024, 1, 20))))
        .collect();
    let counted = owners.iter().map(|owner| owner.application_number.clone()).collect();
    let alarms = bought_before(&owners, &counted, AS_OF);
    assert!(alarms[0].seen.contains("5 件在时点后"), "{}", alarms[0].seen);
    assert!(bought_before(&owners, &BTreeSet::new(), AS_OF).is_empty(), "rights that no star counts are left out");
}

#[test]
fn rights_spread_over_two_young_enterprises_are_noted() {
    let moved = |number: &str, to: &str| {
        vec![
            owner(number, "母公司", "M", None, Some(date(2023, 6, 1))),
            owner(number, "子公司", to, Some(date(2023, 6, 1)), None),
        ]
    };
    let spread = |parts: &[(&str, usize)]| -> Vec<Owner> {
        parts.iter().flat_map(|(to, count)| (0..*count).flat_map(move |n| moved(&format!("{to}{n}"), to))).collect()
    };
    let young = [("A".to_owned(), date(2023, 1, 1)), ("B".to_owned(), date(2022, 1, 1))].into();
    assert_eq!(split(&spread(&[("A", 3), ("B", 3)]), &young, AS_OF).len(), 2);
    assert!(split(&spread(&[("A", 3), ("B", 2)]), &young, AS_OF).is_empty());
    assert!(split(&spread(&[("A", 6)]), &young, AS_OF).is_empty());
    let old = [("A".to_owned(), date(2010, 1, 1)), ("B".to_owned(), date(2010, 1, 1))].into();
    assert!(split(&spread(&[("A", 3), ("B", 3)]), &old, AS_OF).is_empty(), "old enterprises are ordinary buyers");
}

#[test]
fn a_burst_is_ten_filings_and_five_times_the_mean() {
    let filings = |steady: usize, burst: usize| -> Vec<Filing> {
        let monthly = (1..=12).flat_map(move |month| (0..steady).map(move |n| (date(2022, month, 5), n)));
        monthly
            .chain((0..burst).map(|n| (date(2023, 6, 9), n)))
            .enumerate()
            .map(|(at, (filed_on, _))| Filing { application_number: format!("{at:05}"), uscc: "A".into(), filed_on })
            .collect()
    };
    assert_eq!(filing_bursts(&filings(0, 10), AS_OF).len(), 1);
    assert!(filing_bursts(&filings(0, 9), AS_OF).is_empty());
    // 48 filings in the 24 months before: a mean of 2 a month, so 10 is exactly five times.
    assert_eq!(filing_bursts(&filings(4, 10), AS_OF).len(), 1);
    assert!(filing_bursts(&filings(5, 12), AS_OF).is_empty());
}

#[test]
fn every_kind_has_a_name_and_a_method() {
    for method in Method::ALL {
        assert!(!method.zh().is_empty() && method.method().chars().count() > 30);
    }
}

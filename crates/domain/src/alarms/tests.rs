//! Planted positives and negatives for each kind of alarm, on both sides of each number in its method, and what the year
//! after says of each.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};

use super::facts::{Facts, Grant, Life, Owner, Patent, Pledge};
use super::later::{Verdict, back_tests, verdict};
use super::methods::{bought_before, filing_bursts, split, twice_abroad, twice_pledged};
use super::*;

const AS_OF: Date = date(2023, 12, 31);
/// A year before, at which the back-test first looks.
const BEFORE: Date = date(2022, 12, 31);

fn owner(number: &str, owner: &str, uscc: &str, from: Option<Date>, until: Option<Date>) -> Owner {
    Owner {
        application_number: number.into(),
        from_on: from,
        until_on: until,
        owner: owner.into(),
        uscc: (!uscc.is_empty()).then(|| uscc.into()),
    }
}

fn founded(on: &[(&str, Date)]) -> BTreeMap<String, Life> {
    on.iter().map(|(uscc, day)| ((*uscc).to_owned(), Life { founded_on: Some(*day), gone_on: None })).collect()
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

/// One invention for each number, owned and in force all along, of an enterprise that exists.
fn stars(numbers: &[&str]) -> Facts {
    Facts {
        owners: numbers.iter().map(|number| owner(number, "甲公司", "A", None, None)).collect(),
        enterprises: founded(&[("A", date(2010, 1, 1))]),
        patents: numbers
            .iter()
            .map(|number| Patent {
                application_number: (*number).into(),
                is_invention: true,
                uscc: Some("A".into()),
                filed_on: Some(date(2018, 1, 1)),
            })
            .collect(),
        force: numbers.iter().map(|number| ((*number).into(), (date(2020, 1, 1), None))).collect(),
        ..Facts::default()
    }
}

#[test]
fn stars_count_inventions_in_force_of_a_living_enterprise() {
    let mut facts = stars(&["counted", "model", "lapsed", "young", "outside"]);
    facts.patents[1].is_invention = false;
    facts.force.insert("lapsed".into(), (date(2020, 1, 1), Some(AS_OF)));
    facts.force.insert("young".into(), (date(2024, 1, 2), None));
    facts.owners[4].uscc = Some("nobody here".into());
    assert_eq!(facts.star_rights(AS_OF), BTreeSet::from(["counted".to_owned()]));
    facts.enterprises.get_mut("A").unwrap().gone_on = Some(AS_OF);
    assert!(facts.star_rights(AS_OF).is_empty(), "gone on the day");
}

fn moved(number: &str, from: (&str, &str), to: &str) -> Vec<Owner> {
    let day = Some(date(2023, 6, 1));
    vec![owner(number, from.0, from.1, None, day), owner(number, "子公司", to, day, None)]
}

fn spread(from: (&str, &str), parts: &[(&str, usize)]) -> Vec<Owner> {
    let all = parts.iter().flat_map(|(to, count)| (0..*count).map(move |n| (format!("{to}{n}"), *to)));
    all.flat_map(|(number, to)| moved(&number, from, to)).collect()
}

#[test]
fn rights_spread_over_two_young_enterprises_are_noted() {
    let outside = ("母公司", "M");
    let young = founded(&[("A", date(2023, 1, 1)), ("B", date(2022, 1, 1))]);
    assert_eq!(split(&spread(outside, &[("A", 3), ("B", 3)]), &young, AS_OF).len(), 2);
    assert!(split(&spread(outside, &[("A", 3), ("B", 2)]), &young, AS_OF).is_empty());
    assert!(split(&spread(outside, &[("A", 6)]), &young, AS_OF).is_empty());
    let old = founded(&[("A", date(2010, 1, 1)), ("B", date(2010, 1, 1))]);
    let parts = spread(outside, &[("A", 3), ("B", 3)]);
    assert!(split(&parts, &old, AS_OF).is_empty(), "old enterprises are ordinary buyers");
}

#[test]
fn one_young_receiver_is_enough_when_its_founder_is_an_enterprise_of_the_city() {
    let here = founded(&[("A", date(2023, 1, 1)), ("M", date(2001, 1, 1))]);
    let alarms = split(&spread(("母公司", "M"), &[("A", 3)]), &here, AS_OF);
    assert_eq!((alarms.len(), alarms[0].uscc.as_str(), alarms[0].rights.len()), (1, "A", 3));
    assert!(split(&spread(("母公司", "M"), &[("A", 2)]), &here, AS_OF).is_empty(), "two rights are no split");
    assert!(split(&spread(("某大学", ""), &[("A", 3)]), &here, AS_OF).is_empty(), "a university is no enterprise");
    let old = founded(&[("A", date(2015, 1, 1)), ("M", date(2001, 1, 1))]);
    assert!(split(&spread(("母公司", "M"), &[("A", 3)]), &old, AS_OF).is_empty(), "an old enterprise is a buyer");
}

fn filings(steady: usize, burst: usize) -> Vec<Patent> {
    let monthly = (1..=12).flat_map(move |month| (0..steady).map(move |_| date(2022, month, 5)));
    let all = monthly.chain((0..burst).map(|_| date(2023, 6, 9))).enumerate();
    all.map(|(at, filed)| Patent {
        application_number: format!("{at:05}"),
        is_invention: false,
        uscc: Some("A".into()),
        filed_on: Some(filed),
    })
    .collect()
}

#[test]
fn a_burst_is_ten_filings_and_five_times_the_mean() {
    assert_eq!(filing_bursts(&filings(0, 10), AS_OF).len(), 1);
    assert!(filing_bursts(&filings(0, 9), AS_OF).is_empty());
    // 48 filings in the 24 months before: a mean of 2 a month, so 10 is exactly five times.
    assert_eq!(filing_bursts(&filings(4, 10), AS_OF).len(), 1);
    assert!(filing_bursts(&filings(5, 12), AS_OF).is_empty());
    assert!(filing_bursts(&filings(0, 10), date(2023, 5, 31)).is_empty(), "not filed yet");
    assert!(filing_bursts(&filings(0, 10), date(2025, 6, 30)).is_empty(), "longer ago than 24 months");
}

fn grant(number: &str, pct: &str, office: &str, granted: Date, until: Option<Date>) -> Grant {
    Grant {
        number: number.into(),
        office: office.into(),
        pct: (!pct.is_empty()).then(|| pct.into()),
        uscc: Some("A".into()),
        granted_on: Some(granted),
        until_on: until,
    }
}

#[test]
fn one_application_granted_twice_at_one_office_is_noted() {
    let day = date(2022, 5, 3);
    let twice = |other: Grant| twice_abroad(&[grant("US1", "PCT/CN2019/1", "US", day, None), other], AS_OF);
    let alarms = twice(grant("1", "PCT/CN2019/1", "US", day, None));
    assert_eq!((alarms.len(), alarms[0].rights.len()), (1, 2));
    assert!(alarms[0].seen.contains("PCT/CN2019/1") && alarms[0].seen.contains("2 个授权号"), "{}", alarms[0].seen);
    assert!(twice(grant("EP1", "PCT/CN2019/1", "EP", day, None)).is_empty(), "another office grants on its own");
    assert!(twice(grant("US2", "PCT/CN2019/2", "US", day, None)).is_empty(), "another application");
    assert!(twice(grant("US2", "", "US", day, None)).is_empty(), "no international application");
    assert!(twice(grant("1", "PCT/CN2019/1", "US", date(2024, 1, 1), None)).is_empty(), "granted after the day");
}

fn pledge(number: &str, object: &str, uscc: &str, days: (Date, Option<Date>)) -> Pledge {
    Pledge {
        number: number.into(),
        object: object.into(),
        uscc: uscc.into(),
        registered_on: Some(days.0),
        released_on: days.1,
    }
}

#[test]
fn one_patent_in_two_standing_pledges_of_different_pledgors_is_noted() {
    let day = date(2022, 5, 3);
    let twice = |other: Pledge| twice_pledged(&[pledge("Y1", "p", "A", (day, None)), other], AS_OF);
    let alarms = twice(pledge("Y2", "p", "B", (day, None)));
    assert_eq!((alarms.len(), alarms[0].rights.as_slice()), (1, ["p".to_owned()].as_slice()));
    assert!(alarms[0].seen.contains("Y1、Y2"), "{}", alarms[0].seen);
    assert_eq!(twice(pledge("Y2", "p", "B", (day, Some(date(2024, 1, 1))))).len(), 1, "released the day after");
    assert!(twice(pledge("Y2", "p", "B", (day, Some(AS_OF)))).is_empty(), "released on the day");
    assert!(twice(pledge("Y2", "p", "B", (date(2024, 1, 1), None))).is_empty(), "registered after the day");
    assert!(twice(pledge("Y2", "p", "A", (day, None))).is_empty(), "one pledgor may pledge to two banks");
    assert!(twice(pledge("Y2", "q", "B", (day, None))).is_empty(), "another patent");
}

/// The back-test of a kind over these facts: raised, confirmed, refuted.
fn tried(facts: &Facts, method: Method) -> (usize, usize, usize) {
    let test = back_tests(facts, AS_OF).into_iter().find(|test| test.method == method).unwrap();
    assert_eq!((test.first, test.last), (date(2020, 12, 31), BEFORE));
    assert_eq!(test.open(), test.raised - test.confirmed - test.refuted);
    (test.raised, test.confirmed, test.refuted)
}

/// Three star rights bought just before the end of 2022, of which one is sold on a day.
fn sold_on(day: Option<Date>) -> Facts {
    let mut facts = stars(&["a", "b", "c"]);
    for owner in &mut facts.owners {
        owner.from_on = Some(date(2022, 12, 10));
    }
    facts.owners[0].until_on = day;
    facts
}

#[test]
fn a_purchase_is_borne_out_by_a_sale_within_the_year_and_refuted_without() {
    let kind = Method::BoughtBeforeDate;
    assert_eq!(tried(&sold_on(Some(date(2023, 12, 31))), kind), (1, 1, 0));
    assert_eq!(tried(&sold_on(Some(date(2024, 1, 1))), kind), (1, 0, 1), "more than a year later");
    assert_eq!(tried(&sold_on(None), kind), (1, 0, 1));
    let mut models = sold_on(Some(date(2023, 3, 1)));
    models.patents.iter_mut().for_each(|patent| patent.is_invention = false);
    assert_eq!(tried(&models, kind), (0, 0, 0), "the back-test counts what the method counts: star rights");
}

#[test]
fn a_double_pledge_is_borne_out_while_both_stand_and_refuted_by_a_release() {
    let day = date(2022, 5, 3);
    let pledged = |released: Option<Date>| Facts {
        pledges: vec![pledge("Y1", "p", "A", (day, None)), pledge("Y2", "p", "B", (day, released))],
        ..Facts::default()
    };
    assert_eq!(tried(&pledged(None), Method::ClaimedTwice), (1, 1, 0));
    assert_eq!(tried(&pledged(Some(AS_OF)), Method::ClaimedTwice), (1, 0, 1));
    assert_eq!(tried(&pledged(Some(date(2024, 1, 1))), Method::ClaimedTwice), (1, 1, 0), "released after the year");
}

#[test]
fn a_double_grant_is_borne_out_when_one_of_them_ends_and_refuted_when_both_last() {
    let granted = |until: Option<Date>| Facts {
        grants: vec![
            grant("US1", "PCT/CN2019/1", "US", date(2022, 5, 3), None),
            grant("1", "PCT/CN2019/1", "US", date(2022, 5, 3), until),
        ],
        ..Facts::default()
    };
    assert_eq!(tried(&granted(Some(date(2023, 6, 1))), Method::ClaimedTwice), (1, 1, 0));
    assert_eq!(tried(&granted(None), Method::ClaimedTwice), (1, 0, 1));
    assert_eq!(tried(&granted(Some(date(2024, 6, 1))), Method::ClaimedTwice), (1, 0, 1), "after the year");
}

#[test]
fn an_alarm_that_stands_for_years_counts_once_by_its_first_year() {
    let old = date(2020, 3, 1);
    let pledges = vec![pledge("Y1", "p", "A", (old, None)), pledge("Y2", "p", "B", (old, Some(date(2021, 6, 1))))];
    assert_eq!(tried(&Facts { pledges, ..Facts::default() }, Method::ClaimedTwice), (1, 0, 1));
    let pledges = vec![pledge("Y1", "p", "A", (old, None)), pledge("Y2", "p", "B", (old, Some(date(2022, 6, 1))))];
    assert_eq!(tried(&Facts { pledges, ..Facts::default() }, Method::ClaimedTwice), (1, 1, 0));
}

#[test]
fn a_split_is_borne_out_by_an_empty_shell_and_refuted_by_work_of_its_own() {
    let day = Some(date(2022, 6, 1));
    let handed = |n: usize| {
        let number = format!("a{n}");
        [owner(&number, "母公司", "M", None, day), owner(&number, "子公司", "A", day, None)]
    };
    let facts = Facts {
        owners: (0..3).flat_map(handed).collect(),
        enterprises: founded(&[("A", date(2022, 1, 1)), ("M", date(2001, 1, 1))]),
        ..Facts::default()
    };
    assert_eq!(tried(&facts, Method::Split), (1, 0, 0), "nothing is known of it");
    let mut gone = facts.clone();
    gone.enterprises.get_mut("A").unwrap().gone_on = Some(date(2023, 5, 1));
    assert_eq!(tried(&gone, Method::Split), (1, 1, 0));
    let mut sold = facts.clone();
    sold.owners[1].until_on = Some(date(2023, 5, 1));
    assert_eq!(tried(&sold, Method::Split), (1, 1, 0));
    let filed = |on: Date| {
        let mut facts = facts.clone();
        facts.patents = filings(0, 1);
        facts.patents[0].filed_on = Some(on);
        tried(&facts, Method::Split)
    };
    assert_eq!(filed(date(2023, 4, 1)), (1, 0, 1));
    assert_eq!(filed(date(2022, 6, 1)), (1, 0, 0), "on the day of the transfer says nothing yet");
    assert_eq!(filed(date(2024, 1, 1)), (1, 0, 0), "after the year says nothing of it");
}

/// Ten applications of June 2022, so many of them granted and still the enterprise's own, and so many granted and sold in 2023.
fn burst(kept: usize, sold: usize) -> Facts {
    let mut patents = filings(0, 10);
    patents.iter_mut().for_each(|patent| patent.filed_on = Some(date(2022, 6, 9)));
    let granted = date(2022, 11, 1);
    let number = |at: usize| format!("{at:05}");
    let until = |at: usize| (at >= kept).then_some(date(2023, 7, 1));
    Facts {
        patents,
        owners: (0..kept + sold).map(|at| owner(&number(at), "甲公司", "A", Some(granted), until(at))).collect(),
        force: (0..kept + sold).map(|at| (number(at), (granted, None))).collect(),
        ..Facts::default()
    }
}

#[test]
fn a_burst_is_borne_out_when_most_of_it_is_lost_and_refuted_when_most_is_kept() {
    assert_eq!(tried(&burst(0, 6), Method::FilingBurst), (1, 1, 0));
    assert_eq!(tried(&burst(6, 0), Method::FilingBurst), (1, 0, 1));
    assert_eq!(tried(&burst(5, 5), Method::FilingBurst), (1, 0, 0), "half is not most");
    assert_eq!(tried(&burst(5, 0), Method::FilingBurst), (1, 0, 0), "the others are not decided yet");
    let mut void = burst(0, 0);
    void.void = (0..6).map(|at| format!("{at:05}")).collect();
    assert_eq!(tried(&void, Method::FilingBurst), (1, 1, 0), "wholly invalidated");
    let mut lapsed = burst(6, 0);
    lapsed.force.values_mut().for_each(|force| force.1 = Some(AS_OF));
    assert_eq!(tried(&lapsed, Method::FilingBurst), (1, 1, 0), "lapsed by the end of the year");
}

#[test]
fn a_verdict_looks_no_further_than_its_year() {
    let facts = sold_on(Some(date(2023, 6, 1)));
    let alarm = &methods::found(&facts, BEFORE)[0];
    assert_eq!(verdict(alarm, &facts, BEFORE, date(2023, 6, 1)), Verdict::Confirmed);
    assert_eq!(verdict(alarm, &facts, BEFORE, date(2023, 5, 31)), Verdict::Refuted);
}

#[test]
fn every_kind_has_a_name_a_method_and_a_rule_for_later_facts() {
    for method in Method::ALL {
        assert!(!method.zh().is_empty() && method.method().chars().count() > 30);
        assert!(method.later().contains("属实") && method.later().contains("误报"), "{method:?}");
    }
}

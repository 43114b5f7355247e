//! What later facts say of an alarm: each kind has a rule by which it turns out right or wrong, so that each can show an error.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use super::facts::Facts;
use super::methods::{found, twice_pledged};
use super::{Alarm, BackTest, Method};

/// At how many earlier anniversaries of the day each kind is tried.
const YEARS_TRIED: i64 = 3;

/// What the year after an alarm says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Confirmed,
    Refuted,
    Open,
}

/// Tries every kind at the same day of the years before, each time against the year that followed.
pub(super) fn back_tests(facts: &Facts, as_of: Date) -> Vec<BackTest> {
    // What is raised at several of the days counts once, at the first of them.
    let mut raised: BTreeMap<(Method, String, Vec<String>), Verdict> = BTreeMap::new();
    let days: Vec<Date> = (1..=YEARS_TRIED).rev().map(|years| as_of.saturating_sub(years.years())).collect();
    for day in &days {
        for alarm in found(facts, *day) {
            let verdict = verdict(&alarm, facts, *day, day.saturating_add(1.year()));
            raised.entry((alarm.method, alarm.uscc, alarm.rights)).or_insert(verdict);
        }
    }
    Method::ALL
        .into_iter()
        .map(|method| {
            let of_kind: Vec<Verdict> =
                raised.iter().filter(|((kind, ..), _)| *kind == method).map(|(_, verdict)| *verdict).collect();
            let count = |wanted: Verdict| of_kind.iter().filter(|verdict| **verdict == wanted).count();
            BackTest {
                method,
                first: days[0],
                last: days[days.len() - 1],
                raised: of_kind.len(),
                confirmed: count(Verdict::Confirmed),
                refuted: count(Verdict::Refuted),
            }
        })
        .collect()
}

/// Whether an alarm of one day was right, by what happened up to another; the rules stand in [`Method::later`].
pub(super) fn verdict(alarm: &Alarm, facts: &Facts, as_of: Date, until: Date) -> Verdict {
    match alarm.method {
        Method::BoughtBeforeDate => decided(left_again(alarm, facts, as_of, until)),
        Method::ClaimedTwice => decided(still_twice(alarm, facts, as_of, until)),
        Method::Split => {
            let gone = facts.enterprises.get(&alarm.uscc).and_then(|life| life.gone_on).is_some_and(|day| day <= until);
            if gone || left_again(alarm, facts, as_of, until) {
                Verdict::Confirmed
            } else if filed_itself(alarm, facts, until) {
                Verdict::Refuted
            } else {
                Verdict::Open
            }
        }
        Method::FilingBurst => {
            let (lost, kept) = lost_and_kept(alarm, facts, until);
            match alarm.rights.len() {
                all if lost * 2 > all => Verdict::Confirmed,
                all if kept * 2 > all => Verdict::Refuted,
                _ => Verdict::Open,
            }
        }
    }
}

fn decided(right: bool) -> Verdict {
    if right { Verdict::Confirmed } else { Verdict::Refuted }
}

/// Whether the enterprise gave away any of the rights after the day.
fn left_again(alarm: &Alarm, facts: &Facts, as_of: Date, until: Date) -> bool {
    let rights: BTreeSet<&str> = alarm.rights.iter().map(String::as_str).collect();
    facts.owners.iter().any(|owner| {
        owner.uscc.as_deref() == Some(alarm.uscc.as_str())
            && rights.contains(owner.application_number.as_str())
            && owner.gave_away(as_of, until)
    })
}

/// Of a pledge, whether both still stand; of grants abroad, whether one of them has ended since.
fn still_twice(alarm: &Alarm, facts: &Facts, as_of: Date, until: Date) -> bool {
    if facts.pledges.iter().any(|pledge| alarm.rights.contains(&pledge.object)) {
        return twice_pledged(&facts.pledges, until).iter().any(|later| later.rights == alarm.rights);
    }
    facts.grants.iter().any(|grant| {
        alarm.rights.contains(&grant.number) && grant.until_on.is_some_and(|day| day > as_of && day <= until)
    })
}

/// Whether the enterprise filed an application of its own after the alarm's event.
fn filed_itself(alarm: &Alarm, facts: &Facts, until: Date) -> bool {
    facts.patents.iter().any(|patent| {
        patent.uscc.as_deref() == Some(alarm.uscc.as_str())
            && patent.filed_on.is_some_and(|filed| filed <= until && alarm.on.is_some_and(|on| filed > on))
    })
}

/// How many of the rights were granted and have ended or changed hands by then, and how many are in force and still its own.
fn lost_and_kept(alarm: &Alarm, facts: &Facts, until: Date) -> (usize, usize) {
    let rights: BTreeSet<&str> = alarm.rights.iter().map(String::as_str).collect();
    let owned: BTreeSet<&str> = facts
        .owners
        .iter()
        .filter(|owner| owner.uscc.as_deref() == Some(alarm.uscc.as_str()) && owner.holds_on(until))
        .map(|owner| owner.application_number.as_str())
        .filter(|number| rights.contains(number))
        .collect();
    let granted = |number: &&&str| {
        facts.void.contains(**number) || facts.force.get(**number).is_some_and(|(from, _)| *from <= until)
    };
    let keeps = |number: &&str| owned.contains(number) && facts.is_in_force(number, until);
    let (kept, lost): (Vec<&str>, Vec<&str>) = rights.iter().filter(granted).partition(|number| keeps(number));
    (lost.len(), kept.len())
}

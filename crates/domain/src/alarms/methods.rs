//! How each kind of alarm is found, over plain rows of the snapshot.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;

use super::facts::{Facts, Grant, Life, Owner, Patent, Pledge};
use super::{Alarm, Method};

/// Within how many days before the date a purchase is noted.
const BOUGHT_DAYS: i32 = 60;
/// Within how many days after the date a sale is noted beside it.
const SOLD_DAYS: i32 = 180;
/// The fewest rights bought by one enterprise that are noted.
const BOUGHT_MIN: usize = 3;
/// The fewest rights that each part of a split received.
const SPLIT_RIGHTS_MIN: usize = 3;
/// The fewest filings of a month that are noted, and how many times the monthly mean they must be.
const BURST_MIN: usize = 10;
const BURST_FACTOR: usize = 5;

/// Every alarm that the facts raise on a day.
pub(super) fn found(facts: &Facts, as_of: Date) -> Vec<Alarm> {
    let mut alarms = bought_before(&facts.owners, &facts.star_rights(as_of), as_of);
    alarms.extend(twice_abroad(&facts.grants, as_of));
    alarms.extend(twice_pledged(&facts.pledges, as_of));
    alarms.extend(split(&facts.owners, &facts.enterprises, as_of));
    alarms.extend(filing_bursts(&facts.patents, as_of));
    alarms.sort();
    alarms
}

fn days_before(as_of: Date, days: i32) -> Date {
    as_of.checked_sub(days.days()).unwrap_or(Date::MIN)
}

fn days_after(as_of: Date, days: i32) -> Date {
    as_of.checked_add(days.days()).unwrap_or(Date::MAX)
}

pub(super) fn bought_before(owners: &[Owner], counted: &BTreeSet<String>, as_of: Date) -> Vec<Alarm> {
    let mut bought: BTreeMap<&str, Vec<&Owner>> = BTreeMap::new();
    for owner in owners {
        let (Some(uscc), Some(from)) = (&owner.uscc, owner.from_on) else { continue };
        let held = from <= as_of && owner.until_on.is_none_or(|until| until > as_of);
        if held && from >= days_before(as_of, BOUGHT_DAYS) && counted.contains(&owner.application_number) {
            bought.entry(uscc).or_default().push(owner);
        }
    }
    bought
        .into_iter()
        .filter(|(_, rights)| rights.len() >= BOUGHT_MIN)
        .map(|(uscc, rights)| {
            let sold = rights
                .iter()
                .filter(|owner| owner.until_on.is_some_and(|until| until <= days_after(as_of, SOLD_DAYS)))
                .count();
            let after = if sold > 0 {
                format!("，其中 {sold} 件在时点后 {SOLD_DAYS} 日内又转出")
            } else {
                String::new()
            };
            Alarm {
                method: Method::BoughtBeforeDate,
                uscc: uscc.to_owned(),
                seen: format!("统计时点前 {BOUGHT_DAYS} 日内转入 {} 件发明专利{after}", rights.len()),
                on: rights.iter().filter_map(|owner| owner.from_on).max(),
                rights: sorted(rights.iter().map(|owner| owner.application_number.clone())),
            }
        })
        .collect()
}

/// One international application with two grant numbers at one office.
pub(super) fn twice_abroad(grants: &[Grant], as_of: Date) -> Vec<Alarm> {
    let mut found: BTreeMap<(&str, &str), Vec<&Grant>> = BTreeMap::new();
    for grant in grants.iter().filter(|grant| grant.granted_on.is_some_and(|granted| granted <= as_of)) {
        if let Some(pct) = &grant.pct {
            found.entry((pct, &grant.office)).or_default().push(grant);
        }
    }
    found
        .into_iter()
        .filter(|(_, grants)| grants.len() > 1)
        .map(|((pct, office), grants)| Alarm {
            method: Method::ClaimedTwice,
            uscc: grants.iter().find_map(|grant| grant.uscc.clone()).unwrap_or_default(),
            seen: format!("国际申请 {pct} 在受理局 {office} 有 {} 个授权号", grants.len()),
            on: grants.iter().filter_map(|grant| grant.granted_on).max(),
            rights: sorted(grants.iter().map(|grant| grant.number.clone())),
        })
        .collect()
}

/// One right in two pledges that are both open at the date, by different pledgors.
pub(super) fn twice_pledged(pledges: &[Pledge], as_of: Date) -> Vec<Alarm> {
    let mut pledged: BTreeMap<&str, BTreeMap<&str, &Pledge>> = BTreeMap::new();
    for pledge in pledges.iter().filter(|pledge| pledge.is_open_on(as_of)) {
        pledged.entry(&pledge.object).or_default().insert(&pledge.uscc, pledge);
    }
    pledged
        .into_iter()
        .filter(|(_, by)| by.len() > 1)
        .map(|(object, by)| Alarm {
            method: Method::ClaimedTwice,
            uscc: by.keys().next().copied().unwrap_or_default().to_owned(),
            seen: format!(
                "专利 {object} 同时在 {} 份质押登记中由不同出质人出质（{}）",
                by.len(),
                by.values().map(|pledge| pledge.number.as_str()).collect::<Vec<_>>().join("、")
            ),
            on: by.values().filter_map(|pledge| pledge.registered_on).max(),
            rights: vec![object.to_owned()],
        })
        .collect()
}

/// Rights of one owner handed to young enterprises: to two of them, or to one when the owner is itself an enterprise of the city.
pub(super) fn split(owners: &[Owner], enterprises: &BTreeMap<String, Life>, as_of: Date) -> Vec<Alarm> {
    let since = days_before(as_of, 365);
    let ended: BTreeMap<(&str, Date), &Owner> =
        owners.iter().filter_map(|owner| Some(((owner.application_number.as_str(), owner.until_on?), owner))).collect();
    // Former owner, and whether it is an enterprise of the city → receiving enterprise → rights.
    let mut moved: BTreeMap<(&str, bool), BTreeMap<&str, Vec<&Owner>>> = BTreeMap::new();
    for owner in owners {
        let (Some(uscc), Some(from)) = (&owner.uscc, owner.from_on) else { continue };
        let founded = enterprises.get(uscc).and_then(|life| life.founded_on);
        let young = founded.is_some_and(|day| day >= days_before(since, 730));
        if from < since || from > as_of || !young {
            continue;
        }
        if let Some(former) = ended.get(&(owner.application_number.as_str(), from))
            && former.uscc.as_ref() != Some(uscc)
        {
            let is_ours = former.uscc.as_ref().is_some_and(|uscc| enterprises.contains_key(uscc));
            moved.entry((former.owner.as_str(), is_ours)).or_default().entry(uscc.as_str()).or_default().push(owner);
        }
    }
    let mut alarms = Vec::new();
    for ((former, is_ours), receivers) in moved {
        let parts: Vec<_> = receivers.into_iter().filter(|(_, rights)| rights.len() >= SPLIT_RIGHTS_MIN).collect();
        if parts.len() < 2 && !is_ours {
            continue;
        }
        for (uscc, rights) in &parts {
            alarms.push(Alarm {
                method: Method::Split,
                uscc: (*uscc).to_owned(),
                seen: format!(
                    "{former} 在一年内向 {} 家新设企业分别转让专利，本企业受让 {} 件",
                    parts.len(),
                    rights.len()
                ),
                on: rights.iter().filter_map(|owner| owner.from_on).max(),
                rights: sorted(rights.iter().map(|owner| owner.application_number.clone())),
            });
        }
    }
    alarms
}

pub(super) fn filing_bursts(patents: &[Patent], as_of: Date) -> Vec<Alarm> {
    let month = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
    let last = month(as_of);
    let mut by_month: BTreeMap<&str, BTreeMap<i32, Vec<&Patent>>> = BTreeMap::new();
    for patent in patents {
        let (Some(uscc), Some(filed)) = (&patent.uscc, patent.filed_on) else { continue };
        if filed <= as_of {
            by_month.entry(uscc).or_default().entry(month(filed)).or_default().push(patent);
        }
    }
    let mut alarms = Vec::new();
    for (uscc, months) in by_month {
        for (at, found) in months.range(last - 23..=last) {
            let before: usize = months.range(at - 24..*at).map(|(_, earlier)| earlier.len()).sum();
            // `found >= factor × before ÷ 24`, in whole numbers.
            if found.len() >= BURST_MIN && found.len() * 24 >= BURST_FACTOR * before {
                alarms.push(Alarm {
                    method: Method::FilingBurst,
                    uscc: uscc.to_owned(),
                    seen: format!(
                        "{} 年 {} 月申请 {} 件，此前 24 个月共 {before} 件",
                        (at - 1) / 12,
                        (at - 1) % 12 + 1,
                        found.len()
                    ),
                    on: found.iter().filter_map(|filing| filing.filed_on).max(),
                    rights: sorted(found.iter().map(|filing| filing.application_number.clone())),
                });
            }
        }
    }
    alarms
}

fn sorted(rights: impl Iterator<Item = String>) -> Vec<String> {
    rights.collect::<BTreeSet<_>>().into_iter().collect()
}

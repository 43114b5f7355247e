//! How each kind of alarm is found, over plain rows of the snapshot.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::civil::Date;
use rules::Snapshot;

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

/// Who owned a right, and when; `until_on` is the first day no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) application_number: String,
    pub(super) from_on: Option<Date>,
    pub(super) until_on: Option<Date>,
    pub(super) owner: String,
    pub(super) uscc: Option<String>,
}

/// A filing of an enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Filing {
    pub(super) application_number: String,
    pub(super) uscc: String,
    pub(super) filed_on: Date,
}

pub(super) fn owners(snapshot: &Snapshot) -> Vec<Owner> {
    let Some(rows) = snapshot.rows("patent_owner") else { return Vec::new() };
    (0..rows.len())
        .filter_map(|row| {
            Some(Owner {
                application_number: rows.text(row, "application_number")?.to_owned(),
                from_on: rows.date(row, "from_on"),
                until_on: rows.date(row, "until_on"),
                owner: rows.text(row, "owner").unwrap_or_default().to_owned(),
                uscc: rows.text(row, "owner_uscc").map(str::to_owned),
            })
        })
        .collect()
}

pub(super) fn founded(snapshot: &Snapshot) -> BTreeMap<String, Date> {
    let Some(rows) = snapshot.rows("enterprise") else { return BTreeMap::new() };
    (0..rows.len())
        .filter_map(|row| Some((rows.text(row, "uscc")?.to_owned(), rows.date(row, "founded_on")?)))
        .collect()
}

pub(super) fn filings(snapshot: &Snapshot) -> Vec<Filing> {
    let Some(rows) = snapshot.rows("patent") else { return Vec::new() };
    (0..rows.len())
        .filter_map(|row| {
            Some(Filing {
                application_number: rows.text(row, "application_number")?.to_owned(),
                uscc: rows.text(row, "grant_uscc")?.to_owned(),
                filed_on: rows.date(row, "filed_on")?,
            })
        })
        .collect()
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

pub(super) fn claimed_twice(snapshot: &Snapshot, as_of: Date) -> Vec<Alarm> {
    let mut alarms = twice_abroad(snapshot, as_of);
    alarms.extend(twice_pledged(snapshot, as_of));
    alarms
}

/// One international application with two grant numbers at one office.
fn twice_abroad(snapshot: &Snapshot, as_of: Date) -> Vec<Alarm> {
    let Some(rows) = snapshot.rows("foreign_grant") else { return Vec::new() };
    let mut grants: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for row in 0..rows.len() {
        if let (Some(pct), Some(office)) = (rows.text(row, "pct_number"), rows.text(row, "office"))
            && rows.date(row, "granted_on").is_some_and(|granted| granted <= as_of)
        {
            grants.entry((pct, office)).or_default().push(row);
        }
    }
    grants
        .into_iter()
        .filter(|(_, found)| found.len() > 1)
        .map(|((pct, office), found)| Alarm {
            method: Method::ClaimedTwice,
            uscc: found.iter().find_map(|row| rows.text(*row, "uscc")).unwrap_or_default().to_owned(),
            seen: format!("国际申请 {pct} 在受理局 {office} 有 {} 个授权号", found.len()),
            on: found.iter().filter_map(|row| rows.date(*row, "granted_on")).max(),
            rights: sorted(found.iter().filter_map(|row| rows.text(*row, "grant_number").map(str::to_owned))),
        })
        .collect()
}

/// One right in two pledges that are both open at the date, by different pledgors.
fn twice_pledged(snapshot: &Snapshot, as_of: Date) -> Vec<Alarm> {
    let (Some(pledges), Some(objects)) = (snapshot.rows("pledge"), snapshot.rows("pledge_object")) else {
        return Vec::new();
    };
    let open: BTreeMap<&str, &str> = (0..pledges.len())
        .filter(|row| pledges.date(*row, "registered_on").is_some_and(|day| day <= as_of))
        .filter(|row| pledges.date(*row, "released_on").is_none_or(|day| day > as_of))
        .filter_map(|row| Some((pledges.text(row, "number")?, pledges.text(row, "uscc")?)))
        .collect();
    let mut pledged: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for row in 0..objects.len() {
        if let (Some(number), Some(object)) = (objects.text(row, "number"), objects.text(row, "object"))
            && let Some(uscc) = open.get(number)
        {
            pledged.entry(object).or_default().insert(uscc, number);
        }
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
                by.values().copied().collect::<Vec<_>>().join("、")
            ),
            on: None,
            rights: vec![object.to_owned()],
        })
        .collect()
}

pub(super) fn split(owners: &[Owner], founded: &BTreeMap<String, Date>, as_of: Date) -> Vec<Alarm> {
    let since = days_before(as_of, 365);
    let ended: BTreeMap<(&str, Date), &Owner> =
        owners.iter().filter_map(|owner| Some(((owner.application_number.as_str(), owner.until_on?), owner))).collect();
    // Former owner → receiving enterprise → rights.
    let mut moved: BTreeMap<&str, BTreeMap<&str, Vec<&Owner>>> = BTreeMap::new();
    for owner in owners {
        let (Some(uscc), Some(from)) = (&owner.uscc, owner.from_on) else { continue };
        let young = founded.get(uscc).is_some_and(|day| *day >= days_before(since, 730));
        if from < since || from > as_of || !young {
            continue;
        }
        if let Some(former) = ended.get(&(owner.application_number.as_str(), from))
            && former.uscc.as_ref() != Some(uscc)
        {
            moved.entry(former.owner.as_str()).or_default().entry(uscc.as_str()).or_default().push(owner);
        }
    }
    let mut alarms = Vec::new();
    for (former, receivers) in moved {
        let parts: Vec<_> = receivers.into_iter().filter(|(_, rights)| rights.len() >= SPLIT_RIGHTS_MIN).collect();
        if parts.len() < 2 {
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

pub(super) fn filing_bursts(filings: &[Filing], as_of: Date) -> Vec<Alarm> {
    let month = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
    let last = month(as_of);
    let mut by_month: BTreeMap<&str, BTreeMap<i32, Vec<&Filing>>> = BTreeMap::new();
    for filing in filings.iter().filter(|filing| filing.filed_on <= as_of) {
        by_month.entry(&filing.uscc).or_default().entry(month(filing.filed_on)).or_default().push(filing);
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
                    on: found.iter().map(|filing| filing.filed_on).max(),
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

//! What the patent register records after the grant, and when the office hears of it.

use jiff::civil::{Date, date};

use crate::{
    names::OUTSIDERS,
    patents::{Fate, Owner, Patent, anniversary},
    random::{Random, plus_days, plus_years},
};

/// One recorded event of a patent.
#[derive(Debug, Clone)]
pub struct Event {
    /// The patent, by index.
    pub patent: u32,
    /// 事件.
    pub kind: &'static str,
    /// 生效日期.
    pub effective: Date,
    /// 登记日期.
    pub registered: Option<Date>,
    /// 相对方: the new owner, licensee or court.
    pub party: Party,
    /// 文号.
    pub document: Option<String>,
    /// The day on which the event could first be read in the register.
    pub reported: Date,
}

/// The other party of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// Nobody.
    None,
    /// Someone who owns patents.
    Owner(Owner),
    /// The same owner under its new name.
    Renamed(Owner),
    /// A court that preserves the right.
    Court,
}

/// The file with the lapses of the second half of 2023 came on this day, after the figures had been counted once.
pub(crate) const LATE_LAPSES: Date = date(2024, 2, 5);

/// What was reported by the end of January 2024 is in the last file.
const LAST_REPORT: Date = date(2024, 1, 31);

fn event(kind: &'static str, effective: Date, reported: Date) -> Event {
    Event { patent: 0, kind, effective, registered: None, party: Party::None, document: None, reported }
}

pub(crate) fn transfer(registered: Date, to: Owner, random: &mut Random) -> Event {
    let contract = plus_days(registered, -random.between(0, 20));
    let reported = plus_days(registered, random.between(5, 15));
    Event { registered: Some(registered), party: Party::Owner(to), ..event("转让", contract, reported) }
}

fn decision(kind: &'static str, day: Date, random: &mut Random) -> Event {
    let document = Some(format!("第{}号", random.between(40_000, 560_000)));
    Event { registered: Some(day), document, ..event(kind, day, plus_days(day, random.between(5, 20))) }
}

/// The events that make the fate of an invention.
pub(crate) fn of_invention(patent: &Patent, owner: Owner, fate: Fate, random: &mut Random) -> Vec<Event> {
    let Some(granted) = patent.granted else { return Vec::new() };
    let outsider = |random: &mut Random| Owner::Outsider(random.below(OUTSIDERS.len()) as u32);
    let mut events = match fate {
        Fate::Lapsed => lapse(patent, granted, date(2023, 5, 1), random),
        Fate::LapsedLate => anniversary(patent.filed, date(2023, 7, 1), date(2023, 12, 30))
            .map(|due| event("终止", due, LATE_LAPSES))
            .into_iter()
            .collect(),
        Fate::Restored => restored(patent, granted, false, random),
        Fate::RestoredLate => restored(patent, granted, true, random),
        Fate::Void => vec![decision(
            "全部无效",
            random.day(date(2022, 1, 10), date(2023, 11, 20)).max(plus_days(granted, 90)),
            random,
        )],
        Fate::VoidLate => vec![decision("全部无效", random.day(date(2024, 1, 8), date(2024, 1, 24)), random)],
        Fate::PartlyVoid => vec![decision("部分无效", random.day(date(2022, 1, 10), date(2023, 11, 20)), random)],
        Fate::SoldOut => {
            let to = outsider(random);
            vec![transfer(random.day(plus_days(granted, 60).max(date(2021, 3, 1)), date(2023, 12, 8)), to, random)]
        }
        Fate::BoughtIn => {
            vec![transfer(random.day(plus_days(granted, 60).max(date(2021, 3, 1)), date(2023, 11, 30)), owner, random)]
        }
        Fate::BoughtBeforeTheDate => {
            let bought = random.day(date(2023, 12, 21), date(2023, 12, 28));
            let sold = random.day(date(2024, 1, 15), date(2024, 1, 26));
            let to = outsider(random);
            vec![transfer(bought, owner, random), transfer(sold, to, random)]
        }
        Fate::Split(_) => vec![transfer(date(2023, 11, 16), owner, random)],
        Fate::InForce if random.permille(14) => licence(granted, owner, random),
        _ => Vec::new(),
    };
    for event in &mut events {
        // What is not late by plan came with the file of December, before the first count of January 2024.
        if event.effective < date(2023, 12, 1)
            && event.reported > date(2023, 12, 29)
            && event.reported != LATE_LAPSES
            && event.kind != "恢复"
        {
            event.reported = date(2023, 12, 29);
        }
        if event.reported != LATE_LAPSES {
            event.reported = event.reported.min(LAST_REPORT);
        }
    }
    events
}

/// Lapse for an unpaid fee, which ended the right on the day the fee was due and was heard of months later.
fn lapse(patent: &Patent, granted: Date, last: Date, random: &mut Random) -> Vec<Event> {
    let first = plus_days(granted, 200);
    let mut due = anniversary(patent.filed, first, last);
    // Most rights are kept for some years.
    while let Some(day) = due {
        let next = plus_years(day, 1);
        if next > last || random.permille(450) {
            break;
        }
        due = Some(next);
    }
    due.map(|day| event("终止", day, plus_days(day, random.between(200, 235)))).into_iter().collect()
}

/// A lapse that was healed; late when the office hears of it only in February 2024.
fn restored(patent: &Patent, granted: Date, late: bool, random: &mut Random) -> Vec<Event> {
    let last = if late { date(2023, 4, 20) } else { date(2022, 12, 1) };
    let first = if late { date(2022, 4, 21) } else { plus_days(granted, 200) };
    let Some(due) = anniversary(patent.filed, first, last) else { return Vec::new() };
    let lapse = event("终止", due, plus_days(due, 210));
    let decided = if late { date(2024, 1, 19) } else { plus_days(due, random.between(260, 330)) };
    let reported = plus_days(decided, 10);
    vec![lapse, Event { registered: Some(decided), ..event("恢复", decided, reported) }]
}

fn licence(granted: Date, owner: Owner, random: &mut Random) -> Vec<Event> {
    let first = plus_days(granted, 100);
    if first > date(2023, 10, 1) {
        return Vec::new();
    }
    let day = random.day(first, date(2023, 11, 1));
    let reported = plus_days(day, 20);
    match random.below(4) {
        0 => {
            let licensee = Party::Owner(Owner::Enterprise(random.below(40) as u32));
            vec![Event { registered: Some(day), party: licensee, ..event("许可备案", day, reported) }]
        }
        1 => vec![event("开放许可", day, reported)],
        2 => {
            let released = plus_days(day, 40);
            vec![
                Event {
                    party: Party::Court,
                    document: Some(format!("({})苏99民初{}号", day.year(), random.between(1, 999))),
                    ..event("保全", day, reported)
                },
                Event { party: Party::Court, ..event("解除保全", released, plus_days(released, 15)) },
            ]
        }
        _ => vec![Event { registered: Some(day), party: Party::Renamed(owner), ..event("变更", day, reported) }],
    }
}

/// The events of utility models and designs: many lapse, some run out, a few are given up or sold.
pub(crate) fn of_other(patent: &Patent, design: bool, random: &mut Random) -> Vec<Event> {
    let Some(granted) = patent.granted else { return Vec::new() };
    let mut events = drawn(patent, granted, design, random);
    // Young rights have not lived to see theirs.
    events.retain(|event| event.effective <= date(2023, 12, 5));
    events
}

fn drawn(patent: &Patent, granted: Date, design: bool, random: &mut Random) -> Vec<Event> {
    let end = plus_years(patent.filed, 10);
    match random.below(1000) {
        0..280 => lapse(patent, granted, date(2023, 5, 1).min(plus_days(end, -1)), random),
        280..300 if !design => {
            let day = random.day(plus_days(granted, 300), date(2023, 11, 1));
            if day >= end { Vec::new() } else { vec![event("放弃", day, plus_days(day, 15))] }
        }
        300..308 => vec![decision("全部无效", random.day(plus_days(granted, 90), date(2023, 11, 30)), random)],
        308..330 => {
            let to = Owner::Outsider(random.below(OUTSIDERS.len()) as u32);
            vec![transfer(random.day(plus_days(granted, 90), date(2023, 11, 30)), to, random)]
        }
        330..700 if end < date(2023, 12, 1) => vec![event("期满", end, plus_days(end, random.between(5, 20)))],
        _ => Vec::new(),
    }
}

/// The day on which the office received the file with this event: quarterly to 2022, then monthly.
#[must_use]
pub(crate) fn received(reported: Date) -> Date {
    if reported == LATE_LAPSES {
        return LATE_LAPSES;
    }
    match (reported.year(), reported.month()) {
        (..=2020, _) => date(2021, 1, 22),
        (year @ 2021..=2022, 10..) => date(year + 1, 1, 18),
        (year @ 2021..=2022, month) => date(year, (month - 1) / 3 * 3 + 4, 18),
        (year, 12) => date(year + 1, 1, 12),
        (year, month) => date(year, month + 1, 12),
    }
}

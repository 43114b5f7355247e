//! Making one patent: its owner, days, number, topic and fate.

use jiff::civil::{Date, Weekday, date};

use super::{Draft, Fate, Owner, Patent, Place, Tie, Workshop};
use crate::{
    Scale, events,
    industries::{self, INDUSTRIES, Strategic},
    names::{INSTITUTES, OUTSIDERS},
    numbers::Number,
    random::{days_between, plus_days, plus_years},
    words,
};

/// The industry whose things those of mere processes patent.
const ELECTRONICS: usize = 1;

/// Weights of the years 2015 to 2023 among the grants of inventions.
const GRANT_YEARS: &[u32] = &[5, 6, 8, 10, 11, 13, 15, 16, 16];

impl Workshop<'_> {
    pub(super) fn any_owner(&mut self, scale: &Scale, planned: usize) -> Owner {
        let tail = self.enterprises.len().saturating_sub(planned) * 62 / 100;
        match self.random.below(100) {
            0..67 if tail > 0 => {
                // One flattened Zipf law by rejection: rank r stands with probability 60 / (r + 60) in its block.
                let block = (scale.patents / 20_000).max(1);
                loop {
                    let rank = self.random.below(tail);
                    if self.random.below(rank + 60 * block) < 60 * block {
                        return Owner::Enterprise((planned + rank) as u32);
                    }
                }
            }
            0..87 => Owner::Institute(self.random.weighted(&[55, 20, 10, 10, 5]) as u32),
            _ => Owner::Person(self.random.below(self.persons) as u32),
        }
    }

    /// One invention; returns its place among the drafts.
    pub(super) fn invention(&mut self, owner: Owner, fate: Fate, value: Option<Value>, years: Option<Years>) -> usize {
        let value = value.unwrap_or_else(|| if self.random.permille(290) { Value::High } else { Value::Low });
        let (filed, granted) = self.dates(owner, fate, value, years);
        let industry = self.industry(owner);
        let topic = self.topic(industry, value);
        let kind = if self.random.permille(25) { 8 } else { 1 };
        // The year in the number is that of the filing here, save for PCT entries and divisionals.
        let late = match kind {
            8 => self.random.between(400, 900),
            _ if self.random.permille(15) => self.random.between(200, 700),
            _ => 0,
        };
        let numbered = plus_days(filed, late)
            .min(granted.map_or(date(2023, 12, 30), |granted| plus_days(granted, -200)))
            .max(filed);
        let number = self.number(numbered.year() as u16, kind);
        let first = match fate {
            Fate::BoughtIn | Fate::BoughtBeforeTheDate | Fate::Elsewhere => {
                Owner::Outsider(self.random.below(OUTSIDERS.len()) as u32)
            }
            Fate::Split(parent) => Owner::Enterprise(parent),
            _ => owner,
        };
        let mut patent = self.patent(number, filed, granted, topic, first);
        if fate == Fate::Elsewhere {
            patent.second = Some(owner);
        }
        let events = events::of_invention(&patent, owner, fate, &mut self.random);
        self.drafts.push(Draft { patent, events });
        self.drafts.len() - 1
    }

    pub(super) fn patent(
        &mut self,
        number: Number,
        filed: Date,
        granted: Option<Date>,
        topic: (u8, u8),
        owner: Owner,
    ) -> Patent {
        self.grants += 1;
        let tie = match owner {
            Owner::Enterprise(_) if self.random.permille(300) => Tie::Name,
            Owner::Person(_) | Owner::Outsider(_) => Tie::Name,
            _ => Tie::Code,
        };
        let place = match owner {
            Owner::Enterprise(_) => [Place::Full, Place::NoTown, Place::Blank][self.random.weighted(&[972, 16, 12])],
            Owner::Person(_) => [Place::Full, Place::NoTown][self.random.weighted(&[96, 4])],
            _ => Place::Full,
        };
        let second = match self.random.below(1000) {
            0..45 => Some(Owner::Outsider(self.random.below(OUTSIDERS.len()) as u32)),
            45..70 => Some(Owner::Institute(self.random.below(INSTITUTES.len()) as u32)),
            _ => None,
        };
        let second = second.filter(|second| *second != owner);
        let words = self.random.next();
        Patent {
            number,
            filed,
            granted,
            grant_serial: 10_000_000 + self.grants * 29 % 89_999_999,
            topic,
            owner,
            second,
            tie,
            place,
            words,
        }
    }

    pub(super) fn industry(&mut self, owner: Owner) -> usize {
        match owner {
            Owner::Enterprise(index) => self.enterprises[index as usize].industry,
            Owner::Institute(index) if self.random.permille(400) => INSTITUTES[index as usize].1,
            _ => self.random.below(INDUSTRIES.len()),
        }
    }

    fn topic(&mut self, industry: usize, value: Value) -> (u8, u8) {
        let wanted = match value {
            Value::High => Strategic::Met,
            // One in ten of the others is a case for a person.
            Value::Low | Value::Old if self.random.permille(100) => Strategic::Undetermined,
            Value::Low | Value::Old => Strategic::Not,
        };
        let topics = industries::topics(industry, wanted);
        (industry as u8, *self.random.pick(&topics))
    }

    /// A topic that is a thing and no process; of the electronics industry for an industry that has only processes.
    pub(super) fn thing(&mut self, industry: usize) -> (u8, u8) {
        let things = |industry: usize| -> Vec<u8> {
            let topics = (0..).zip(INDUSTRIES[industry].topics);
            topics.filter(|(_, topic)| !words::is_process(topic)).map(|(index, _)| index).collect()
        };
        let own = things(industry);
        let (industry, own) = if own.is_empty() { (ELECTRONICS, things(ELECTRONICS)) } else { (industry, own) };
        (industry as u8, *self.random.pick(&own))
    }

    /// Days of filing and grant that make the fate and the value true.
    fn dates(&mut self, owner: Owner, fate: Fate, value: Value, years: Option<Years>) -> (Date, Option<Date>) {
        match fate {
            Fate::Pending => {
                let filed = self.random.day(date(2020, 9, 1), date(2021, 12, 20));
                return (filed, None);
            }
            Fate::GrantedAfter => {
                let granted = gazette(self.random.day(date(2024, 1, 2), date(2024, 2, 6)));
                return (plus_days(granted, -self.random.between(400, 1200)), Some(granted));
            }
            Fate::LapsedLate => {
                // The fee fell due on the anniversary, in the last half of 2023.
                let due = self.random.day(date(2023, 7, 1), date(2023, 12, 29));
                let filed = plus_years(due, -self.random.between(5, 9));
                return (filed, Some(gazette(plus_days(filed, self.random.between(500, 1100)))));
            }
            _ => {}
        }
        if value == Value::Old {
            let first = self.founded(owner).max(date(2005, 1, 10));
            let filed = self.random.day(first, date(2013, 12, 30));
            return (filed, Some(gazette(plus_days(filed, self.random.between(600, 1300)))));
        }
        let latest = match (fate, years) {
            (Fate::Lapsed | Fate::Restored | Fate::RestoredLate, _) => 2020,
            (
                Fate::SoldOut
                | Fate::BoughtIn
                | Fate::BoughtBeforeTheDate
                | Fate::Split(_)
                | Fate::Void
                | Fate::PartlyVoid,
                _,
            ) => 2021,
            (_, Some(Years::Before(year))) => year - 1,
            _ => 2023,
        };
        let year = match years {
            Some(Years::Only(year)) => year,
            _ => 2015 + self.random.weighted(&GRANT_YEARS[..(latest - 2014) as usize]) as i16,
        };
        let granted = gazette(self.random.day(date(year, 1, 2), date(year, 12, 20)));
        let earliest = plus_days(granted, -1500).max(date(2014, 1, 2));
        (self.random.day(earliest, plus_days(granted, -330)), Some(granted))
    }

    fn founded(&self, owner: Owner) -> Date {
        match owner {
            Owner::Enterprise(index) => self.enterprises[index as usize].founded,
            _ => Date::MIN,
        }
    }

    pub(super) fn number(&mut self, year: u16, kind: u8) -> Number {
        let step = self.random.between(1, i64::from(self.stride)) as u32;
        let last = self.serials.entry((year, kind)).or_insert(10_000);
        // Steps stay below the stride, so that numbers never repeat and leave room.
        *last += step;
        Number { year, kind, serial: *last }
    }
}

/// What makes an invention one of high value, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value {
    /// Kept for more than ten years.
    Old,
    /// In a strategic industry.
    High,
    /// Neither.
    Low,
}

/// The years in which a grant may fall.
#[derive(Debug, Clone, Copy)]
pub(super) enum Years {
    Only(i16),
    Before(i16),
}

/// The next day on which the gazette appears: Tuesday or Friday.
pub(super) fn gazette(day: Date) -> Date {
    let mut day = day;
    while !matches!(day.weekday(), Weekday::Tuesday | Weekday::Friday) {
        day = plus_days(day, 1);
    }
    day
}

/// The anniversary of the filing that lies within these days, if there is one.
pub(crate) fn anniversary(filed: Date, first: Date, last: Date) -> Option<Date> {
    let mut years = 1;
    loop {
        let day = plus_years(filed, years);
        if day > last {
            return None;
        }
        if day >= first && days_between(filed, day) > 300 {
            return Some(day);
        }
        years += 1;
    }
}

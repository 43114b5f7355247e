//! Patents with their owners and fates, planned so that the figures of 2023-12-31 come out as a story and not as noise.

mod making;
mod planted;

use std::collections::BTreeMap;

use jiff::civil::{Date, date};

pub(crate) use self::making::anniversary;
use self::making::{Value, Years, gazette};
use crate::{
    Scale,
    enterprises::Enterprise,
    events::{self, Event},
    names::{INSTITUTES, OUTSIDERS},
    numbers::Number,
    plan::{self, Plan, Story},
    random::{Random, Zipf, plus_days},
};

/// The day for which the city is planned.
pub const AS_OF: Date = date(2023, 12, 31);

/// Who owns a patent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// An enterprise of the register, by index.
    Enterprise(u32),
    /// A university, institute or hospital of the city.
    Institute(u32),
    /// A person who lives in the city.
    Person(u32),
    /// A body outside the city.
    Outsider(u32),
}

/// How the first patentee is written in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tie {
    /// With its code.
    Code,
    /// By its name alone.
    Name,
    /// By a name that no register knows.
    Misspelt,
}

/// How the address is written in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// City, unit and street.
    Full,
    /// City and street only.
    NoTown,
    /// Empty.
    Blank,
}

/// One patent or application of the synthetic city.
#[derive(Debug, Clone)]
pub struct Patent {
    /// Its application number.
    pub number: Number,
    /// The day of filing.
    pub filed: Date,
    /// The day on which the grant was announced, if it was.
    pub granted: Option<Date>,
    /// The running number of the grant.
    pub grant_serial: u32,
    /// The industry and the topic in it.
    pub topic: (u8, u8),
    /// The first-named patentee at the grant.
    pub owner: Owner,
    /// A second patentee.
    pub second: Option<Owner>,
    /// How the owner is written.
    pub tie: Tie,
    /// How the address is written.
    pub place: Place,
    /// What the words of title and abstract are drawn from.
    pub words: u64,
}

impl Patent {
    /// True for an invention, 发明.
    #[must_use]
    pub fn is_invention(&self) -> bool {
        matches!(self.number.kind, 1 | 8)
    }

    /// 发明, 实用新型 or 外观设计.
    #[must_use]
    pub fn kind_zh(&self) -> &'static str {
        match self.number.kind {
            1 | 8 => "发明",
            2 | 9 => "实用新型",
            _ => "外观设计",
        }
    }

    /// The publication number of the grant, 授权公告号.
    #[must_use]
    pub fn grant_number(&self) -> String {
        let (digit, kind) = match self.number.kind {
            1 | 8 => (1, 'B'),
            2 | 9 => (2, 'U'),
            _ => (3, 'S'),
        };
        format!("CN{digit}{:08}{kind}", self.grant_serial)
    }
}

/// What becomes of an invention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Pending,
    GrantedAfter,
    InForce,
    Restored,
    RestoredLate,
    PartlyVoid,
    Void,
    VoidLate,
    Lapsed,
    LapsedLate,
    SoldOut,
    BoughtIn,
    BoughtBeforeTheDate,
    Split(u32),
    Elsewhere,
}

struct Draft {
    patent: Patent,
    events: Vec<Event>,
}

/// What was generated and what the plan says of it.
pub(crate) struct Patents {
    pub(crate) patents: Vec<Patent>,
    pub(crate) events: Vec<Event>,
}

/// All patents of the city.
pub(crate) fn generate(seed: u64, scale: &Scale, enterprises: &[Enterprise], plans: &[Plan]) -> Patents {
    let mut workshop = Workshop::new(seed, scale, enterprises);
    workshop.inventions(scale, plans);
    workshop.others(scale);
    planted::purchase(&mut workshop.drafts, seed, plans);
    planted::bursts(&mut workshop.drafts, seed, enterprises);
    workshop.finish()
}

struct Workshop<'a> {
    random: Random,
    enterprises: &'a [Enterprise],
    drafts: Vec<Draft>,
    serials: BTreeMap<(u16, u8), u32>,
    stride: u32,
    grants: u32,
    persons: usize,
}

impl<'a> Workshop<'a> {
    fn new(seed: u64, scale: &Scale, enterprises: &'a [Enterprise]) -> Self {
        Self {
            random: Random::new(seed, "patents"),
            enterprises,
            drafts: Vec::with_capacity(scale.patents),
            serials: BTreeMap::new(),
            stride: (9_000_000 / (scale.patents as u32 + 1)).clamp(1, 37),
            grants: 0,
            persons: (scale.patents / 25).max(5),
        }
    }

    fn inventions(&mut self, scale: &Scale, plans: &[Plan]) {
        let total = scale.patents / 4;
        let part = |n: usize| (total * n).div_ceil(5000);
        let mut left = total;
        for (fate, n) in [
            (Fate::Pending, 200),
            (Fate::GrantedAfter, 30),
            (Fate::Elsewhere, 40),
            (Fate::SoldOut, 63),
            (Fate::Void, 10),
            (Fate::VoidLate, 2),
            (Fate::Lapsed, 700),
            (Fate::LapsedLate, 22),
        ] {
            for _ in 0..part(n).min(left) {
                left -= 1;
                let owner = self.any_owner(scale, plans.len());
                self.invention(owner, fate, None, None);
            }
        }
        let before = self.drafts.len();
        self.planned(plans);
        left = left.saturating_sub(self.drafts.len() - before);
        self.unplanned(scale, plans.len(), left);
    }

    /// The inventions in force of the planned owners, exactly as many as planned.
    fn planned(&mut self, plans: &[Plan]) {
        for (index, plan) in plans.iter().enumerate() {
            let owner = Owner::Enterprise(index as u32);
            let old = if plan.valid >= 30 && plan.high_value >= 9 { plan.high_value / 4 } else { 0 };
            let in_year = plan.granted_2023.unwrap_or(usize::MAX);
            for n in 0..plan.valid {
                let value = if n < old {
                    Value::Old
                } else if n < plan.high_value {
                    Value::High
                } else {
                    Value::Low
                };
                // The grants of the year are the last ones, which are neither old nor bought.
                let year = match in_year {
                    usize::MAX => None,
                    wanted => Some(if plan.valid - n <= wanted { Years::Only(2023) } else { Years::Before(2023) }),
                };
                let fate = match plan.story {
                    Story::BoughtBeforeTheDate if n >= plan.high_value && n < plan.high_value + plan::BOUGHT => {
                        Fate::BoughtBeforeTheDate
                    }
                    Story::SplitChild => Fate::Split(index as u32 - 1),
                    _ => Fate::InForce,
                };
                self.invention(owner, fate, Some(value), year);
            }
            match plan.story {
                Story::Misspelt => {
                    for _ in 0..plan::UNTIED {
                        let at = self.invention(owner, Fate::InForce, Some(Value::Low), Some(Years::Before(2023)));
                        self.drafts[at].patent.tie = Tie::Misspelt;
                        self.drafts[at].patent.place = Place::Full;
                    }
                }
                Story::GrantInvalidated => {
                    self.invention(owner, Fate::VoidLate, Some(Value::Low), Some(Years::Only(2023)));
                }
                _ => {}
            }
        }
    }

    /// The other inventions in force, with at most sixteen to an enterprise.
    fn unplanned(&mut self, scale: &Scale, planned: usize, count: usize) {
        let part = |n: usize| (count * n).div_ceil(2700);
        let mut fates = vec![Fate::InForce; count];
        let special = [(Fate::Restored, 28), (Fate::RestoredLate, 2), (Fate::PartlyVoid, 6), (Fate::BoughtIn, 60)];
        let mut at = 0;
        for (fate, n) in special {
            for slot in fates.iter_mut().skip(at).take(part(n)) {
                *slot = fate;
            }
            at += part(n);
        }
        let mut held: BTreeMap<Owner, usize> = BTreeMap::new();
        for fate in fates {
            let mut owner = self.any_owner(scale, planned);
            if matches!(owner, Owner::Enterprise(_)) && held.get(&owner).copied().unwrap_or(0) >= 16 {
                owner = Owner::Institute(self.random.below(INSTITUTES.len()) as u32);
            }
            *held.entry(owner).or_default() += 1;
            let value = match self.random.below(1000) {
                0..60 => Value::Old,
                60..320 => Value::High,
                _ => Value::Low,
            };
            self.invention(owner, fate, Some(value), None);
        }
    }

    /// Utility models and designs, six tenths and three twentieths of the whole.
    fn others(&mut self, scale: &Scale) {
        let inventions = self.drafts.len();
        let owners = Zipf::new((self.enterprises.len() * 85 / 100).max(1), 12 * (scale.patents / 20_000).max(1));
        let designs = scale.patents * 15 / 100;
        for n in inventions..scale.patents {
            let design = n - inventions < designs;
            let owner = match self.random.below(100) {
                0..80 => Owner::Enterprise(owners.draw(&mut self.random) as u32),
                80..86 => Owner::Institute(self.random.below(INSTITUTES.len()) as u32),
                86..98 => Owner::Person(self.random.below(self.persons) as u32),
                _ => Owner::Outsider(self.random.below(OUTSIDERS.len()) as u32),
            };
            let granted = gazette(
                self.random
                    .day(date(2012, 1, 3), date(2023, 12, 20))
                    .max(self.random.day(date(2012, 1, 3), date(2023, 12, 20))),
            );
            let filed = plus_days(granted, -self.random.between(120, 420));
            let industry = self.industry(owner);
            let topic = self.thing(industry);
            let kind = if design {
                3
            } else if self.random.permille(6) {
                9
            } else {
                2
            };
            let number = self.number(filed.year() as u16, kind);
            let patent = self.patent(number, filed, Some(granted), topic, owner);
            let events = events::of_other(&patent, design, &mut self.random);
            self.drafts.push(Draft { patent, events });
        }
    }

    /// Mixes the patents, so that no list betrays the plan, and numbers the events.
    fn finish(mut self) -> Patents {
        self.random.shuffle(&mut self.drafts);
        let mut patents = Vec::with_capacity(self.drafts.len());
        let mut all = Vec::new();
        for (index, draft) in self.drafts.into_iter().enumerate() {
            all.extend(draft.events.into_iter().map(|event| Event { patent: index as u32, ..event }));
            patents.push(draft.patent);
        }
        all.sort_by_key(|event: &Event| (event.reported, event.patent));
        Patents { patents, events: all }
    }
}

//! Enterprises: who they are, what they were called, where they sat and whether they still exist.

use jiff::civil::{Date, date};

use crate::{
    Scale,
    industries::INDUSTRIES,
    names::{self, CITY, TOWNS},
    numbers,
    plan::{Plan, Story},
    random::{Random, plus_days},
};

/// One enterprise of the synthetic city.
#[derive(Debug, Clone)]
pub struct Enterprise {
    /// Unified social credit code, 统一社会信用代码.
    pub uscc: String,
    /// Its names with the day from which each held, oldest first.
    pub names: Vec<(Date, String)>,
    /// Its units with the day from which it sat there, oldest first; an index into the city's units.
    pub towns: Vec<(Date, usize)>,
    /// Its industry, an index into the word lists.
    pub industry: usize,
    /// Its class in GB/T 4754.
    pub class: &'static str,
    /// The day on which it was founded.
    pub founded: Date,
    /// 大, 中, 小 or 微.
    pub size: &'static str,
    /// 注销 or 吊销 with the day, if it no longer exists.
    pub ended: Option<(&'static str, Date)>,
}

impl Enterprise {
    /// Its name on this day.
    #[must_use]
    pub fn name_on(&self, day: Date) -> &str {
        let held = self.names.iter().rev().find(|(from, _)| *from <= day);
        held.or(self.names.first()).map_or("", |(_, name)| name)
    }

    /// Its unit on this day.
    #[must_use]
    pub fn town_on(&self, day: Date) -> usize {
        let held = self.towns.iter().rev().find(|(from, _)| *from <= day);
        held.or(self.towns.first()).map_or(0, |(_, town)| *town)
    }

    /// True when it exists on this day.
    #[must_use]
    pub fn exists_on(&self, day: Date) -> bool {
        self.founded <= day && self.ended.is_none_or(|(_, ended)| ended > day)
    }
}

/// The names of the units by index: the listed ones, then composed ones for larger cities; the merged former town is apart.
pub(crate) fn town_names(scale: &Scale) -> Vec<String> {
    let listed = TOWNS.iter().map(|(name, ..)| (*name).to_owned());
    let composed = (TOWNS.len()..scale.towns).map(|index| format!("{}镇", names::brand(index * 13 + 7)));
    listed.chain(composed).take(scale.towns.max(1)).collect()
}

/// The enterprises; the planned ones come first and neither end nor move.
pub(crate) fn generate(seed: u64, scale: &Scale, plans: &[Plan]) -> Vec<Enterprise> {
    let planned = plans.len();
    let mut random = Random::new(seed, "enterprises");
    let towns = town_names(scale).len();
    let weights: Vec<u32> = INDUSTRIES.iter().map(|industry| industry.weight).collect();
    let mut town_weights = vec![3; towns];
    town_weights[0] = 18;
    if towns > 2 {
        town_weights[1] = 14;
        town_weights[2] = 6;
    }
    let owners = scale.enterprises * 85 / 100;
    let mut enterprises = Vec::with_capacity(scale.enterprises);
    for index in 0..scale.enterprises {
        // Owners of patents are older than their patents.
        let latest = if index < owners { date(2010, 6, 30) } else { date(2022, 11, 30) };
        enterprises.push(one(index, index < planned, latest, &weights, &town_weights, &mut random));
    }
    for (index, plan) in plans.iter().enumerate() {
        if plan.story == Story::SplitChild {
            split_off(&mut enterprises, index);
        }
    }
    enterprises
}

/// Makes the enterprise a firm that its predecessor in the list founded for the purpose, at its own address.
fn split_off(enterprises: &mut [Enterprise], index: usize) {
    let Some((parents, children)) = enterprises.split_at_mut_checked(index) else { return };
    let (Some(parent), Some(child)) = (parents.last(), children.first_mut()) else { return };
    let founded = date(2023, 10, 16);
    let name = parent.name_on(founded).replace("股份有限公司", "知识产权运营有限公司");
    child.founded = founded;
    child.names = vec![(founded, name)];
    child.towns = vec![(founded, parent.town_on(founded))];
    child.industry = parent.industry;
    child.class = parent.class;
    child.size = "微";
}

fn one(
    index: usize,
    planned: bool,
    latest: Date,
    weights: &[u32],
    town_weights: &[u32],
    random: &mut Random,
) -> Enterprise {
    // The planned owners of many patents work in industries where every kind of patent exists.
    let industry = if planned { index % 7 } else { random.weighted(weights) };
    let trades = INDUSTRIES[industry].trades;
    let trade = *random.pick(trades);
    let founded = random.day(date(1996, 3, 1), latest);
    let brand = names::brand(index);
    let form = if planned || random.permille(80) { "股份有限公司" } else { "有限公司" };
    let name = match random.below(10) {
        0..4 => format!("江苏云川{brand}{trade}{form}"),
        4..7 => format!("{}{brand}{trade}{form}", CITY),
        7..9 => format!("云川{brand}{trade}{form}"),
        _ => format!("{brand}（云川）{trade}{form}"),
    };
    let mut enterprise = Enterprise {
        uscc: numbers::uscc("91", index as u64 + 1),
        names: vec![(founded, name)],
        towns: vec![(founded, random.weighted(town_weights))],
        industry,
        class: random.pick(INDUSTRIES[industry].classes).0,
        founded,
        size: ["大", "中", "小", "微"][if planned { random.below(2) } else { random.weighted(&[2, 10, 60, 28]) }],
        ended: None,
    };
    if random.permille(90) {
        let renamed = random.day(date(2016, 1, 1), date(2023, 11, 30)).max(plus_days(founded, 400));
        let former = format!("{}{brand}{}有限公司", CITY, trades[(index + 1) % trades.len()]);
        let current = std::mem::replace(&mut enterprise.names[0].1, former);
        if current != enterprise.names[0].1 {
            enterprise.names.push((renamed, current));
        }
    }
    if !planned && random.permille(40) {
        let moved = random.day(date(2018, 1, 1), date(2023, 12, 20)).max(plus_days(founded, 300));
        let town = random.weighted(town_weights);
        if town != enterprise.towns[0].1 {
            enterprise.towns.push((moved, town));
        }
    }
    if !planned && random.permille(25) {
        let how = if random.permille(700) { "注销" } else { "吊销" };
        enterprise.ended = Some((how, random.day(date(2021, 2, 1), date(2023, 12, 25)).max(plus_days(founded, 500))));
    }
    enterprise
}

//! What alarms of earlier years were about, so that later facts can be compared with them: a purchase that was kept, and two
//! bursts of filings, of which one was sold and one kept.
//!
//! All of it is laid over rights that exist already, with numbers of its own stream, so that nothing else moves.

use jiff::civil::date;

use super::{Draft, Owner, Place, Tie};
use crate::{
    enterprises::Enterprise,
    events,
    industries::Strategic,
    names::OUTSIDERS,
    plan::{Plan, Story},
    random::{Random, plus_days},
    words,
};

/// How many inventions were bought before the end of 2022.
const BOUGHT: usize = 4;
/// How many utility models were filed at once, and of these how many were sold.
const BURST: usize = 12;
const SOLD: usize = 9;

/// Lets the enterprise that later splits have bought some of its ordinary inventions days before the end of 2022.
pub(super) fn purchase(drafts: &mut [Draft], seed: u64, plans: &[Plan]) {
    let Some(index) = plans.iter().position(|plan| plan.story == Story::SplitParent) else { return };
    let buyer = Owner::Enterprise(index as u32);
    let mut random = Random::new(seed, "earlier purchase");
    let seller = Owner::Outsider(random.below(OUTSIDERS.len()) as u32);
    let fits = |draft: &&mut Draft| {
        let patent = &draft.patent;
        let granted = patent.granted.is_some_and(|day| day < date(2022, 1, 1));
        let ordinary = patent.filed > date(2014, 1, 1) && words::topic(patent).1.strategic == Strategic::Not;
        patent.is_invention() && patent.owner == buyer && granted && ordinary && draft.events.is_empty()
    };
    for draft in drafts.iter_mut().filter(fits).take(BOUGHT) {
        draft.patent.owner = seller;
        draft.patent.second = None;
        draft.patent.tie = Tie::Name;
        let registered = random.day(date(2022, 12, 8), date(2022, 12, 23));
        draft.events.push(events::transfer(registered, buyer, &mut random));
    }
}

/// Lets two enterprises that hardly file file a dozen utility models in one month; the first sells most of them a year later.
pub(super) fn bursts(drafts: &mut [Draft], seed: u64, enterprises: &[Enterprise]) {
    let mut random = Random::new(seed, "bursts");
    // Behind the owners of many patents, and steady in name and place.
    let quiet = |(_, one): &(usize, &Enterprise)| {
        one.names.len() == 1 && one.towns.len() == 1 && one.ended.is_none() && one.founded < date(2015, 1, 1)
    };
    let from = enterprises.len() * 70 / 100;
    let filers: Vec<u32> =
        enterprises.iter().enumerate().skip(from).filter(quiet).take(2).map(|(index, _)| index as u32).collect();
    let fits = |draft: &Draft| {
        let patent = &draft.patent;
        let days = date(2022, 9, 1)..=date(2023, 6, 30);
        patent.number.kind == 2
            && patent.number.year == 2022
            && patent.granted.is_some_and(|day| days.contains(&day))
            && draft.events.is_empty()
    };
    let found: Vec<usize> = (0..drafts.len()).filter(|at| fits(&drafts[*at])).take(BURST * filers.len()).collect();
    for (n, at) in found.into_iter().enumerate() {
        let draft = &mut drafts[at];
        let (filer, sold) = (filers[n % filers.len()], n % filers.len() == 0 && n / filers.len() < SOLD);
        draft.patent.owner = Owner::Enterprise(filer);
        draft.patent.second = None;
        draft.patent.filed = plus_days(date(2022, 6, 6), random.between(0, 21));
        (draft.patent.tie, draft.patent.place) = (Tie::Code, Place::Full);
        if sold {
            let buyer = Owner::Outsider(random.below(OUTSIDERS.len()) as u32);
            let registered = random.day(date(2023, 7, 28), date(2023, 8, 25));
            draft.events.push(events::transfer(registered, buyer, &mut random));
        }
    }
}

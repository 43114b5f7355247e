//! What is true of the synthetic city, counted straight from how it was made.
//!
//! It serves to tune the denominators and to check the real evaluation, which goes by files, facts and rules instead.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::{
    City,
    events::{self, Event, Party},
    industries::Strategic,
    patents::{Owner, Patent, Tie},
    random::plus_years,
    words,
};

/// The counts for one day as known on another.
#[derive(Debug, Clone, Default)]
pub struct Truth {
    /// Inventions in force whose first-named owner sits in the city (有效发明专利).
    pub inventions: usize,
    /// Of these, of high value by what can be computed (高价值发明专利), the pledge category unset.
    pub high_value: BTreeSet<u32>,
    /// Of these, undetermined: a symbol of a strategic industry matches, and only a person can tell the rest.
    pub undetermined: BTreeSet<u32>,
    /// Inventions in force and those of high value, by tied enterprise.
    pub by_enterprise: BTreeMap<u32, (usize, usize)>,
    /// Inventions granted in the calendar year, by tied enterprise, without those wholly invalidated.
    pub granted_in_year: BTreeMap<u32, usize>,
}

/// The events of each patent that were received by a day.
pub(crate) struct Known<'a>(BTreeMap<u32, Vec<&'a Event>>);

impl<'a> Known<'a> {
    pub(crate) fn on(city_events: &'a [Event], day: Date) -> Self {
        let mut known: BTreeMap<u32, Vec<&Event>> = BTreeMap::new();
        for event in city_events.iter().filter(|event| events::received(event.reported) <= day) {
            known.entry(event.patent).or_default().push(event);
        }
        Self(known)
    }

    fn of(&self, index: u32) -> &[&'a Event] {
        self.0.get(&index).map_or(&[], Vec::as_slice)
    }

    fn is_void(&self, index: u32) -> bool {
        self.of(index).iter().any(|event| event.kind == "全部无效")
    }

    /// True when the patent is in force at the end of the day.
    pub(crate) fn in_force(&self, index: u32, patent: &Patent, day: Date) -> bool {
        let Some(granted) = patent.granted else { return false };
        let years = if patent.is_invention() { 20 } else { 10 };
        let restored = self.of(index).iter().any(|event| event.kind == "恢复");
        let ended = self.of(index).iter().any(|event| match event.kind {
            "终止" => event.effective <= day && !restored,
            "放弃" | "期满" => event.effective <= day,
            _ => false,
        });
        granted <= day && plus_years(patent.filed, years) > day && !ended && !self.is_void(index)
    }

    /// The owner on the day, and whether a register ties the name.
    pub(crate) fn owner(&self, index: u32, patent: &Patent, day: Date) -> (Owner, bool) {
        let transfers = self.of(index).iter().filter(|event| event.kind == "转让");
        let last = transfers
            .filter(|event| event.registered.is_some_and(|registered| registered <= day))
            .max_by_key(|event| event.registered);
        match last.map(|event| event.party) {
            Some(Party::Owner(owner)) => (owner, true),
            _ => (patent.owner, patent.tie != Tie::Misspelt),
        }
    }
}

/// Counts the city for a day as known on another.
pub(crate) fn count(city: &City, day: Date, known_on: Date) -> Truth {
    let known = Known::on(&city.events, known_on);
    let mut truth = Truth::default();
    for (index, patent) in city.patents.iter().enumerate().filter(|(_, patent)| patent.is_invention()) {
        let index = index as u32;
        let of_year = patent.granted.is_some_and(|granted| granted <= day && granted.year() == day.year());
        if let (true, Owner::Enterprise(enterprise), false) = (of_year, patent.owner, patent.tie == Tie::Misspelt)
            && !known.is_void(index)
        {
            *truth.granted_in_year.entry(enterprise).or_default() += 1;
        }
        let (owner, tied) = known.owner(index, patent, day);
        if matches!(owner, Owner::Outsider(_)) || !known.in_force(index, patent, day) {
            continue;
        }
        truth.inventions += 1;
        let strategic = words::topic(patent).1.strategic;
        let high = strategic == Strategic::Met || plus_years(patent.filed, 10) < day || city.distinguished(index, day);
        if high {
            truth.high_value.insert(index);
        } else if strategic == Strategic::Undetermined {
            truth.undetermined.insert(index);
        }
        if let (Owner::Enterprise(enterprise), true) = (owner, tied) {
            let counts = truth.by_enterprise.entry(enterprise).or_default();
            counts.0 += 1;
            counts.1 += usize::from(high);
        }
    }
    truth
}

//! The planned owners of many inventions: both sides of every threshold of 创新之星 and 发明之星 (C3.3.2.2, C3.1.4.1).

use crate::Scale;

/// What is planned for one enterprise on 2023-12-31.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Inventions in force and tied to it.
    pub(crate) valid: usize,
    /// Of these, how many are of high value by what can be computed.
    pub(crate) high_value: usize,
    /// Inventions granted in 2023 as far as planned, else by chance.
    pub(crate) granted_2023: Option<usize>,
    pub(crate) story: Story,
}

/// Why the enterprise is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Story {
    /// A large owner and nothing else.
    Large,
    /// Passes or misses a threshold by one.
    Boundary,
    /// Five of its inventions were bought days before the date and sold after it.
    BoughtBeforeTheDate,
    /// Handed inventions to a firm founded for the purpose.
    SplitParent,
    /// The firm founded for the purpose.
    SplitChild,
    /// Two of its inventions are tied to nobody because its name is misspelt.
    Misspelt,
    /// One of its high-value inventions is not on the official list.
    NotOnOfficialList,
    /// One of its five grants of the year was wholly invalidated in 2024.
    GrantInvalidated,
}

const fn plan(valid: usize, high_value: usize, granted_2023: Option<usize>, story: Story) -> Plan {
    Plan { valid, high_value, granted_2023, story }
}

/// How many inventions the parent handed to the child.
pub(crate) const SPLIT: usize = 22;
/// How many inventions were bought just before the date.
pub(crate) const BOUGHT: usize = 5;
/// How many inventions of the misspelt enterprise are tied to nobody.
pub(crate) const UNTIED: usize = 2;

/// The block of planned owners; larger cities have it several times.
/// The first ones make the story, so that a small city still has them.
const BLOCK: &[Plan] = &[
    plan(22, 7, Some(4), Story::BoughtBeforeTheDate),
    plan(42, 12, Some(6), Story::SplitParent),
    plan(SPLIT, 8, Some(0), Story::SplitChild),
    plan(20, 6, Some(4), Story::Misspelt),
    plan(26, 5, Some(3), Story::NotOnOfficialList),
    plan(19, 5, Some(4), Story::GrantInvalidated),
    plan(20, 5, Some(5), Story::Boundary),
    plan(21, 5, Some(4), Story::Boundary),
    plan(21, 4, Some(6), Story::Boundary),
    plan(60, 4, Some(9), Story::Boundary),
    plan(30, 5, Some(5), Story::Boundary),
    plan(31, 9, Some(4), Story::Boundary),
    plan(40, 11, None, Story::Boundary),
    plan(41, 13, None, Story::Boundary),
    plan(50, 14, None, Story::Boundary),
    plan(51, 16, None, Story::Boundary),
    plan(128, 41, None, Story::Large),
    plan(97, 33, None, Story::Large),
    plan(83, 22, None, Story::Large),
    plan(71, 25, None, Story::Large),
    plan(62, 17, None, Story::Large),
    plan(47, 15, None, Story::Large),
    plan(36, 10, None, Story::Large),
    plan(33, 9, None, Story::Large),
    plan(28, 8, None, Story::Large),
    plan(24, 7, None, Story::Large),
    plan(23, 6, None, Story::Large),
    plan(18, 5, Some(5), Story::Large),
    plan(17, 6, Some(5), Story::Large),
    plan(16, 4, Some(4), Story::Large),
];

/// The planned owners of a city of this size: as many of the block, or as often, as its inventions allow.
pub(crate) fn plans(scale: &Scale) -> Vec<Plan> {
    let blocks = (scale.patents / 20_000).max(1);
    let room = if scale.patents < 20_000 { scale.patents * 8 / 100 } else { usize::MAX };
    let mut plans = Vec::new();
    for _ in 0..blocks {
        let mut taken = 0;
        for plan in BLOCK {
            taken += plan.valid;
            if taken > room || plans.len() >= scale.enterprises / 2 {
                break;
            }
            plans.push(*plan);
        }
    }
    plans
}

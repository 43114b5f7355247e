//! Who moved a figure between two runs: towns and enterprises, in the unit of the numerator, with the single rights beside it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use rules::{Evaluation, policy::IndicatorDef};

/// What a town, an enterprise or the city brought to an indicator since an earlier run, and what it lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// The town's name or the enterprise's code; empty for the city, and for what is tied to no enterprise.
    pub who: String,
    /// What is counted now and was not before.
    pub gained: Share,
    /// What was counted before and is not now.
    pub lost: Share,
    /// What is counted now.
    pub stock: Share,
}

/// A part of a numerator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// In the unit of the numerator: fen, pieces, persons.
    pub amount: i64,
    /// The single rights behind it; of a loan of many fen it is one, of an international application there may be several.
    pub rights: usize,
}

impl Movement {
    /// Gains less losses, in the unit of the numerator.
    pub fn net(&self) -> i64 {
        self.gained.amount.saturating_sub(self.lost.amount)
    }
}

/// Whose movement is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping<'a> {
    /// The city as one; what moves within it is no movement.
    City,
    /// By town (区镇街道).
    Town,
    /// By enterprise.
    Enterprise,
    /// By enterprise within one town; what is tied to none stands under an empty code.
    OwnersIn(&'a str),
}

/// The earlier run from which an indicator moved; a sum of one year takes nothing over from the year before.
pub fn earlier<'e>(definition: &IndicatorDef, before: &'e Evaluation, now: Date) -> Option<&'e Evaluation> {
    Some(before).filter(|before| definition.flow != "year" || before.as_of.year() == now.year())
}

/// Who moved an indicator between two runs, the largest net gain first; without an earlier run all of it was gained.
pub fn movements(before: Option<&Evaluation>, now: &Evaluation, code: &str, grouping: Grouping<'_>) -> Vec<Movement> {
    let mut was = before.map_or_else(BTreeMap::new, |before| holdings(before, code, grouping));
    let mut movements: Vec<Movement> = holdings(now, code, grouping)
        .into_iter()
        .map(|(who, holding)| movement(who, &was.remove(who).unwrap_or_default(), &holding))
        .collect();
    movements.extend(was.into_iter().map(|(who, holding)| movement(who, &holding, &Holding::default())));
    movements.sort_by(|a, b| {
        b.net().cmp(&a.net()).then(b.stock.amount.cmp(&a.stock.amount)).then_with(|| a.who.cmp(&b.who))
    });
    movements
}

/// The counting units that stand in more than one town, and by how many the towns add up to more than the city for it.
///
/// One international application may have its grants with firms of two towns; an invention may have owners in two.
pub fn shared_units(evaluation: &Evaluation, code: &str) -> (usize, usize) {
    let mut towns: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for right in evaluation.indicator_evidence(code).filter(|right| right.amount.is_none()) {
        towns.entry(right.unit).or_default().extend(right.region);
    }
    let several = towns.values().map(BTreeSet::len).filter(|towns| *towns > 1);
    several.fold((0, 0), |(units, more), towns| (units + 1, more + towns - 1))
}

/// What one holds of a numerator: the single rights, and by counting unit what it comes to.
#[derive(Default)]
struct Holding<'e> {
    rights: BTreeSet<&'e str>,
    units: BTreeMap<&'e str, i64>,
}

fn holdings<'e>(evaluation: &'e Evaluation, code: &str, grouping: Grouping<'_>) -> BTreeMap<&'e str, Holding<'e>> {
    let mut found: BTreeMap<&str, Holding<'_>> = BTreeMap::new();
    for right in evaluation.indicator_evidence(code) {
        let who = match grouping {
            Grouping::City => Some(""),
            Grouping::Town => right.region,
            Grouping::Enterprise => right.uscc,
            Grouping::OwnersIn(town) if right.region == Some(town) => Some(right.uscc.unwrap_or_default()),
            Grouping::OwnersIn(_) => None,
        };
        let Some(who) = who else { continue };
        let holding = found.entry(who).or_default();
        holding.rights.insert(right.right_id);
        holding.units.insert(right.unit, right.amount.unwrap_or(1));
    }
    found
}

fn movement(who: &str, was: &Holding<'_>, is: &Holding<'_>) -> Movement {
    let mut moved = Movement {
        who: who.to_owned(),
        gained: Share { amount: 0, rights: is.rights.difference(&was.rights).count() },
        lost: Share { amount: 0, rights: was.rights.difference(&is.rights).count() },
        stock: Share { amount: is.units.values().sum(), rights: is.rights.len() },
    };
    let units: BTreeSet<&str> = was.units.keys().chain(is.units.keys()).copied().collect();
    for unit in units {
        let amount = |holding: &Holding<'_>| holding.units.get(unit).copied().unwrap_or(0);
        let change = amount(is) - amount(was);
        if change > 0 {
            moved.gained.amount += change;
        } else {
            moved.lost.amount -= change;
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holding<'e>(rights: &[(&'e str, &'e str, i64)]) -> Holding<'e> {
        Holding {
            rights: rights.iter().map(|(right, ..)| *right).collect(),
            units: rights.iter().map(|(_, unit, amount)| (*unit, *amount)).collect(),
        }
    }

    #[test]
    fn loans_move_by_their_amounts_and_a_corrected_one_by_the_difference() {
        let was = holding(&[("a", "a", 500), ("b", "b", 900)]);
        let is = holding(&[("a", "a", 700), ("c", "c", 50)]);
        let moved = movement("东镇", &was, &is);
        assert_eq!(moved.gained, Share { amount: 250, rights: 1 });
        assert_eq!(moved.lost, Share { amount: 900, rights: 1 });
        assert_eq!((moved.stock, moved.net()), (Share { amount: 750, rights: 2 }, -650));
    }

    #[test]
    fn a_second_grant_of_one_application_is_a_right_more_and_no_unit_more() {
        let was = holding(&[("US1", "PCT/CN1", 1)]);
        let is = holding(&[("US1", "PCT/CN1", 1), ("EP1", "PCT/CN1", 1)]);
        let moved = movement("东镇", &was, &is);
        assert_eq!(moved.gained, Share { amount: 0, rights: 1 });
        assert_eq!((moved.stock, moved.net()), (Share { amount: 1, rights: 2 }, 0));
    }
}

//! What changed since the month before: rights gained and lost by indicator, and who closes or widens a gap.

use domain::cockpit::{Grouping, Movement, Target};
use rules::{Evaluation, Policy};

use super::{kept::Moved, shown::Shown, targets};
use crate::{format::encode, frame::Frame, pages::indicators::denominators};

/// How many towns and enterprises are named on each side of a gap.
const NAMED_MAX: usize = 5;

/// What one indicator gained and lost.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// The indicator.
    pub(crate) name: String,
    /// Its page.
    pub(crate) href: String,
    /// How many rights are counted now.
    pub(crate) stock: usize,
    /// Rights counted now and not before, with the list of them.
    pub(crate) gained: Count,
    /// Rights counted before and not now.
    pub(crate) lost: Count,
    /// Gains less losses, with its sign.
    pub(crate) net: String,
    /// What its denominator did to the figure, where it changed.
    pub(crate) denominator: Option<String>,
}

/// A number that leads to what it counts.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Count {
    /// The number.
    pub(crate) number: usize,
    /// The list; nothing to open when the number is zero.
    pub(crate) href: Option<String>,
}

/// A target that is not met, with those who moved it.
#[derive(Debug)]
pub(crate) struct Gap {
    /// The target.
    pub(crate) name: String,
    /// Its page.
    pub(crate) href: String,
    /// What is lacking.
    pub(crate) lacking: String,
    /// The towns that moved it, the largest gain first.
    pub(crate) towns: Vec<Mover>,
    /// The enterprises likewise.
    pub(crate) enterprises: Vec<Mover>,
}

/// Who moved a figure.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mover {
    /// The town or enterprise.
    pub(crate) name: String,
    /// The rights behind the movement.
    pub(crate) href: String,
    /// How many rights it has in the figure now.
    pub(crate) stock: usize,
    /// Rights gained.
    pub(crate) gained: usize,
    /// Rights lost.
    pub(crate) lost: usize,
    /// Gains less losses, with its sign.
    pub(crate) net: String,
    /// Whether it closes the gap.
    pub(crate) closes: bool,
}

/// The indicators that rest on single rights, with what each gained and lost since the run before.
pub(super) fn changes(
    frame: &Frame,
    policy: &Policy,
    (before, now): (&Evaluation, &Evaluation),
    moved: &Moved,
    href: &dyn Fn(&str) -> String,
) -> Vec<Change> {
    now.indicators
        .iter()
        .filter(|indicator| policy.indicator(&indicator.code).is_some() && indicator.evidence_count > 0)
        .map(|indicator| {
            let towns = moved.of(&indicator.code, Grouping::Town);
            let (gained, lost) = (sum(towns, |m| m.gained.len()), sum(towns, |m| m.lost.len()));
            let page = format!("/indicators/{}", indicator.code);
            let list = |number: usize, direction: &str| Count {
                number,
                href: (number > 0).then(|| href(&format!("{page}/changes?direction={direction}"))),
            };
            Change {
                name: frame.said(&indicator.name),
                href: href(&page),
                stock: usize::try_from(indicator.evidence_count).unwrap_or(usize::MAX),
                gained: list(gained, "gained"),
                lost: list(lost, "lost"),
                net: signed(net(gained, lost)),
                denominator: denominators::moved(frame, policy, (before, now), &indicator.code),
            }
        })
        .collect()
}

fn sum(moved: &[Movement], of: impl Fn(&Movement) -> usize) -> usize {
    moved.iter().map(of).sum()
}

fn net(gained: usize, lost: usize) -> i64 {
    i64::try_from(gained).unwrap_or(i64::MAX) - i64::try_from(lost).unwrap_or(i64::MAX)
}

/// A whole number with its sign; zero has none.
pub(crate) fn signed(number: i64) -> String {
    match number {
        0 => "0".to_owned(),
        1.. => format!("+{}", crate::format::count(number)),
        _ => format!("−{}", crate::format::count(number.saturating_abs())),
    }
}

/// For each target that is not met: who closed its gap since the run before, and who widened it.
pub(super) fn gaps(
    frame: &Frame,
    shown: &Shown,
    open: &[Target],
    moved: &Moved,
    href: &dyn Fn(&str) -> String,
) -> Vec<Gap> {
    open.iter()
        .filter(|target| target.indicator.met != Some(true) && target.indicator.evidence_count > 0)
        .filter_map(|target| {
            let definition = shown.policy.indicator(&target.indicator.code)?;
            let page = format!("/indicators/{}", target.indicator.code);
            let movers = |grouping: Grouping, filter: &str| -> Vec<Mover> {
                shorten(moved.of(&target.indicator.code, grouping))
                    .into_iter()
                    .map(|movement| Mover {
                        name: shown.enterprise_name(&movement.who).unwrap_or(&movement.who).to_owned(),
                        href: href(&format!("{page}/changes?{filter}={}", encode(&movement.who))),
                        stock: movement.stock,
                        gained: movement.gained.len(),
                        lost: movement.lost.len(),
                        net: signed(movement.net()),
                        closes: movement.net() > 0,
                    })
                    .collect()
            };
            let gap = Gap {
                name: frame.said(&target.indicator.name),
                href: href(&page),
                lacking: targets::gap(frame, target, definition),
                towns: movers(Grouping::Town, "town"),
                enterprises: movers(Grouping::Enterprise, "enterprise"),
            };
            (!gap.towns.is_empty() || !gap.enterprises.is_empty()).then_some(gap)
        })
        .collect()
}

/// Those with the largest gains and the largest losses; who did not move is left out.
fn shorten(moved: &[Movement]) -> Vec<&Movement> {
    let gains = moved.iter().filter(|movement| movement.net() > 0).take(NAMED_MAX);
    let losses: Vec<&Movement> = moved.iter().filter(|movement| movement.net() < 0).collect();
    let skipped = losses.len().saturating_sub(NAMED_MAX);
    gains.chain(losses.into_iter().skip(skipped)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn movement(who: &str, gained: usize, lost: usize) -> Movement {
        Movement { who: who.to_owned(), gained: vec![String::new(); gained], lost: vec![String::new(); lost], stock: 9 }
    }

    #[test]
    fn only_those_who_moved_a_figure_are_named_and_the_worst_come_last() {
        let moved = vec![
            movement("a", 9, 0),
            movement("b", 1, 0),
            movement("c", 2, 2),
            movement("d", 0, 1),
            movement("e", 0, 7),
        ];
        let named: Vec<String> = shorten(&moved).into_iter().map(|movement| movement.who.clone()).collect();
        assert_eq!(named, ["a", "b", "d", "e"]);
        let many: Vec<Movement> = (1..=20).map(|lost| movement(&lost.to_string(), 0, lost)).collect();
        let named: Vec<String> = shorten(&many).into_iter().map(|movement| movement.who.clone()).collect();
        assert_eq!(named, ["16", "17", "18", "19", "20"]);
    }

    #[test]
    fn a_change_carries_its_sign() {
        assert_eq!([signed(3), signed(0), signed(-1200)], ["+3", "0", "−1,200"]);
    }
}

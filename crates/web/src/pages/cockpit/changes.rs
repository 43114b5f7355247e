//! What changed since the month before: verdicts, what each indicator gained and lost, and who closes or widens a gap.

use domain::cockpit::{Movement, Share, Target};
use rules::{Evaluation, Policy, evaluation::Indicator, policy::IndicatorDef};

use super::{kept::Moved, quantities, shown::Shown, targets};
use crate::{
    format::{self, encode},
    frame::Frame,
    pages::indicators::{counts_loans, denominators},
    pieces::State,
};

/// How many towns are named on each side of a gap.
const TOWNS_MAX: usize = 3;
/// How many enterprises.
const ENTERPRISES_MAX: usize = 5;

/// A target whose verdict is another than the month before.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// The target.
    pub(crate) name: String,
    /// Its page.
    pub(crate) href: String,
    /// The verdict and the figure of the month before.
    pub(crate) was: (State, String),
    /// Those of now.
    pub(crate) is: (State, String),
}

/// What one indicator gained and lost.
#[derive(Debug)]
pub(crate) struct Change {
    /// The indicator.
    pub(crate) name: String,
    /// Its page.
    pub(crate) href: String,
    /// The unit of its numerator.
    pub(crate) unit: String,
    /// The movement itself.
    pub(crate) movement: Movement,
    /// What is counted now.
    pub(crate) stock: Count,
    /// What is counted now and was not before, with the list of it.
    pub(crate) gained: Count,
    /// What was counted before and is not now.
    pub(crate) lost: Count,
    /// Gains less losses, with its sign.
    pub(crate) net: String,
    /// What its denominator did to the figure, where it changed.
    pub(crate) denominator: Option<String>,
}

/// A part of a numerator in words, which leads to the rights behind it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Count {
    /// In the unit of the numerator.
    pub(crate) text: String,
    /// The single rights, where their number is another.
    pub(crate) rights: Option<String>,
    /// The list; nothing to open when there is none.
    pub(crate) href: Option<String>,
}

/// A target that is not met, with those who moved it.
#[derive(Debug)]
pub(crate) struct Gap {
    /// The target.
    pub(crate) name: String,
    /// Its page.
    pub(crate) href: String,
    /// The unit of its numerator.
    pub(crate) unit: String,
    /// What is lacking.
    pub(crate) lacking: String,
    /// The towns that moved it, the largest gain first.
    pub(crate) towns: Vec<Mover>,
    /// The enterprises likewise.
    pub(crate) enterprises: Vec<Mover>,
}

/// Who moved a figure.
#[derive(Debug)]
pub(crate) struct Mover {
    /// The town or enterprise.
    pub(crate) name: String,
    /// The rights behind the movement.
    pub(crate) href: String,
    /// The movement itself.
    pub(crate) movement: Movement,
    /// What it gained.
    pub(crate) gained: Count,
    /// What it lost.
    pub(crate) lost: Count,
    /// Gains less losses, with its sign.
    pub(crate) net: String,
    /// Whether it closes the gap.
    pub(crate) closes: bool,
}

/// The targets whose verdict changed since the run before.
pub(super) fn verdicts(
    frame: &Frame,
    policy: &Policy,
    (before, now): (&Evaluation, &Evaluation),
    href: &dyn Fn(&str) -> String,
) -> Vec<Verdict> {
    let told = |indicator: &Indicator| {
        let value = targets::value(frame, indicator);
        let value = value.map_or_else(|| frame.t("word-unknown"), |value| frame.amount(&value, &indicator.unit));
        (targets::verdict(frame, indicator.met), value)
    };
    let verdict = |is: &Indicator| {
        let was = before.indicator(&is.code).filter(|was| was.met != is.met)?;
        policy.indicator(&is.code)?.target_parameter.as_ref()?;
        Some(Verdict {
            name: frame.said(&is.name),
            href: href(&format!("/indicators/{}", is.code)),
            was: told(was),
            is: told(is),
        })
    };
    now.indicators.iter().filter_map(verdict).collect()
}

/// The indicators that rest on single rights, with what each gained and lost since the run before.
pub(super) fn changes(
    frame: &Frame,
    policy: &Policy,
    (before, now): (&Evaluation, &Evaluation),
    moved: &Moved,
    href: &dyn Fn(&str) -> String,
) -> Vec<Change> {
    let change = |indicator: &Indicator| {
        let definition = policy.indicator(&indicator.code)?;
        let movement = moved.city(&indicator.code)?.clone();
        let page = format!("/indicators/{}", indicator.code);
        let list = |share: Share, direction: &str| {
            count(frame, share, definition, || href(&format!("{page}/changes?direction={direction}")))
        };
        let mut stock = count(frame, movement.stock, definition, || href(&format!("{page}/rights")));
        if indicator.is_lower() {
            stock.text = frame.t1("figure-at-least", "value", stock.text);
        }
        Some(Change {
            name: frame.said(&indicator.name),
            href: href(&page),
            unit: definition.numerator_unit.clone(),
            stock,
            gained: list(movement.gained, "gained"),
            lost: list(movement.lost, "lost"),
            net: net(frame, &movement, definition),
            denominator: denominators::moved(frame, policy, (before, now), &indicator.code),
            movement,
        })
    };
    now.indicators.iter().filter_map(change).collect()
}

fn count(frame: &Frame, share: Share, definition: &IndicatorDef, href: impl FnOnce() -> String) -> Count {
    let differs = usize::try_from(share.amount).ok() != Some(share.rights);
    Count {
        text: quantities::text(share.amount, &definition.numerator_unit, frame.lang),
        rights: differs.then(|| frame.amount(&format::count(share.rights), "项")),
        href: (share.rights > 0).then(href),
    }
}

/// The net of a movement in the unit of the numerator, with its sign.
fn net(frame: &Frame, movement: &Movement, definition: &IndicatorDef) -> String {
    quantities::change(movement.net(), &definition.numerator_unit, frame.lang)
}

/// For each target that is not met: who closed its gap since the run before, and who widened it.
pub(super) fn gaps(
    frame: &Frame,
    shown: &Shown,
    open: &[Target],
    moved: &Moved,
    href: &dyn Fn(&str) -> String,
) -> Vec<Gap> {
    let gap = |target: &Target| {
        let code = &target.indicator.code;
        let definition = shown.policy.indicator(code)?;
        let page = format!("/indicators/{code}");
        let movers = |named: Vec<&Movement>, filter: &str| -> Vec<Mover> {
            let mover = |movement: &Movement| {
                let href = href(&format!("{page}/changes?{filter}={}", encode(&movement.who)));
                Mover {
                    name: shown.enterprise_name(&movement.who).unwrap_or(&movement.who).to_owned(),
                    gained: count(frame, movement.gained, definition, || href.clone()),
                    lost: count(frame, movement.lost, definition, || href.clone()),
                    net: net(frame, movement, definition),
                    closes: movement.net() > 0,
                    movement: movement.clone(),
                    href,
                }
            };
            named.into_iter().map(mover).collect()
        };
        let is_seen = |movement: &&Movement| is_seen(frame, shown.evaluation(), code, &movement.who);
        let gap = Gap {
            name: frame.said(&target.indicator.name),
            href: href(&page),
            unit: definition.numerator_unit.clone(),
            lacking: targets::gap(frame, target, definition),
            towns: movers(shorten(moved.towns(code).iter(), TOWNS_MAX), "town"),
            enterprises: movers(shorten(moved.enterprises(code).iter().filter(is_seen), ENTERPRISES_MAX), "enterprise"),
        };
        (!gap.towns.is_empty() || !gap.enterprises.is_empty()).then_some(gap)
    };
    let is_open = |target: &&Target| target.indicator.met != Some(true) && target.indicator.evidence_count > 0;
    open.iter().filter(is_open).filter_map(gap).collect()
}

/// Whether the visitor may see what a single enterprise moved: of loans, a town sees those of its own alone.
fn is_seen(frame: &Frame, now: &Evaluation, code: &str, uscc: &str) -> bool {
    !counts_loans(code)
        || frame.sees_loans_of("")
        || now
            .indicator_evidence(code)
            .any(|loan| loan.uscc == Some(uscc) && frame.sees_loans_of(loan.region.unwrap_or_default()))
}

/// Those with the largest gains and the largest losses; who did not move is left out.
fn shorten<'m>(moved: impl Iterator<Item = &'m Movement>, named_max: usize) -> Vec<&'m Movement> {
    let (gains, others): (Vec<_>, Vec<_>) = moved.partition(|movement| movement.net() > 0);
    let losses: Vec<_> = others.into_iter().filter(|movement| movement.net() < 0).collect();
    let skipped = losses.len().saturating_sub(named_max);
    gains.into_iter().take(named_max).chain(losses.into_iter().skip(skipped)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn movement(who: &str, gained: i64, lost: i64) -> Movement {
        let share = |amount| Share { amount, rights: 1 };
        Movement { who: who.to_owned(), gained: share(gained), lost: share(lost), stock: share(9) }
    }

    #[test]
    fn only_those_who_moved_a_figure_are_named_and_the_worst_come_last() {
        let moved =
            [movement("a", 9, 0), movement("b", 1, 0), movement("c", 2, 2), movement("d", 0, 1), movement("e", 0, 7)];
        let named: Vec<String> = shorten(moved.iter(), 5).into_iter().map(|movement| movement.who.clone()).collect();
        assert_eq!(named, ["a", "b", "d", "e"]);
        let many: Vec<Movement> = (1..=20).map(|lost| movement(&lost.to_string(), 0, lost)).collect();
        let named: Vec<String> = shorten(many.iter(), 5).into_iter().map(|movement| movement.who.clone()).collect();
        assert_eq!(named, ["16", "17", "18", "19", "20"]);
    }

    #[test]
    fn loans_are_told_in_yuan_with_their_number_beside() {
        let frame = Frame::for_tests();
        let policy = domain::runs::policy().unwrap();
        let told = |code: &str, share: Share| count(&frame, share, policy.indicator(code).unwrap(), String::new);
        let loans = told("K08", Share { amount: 264_000_000, rights: 4 });
        assert_eq!((loans.text.as_str(), loans.rights.as_deref()), ("264 万元", Some("4 项")));
        let inventions = told("K01", Share { amount: 3, rights: 3 });
        assert_eq!((inventions.text.as_str(), inventions.rights), ("3 件", None));
    }
}

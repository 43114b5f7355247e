//! When a patent is in force (有效): from the grant announcement to what ended it.
//!
//! 《专利法》第三十九、四十、四十二、四十四、四十七条，《专利法实施细则》第六、一百一十五条.
//! 终止 ends the right on the day the fee was due; 恢复 heals back to it, whenever decided; 放弃, 期满 and the statutory term
//! cap whatever remains; 全部无效 leaves nothing. On the day of the event the right is no longer in force.

use jiff::civil::Date;
use terms::PatentKind;

use super::interval::Interval;

/// What the register knows about the life of one patent, each list in any order.
#[derive(Debug, Clone, Default)]
pub(super) struct Life {
    pub(super) lapses: Vec<Date>,
    pub(super) restorations: Vec<Date>,
    pub(super) abandonments: Vec<Date>,
    pub(super) expiries: Vec<Date>,
    pub(super) is_void: bool,
}

/// When a patent was in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Force {
    /// The one interval, if there is a day in it, and what ended it.
    pub(super) in_force: Option<(Interval, &'static str)>,
    /// Restorations that answer no lapse and change nothing.
    pub(super) stray_restorations: Vec<Date>,
}

/// Decides when a patent was in force; never, before its grant is announced.
pub(super) fn force(kind: PatentKind, filed_on: Option<Date>, granted_on: Option<Date>, life: &Life) -> Force {
    let (lapsed_on, stray_restorations) = unhealed_lapse(life);
    let never = Force { in_force: None, stray_restorations };
    let Some(granted_on) = granted_on.filter(|_| !life.is_void) else {
        return never;
    };
    let ends = lapsed_on
        .map(|on| (on, "终止"))
        .into_iter()
        .chain(life.abandonments.iter().map(|&on| (on, "放弃")))
        .chain(life.expiries.iter().map(|&on| (on, "期满")))
        .chain(filed_on.and_then(|filed_on| kind.term_over_on(filed_on).ok()).map(|on| (on, "期满")));
    let end = ends.min_by_key(|&(on, _)| on);
    let during = Interval { from: Some(granted_on), until: end.map(|(on, _)| on) };
    if during.is_empty() {
        return never;
    }
    Force { in_force: Some((during, end.map_or("", |(_, by)| by))), ..never }
}

/// The lapse that no restoration answers, and the restorations that answer no lapse.
///
/// A lapse recorded twice is one lapse, from its earlier date, and one restoration heals both records.
fn unhealed_lapse(life: &Life) -> (Option<Date>, Vec<Date>) {
    let lapses = life.lapses.iter().map(|&on| (on, false));
    let mut events: Vec<(Date, bool)> = lapses.chain(life.restorations.iter().map(|&on| (on, true))).collect();
    events.sort_unstable();
    let mut lapsed_on = None;
    let mut strays = Vec::new();
    for (on, is_restoration) in events {
        match (is_restoration, lapsed_on) {
            (false, None) => lapsed_on = Some(on),
            (false, Some(_)) => {}
            (true, Some(_)) => lapsed_on = None,
            (true, None) => strays.push(on),
        }
    }
    (lapsed_on, strays)
}

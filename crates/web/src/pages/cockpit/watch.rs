//! What wants a look: rights that may soon be lost, alarms with their method and error, and work that lies open.

use domain::{
    accounts::Permission,
    alarms::{Alarm, Method},
    lapses::{Cause, Lapse},
};

use super::{kept, shown::Shown};
use crate::{
    app::App,
    error::AppError,
    format,
    frame::Frame,
    pages::{awards::alarms as seen, cases, enterprises::cause},
    pieces::Link,
};

/// How many rights that may soon be lost are named.
const LAPSES_MAX: usize = 5;
/// How many enterprises are named for each kind of alarm.
const ALARMED_MAX: usize = 6;

/// A right that may soon be lost, ready to print.
#[derive(Debug)]
pub(super) struct LapseRow {
    /// The day concerned.
    pub(super) on: String,
    /// Why.
    pub(super) cause: String,
    /// The right.
    pub(super) title: Link,
    /// Whose it is.
    pub(super) owner: String,
    /// Its town.
    pub(super) town: String,
    /// Whether its loss costs twice.
    pub(super) high_value: bool,
}

/// A kind of alarm, ready to print.
#[derive(Debug)]
pub(super) struct AlarmKind {
    /// Its name.
    pub(super) name: String,
    /// How it is found.
    pub(super) method: String,
    /// What later facts bear it out or refute it.
    pub(super) later: String,
    /// How many there are.
    pub(super) count: usize,
    /// How often it was right before, in words.
    pub(super) past: String,
    /// The enterprises concerned, with what was seen.
    pub(super) seen: Vec<(Link, String)>,
    /// How many are not named.
    pub(super) more: usize,
}

/// The rights that may soon be lost, the gravest first; how many there are, and of how many more nobody told the fees.
pub(super) fn lapses(frame: &Frame, shown: &Shown) -> (Vec<LapseRow>, usize, usize) {
    let lapses = kept::lapses(&shown.opened);
    let row = |lapse: &Lapse| LapseRow {
        on: lapse.on.to_string(),
        cause: cause(frame, lapse.cause),
        title: Link::new(lapse.title.clone(), shown.keep(frame.at(&format!("/patents/{}", lapse.application_number)))),
        owner: lapse
            .uscc
            .as_deref()
            .and_then(|uscc| shown.enterprise_name(uscc))
            .map_or_else(|| frame.t("word-no-enterprise"), str::to_owned),
        town: lapse.town.clone(),
        high_value: lapse.high_value,
    };
    let known = lapses.partition_point(|lapse| lapse.cause != Cause::FeeUnknown);
    (lapses[..known].iter().take(LAPSES_MAX).map(row).collect(), known, lapses.len() - known)
}

/// Every kind of alarm, those without a case too, so that silence is seen to be a result.
pub(super) fn alarms(frame: &Frame, shown: &Shown) -> Vec<AlarmKind> {
    let found = seen::found(shown);
    Method::ALL
        .into_iter()
        .map(|method| {
            let of_kind: Vec<&Alarm> = found.0.iter().filter(|alarm| alarm.method == method).collect();
            AlarmKind {
                name: frame.said(method.zh()),
                method: frame.said(method.method()),
                count: of_kind.len(),
                later: frame.said(method.later()),
                past: seen::past(frame, method, &found.1),
                more: of_kind.len().saturating_sub(ALARMED_MAX),
                seen: of_kind
                    .into_iter()
                    .take(ALARMED_MAX)
                    .map(|alarm| (enterprise(frame, shown, &alarm.uscc), frame.said(&alarm.seen)))
                    .collect(),
            }
        })
        .collect()
}

fn enterprise(frame: &Frame, shown: &Shown, uscc: &str) -> Link {
    let name = shown.enterprise_name(uscc).unwrap_or(uscc);
    let href = crate::routes::exists("/enterprises").then(|| shown.keep(frame.at(&format!("/enterprises/{uscc}"))));
    Link::new(name, href.unwrap_or_default())
}

/// Work that waits for somebody, of the registers and of the cases; only those who may see the registers see it.
pub(super) async fn open_work(app: &App, frame: &Frame, shown: &Shown) -> Result<Vec<Link>, AppError> {
    if !frame.may(Permission::ViewRegistry) {
        return Ok(Vec::new());
    }
    let mut work = Vec::new();
    let mut counts: std::collections::BTreeMap<_, usize> = Default::default();
    for state in cases::mine(app, frame).await?.into_values() {
        *counts.entry(state).or_default() += 1;
    }
    for (state, count) in counts {
        let words = [("state", frame.said(state.zh())), ("count", format::count(count))];
        work.push(Link::new(frame.tn("cockpit-work-cases", &words), frame.at(&cases::mine_in(state))));
    }
    let quarantined: i64 = registry::quarantine::open_counts(app.db()).await?.values().sum();
    if quarantined > 0 && crate::routes::exists("/registers/quarantine") {
        let words = frame.t1("cockpit-work-quarantine", "count", format::count(quarantined));
        work.push(Link::new(words, frame.at("/registers/quarantine")));
    }
    let undetermined = shown.evaluation().high_value.undetermined;
    if undetermined > 0 {
        let words = frame.t1("cockpit-work-judgements", "count", format::count(undetermined));
        work.push(Link::new(words, shown.keep(frame.at("/patents?high-value=open"))));
    }
    let untied = domain::ties::waiting(&app.installation, app.now()).await?.len();
    if untied > 0 {
        let words = frame.t1("cockpit-work-ties", "count", format::count(untied));
        work.push(Link::new(words, frame.at("/registers/ties")));
    }
    Ok(work)
}

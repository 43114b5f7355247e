//! Gaming alarms beside the awards: each kind with its method, its error on the past, and whom it concerns.

use std::sync::Arc;

use domain::alarms::{self, Alarm, BackTest, Method};

use super::enterprises;
use crate::{
    by_run::ByRun,
    frame::Frame,
    pages::{cockpit::shown::Shown, enterprises::read::Enterprise, patents::read::written},
    pieces::Link,
};

/// A kind of alarm, ready to print.
#[derive(Debug)]
pub(crate) struct Kind {
    /// Its name.
    pub(crate) name: String,
    /// How it is found.
    pub(crate) method: String,
    /// What later facts bear it out or refute it.
    pub(crate) later: String,
    /// How often it was right before.
    pub(crate) past: String,
    /// What it found.
    pub(crate) seen: Vec<Seen>,
}

/// One alarm, ready to print.
#[derive(Debug)]
pub(crate) struct Seen {
    /// The enterprise concerned.
    pub(crate) who: Link,
    /// Its town.
    pub(crate) town: String,
    /// What was seen.
    pub(crate) what: String,
    /// The day of the event.
    pub(crate) on: String,
    /// The rights concerned.
    pub(crate) rights: Vec<Link>,
}

/// The alarms of a run, and how often they were right.
pub(crate) type Found = (Vec<Alarm>, Vec<BackTest>);

static FOUND: ByRun<Found> = ByRun::new(4);

/// What was found in a run.
pub(crate) fn found(shown: &Shown) -> Arc<Found> {
    FOUND.get(&shown.opened.summary.run, || (alarms::all(&shown.opened), alarms::back_tests(&shown.opened)))
}

/// Every kind of alarm, those that found nothing too; with a code only what concerns that enterprise.
pub(crate) fn kinds(frame: &Frame, shown: &Shown, all: &[Enterprise], only: Option<&str>) -> Vec<Kind> {
    let by_code = enterprises(all);
    let found = found(shown);
    let seen = |alarm: &Alarm| {
        let enterprise = by_code.get(alarm.uscc.as_str());
        Seen {
            who: Link::new(
                enterprise.map_or(alarm.uscc.as_str(), |one| one.name.as_str()),
                shown.keep(frame.at(&format!("/enterprises/{}", alarm.uscc))),
            ),
            town: enterprise.map(|one| one.town.clone()).unwrap_or_default(),
            what: frame.said(&alarm.seen),
            on: alarm.on.map_or_else(String::new, |day| day.to_string()),
            rights: alarm.rights.iter().map(|right| right_link(frame, shown, right)).collect(),
        }
    };
    Method::ALL
        .into_iter()
        .map(|method| Kind {
            name: frame.said(method.zh()),
            method: frame.said(method.method()),
            later: frame.said(method.later()),
            past: past(frame, method, &found.1),
            seen: found
                .0
                .iter()
                .filter(|alarm| alarm.method == method && only.is_none_or(|uscc| alarm.uscc == uscc))
                .map(seen)
                .collect(),
        })
        .collect()
}

/// How often a kind of alarm was right in the years before.
pub(crate) fn past(frame: &Frame, method: Method, tests: &[BackTest]) -> String {
    let Some(test) = tests.iter().find(|test| test.method == method) else { return String::new() };
    let key = if test.raised > 0 { "cockpit-alarms-past-of" } else { "cockpit-alarms-no-past" };
    frame.tn(
        key,
        &[
            ("first", test.first.to_string()),
            ("last", test.last.to_string()),
            ("raised", test.raised.to_string()),
            ("confirmed", test.confirmed.to_string()),
            ("refuted", test.refuted.to_string()),
            ("open", test.open().to_string()),
        ],
    )
}

/// A right by its number; what is no Chinese application is only named.
fn right_link(frame: &Frame, shown: &Shown, number: &str) -> Link {
    if number.parse::<terms::ApplicationNumber>().is_ok() {
        Link::new(written(number), shown.keep(frame.at(&format!("/patents/{number}"))))
    } else {
        Link::new(number, shown.keep(frame.at(&format!("/indicators/K02/rights?q={}", crate::format::encode(number)))))
    }
}

//! Rows that wait in quarantine behind a figure, in one sentence that leads to them.

use domain::{
    accounts::Permission,
    waiting::{OfRun, Waiting},
};
use rules::{evaluation::Indicator, policy::IndicatorDef};

use crate::{
    format::{self, encode},
    frame::Frame,
    pieces::Link,
};

/// The sentence on what waits behind an indicator, with the way to the rows for those who may see them.
pub(crate) fn link(frame: &Frame, waiting: &OfRun, indicator: &Indicator, definition: &IndicatorDef) -> Option<Link> {
    let found = waiting.behind(indicator, definition)?;
    let href = match (frame.may(Permission::ViewRegistry), found.registers.as_slice()) {
        (false, _) => String::new(),
        (true, [only]) => frame.at(&format!("/registers/quarantine?state=open&register={}", encode(&only.register))),
        (true, _) => frame.at("/registers/quarantine?state=open"),
    };
    Some(Link::new(words(frame, &found), href))
}

/// The reason of an indicator, with what waits behind it.
pub(crate) fn why(frame: &Frame, waiting: &OfRun, indicator: &Indicator, definition: &IndicatorDef) -> String {
    let why = frame.said(&indicator.why());
    let found = waiting.behind(indicator, definition).map(|found| words(frame, &found));
    [Some(why).filter(|why| !why.is_empty()), found]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(&frame.t("word-separator"))
}

fn words(frame: &Frame, waiting: &Waiting) -> String {
    let one = |of: &domain::waiting::OfRegister| {
        frame.tn("waiting-of", [("register", frame.said(&of.name)), ("count", format::count(of.rows))])
    };
    let named: Vec<String> = waiting.registers.iter().map(one).collect();
    let key = if waiting.may_change { "waiting-may-change" } else { "waiting-rows" };
    frame.t1(key, "list", named.join(&frame.t("word-list-separator")))
}

//! How much of a change of a figure its denominator made: rights alone do not tell why a target was met and is missed.

use rules::{Evaluation, Policy, evaluation::restated};

use crate::{
    format,
    frame::Frame,
    pages::cockpit::{quantities, targets},
};

/// A sentence on the denominator of an indicator, where two runs took different ones; none where it is the same.
pub(crate) fn moved(
    frame: &Frame,
    policy: &Policy,
    (before, after): (&Evaluation, &Evaluation),
    code: &str,
) -> Option<String> {
    let definition = policy.indicator(code)?;
    let (old, new) = (before.indicator(code)?, after.indicator(code)?);
    if old.denominator == new.denominator {
        return None;
    }
    let unit = &definition.denominator_unit;
    let short = |number: Option<i64>| number.map(|number| quantities::text(number, unit, frame.lang));
    // Two numbers that round to the same are told exactly.
    let is_near = short(old.denominator) == short(new.denominator);
    let shown = |number: Option<i64>| match number {
        Some(number) if is_near => quantities::quantity(number, unit, frame.lang).exact,
        number => short(number).unwrap_or_else(|| frame.t("word-unknown")),
    };
    let sentence = frame.tn(
        "moved-denominator",
        &[
            ("name", frame.said(&definition.denominator)),
            ("before", shown(old.denominator)),
            ("after", shown(new.denominator)),
        ],
    );
    let settings = policy.settings(after.as_of, &after.overrides).ok()?;
    let held = old.denominator.and_then(|denominator| restated(definition, &settings, new, denominator));
    Some(match held {
        None => sentence,
        Some(held) => {
            let value = frame.amount(&format::group(&held.value), &frame.unit(&new.unit));
            let verdict = new.target.is_some().then(|| targets::verdict(frame, held.met).word);
            let key = if verdict.is_some() { "moved-denominator-held-verdict" } else { "moved-denominator-held" };
            let words = [("value", value), ("state", verdict.unwrap_or_default())];
            format!("{sentence}{}", frame.tn(key, &words))
        }
    })
}

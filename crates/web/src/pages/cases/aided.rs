//! The part of a case's page that belongs to the aid for defending rights: what the chosen trigger asks for, and nothing else.

use domain::{
    cases::{Application, Case},
    items::{
        Item,
        aid::{Deduction, Ending},
    },
};

use super::forms;
use crate::{
    form::{Choice, Errors, Field, Kind},
    format,
    frame::Frame,
    pages::room::Sent,
    pieces::Link,
};

fn plain(text: String) -> Link {
    Link::new(text, String::new())
}

/// What the application says of its trigger.
pub(super) fn facts(frame: &Frame, application: &Application) -> Vec<(String, Link)> {
    let Some(claim) = &application.aid else { return Vec::new() };
    let trigger = claim.trigger;
    let clause = Link::new(frame.said(trigger.zh()), frame.at(&format!("/policy/{}", trigger.clause())));
    let mut facts = vec![(frame.t("aid-trigger"), clause)];
    if !claim.place.is_empty() {
        facts.push((frame.t("aid-place"), plain(claim.place.clone())));
    }
    if let Some(ending) = claim.ending {
        facts.push((frame.t("aid-ending"), plain(frame.said(ending.zh()))));
    }
    if let Some(is_defender) = claim.is_defender {
        let word = if is_defender { "setting-yes" } else { "setting-no" };
        facts.push((frame.t("aid-defender"), plain(frame.t(word))));
    }
    if let Some(fen) = application.compensation_fen() {
        facts.push((frame.t("aid-compensation"), plain(format::money_text(fen, frame.lang))));
    }
    facts
}

/// The fields in which the enterprise answers what its trigger asks.
pub(super) fn fields(frame: &Frame, item: &Item, case: &Case, sent: &Sent, errors: &Errors) -> Vec<Field> {
    let Some(claim) = case.facts.application.as_ref().and_then(|one| one.aid.as_ref()) else { return Vec::new() };
    let of = |name: &str, kept: &str| if errors.is_empty() { kept.to_owned() } else { sent.get(name).to_owned() };
    let trigger = claim.trigger;
    let mut fields = Vec::new();
    if trigger.is_abroad() {
        let value = of("place", &claim.place);
        fields
            .push(Field::of("place", frame.t("aid-place"), Kind::Text, &value, errors).hint(frame.t("aid-place-hint")));
    }
    if trigger.must_win() {
        let endings = Ending::ALL.map(|one| Choice::new(one.key(), frame.said(one.zh()))).into();
        let value = of("ending", claim.ending.map_or("", Ending::key));
        fields.push(Field::of("ending", frame.t("aid-ending"), Kind::Radios(endings), &value, errors));
    }
    if trigger.must_defend() {
        let words = [("yes", "setting-yes"), ("no", "setting-no")].map(|(key, word)| Choice::new(key, frame.t(word)));
        let value = of("defender", claim.is_defender.map_or("", |yes| if yes { "yes" } else { "no" }));
        fields.push(
            Field::of("defender", frame.t("aid-defender"), Kind::Radios(words.into()), &value, errors)
                .hint(frame.t("aid-defender-hint")),
        );
    }
    if item.terms.aid.as_ref().is_some_and(|aid| aid.deduction != Deduction::None) {
        let kept = claim.compensation_fen.map(forms::yuan).unwrap_or_default();
        fields.push(
            Field::of("compensation", frame.t("aid-compensation"), Kind::Text, &of("compensation", &kept), errors)
                .hint(frame.t("aid-compensation-hint")),
        );
    }
    fields
}

/// The field in which the handler settles the compensation.
pub(super) fn settling(frame: &Frame, case: &Case, sent: &Sent, errors: &Errors) -> Option<Field> {
    let application = case.facts.application.as_ref()?;
    let fen = application.compensation_fen()?;
    let typed = sent.get("settled-compensation");
    let value = if typed.is_empty() { forms::yuan(fen) } else { typed.to_owned() };
    let label = frame.t("aid-settled-compensation");
    let field = Field::of("settled-compensation", label, Kind::Text, &value, errors);
    Some(field.hint(frame.t("aid-settled-compensation-hint")))
}

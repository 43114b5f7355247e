//! What an enterprise may do with its own case: a form for each act, with what happens; what ends the case asks first.

use domain::{
    accounts::Account,
    cases::{self, Act, Whole},
};

use super::{one::receiving, path};
use crate::{
    form::{Errors, Field, Kind},
    frame::Frame,
    pages::room::Sent,
};

/// An act of an enterprise.
pub(super) struct OwnAct {
    pub(super) action: String,
    pub(super) key: &'static str,
    pub(super) button: String,
    /// What happens.
    pub(super) line: String,
    pub(super) fields: Vec<Field>,
    /// Whether it ends the case, so that it is opened and read before it can be sent.
    pub(super) ends: bool,
    pub(super) is_open: bool,
}

/// The acts that are possible now. An application is handed in by the form in which it is written.
pub(super) fn of(
    frame: &Frame,
    visitor: &Account,
    whole: &Whole,
    number: &str,
    sent: &Sent,
    errors: &Errors,
) -> Vec<OwnAct> {
    let mut acts = cases::possible(visitor, whole);
    // Who may decline what was proposed need not withdraw it besides.
    let may_decline = acts.contains(&Act::Decline);
    acts.retain(|act| *act != Act::Submit && (*act != Act::Withdraw || !may_decline));
    let own_act = |act: Act| {
        let mut fields = Vec::new();
        if matches!(act, Act::Confirm | Act::Amend) {
            fields.extend(receiving(frame, &whole.case, number, sent, errors));
        }
        if act.needs_note() {
            let label = frame.t("own-act-why");
            fields.push(Field::of("note", label, Kind::Lines, sent.get("note"), errors));
        }
        let words = |what: &str| frame.t(&format!("own-act-{}-{what}", act.key()));
        OwnAct {
            action: frame.at(&format!("{}/act", path(whole.case.id))),
            key: act.key(),
            button: words("do"),
            line: words("line"),
            fields,
            ends: matches!(act, Act::Decline | Act::Withdraw),
            is_open: sent.get("act") == act.key(),
        }
    };
    acts.into_iter().map(own_act).collect()
}

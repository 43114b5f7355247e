//! What became of a case's money, in the words that are true today: reserved, given back, paid, recovered; and its payments one by one,
//! each with its days.

use domain::{accounts::Permission, budget::Line, payments::Payment};

use super::payments::PATH as PAYMENTS;
use crate::{
    format,
    frame::Frame,
    pieces::{Link, State as StateWord, Tone},
};

/// A payment of a case as its page shows it.
pub(super) struct Paid {
    pub(super) number: Link,
    pub(super) amount: String,
    pub(super) state: StateWord,
    pub(super) on: String,
    pub(super) recovered: String,
    pub(super) recovered_on: String,
    pub(super) net: String,
    pub(super) reason: String,
}

/// What stands on the line of the budget, or went out of it, for a case.
pub(super) fn standing(frame: &Frame, (line, fen, state): &(Line, i64, String), paid: &[Payment]) -> String {
    let money = |fen: i64| format::money_text(fen, frame.lang);
    let arrived = paid.iter().find(|one| one.state == "paid");
    let day = |day: Option<jiff::civil::Date>| day.map_or_else(|| frame.t("word-unknown"), |day| frame.date(day));
    let mut words = vec![("amount", money(*fen)), ("source", line.source.clone()), ("year", line.year.to_string())];
    let key = match (state.as_str(), arrived) {
        ("released", _) => "case-released",
        ("paid", Some(one)) => {
            words.push(("date", day(one.answered_on)));
            if one.recovered_fen > 0 {
                words.push(("back", money(one.recovered_fen)));
                words.push(("back-date", day(one.recovered_on)));
                words.push(("net", money(one.net_fen())));
                "case-recovered"
            } else {
                "case-spent"
            }
        }
        _ => "case-reserved",
    };
    frame.tn(key, &words)
}

/// The payments of a case.
pub(super) fn payments(frame: &Frame, paid: &[Payment]) -> Vec<Paid> {
    let money = |fen: i64| format::money_text(fen, frame.lang);
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let row = |one: &Payment| {
        let href = if frame.may(Permission::ViewMoney) {
            frame.at(&format!("{PAYMENTS}/{}", one.batch))
        } else {
            String::new()
        };
        let back = |text: String| if one.recovered_fen > 0 { text } else { String::new() };
        Paid {
            number: Link::new(one.number.clone(), href),
            amount: money(one.amount_fen),
            state: state(frame, one),
            on: day(one.answered_on),
            recovered: back(money(one.recovered_fen)),
            recovered_on: day(one.recovered_on),
            net: if one.state == "paid" { money(one.net_fen()) } else { String::new() },
            reason: match one.returned_on {
                Some(day) => frame.tn("payment-returned", &[("date", frame.date(day)), ("why", one.reason.clone())]),
                None => one.reason.clone(),
            },
        }
    };
    paid.iter().map(row).collect()
}

/// Where a payment stands.
pub(super) fn state(frame: &Frame, one: &Payment) -> StateWord {
    let tone = match one.state.as_str() {
        "paid" if one.recovered_fen > 0 => Tone::Unknown,
        "paid" => Tone::Ok,
        "failed" => Tone::Bad,
        _ => Tone::Plain,
    };
    StateWord::new(tone, frame.said(one.zh()))
}

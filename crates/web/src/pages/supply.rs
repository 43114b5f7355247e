//! `/supply` 供给 (C1.3, C3.4.3.2): the room of a university or institute: its patents, what it offers of them, the demands that
//! enterprises published to it, and the talks that it is part of.

mod deals;
mod patents;
mod sought;

use domain::accounts::Permission;

pub use self::{
    deals::page as deals,
    patents::{form as patent_form, keep as keep_offer, page},
    sought::{answer, one as demand, page as demands, withdraw as withdraw_answer},
};
use super::offers;
use crate::{frame::Frame, pages::room::Room};

const PATH: &str = "/supply";
const DEMANDS: &str = "/supply/demands";
const DEALS: &str = "/supply/deals";

/// Where a patent of one's own is offered.
pub(super) fn patent_path(number: &str) -> String {
    format!("{PATH}/patents/{}", crate::format::encode(number))
}

/// The head of a page of this room, with its neighbours.
pub(super) fn head(frame: &Frame, path: &str) -> Room {
    const TABS: [(&str, &str, Permission); 4] = [
        ("supply-title", PATH, Permission::ChangeOffers),
        ("offers-title", offers::PATH, Permission::ViewOffers),
        ("supply-demands", DEMANDS, Permission::AnswerDemands),
        ("supply-deals", DEALS, Permission::ChangeOffers),
    ];
    let (key, _, _) = TABS.iter().find(|(_, own, _)| *own == path).copied().unwrap_or(TABS[0]);
    let line = if key == "offers-title" {
        "supply-offers-line".to_owned()
    } else {
        format!("{}-line", key.trim_end_matches("-title"))
    };
    let tabs = TABS.iter().filter(|(_, _, needed)| frame.may(*needed)).map(|(key, own, _)| (*key, *own));
    Room::new(frame.t(key), frame.t(&line)).among(frame, "nav-supply", path, tabs)
}

//! `/budget/overlaps` 政策衔接: items of ours and of other departments that pay for the same event, what their documents say of that,
//! the rights that both paid for, their items, and which document rests on which (C4.2.3).

use axum::{extract::State, http::Uri, response::Response};
use domain::{
    items::Item,
    overlaps::{self, Both, Document, Overlaps, Pair, REGISTER, Same, Theirs},
};
use rules::Policy;

use super::{award_name, awards, market, policy};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    format::{self, encode},
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, Listing},
    pages::{
        corpus::baskets::account,
        registry::register_name,
        room::{self, Room},
    },
    pieces::{State as StateWord, Tone},
};

pub(super) const PATH: &str = "/budget/overlaps";
const BOTH: &str = "/budget/overlaps/both";
const ITEMS: &str = "/budget/overlaps/items";
const DOCUMENTS: &str = "/budget/overlaps/documents";

/// In an address, what a document says nothing of.
const UNSAID: &str = "none";

/// A page with its neighbours.
fn room(frame: &Frame, title: &str, line: String, here: &str) -> Room {
    let tabs = [
        ("overlaps-pairs", PATH),
        ("overlaps-both", BOTH),
        ("overlaps-items", ITEMS),
        ("overlaps-documents", DOCUMENTS),
    ];
    super::below_budget(frame, (title, line), "overlaps-title", here, &tabs)
}

/// What a document says of money that ours pays for the same event.
fn relation(frame: &Frame, said: &str) -> Cell {
    match said {
        "" => Cell::state(StateWord::new(Tone::Unknown, frame.t("overlaps-unsaid")), 3),
        "不重复享受" => Cell::state(StateWord::new(Tone::Bad, frame.said(said)), 2),
        "就高不就低" => Cell::state(StateWord::new(Tone::Plain, frame.said(said)), 1),
        _ => Cell::state(StateWord::new(Tone::Ok, frame.said(said)), 0),
    }
}

fn relations(frame: &Frame) -> Vec<Choice> {
    let known = registry::RELATIONS.iter().map(|one| Choice::new(*one, frame.said(one)));
    known.chain([Choice::new(UNSAID, frame.t("overlaps-unsaid"))]).collect()
}

fn key(said: &str) -> &str {
    if said.is_empty() { UNSAID } else { said }
}

/// What an item pays, or that its document names no fixed amount.
fn amount(frame: &Frame, fen: Option<i64>) -> Cell {
    fen.map_or_else(|| Cell::unknown(frame.t("overlaps-no-amount")), |fen| Cell::money(fen, frame.lang))
}

/// What our item pays at most at its levels; a share of costs has its cap there.
fn ours_amount(frame: &Frame, item: &Item) -> Cell {
    amount(frame, item.terms.amounts.values().max().copied())
}

/// An item of the register, which opens to its rows.
fn their_item(frame: &Frame, one: &Theirs) -> Cell {
    market::key(frame, REGISTER, &[&one.document, &one.clause, &one.item], &one.item)
}

fn document_cell(frame: &Frame, number: &str) -> Cell {
    Cell::code(number).link(frame.at(&format!("{DOCUMENTS}?q={}", encode(number))))
}

/// `GET /budget/overlaps`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let document = policy::document()?;
    let found = overlaps::check(&app.installation, account(&frame)?, app.now()).await?;
    let listing = listing(&frame, &document.policy);
    let room = room(&frame, "overlaps-title", frame.t("overlaps-line"), PATH);
    super::charted(hx, &frame, &room, (&listing, &found.pairs), &query, (told(&frame, &found), None))
}

/// What is found, and what is not known, in words.
fn told(frame: &Frame, found: &Overlaps) -> Vec<String> {
    if !found.has_items {
        return vec![frame.t1("funds-never-came", "register", register_name(frame, REGISTER))];
    }
    let today = frame.business_date;
    let holding = found.pairs.iter().filter(|pair| pair.holds(today)).count();
    let unsaid = found.pairs.iter().filter(|pair| pair.holds(today) && pair.theirs.relation.is_empty()).count();
    let mut lines = vec![frame.tn(
        "overlaps-told",
        [
            ("items", format::count(found.theirs.len())),
            ("pairs", format::count(holding)),
            ("unsaid", format::count(unsaid)),
        ],
    )];
    lines.push(match found.has_payments {
        false => frame.t1("funds-never-came", "register", register_name(frame, "subsidies")),
        true => {
            let count = |same: Same| format::count(found.both.iter().filter(|one| one.same == same).count());
            frame.tn("overlaps-told-both", [("same", count(Same::Yes)), ("unknown", count(Same::Unknown))])
        }
    });
    lines
}

fn listing<'a>(frame: &'a Frame, policy: &'a Policy) -> Listing<'a, Pair> {
    let today = frame.business_date;
    let now = vec![Choice::new("yes", frame.t("overlaps-now")), Choice::new("no", frame.t("overlaps-not-now"))];
    Listing::new(frame, "pairs", PATH, frame.t("overlaps-pairs"))
        .column("ours", frame.t("overlaps-ours"), Kind::Text, |one: &Pair| {
            Cell::text(award_name(frame, policy, &one.ours.award)).link(frame.at(&format!("/items/{}", one.ours.id)))
        })
        .column("event", frame.t("overlaps-event"), Kind::Text, |one| Cell::text(frame.said(one.event)))
        .column("ours-amount", frame.t("overlaps-ours-amount"), Kind::Money, |one| ours_amount(frame, &one.ours))
        .column("department", frame.t("overlaps-department"), Kind::Text, |one| {
            Cell::text(one.theirs.department.clone())
        })
        .column("theirs", frame.t("overlaps-theirs"), Kind::Text, |one| their_item(frame, &one.theirs))
        .column("document", frame.t("overlaps-document"), Kind::Code, |one| document_cell(frame, &one.theirs.document))
        .column("clause", frame.t("overlaps-clause"), Kind::Text, |one| Cell::text(one.theirs.clause.clone()))
        .column("theirs-amount", frame.t("overlaps-theirs-amount"), Kind::Money, |one| {
            amount(frame, one.theirs.amount_fen)
        })
        .column("cap", frame.t("overlaps-cap"), Kind::Money, |one| amount(frame, one.theirs.cap_fen))
        .column("relation", frame.t("overlaps-relation"), Kind::Text, |one| relation(frame, &one.theirs.relation))
        .column("from", frame.t("overlaps-from"), Kind::Date, |one| Cell::date(Some(one.from)))
        .column("to", frame.t("overlaps-to"), Kind::Date, |one| {
            one.to.map_or_else(|| Cell::unknown(frame.t("overlaps-no-end")), |to| Cell::date(Some(to)))
        })
        .filter("award", frame.t("overlaps-ours"), awards(frame, policy), |one, award| one.ours.award == award)
        .filter("relation", frame.t("overlaps-relation"), relations(frame), |one, said| {
            key(&one.theirs.relation) == said
        })
        .filter("now", frame.t("overlaps-when"), now, move |one, wanted| one.holds(today) == (wanted == "yes"))
        .search(frame.t("overlaps-search"), |one| {
            format!("{} {} {} {}", one.theirs.department, one.theirs.document, one.theirs.item, one.theirs.title)
        })
        .when_empty(frame.t("overlaps-none"), frame.t("overlaps-none-todo"))
}

/// `GET /budget/overlaps/both`.
pub async fn both(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let document = policy::document()?;
    let policy = &document.policy;
    let rows = overlaps::check(&app.installation, account(&frame)?, app.now()).await?.both;
    let same = |one: Same| frame.t(&format!("overlaps-same-{}", one.key()));
    let sames = Same::ALL.map(|one| Choice::new(one.key(), same(one)));
    let listing = Listing::new(&frame, "both", BOTH, frame.t("overlaps-both"))
        .column("right", frame.t("overlaps-right"), Kind::Code, |one: &Both| {
            Cell::code(one.right.clone()).link(frame.at(&format!("/patents/{}", encode(&one.right))))
        })
        .column("name", frame.t("cases-subject"), Kind::Text, |one| market::firm(&frame, &one.name, &one.subject))
        .column("ours", frame.t("overlaps-ours"), Kind::Text, |one| {
            Cell::text(award_name(&frame, policy, &one.award)).link(frame.at(&super::path(one.case)))
        })
        .column("state", frame.t("cases-state"), Kind::Text, |one| Cell::text(frame.said(one.state.zh())))
        .column("ours-amount", frame.t("overlaps-case-amount"), Kind::Money, |one| market::told(&frame, one.ours_fen))
        .column("payer", frame.t("overlaps-payer"), Kind::Text, |one| Cell::text(one.payer.clone()))
        .column("document", frame.t("overlaps-document"), Kind::Code, |one| match one.document.as_str() {
            "" => Cell::unknown(frame.t("word-untold")),
            number => document_cell(&frame, number),
        })
        .column("theirs-amount", frame.t("overlaps-paid"), Kind::Money, |one| market::told(&frame, one.theirs_fen))
        .column("on", frame.t("overlaps-paid-on"), Kind::Date, |one| Cell::date(one.paid_on))
        .column("same", frame.t("overlaps-same"), Kind::Text, |one| {
            let tone = match one.same {
                Same::Yes => Tone::Bad,
                Same::Unknown => Tone::Unknown,
                Same::No => Tone::Ok,
            };
            Cell::state(StateWord::new(tone, same(one.same)), one.same as i64)
        })
        .column("relation", frame.t("overlaps-relation"), Kind::Text, |one| match one.same {
            Same::Yes => relation(&frame, &one.relation),
            Same::Unknown | Same::No => Cell::unknown(frame.t("overlaps-unasked")),
        })
        .filter("same", frame.t("overlaps-same"), sames.into(), |one, wanted| one.same.key() == wanted)
        .filter("award", frame.t("overlaps-ours"), awards(&frame, policy), |one, award| one.award == award)
        .search(frame.t("overlaps-both-search"), |one| format!("{} {} {}", one.right, one.name, one.payer))
        .when_empty(frame.t("overlaps-both-none"), frame.t("overlaps-both-none-todo"));
    let line = market::summed(&frame, listing.passing(&rows, &query).map(|one| one.theirs_fen));
    let line = format!("{}{line}", frame.t("overlaps-both-line"));
    room::listed(hx, &frame, &room(&frame, "overlaps-both", line, BOTH), (&listing, &rows), &query)
}

/// `GET /budget/overlaps/items`.
pub async fn items(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = overlaps::check(&app.installation, account(&frame)?, app.now()).await?.theirs;
    let events = registry::PAID_EVENTS.iter().map(|one| Choice::new(*one, frame.said(one))).collect();
    let today = frame.business_date;
    let now =
        vec![Choice::new("yes", frame.t("overlaps-in-force")), Choice::new("no", frame.t("overlaps-not-in-force"))];
    let listing = Listing::new(&frame, "their-items", ITEMS, frame.t("overlaps-items"))
        .column("item", frame.t("overlaps-theirs"), Kind::Text, |one: &Theirs| their_item(&frame, one))
        .column("department", frame.t("overlaps-department"), Kind::Text, |one| Cell::text(one.department.clone()))
        .column("document", frame.t("overlaps-document"), Kind::Code, |one| document_cell(&frame, &one.document))
        .column("clause", frame.t("overlaps-clause"), Kind::Text, |one| Cell::text(one.clause.clone()))
        .column("subject", frame.t("overlaps-subject"), Kind::Text, |one| Cell::text(one.subject.clone()))
        .column("event", frame.t("overlaps-event"), Kind::Text, |one| Cell::text(frame.said(&one.event)))
        .column("amount", frame.t("overlaps-theirs-amount"), Kind::Money, |one| amount(&frame, one.amount_fen))
        .column("cap", frame.t("overlaps-cap"), Kind::Money, |one| amount(&frame, one.cap_fen))
        .column("relation", frame.t("overlaps-relation"), Kind::Text, |one| relation(&frame, &one.relation))
        .column("from", frame.t("overlaps-from"), Kind::Date, |one| Cell::date(Some(one.valid_from)))
        .column("to", frame.t("overlaps-to"), Kind::Date, |one| {
            one.valid_to.map_or_else(|| Cell::unknown(frame.t("overlaps-no-end")), |to| Cell::date(Some(to)))
        })
        .words("department", frame.t("overlaps-department"), &rows, |one| &one.department)
        .filter("event", frame.t("overlaps-event"), events, |one, event| one.event == event)
        .filter("relation", frame.t("overlaps-relation"), relations(&frame), |one, said| key(&one.relation) == said)
        .filter("now", frame.t("overlaps-when"), now, move |one, wanted| one.is_in_force(today) == (wanted == "yes"))
        .search(frame.t("overlaps-search"), |one| {
            format!("{} {} {} {}", one.department, one.document, one.item, one.title)
        })
        .when_empty(frame.t("overlaps-items-none"), frame.t("overlaps-none-todo"));
    let room = room(&frame, "overlaps-items", frame.t("overlaps-items-line"), ITEMS);
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

/// `GET /budget/overlaps/documents`.
pub async fn documents(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let (query, _) = room::wishes(&uri);
    let rows = overlaps::check(&app.installation, account(&frame)?, app.now()).await?.documents;
    let number = |count: usize| Cell::number(i64::try_from(count).unwrap_or(i64::MAX));
    let whose = |one: &Document| match (one.is_ours, one.department.is_empty()) {
        (true, _) => "ours",
        (false, false) => "theirs",
        (false, true) => "above",
    };
    let kinds = ["ours", "theirs", "above"].map(|kind| Choice::new(kind, frame.t(&format!("overlaps-whose-{kind}"))));
    let listing = Listing::new(&frame, "documents", DOCUMENTS, frame.t("overlaps-documents"))
        .column("number", frame.t("overlaps-document"), Kind::Code, |one: &Document| Cell::code(one.number.clone()))
        .column("title", frame.t("overlaps-document-title"), Kind::Text, |one| match one.title.as_str() {
            "" => Cell::unknown(frame.t("word-untold")),
            title => Cell::text(title),
        })
        .column("whose", frame.t("overlaps-whose"), Kind::Text, |one| match one.department.as_str() {
            "" => Cell::text(frame.t(&format!("overlaps-whose-{}", whose(one)))),
            department => Cell::text(department),
        })
        .column("above", frame.t("overlaps-rests-on"), Kind::Text, |one| match one.rests_on.as_slice() {
            [] => Cell::unknown(frame.t("word-untold")),
            numbers => Cell::text(numbers.join("；")),
        })
        .column("below", frame.t("overlaps-carries"), Kind::Text, |one| Cell::text(one.carries.join("；")))
        .column("items", frame.t("overlaps-items-count"), Kind::Number, |one| match one.items {
            0 => number(0),
            count => number(count).link(frame.at(&format!("{ITEMS}?q={}", encode(&one.number)))),
        })
        .column("pairs", frame.t("overlaps-pairs-count"), Kind::Number, |one| match one.pairs {
            0 => number(0),
            count => number(count).link(frame.at(&format!("{PATH}?q={}", encode(&one.number)))),
        })
        .filter("whose", frame.t("overlaps-whose"), kinds.into(), move |one, wanted| whose(one) == wanted)
        .search(frame.t("overlaps-document-search"), |one| {
            format!(
                "{} {} {} {} {}",
                one.number,
                one.title,
                one.department,
                one.rests_on.join(" "),
                one.carries.join(" ")
            )
        })
        .when_empty(frame.t("overlaps-documents-none"), frame.t("overlaps-none-todo"));
    let room = room(&frame, "overlaps-documents", frame.t("overlaps-documents-line"), DOCUMENTS);
    room::listed(hx, &frame, &room, (&listing, &rows), &query)
}

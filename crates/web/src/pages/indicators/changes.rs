//! `/indicators/{code}/changes`: the rights that a figure gained and lost since the run of the month before, or since the run
//! that the address names as `before`.

use std::{collections::HashMap, sync::Arc};

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::{cockpit::earlier, runs::Opened};
use jiff::civil::Date;
use rules::evaluation::IndicatorEvidence;

use super::{
    Row,
    counted::{Book, Counted, Right},
    denominators,
    rights::{self, NO_ENTERPRISE},
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery, Listing, ListingView},
    pages::{
        cockpit::{
            no_run,
            shown::{self, Shown},
        },
        patents::read::{self as patents, Patent, Standing},
    },
    pieces::{Link, State as StateWord, Tone},
};

#[derive(Template)]
#[template(path = "indicators/rights.html")]
struct ChangesPage<'a> {
    frame: &'a Frame,
    title: String,
    line: String,
    crumbs: Vec<Link>,
    list: &'a ListingView,
}

#[derive(Template)]
#[template(path = "indicators/rights.html", block = "listing")]
struct ChangesBlock<'a> {
    frame: &'a Frame,
    list: &'a ListingView,
}

/// A right that came or went.
struct Moved {
    is_gain: bool,
    right: Right,
    why: String,
}

/// `GET /indicators/{code}/changes`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(code): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return no_run(&frame, frame.t("indicators-title"));
    };
    let row = super::find(&frame, &shown, &code)?;
    let named = query.filter("before");
    let before = match named {
        Some(run) => Some(shown.open_other(&app.installation, run).await?),
        None => shown.open_before(&app.installation).await?,
    };
    // Two runs that a reader chose are compared as the page of their differences does: a right that moved is the same.
    // The city's own list leaves out what only moved within it; that stands in the list of a town or an enterprise.
    let by_right = named.is_some() || query.filter("town").or(query.filter("enterprise")).is_none();
    let comparison = Comparison { by_right, is_chosen: named.is_some() };
    let mut moved = before.as_ref().map(|before| moved(&frame, &shown, before, &row, comparison)).unwrap_or_default();
    moved.retain_mut(|one| rights::is_seen(&frame, &code, &mut one.right));
    let title = frame.t1("changes-title", "name", frame.said(&row.indicator.name));
    let listing = listing(&frame, &code, &title, &moved, query.filter("enterprise"));
    if query.export {
        return listing.workbook(&moved, &query);
    }
    let mut view = listing.view(&moved, &query);
    shown.keep_in(&mut view);
    if let Some(run) = named {
        view.keep("before", run);
    }
    let line = match &before {
        Some(before) => {
            frame.tn("changes-line", &[("before", before.summary.as_of.clone()), ("date", shown.as_of().to_string())])
        }
        None => frame.t("changes-no-before"),
    };
    let denominator = before
        .as_ref()
        .and_then(|before| denominators::moved(&frame, &shown.policy, (&before.evaluation, shown.evaluation()), &code));
    let line =
        denominator.map_or(line.clone(), |moved| format!("{line}{}{moved}", if frame.is_chinese() { "" } else { " " }));
    let crumbs = rights::crumbs(&frame, &shown, &row);
    hx.page(
        ChangesPage { frame: &frame, title, line, crumbs, list: &view },
        ChangesBlock { frame: &frame, list: &view },
    )
}

/// How two runs are compared.
#[derive(Clone, Copy)]
struct Comparison {
    /// By right alone, or by town and enterprise too.
    by_right: bool,
    /// Whether a reader chose the earlier run; without that a sum of the year takes nothing over from the year before.
    is_chosen: bool,
}

/// Gains as the run shown knows them, losses as the run before knew them.
fn moved(
    frame: &Frame,
    shown: &Shown,
    before: &Opened,
    row: &Row<'_>,
    Comparison { by_right, is_chosen }: Comparison,
) -> Vec<Moved> {
    let (now, code) = (shown.evaluation(), row.indicator.code.as_str());
    let same = |a: &IndicatorEvidence<'_>, b: &IndicatorEvidence<'_>| {
        a.right_id == b.right_id && (by_right || a.region == b.region && a.uscc == b.uscc)
    };
    let earlier = match is_chosen {
        true => Some(&before.evaluation),
        false => earlier(row.definition, &before.evaluation, now.as_of),
    };
    let old: Vec<_> = earlier.into_iter().flat_map(|earlier| earlier.indicator_evidence(code)).collect();
    let new: Vec<_> = now.indicator_evidence(code).collect();
    // Both lists are sorted by right, so each is looked up by halves.
    let holds = |list: &[IndicatorEvidence<'_>], one: &IndicatorEvidence<'_>| {
        let start = list.partition_point(|other| other.right_id < one.right_id);
        list[start..].iter().take_while(|other| other.right_id == one.right_id).any(|other| same(other, one))
    };
    let book = Book::open(frame, shown, code);
    let reasons = Reasons::of(frame, before, shown, code);
    let entry = |is_gain: bool, one: &IndicatorEvidence<'_>| {
        let right = book.right(one.right_id, one.region, one.uscc);
        Moved { is_gain, why: reasons.why(one.right_id, is_gain, &right), right }
    };
    let gained = new.iter().filter(|one| !holds(&old, one)).map(|one| entry(true, one));
    let lost = old.iter().filter(|one| !holds(&new, one)).map(|one| entry(false, one));
    gained.chain(lost).collect()
}

/// Why a right came or went: what the facts of the two runs say of it.
struct Reasons<'a> {
    frame: &'a Frame,
    /// The day of the earlier run.
    day: Date,
    /// The year of the later one.
    year: i16,
    is_yearly: bool,
    is_high_value: bool,
    /// The inventions of both runs.
    inventions: Option<[Inventions; 2]>,
}

/// The patents of a run, and where each number stands among them.
struct Inventions {
    all: Arc<Vec<Patent>>,
    places: HashMap<String, usize>,
}

impl Inventions {
    fn of(opened: &Opened) -> Self {
        let all = patents::patents(opened);
        let places = all.iter().enumerate().map(|(at, patent)| (patent.number.clone(), at)).collect();
        Self { all, places }
    }

    fn find(&self, number: &str) -> Option<&Patent> {
        self.places.get(number).map(|at| &self.all[*at])
    }
}

impl<'a> Reasons<'a> {
    fn of(frame: &'a Frame, before: &Opened, shown: &Shown, code: &str) -> Self {
        let inventions =
            (Counted::by(code) == Counted::Inventions).then(|| [Inventions::of(before), Inventions::of(&shown.opened)]);
        Self {
            frame,
            day: before.evaluation.as_of,
            year: shown.as_of().year(),
            is_yearly: shown.policy.indicator(code).is_some_and(|definition| definition.flow == "year"),
            is_high_value: code == "K04",
            inventions,
        }
    }

    fn why(&self, id: &str, is_gain: bool, right: &Right) -> String {
        let Some([was, is]) = &self.inventions else {
            // What the facts do not tell is left unsaid.
            return match (is_gain, right.on) {
                (true, Some(on)) if on > self.day => self.frame.t("changes-why-new"),
                (true, Some(_)) => self.frame.t("changes-why-late"),
                (false, Some(on)) if self.is_yearly && on.year() < self.year => self.frame.t("changes-why-other-year"),
                (true, None) | (false, _) => String::new(),
            };
        };
        match (is_gain, was.find(id), is.find(id)) {
            (true, was, Some(is)) => self.gained(was, is),
            (false, was, Some(is)) => self.lost(was, is),
            (_, _, None) => self.frame.t("changes-why-withdrawn"),
        }
    }

    fn gained(&self, was: Option<&Patent>, is: &Patent) -> String {
        let granted = |key: &str| {
            self.frame.t1(
                key,
                "date",
                is.granted_on.map_or_else(|| self.frame.t("word-unknown"), |day| day.to_string()),
            )
        };
        match was.map(|was| was.state) {
            None | Some(Standing::NotGranted) if is.granted_on.is_some_and(|day| day > self.day) => {
                granted("changes-why-granted")
            }
            None | Some(Standing::NotGranted) => granted("changes-why-granted-late"),
            Some(Standing::Ended | Standing::Void) => self.frame.t("changes-why-restored"),
            Some(Standing::InForce) => self.moved(was, is, "changes-why-judged"),
        }
    }

    fn lost(&self, was: Option<&Patent>, is: &Patent) -> String {
        match is.state {
            Standing::Void => self.frame.t("patents-why-void"),
            Standing::NotGranted => self.frame.t("patents-why-not-granted"),
            Standing::Ended => self.frame.t("patents-why-ended"),
            Standing::InForce => self.moved(was, is, "patents-why-no-category"),
        }
    }

    /// From one town or owner to another, or else something of the right itself.
    fn moved(&self, was: Option<&Patent>, is: &Patent, otherwise: &str) -> String {
        let was_in = was.map_or("", |was| was.town.as_str());
        match (was_in, is.town.as_str()) {
            ("", "") => self.otherwise(otherwise),
            ("", _) => self.frame.t("changes-why-came"),
            (_, "") => self.frame.t("changes-why-left"),
            (from, to) if from != to => {
                self.frame.tn("changes-why-town", &[("from", from.to_owned()), ("to", to.to_owned())])
            }
            _ if was.is_some_and(|was| was.owner_uscc != is.owner_uscc) => self.frame.t("changes-why-owner"),
            _ => self.otherwise(otherwise),
        }
    }

    /// What only a judgement of high value can have changed; of other figures nothing is known.
    fn otherwise(&self, key: &str) -> String {
        if self.is_high_value { self.frame.t(key) } else { String::new() }
    }
}

fn listing<'a>(
    frame: &'a Frame,
    code: &str,
    title: &str,
    moved: &[Moved],
    enterprise: Option<&str>,
) -> Listing<'a, Moved> {
    let linked = |cell: Cell, href: &Option<String>| match href {
        Some(href) => cell.link(href.clone()),
        None => cell,
    };
    let listing = Listing::new(frame, "changes", &format!("/indicators/{code}/changes"), title.to_owned())
        .column("number", frame.t("rights-number"), Kind::Code, move |one: &Moved| {
            linked(Cell::code(one.right.number.clone()), &one.right.href)
        })
        .column("direction", frame.t("changes-direction"), Kind::Text, |one| {
            let state = if one.is_gain {
                StateWord::new(Tone::Ok, frame.t("changes-gained"))
            } else {
                StateWord::new(Tone::Bad, frame.t("changes-lost"))
            };
            Cell::state(state, i64::from(!one.is_gain))
        })
        .column("why", frame.t("changes-why"), Kind::Text, |one| Cell::text(one.why.clone()))
        .column("name", frame.t("rights-name"), Kind::Text, |one| Cell::text(one.right.name.clone()))
        .column("owner", frame.t("rights-owner"), Kind::Text, move |one| {
            linked(Cell::text(one.right.owner.clone()), &one.right.owner_href)
        })
        .column("town", frame.t("patents-col-town"), Kind::Text, |one| Cell::text(one.right.town.clone()));
    let listing = match super::counts_loans(code) {
        true => listing.column("amount", frame.t("rights-amount"), Kind::Number, |one| {
            one.right.fen.map_or_else(Cell::empty, |fen| Cell::money(fen, frame.lang))
        }),
        false => listing,
    };
    listing
        .filter(
            "direction",
            frame.t("changes-direction"),
            vec![Choice::new("gained", frame.t("changes-gained")), Choice::new("lost", frame.t("changes-lost"))],
            |one, direction| (direction == "gained") == one.is_gain,
        )
        .words("town", frame.t("patents-col-town"), moved, |one| &one.right.town)
        .filter("enterprise", frame.t("rights-enterprise"), enterprises(frame, moved, enterprise), |one, uscc| {
            if uscc == NO_ENTERPRISE { one.right.uscc.is_empty() } else { one.right.uscc == uscc }
        })
        .search(frame.t("rights-search"), |one| format!("{} {} {}", one.right.number, one.right.name, one.right.owner))
        .when_empty(frame.t("changes-none"), frame.t("changes-none-todo"))
}

fn enterprises(frame: &Frame, moved: &[Moved], chosen: Option<&str>) -> Vec<Choice> {
    let named = chosen.filter(|uscc| *uscc != NO_ENTERPRISE).map(|uscc| {
        let name = moved.iter().find(|one| one.right.uscc == uscc).map_or(uscc, |one| one.right.owner.as_str());
        Choice::new(uscc, name)
    });
    let none = moved
        .iter()
        .any(|one| one.right.uscc.is_empty())
        .then(|| Choice::new(NO_ENTERPRISE, frame.t("word-no-enterprise")));
    named.into_iter().chain(none).collect()
}

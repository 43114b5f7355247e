//! `/cockpit/high-value` 高价值专利关注清单 (C3.4.2.1): every high-value invention with what endangers, binds and protects it, and the
//! inventions that may become high-value.

use axum::{extract::State, http::Uri, response::Response};
use domain::watch_list::{Standing, Watched};

use super::{kept, no_run, shown};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery, Listing},
    pages::{
        enterprises::cause,
        patents::read::written,
        room::{self, Room},
    },
};

/// A right of the list, with the name of its enterprise.
struct Row<'a> {
    right: &'a Watched,
    owner: Option<&'a str>,
}

/// `GET /cockpit/high-value`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return no_run(&frame, frame.t("watch-title"));
    };
    let watched = kept::watched(&app, &shown.opened).await?;
    let owner = |right: &Watched| right.uscc.as_deref().and_then(|uscc| shown.enterprise_name(uscc));
    let rows: Vec<Row<'_>> = watched.iter().map(|right| Row { owner: owner(right), right }).collect();
    let caption = frame.tn("rights-list-of", &[("name", frame.t("watch-title")), ("date", shown.as_of().to_string())]);
    let (frame_ref, shown_ref) = (&frame, &shown);
    let towns: std::collections::BTreeSet<&str> = watched.iter().map(|right| right.town.as_str()).collect();
    let listing = Listing::new(&frame, "high-value", "/cockpit/high-value", caption)
        .column("number", frame.t("patents-col-number"), Kind::Code, move |row: &Row<'_>| {
            let number = &row.right.application_number;
            Cell::code(written(number)).link(shown_ref.keep(frame_ref.at(&format!("/patents/{number}"))))
        })
        .column("title", frame.t("patents-col-title"), Kind::Text, |row| Cell::text(row.right.title.clone()))
        .column("standing", frame.t("watch-col-standing"), Kind::Text, |row| Cell::text(standing(frame_ref, row.right)))
        .column("danger", frame.t("watch-col-danger"), Kind::Text, |row| match row.right.danger {
            Some((why, day)) => Cell::text(format!("{day} {}", cause(frame_ref, why))),
            None => Cell::empty(),
        })
        .column("term", frame.t("watch-col-term"), Kind::Date, |row| Cell::date(row.right.term_ends))
        .column("abroad", frame.t("watch-col-abroad"), Kind::Text, |row| Cell::text(abroad(frame_ref, row.right)))
        .column("pledge", frame.t("watch-col-pledge"), Kind::Text, |row| {
            let told = row.right.pledges.iter().map(|(number, pledgee)| format!("{pledgee} {number}"));
            Cell::text(told.collect::<Vec<_>>().join(&frame_ref.t("word-list-separator")))
        })
        .column("events", frame.t("watch-col-events"), Kind::Text, |row| Cell::text(events(frame_ref, row.right)))
        .column("owner", frame.t("patents-col-owner"), Kind::Text, move |row| match (&row.right.uscc, row.owner) {
            (Some(uscc), Some(name)) => {
                Cell::text(name).link(shown_ref.keep(frame_ref.at(&format!("/enterprises/{uscc}"))))
            }
            _ => Cell::text(frame_ref.t("word-no-enterprise")),
        })
        .column("town", frame.t("patents-col-town"), Kind::Text, |row| Cell::text(row.right.town.clone()))
        .filter(
            "standing",
            frame.t("watch-col-standing"),
            ["high", "ripening", "undetermined"].map(|key| Choice::new(key, frame.t(&format!("watch-{key}")))).to_vec(),
            |row, wanted| key(row.right.standing) == wanted,
        )
        .filter(
            "sign",
            frame.t("watch-sign"),
            ["danger", "pledged", "decided", "introduced"]
                .map(|key| Choice::new(key, frame.t(&format!("watch-sign-{key}"))))
                .to_vec(),
            |row, wanted| match wanted {
                "danger" => row.right.danger.is_some(),
                "pledged" => !row.right.pledges.is_empty(),
                "decided" => !row.right.events.is_empty(),
                _ => row.right.introduced_on.is_some(),
            },
        )
        .filter(
            "town",
            frame.t("patents-col-town"),
            towns.into_iter().map(|town| Choice::new(town, town)).collect(),
            |row, town| row.right.town == town,
        )
        .search(frame.t("rights-search"), |row| {
            format!("{} {} {}", row.right.application_number, row.right.title, row.owner.unwrap_or_default())
        })
        .when_empty(frame.t("watch-none"), frame.t("watch-none-todo"));
    if query.export {
        return listing.workbook(&rows, &query);
    }
    let mut view = listing.view(&rows, &query);
    shown.keep_in(&mut view);
    let head = Room::new(frame.t("watch-title"), frame.t("watch-line")).below(&frame, &[("cockpit-title", "/cockpit")]);
    room::list_page(hx, &frame, &head, &view)
}

fn key(standing: Standing) -> &'static str {
    match standing {
        Standing::HighValue => "high",
        Standing::Ripening(_) => "ripening",
        Standing::Undetermined => "undetermined",
    }
}

/// What it is, by which categories, or from when.
fn standing(frame: &Frame, right: &Watched) -> String {
    let word = frame.t(&format!("watch-{}", key(right.standing)));
    match right.standing {
        Standing::HighValue if right.categories.is_empty() => word,
        Standing::HighValue => {
            let names = right.categories.iter().map(|category| frame.t(&format!("high-value-{category}")));
            format!(
                "{word}{}{}",
                frame.t("word-colon"),
                names.collect::<Vec<_>>().join(&frame.t("word-list-separator"))
            )
        }
        Standing::Ripening(day) => frame.t1("watch-ripening-on", "day", day),
        Standing::Undetermined => word,
    }
}

/// The relatives abroad in force, and those of which nobody told; nothing where none is on record.
fn abroad(frame: &Frame, right: &Watched) -> String {
    match right.abroad {
        (0, 0) => String::new(),
        (known, 0) => frame.t1("watch-abroad", "count", known),
        (known, unknown) => {
            frame.tn("watch-abroad-perhaps", &[("known", known.to_string()), ("unknown", unknown.to_string())])
        }
    }
}

/// What was decided of it, and that it came from outside.
fn events(frame: &Frame, right: &Watched) -> String {
    let came = right.introduced_on.map(|day| format!("{day} {}", frame.t("watch-introduced")));
    let decided = right.events.iter().map(|(kind, day)| format!("{day} {}", frame.said(kind)));
    came.into_iter().chain(decided).collect::<Vec<_>>().join(&frame.t("word-list-separator"))
}

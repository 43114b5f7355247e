//! `/cockpit/high-value` 高价值专利关注清单 (C3.4.2.1): every high-value invention with what endangers, binds and protects it, and the
//! inventions that may become high-value.

use axum::{extract::State, http::Uri, response::Response};
use domain::watch_list::{Standing, Watched};

use super::{
    kept, no_run,
    rights::{self, Row},
    shown,
};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery},
    pages::enterprises::cause,
};

/// `GET /cockpit/high-value`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return no_run(&frame, frame.t("watch-title"));
    };
    let watched = kept::watched(&app, &shown.opened).await?;
    let rows: Vec<Row<'_, Watched>> = watched
        .iter()
        .map(|one| {
            let Watched { application_number, title, town, uscc, .. } = one;
            Row::of(&shown, one, [application_number, title, town], uscc.as_deref())
        })
        .collect();
    let frame_ref = &frame;
    let listing = rights::listing(&frame, &shown, ("high-value", "/cockpit/high-value"), "watch-title")
        .column("standing", frame.t("watch-col-standing"), Kind::Text, |row: &Row<'_, Watched>| {
            Cell::text(standing(frame_ref, row.right))
        })
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
        .column("events", frame.t("watch-col-events"), Kind::Text, |row| Cell::text(events(frame_ref, row.right)));
    let listing = rights::whose(listing, &frame, &shown)
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
        .words("town", frame.t("patents-col-town"), &rows, |row| &row.right.town)
        .when_empty(frame.t("watch-none"), frame.t("watch-none-todo"));
    rights::respond(hx, &frame, &shown, (&listing, &rows), &query, ("watch-title", "watch-line"))
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

//! What the lists of rights that want a look share: the right, whose it is and in which town, and the page around the list.

use axum::response::Response;

use super::shown::Shown;
use crate::{
    error::AppError,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery, Listing},
    pages::{
        patents::read::written,
        room::{self, Room},
    },
};

/// A right of such a list.
pub(super) struct Row<'a, R> {
    /// What the list tells of it.
    pub(super) right: &'a R,
    number: &'a str,
    title: &'a str,
    /// The code of the enterprise that owns it, where tied.
    pub(super) uscc: Option<&'a str>,
    /// The name of that enterprise.
    pub(super) owner: Option<&'a str>,
    town: &'a str,
}

impl<'a, R> Row<'a, R> {
    /// A right with its number, title and town, and the code of its enterprise.
    pub(super) fn of(
        shown: &'a Shown,
        right: &'a R,
        [number, title, town]: [&'a str; 3],
        uscc: Option<&'a str>,
    ) -> Self {
        Self { right, number, title, uscc, owner: uscc.and_then(|uscc| shown.enterprise_name(uscc)), town }
    }
}

/// The list with the columns that name the right.
pub(super) fn listing<'a, R>(
    frame: &'a Frame,
    shown: &'a Shown,
    (id, path): (&'static str, &str),
    title: &str,
) -> Listing<'a, Row<'a, R>> {
    let caption = frame.tn("rights-list-of", &[("name", frame.t(title)), ("date", shown.as_of().to_string())]);
    Listing::new(frame, id, path, caption)
        .column("number", frame.t("patents-col-number"), Kind::Code, |row: &Row<'a, R>| {
            Cell::code(written(row.number)).link(shown.keep(frame.at(&format!("/patents/{}", row.number))))
        })
        .column("title", frame.t("patents-col-title"), Kind::Text, |row| Cell::text(row.title))
}

/// The same with whose it is and in which town, and the search.
pub(super) fn whose<'a, R>(
    listing: Listing<'a, Row<'a, R>>,
    frame: &'a Frame,
    shown: &'a Shown,
) -> Listing<'a, Row<'a, R>> {
    listing
        .column("owner", frame.t("patents-col-owner"), Kind::Text, |row| match (row.uscc, row.owner) {
            (Some(uscc), Some(name)) => Cell::text(name).link(shown.keep(frame.at(&format!("/enterprises/{uscc}")))),
            _ => Cell::text(frame.t("word-no-enterprise")),
        })
        .column("town", frame.t("patents-col-town"), Kind::Text, |row| Cell::text(row.town))
        .search(frame.t("rights-search"), |row| {
            format!("{} {} {}", row.number, row.title, row.owner.unwrap_or_default())
        })
}

/// The page of such a list, which keeps the run that the reader chose.
pub(super) fn respond<'a, R>(
    hx: Hx,
    frame: &Frame,
    shown: &Shown,
    (listing, rows): (&Listing<'_, Row<'a, R>>, &[Row<'a, R>]),
    query: &ListQuery,
    (title, line): (&str, &str),
) -> Result<Response, AppError> {
    if query.export {
        return listing.workbook(rows, query);
    }
    let mut view = listing.view(rows, query);
    shown.keep_in(&mut view);
    let head = Room::new(frame.t(title), frame.t(line)).below(frame, &[("cockpit-title", "/cockpit")]);
    room::list_page(hx, frame, &head, &view)
}

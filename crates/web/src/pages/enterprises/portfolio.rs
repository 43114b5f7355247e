//! The patents of one enterprise: how many of each kind stand how, and the list of them.

use domain::accounts::Permission;

use super::read::Enterprise;
use crate::{
    format,
    frame::Frame,
    list::{Cell, Dir, Kind, Listing},
    pages::{
        cockpit::shown::Shown,
        patents::{
            self,
            read::{Patent, Standing, written},
        },
    },
    pieces::Link,
};

/// The kinds of patent, in the order of the law.
const KINDS: [&str; 3] = ["发明", "实用新型", "外观设计"];

/// The kinds in rows and the standings in columns, each number leading to its rights.
pub(super) struct Table {
    /// The standings.
    pub(super) heads: Vec<String>,
    /// Each kind with its numbers; an empty address stands for none.
    pub(super) rows: Vec<(String, Vec<Link>)>,
}

/// How many patents of each kind stand how.
pub(super) fn table(frame: &Frame, shown: &Shown, path: &str, owned: &[&Patent]) -> Table {
    let cell = |kind: &str, (standing, key): (Standing, &str)| {
        let count = owned.iter().filter(|patent| patent.kind == kind && patent.state == standing).count();
        let query = format!("{path}?kind={}&standing={key}", format::encode(kind));
        let href = if count > 0 { format!("{}#portfolio", shown.keep(frame.at(&query))) } else { String::new() };
        Link::new(format::count(count), href)
    };
    Table {
        heads: Standing::ALL.into_iter().map(|(standing, _)| patents::standing(frame, standing).word).collect(),
        rows: KINDS
            .into_iter()
            .map(|kind| {
                (patents::kind(frame, kind), Standing::ALL.into_iter().map(|standing| cell(kind, standing)).collect())
            })
            .collect(),
    }
}

/// The list of the patents that an enterprise owns on the day.
pub(super) fn listing<'a>(
    frame: &'a Frame,
    shown: &'a Shown,
    path: &str,
    enterprise: &Enterprise,
) -> Listing<'a, &'a Patent> {
    let caption =
        frame.tn("enterprises-portfolio-of", &[("name", enterprise.name.clone()), ("date", shown.as_of().to_string())]);
    let may_open = frame.may(Permission::ViewRights);
    Listing::new(frame, "portfolio", path, caption)
        .column("number", frame.t("patents-col-number"), Kind::Code, move |patent: &&Patent| {
            let cell = Cell::code(written(&patent.number));
            if may_open { cell.link(shown.keep(frame.at(&format!("/patents/{}", patent.number)))) } else { cell }
        })
        .column("title", frame.t("patents-col-title"), Kind::Text, |patent| Cell::text(patent.title.clone()))
        .column("kind", frame.t("patents-col-kind"), Kind::Text, |patent| {
            Cell::text(patents::kind(frame, &patent.kind))
        })
        .column("filed", frame.t("patents-col-filed"), Kind::Date, |patent| Cell::date(patent.filed_on))
        .column("granted", frame.t("patents-col-granted"), Kind::Date, |patent| Cell::date(patent.granted_on))
        .column("standing", frame.t("patents-col-standing"), Kind::Text, |patent| {
            let rank = Standing::ALL.iter().position(|(one, _)| *one == patent.state).unwrap_or_default();
            Cell::state(patents::standing(frame, patent.state), i64::try_from(rank).unwrap_or_default())
        })
        .column("high-value", frame.t("patents-col-high-value"), Kind::Text, |patent| {
            Cell::text(patents::high_value_word(frame, patent))
        })
        .filter("kind", frame.t("patents-col-kind"), patents::kinds(frame), |patent, kind| patent.kind == kind)
        .filter("standing", frame.t("patents-col-standing"), patents::standings(frame), |patent, key| {
            patent.state.key() == key
        })
        .filter(
            "high-value",
            frame.t("patents-col-high-value"),
            patents::high_values(frame, &shown.opened),
            |patent, key| patents::passes(patent, key),
        )
        .search(frame.t("enterprises-portfolio-search"), |patent| {
            format!("{} {} {}", patent.number, written(&patent.number), patent.title)
        })
        .sorted_by("number", Dir::Down)
        .when_empty(frame.t("enterprises-portfolio-none"), frame.t("enterprises-portfolio-none-todo"))
}

//! `/patents` 专利: every patent of a run, found by number, title or owner, and `/patents/{number}`, one right with its history.

mod detail;
pub(crate) mod names;
pub(crate) mod read;

use axum::{extract::State, http::Uri, response::Response};
use domain::runs::Opened;
use terms::ApplicationNumber;

pub use self::detail::page as one;
use self::read::{OnlyIn, Patent, Standing};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx::Hx,
    list::{Cell, Kind, ListQuery, Listing},
    pages::cockpit::{
        self,
        shown::{self, Shown},
    },
    pieces::{State as StateWord, Tone},
};

/// `GET /patents`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let query = by_number(ListQuery::parse(&uri));
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return cockpit::no_run(&frame, frame.t("patents-title"));
    };
    let all = read::patents(&shown.opened);
    let listing = listing(&frame, &shown);
    shown.listed(hx, &frame, "patents-title", (&listing, &all), &query)
}

/// A search for an application number in any notation becomes a search for its one form.
fn by_number(mut query: ListQuery) -> ListQuery {
    if let Ok(number) = query.q.parse::<ApplicationNumber>() {
        query.q = number.to_string();
    }
    query
}

fn listing<'a>(frame: &'a Frame, shown: &'a Shown) -> Listing<'a, Patent> {
    let may_see_persons = names::may_see(frame);
    let title = frame.t1("patents-list-of", "date", shown.as_of());
    let detail = |patent: &Patent| shown.keep(frame.at(&format!("/patents/{}", patent.number)));
    let owner = |patent: &Patent| names::shown(frame, &patent.owner, patent.owner_uscc.is_some());
    Listing::new(frame, "patents", "/patents", title)
        .column("number", frame.t("patents-col-number"), Kind::Code, move |patent: &Patent| {
            Cell::code(read::written(&patent.number)).link(detail(patent))
        })
        .column("title", frame.t("patents-col-title"), Kind::Text, |patent| Cell::text(patent.title.clone()))
        .column("kind", frame.t("patents-col-kind"), Kind::Text, |patent| Cell::text(kind(frame, &patent.kind)))
        .column("owner", frame.t("patents-col-owner"), Kind::Text, move |patent| {
            owner_cell(frame, shown, patent, owner(patent))
        })
        .column("town", frame.t("patents-col-town"), Kind::Text, |patent| Cell::text(patent.town.clone()))
        .column("filed", frame.t("patents-col-filed"), Kind::Date, |patent| Cell::date(patent.filed_on))
        .column("granted", frame.t("patents-col-granted"), Kind::Date, |patent| Cell::date(patent.granted_on))
        .column("standing", frame.t("patents-col-standing"), Kind::Text, |patent| {
            Cell::state(
                standing(frame, patent.state),
                Standing::ALL.iter().position(|(one, _)| *one == patent.state).map_or(0, |at| at as i64),
            )
        })
        .column("high-value", frame.t("patents-col-high-value"), Kind::Text, |patent| {
            Cell::text(high_value_word(frame, patent))
        })
        .filter("kind", frame.t("patents-col-kind"), kinds(frame), |patent, kind| patent.kind == kind)
        .filter("standing", frame.t("patents-col-standing"), standings(frame), |patent, key| patent.state.key() == key)
        .filter("town", frame.t("patents-col-town"), towns(&shown.opened), |patent, town| patent.town == town)
        .filter("high-value", frame.t("patents-col-high-value"), high_values(frame, &shown.opened), |patent, key| {
            passes(patent, key)
        })
        .search_by(frame.t("patents-search"), move |patent, sought| patent.is_found(sought, may_see_persons))
        .kept_as(&format!("{} {may_see_persons}", shown.opened.summary.run))
        .sorted_by("number", crate::list::Dir::Down)
        .when_empty(frame.t("patents-none"), frame.t("patents-none-todo"))
}

fn owner_cell(frame: &Frame, shown: &Shown, patent: &Patent, name: String) -> Cell {
    let cell = Cell::text(name);
    match &patent.owner_uscc {
        Some(uscc) if crate::routes::exists("/enterprises") => {
            cell.link(shown.keep(frame.at(&format!("/enterprises/{uscc}"))))
        }
        _ => cell,
    }
}

/// A kind in the visitor's language.
pub(crate) fn kind(frame: &Frame, kind: &str) -> String {
    match kind {
        "发明" => frame.t("patents-kind-invention"),
        "实用新型" => frame.t("patents-kind-utility-model"),
        "外观设计" => frame.t("patents-kind-design"),
        other => other.to_owned(),
    }
}

/// The name of an office; in English its code, which everyone in the field reads.
pub(crate) fn office(frame: &Frame, code: &str) -> String {
    match code.parse::<terms::Office>() {
        Ok(known) if frame.is_chinese() => known.name_zh().to_owned(),
        _ => code.to_owned(),
    }
}

/// A standing with its word.
pub(crate) fn standing(frame: &Frame, standing: Standing) -> StateWord {
    match standing {
        Standing::InForce => StateWord::new(Tone::Ok, frame.t("patents-in-force")),
        Standing::NotGranted => StateWord::new(Tone::Plain, frame.t("patents-not-granted")),
        Standing::Ended => StateWord::new(Tone::Warn, frame.t("patents-ended")),
        Standing::Void => StateWord::new(Tone::Bad, frame.t("patents-void")),
    }
}

/// The name of a category of high value (C3.4.2.2).
pub(crate) fn category(frame: &Frame, number: i64) -> String {
    match number {
        1 => frame.t("high-value-1"),
        2 => frame.t("high-value-2"),
        3 => frame.t("high-value-3"),
        4 => frame.t("high-value-4"),
        5 => frame.t("high-value-5"),
        _ => frame.t("high-value-no-category"),
    }
}

/// The categories of high value that a patent meets, in words.
pub(crate) fn high_value_word(frame: &Frame, patent: &Patent) -> String {
    if patent.is_undetermined {
        return frame.t("high-value-open");
    }
    if patent.is_high_value && patent.categories.is_empty() {
        return frame.t("high-value-no-category");
    }
    patent
        .categories
        .iter()
        .map(|number| category(frame, *number))
        .collect::<Vec<_>>()
        .join(&frame.t("word-list-separator"))
}

/// The kinds of patent to choose from.
pub(crate) fn kinds(frame: &Frame) -> Vec<Choice> {
    ["发明", "实用新型", "外观设计"].into_iter().map(|value| Choice::new(value, kind(frame, value))).collect()
}

/// The standings to choose from.
pub(crate) fn standings(frame: &Frame) -> Vec<Choice> {
    Standing::ALL.into_iter().map(|(one, key)| Choice::new(key, standing(frame, one).word)).collect()
}

pub(crate) fn high_values(frame: &Frame, opened: &Opened) -> Vec<Choice> {
    let mut choices = vec![Choice::new("any", frame.t("high-value-any"))];
    choices.extend((1..=5).map(|number| Choice::new(number.to_string(), category(frame, number))));
    choices.push(Choice::new("several", frame.t("high-value-several")));
    choices.push(Choice::new("open", frame.t("high-value-open")));
    if opened.evaluation.high_value.difference.is_some() {
        choices.push(Choice::new("only-official", frame.t("high-value-only-official")));
        choices.push(Choice::new("only-computed", frame.t("high-value-only-computed")));
    }
    choices
}

/// Whether a patent passes the filter of high value.
pub(crate) fn passes(patent: &Patent, key: &str) -> bool {
    match key {
        "any" => patent.is_high_value,
        "several" => patent.categories.len() > 1,
        "open" => patent.is_undetermined,
        "only-official" => patent.only_in == OnlyIn::Official,
        "only-computed" => patent.only_in == OnlyIn::Computed,
        // Exactly these categories, as `1-3`.
        set if set.contains('-') => {
            set.split('-').map(|number| number.parse().ok()).eq(patent.categories.iter().map(|number| Some(*number)))
        }
        number => number.parse().is_ok_and(|number| patent.categories.contains(&number)),
    }
}

fn towns(opened: &Opened) -> Vec<Choice> {
    let mut choices: Vec<Choice> = read::towns(opened).iter().map(|town| Choice::new(town.clone(), town)).collect();
    choices.sort_by_cached_key(|choice| crate::search_key::sort_key(&choice.value));
    choices
}

/// The page while no run exists.
pub(crate) fn no_run(frame: &Frame) -> Result<Response, AppError> {
    cockpit::no_run(frame, frame.t("patents-title"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_found_in_any_notation() {
        let check = |q: &str, expected: &str| {
            let mut query = ListQuery::default();
            query.q = q.to_owned();
            assert_eq!(by_number(query).q, expected, "{q}");
        };
        check("知强", "知强");
        check("zq", "zq");
        let number: ApplicationNumber = "202110123456".parse().unwrap();
        check("202110123456", &number.to_string());
        check("CN202110123456", &number.to_string());
    }
}

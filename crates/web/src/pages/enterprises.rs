//! `/enterprises` 企业: every enterprise of a run, `/enterprises/{uscc}`, one with its portfolio, statuses and stars, and
//! `/my-enterprise`, where an enterprise sees itself and nobody else.

mod detail;
mod holdings;
mod own;
mod portfolio;
pub(crate) mod read;
mod years;

use std::collections::BTreeSet;

use axum::{extract::State, http::Uri, response::Response};
use domain::lapses::Cause;

pub use self::detail::{own, page as one};
use self::read::Enterprise;
use crate::{
    app::App,
    by_run::ByRun,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx::Hx,
    list::{Cell, Dir, Kind, ListQuery, Listing},
    pages::cockpit::{
        self,
        shown::{self, Shown},
    },
};

/// The award whose levels are the stars of an enterprise (创新之星, C3.3.2.2).
pub(crate) const STARS: &str = "innovation-star";

/// `GET /enterprises`.
pub async fn page(State(app): State<App>, frame: Frame, hx: Hx, uri: Uri) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return cockpit::no_run(&frame, frame.t("enterprises-title"));
    };
    let all = read::enterprises(&shown.opened);
    let words = WORDS.get(&shown.opened.summary.run, || Words::of(&all));
    let listing = listing(&frame, &shown, &words);
    shown.listed(hx, &frame, "enterprises-title", (&listing, &all), &query)
}

static WORDS: ByRun<Words> = ByRun::new(4);

/// What the enterprises of a run can be filtered by.
struct Words {
    towns: BTreeSet<String>,
    statuses: BTreeSet<String>,
    sections: BTreeSet<char>,
    sizes: BTreeSet<String>,
}

impl Words {
    fn of(all: &[Enterprise]) -> Self {
        Self {
            towns: all.iter().map(|one| one.town.clone()).collect(),
            statuses: all.iter().flat_map(|one| one.statuses.iter().cloned()).collect(),
            sections: all.iter().filter_map(|one| one.section).collect(),
            sizes: all.iter().map(|one| one.size.clone()).collect(),
        }
    }
}

fn listing<'a>(frame: &'a Frame, shown: &'a Shown, words: &Words) -> Listing<'a, Enterprise> {
    let caption = frame.t1("enterprises-list-of", "date", shown.as_of());
    let number = |number: Option<i64>| number.map_or_else(Cell::empty, Cell::number);
    Listing::new(frame, "enterprises", "/enterprises", caption)
        .column("name", frame.t("enterprises-col-name"), Kind::Text, move |one: &Enterprise| {
            Cell::text(one.name.clone()).link(shown.keep(frame.at(&format!("/enterprises/{}", one.uscc))))
        })
        .column("uscc", frame.t("rights-number-enterprise"), Kind::Code, |one| Cell::code(one.uscc.clone()))
        .column("town", frame.t("patents-col-town"), Kind::Text, |one| Cell::text(one.town.clone()))
        .column("statuses", frame.t("enterprises-col-statuses"), Kind::Text, |one| {
            Cell::text(
                one.statuses
                    .iter()
                    .map(|kind| frame.said(kind))
                    .collect::<Vec<_>>()
                    .join(&frame.t("word-list-separator")),
            )
        })
        .column("industry", frame.t("enterprises-col-industry"), Kind::Text, |one| {
            Cell::text(section_name(frame, one.section))
        })
        .column("size", frame.t("enterprises-col-size"), Kind::Text, |one| Cell::text(frame.said(&one.size)))
        .column("inventions", frame.t("enterprises-col-inventions"), Kind::Number, move |one| number(one.inventions))
        .column("high-value", frame.t("enterprises-col-high-value"), Kind::Number, move |one| number(one.high_value))
        .column("stars", frame.t("enterprises-col-stars"), Kind::Text, |one| stars_cell(frame, shown, one))
        .filter("town", frame.t("patents-col-town"), choices(frame, &words.towns), |one, town| one.town == town)
        .filter("status", frame.t("enterprises-col-statuses"), choices(frame, &words.statuses), |one, kind| {
            one.statuses.contains(kind)
        })
        .filter("industry", frame.t("enterprises-col-industry"), sections(frame, &words.sections), |one, key| {
            one.section.is_some_and(|section| key == section.to_string())
        })
        .filter("scale", frame.t("enterprises-col-size"), choices(frame, &words.sizes), |one, size| one.size == size)
        .search(frame.t("towns-search"), |one| format!("{} {}", one.name, one.uscc))
        .sorted_by("inventions", Dir::Down)
        .kept_as(&shown.opened.summary.run)
        .when_empty(frame.t("enterprises-none"), frame.t("enterprises-none-todo"))
}

fn stars_cell(frame: &Frame, shown: &Shown, one: &Enterprise) -> Cell {
    let name = one.stars.and_then(|level| {
        shown
            .policy
            .award(STARS)?
            .levels
            .iter()
            .find(|known| known.level == level)
            .map(|known| (level, frame.said(&known.name)))
    });
    match name {
        Some((level, name)) => Cell { key: crate::list::Key::Number(level.into()), ..Cell::text(name) },
        None => Cell::empty(),
    }
}

fn choices(frame: &Frame, words: &BTreeSet<String>) -> Vec<Choice> {
    let words = words.iter().filter(|word| !word.is_empty());
    let mut choices: Vec<Choice> = words.map(|word| Choice::new(word, frame.said(word))).collect();
    choices.sort_by_cached_key(|choice| crate::search_key::sort_key(&choice.value));
    choices
}

fn sections(frame: &Frame, known: &BTreeSet<char>) -> Vec<Choice> {
    known.iter().map(|section| Choice::new(section.to_string(), section_name(frame, Some(*section)))).collect()
}

/// The name of a section of GB/T 4754-2017.
pub(crate) fn section_name(frame: &Frame, section: Option<char>) -> String {
    const CHINESE: [&str; 20] = [
        "农、林、牧、渔业",
        "采矿业",
        "制造业",
        "电力、热力、燃气及水生产和供应业",
        "建筑业",
        "批发和零售业",
        "交通运输、仓储和邮政业",
        "住宿和餐饮业",
        "信息传输、软件和信息技术服务业",
        "金融业",
        "房地产业",
        "租赁和商务服务业",
        "科学研究和技术服务业",
        "水利、环境和公共设施管理业",
        "居民服务、修理和其他服务业",
        "教育",
        "卫生和社会工作",
        "文化、体育和娱乐业",
        "公共管理、社会保障和社会组织",
        "国际组织",
    ];
    const ENGLISH: [&str; 20] = [
        "Agriculture",
        "Mining",
        "Manufacturing",
        "Electricity, heat, gas and water",
        "Construction",
        "Wholesale and retail",
        "Transport, storage and post",
        "Hotels and catering",
        "Software and information technology",
        "Finance",
        "Real estate",
        "Leasing and business services",
        "Research and technical services",
        "Water, environment and public facilities",
        "Residential and other services",
        "Education",
        "Health and social work",
        "Culture, sports and entertainment",
        "Public administration",
        "International organisations",
    ];
    let names = if frame.is_chinese() { CHINESE } else { ENGLISH };
    section
        .and_then(|letter| names.get((letter as usize).checked_sub('A' as usize)?))
        .map(|name| (*name).to_owned())
        .unwrap_or_default()
}

/// Why a right may soon be lost.
pub(crate) fn cause(frame: &Frame, cause: Cause) -> String {
    frame.t(match cause {
        Cause::FeeLate => "lapse-late",
        Cause::TermEnds => "lapse-term",
        Cause::FeeDue => "lapse-fee",
        Cause::FeeUnknown => "lapse-unknown",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_are_named_by_their_letter() {
        let frame = Frame::for_tests();
        for (section, expected) in
            [(Some('C'), "制造业"), (Some('T'), "国际组织"), (Some('U'), ""), (Some('1'), ""), (None, "")]
        {
            assert_eq!(section_name(&frame, section), expected, "{section:?}");
        }
    }
}

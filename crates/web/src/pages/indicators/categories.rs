//! The five categories of high-value inventions (C3.4.2.2) behind K04, how they overlap, and where the official list differs.

use std::collections::BTreeMap;

use crate::{
    format,
    frame::Frame,
    list::{Cell, Kind, Listing},
    pages::{cockpit::shown::Shown, history, patents},
    pieces::Link,
};

/// The categories ready to print.
#[derive(Debug)]
pub(super) struct Categories {
    /// From which list they come.
    pub(super) source: String,
    /// Each category.
    pub(super) rows: Vec<CategoryRow>,
    /// Inventions that meet more than one, by the categories they meet.
    pub(super) overlaps: Vec<(String, Link)>,
    /// All of those.
    pub(super) several: Option<Link>,
    /// All inventions, each once.
    pub(super) total: Option<Link>,
    /// Inventions that a person has yet to judge.
    pub(super) undetermined: Option<Link>,
    /// The official list beside our pre-judgement.
    pub(super) lists: Vec<(String, Option<Link>)>,
    /// What to say of the doubtful ones of the list; empty when there are none.
    pub(super) doubts_line: String,
    /// The first of them, each with the doubt.
    pub(super) doubts: Vec<(Link, String)>,
}

/// How many doubtful ones of the list are shown.
const DOUBTS_MAX: usize = 50;

/// One category.
#[derive(Debug)]
pub(super) struct CategoryRow {
    /// Its name.
    pub(super) name: String,
    /// How many inventions, as a link; nothing when it is not known.
    pub(super) count: Option<Link>,
    /// Why it is not known.
    pub(super) reason: String,
}

/// The id of the table of categories.
pub(super) const TABLE: &str = "categories";

/// One number of the tables of categories: the table, what is counted, the number, and why it is not known.
pub(super) type Counted = (String, String, Option<i64>, String);

impl Categories {
    /// Every number of the tables of categories, one a row.
    pub(super) fn counts(&self, frame: &Frame) -> Vec<Counted> {
        let number = |link: &Link| link.label.replace(',', "").parse().ok();
        let row = |table: &str, name: &str, count: Option<&Link>, reason: &str| {
            (frame.t(table), name.to_owned(), count.and_then(number), reason.to_owned())
        };
        let categories =
            self.rows.iter().map(|one| row("indicators-by-category", &one.name, one.count.as_ref(), &one.reason));
        let once = frame.t("indicators-each-once");
        let total = std::iter::once(row("indicators-by-category", &once, self.total.as_ref(), ""));
        let open = self.undetermined.iter();
        let open = open.map(|count| row("indicators-by-category", &frame.t("high-value-open"), Some(count), ""));
        let overlaps = self.overlaps.iter().map(|(words, count)| row("indicators-overlaps", words, Some(count), ""));
        let lists = self.lists.iter().map(|(words, count)| row("indicators-lists", words, count.as_ref(), ""));
        categories.chain(total).chain(open).chain(overlaps).chain(lists).collect()
    }
}

/// The numbers as a file.
pub(super) fn listing<'a>(frame: &'a Frame, path: &str) -> Listing<'a, Counted> {
    Listing::new(frame, TABLE, path, frame.t("indicators-categories"))
        .column("table", frame.t("indicators-table"), Kind::Text, |row: &Counted| Cell::text(row.0.clone()))
        .column("name", frame.t("patents-category"), Kind::Text, |row| Cell::text(row.1.clone()))
        .column("count", frame.t("indicators-pieces"), Kind::Number, |row| row.2.map_or_else(Cell::empty, Cell::number))
        .column("why", frame.t("cockpit-col-why"), Kind::Text, |row| Cell::text(row.3.clone()))
}

/// The categories of the run.
pub(super) fn categories(frame: &Frame, shown: &Shown) -> Categories {
    let high_value = &shown.evaluation().high_value;
    let list = |number: i64, key: &str| {
        Link::new(format::count(number), shown.keep(frame.at(&format!("/patents?high-value={key}"))))
    };
    let overlaps = overlaps(shown);
    let several: usize = overlaps.iter().map(|(_, count)| count).sum();
    let overlap = |(set, count): (Vec<i64>, usize)| {
        let key = set.iter().map(i64::to_string).collect::<Vec<_>>().join("-");
        let words = set.iter().map(|number| patents::category(frame, *number)).collect::<Vec<_>>().join(" + ");
        (words, list(i64::try_from(count).unwrap_or(i64::MAX), &key))
    };
    Categories {
        source: if high_value.source == "official" {
            frame.t("high-value-source-official")
        } else {
            frame.t("high-value-source-computed")
        },
        rows: (1..=5)
            .map(|number| CategoryRow {
                name: patents::category(frame, number),
                count: high_value
                    .categories
                    .get(&number.to_string())
                    .copied()
                    .flatten()
                    .map(|count| list(count, &number.to_string())),
                reason: high_value
                    .category_reasons
                    .get(&number.to_string())
                    .map(|reason| frame.said(reason))
                    .unwrap_or_default(),
            })
            .collect(),
        several: (several > 0).then(|| list(i64::try_from(several).unwrap_or(i64::MAX), "several")),
        overlaps: overlaps.into_iter().map(overlap).collect(),
        total: high_value.total.map(|total| list(total, "any")),
        undetermined: (high_value.undetermined > 0).then(|| list(high_value.undetermined, "open")),
        lists: lists(frame, shown),
        doubts_line: doubts_line(frame, shown),
        doubts: doubts(frame, shown),
    }
}

/// How many of the official list are doubtful, in words; empty when none is.
pub(crate) fn doubts_line(frame: &Frame, shown: &Shown) -> String {
    match shown.opened.views.rows("high_value_doubt").map_or(0, |rows| rows.len()) {
        0 => String::new(),
        count => frame.t1("high-value-doubts", "count", format::count(count as i128)),
    }
}

/// What the official list names and is no invention in force of the city on the day, each with a way to look at it.
pub(crate) fn doubts(frame: &Frame, shown: &Shown) -> Vec<(Link, String)> {
    let Some(rows) = shown.opened.views.rows("high_value_doubt") else { return Vec::new() };
    let as_of = shown.as_of().to_string();
    let doubt = |row| {
        let (number, doubt) = (rows.text(row, "application_number")?, rows.text(row, "doubt")?);
        let known = shown.opened.snapshot.rows("patent")?.whose("application_number", number).next().is_some();
        let href = match known {
            true => shown.keep(frame.at(&format!("/patents/{number}"))),
            false => history::link(frame, "official-high-value", &[number, &as_of]).unwrap_or_default(),
        };
        Some((Link::new(number, href), frame.said(doubt)))
    };
    (0..rows.len()).filter_map(doubt).take(DOUBTS_MAX).collect()
}

/// How many inventions meet each set of several categories, the most frequent first.
fn overlaps(shown: &Shown) -> Vec<(Vec<i64>, usize)> {
    let mut sets: BTreeMap<Vec<i64>, usize> = BTreeMap::new();
    for patent in patents::read::patents(&shown.opened).iter().filter(|patent| patent.categories.len() > 1) {
        *sets.entry(patent.categories.iter().copied().collect()).or_default() += 1;
    }
    let mut sorted: Vec<(Vec<i64>, usize)> = sets.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    sorted
}

fn lists(frame: &Frame, shown: &Shown) -> Vec<(String, Option<Link>)> {
    let high_value = &shown.evaluation().high_value;
    // Only the list that the run follows can be opened right by right.
    let total = |number: Option<i64>, source: &str| {
        let href =
            if high_value.source == source { shown.keep(frame.at("/patents?high-value=any")) } else { String::new() };
        number.map(|number| Link::new(format::count(number), href))
    };
    let difference = |count: usize, key: &str| {
        Some(Link::new(format::count(count as i128), shown.keep(frame.at(&format!("/patents?high-value={key}")))))
    };
    let mut rows = vec![
        (frame.t("high-value-list-official"), total(high_value.official, "official")),
        (frame.t("high-value-list-computed"), total(high_value.computed, "computed")),
    ];
    if let Some(found) = &high_value.difference {
        rows.push((frame.t("high-value-only-official"), difference(found.only_official.len(), "only-official")));
        rows.push((frame.t("high-value-only-computed"), difference(found.only_computed.len(), "only-computed")));
    }
    rows
}

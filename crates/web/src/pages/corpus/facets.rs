//! The side column: how many hits have each value of a dimension; a click narrows to exactly so many.

use corpus::{Corpus, Dimension, Facet, Query};

use super::Wish;
use crate::{format, frame::Frame};

/// What one facet is: its dimension, and the field that narrows by it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    dimension: Dimension,
    key: &'static str,
    field: &'static str,
}

/// The facets in the order of the page.
const KINDS: [Kind; 9] = [
    Kind { dimension: Dimension::Kind, key: "kind", field: "KD" },
    Kind { dimension: Dimension::State, key: "state", field: "ST" },
    Kind { dimension: Dimension::FiledYear, key: "filed-year", field: "AD" },
    Kind { dimension: Dimension::IpcSubclass, key: "ipc", field: "IC" },
    Kind { dimension: Dimension::Applicant, key: "applicant", field: "PA" },
    Kind { dimension: Dimension::Owner, key: "owner", field: "OW" },
    Kind { dimension: Dimension::Office, key: "office", field: "PC" },
    Kind { dimension: Dimension::Province, key: "province", field: "PV" },
    Kind { dimension: Dimension::City, key: "city", field: "CITY" },
];
/// How many values are shown, and how many once a facet was opened.
const SHOWN: usize = 6;
const OPENED: usize = 100;

/// The dimension with this key in the address.
pub(super) fn named(key: &str) -> Option<Dimension> {
    KINDS.iter().find(|kind| kind.key == key).map(|kind| kind.dimension)
}

/// The key of a dimension in the address.
pub(super) fn key(dimension: Dimension) -> &'static str {
    KINDS.iter().find(|kind| kind.dimension == dimension).map_or("", |kind| kind.key)
}

/// Counts every facet of a query.
pub(super) fn count(corpus: &Corpus, query: &Query, wish: &Wish) -> corpus::Result<Vec<(Kind, Facet)>> {
    let counted = KINDS.into_iter().map(|kind| {
        let limit = match (wish.opened == Some(kind.dimension), kind.dimension) {
            // Years are shown by year, so that all of them are wanted.
            (true, _) | (_, Dimension::FiledYear) => OPENED,
            _ => SHOWN,
        };
        Ok((kind, corpus.facet(query, kind.dimension, limit)?))
    });
    counted.collect()
}

/// A facet ready to print.
pub(super) struct FacetView {
    pub(super) key: &'static str,
    pub(super) title: String,
    pub(super) values: Vec<ValueView>,
    /// How many hits have no value.
    pub(super) unknown: Option<String>,
    /// Whether its values are names as documents write them.
    pub(super) holds_data: bool,
    /// The way to more values, or back to fewer.
    pub(super) more: Option<crate::pieces::Link>,
}

/// One value with its count.
pub(super) struct ValueView {
    pub(super) label: String,
    pub(super) count: String,
    pub(super) href: String,
}

impl FacetView {
    pub(super) fn of(frame: &Frame, wish: &Wish, kind: Kind, mut facet: Facet) -> Self {
        let is_opened = wish.opened == Some(kind.dimension);
        if kind.dimension == Dimension::FiledYear {
            facet.values.sort_by(|left, right| right.value.cmp(&left.value));
            facet.values.truncate(if is_opened { OPENED } else { SHOWN });
        }
        let shown = facet.values.len() as u64;
        let more = if is_opened {
            let back = Wish { opened: None, ..wish.on_page(1) };
            Some(crate::pieces::Link::new(frame.t("corpus-facet-less"), frame.at(&back.href())))
        } else if facet.distinct > shown {
            let wish = Wish { opened: Some(kind.dimension), ..wish.on_page(1) };
            let words = frame.t1("corpus-facet-more", "count", format::count(facet.distinct));
            Some(crate::pieces::Link::new(words, format!("{}#facet-{}", frame.at(&wish.href()), kind.key)))
        } else {
            None
        };
        let value = |one: corpus::FacetValue| ValueView {
            href: frame.at(&wish.narrowed_by(kind.narrowing(&one.value)).href()),
            label: kind.label(frame, one.value),
            count: format::count(one.documents),
        };
        Self {
            key: kind.key,
            title: kind.title(frame),
            holds_data: !matches!(kind.dimension, Dimension::Kind | Dimension::State | Dimension::Office),
            values: facet.values.into_iter().map(value).collect(),
            unknown: (facet.unknown > 0).then(|| format::count(facet.unknown)),
            more,
        }
    }
}

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

impl Kind {
    /// The query that has exactly the documents that a value counts.
    fn narrowing(self, value: &str) -> String {
        match self.dimension {
            Dimension::Applicant | Dimension::Owner => format!("{}=={}", self.field, quoted(value)),
            Dimension::Province | Dimension::City => format!("{}={}", self.field, quoted(value)),
            _ => format!("{}={value}", self.field),
        }
    }

    fn title(self, frame: &Frame) -> String {
        match self.key {
            "kind" => frame.t("corpus-facet-kind"),
            "state" => frame.t("corpus-facet-state"),
            "filed-year" => frame.t("corpus-facet-year"),
            "ipc" => frame.t("corpus-facet-ipc"),
            "applicant" => frame.t("corpus-facet-applicant"),
            "owner" => frame.t("corpus-facet-owner"),
            "office" => frame.t("corpus-facet-office"),
            "province" => frame.t("corpus-facet-province"),
            _ => frame.t("corpus-facet-city"),
        }
    }

    fn label(self, frame: &Frame, value: String) -> String {
        match self.dimension {
            Dimension::Kind | Dimension::State => frame.said(&value),
            Dimension::Office => crate::pages::patents::office(frame, &value),
            _ => value,
        }
    }
}

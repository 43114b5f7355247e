//! What the address of a search asks: the query and what narrows it, order, unit, page. Every search is a link that lasts.

use std::sync::Arc;

use axum::{extract, http::Uri};
use corpus::{Corpus, Dimension, Field, Nearness, Order, Query, QueryError, Value};

use crate::{app::App, error::AppError, format::encode, frame::Frame, list::SIZES, pieces::Link};

/// The orders with their keys in the address.
const ORDERS: [(Order, &str); 5] = [
    (Order::Relevance, "relevance"),
    (Order::FiledLatest, "filed"),
    (Order::FiledEarliest, "filed-earliest"),
    (Order::PublishedLatest, "published"),
    (Order::GrantedLatest, "granted"),
];

/// By what documents are like a text, with the keys in the address.
const NEARNESSES: [(Nearness, &str); 3] =
    [(Nearness::Words, "words"), (Nearness::Meaning, "meaning"), (Nearness::Both, "both")];

/// A file that a search can be saved as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Export {
    Xlsx,
    Csv,
}

impl Export {
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }
}

/// The wishes in the address; whatever makes no sense falls back to the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    /// The query as it was typed.
    pub(crate) q: String,
    /// What was clicked to narrow it, each a query of its own.
    pub(crate) narrow: Vec<String>,
    /// The hash of a list of numbers that is too long for the address.
    pub(crate) list: Option<String>,
    /// The numbers of that list, once it was looked up.
    pub(crate) numbers: Arc<Vec<String>>,
    pub(crate) order: Order,
    /// By what documents are like a text, where that is asked.
    pub(crate) near: Nearness,
    pub(crate) by_family: bool,
    /// The page, from 1.
    pub(crate) page: usize,
    pub(crate) size: usize,
    /// The facet of which more values are shown.
    pub(crate) opened: Option<Dimension>,
    pub(crate) export: Option<Export>,
    /// The basket into which so many were put just now.
    pub(crate) put: Option<(i64, u64)>,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            q: String::new(),
            narrow: Vec::new(),
            list: None,
            numbers: Arc::default(),
            order: Order::Relevance,
            near: Nearness::Words,
            by_family: false,
            page: 1,
            size: SIZES[0],
            opened: None,
            export: None,
            put: None,
        }
    }
}

/// A query that cannot be read: the message, and the text around the place it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pointed {
    pub(crate) message: String,
    pub(crate) before: String,
    pub(crate) at: String,
    pub(crate) after: String,
}

impl Pointed {
    pub(crate) fn new(text: &str, error: &QueryError) -> Self {
        let part = |from: usize, length: usize| text.chars().skip(from).take(length).collect::<String>();
        Self {
            message: error.to_string(),
            before: part(0, error.at),
            at: part(error.at, error.length.max(1)),
            after: part(error.at + error.length.max(1), usize::MAX),
        }
    }
}

impl Wish {
    /// The wishes in an address.
    pub(crate) fn parse(uri: &Uri) -> Self {
        let pairs = extract::Query::<Vec<(String, String)>>::try_from_uri(uri);
        let pairs = pairs.map(|extract::Query(pairs)| pairs).unwrap_or_default();
        let mut wish = Self::default();
        let (mut basket, mut count) = (None, 0);
        for (name, value) in pairs {
            let value = value.trim();
            match name.as_str() {
                _ if value.is_empty() => {}
                "q" => value.clone_into(&mut wish.q),
                "narrow" => wish.narrow.push(value.to_owned()),
                "list" => wish.list = Some(value.to_owned()),
                "sort" => {
                    wish.order = ORDERS.into_iter().find(|(_, key)| *key == value).map_or(Order::Relevance, |(o, _)| o);
                }
                "near" => {
                    wish.near =
                        NEARNESSES.into_iter().find(|(_, key)| *key == value).map_or(Nearness::Words, |(by, _)| by);
                }
                "unit" => wish.by_family = value == "family",
                "page" => wish.page = value.parse().ok().filter(|page| *page > 0).unwrap_or(1),
                "size" => wish.size = value.parse().ok().filter(|size| SIZES.contains(size)).unwrap_or(SIZES[0]),
                "facet" => wish.opened = super::facets::named(value),
                "export" => wish.export = [Export::Xlsx, Export::Csv].into_iter().find(|kind| kind.key() == value),
                "basket" => basket = value.parse().ok(),
                "count" => count = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        wish.put = basket.map(|basket| (basket, count));
        wish
    }

    /// The wish for the hits of a query, all else as usual.
    pub(crate) fn asking(q: &str) -> Self {
        Self { q: q.to_owned(), ..Self::default() }
    }

    /// The wish for the documents of a list of numbers that was kept.
    pub(crate) fn listed(hash: String) -> Self {
        Self { list: Some(hash), ..Self::default() }
    }

    /// The same with the numbers of its list, if it names one.
    pub(crate) async fn with_numbers(mut self, app: &App, frame: &Frame) -> Result<Self, AppError> {
        if let Some(hash) = &self.list {
            let found = domain::number_lists::find(app.db(), hash).await?;
            self.numbers = Arc::new(found.ok_or_else(|| AppError::NotFound(frame.t("corpus-list-absent")))?);
        }
        Ok(self)
    }

    /// Whether nothing is asked yet.
    pub(crate) fn is_unasked(&self) -> bool {
        self.q.is_empty() && self.narrow.is_empty() && self.list.is_none()
    }

    /// The whole query, or where it cannot be read.
    pub(crate) fn query(&self, corpus: &Corpus) -> corpus::Result<Result<Query, Pointed>> {
        if corpus.is_number(&self.q)? {
            return Ok(self.narrowing(Query::numbers(vec![self.q.clone()])));
        }
        Ok(Query::parse(&self.q).map_err(|error| Pointed::new(&self.q, &error)).and_then(|query| self.narrowing(query)))
    }

    fn narrowing(&self, mut query: Query) -> Result<Query, Pointed> {
        if self.list.is_some() {
            query = Query::numbers(self.numbers.to_vec()).and(query);
        }
        for text in &self.narrow {
            query = query.and(Query::parse(text).map_err(|error| Pointed::new(text, &error))?);
        }
        Ok(query)
    }

    /// The address below the base path; what is the default is left out.
    pub(crate) fn href(&self) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        if !self.q.is_empty() {
            pairs.push(("q", self.q.clone()));
        }
        pairs.extend(self.list.iter().map(|hash| ("list", hash.clone())));
        pairs.extend(self.narrow.iter().map(|text| ("narrow", text.clone())));
        if self.order != Order::Relevance {
            pairs.push(("sort", self.order_key().to_owned()));
        }
        pairs.extend(self.near_key().map(|key| ("near", key.to_owned())));
        if self.by_family {
            pairs.push(("unit", "family".to_owned()));
        }
        if self.size != SIZES[0] {
            pairs.push(("size", self.size.to_string()));
        }
        pairs.extend(self.opened.map(|dimension| ("facet", super::facets::key(dimension).to_owned())));
        if self.page > 1 {
            pairs.push(("page", self.page.to_string()));
        }
        pairs.extend(self.export.map(|kind| ("export", kind.key().to_owned())));
        let pairs: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        if pairs.is_empty() { super::PATH.to_owned() } else { format!("{}?{}", super::PATH, pairs.join("&")) }
    }

    /// The fields that the form of the box keeps.
    pub(crate) fn kept(&self) -> Vec<(&'static str, String)> {
        let mut kept = Vec::new();
        kept.extend(self.list.iter().map(|hash| ("list", hash.clone())));
        if self.order != Order::Relevance {
            kept.push(("sort", self.order_key().to_owned()));
        }
        kept.extend(self.near_key().map(|key| ("near", key.to_owned())));
        if self.by_family {
            kept.push(("unit", "family".to_owned()));
        }
        if self.size != SIZES[0] {
            kept.push(("size", self.size.to_string()));
        }
        kept
    }

    /// The same on another page.
    pub(crate) fn on_page(&self, page: usize) -> Self {
        Self { page, export: None, put: None, ..self.clone() }
    }

    /// The same narrowed by one more query.
    pub(crate) fn narrowed_by(&self, text: String) -> Self {
        let mut wish = Self { opened: None, ..self.on_page(1) };
        if !wish.narrow.contains(&text) {
            wish.narrow.push(text);
        }
        wish
    }

    /// What narrows the search, each with the way to drop it.
    pub(super) fn narrowed(&self, frame: &Frame) -> Vec<Link> {
        let without = |at: usize| {
            let mut wish = self.on_page(1);
            wish.narrow.remove(at);
            frame.at(&wish.href())
        };
        let list = self.list.as_ref().map(|_| {
            let words = frame.t1("corpus-list", "count", crate::format::count(self.numbers.len()));
            Link::new(words, frame.at(&Self { list: None, ..self.on_page(1) }.href()))
        });
        let narrow = self.narrow.iter().enumerate().map(|(at, text)| Link::new(in_words(frame, text), without(at)));
        list.into_iter().chain(narrow).collect()
    }

    /// The orders, and which is in use.
    pub(super) fn orders(&self, frame: &Frame) -> Vec<(Link, bool)> {
        let one = |(order, key): (Order, &str)| {
            let href = Self { order, ..self.on_page(1) }.href();
            let word = match key {
                "filed" => frame.t("corpus-sort-filed"),
                "filed-earliest" => frame.t("corpus-sort-filed-earliest"),
                "published" => frame.t("corpus-sort-published"),
                "granted" => frame.t("corpus-sort-granted"),
                _ => frame.t("corpus-sort-relevance"),
            };
            (Link::new(word, frame.at(&href)), order == self.order)
        };
        ORDERS.map(one).into()
    }

    /// By what documents are like a text, and which is in use.
    pub(super) fn nearnesses(&self, frame: &Frame) -> Vec<(Link, bool)> {
        let one = |(near, key): (Nearness, &str)| {
            let word = match key {
                "meaning" => frame.t("corpus-near-meaning"),
                "both" => frame.t("corpus-near-both"),
                _ => frame.t("corpus-near-words"),
            };
            (Link::new(word, frame.at(&Self { near, ..self.on_page(1) }.href())), near == self.near)
        };
        NEARNESSES.map(one).into()
    }

    /// By document or one of each family.
    pub(super) fn units(&self, frame: &Frame) -> Vec<(Link, bool)> {
        [(false, frame.t("corpus-by-document")), (true, frame.t("corpus-by-family"))]
            .into_iter()
            .map(|(by_family, word)| {
                let href = Self { by_family, ..self.on_page(1) }.href();
                (Link::new(word, frame.at(&href)), by_family == self.by_family)
            })
            .collect()
    }

    pub(super) fn sizes(&self, frame: &Frame, total: usize) -> Vec<(usize, String, bool)> {
        if total <= SIZES[0] {
            return Vec::new();
        }
        SIZES
            .into_iter()
            .map(|size| (size, frame.at(&Self { size, ..self.on_page(1) }.href()), size == self.size))
            .collect()
    }

    /// None where words rank, as usual.
    fn near_key(&self) -> Option<&'static str> {
        NEARNESSES.into_iter().skip(1).find(|(near, _)| *near == self.near).map(|(_, key)| key)
    }

    fn order_key(&self) -> &'static str {
        ORDERS.into_iter().find(|(order, _)| *order == self.order).map_or("relevance", |(_, key)| key)
    }
}

/// A query of one field in words: 申请人：某公司.
fn in_words(frame: &Frame, text: &str) -> String {
    let Ok(Query::Term(term)) = Query::parse(text) else { return text.to_owned() };
    let value = match (term.field, &term.value) {
        (Field::Arrival, Value::Whole(number)) => return frame.t1("corpus-since", "number", number),
        (Field::Office, Value::Whole(code)) => crate::pages::patents::office(frame, code),
        (_, Value::Words(text) | Value::Phrase(text) | Value::Whole(text) | Value::Wildcard(text)) => frame.said(text),
        (_, Value::Days(Some(first), Some(last)))
            if first.first_of_year() == *first && last.last_of_year() == *last =>
        {
            first.year().to_string()
        }
        (_, Value::Days(..) | Value::Numbers(_)) => return text.to_owned(),
    };
    format!("{}{}{value}", frame.said(term.field.zh()), frame.t("word-colon"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_back_as_it_was_written() {
        let wish = Wish {
            q: "TI=\"石墨烯\" AND AD>=2018".into(),
            narrow: vec!["PA==\"甲&乙\"".into(), "ST=有效".into()],
            list: Some("00ff".into()),
            numbers: Arc::default(),
            order: Order::FiledLatest,
            near: Nearness::Both,
            by_family: true,
            page: 3,
            size: 50,
            opened: Some(Dimension::Applicant),
            export: Some(Export::Csv),
            put: None,
        };
        assert_eq!(Wish::parse(&wish.href().parse().unwrap()), wish);
        assert_eq!(Wish::default().href(), "/corpus");
        assert_eq!(
            Wish::parse(&"/corpus?page=0&size=7&sort=x&near=z&facet=y&export=z".parse().unwrap()),
            Wish::default()
        );
    }

    #[test]
    fn a_mistake_is_shown_at_its_place() {
        let text = "石墨烯 AND (电池";
        let pointed = Pointed::new(text, &Query::parse(text).unwrap_err());
        assert_eq!(
            (pointed.before.as_str(), pointed.at.as_str(), pointed.after.as_str()),
            ("石墨烯 AND ", "(", "电池")
        );
        assert!(pointed.message.contains("第 9 个字符"), "{}", pointed.message);
    }
}

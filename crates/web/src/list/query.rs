//! What the address says about a list.

use std::{collections::BTreeMap, convert::Infallible};

use axum::{
    extract::{FromRequestParts, Query},
    http::{Uri, request::Parts},
};

use crate::format::encode;

/// The page sizes offered; the first is the default.
pub const SIZES: [usize; 3] = [25, 50, 100];
/// What an address says of the whole page rather than of one of its lists.
const OF_THE_PAGE: [&str; 3] = ["run", "before", "until"];
/// The longest search, in characters; the rest is cut off.
const SEARCH_CHARS_MAX: usize = 100;

/// The direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dir {
    /// Ascending.
    #[default]
    Up,
    /// Descending.
    Down,
}

impl Dir {
    /// Its key in the address.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// In which form a whole list leaves the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// A workbook.
    #[default]
    Workbook,
    /// Csv, for other programs.
    Csv,
    /// A page to print.
    Print,
}

impl Form {
    const ALL: [Self; 3] = [Self::Workbook, Self::Csv, Self::Print];

    /// Its key in the address, which ends the names of files too.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Workbook => "xlsx",
            Self::Csv => "csv",
            Self::Print => "print",
        }
    }
}

/// The wishes in the address; whatever makes no sense falls back to the default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// The search.
    pub q: String,
    /// The column to sort by.
    pub sort: Option<String>,
    /// The direction.
    pub dir: Dir,
    /// The page, from 1.
    pub page: usize,
    /// Rows on a page.
    pub size: usize,
    /// Whether the whole list is asked for instead of the page: as a file, or to print.
    pub export: bool,
    /// In which form.
    pub form: Form,
    /// Which list is meant, where a page has several.
    pub list: Option<String>,
    filters: BTreeMap<String, String>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            q: String::new(),
            sort: None,
            dir: Dir::Up,
            page: 1,
            size: SIZES[0],
            export: false,
            form: Form::Workbook,
            list: None,
            filters: BTreeMap::new(),
        }
    }
}

impl ListQuery {
    /// The wishes in an address.
    pub fn parse(uri: &Uri) -> Self {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri).map(|Query(pairs)| pairs).unwrap_or_default();
        let mut query = Self::default();
        for (name, value) in pairs {
            let value = value.trim().to_owned();
            match name.as_str() {
                _ if value.is_empty() => {}
                "q" => query.q = value.chars().take(SEARCH_CHARS_MAX).collect(),
                "sort" => query.sort = Some(value),
                "dir" => query.dir = if value == "down" { Dir::Down } else { Dir::Up },
                "page" => query.page = value.parse().ok().filter(|page| *page > 0).unwrap_or(1),
                "size" => query.size = value.parse().ok().filter(|size| SIZES.contains(size)).unwrap_or(SIZES[0]),
                "export" => {
                    let form = Form::ALL.into_iter().find(|form| form.key() == value);
                    (query.export, query.form) = (form.is_some(), form.unwrap_or_default());
                }
                "list" => query.list = Some(value),
                _ => {
                    query.filters.insert(name, value);
                }
            }
        }
        query
    }

    /// The wishes for one of several lists on a page; a list that the address does not mean keeps to its own order.
    #[must_use]
    pub fn of(&self, list: &str) -> Self {
        let list = Some(list.to_owned());
        if self.list == list { self.clone() } else { Self { list, ..self.apart() } }
    }

    /// The wishes for the leading list of a page, which the address does not name.
    #[must_use]
    pub fn leading(&self) -> Self {
        if self.list.is_none() { self.clone() } else { self.apart() }
    }

    /// Only what concerns the whole page.
    fn apart(&self) -> Self {
        let mut filters = self.filters.clone();
        filters.retain(|name, _| OF_THE_PAGE.contains(&name.as_str()));
        Self { filters, ..Self::default() }
    }

    /// The value chosen for a filter, if one is.
    pub fn filter(&self, name: &str) -> Option<&str> {
        self.filters.get(name).map(String::as_str)
    }

    /// The same wishes on another page.
    #[must_use]
    pub fn on_page(&self, page: usize) -> Self {
        Self { page, export: false, form: Form::Workbook, ..self.clone() }
    }

    /// The same wishes with another page size, from the first page.
    #[must_use]
    pub fn of_size(&self, size: usize) -> Self {
        Self { size, ..self.on_page(1) }
    }

    /// The same wishes in another order, from the first page.
    #[must_use]
    pub fn sorted(&self, column: &str, dir: Dir) -> Self {
        Self { sort: Some(column.to_owned()), dir, ..self.on_page(1) }
    }

    /// The same order and size without search and filters.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self { q: String::new(), filters: BTreeMap::new(), ..self.on_page(1) }
    }

    /// The same rows as a whole, in this form.
    #[must_use]
    pub fn exported(&self, form: Form) -> Self {
        Self { export: true, form, ..self.on_page(1) }
    }

    /// The address of these wishes; what is the default is left out.
    pub fn href(&self, path: &str) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        if let Some(list) = &self.list {
            pairs.push(("list", list.clone()));
        }
        if !self.q.is_empty() {
            pairs.push(("q", self.q.clone()));
        }
        pairs.extend(self.filters.iter().map(|(name, value)| (name.as_str(), value.clone())));
        if let Some(sort) = &self.sort {
            pairs.push(("sort", sort.clone()));
            pairs.push(("dir", self.dir.key().to_owned()));
        }
        if self.size != SIZES[0] {
            pairs.push(("size", self.size.to_string()));
        }
        if self.page > 1 {
            pairs.push(("page", self.page.to_string()));
        }
        if self.export {
            pairs.push(("export", self.form.key().to_owned()));
        }
        if pairs.is_empty() {
            return path.to_owned();
        }
        let text: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        // Without scripts a page opens at the list that the address means.
        let place = self.list.as_ref().filter(|_| !self.export).map_or_else(String::new, |list| format!("#{list}"));
        format!("{path}?{}{place}", text.join("&"))
    }
}

impl<S: Sync> FromRequestParts<S> for ListQuery {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self::parse(&parts.uri))
    }
}

//! Lists of rows in memory: sorted, filtered, searched, paged and exported by what the address says.
//!
//! A page names its columns once; the table on the page, its cards on a phone and the exported workbook come from them.

mod cell;
mod export;
mod query;
#[cfg(test)]
mod tests;
mod view;

pub use cell::{Cell, Key};
pub use query::{Dir, Form, ListQuery, SIZES};
pub(crate) use view::page_links;
pub use view::{FilterView, HeadView, ListingView, PageLink};

use std::{collections::BTreeSet, sync::Arc};

use crate::{by_run::ByRun, form::Choice, frame::Frame, pieces::Link, search_key::Sought};

/// What a column holds, which decides how it is set and exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words, to the left.
    Text,
    /// Long numbers that are names, as credit codes: never a number in a workbook.
    Code,
    /// Numbers, to the right.
    Number,
    /// Amounts, short on the page and in exact yuan in a workbook.
    Money,
    /// Dates, never broken.
    Date,
}

/// What an address says of the list itself; no filter may bear such a name.
const RESERVED: [&str; 7] = ["q", "sort", "dir", "page", "size", "export", "list"];

/// A list: its columns, filters and search over rows of `T`.
pub struct Listing<'a, T> {
    frame: &'a Frame,
    id: &'static str,
    path: String,
    caption: String,
    columns: Vec<Column<'a, T>>,
    filters: Vec<Filter<'a, T>>,
    search: Option<Search<'a, T>>,
    default_sort: Option<(&'static str, Dir)>,
    /// Under which name the order of the rows is kept; none where rows may change.
    kept_as: Option<String>,
    empty: (String, String),
}

struct Column<'a, T> {
    id: &'static str,
    heading: String,
    kind: Kind,
    cell: Box<dyn Fn(&T) -> Cell + 'a>,
    /// Whether the page leaves it to the exported file.
    is_only_in_file: bool,
}

/// Whether a row is kept by the value chosen.
type Keeps<'a, T> = Box<dyn Fn(&T, &str) -> bool + 'a>;

struct Filter<'a, T> {
    name: &'static str,
    label: String,
    choices: Vec<Choice>,
    keeps: Keeps<'a, T>,
}

/// Whether a row is found by what is searched.
type Finds<'a, T> = Box<dyn Fn(&T, &Sought) -> bool + 'a>;

struct Search<'a, T> {
    label: String,
    finds: Finds<'a, T>,
}

/// Where a table of a page that is no list can be had as a file; the page answers these with the [`Listing`] of this id.
pub fn downloads(frame: &Frame, path: &str, id: &str, query: &ListQuery) -> Vec<Link> {
    let of = query.of(id);
    let file = |form, word: &str| Link::new(frame.t(word), of.exported(form).href(&frame.at(path)));
    vec![file(Form::Workbook, "list-export"), file(Form::Csv, "list-csv")]
}

/// Places of rows in the order of a column.
static ORDERS: ByRun<Vec<usize>> = ByRun::new(24);

impl<'a, T> Listing<'a, T> {
    /// A list at a path below the base path; the id is unique on its page and names the exported file.
    pub fn new(frame: &'a Frame, id: &'static str, path: &str, caption: impl Into<String>) -> Self {
        Self {
            frame,
            id,
            path: frame.at(path),
            caption: caption.into(),
            columns: Vec::new(),
            filters: Vec::new(),
            search: None,
            default_sort: None,
            kept_as: None,
            empty: (frame.t("list-empty"), frame.t("list-empty-todo")),
        }
    }

    /// Adds a column; the first one is the row's heading and usually links to the row's own page.
    #[must_use]
    pub fn column(
        mut self,
        id: &'static str,
        heading: impl Into<String>,
        kind: Kind,
        cell: impl Fn(&T) -> Cell + 'a,
    ) -> Self {
        self.columns.push(Column { id, heading: heading.into(), kind, cell: Box::new(cell), is_only_in_file: false });
        self
    }

    /// Leaves columns to the exported file, where a page has no room for all that is known.
    #[must_use]
    pub fn only_in_file(mut self, ids: &[&str]) -> Self {
        for column in &mut self.columns {
            column.is_only_in_file |= ids.contains(&column.id);
        }
        self
    }

    /// Adds a filter by choice; `keeps` says whether a row passes for a chosen value.
    #[must_use]
    pub fn filter(
        mut self,
        name: &'static str,
        label: impl Into<String>,
        choices: Vec<Choice>,
        keeps: impl Fn(&T, &str) -> bool + 'a,
    ) -> Self {
        debug_assert!(!RESERVED.contains(&name), "the address uses `{name}` for the list itself");
        self.filters.push(Filter { name, label: label.into(), choices, keeps: Box::new(keeps) });
        self
    }

    /// Adds a filter by the years that stand in the rows, the latest first.
    #[must_use]
    pub fn years(
        self,
        name: &'static str,
        label: impl Into<String>,
        rows: &[T],
        year: impl Fn(&T) -> i64 + 'a,
    ) -> Self {
        let years: BTreeSet<i64> = rows.iter().map(&year).collect();
        let choices = years.into_iter().rev().map(|year| Choice::new(year.to_string(), year.to_string())).collect();
        self.filter(name, label, choices, move |row, wanted| year(row).to_string() == wanted)
    }

    /// Adds a filter by the words that stand in the rows.
    #[must_use]
    pub fn words(
        self,
        name: &'static str,
        label: impl Into<String>,
        rows: &[T],
        word: impl Fn(&T) -> &str + 'a,
    ) -> Self {
        let words: BTreeSet<&str> = rows.iter().map(&word).filter(|word| !word.is_empty()).collect();
        let choices = words.into_iter().map(|word| Choice::new(word, word)).collect();
        self.filter(name, label, choices, move |row, wanted| word(row) == wanted)
    }

    /// Adds the search field; `text` gives what is searched, by words, initials or pinyin.
    #[must_use]
    pub fn search(self, label: impl Into<String>, text: impl Fn(&T) -> String + 'a) -> Self {
        self.search_by(label, move |row, sought| sought.is_in(&text(row)))
    }

    /// Adds the search field; `finds` says whether a row is found.
    #[must_use]
    pub fn search_by(mut self, label: impl Into<String>, finds: impl Fn(&T, &Sought) -> bool + 'a) -> Self {
        self.search = Some(Search { label: label.into(), finds: Box::new(finds) });
        self
    }

    /// The order when the address names none; without it the rows keep the order they came in.
    #[must_use]
    pub fn sorted_by(mut self, column: &'static str, dir: Dir) -> Self {
        self.default_sort = Some((column, dir));
        self
    }

    /// Keeps the order of the rows in memory: under this key, in this language, the list always has the same rows and cells.
    #[must_use]
    pub fn kept_as(mut self, key: &str) -> Self {
        self.kept_as = Some(format!("{} {key} {}", self.path, self.frame.lang.key()));
        self
    }

    /// What is said when there is no row at all: what is missing, and what to do.
    #[must_use]
    pub fn when_empty(mut self, what: impl Into<String>, todo: impl Into<String>) -> Self {
        self.empty = (what.into(), todo.into());
        self
    }

    /// The rows that pass: what the list holds on all its pages.
    pub fn passing<'r>(&self, rows: &'r [T], query: &ListQuery) -> impl Iterator<Item = &'r T> {
        let sought = Sought::of(&query.q);
        rows.iter().filter(move |row| self.keeps(row, query, &sought))
    }

    /// The places of the rows that pass, in order: what the export holds.
    fn chosen(&self, rows: &[T], query: &ListQuery) -> Arc<Vec<usize>> {
        let sought = Sought::of(&query.q);
        let passes = |place: &usize| self.keeps(&rows[*place], query, &sought);
        let all_pass = sought.is_empty() && self.filters.iter().all(|filter| query.filter(filter.name).is_none());
        match (self.order(query), &self.kept_as) {
            ((None, _), _) => Arc::new((0..rows.len()).filter(passes).collect()),
            ((Some(column), dir), None) => {
                Arc::new(column.sorted((0..rows.len()).filter(passes).collect(), dir, |place| &rows[*place]))
            }
            ((Some(column), dir), Some(key)) => {
                let key = format!("{key} {} {dir:?}", column.id);
                let order = ORDERS.get(&key, || column.sorted((0..rows.len()).collect(), dir, |place| &rows[*place]));
                if all_pass { order } else { Arc::new(order.iter().copied().filter(passes).collect()) }
            }
        }
    }

    fn keeps(&self, row: &T, query: &ListQuery, sought: &Sought) -> bool {
        let filtered =
            self.filters.iter().all(|filter| query.filter(filter.name).is_none_or(|value| (filter.keeps)(row, value)));
        let is_found = |search: &Search<'_, T>| sought.is_empty() || (search.finds)(row, sought);
        filtered && self.search.as_ref().is_none_or(is_found)
    }

    fn order(&self, query: &ListQuery) -> (Option<&Column<'a, T>>, Dir) {
        let find = |id: &str| self.columns.iter().find(|column| column.id == id);
        match query.sort.as_deref().and_then(find) {
            Some(column) => (Some(column), query.dir),
            None => match self.default_sort {
                Some((id, dir)) => (find(id), dir),
                None => (None, Dir::Up),
            },
        }
    }
}

impl<T> Column<'_, T> {
    /// Items in the order of the rows they stand for; what is missing stays last in either direction.
    fn sorted<'r, I>(&self, items: Vec<I>, dir: Dir, row: impl Fn(&I) -> &'r T) -> Vec<I>
    where
        T: 'r,
    {
        let mut keyed: Vec<(Key, I)> = items.into_iter().map(|item| ((self.cell)(row(&item)).key, item)).collect();
        keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
        if dir == Dir::Down {
            keyed.reverse();
            keyed.sort_by_key(|(key, _)| *key == Key::Missing);
        }
        keyed.into_iter().map(|(_, item)| item).collect()
    }
}

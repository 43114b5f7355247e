//! A list ready to print by the component `listing`.

use crate::{
    form::Choice,
    format,
    list::{Cell, Dir, Form, Kind, ListQuery, Listing, SIZES},
};

/// Up to how many rows of a table beside others are found without filters.
const FEW: usize = 12;

/// A list ready to print.
#[derive(Debug)]
pub struct ListingView {
    /// The id of the element, which htmx replaces.
    pub id: &'static str,
    /// What the table holds.
    pub caption: String,
    /// Where the filters are sent to.
    pub action: String,
    /// The label of the search field, if there is one.
    pub search_label: Option<String>,
    /// The search.
    pub q: String,
    /// The filters.
    pub filters: Vec<FilterView>,
    /// The order and size that the filter form keeps, as name and value.
    pub kept: Vec<(&'static str, String)>,
    /// What is filtered by, in words; empty when nothing is.
    pub summary: Vec<String>,
    /// The address without search and filters.
    pub clear: String,
    /// How many rows pass, ready to print.
    pub total: String,
    /// The first and last row shown, ready to print; `None` when all are.
    pub range: Option<(String, String)>,
    /// The headings.
    pub heads: Vec<HeadView>,
    /// The rows.
    pub rows: Vec<Vec<Cell>>,
    /// The pages; empty when one is enough.
    pub pages: Vec<PageLink>,
    /// The pages before and after.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
    /// The page sizes, with their addresses; empty when the smallest is enough.
    pub sizes: Vec<(usize, String, bool)>,
    /// Where the workbook is.
    pub export: String,
    /// Where the same is as csv.
    pub csv: String,
    /// Where the whole list is, to print.
    pub print: String,
    /// What is said when no row is shown: what is missing, and what to do.
    pub empty: Option<(String, String)>,
}

/// A filter ready to print.
#[derive(Debug)]
pub struct FilterView {
    /// Its name in the address.
    pub name: &'static str,
    /// Its label.
    pub label: String,
    /// Its choices.
    pub choices: Vec<Choice>,
}

/// A heading ready to print.
#[derive(Debug)]
pub struct HeadView {
    /// Its words.
    pub label: String,
    /// Where a click sorts.
    pub href: String,
    /// `ascending`, `descending`, or empty.
    pub sorted: &'static str,
    /// How its cells are set: `number`, `date`, or empty.
    pub class: &'static str,
}

/// One page of a list; a gap when it has no number.
#[derive(Debug, PartialEq, Eq)]
pub struct PageLink {
    /// Its number; `None` for a gap.
    pub number: Option<usize>,
    /// Its address.
    pub href: String,
    /// Whether it is shown.
    pub is_current: bool,
}

impl ListingView {
    /// Keeps a word of the address when the list is filtered or cleared.
    pub(crate) fn keep(&mut self, name: &'static str, value: &str) {
        let (address, place) = self.clear.split_once('#').unwrap_or((&self.clear, ""));
        let mark = if address.contains('?') { '&' } else { '?' };
        let place = if place.is_empty() { String::new() } else { format!("#{place}") };
        self.clear = format!("{address}{mark}{name}={}{place}", format::encode(value));
        self.kept.push((name, value.to_owned()));
    }
}

impl<T> Listing<'_, T> {
    /// The list ready to print.
    pub fn view(&self, rows: &[T], query: &ListQuery) -> ListingView {
        let chosen = self.chosen(rows, query);
        let total = chosen.len();
        let last_page = total.div_ceil(query.size).max(1);
        let page = query.page.min(last_page);
        let first = (page - 1) * query.size;
        let shown = &chosen[first..total.min(first + query.size)];
        let cells = |place: &usize| self.on_page().map(|column| (column.cell)(&rows[*place])).collect();
        let go = |page: usize| query.on_page(page).href(&self.path);
        // A short table beside others needs no form to find a row.
        let is_short = query.list.is_some() && rows.len() <= FEW;
        ListingView {
            id: self.id,
            caption: self.caption.clone(),
            action: self.path.clone(),
            search_label: self.search.as_ref().filter(|_| !is_short).map(|search| search.label.clone()),
            q: query.q.clone(),
            filters: if is_short { Vec::new() } else { self.filter_views(query) },
            kept: kept(query),
            summary: self.summary(query),
            clear: query.cleared().href(&self.path),
            total: format::count(total as i64),
            range: (last_page > 1)
                .then(|| (format::count(first as i64 + 1), format::count((first + shown.len()) as i64))),
            heads: self.heads(query),
            rows: shown.iter().map(cells).collect(),
            pages: page_links(page, last_page, go),
            previous: (page > 1).then(|| go(page - 1)),
            next: (page < last_page).then(|| go(page + 1)),
            sizes: sizes(total, query, &self.path),
            export: query.exported(Form::Workbook).href(&self.path),
            csv: query.exported(Form::Csv).href(&self.path),
            print: query.exported(Form::Print).href(&self.path),
            empty: self.empty_words(rows.is_empty(), total == 0),
        }
    }

    fn filter_views(&self, query: &ListQuery) -> Vec<FilterView> {
        let view = |filter: &super::Filter<'_, T>| {
            let value = query.filter(filter.name);
            let choose = |choice: &Choice| Choice { is_chosen: value == Some(choice.value.as_str()), ..choice.clone() };
            FilterView {
                name: filter.name,
                label: filter.label.clone(),
                choices: filter.choices.iter().map(choose).collect(),
            }
        };
        // A filter by nothing is no choice.
        self.filters.iter().filter(|filter| !filter.choices.is_empty()).map(view).collect()
    }

    pub(super) fn summary(&self, query: &ListQuery) -> Vec<String> {
        let mut words = Vec::new();
        if self.search.is_some() && !query.q.is_empty() {
            words.push(self.frame.t1("list-searched", "q", &query.q));
        }
        for filter in &self.filters {
            if let Some(value) = query.filter(filter.name) {
                let label =
                    filter.choices.iter().find(|choice| choice.value == value).map_or(value, |choice| &choice.label);
                words.push(
                    self.frame.tn("list-filtered", &[("label", filter.label.clone()), ("value", label.to_owned())]),
                );
            }
        }
        words
    }

    fn heads(&self, query: &ListQuery) -> Vec<HeadView> {
        let (ordered, dir) = self.order(query);
        let view = |column: &super::Column<'_, T>| {
            let is_ordered = ordered.is_some_and(|ordered| ordered.id == column.id);
            // Numbers and dates are first wanted from the top down.
            let first = if matches!(column.kind, Kind::Text | Kind::Code) { Dir::Up } else { Dir::Down };
            let next = match (is_ordered, dir) {
                (true, Dir::Up) => Dir::Down,
                (true, Dir::Down) => Dir::Up,
                (false, _) => first,
            };
            HeadView {
                label: column.heading.clone(),
                href: query.sorted(column.id, next).href(&self.path),
                sorted: match (is_ordered, dir) {
                    (false, _) => "",
                    (true, Dir::Up) => "ascending",
                    (true, Dir::Down) => "descending",
                },
                class: match column.kind {
                    Kind::Text | Kind::Code => "",
                    Kind::Number | Kind::Money => "number",
                    Kind::Date => "date",
                },
            }
        };
        self.on_page().map(view).collect()
    }

    fn on_page(&self) -> impl Iterator<Item = &super::Column<'_, T>> {
        self.columns.iter().filter(|column| !column.is_only_in_file)
    }

    fn empty_words(&self, nothing_at_all: bool, nothing_found: bool) -> Option<(String, String)> {
        match (nothing_at_all, nothing_found) {
            (true, _) => Some(self.empty.clone()),
            (false, true) => Some((self.frame.t("list-none-found"), self.frame.t("list-none-found-todo"))),
            (false, false) => None,
        }
    }
}

fn kept(query: &ListQuery) -> Vec<(&'static str, String)> {
    let mut kept: Vec<_> = query.list.iter().map(|list| ("list", list.clone())).collect();
    if let Some(sort) = &query.sort {
        kept.push(("sort", sort.clone()));
        kept.push(("dir", query.dir.key().to_owned()));
    }
    if query.size != SIZES[0] {
        kept.push(("size", query.size.to_string()));
    }
    kept
}

fn sizes(total: usize, query: &ListQuery, path: &str) -> Vec<(usize, String, bool)> {
    if total <= SIZES[0] {
        return Vec::new();
    }
    SIZES.into_iter().map(|size| (size, query.of_size(size).href(path), size == query.size)).collect()
}

/// First, last and the neighbours of the page shown, with gaps between.
pub(crate) fn page_links(page: usize, last: usize, go: impl Fn(usize) -> String) -> Vec<PageLink> {
    if last <= 1 {
        return Vec::new();
    }
    let mut links = Vec::new();
    let mut before = 0;
    for number in (1..=last).filter(|number| *number == 1 || *number == last || number.abs_diff(page) <= 1) {
        if number > before + 1 {
            links.push(PageLink { number: None, href: String::new(), is_current: false });
        }
        links.push(PageLink { number: Some(number), href: go(number), is_current: number == page });
        before = number;
    }
    links
}

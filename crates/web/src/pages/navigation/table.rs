//! A figure of a report as a page shows it: the chart, the table, the search behind it and how it was counted.

use navigation::{Drawing, Figure, Kind, Row};

use super::{document_href, search_href};
use crate::{
    chart::{self, Chart, Forecast, Series},
    format,
    frame::Frame,
};

/// How long a search may be to be printed whole; a longer one is folded.
const SEARCH_SHOWN: usize = 300;

/// A figure ready to print.
pub(super) struct FigureView {
    pub(super) id: String,
    pub(super) question: String,
    pub(super) finding: String,
    pub(super) method: String,
    pub(super) line: String,
    pub(super) search: String,
    pub(super) is_long: bool,
    pub(super) href: Option<String>,
    pub(super) chart: Option<Chart>,
    pub(super) heads: Vec<(String, bool)>,
    pub(super) rows: Vec<RowView>,
}

/// A row ready to print.
pub(super) struct RowView {
    pub(super) cells: Vec<CellView>,
    pub(super) is_incomplete: bool,
}

/// A cell ready to print.
pub(super) struct CellView {
    pub(super) text: String,
    pub(super) href: Option<String>,
    pub(super) is_number: bool,
}

impl FigureView {
    pub(super) fn of(frame: &Frame, figure: &Figure) -> Self {
        let is_number = |kind: Kind| !matches!(kind, Kind::Text | Kind::Document);
        let line = [
            ("unit", frame.said(figure.unit.zh())),
            ("basis", frame.said(figure.basis.zh())),
            ("date", frame.date(figure.as_of)),
            ("snapshot", figure.snapshot.to_string()),
        ];
        Self {
            id: figure.id.clone(),
            question: frame.said(&figure.question),
            finding: frame.said(&figure.finding),
            method: frame.said(&figure.method),
            line: frame.tn("nav-figure-line", &line),
            is_long: figure.search.chars().count() > SEARCH_SHOWN,
            href: search_href(frame, &figure.search),
            search: figure.search.clone(),
            chart: drawn(frame, figure),
            heads: figure.columns.iter().map(|one| (frame.said(&one.heading), is_number(one.kind))).collect(),
            rows: figure.rows.iter().map(|row| row_view(frame, figure, row)).collect(),
        }
    }
}

fn row_view(frame: &Frame, figure: &Figure, row: &Row) -> RowView {
    let cell = |(at, (cell, column)): (usize, (&navigation::Cell, &navigation::Column))| {
        let written = cell.written(column.kind);
        let is_number = !matches!(column.kind, Kind::Text | Kind::Document);
        let href = match column.kind {
            Kind::Document => document_href(frame, &written),
            _ if at == 0 => row.search.as_deref().and_then(|search| search_href(frame, search)),
            _ => None,
        };
        let text = match (cell, is_number) {
            (navigation::Cell::Unknown, _) => frame.t("nav-unknown"),
            (navigation::Cell::Count(count), _) => format::count(count),
            (_, true) => written,
            (_, false) => frame.said(&written),
        };
        CellView { text, href, is_number }
    };
    let cells = row.cells.iter().zip(&figure.columns).enumerate().map(cell).collect();
    RowView { cells, is_incomplete: row.is_incomplete }
}

/// The chart of a figure; what is not yet public, or of which the corpus holds too little, is a gap and no fall.
fn drawn(frame: &Frame, figure: &Figure) -> Option<Chart> {
    let drawing = figure.drawing.as_ref().filter(|_| !figure.rows.is_empty())?;
    let (kind, values, band) = match drawing {
        Drawing::Line { values, band } => (chart::Kind::Line, values, *band),
        Drawing::Bars { values } => (chart::Kind::BarsLying, values, None),
    };
    let is_line = kind == chart::Kind::Line;
    // A line is of years; the rows of what came before them and of what has no date are in the table alone.
    let is_drawn = |row: &&Row| !is_line || year(row).is_some();
    let rows: Vec<&Row> = figure.rows.iter().filter(is_drawn).collect();
    let value = |row: &Row, at: usize| match row.cells.get(at) {
        Some(navigation::Cell::Count(count)) => Some(count.to_string()),
        _ => None,
    };
    let is_gap = |row: &Row| {
        row.is_incomplete || row.cells.iter().any(|cell| *cell == navigation::Cell::Text("收录不足".to_owned()))
    };
    let series = values.iter().map(|&at| {
        let values = rows.iter().map(|row| if is_line && is_gap(row) { None } else { value(row, at) });
        Series::of(frame.said(&figure.columns[at].heading), values.collect())
    });
    let labels = rows.iter().map(|row| frame.said(&row.cells[0].written(figure.columns[0].kind)));
    let mut chart = Chart::new(
        frame,
        &format!("chart-{}", figure.id),
        frame.said(&figure.question),
        kind,
        labels.collect(),
        series.collect(),
    );
    chart.x_title = frame.said(&figure.columns[0].heading);
    // All series of a chart are of one unit, which the first is named by.
    if let Some(one) = values.first() {
        chart.y_title = frame.said(&figure.columns[*one].heading);
    }
    chart.is_tabled = true;
    chart.forecast = band.and_then(|(low, high)| {
        // The band opens where the line ends.
        let last = rows.iter().rposition(|row| !is_gap(row));
        let of = |at: usize| -> Vec<Option<String>> {
            let bound = |(place, row): (usize, &&Row)| match value(row, at) {
                None if Some(place) == last => value(row, *values.first()?),
                found => found,
            };
            rows.iter().enumerate().map(bound).collect()
        };
        if !rows.iter().any(|row| value(row, low).is_some()) {
            return None;
        }
        let (low, high) = (of(low), of(high));
        let middle = |(low, high): (&Option<String>, &Option<String>)| {
            let [low, high]: [u64; 2] = [low.as_ref()?.parse().ok()?, high.as_ref()?.parse().ok()?];
            Some(low.midpoint(high).to_string())
        };
        let values = low.iter().zip(&high).map(middle).collect();
        Some(Forecast { name: frame.t("nav-forecast"), values, low, high })
    });
    Some(chart)
}

fn year(row: &Row) -> Option<i16> {
    match row.cells.first() {
        Some(navigation::Cell::Text(text)) => text.parse().ok(),
        _ => None,
    }
}

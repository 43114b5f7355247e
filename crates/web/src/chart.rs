//! Charts: the numbers once, from which the page takes the table and the script takes the drawing.

use serde::Serialize;

use crate::{format, frame::Frame};

/// What sort of chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A course over time.
    Line,
    /// Upright bars.
    Bars,
    /// Lying bars, for long names.
    BarsLying,
    /// Upright bars of parts on one another.
    Stacked,
}

/// A chart; its serialised form is what `assets/js/chart.js` reads.
#[derive(Debug, Clone, Serialize)]
pub struct Chart {
    /// The id, unique on the page.
    pub id: String,
    /// The finding's subject.
    pub title: String,
    /// One line below the title: as of when, from where.
    #[serde(skip)]
    pub line: String,
    /// Whether its numbers stand in a table of the page's own, so that it needs none below it.
    #[serde(skip)]
    pub is_tabled: bool,
    /// What sort.
    pub kind: Kind,
    /// What runs along, as 月份.
    pub x_title: String,
    /// What is measured, with its unit.
    pub y_title: String,
    /// The unit of the values.
    pub unit: String,
    /// The word for a value that is missing.
    pub missing: String,
    /// Whether the axis begins at zero; bars always do.
    pub from_zero: bool,
    /// The names of the points along.
    pub labels: Vec<String>,
    /// The values, a series each, as many as labels.
    pub series: Vec<Series>,
    /// The labels at which the lines begin anew, as a sum does each January.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub breaks: Vec<usize>,
    /// A dashed line.
    pub target: Option<Target>,
    /// A band to the right.
    pub forecast: Option<Forecast>,
}

/// One series; values are exact decimal text, a missing one is `None` and leaves a gap.
#[derive(Debug, Clone, Serialize)]
pub struct Series {
    /// Its name, written at the end of the line.
    pub name: String,
    /// Its values.
    pub values: Vec<Option<String>>,
    /// Whether the line is dashed, as for a planned course.
    pub dashed: bool,
}

/// A target.
#[derive(Debug, Clone, Serialize)]
pub struct Target {
    /// Its value.
    pub value: String,
    /// Its words, as 目标 ≥ 30.
    pub label: String,
}

/// A forecast with its bounds; as many values as labels, `None` before it begins.
#[derive(Debug, Clone, Serialize)]
pub struct Forecast {
    /// Its name.
    pub name: String,
    /// The expected values.
    pub values: Vec<Option<String>>,
    /// The lower bounds.
    pub low: Vec<Option<String>>,
    /// The upper bounds.
    pub high: Vec<Option<String>>,
}

impl Chart {
    /// A chart without target and forecast.
    pub fn new(
        frame: &Frame,
        id: &str,
        title: impl Into<String>,
        kind: Kind,
        labels: Vec<String>,
        series: Vec<Series>,
    ) -> Self {
        Self {
            id: id.to_owned(),
            title: title.into(),
            line: String::new(),
            is_tabled: false,
            kind,
            x_title: String::new(),
            y_title: String::new(),
            unit: String::new(),
            missing: frame.t("chart-missing"),
            from_zero: true,
            labels,
            series,
            breaks: Vec::new(),
            target: None,
            forecast: None,
        }
    }

    /// The JSON for the script, safe inside a `<script>` element.
    pub fn json(&self) -> String {
        let text = serde_json::to_string(self).unwrap_or_else(|_| "null".into());
        text.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
    }

    /// The headings of the table.
    pub fn heads(&self) -> Vec<String> {
        let forecast = self.forecast.iter().map(|forecast| forecast.name.clone());
        self.series.iter().map(|series| series.name.clone()).chain(forecast).collect()
    }

    /// The rows of the table: the label, then a value under each heading.
    pub fn rows(&self) -> Vec<(String, Vec<String>)> {
        let shown = |value: Option<&Option<String>>| {
            value.and_then(Option::as_deref).map_or_else(|| self.missing.clone(), format::group)
        };
        let row = |(at, label): (usize, &String)| {
            let mut cells: Vec<String> = self.series.iter().map(|series| shown(series.values.get(at))).collect();
            if let Some(forecast) = &self.forecast {
                cells.push(forecast_cell(forecast, at));
            }
            (label.clone(), cells)
        };
        self.labels.iter().enumerate().map(row).collect()
    }
}

fn forecast_cell(forecast: &Forecast, at: usize) -> String {
    let of = |values: &[Option<String>]| values.get(at).cloned().flatten().map(|value| format::group(&value));
    match (of(&forecast.values), of(&forecast.low), of(&forecast.high)) {
        (Some(value), Some(low), Some(high)) if low != high => format!("{value}（{low}–{high}）"),
        (Some(value), _, _) => value,
        _ => String::new(),
    }
}

impl Series {
    /// A series drawn solid.
    pub fn of(name: impl Into<String>, values: Vec<Option<String>>) -> Self {
        Self { name: name.into(), values, dashed: false }
    }
}

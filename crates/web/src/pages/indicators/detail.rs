//! `/indicators/{code}`: the figure with its exact test, clauses, course, towns, and the rules behind it.

use askama::Template;
use axum::{
    extract::{Path, State},
    http::Uri,
    response::Response,
};
use domain::cockpit;
use rules::Evaluation;

use super::{
    Row,
    basis::{self, Rule, Setting},
    categories::{self, Categories},
    course, parts,
    source::{self, Fact},
    test::{self, ExactTest},
    waiting,
    waves::{self, Waves},
};
use crate::{
    app::App,
    chart::Chart,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::Hx,
    list::{ListQuery, ListingView, downloads},
    pages::{
        cockpit::{
            kept, no_run, quantities, shown,
            standing::{self, Planned},
            targets,
        },
        room::ListBlock,
    },
    pieces::{Clause, Link, Notice, State as StateWord, Tone},
};

#[derive(Template)]
#[template(path = "indicators/page.html")]
struct IndicatorPage<'a> {
    frame: &'a Frame,
    title: String,
    line: String,
    crumbs: Vec<Link>,
    choices: Vec<Choice>,
    notice: Option<Notice>,
    value: Option<String>,
    unit: String,
    exact: String,
    target: Option<String>,
    state: StateWord,
    reason: String,
    waiting: Option<Link>,
    numerator: Part,
    denominator: Option<Part>,
    facts: Vec<Fact>,
    bounds: Option<String>,
    flow: String,
    reading: Option<String>,
    exact_test: Option<ExactTest>,
    gap: String,
    interval: Option<String>,
    planned: Option<Planned>,
    clauses: Vec<Clause>,
    chart: Option<Chart>,
    has_chart: bool,
    waves: Option<Waves>,
    forecast: Option<Outlook>,
    towns: Option<&'a ListingView>,
    shared: Option<String>,
    categories: Option<Categories>,
    categories_files: Vec<Link>,
    settings: Vec<Setting>,
    settings_files: Vec<Link>,
    rules: Vec<Rule>,
    evidence: Option<Link>,
}

/// Numerator or denominator, ready to print.
#[derive(Debug)]
struct Part {
    name: String,
    number: String,
    exact: String,
    href: Option<String>,
    source: Option<Link>,
}

/// The forecast in words.
#[derive(Debug)]
struct Outlook {
    value: String,
    error: String,
    light: StateWord,
    why: String,
    rests_on: String,
    /// Once the day of the targets has come the months before are but a contrast to what was reached.
    is_due: bool,
}

/// `GET /indicators/{code}`.
pub async fn page(
    State(app): State<App>,
    frame: Frame,
    hx: Hx,
    Path(code): Path<String>,
    uri: Uri,
) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return no_run(&frame, frame.t("indicators-title"));
    };
    let row = super::find(&frame, &shown, &code)?;
    let before = shown.open_before(&app.installation).await?;
    let history = shown::history(&app, &shown).await?;
    let moved = kept::moved(&shown, before.as_deref());
    let targets = kept::targets(&app, &shown, &history).await?;
    let target = targets.iter().find(|target| target.indicator.code == code);
    let (indicator, definition) = (row.indicator, row.definition);
    let facts: Vec<Fact> = source::statistic(&app, &frame, &shown, indicator)
        .await?
        .into_iter()
        .chain(source::survey(&frame, &shown, indicator))
        .chain(source::money(&app, &frame, &shown, &code).await?)
        .collect();
    let waiting = domain::waiting::of_run(&app.installation, &shown.opened).await?;
    let towns = parts::parts(&shown, &moved, &row);
    let listing = parts::listing(&frame, &shown, &row, &towns);
    let path = format!("/indicators/{code}");
    let found = (code == "K04").then(|| categories::categories(&frame, &shown));
    let settings = basis::settings(
        &frame,
        &shown.policy,
        definition,
        &shown.evaluation().parameters,
        &shown.evaluation().overrides,
        shown.as_of(),
    );
    if query.export {
        return match query.list.as_deref() {
            Some(basis::SETTINGS) => basis::listing(&frame, &path).workbook(&settings, &query),
            Some(categories::TABLE) => {
                let rows = found.as_ref().map(|found| found.counts(&frame)).unwrap_or_default();
                categories::listing(&frame, &path).workbook(&rows, &query)
            }
            _ => listing.workbook(&towns, &query),
        };
    }
    let mut towns_view = listing.view(&towns, &query);
    shown.keep_in(&mut towns_view);
    let rests_on_rights = indicator.evidence_count > 0;
    let rights = rests_on_rights.then(|| super::address(&frame, &shown, &code, "/rights"));
    let chart = target.as_ref().and_then(|target| course::chart(&frame, target, definition, shown.evaluation()));
    let waves = waves::waves(&frame, &shown, indicator, definition);
    let page = IndicatorPage {
        frame: &frame,
        title: frame.said(&indicator.name),
        line: shown.line(&frame),
        crumbs: vec![Link::new(frame.t("indicators-title"), shown.keep(frame.at("/indicators")))],
        choices: shown.choices(&frame),
        notice: notice(&frame, &row),
        value: targets::value(&frame, indicator),
        unit: frame.unit(&indicator.unit),
        exact: targets::exact(&frame, indicator, definition),
        target: indicator.target.as_ref().map(|target| quantities::required(indicator.operator, target)),
        state: target
            .as_ref()
            .map_or_else(|| super::state(&frame, indicator, definition).0, |target| targets::state(&frame, target)),
        reason: frame.said(&indicator.why()),
        waiting: waiting::link(&frame, &waiting, indicator, definition),
        numerator: Part {
            source: rights.is_none().then(|| source::numerator(&frame, &code)).flatten(),
            ..numerator(&frame, &row, rights.clone())
        },
        denominator: definition
            .has_denominator()
            .then(|| {
                let list = source::denominator_list(&frame, &shown, indicator);
                part(&frame, &definition.denominator, indicator.denominator, &definition.denominator_unit, list)
            })
            .map(|part| Part { source: source::denominator(&frame, &code), ..part }),
        facts,
        bounds: bounds(&frame, &row),
        flow: quantities::flow(&frame, &definition.flow),
        reading: basis::reading(&frame, &definition.reading),
        exact_test: test::exact_test(&frame, indicator, definition, target_in_base(&row, shown.evaluation())),
        gap: target.as_ref().map_or_else(String::new, |target| targets::gap(&frame, target, definition)),
        interval: target.as_ref().and_then(|target| targets::interval(&frame, target)),
        planned: target.as_ref().and_then(|target| standing::planned(&frame, target, definition)),
        clauses: basis::clauses(&frame, &shown.policy, &indicator.clauses),
        has_chart: chart.is_some() || waves.as_ref().is_some_and(|waves| waves.chart.is_some()),
        chart,
        waves,
        forecast: target.as_ref().and_then(|target| outlook(&frame, target, definition)),
        towns: Some(&towns_view).filter(|_| !towns.is_empty()),
        shared: parts::shared(&frame, &shown, &row),
        categories: found,
        categories_files: downloads(&frame, &path, categories::TABLE, &query),
        settings,
        settings_files: downloads(&frame, &path, basis::SETTINGS, &query),
        rules: basis::rules(&frame, &shown.policy, indicator),
        evidence: rights.map(|href| {
            Link::new(
                frame.t1("indicators-all-rights", "count", format::count(i128::from(indicator.evidence_count))),
                href,
            )
        }),
    };
    hx.page(page, ListBlock { frame: &frame, list: &towns_view })
}

/// The target as the engine compares it, in the numerator's base unit.
fn target_in_base(row: &Row<'_>, evaluation: &Evaluation) -> Option<i64> {
    evaluation.parameters.get(row.definition.target_parameter.as_ref()?)?.parse().ok()
}

/// What the reader must know before the figure: that it is unknown, or only a lower bound.
fn notice(frame: &Frame, row: &Row<'_>) -> Option<Notice> {
    let (title, means) = match (row.indicator.bound.as_str(), row.indicator.value.is_some()) {
        // What the ledger holds is no fact that a later run could find.
        (_, false) if source::is_of_money(&row.indicator.code) => (frame.t("source-money-title"), String::new()),
        (_, false) => (frame.t("indicators-unknown"), frame.t("indicators-unknown-means")),
        ("lower", true) => (frame.t("indicators-lower"), frame.t("indicators-lower-means")),
        _ => return None,
    };
    let lines = [frame.said(&row.indicator.why()), means].into_iter().filter(|line| !line.is_empty()).collect();
    Some(Notice { tone: Tone::Warn, title, lines, link: None })
}

fn numerator(frame: &Frame, row: &Row<'_>, href: Option<String>) -> Part {
    let (indicator, definition) = (row.indicator, row.definition);
    let part = part(frame, &definition.numerator, indicator.numerator, &definition.numerator_unit, href);
    if !indicator.is_lower() || indicator.numerator.is_none() {
        return part;
    }
    Part { number: frame.t1("figure-at-least", "value", &part.number), ..part }
}

fn part(frame: &Frame, name: &str, number: Option<i64>, unit: &str, href: Option<String>) -> Part {
    let short = number.map(|number| quantities::quantity(number, unit, frame.lang));
    Part {
        name: frame.said(name),
        number: short
            .as_ref()
            .map_or_else(|| frame.t("word-unknown"), |short| format!("{} {}", short.text, short.unit)),
        exact: short.map(|short| short.exact).unwrap_or_default(),
        href: href.filter(|_| number.is_some()),
        source: None,
    }
}

/// The least and the most that the numerator can be.
fn bounds(frame: &Frame, row: &Row<'_>) -> Option<String> {
    if row.indicator.bound != "lower" {
        return None;
    }
    let words = |number: i64| quantities::text(number, &row.definition.numerator_unit, frame.lang);
    let least = row.indicator.numerator.map(words)?;
    Some(match row.indicator.upper {
        Some(most) => frame.tn("indicators-bounds", &[("least", least), ("most", words(most))]),
        None => frame.t1("indicators-bounds-open", "least", least),
    })
}

fn outlook(frame: &Frame, target: &cockpit::Target, definition: &rules::policy::IndicatorDef) -> Option<Outlook> {
    let forecast = target.forecast.as_ref()?;
    let error = targets::error(frame, target, definition);
    Some(Outlook {
        value: frame.amount(&targets::forecast(target, definition), &target.indicator.unit),
        error: if error.is_empty() { frame.t("cockpit-no-error") } else { error },
        light: targets::outlook(frame, target.outlook),
        why: targets::why(frame, target).unwrap_or_default(),
        rests_on: frame.tn(
            "indicators-forecast-rests",
            &[
                ("months", forecast.observations.to_string()),
                ("slope", quantities::rounded(forecast.slope_per_month, definition.decimals.max(2))),
                ("unit", frame.unit(&target.indicator.unit)),
            ],
        ),
        is_due: target.is_due,
    })
}

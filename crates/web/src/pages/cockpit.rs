//! `/cockpit` 驾驶舱 (C4.1.6): every target against its course and forecast, what changed since last month, who stands in
//! the gap, and the work that lies open.
//!
//! Every figure is taken from the run shown; nothing published is computed here.

pub(crate) mod changes;
mod high_value;
pub(crate) mod kept;
mod lapses;
pub(crate) mod quantities;
mod rights;
pub(crate) mod shown;
pub(crate) mod standing;
mod tables;
pub(crate) mod targets;
mod watch;

use askama::Template;
use axum::{extract::State as AxumState, http::Uri, response::Response};
use domain::cockpit;
use serde::Deserialize;

use self::{
    changes::{Change, Gap, Verdict},
    shown::Shown,
    targets::{CourseRow, Group},
    watch::{AlarmKind, LapseRow},
};
pub use self::{high_value::page as high_value, lapses::page as lapses};
use crate::{
    app::App,
    error::AppError,
    form::Choice,
    frame::Frame,
    hx,
    list::ListQuery,
    pieces::{Figure, Link, Notice, State, Tone},
};

/// What the address may name.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    /// The run to show instead of the latest.
    #[serde(default)]
    pub run: String,
}

impl Wanted {
    /// The run's id, if one is named.
    pub fn run(&self) -> Option<&str> {
        Some(self.run.trim()).filter(|run| !run.is_empty())
    }
}

#[derive(Template)]
#[template(path = "cockpit/page.html")]
struct CockpitPage<'a> {
    frame: &'a Frame,
    line: String,
    choices: Vec<Choice>,
    notice: Option<Notice>,
    tally: Vec<(State, usize)>,
    groups: Vec<Group>,
    course: Vec<CourseRow>,
    is_due: bool,
    target_date: String,
    before: Option<String>,
    verdicts: Vec<Verdict>,
    changes: Vec<Change>,
    gaps: Vec<Gap>,
    lapses: Vec<LapseRow>,
    lapses_total: usize,
    lapses_unknown: usize,
    all_lapses: String,
    high_value: String,
    all_alarms: String,
    alarms: Vec<AlarmKind>,
    open_work: Vec<Link>,
    monitored: Vec<Figure>,
    files: tables::Files,
}

#[derive(Template)]
#[template(path = "cockpit/no_run.html")]
struct NoRunPage<'a> {
    frame: &'a Frame,
    title: String,
    notice: Notice,
}

/// `GET /cockpit`.
pub async fn page(AxumState(app): AxumState<App>, frame: Frame, uri: Uri) -> Result<Response, AppError> {
    let query = ListQuery::parse(&uri);
    let Some(shown) = shown::shown(&app, query.filter("run")).await? else {
        return no_run(&frame, frame.t("cockpit-title"));
    };
    let history = shown::history(&app, &shown).await?;
    let before = shown.open_before(&app.installation).await?;
    let (policy, as_of) = (&shown.policy, shown.as_of());
    let target_on = cockpit::target_date(shown.evaluation());
    let targets = kept::targets(&app, &shown, &history).await?;
    let indicator = |code: &str| shown.keep(frame.at(&format!("/indicators/{code}")));
    let address = |path: &str| shown.keep(frame.at(path));
    let moved = kept::moved(&shown, before.as_deref());
    let runs = before.as_ref().map(|before| (&before.evaluation, shown.evaluation()));
    let changes = runs.map_or_else(Vec::new, |runs| changes::changes(&frame, policy, runs, &moved, &address));
    let gaps = changes::gaps(&frame, &shown, &targets, &moved, &address);
    if let Some(file) = tables::file(&frame, policy, &query, (&targets, &changes, &gaps)) {
        return file;
    }
    let waiting = domain::waiting::of_run(&app.installation, &shown.opened).await?;
    let (lapses, lapses_total, lapses_unknown) = watch::lapses(&frame, &shown);
    hx::page(CockpitPage {
        frame: &frame,
        line: shown.line(&frame),
        choices: shown.choices(&frame),
        notice: what_if(&frame, &shown),
        tally: targets::tally(&frame, &targets),
        groups: targets::groups(&frame, policy, as_of, &targets, &waiting, &indicator),
        course: targets::course(&frame, policy, &targets, &indicator),
        is_due: as_of >= target_on,
        target_date: frame.date(target_on),
        before: shown.before().map(|run| run.as_of.clone()),
        verdicts: runs.map_or_else(Vec::new, |runs| changes::verdicts(&frame, policy, runs, &address)),
        changes,
        gaps,
        files: tables::Files::of(&frame, &query),
        lapses,
        lapses_total,
        lapses_unknown,
        all_lapses: address("/cockpit/lapses"),
        high_value: address("/cockpit/high-value"),
        all_alarms: format!("{}#alarms", address("/awards")),
        alarms: watch::alarms(&frame, &shown),
        open_work: watch::open_work(&app, &frame, &shown).await?,
        monitored: monitored(&frame, &shown, &indicator),
    })
}

/// The page while no run exists: what is missing, and what to do.
pub(crate) fn no_run(frame: &Frame, title: String) -> Result<Response, AppError> {
    let link = crate::routes::exists("/runs").then(|| Link::new(frame.t("run-none-link"), frame.at("/runs")));
    let notice = Notice { tone: Tone::Warn, title: frame.t("run-none"), lines: vec![frame.t("run-none-todo")], link };
    hx::page(NoRunPage { frame, title, notice })
}

fn what_if(frame: &Frame, shown: &Shown) -> Option<Notice> {
    shown.opened.summary.is_what_if().then(|| Notice {
        tone: Tone::Warn,
        title: frame.t("run-what-if"),
        lines: vec![frame.t("run-what-if-means")],
        link: Some(Link::new(frame.t("run-latest"), frame.at("/cockpit"))),
    })
}

/// The figures without a target that could be computed; the others are named on the page of all indicators.
fn monitored(frame: &Frame, shown: &Shown, href: &dyn Fn(&str) -> String) -> Vec<Figure> {
    let indicators = &shown.evaluation().indicators;
    let without_target = indicators.iter().filter(|indicator| indicator.target.is_none() && indicator.value.is_some());
    without_target
        .filter_map(|indicator| {
            let definition = shown.policy.indicator(&indicator.code)?;
            Some(targets::bare(frame, indicator, definition, shown.as_of(), href(&indicator.code)))
        })
        .collect()
}

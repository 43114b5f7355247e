//! The run (测算) that a page shows: the one that counts for the latest day, or the one that the address names.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use askama::Template;
use axum::response::Response;
use domain::{
    Installation,
    runs::{self, Observed, Opened, Shelf, Standing, Summary},
};
use jiff::{Timestamp, civil::Date};
use rules::{Evaluation, Policy};

use crate::{
    app::App,
    by_run::ByRun,
    error::AppError,
    form::Choice,
    format,
    frame::Frame,
    hx::Hx,
    list::{ListQuery, Listing, ListingView},
    pages::room::ListBlock,
};

/// A run with the policy it applied and the other runs there are.
pub(crate) struct Shown {
    /// The policy document.
    pub(crate) policy: Arc<Policy>,
    /// The run.
    pub(crate) opened: Arc<Opened>,
    /// The runs that may be chosen instead, the latest date and knowledge first.
    pub(crate) runs: Vec<Summary>,
    /// Whether the address names the run; without that the latest one is shown.
    pub(crate) is_chosen: bool,
}

#[derive(Template)]
#[template(path = "cockpit/list.html")]
struct ListPage<'a> {
    frame: &'a Frame,
    title: String,
    line: String,
    choices: Vec<Choice>,
    list: &'a ListingView,
}

// Results never change once they are stored under their content's id, so one shelf serves every application of the process.
static HISTORIES: ByRun<Vec<Observed>> = ByRun::new(4);
static SHELF: LazyLock<Shelf> = LazyLock::new(Shelf::default);
static POLICY: LazyLock<Option<Arc<Policy>>> = LazyLock::new(|| runs::policy().ok().map(Arc::new));

/// The policy document that is installed.
fn policy() -> Result<Arc<Policy>, AppError> {
    Ok(match POLICY.as_ref() {
        Some(policy) => Arc::clone(policy),
        None => Arc::new(runs::policy()?),
    })
}

/// A run by itself, with the policy document.
pub(crate) async fn run(app: &App, id: &str) -> Result<(Arc<Policy>, Arc<Opened>), AppError> {
    let policy = policy()?;
    let opened = SHELF.open(&app.installation, &policy, id).await?;
    Ok((policy, opened))
}

/// The run to show; nothing while no run exists.
pub(crate) async fn shown(app: &App, wanted: Option<&str>) -> Result<Option<Shown>, AppError> {
    let policy = policy()?;
    let installation = &app.installation;
    let runs: Vec<Summary> =
        runs::list(installation).await?.into_iter().filter(|run| !run.is_what_if() && run.scope.is_empty()).collect();
    let id = match (wanted, runs.first()) {
        (Some(wanted), _) => wanted.to_owned(),
        (None, Some(latest)) => latest.run.clone(),
        (None, None) => return Ok(None),
    };
    let opened = SHELF.open(installation, &policy, &id).await?;
    Ok(Some(Shown { policy, opened, runs, is_chosen: wanted.is_some() }))
}

impl Shown {
    /// What tells the regular runs that there are: the same runs have the same history.
    pub(crate) fn all_runs(&self) -> String {
        self.runs.iter().map(|run| run.run.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// The run's result.
    pub(crate) fn evaluation(&self) -> &Evaluation {
        &self.opened.evaluation
    }

    /// The day for which the run holds.
    pub(crate) fn as_of(&self) -> Date {
        self.opened.evaluation.as_of
    }

    /// The sentence below a page's title: as of when, known by when, and whether anything was assumed.
    pub(crate) fn line(&self, frame: &Frame) -> String {
        let known = known_text(&self.opened.summary);
        let sentence = frame.tn("run-line", &[("date", frame.date(self.as_of())), ("known", known)]);
        if self.opened.summary.is_what_if() {
            return format!("{sentence}{}", frame.t("run-line-what-if"));
        }
        match self.standing() {
            Standing::Open => sentence,
            Standing::Closing => format!("{sentence}{}", frame.t("run-line-closing")),
            Standing::Aside => format!("{sentence}{}", frame.t("run-line-aside")),
        }
    }

    /// How the run stands to its month's closing now; the run itself is kept open from before.
    fn standing(&self) -> Standing {
        let listed = self.runs.iter().find(|run| run.run == self.opened.summary.run);
        listed.map_or(Standing::Open, |run| run.standing)
    }

    /// The runs for a list of choices; the one shown is chosen.
    pub(crate) fn choices(&self, frame: &Frame) -> Vec<Choice> {
        let shown = &self.opened.summary;
        let is_listed = self.runs.iter().any(|run| run.run == shown.run);
        let all = self.runs.iter().chain((!is_listed).then_some(shown));
        let choices = choices(frame, all, |run, label| match run.standing {
            Standing::Closing => frame.t1("run-choice-closing", "choice", label),
            Standing::Open | Standing::Aside => label,
        });
        choices.into_iter().map(|choice| Choice { is_chosen: choice.value == shown.run, ..choice }).collect()
    }

    /// An address that keeps the run which the reader chose.
    pub(crate) fn keep(&self, href: String) -> String {
        if !self.is_chosen {
            return href;
        }
        let mark = if href.contains('?') { '&' } else { '?' };
        format!("{href}{mark}run={}", format::encode(&self.opened.summary.run))
    }

    /// Makes a list keep the run that the reader chose when it is filtered or cleared.
    pub(crate) fn keep_in(&self, view: &mut ListingView) {
        if self.is_chosen {
            view.keep("run", &self.opened.summary.run);
        }
    }

    /// The page of a list out of the run, with the choice of another run; or the file of it.
    pub(crate) fn listed<T>(
        &self,
        hx: Hx,
        frame: &Frame,
        title: &str,
        (listing, rows): (&Listing<'_, T>, &[T]),
        query: &ListQuery,
    ) -> Result<Response, AppError> {
        if query.export {
            return listing.workbook(rows, query);
        }
        let list = &mut listing.view(rows, query);
        self.keep_in(list);
        let (title, line, choices) = (frame.t(title), self.line(frame), self.choices(frame));
        hx.page(ListPage { frame, title, line, choices, list }, ListBlock { frame, list })
    }

    /// The regular run of the month before: the latest knowledge of the latest earlier day.
    pub(crate) fn before(&self) -> Option<&Summary> {
        let as_of = self.as_of().to_string();
        self.runs.iter().find(|run| run.as_of < as_of)
    }

    /// The result of the month before.
    pub(crate) async fn open_before(&self, installation: &Installation) -> Result<Option<Arc<Opened>>, AppError> {
        match self.before() {
            Some(before) => Ok(Some(SHELF.open(installation, &self.policy, &before.run).await?)),
            None => Ok(None),
        }
    }

    /// The result of another run, to compare with.
    pub(crate) async fn open_other(&self, installation: &Installation, run: &str) -> Result<Arc<Opened>, AppError> {
        Ok(SHELF.open(installation, &self.policy, &runs::find(installation, run).await?.run).await?)
    }

    /// The name of an enterprise in the run's facts.
    pub(crate) fn enterprise_name(&self, uscc: &str) -> Option<&str> {
        let rows = self.opened.snapshot.rows("enterprise")?;
        let row = rows.whose("uscc", uscc).next()?;
        rows.text(row, "name")
    }
}

/// The figures over time: for each date the regular run with the latest knowledge.
pub(crate) async fn history(app: &App, shown: &Shown) -> Result<Arc<Vec<Observed>>, AppError> {
    let key = shown.all_runs();
    if let Some(history) = HISTORIES.find(&key) {
        return Ok(history);
    }
    let history = runs::history(&app.installation).await?;
    Ok(HISTORIES.get(&key, || history))
}

/// The moment up to which facts counted as known: two runs of one day may know different facts.
pub(crate) fn known_text(run: &Summary) -> String {
    run.known_at.parse::<Timestamp>().map_or_else(|_| run.known_at.clone(), format::instant)
}

/// Runs as choices by day and knowledge, to which `more` adds what else a page says; runs that would still read alike are told
/// apart by the beginning of their ids.
pub(crate) fn choices<'r>(
    frame: &Frame,
    runs: impl Iterator<Item = &'r Summary>,
    more: impl Fn(&Summary, String) -> String,
) -> Vec<Choice> {
    let label = |run: &Summary| {
        let words = [("date", run.as_of.clone()), ("known", known_text(run))];
        more(run, frame.tn("run-choice", &words))
    };
    let mut choices: Vec<Choice> = runs.map(|run| Choice::new(run.run.clone(), label(run))).collect();
    let mut times: HashMap<String, usize> = HashMap::new();
    for choice in &choices {
        *times.entry(choice.label.clone()).or_default() += 1;
    }
    for choice in choices.iter_mut().filter(|choice| times[&choice.label] > 1) {
        let id = choice.value.get(..RUN_ID_CHARS).unwrap_or(&choice.value);
        choice.label = format!("{} · {id}", choice.label);
    }
    choices
}

/// How much of a run's id tells it from others.
const RUN_ID_CHARS: usize = 8;

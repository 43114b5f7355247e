//! What the pages of navigation read and keep: the corpus, the city, the counts of the chains, the reports.

use corpus::Corpus;
use documents::applicants::Names;
use domain::{
    accounts::{Permission, Resource},
    subjects, versions,
};
use navigation::{
    Report, Scope, Subject, Template,
    chain::{self, Chain},
    compare,
    shelf::{self, Kept},
};

use crate::{app::App, error::AppError, frame::Frame};

/// The present snapshot of the installation's corpus; none where there is none yet.
pub(super) async fn corpus(app: &App) -> Result<Option<Corpus>, AppError> {
    crate::pages::corpus::ask(app, |corpus| Ok(corpus.cloned())).await
}

/// Does what takes long on a thread of its own, so that other pages do not wait.
pub(super) async fn on_a_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    tokio::task::spawn_blocking(work).await.map_err(AppError::internal)?
}

/// The city whose position is told; none where the register of regions has no row of it.
pub(super) async fn city(app: &App) -> Result<Option<Subject>, AppError> {
    let city = subjects::city(&app.installation, app.now()).await?;
    Ok(city.map(|city| Subject::city(&city.name, &city.words)))
}

/// The chains as they stand: those built in or in the installation's folder, and what was edited since in their place.
pub(crate) async fn chains(app: &App) -> Result<Vec<Chain>, AppError> {
    let versions = versions::latest(app.db(), versions::Kind::Chain).await?;
    let versions: Vec<(i64, String)> = versions.into_iter().map(|one| (one.version, one.content)).collect();
    Ok(chain::edited(chain::installed(&app.installation.dir().join("chains"))?, &versions)?)
}

/// The chain of this id as it stands.
pub(super) async fn chain(app: &App, frame: &Frame, id: &str) -> Result<Chain, AppError> {
    let found = chains(app).await?.into_iter().find(|chain| chain.id == id);
    found.ok_or_else(|| AppError::NotFound(frame.t("nav-no-such-chain")))
}

/// Documents, families and the city's documents of each chain; none where there is no corpus.
pub(super) async fn counted(
    app: &App,
    chains: &[Chain],
    subject: Option<&Subject>,
) -> Result<Option<Vec<(u64, u64, u64)>>, AppError> {
    let Some(corpus) = corpus(app).await? else { return Ok(None) };
    let own = subject.map(|subject| corpus::Query::parse(&subject.search)).transpose().map_err(AppError::internal)?;
    let queries = chains.iter().map(|chain| chain.query(None)).collect::<navigation::Result<Vec<_>>>()?;
    on_a_thread(move || {
        let count = |query: corpus::Query| {
            let cross = corpus.cross(&query, &[]).map_err(AppError::internal)?;
            let own = match &own {
                Some(own) => corpus.count(&query.and(own.clone())).map_err(AppError::internal)?,
                None => 0,
            };
            Ok((cross.documents, cross.families, own))
        };
        queries.into_iter().map(count).collect::<Result<Vec<_>, AppError>>().map(Some)
    })
    .await
}

/// Answers a scope's questions and keeps the report, with what changed since an earlier one.
pub(super) fn keep(
    app: &App,
    corpus: &Corpus,
    scope: &Scope,
    names: &Names,
    earlier: &str,
) -> Result<String, AppError> {
    let mut report = navigation::survey(corpus, scope, names)?;
    let shelf = shelf::folder(app.installation.dir());
    if let Some(earlier) = shelf::read(&shelf, earlier)? {
        report.differences = Some(compare::compare(&earlier, &report));
    }
    Ok(shelf::keep(&shelf, &report)?)
}

/// Whether a visitor may see a report: what an enterprise wants to know is its own affair (C3.2.2.3), and only those who
/// work on such reports and its own accounts see it.
fn may_see(frame: &Frame, template: Template, enterprise: &str) -> bool {
    if template != Template::Enterprise {
        return frame.may(Permission::ViewRights);
    }
    let own = Resource::Enterprise { code: enterprise, town: None };
    frame.may(Permission::Evaluate) || !enterprise.is_empty() && frame.allows(Permission::ViewOwnEnterprise, &own)
}

/// The reports that a visitor may see.
pub(super) fn kept(app: &App, frame: &Frame) -> Vec<Kept> {
    let mut all = shelf::list(&shelf::folder(app.installation.dir()));
    all.retain(|kept| may_see(frame, kept.template, &kept.enterprise));
    all
}

/// A kept report.
pub(super) fn report(app: &App, frame: &Frame, id: &str) -> Result<Report, AppError> {
    let found = shelf::read(&shelf::folder(app.installation.dir()), id)?;
    let report = found.ok_or_else(|| AppError::NotFound(frame.t("nav-not-found")))?;
    if may_see(frame, report.scope.template, &report.scope.enterprise) {
        Ok(report)
    } else {
        Err(AppError::Forbidden(frame.t("nav-confidential")))
    }
}

//! A small synthetic city, filled once for all tests of this binary that read its pages.

use std::path::Path;

use demo::Scale;
use domain::{Installation, accounts::Role};
use jiff::Timestamp;
use tokio::sync::OnceCell;
use web::{App, Settings, router};

use crate::client::Visitor;

/// A size at which every page has something to show and the filling takes seconds.
const SMALL: Scale = Scale { towns: 21, enterprises: 60, patents: 800 };

/// The moment at which the tests read: the day of the demo.
fn now() -> Timestamp {
    "2024-02-29T04:00:00Z".parse().expect("a moment")
}

static FOLDER: OnceCell<tempfile::TempDir> = OnceCell::const_new();

/// The folder of the filled city. A pool of connections belongs to the runtime of one test, so only the folder is shared.
async fn folder() -> &'static Path {
    let fill = || async {
        let folder = tempfile::tempdir().unwrap();
        let (mut installation, _) = Installation::open(folder.path(), None, now()).await.unwrap();
        demo::fill(&mut installation, SMALL, now(), &|_| ()).await.unwrap();
        folder
    };
    FOLDER.get_or_init(fill).await.path()
}

/// A visitor to the city's pages with an account of this role.
pub(crate) async fn visitor(role: Role) -> Visitor {
    let (installation, _) = Installation::open(folder().await, None, now()).await.unwrap();
    let app = App::with_clock(installation, Settings { city: "演示市".into(), ..Settings::default() }, now);
    let mut visitor = Visitor::on(router(app));
    let login = if role == Role::Administrator { "admin" } else { role.key() };
    let answer = visitor.sign_in(login, demo::PASSWORD).await;
    assert_eq!(answer.status, axum::http::StatusCode::SEE_OTHER, "{}", answer.text);
    visitor
}

/// The addresses in a page that begin so, without those that lead elsewhere.
pub(crate) fn links<'a>(page: &'a str, beginning: &str) -> Vec<&'a str> {
    page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).filter(|href| href.starts_with(beginning)).collect()
}

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
pub(crate) fn now() -> Timestamp {
    "2024-02-29T04:00:00Z".parse().expect("a moment")
}

/// The city that tests read, and a pristine copy of it from which those that change something take their own.
static FOLDER: OnceCell<(tempfile::TempDir, tempfile::TempDir)> = OnceCell::const_new();

/// The folder of the filled city. A pool of connections belongs to the runtime of one test, so only the folder is shared.
pub(crate) async fn folder() -> &'static Path {
    let fill = || async {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path(), None).await;
        let pristine = tempfile::tempdir().unwrap();
        copy(folder.path(), pristine.path());
        (folder, pristine)
    };
    FOLDER.get_or_init(fill).await.0.path()
}

/// Fills a folder, and another database where one is named.
pub(crate) async fn fill(folder: &Path, database: Option<&str>) {
    let (mut installation, _) = Installation::open(folder, database, now()).await.unwrap();
    demo::fill(&mut installation, SMALL, now(), &|_| ()).await.unwrap();
    // What is copied afterwards is whole, and no file of it goes away meanwhile.
    installation.db.close().await;
}

/// A city of one's own, to be changed: the same as the one that is read.
pub(crate) async fn own(role: Role) -> (Visitor, tempfile::TempDir) {
    folder().await;
    let own = tempfile::tempdir().unwrap();
    copy(FOLDER.get().unwrap().1.path(), own.path());
    (visitor_of(own.path(), role).await, own)
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else if !entry.file_name().to_string_lossy().ends_with("-shm") {
            std::fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// A visitor to the city's pages with an account of this role.
pub(crate) async fn visitor(role: Role) -> Visitor {
    visitor_of(folder().await, role).await
}

/// Another visitor to a city of one's own.
pub(crate) async fn again(folder: &Path, role: Role) -> Visitor {
    visitor_of(folder, role).await
}

async fn visitor_of(folder: &Path, role: Role) -> Visitor {
    let login = match role {
        Role::Administrator => "admin",
        Role::SecurityAdministrator => "security",
        Role::Department => "science",
        _ => role.key(),
    };
    signed_in(folder, login).await
}

/// A visitor with this account of the demo, by its login.
pub(crate) async fn signed_in(folder: &Path, login: &str) -> Visitor {
    signed_in_on(folder, None, login).await
}

/// The same, where the installation has another database.
pub(crate) async fn signed_in_on(folder: &Path, database: Option<&str>, login: &str) -> Visitor {
    let (installation, _) = Installation::open(folder, database, now()).await.unwrap();
    let db = installation.db.clone();
    let app = App::with_clock(installation, Settings { city: "演示市".into(), ..Settings::default() }, now);
    let mut visitor = Visitor::on(router(app), db);
    let answer = visitor.sign_in(login, demo::PASSWORD).await;
    assert_eq!(answer.status, axum::http::StatusCode::SEE_OTHER, "{}", answer.text);
    visitor
}

/// The addresses in a page that begin so, without those that lead elsewhere.
pub(crate) fn links<'a>(page: &'a str, beginning: &str) -> Vec<&'a str> {
    page.split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| href.starts_with(beginning))
        .collect()
}

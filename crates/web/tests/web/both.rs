//! The same city on PostgreSQL: every page that has no number in its address reads as it does on SQLite.

use axum::http::StatusCode;
use domain::accounts::Role;
use web::routes::{Access, doors};

use crate::{
    city::{fill, signed_in_on, visitor},
    client::{Answer, Visitor},
};

/// Pages on which something belongs to one installation or one sign-in: the engine's name, seals, sessions, the moment of filling.
const OF_ITS_OWN: [&str; 7] = [
    "/settings",
    "/registers/audit",
    "/registers/audit/verify",
    "/account",
    "/accounts",
    "/account/second-factor",
    "/gallery",
];

fn bare(page: &Answer) -> String {
    let nonce = page.header("content-security-policy").split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next());
    page.text.replace(nonce.unwrap_or("-"), "").replace(&page.token(), "")
}

async fn read(visitor: &mut Visitor, path: &str) -> String {
    let page = visitor.get(path).await;
    assert_ne!(page.status, StatusCode::INTERNAL_SERVER_ERROR, "{path}: {}", page.text);
    format!("{} {}", page.status, bare(&page))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_reads_the_same_on_postgresql() {
    let Some(postgres) = db::test::databases().await.into_iter().find(|one| one.name == "PostgreSQL") else {
        eprintln!("跳过：没有 PostgreSQL（{}）", db::test::POSTGRES_VARIABLE);
        return;
    };
    let (folder, mut pages) = (tempfile::tempdir().unwrap(), 0);
    fill(folder.path(), Some(&postgres.address())).await;
    for role in [Role::Clerk, Role::Leader, Role::Enterprise] {
        let mut here = visitor(role).await;
        let mut there = signed_in_on(folder.path(), Some(&postgres.address()), role.key()).await;
        for door in doors() {
            let may_open = match door.access {
                Access::Needs(permission) => role.may(permission),
                Access::Everyone | Access::SignedIn => true,
            };
            if !may_open || door.path.contains('{') || OF_ITS_OWN.contains(&door.path) {
                continue;
            }
            let (ours, theirs) = (read(&mut here, door.path).await, read(&mut there, door.path).await);
            assert_eq!(ours, theirs, "{} for {role:?}", door.path);
            pages += 1;
        }
    }
    assert!(pages > 60, "{pages}");
}

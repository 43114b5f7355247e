//! No page is open by accident: the list of routes is walked as a stranger and as every role.

use axum::http::{Method, StatusCode};
use domain::accounts::Role;
use web::{
    Settings,
    routes::{self, Access},
};

use crate::client::Server;

/// The path of a door with something in the place of its parameters.
pub(crate) fn filled(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "1" } else { part }).collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn a_stranger_is_asked_to_sign_in_on_every_page() {
    let server = Server::start().await;
    let mut doors = 0;
    for door in routes::doors() {
        if door.access == Access::Everyone {
            let open = [
                "/sign-in",
                "/sign-on",
                "/sign-on/return",
                "/sign-on/out",
                "/language",
                "/invited",
                "/claim",
                "/claim/state",
                "/self-check",
                "/notices",
                "/notices/{id}",
                "/notices/{id}/letter",
            ];
            assert!(open.contains(&door.path), "{} is open to everyone", door.path);
            continue;
        }
        for method in [Method::GET, Method::POST] {
            let answer = server.visitor().send(method.clone(), &filled(door.path), None, &[]).await;
            if answer.status == StatusCode::METHOD_NOT_ALLOWED {
                continue;
            }
            doors += 1;
            if routes::is_for_programs(door.path) {
                assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {}", door.path);
                continue;
            }
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{method} {}", door.path);
            assert!(
                answer.header("location").starts_with("/sign-in"),
                "{method} {}: {}",
                door.path,
                answer.header("location")
            );
        }
    }
    assert!(doors >= 3);
    let answer = server.visitor().get("/no-such-page").await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn every_role_opens_the_pages_of_its_permissions_and_no_other() {
    let server = Server::start().await;
    for role in Role::ALL {
        let mut visitor = server.signed_in(role).await;
        for door in routes::doors() {
            let may = match door.access {
                Access::Needs(permission) => role.may(permission),
                Access::SignedIn | Access::Everyone => true,
            };
            let answer = visitor.get(&filled(door.path)).await;
            assert_eq!(answer.status == StatusCode::FORBIDDEN, !may, "{role:?} {} {}", door.path, answer.status);
            assert!(!answer.status.is_server_error(), "{role:?} {}: {}", door.path, answer.text);
        }
    }
}

/// The addresses of the navigation of a page, which stands there twice: at the side, and folded for a phone.
fn words_of(page: &str) -> Vec<&str> {
    let nav = page.split("<nav class=\"nav\"").nth(1).and_then(|rest| rest.split("</nav>").next()).unwrap_or_default();
    crate::city::links(nav, "/")
}

#[tokio::test]
async fn the_navigation_has_at_most_eight_words_and_leads_to_whatever_may_be_opened() {
    let server = Server::start().await;
    for role in Role::ALL {
        let mut visitor = server.signed_in(role).await;
        let page = visitor.get("/gallery").await.text;
        let words: Vec<String> = words_of(&page).into_iter().map(str::to_owned).collect();
        assert!((1..=8).contains(&words.len()), "{role:?}: {words:?}");
        let mut reached: std::collections::BTreeSet<String> = words.iter().cloned().collect();
        for word in &words {
            let page = visitor.get(word).await.text;
            reached.extend(words_of(&page).into_iter().map(str::to_owned));
        }
        for section in routes::sections() {
            let may = match section.access {
                Access::Needs(permission) => role.may(permission),
                Access::SignedIn | Access::Everyone => true,
            };
            assert_eq!(reached.contains(section.path), may, "{role:?} {}", section.path);
        }
    }
}

#[tokio::test]
async fn a_missing_page_says_so_and_leads_home() {
    let server = Server::start().await;
    let mut visitor = server.signed_in(Role::Clerk).await;
    let answer = visitor.get("/no-such-page").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text.contains("没有找到") && answer.text.contains("返回首页"));
    let answer = visitor.get("/sign-out").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(answer.text.contains("返回首页"));
}

#[tokio::test]
async fn everything_lies_below_the_base_path() {
    let server = Server::start_with(Settings { base_path: "/ip".into(), ..Settings::default() }).await;
    let mut visitor = server.visitor();
    visitor.base_path = "/ip".into();
    assert_eq!(visitor.get("/").await.header("location"), "/ip");
    assert_eq!(visitor.get("/ip/").await.header("location"), "/ip");
    assert_eq!(visitor.get("/ip").await.header("location"), "/ip/sign-in");
    assert_eq!(visitor.get("/ip/health").await.status, StatusCode::OK);
    let answer = visitor.sign_in("clerk", crate::client::PASSWORD).await;
    assert_eq!(answer.header("location"), "/ip/gallery");
    assert!(answer.header("set-cookie").contains("Path=/ip;"));
    let page = visitor.get("/ip/gallery").await;
    assert_eq!(page.status, StatusCode::OK);
    for attribute in ["href=\"/", "src=\"/", "action=\"/"] {
        for rest in page.text.split(attribute).skip(1) {
            assert!(rest.starts_with("ip"), "{attribute}{}", &rest[..rest.len().min(30)]);
        }
    }
}

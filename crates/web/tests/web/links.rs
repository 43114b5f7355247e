//! No link leads its reader to a refusal: every role goes everywhere that the policy and its own home lead to.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::{links, visitor};

/// The addresses that a page leads to, each once, without the place on its page.
fn addresses(page: &str) -> BTreeSet<String> {
    let whole = |href: &str| href.split('#').next().unwrap_or_default().replace("&amp;", "&").replace("&#38;", "&");
    links(page, "/").into_iter().map(whole).filter(|href| !href.is_empty()).collect()
}

#[tokio::test]
async fn every_link_of_the_policy_and_of_every_home_opens() {
    let policy = domain::runs::policy().unwrap();
    for role in Role::ALL {
        let mut visitor = visitor(role).await;
        let mut pages = vec!["/".to_owned(), "/policy".to_owned()];
        pages.extend(policy.clauses.iter().map(|clause| format!("/policy/{}", clause.id)));
        let mut opened: BTreeSet<String> = BTreeSet::new();
        for page in pages {
            let mut answer = visitor.get(&page).await;
            while answer.status == StatusCode::SEE_OTHER {
                let next = answer.header("location").to_owned();
                answer = visitor.get(&next).await;
            }
            assert_eq!(answer.status, StatusCode::OK, "{role:?} {page}");
            for href in addresses(&answer.text) {
                if opened.insert(href.clone()) {
                    let led = visitor.get(&href).await.status;
                    assert!(led.is_success() || led == StatusCode::SEE_OTHER, "{role:?} {page} leads to {href}: {led}");
                }
            }
        }
        assert!(opened.len() > policy.clauses.len(), "{role:?} was led nowhere");
    }
}

/// What carries a clause is named to whoever may not open it, too, and the count of what is carried is the same for all.
#[tokio::test]
async fn what_one_may_not_open_is_named_without_a_link() {
    let mut clerk = visitor(Role::Clerk).await;
    let mut enterprise = visitor(Role::Enterprise).await;
    let (open, closed) = (clerk.get("/policy/C2.1.2").await.text, enterprise.get("/policy/C2.1.2").await.text);
    assert!(open.contains("href=\"/indicators/K01\""), "{open}");
    assert!(!closed.contains("href=\"/indicators/") && closed.contains("K01"), "{closed}");
    let counted = |page: &str| page.split("<section aria-labelledby=\"coverage\">").nth(1).map(str::to_owned).unwrap();
    let table = |page: &str| counted(page).split("</section>").next().unwrap().to_owned();
    assert_eq!(table(&clerk.get("/policy").await.text), table(&enterprise.get("/policy").await.text));
}

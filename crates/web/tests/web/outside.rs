//! Accounts of organisations outside the city's offices: a bank sees the loans that it gave, the province reads figures and changes
//! nothing, and nothing that they are shown leads to a closed door.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use domain::accounts::Role;
use domain::budget;

use crate::city::{folder, links, now, visitor};
use crate::client::Visitor;

/// Every page that the visitor is led to from these, each opened: none is refused, and none offers to change anything.
async fn leads_nowhere_closed(visitor: &mut Visitor, pages: &[&str]) -> usize {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for page in pages {
        let answer = visitor.get(page).await;
        assert_eq!(answer.status, StatusCode::OK, "{page}");
        let main = answer.text.split("<main").nth(1).unwrap();
        let posts = main.split("<form").skip(1).filter(|form| form.split('>').next().unwrap().contains("post"));
        let posts: Vec<&str> = posts.map(|form| form.split('>').next().unwrap()).collect();
        assert_eq!(posts, Vec::<&str>::new(), "{page} offers to change something");
        seen.extend(links(&answer.text, "/").into_iter().map(|href| href.replace("&amp;", "&").replace("&#38;", "&")));
    }
    let followed: Vec<String> = seen.into_iter().filter(|href| !href.contains("export")).take(150).collect();
    for href in &followed {
        let status = visitor.get(href).await.status;
        assert!(status != StatusCode::FORBIDDEN && !status.is_server_error(), "{href}: {status}");
    }
    followed.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bank_sees_the_loans_that_it_gave_and_no_other_s() {
    let mut bank = visitor(Role::Bank).await;
    let (installation, _) = domain::Installation::open(folder().await, None, now()).await.unwrap();
    let account = domain::accounts::find(&installation.db, "bank").await.unwrap().account;
    let clerk = domain::accounts::find(&installation.db, "clerk").await.unwrap().account;
    let own = budget::pledges_of(&installation, &account, now()).await.unwrap();
    let all = budget::pledges_of(&installation, &clerk, now()).await.unwrap();
    assert!(!own.is_empty() && own.iter().all(|one| one.pledgee == account.unit));
    let others: BTreeSet<&str> = all.iter().map(|one| &*one.pledgee).filter(|name| *name != account.unit).collect();
    assert!(others.len() > 1);
    let of_own = all.iter().filter(|one| one.pledgee == account.unit).count();
    assert_eq!(own.iter().filter(|one| one.right != "著作权").count(), of_own, "nothing of its own is missing");

    let start = bank.get("/").await;
    assert_eq!(start.header("location"), "/budget/pledges");
    let page = bank.get("/budget/pledges?size=100").await.text;
    assert!(page.contains(&own[0].number) && page.contains(&account.unit));
    assert!(others.iter().all(|name| !page.contains(name)));
    let searched = bank.get(&format!("/budget/pledges?q={}", web::format::encode(others.first().unwrap()))).await.text;
    assert!(all.iter().filter(|one| one.pledgee != account.unit).all(|one| !searched.contains(&one.number)));
    assert!(leads_nowhere_closed(&mut bank, &["/budget/pledges", "/items", "/notices"]).await > 5);
    assert_eq!(bank.get("/policy").await.status, StatusCode::OK);
    for closed in ["/cockpit", "/budget", "/payments", "/cases", "/enterprises", "/patents", "/registers", "/corpus"] {
        assert_eq!(bank.get(closed).await.status, StatusCode::FORBIDDEN, "{closed}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_province_reads_the_figures_down_to_the_rights_and_changes_nothing() {
    let mut province = visitor(Role::Province).await;
    assert_eq!(province.get("/").await.header("location"), "/cockpit");
    let pages = ["/cockpit", "/indicators", "/awards", "/runs", "/enterprises", "/patents", "/items", "/notices"];
    assert!(leads_nowhere_closed(&mut province, &pages).await > 30);
    for closed in ["/cases", "/budget", "/payments", "/registers", "/matching", "/accounts", "/registers/audit"] {
        assert_eq!(province.get(closed).await.status, StatusCode::FORBIDDEN, "{closed}");
    }
    let token = province.get("/cockpit").await.token();
    for door in ["/runs/start", "/what-if", "/corpus/baskets/open", "/warnings/watches/set", "/demo/day"] {
        assert_eq!(province.post(door, &[("csrf", &token)]).await.status, StatusCode::FORBIDDEN, "{door}");
    }
}

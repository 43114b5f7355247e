//! Pages that are kept: the same as if they were made anew, whatever was done in between, and nobody else's.

use domain::accounts::Role;

use crate::{
    city::{again, links, own, visitor},
    client::{Answer, Visitor},
};

const PAGES: [&str; 9] = [
    "/cockpit",
    "/indicators",
    "/indicators/K01",
    "/awards",
    "/awards/innovation-star",
    "/enterprises",
    "/enterprises?page=2",
    "/patents",
    "/policy",
];

fn nonce(page: &Answer) -> &str {
    page.header("content-security-policy").split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).unwrap()
}

/// A page without what differs from answer to answer.
fn bare(page: &Answer) -> String {
    page.text.replace(nonce(page), "").replace(&page.token(), "")
}

/// The pages as this visitor reads them, each twice: the second may be the one that was kept.
async fn read(reader: &mut Visitor) -> Vec<String> {
    let mut pages = Vec::new();
    for path in PAGES {
        let (first, second) = (reader.get(path).await, reader.get(path).await);
        assert_eq!(bare(&first), bare(&second), "{path}");
        pages.push(bare(&second));
    }
    pages
}

#[tokio::test]
async fn a_kept_page_carries_a_fresh_token_that_works_and_a_fresh_word_for_its_scripts() {
    let mut leader = visitor(Role::Leader).await;
    let (first, second) = (leader.get("/cockpit").await, leader.get("/cockpit").await);
    assert_eq!(bare(&first), bare(&second));
    assert_ne!(first.token(), second.token());
    assert_ne!(nonce(&first), nonce(&second));
    for page in [&first, &second] {
        assert!(page.text.contains(&format!("nonce=\"{}\"", nonce(page))));
        assert_eq!(page.text.matches("nonce=\"").count(), page.text.matches(nonce(page)).count());
    }
    assert!(!second.text.contains(&first.token()) && !second.text.contains(nonce(&first)));
    let form = [("csrf", &*second.token()), ("language", "en"), ("back", "/cockpit")];
    assert_eq!(leader.post("/language", &form).await.header("location"), "/cockpit");
    assert!(leader.get("/cockpit").await.text.contains("lang=\"en\""), "another language is another page");
}

#[tokio::test]
async fn what_changes_is_seen_on_every_page_at_once() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let before = read(&mut clerk).await;
    // Somebody else's change, through another server on the same database.
    let mut firm = again(folder.path(), Role::Enterprise).await;
    let list = firm.get("/cases").await.text;
    let is_case = |href: &&&str| href.trim_start_matches("/cases/").bytes().all(|byte| byte.is_ascii_digit());
    let case = *links(&list, "/cases/").iter().find(is_case).unwrap();
    let page = firm.get(case).await;
    let holder = page.text.split("name=\"holder\" type=\"text\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let confirmed = [
        ("csrf", &*page.token()),
        ("act", "confirm"),
        ("holder", holder),
        ("bank", "云川农商行"),
        ("number", "6222021234567890"),
    ];
    let answer = firm.post(&format!("{case}/act"), &confirmed).await;
    assert!(answer.status.is_redirection(), "{}", answer.text);
    let after = read(&mut clerk).await;
    assert_ne!(before[0], after[0], "the cockpit shows the case that waits");
    assert_eq!(after, read(&mut again(folder.path(), Role::Clerk).await).await, "as if nothing had been kept");
}

#[tokio::test]
async fn a_page_is_kept_for_one_account_and_a_piece_is_not_a_page() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let whole = clerk.get("/enterprises").await;
    let piece = clerk.get_with("/enterprises", &[("hx-request", "true")]).await;
    assert!(whole.text.contains("<html") && !piece.text.contains("<html"));
    assert_eq!(bare(&clerk.get("/enterprises").await), bare(&whole));
    let mut auditor = again(folder.path(), Role::Auditor).await;
    assert_ne!(bare(&auditor.get("/enterprises").await), bare(&whole));
    let page = clerk.get("/enterprises").await;
    clerk.post("/sign-out", &[("csrf", &page.token())]).await;
    assert!(clerk.get("/enterprises").await.status.is_redirection(), "who signed out reads nothing that was kept");
}

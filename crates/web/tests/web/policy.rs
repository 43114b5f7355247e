//! 政策 in the browser: the whole text as clauses with what carries each, and each clause beside its rules.

use axum::http::StatusCode;
use domain::accounts::Role;

use web::Settings;

use crate::{city::visitor, client::Server};

/// 附件 8: what is not known of the document is said to be unknown, and nothing stands for it.
#[tokio::test]
async fn clause_c0_1() {
    let mut clerk = visitor(Role::Clerk).await;
    let page = clerk.get("/policy").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for words in ["附件 8", "文号", "尚未提供", "生效日期"] {
        assert!(page.text.contains(words), "{words}");
    }
}

/// The title: every clause stands there, with what carries it or the word that nothing does.
#[tokio::test]
async fn clause_c0_2() {
    let mut enterprise = visitor(Role::Enterprise).await;
    let page = enterprise.get("/policy").await.text;
    let policy = domain::runs::policy().unwrap();
    assert!(page.contains(&policy.title));
    for clause in &policy.clauses {
        assert!(page.contains(&format!("href=\"/policy/{}\"", clause.id)), "{}", clause.id);
        assert!(page.contains(&format!("id=\"{}\"", clause.id)), "{}", clause.id);
    }
    let missing = enterprise.get("/policy?state=missing").await.text;
    let carried = enterprise.get("/policy?state=carried").await.text;
    let count = |page: &str| page.matches("class=\"clause-line ").count();
    assert_eq!(count(&missing) + count(&carried), policy.clauses.len());
    assert!(count(&missing) > 0 && count(&carried) > 0);
    assert_eq!(count(&enterprise.get("/policy?q=C2.1.2").await.text), 1);
}

#[tokio::test]
async fn a_clause_stands_beside_its_rules_parameters_and_cases() {
    let mut clerk = visitor(Role::Clerk).await;
    let page = clerk.get("/policy/C2.1.2").await.text;
    for words in ["class=\"code\"", "select", "K01", "参数", "测试用例", "取值"] {
        assert!(page.contains(words), "{words}");
    }
    let policy = domain::runs::policy().unwrap();
    for clause in &policy.clauses {
        let page = clerk.get(&format!("/policy/{}", clause.id)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", clause.id);
    }
    assert_eq!(clerk.get("/policy/C99").await.status, StatusCode::NOT_FOUND);
}

/// A command carries a clause only when the program that serves the pages has it.
#[tokio::test]
async fn a_command_is_named_only_when_the_program_has_it() {
    for (commands, is_named) in
        [(&[][..], false), (&["policy test"][..], false), (&["policy check", "serve"][..], true)]
    {
        let commands = commands.iter().map(|name| (*name).to_owned()).collect();
        let server = Server::start_with(Settings { commands, ..Settings::default() }).await;
        let page = server.signed_in(Role::Clerk).await.get("/policy/C0.2").await.text;
        assert_eq!(page.contains("policy check"), is_named, "{page}");
    }
}

/// The values of a parameter over time leave the page as numbers and days.
#[tokio::test]
async fn the_parameters_of_a_clause_are_exported() {
    let mut leader = visitor(Role::Leader).await;
    assert!(leader.get("/policy/C3.3.2.2").await.text.contains("list=parameters"));
    let csv = leader.get("/policy/C3.3.2.2?list=parameters&export=csv").await.text;
    let stars = csv.lines().find(|line| line.contains(",star_2_inventions,")).unwrap();
    assert!(stars.contains(",star_2_inventions,20,件,"), "{stars}");
    let plan = leader.get("/policy/C2.0?list=parameters&export=csv").await.text;
    assert!(plan.contains(",plan_start,2021-01-01,"), "{plan}");
}

/// What carries a clause is one click away: no link of the page leads nowhere.
#[tokio::test(flavor = "multi_thread")]
async fn what_carries_a_clause_can_be_opened() {
    let mut clerk = visitor(Role::Clerk).await;
    let page = clerk.get("/policy").await.text;
    let main = page.split_once("<main").unwrap().1;
    let hrefs = main.split("href=\"/").skip(1).filter_map(|rest| rest.split(['"', '#']).next());
    let hrefs: std::collections::BTreeSet<&str> = hrefs.filter(|href| !href.starts_with("policy/C")).collect();
    assert!(hrefs.contains("cases") && hrefs.len() > 20, "{hrefs:?}");
    for href in hrefs {
        let status = clerk.get(&format!("/{}", href.replace("&amp;", "&").replace("&#38;", "&"))).await.status;
        // A page of others is there too, though not for a clerk; the first page leads on.
        assert!(status == StatusCode::OK || status == StatusCode::FORBIDDEN || href.is_empty(), "/{href}: {status}");
    }
}

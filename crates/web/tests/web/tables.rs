//! Every table that holds more than a handful of rows: sorted by a click, searched, exported whole, printed whole.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::{
    city::{links, own, visitor},
    client::{Answer, Visitor},
};

/// A list on a page, as it stands there.
struct Table {
    html: String,
}

impl Table {
    fn of(page: &str, id: &str) -> Self {
        let start =
            page.find(&format!("<div class=\"listing\" id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}: {page}"));
        let rest = &page[start..];
        let end = rest[1..].find("<div class=\"listing\"").map_or(rest.len(), |at| at + 1);
        Self { html: rest[..end].split("</section>").next().unwrap().to_owned() }
    }

    fn total(&self) -> usize {
        let told = self.html.split("共 ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        told.replace(',', "").parse().unwrap()
    }

    fn hrefs(&self, with: &str) -> Vec<String> {
        let plain = |href: &str| href.replace("&amp;", "&").replace("&#38;", "&");
        links(&self.html, "/").into_iter().map(plain).filter(|href| href.contains(with)).collect()
    }
}

/// The rows of a workbook below its title and its headings.
fn rows(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let file = tempfile::Builder::new().suffix(".xlsx").tempfile().unwrap();
    std::fs::write(file.path(), &answer.body).unwrap();
    let sheets = sheets::read_all(file.path(), &sheets::Limits::default()).unwrap();
    let rows = sheets[0].1.iter().skip(2);
    rows.map(|row| row.cells.iter().map(|cell| cell.text().into_owned()).collect()).collect()
}

/// Tries a table: its workbook has as many rows as are told, and a click on any heading answers with this list alone.
async fn try_table(visitor: &mut Visitor, path: &str, id: &str) -> Table {
    let page = visitor.get(path).await;
    assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text);
    let table = Table::of(&page.text, id);
    let total = table.total();
    assert!(total > 0, "{path} {id} has no row to try");
    let workbook = visitor.get(&table.hrefs("export=xlsx")[0]).await;
    assert_eq!(rows(&workbook).len(), total, "{path} {id}");
    let heads = table.hrefs("sort=");
    assert!(heads.len() >= 2, "{path} {id}: {heads:?}");
    for head in heads {
        let block = visitor.get_with(head.split('#').next().unwrap(), &[("hx-request", "true")]).await.text;
        assert!(!block.contains("<html") && block.contains(&format!("id=\"{id}\"")), "{head}: {block}");
        assert!(block.contains("aria-sort=") && Table::of(&block, id).total() == total, "{head}");
        assert_eq!(block.matches("class=\"listing\"").count(), 1, "{head}");
    }
    table
}

/// The newest two runs, the later first.
async fn two_runs(visitor: &mut Visitor) -> (String, String) {
    let page = visitor.get("/runs").await.text;
    let runs: Vec<String> = links(&page, "/runs/")
        .into_iter()
        .filter(|href| href.len() == 6 + 64)
        .map(|href| href[6..].to_owned())
        .collect();
    (runs[0].clone(), runs[1].clone())
}

#[tokio::test]
async fn the_tables_of_runs_and_of_their_difference_are_lists() {
    let mut clerk = visitor(Role::Clerk).await;
    let (after, before) = two_runs(&mut clerk).await;
    let path = format!("/runs/{before}/diff/{after}");
    let indicators = try_table(&mut clerk, &path, "indicator-changes").await;
    assert!(!indicators.hrefs("/indicators/K").is_empty());
    let awards = try_table(&mut clerk, &path, "award-changes").await;
    assert!(!awards.hrefs("/enterprises/").is_empty());
    for right in awards.hrefs("/patents/") {
        assert_eq!(clerk.get(&right).await.status, StatusCode::OK, "{right}");
    }
    try_table(&mut clerk, &format!("/runs/{after}"), "run-indicators").await;
    try_table(&mut clerk, &format!("/runs/{after}"), "run-parameters").await;
}

#[tokio::test]
async fn what_is_sorted_is_one_list_and_the_others_keep_to_themselves() {
    let mut clerk = visitor(Role::Clerk).await;
    let (after, _) = two_runs(&mut clerk).await;
    let page = clerk.get(&format!("/runs/{after}?list=run-parameters&sort=meaning&dir=down")).await.text;
    assert!(Table::of(&page, "run-parameters").html.contains("aria-sort=\"descending\""));
    assert!(!Table::of(&page, "run-indicators").html.contains("aria-sort="));
    let found = clerk.get(&format!("/runs/{after}?list=run-parameters&q=ghq")).await.text;
    let (parameters, indicators) = (Table::of(&found, "run-parameters"), Table::of(&found, "run-indicators"));
    assert!(parameters.html.contains("检索“ghq”") && parameters.html.contains("规划期"), "{}", parameters.html);
    assert!(indicators.total() > 20, "the other list is not searched");
}

#[tokio::test]
async fn the_tables_of_awards_indicators_and_registers_are_lists() {
    let mut clerk = visitor(Role::Clerk).await;
    let page = clerk.get("/awards").await.text;
    for id in ["stakes-list", "alarms-list"] {
        if page.contains(&format!("id=\"{id}\"")) {
            try_table(&mut clerk, "/awards", id).await;
        }
    }
    assert!(page.contains("id=\"alarms-list\""), "the demo raises an alarm");
    // Those close to an award are named on the page; all of them stand in a list, with what they lack.
    let near = links(&page, "/awards/invention-star?state=near")[0].to_owned();
    try_table(&mut clerk, &near, "award").await;
    try_table(&mut clerk, "/indicators/K01", "town-parts").await;
    let grid = clerk.get("/registers?export=xlsx").await;
    let received = registry::registers().iter().filter(|register| register.received).count();
    let grid = rows(&grid);
    assert_eq!(grid.len(), received);
    assert!(grid.iter().flatten().any(|cell| cell.contains("已报齐")), "{grid:?}");
}

#[tokio::test]
async fn the_tables_of_an_enterprise_are_lists() {
    let mut clerk = visitor(Role::Clerk).await;
    let pledge = clerk.get("/indicators/K08/rights").await.text;
    let enterprise = links(&pledge, "/enterprises/").into_iter().find(|href| href.len() > 13).unwrap().to_owned();
    for id in ["pledge-list", "status-list"] {
        let page = clerk.get(&enterprise).await.text;
        if page.contains(&format!("id=\"{id}\"")) {
            try_table(&mut clerk, &enterprise, id).await;
        }
    }
    let pledges = try_table(&mut clerk, &enterprise, "pledge-list").await;
    assert!(!pledges.hrefs("/registers/history/pledges").is_empty());
    try_table(&mut clerk, &enterprise, "portfolio").await;
}

#[tokio::test]
async fn trajectories_are_searched_and_a_town_sees_its_own() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let all = Table::of(&clerk.get("/registers/trajectories").await.text, "trajectories").total();
    let some = clerk.get("/registers/trajectories?q=mdl").await.text;
    assert!((1..all).contains(&Table::of(&some, "trajectories").total()), "马德里 by its initials");
    let none = clerk.get("/registers/trajectories?q=nothing-of-the-kind").await.text;
    assert!(none.contains("没有符合条件的记录"));

    let page = clerk.get("/indicators/K05").await.text;
    assert!(!page.contains("区镇轨迹"), "no town has a target yet");
    let town = links(&page, "/indicators/K05/towns/")[0].rsplit('/').next().unwrap().to_owned();
    let town = percent(&town);
    let token = clerk.get("/registers/trajectories").await.token();
    for (date, value) in [("2022-12-31", "1"), ("2023-12-31", "100000")] {
        let form =
            [("csrf", token.as_str()), ("indicator", "K05"), ("region", &town), ("date", date), ("value", value)];
        let sent = clerk.post("/registers/trajectories/enter", &form).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    }
    let run = started(&mut clerk, "2024-01-31").await;
    let page = clerk.get(&format!("/indicators/K05?run={run}")).await.text;
    let table = Table::of(&page, "town-parts");
    for words in
        ["区镇轨迹（当日）", "领先或落后", "100,000 家（2023-12-31）", "1 家（2022-12-31）", "落后轨迹 ", "此后沿用"]
    {
        assert!(table.html.contains(words), "{words}: {}", table.html);
    }
    let behind = clerk.get(&format!("/indicators/K05?run={run}&course=behind")).await.text;
    assert_eq!(Table::of(&behind, "town-parts").total(), 1);
    // The towns of the demo have a way for patents; between the two days the way is straight.
    assert!(clerk.get("/indicators/K01").await.text.contains("区镇轨迹（当日）"));
    let earlier = started(&mut clerk, "2023-11-30").await;
    let page = clerk.get(&format!("/indicators/K05?run={earlier}&course=behind")).await.text;
    let table = Table::of(&page, "town-parts");
    assert_eq!(table.total(), 1, "{page}");
    // 1 + 99,999 × 334 ÷ 365.
    for words in ["约 91,506.93 家", "365 天中已过 334 天"] {
        assert!(table.html.contains(words), "{words}: {}", table.html);
    }
}

/// Runs an evaluation and gives its id.
async fn started(clerk: &mut Visitor, as_of: &str) -> String {
    let token = clerk.get("/runs").await.token();
    let sent = clerk.post("/runs/start", &[("csrf", &token), ("as_of", as_of)]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
    let job = sent.header("location").to_owned();
    for _ in 0..1200 {
        let page = clerk.get(&job).await;
        if page.status == StatusCode::SEE_OTHER {
            return page.header("location").trim_start_matches("/runs/").to_owned();
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the run does not end");
}

fn percent(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        if *first == b'%' {
            bytes.push(u8::from_str_radix(std::str::from_utf8(&behind[..2]).unwrap(), 16).unwrap());
            rest = &behind[2..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn a_whole_list_is_printed_from_the_list() {
    let mut clerk = visitor(Role::Clerk).await;
    let page = clerk.get("/patents?sort=number").await.text;
    let table = Table::of(&page, "patents");
    let printed = clerk.get(&table.hrefs("export=print")[0]).await;
    assert_eq!(printed.status, StatusCode::OK);
    assert_eq!(printed.text.matches("<th scope=\"row\"").count(), table.total(), "every row, on one page");
    assert!(table.total() > 100 && printed.text.contains("返回清单") && !printed.text.contains("本页只列前"));
    assert!(!printed.text.contains("class=\"filters\"") && !printed.text.contains("class=\"pager\""));
    // What is filtered is said, and only that is printed.
    let some = clerk.get("/patents?kind=%E5%8F%91%E6%98%8E").await.text;
    let table = Table::of(&some, "patents");
    let printed = clerk.get(&table.hrefs("export=print")[0]).await.text;
    assert_eq!(printed.matches("<th scope=\"row\"").count(), table.total());
    assert!(printed.contains("：发明"));
}

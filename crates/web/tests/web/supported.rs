//! The pages of the project library and of start-ups: what the registers show of each, every number opening to its rows, and nobody
//! seeing what is another's.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::{links, visitor};
use crate::client::Visitor;

fn plain(href: &str) -> String {
    href.replace("&amp;", "&").replace("&#38;", "&")
}

/// The rows of the list of a page.
fn rows(page: &str) -> usize {
    page.split("listing-table").nth(1).unwrap_or_default().matches("<tr").count().saturating_sub(1)
}

/// Opens the first number of a page that leads so, and finds as many rows.
async fn opens(visitor: &mut Visitor, path: &str, beginning: &str) {
    let page = visitor.get(path).await.text;
    let hrefs = links(&page, beginning);
    let href = hrefs.first().unwrap_or_else(|| panic!("nothing leads to {beginning}: {page}"));
    let shown = page.split(&format!("{href}\"")).nth(1).unwrap().split('>').nth(1).unwrap().split('<').next().unwrap();
    let opened = visitor.get(&format!("{}&size=100", plain(href))).await.text;
    assert_eq!(shown.trim(), rows(&opened).to_string(), "{href}");
}

const PAGES: [&str; 8] = [
    "/budget/leverage",
    "/budget/leverage/rows",
    "/budget/projects",
    "/budget/projects/rights",
    "/budget/projects/totals",
    "/budget/startups",
    "/budget/startups/forms",
    "/budget/startups/pilots",
];

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_4_projects_show_whether_their_rights_are_their_own_and_each_opens() {
    let mut finance = visitor(Role::Finance).await;
    let page = finance.get("/budget/projects?size=100").await.text;
    for words in [
        "自主知识产权",
        "当日有效，企业是专利权人",
        "不是专利号，登记簿不能证明",
        "没有填所依据的权利",
        "未标注",
        "没有评审",
        "云科评〔2023〕",
        "所选合计 ",
        "份没有填金额，不按零计",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let right = links(&page, "/patents/").first().map(|href| plain(href)).unwrap();
    assert_eq!(finance.get(&right).await.status, StatusCode::OK, "{right}");
    let row = links(&page, "/registers/history/project-library?").first().map(|href| plain(href)).unwrap();
    assert!(finance.get(&row).await.text.contains("项目库"), "a row tells the file that it came from");
    let [yes, no, unknown] = ["yes", "no", "unknown"].map(|own| format!("/budget/projects?own={own}&size=100"));
    let all = rows(&page);
    let mut parts = 0;
    for path in [&yes, &no, &unknown] {
        let part = rows(&finance.get(path).await.text);
        assert!(part > 0 && part < all, "{path}");
        parts += part;
    }
    assert_eq!(parts, all, "each project is one of three");
    let tagged = finance.get("/budget/projects?tag=none&size=100").await.text;
    let list = tagged.split("listing-table").nth(1).unwrap();
    assert!(list.contains("未标注") && !list.contains("示范性"), "{list}");
    opens(&mut finance, "/budget/projects/totals", "/budget/projects?year=2023").await;
    let unknown = finance.get("/budget/projects/rights?own=unknown").await.text;
    let list = unknown.split("listing-table").nth(1).unwrap();
    assert!(list.contains("SR0") && !list.contains("当日有效，企业是专利权人"), "{list}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_5_start_ups_come_from_the_registers_and_pilots_are_evaluated() {
    let mut finance = visitor(Role::Finance).await;
    let page = finance.get("/budget/startups?size=100").await.text;
    for words in ["成立不超过 5 年的算初创", "有自主的有效专利", "登记簿中没有它的有效专利", "没有试点"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let ones = finance.get("/budget/startups?one=yes&size=100").await.text;
    let right = links(&ones, "/patents/").first().map(|href| plain(href)).unwrap_or_else(|| panic!("{ones}"));
    assert_eq!(finance.get(&right).await.status, StatusCode::OK);
    opens(&mut finance, "/budget/startups/forms", "/budget/startups/pilots?year=2022").await;
    let pilots = finance.get("/budget/startups/pilots").await.text;
    for words in ["继续推广", "还没有评估", "股权投资", "没有填"] {
        assert!(pilots.contains(words), "{words}: {pilots}");
    }
    let waiting = finance.get("/budget/startups/pilots?result=none").await.text;
    assert!(!waiting.split("listing-table").nth(1).unwrap().contains("继续推广"), "{waiting}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_2_4_1_items_of_use_have_basis_and_budget_and_each_number_opens() {
    let mut finance = visitor(Role::Finance).await;
    let page = finance.get("/budget/leverage?size=100").await.text;
    for words in ["质押融资贴息", "知识产权保险保费补贴", "云政办发〔2023〕12号", "没有单列", "未起草", "每元扶持对应"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!links(&page, "/items/").is_empty(), "an item opens to its terms");
    // The first sum of a year opens to rows that add up to it.
    let href = links(&page, "/budget/leverage/rows?award=").first().map(|href| (*href).to_owned()).unwrap();
    let shown = page.split(&format!("{href}\"")).nth(1).unwrap().split('>').nth(1).unwrap().split('<').next().unwrap();
    let shown = shown.trim().trim_start_matches("至少 ").to_owned();
    let opened = finance.get(&plain(&href)).await.text;
    let sum = opened.split("所选合计 ").nth(1).unwrap().split('。').next().unwrap();
    assert!(sum.starts_with(&shown), "{href}: {shown} against {sum}");
    let all = finance.get("/budget/leverage/rows?size=100").await.text;
    assert!(all.contains("登记簿中没有这个号码") && all.contains("没有填"), "{all}");
    let insured = links(&all, "/budget/insurances?q=").first().map(|href| plain(href)).unwrap();
    assert!(finance.get(&insured).await.text.contains("PIPC"), "{insured}");
    let loan = links(&all, "/budget/pledges?q=").first().map(|href| plain(href)).unwrap();
    assert_eq!(rows(&finance.get(&loan).await.text), 1, "{loan}");
    let class = finance.get("/items").await.text;
    assert!(class.contains("运用扶持"), "{class}");
    let mut town = visitor(Role::Town).await;
    assert!(!town.get("/budget/leverage").await.text.contains("本事项预算"), "the budget is the city's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_town_sees_its_own_projects_and_start_ups_and_an_enterprise_none() {
    let (mut clerk, mut town) = (visitor(Role::Clerk).await, visitor(Role::Town).await);
    for path in PAGES {
        let exported = clerk.get(&format!("{path}?export=xlsx")).await;
        assert!(exported.header("content-disposition").contains(".xlsx"), "{path}");
        assert_eq!(clerk.get(&format!("{path}?lang=en")).await.status, StatusCode::OK, "{path}");
        let own = town.get(path).await;
        assert_eq!(own.status, StatusCode::OK, "{path}");
        assert!(links(&own.text, "/registers/history/").is_empty(), "a town is led to no raw record: {path}");
        for role in [Role::Enterprise, Role::Bank, Role::Province, Role::Department] {
            assert_eq!(visitor(role).await.get(path).await.status, StatusCode::FORBIDDEN, "{path} {role:?}");
        }
        assert_eq!(visitor(Role::Auditor).await.get(path).await.status, StatusCode::OK, "{path}");
    }
    for path in ["/budget/projects?size=100", "/budget/startups?size=100", "/budget/leverage/rows?size=100"] {
        let (whole, own) = (rows(&clerk.get(path).await.text), rows(&town.get(path).await.text));
        assert!(own < whole, "{path}: {own} of {whole}");
    }
}

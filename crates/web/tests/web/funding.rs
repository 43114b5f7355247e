//! The pages of the market, of what units spend, of special funds and of other policies: every number opens to its rows, what is not
//! known says so, and nobody sees what is another's.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::{links, visitor};
use crate::client::Visitor;

fn plain(href: &str) -> String {
    href.replace("&amp;", "&").replace("&#38;", "&")
}

/// Opens the first figure of a page that leads so, and finds it again as the sum of the rows that it opens to.
async fn adds_up(visitor: &mut Visitor, path: &str, beginning: &str) {
    let page = visitor.get(path).await.text;
    let hrefs = links(&page, beginning);
    let of_year = hrefs.into_iter().find(|href| href.contains("year="));
    let href = of_year.unwrap_or_else(|| panic!("nothing leads to {beginning}: {page}"));
    let shown = page.split(&format!("{href}\"")).nth(1).unwrap().split('>').nth(1).unwrap().split('<').next().unwrap();
    let shown = shown.trim().trim_start_matches("至少 ").to_owned();
    let rows = visitor.get(&plain(href)).await.text;
    let sum = rows.split("所选合计 ").nth(1).unwrap_or_else(|| panic!("{rows}")).split('。').next().unwrap();
    assert!(sum.starts_with(&shown), "{href}: {shown} against {sum}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_1_3_1_each_line_of_the_market_opens_to_rows_that_add_up() {
    let mut leader = visitor(Role::Leader).await;
    for beginning in ["/budget/licences?", "/budget/insurances?"] {
        adds_up(&mut leader, "/budget/board", beginning).await;
    }
    let page = leader.get("/budget/board").await.text;
    let list = page.split("listing-table").nth(1).unwrap();
    let row = |year: &str| list.split("<tr").find(|row| row.contains(&format!(">{year}</"))).unwrap().to_owned();
    // Of one licence in the year nobody told the fee.
    assert!(row("2023").contains("至少 ") && row("2023").contains("份金额未知"), "{}", row("2023"));
    assert!(row("2021").contains("未登记"), "the register of insurance came later: {}", row("2021"));
    assert!(links(&row("2024"), "/matching/introduced?").len() == 1, "{}", row("2024"));
    let english = leader.get("/budget/licences?lang=en").await;
    assert_eq!(english.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_2_4_2_licences_and_insurance_stand_on_pages_of_their_own() {
    let mut clerk = visitor(Role::Clerk).await;
    let page = clerk.get("/budget/licences").await.text;
    for words in ["许可人", "备案日期", "没有填", "所选合计 ", "份没有填金额，不按零计"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let row = links(&page, "/registers/history/licences?").first().map(|href| plain(href)).unwrap();
    assert!(clerk.get(&row).await.text.contains("许可备案台账"), "a row tells the file that it came from");
    for path in ["/budget/licences", "/budget/insurances"] {
        let exported = clerk.get(&format!("{path}?export=xlsx")).await;
        assert!(exported.header("content-disposition").contains(".xlsx"), "{path}");
    }
    let whole = clerk.get("/budget/insurances?size=100").await.text.matches("PIPC").count();
    let mut town = visitor(Role::Town).await;
    let own = town.get("/budget/insurances?size=100").await;
    assert!(own.status == StatusCode::OK && own.text.matches("PIPC").count() < whole);
    assert!(links(&own.text, "/registers/history/").is_empty(), "a town is led to no raw record");
    assert_eq!(town.get(&row).await.status, StatusCode::FORBIDDEN);
    for role in [Role::Enterprise, Role::Bank, Role::Province] {
        let mut other = visitor(role).await;
        assert_eq!(other.get("/budget/licences").await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_6_units_by_years_with_who_is_missing_in_words() {
    let mut finance = visitor(Role::Finance).await;
    adds_up(&mut finance, "/budget/spending?reported=yes&kind=town", "/budget/spending/rows?unit=").await;
    let page = finance.get("/budget/spending").await.text;
    for words in ["未报的 ", "商务局", "两年都报齐的 ", "人均", "data-chart=\"spending-course-data\"", "没有当年人口"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let missing = finance.get("/budget/spending?reported=no").await.text;
    assert!(missing.contains("商务局") && missing.contains("未报"), "{missing}");
    // An earlier year shows what was known of it then.
    let earlier = finance.get("/budget/spending?year=2022").await.text;
    assert!(earlier.contains("2022 年支出") && !earlier.contains("2023 年支出"), "{earlier}");
    let unit = |page: &str| page.split("listing-table").nth(1).unwrap_or_default().matches("<tr").count();
    let mut science = visitor(Role::Department).await;
    let own = science.get("/budget/spending").await.text;
    assert!(own.contains("科学技术局") && !own.contains("商务局") && unit(&own) == 2, "{own}");
    let mut town = visitor(Role::Town).await;
    let own = town.get("/budget/spending/rows").await.text;
    assert!(!own.contains("科学技术局") && own.contains("本级财政"), "{own}");
    assert_eq!(visitor(Role::Enterprise).await.get("/budget/spending").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_2_the_fund_map_names_funds_without_a_condition_and_opens_every_sum() {
    let mut finance = visitor(Role::Finance).await;
    adds_up(&mut finance, "/budget/funds?year=2023", "/budget/funds/projects?").await;
    adds_up(&mut finance, "/budget/funds/shares?year=2022", "/budget/funds/projects?").await;
    let page = finance.get("/budget/funds").await.text;
    let without = page.split("没有知识产权条件的专项资金 ").nth(1).unwrap().split('。').next().unwrap();
    assert!(without.contains("工业转型升级专项资金") && !without.contains("外经贸发展专项资金"), "{without}");
    assert!(page.contains("没有查过") && page.contains("data-chart=\"fund-shares-data\""), "{page}");
    let untagged = finance.get("/budget/funds/projects?focus=none").await.text;
    assert!(untagged.contains("未标注") && untagged.contains("新产品研发与试制"), "{untagged}");
    assert!(!untagged.contains("智能化改造"), "其他 is a tag");
    assert_eq!(visitor(Role::Town).await.get("/budget/funds").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_3_pairs_say_what_the_other_document_says_and_documents_rest_on_others() {
    let mut finance = visitor(Role::Finance).await;
    let page = finance.get("/budget/overlaps").await.text;
    for words in
        ["就高不就低", "不重复享受", "文件没有写明", "发明之星", "云科发〔2022〕8号", "今天与本政策为同一种事给钱的有 "]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    let unsaid = finance.get("/budget/overlaps?relation=none").await.text;
    let list = unsaid.split("listing-table").nth(1).unwrap();
    assert!(list.contains("文件没有写明") && list.contains("海外维权补助") && !list.contains("第五条"), "{list}");
    let documents = finance.get("/budget/overlaps/documents").await.text;
    assert!(
        documents.contains("云政发〔2021〕3号") && documents.contains("云川市知识产权奖励资助实施细则"),
        "{documents}"
    );
    let items = links(&documents, "/budget/overlaps/items?").first().map(|href| plain(href)).unwrap();
    assert!(finance.get(&items).await.text.contains("奖补对象"));
    for path in ["/budget/overlaps", "/budget/overlaps/both", "/budget/overlaps/items", "/budget/overlaps/documents"] {
        assert!(
            finance.get(&format!("{path}?export=xlsx")).await.header("content-disposition").contains(".xlsx"),
            "{path}"
        );
        assert_eq!(visitor(Role::Department).await.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

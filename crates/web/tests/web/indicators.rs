//! An indicator is open from its figure down to single rights, with the clause, the exact test and the rules beside it.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::{links, visitor};

#[tokio::test]
async fn all_indicators_are_listed_with_what_cannot_be_computed() {
    let page = visitor(Role::Leader).await.get("/indicators").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    assert_eq!(links(&page.text, "/indicators/K").len(), 11);
    assert!(page.text.contains("知识产权贸易额") && page.text.contains("尚不能计算"));
}

#[tokio::test]
async fn every_indicator_has_its_page() {
    let mut leader = visitor(Role::Leader).await;
    let list = leader.get("/indicators").await.text;
    for href in links(&list, "/indicators/") {
        let page = leader.get(href).await;
        assert_eq!(page.status, StatusCode::OK, "{href}: {}", page.text);
        assert!(page.text.contains("<blockquote lang=\"zh-CN\">"), "{href} quotes its clause");
    }
    assert_eq!(leader.get("/indicators/K99").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_figure_shows_its_exact_test_and_the_rules_that_made_it() {
    let page = visitor(Role::Auditor).await.get("/indicators/K01").await.text;
    for words in [
        "有效发明专利拥有量 × 1,000,000,000 ≥ 30 × 地区生产总值",
        "每十亿元地区生产总值发明专利拥有量达 30 件以上",
        "三（一）4",
        "create view invention_in_city as",
        "文件未写明，按通行口径",
        "逐月走势",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn the_way_down_leads_from_town_to_enterprise_to_rights() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/indicators/K01").await.text;
    let town = links(&page, "/indicators/K01/towns/")[0].to_owned();
    let town = leader.get(&town).await;
    assert_eq!(town.status, StatusCode::OK, "{}", town.text);
    let rights = links(&town.text, "/indicators/K01/rights?town=")
        .into_iter()
        .find(|href| href.contains("enterprise="))
        .unwrap();
    let rights = leader.get(&rights.replace("&amp;", "&").replace("&#38;", "&")).await;
    let patent = links(&rights.text, "/patents/")[0].to_owned();
    let patent = leader.get(&patent).await;
    assert_eq!(patent.status, StatusCode::OK);
    assert!(
        patent.text.contains("每十亿元地区生产总值发明专利拥有量") && patent.text.contains("统计时点有效的发明专利")
    );
}

#[tokio::test]
async fn the_number_of_rights_listed_is_the_numerator() {
    let mut leader = visitor(Role::Leader).await;
    for code in [
        "K01", "K02", "K03", "K04", "K05", "K06", "K07", "K08", "K11", "M01", "M02", "M03", "M04", "M05", "M06", "M07",
        "M08", "M09", "M10", "M11", "M12", "M13", "M14",
    ] {
        let page = leader.get(&format!("/indicators/{code}")).await.text;
        let told = between(&page, "查看计入的全部 ", " 项");
        let list = leader.get(&format!("/indicators/{code}/rights")).await.text;
        // An indicator that counts nothing leads to its register instead.
        if told.is_empty() {
            assert!(page.contains("/registers/batches?register="), "{code}");
            continue;
        }
        assert_eq!(between(&list, "共 ", " 条"), told, "{code}");
        // Each thing counted has a page of its own.
        assert!(
            ["/patents/", "/enterprises/", "/registers/history/"].iter().any(|path| !links(&list, path).is_empty()),
            "{code}"
        );
    }
}

#[tokio::test]
async fn high_value_stands_by_category_with_overlap_and_the_official_difference() {
    let page = visitor(Role::Leader).await.get("/indicators/K04").await.text;
    // The fourth category says why nothing of it is computed.
    for words in [
        "战略性新兴产业",
        "海外同族授权",
        "合计（每件只计一次）",
        "只在官方名单",
        "只在本系统预判",
        "门槛，预判不认定第四类",
    ] {
        assert!(page.contains(words), "{words}");
    }
}

#[tokio::test]
async fn a_list_is_exported_as_a_workbook() {
    let answer = visitor(Role::Leader).await.get("/indicators/K01/rights?export=xlsx").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("content-type").contains("spreadsheetml"));
}

#[tokio::test]
async fn the_tables_of_an_indicator_are_exported() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/indicators/K04").await.text;
    assert!(page.contains("list=categories") && page.contains("list=settings"), "{page}");
    let csv = leader.get("/indicators/K04?list=categories&export=csv").await.text;
    assert!(csv.trim_start_matches('\u{FEFF}').starts_with("表,"), "{csv}");
    let counted = csv.lines().filter(|line| line.split(',').nth(2).is_some_and(|count| count.parse::<i64>().is_ok()));
    assert!(counted.count() >= 5, "{csv}");
    assert!(csv.contains("门槛"), "what is not known says why: {csv}");
    let settings = leader.get("/indicators/K04?list=settings&export=csv").await.text;
    assert!(settings.lines().any(|line| line.contains(",10,")), "{settings}");
    // The leading list is still the towns.
    let towns = leader.get("/indicators/K04?export=csv").await.text;
    assert!(towns.contains("镇"), "{towns}");
}

/// DOMAIN 1.7: a denominator says its year, its vintage and when it was published, and leads to its own row.
#[tokio::test]
async fn a_denominator_says_its_year_and_vintage_and_opens() {
    let mut clerk = visitor(Role::Clerk).await;
    let run = of_2023(&mut clerk).await;
    for (code, measure) in [("K01", "2022年地区生产总值，"), ("K04", "2022年常住人口，")] {
        let page = clerk.get(&format!("/indicators/{code}?run={run}")).await.text;
        let told = between(&page, "<dt>分母数据</dt><dd>", "</dd>");
        assert!(told.starts_with(measure) && told.contains("日发布"), "{code}: {told}");
        assert!(["初步核算", "公报", "最终核实", "普查修订"].iter().any(|vintage| told.contains(vintage)), "{told}");
        let row = links(told, "/registers/history/statistics?key=")[0].replace("&amp;", "&").replace("&#38;", "&");
        let row = clerk.get(&row).await;
        assert!(row.status == StatusCode::OK && row.text.contains("2022"), "{}", row.text);
    }
    let page = clerk.get("/indicators/K07").await.text;
    let (told, list) =
        (between(&page, "/indicators/M01/rights\">", " "), clerk.get("/indicators/M01/rights").await.text);
    assert!(!told.is_empty() && between(&list, "共 ", " 条") == told, "{told}");
}

/// The run of the end of 2023.
async fn of_2023(visitor: &mut crate::client::Visitor) -> String {
    let page = visitor.get("/runs?q=2023-12-31").await.text;
    links(&page, "/runs/").into_iter().find(|href| href.len() == 6 + 64).unwrap()[6..].to_owned()
}

#[tokio::test]
async fn a_survey_says_its_wave_and_the_interval_of_its_sample() {
    let mut clerk = visitor(Role::Clerk).await;
    for code in ["K09", "K10"] {
        let page = clerk.get(&format!("/indicators/{code}")).await.text;
        let wave = between(&page, "<dt>采用的调查</dt><dd>", "</dd>");
        let row = links(wave, "/registers/history/survey-waves?key=")[0].to_owned();
        assert_eq!(clerk.get(&row.replace("&amp;", "&").replace("&#38;", "&")).await.status, StatusCode::OK);
        let number = |before: &str| -> i64 {
            let digits = wave.split(before).nth(1).unwrap().trim_start();
            let digits: String =
                digits.chars().filter(|letter| *letter != ',').take_while(char::is_ascii_digit).collect();
            digits.parse().unwrap()
        };
        let (sample, positive) = (number("有效样本"), number("达标样本"));
        let (low, high) = domain::sources::interval(positive, sample, 95).unwrap();
        let edges = format!("{}.{:02}%—{}.{:02}%", low / 100, low % 100, high / 100, high % 100);
        assert!(between(&page, "<dt>抽样区间（置信水平 95%）</dt><dd>", "</dd>").contains(&edges), "{edges}: {page}");
    }
}

/// C2.1.5: the waves of a survey over time, each with its interval; the distance is told in percentage points.
#[tokio::test]
async fn a_survey_shows_its_waves_with_their_intervals() {
    let mut clerk = visitor(Role::Clerk).await;
    for code in ["K09", "K10"] {
        let page = clerk.get(&format!("/indicators/{code}")).await.text;
        let waves = between(&page, "<h2 id=\"waves-heading\">", "</section>");
        let rows: Vec<&str> = waves.split("<tr><th scope=\"row\">").skip(1).collect();
        assert!(rows.len() >= 2, "{code}: {waves}");
        for row in &rows {
            assert!(row.contains("/registers/history/survey-waves?key="), "{row}");
            let answers = between(row, "有效样本\">", "</td>").replace(',', "");
            let (positive, sample) = answers.split_once(" / ").unwrap();
            let (low, high) =
                domain::sources::interval(positive.parse().unwrap(), sample.parse().unwrap(), 95).unwrap();
            let edges = format!("{}.{:02}%—{}.{:02}%", low / 100, low % 100, high / 100, high % 100);
            assert!(row.contains(&edges), "{edges}: {row}");
            assert!(["含目标值", "全在目标值以上", "全在目标值以下"].iter().any(|words| row.contains(words)), "{row}");
        }
        let chart = between(&page, "id=\"waves-data\">", "</script>");
        let chart: serde_json::Value = serde_json::from_str(chart).unwrap();
        assert_eq!(chart["labels"].as_array().unwrap().len(), rows.len(), "{chart}");
        assert_eq!(chart["series"].as_array().unwrap().len(), 3, "{chart}");
        assert!(!page.contains("还差 1 份") && page.contains("95% 抽样区间"), "{page}");
    }
}

#[tokio::test]
async fn money_figures_read_the_budget_and_its_payments() {
    let mut finance = visitor(Role::Finance).await;
    let board = finance.get("/budget/board").await.text;
    for code in ["M20", "M21"] {
        let page = finance.get(&format!("/indicators/{code}")).await.text;
        let told = between(&page, "<dt>预算和支付</dt><dd>", "</dd>");
        assert!(told.contains("2023年") && told.contains("/budget/board"), "{code}: {told}");
        if board.contains(">2023<") {
            assert!(!told.contains("没有预算和支付的记录"), "{told}");
        }
    }
    let town = visitor(Role::Town).await.get("/indicators/M21").await.text;
    assert!(!town.contains("<dt>预算和支付</dt>"), "money is shown to whoever may see it");
}

fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    page.split_once(before).and_then(|(_, rest)| rest.split_once(after)).map_or("", |(found, _)| found)
}

/// A town sees what single firms of its own borrowed, and of the others' no more than the sums (DOMAIN 9.1).
#[tokio::test]
async fn a_town_sees_no_single_loan_of_another_town() {
    let (mut clerk, mut town) = (visitor(Role::Clerk).await, visitor(Role::Town).await);
    let all = clerk.get("/indicators/K08/rights?size=100").await.text;
    let own = town.get("/indicators/K08/rights?size=100").await.text;
    assert!(all.contains("/registers/history/pledges?key="), "{all}");
    assert!(!own.contains("/registers/history/pledges") && own.contains("其他区镇的企业，不在此列出"), "{own}");
    let loan = links(&all, "/registers/history/pledges").first().unwrap().replace("&amp;", "&").replace("&#38;", "&");
    assert_eq!(clerk.get(&loan).await.status, StatusCode::OK);
    assert_eq!(town.get(&loan).await.status, StatusCode::FORBIDDEN);
    let number = loan.split("key=").nth(1).unwrap();
    let workbook = crate::personal::rows(&town.get("/indicators/K08/rights?export=xlsx").await);
    let named = crate::personal::rows(&clerk.get("/indicators/K08/rights?export=xlsx").await);
    assert!(named.iter().flatten().any(|cell| cell == number) && workbook.len() < named.len(), "{number}");
    // The firm's own page, and the pages of what was pledged, tell the town of another no more.
    let shows = |text: &str| text.contains("id=\"pledge-list");
    let mut hidden = 0;
    for firm in links(&all, "/enterprises/").into_iter().take(6) {
        let (full, part) = (clerk.get(firm).await.text, town.get(firm).await.text);
        hidden += usize::from(shows(&full) && !shows(&part));
    }
    assert!(hidden > 0, "some of them are of other towns");
}

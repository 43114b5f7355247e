//! Awards in the browser: who reaches which level and why, who is close, what wants a look, and that nothing is payable.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::{links, visitor};

/// C3.1.4.2, C3.3.2.2, C3.1.5.2: each award stands there with its clause, its winners by level, and no amount.
#[tokio::test]
async fn clauses_c3_1_4_2_c3_3_2_2_and_c3_1_5_2_show_their_winners_without_an_amount() {
    let page = visitor(Role::Leader).await.get("/awards").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for words in [
        "发明之星",
        "创新之星",
        "PCT 国外发明专利授权奖励",
        "对当年发明专利授权达到5件以上的发明大户给予奖励",
        "评为“创新之星”二星级、三星级、四星级、五星级企业",
        "对企业通过PCT途径获得国外发明专利授权的进行奖励",
        "五星级",
        "二星级",
        "接近达标的企业",
        "即可达标",
        "不产生应付款",
    ] {
        assert!(page.text.contains(words), "{words}");
    }
    assert!(!page.text.contains("AMB-"), "codes of open questions say nothing to a reader");
    assert!(!links(&page.text, "/awards/innovation-star/").is_empty(), "winners are named and lead to their reasons");
}

/// C3.3.3, C3.3.5.2, C3.4.3.1, C3.5.3.1: what the document promises and nothing decides yet is declared with the reason.
#[tokio::test]
async fn awards_that_are_not_active_say_why() {
    let page = visitor(Role::Finance).await.get("/awards").await.text;
    for words in ["国家或省知识产权项目立项奖励", "知识产权维权援助资助", "没有维权案件登记簿", "原文只作鼓励"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert_eq!(visitor(Role::Finance).await.get("/awards/rights-aid").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn alarms_stand_with_their_method_and_their_error() {
    let page = visitor(Role::Leader).await.get("/awards").await.text;
    for method in domain::alarms::Method::ALL {
        assert!(page.contains(method.zh()) && page.contains(method.method()), "{}", method.zh());
    }
    for method in domain::alarms::Method::ALL {
        assert!(page.contains(&format!("以后来事实判定：{}", method.later())), "{}", method.zh());
    }
    assert!(page.contains("提示不是结论"));
    // The demo plants two bursts of filings in June 2022: one enterprise sold them, the other kept them.
    assert!(page.contains("2022 年 6 月申请 12 件"));
    assert!(page.contains("提示 2 条，此后一年内属实 1 条，误报 1 条，尚无定论 0 条"), "the error of the bursts");
    assert!(page.contains("提示 1 条，此后一年内属实 0 条，误报 1 条，尚无定论 0 条"), "the error of the purchases");
    assert!(page.contains("等级可能下降"));
}

#[tokio::test]
async fn the_list_of_an_award_counts_what_the_overview_tells() {
    let mut leader = visitor(Role::Leader).await;
    let overview = leader.get("/awards").await.text;
    for award in ["invention-star", "innovation-star", "pct-grant"] {
        let href = format!("/awards/{award}?state=reached");
        let told = overview
            .split(&format!("href=\"{href}\">"))
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .unwrap()
            .to_owned();
        let list = leader.get(&href).await;
        assert_eq!(list.status, StatusCode::OK, "{}", list.text);
        let total = list.text.split("共 ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
        assert_eq!(total, told, "{award}");
    }
}

#[tokio::test]
async fn a_list_is_filtered_searched_by_initials_and_exported() {
    let mut leader = visitor(Role::Leader).await;
    let all = leader.get("/awards/innovation-star?size=100").await.text;
    let subjects = links(&all, "/awards/innovation-star/");
    assert!(subjects.len() > 5, "{}", subjects.len());
    let none = leader.get("/awards/innovation-star?q=%E4%B8%8D%E5%AD%98%E5%9C%A8").await.text;
    assert!(none.contains("没有符合条件的记录"));
    let name = all.split(&format!("href=\"{}\">", subjects[0])).nth(1).and_then(|rest| rest.split('<').next()).unwrap();
    let initials = leader.get(&format!("/awards/innovation-star?q={}", web::format::encode(name))).await.text;
    assert!(initials.contains(subjects[0]), "{name}");
    let workbook = leader.get("/awards/innovation-star?state=reached&export=xlsx").await;
    assert_eq!(workbook.status, StatusCode::OK);
    assert!(workbook.header("content-disposition").contains(".xlsx") && workbook.text.starts_with("PK"));
    let block = leader.get_with("/awards/innovation-star?level=5", &[("hx-request", "true")]).await.text;
    assert!(!block.contains("<html") && block.contains("id=\"award\""));
}

/// C3.3.2.2: every level with its conditions in words, both numbers, the quoted clause and the rights behind it.
#[tokio::test]
async fn clause_c3_3_2_2_is_explained_level_by_level() {
    let mut leader = visitor(Role::Leader).await;
    let list = leader.get("/awards/innovation-star?state=reached").await.text;
    let page = leader.get(links(&list, "/awards/innovation-star/")[0]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for words in [
        "有效发明专利总量超过 20 件",
        "有效发明专利总量超过 50 件",
        "拥有 5 件以上高价值专利",
        "&gt; 20 件",
        "≥ 5 件",
        "已满足",
        "三（三）2",
        "计入的",
        "href=\"/patents/",
        "href=\"/enterprises/",
        "没有载明金额",
    ] {
        assert!(page.text.contains(words) || page.text.contains(&words.replace("&gt;", "&#62;")), "{words}");
    }
    assert_eq!(leader.get("/awards/innovation-star/000000000000000000").await.status, StatusCode::NOT_FOUND);
    assert_eq!(leader.get("/awards/no-such-award").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn who_may_not_see_awards_is_refused() {
    for role in [Role::Enterprise, Role::Administrator] {
        let mut visitor = visitor(role).await;
        for path in ["/awards", "/awards/innovation-star", "/awards/innovation-star/1"] {
            assert_eq!(visitor.get(path).await.status, StatusCode::FORBIDDEN, "{role:?} {path}");
        }
    }
}

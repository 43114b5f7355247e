//! Clauses that a page carries: each test is named by `carried_by` in the policy document.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::visitor;

/// The cockpit shows every goal group with its own targets, and never an average of unlike units.
async fn goal_group(title: &str, targets: &[&str]) {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/cockpit").await;
    assert_eq!(page.status, StatusCode::OK);
    let groups: Vec<&str> = page.text.split("<p class=\"goal-name\">").skip(1).collect();
    assert!(groups.len() > 1, "the groups stand apart");
    let of_title: Vec<&&str> = groups.iter().filter(|group| group.starts_with(title)).collect();
    assert_eq!(of_title.len(), 1, "{title}");
    // The last group ends with its section.
    let group = of_title[0].split("</section>").next().unwrap();
    for target in targets {
        assert!(group.contains(target), "{target} stands under {title}");
        let elsewhere = groups
            .iter()
            .filter(|other| !other.starts_with(title))
            .map(|other| other.split("</section>").next().unwrap());
        assert!(elsewhere.into_iter().all(|other| !other.contains(target)), "{target} stands under one group alone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c2_0() {
    let mut leader = visitor(Role::Leader).await;
    let page = leader.get("/indicators").await;
    assert_eq!(page.status, StatusCode::OK);
    for code in ["K01", "K02", "K03", "K04", "K05", "K06", "K07", "K08", "K09", "K10", "K11"] {
        assert!(page.text.contains(&format!("/indicators/{code}")), "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c2_1_1() {
    goal_group("知识产权创造质量明显提升", &["每十亿元地区生产总值发明专利拥有量", "万人高价值发明专利拥有量"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c2_2_1() {
    goal_group("知识产权优势企业快速发展", &["国家知识产权示范优势企业", "知识产权密集型企业"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c2_3_1() {
    goal_group("知识产权运用能力大幅增强", &["年知识产权质押融资额"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c2_4_1() {
    goal_group("知识产权保护环境显著优化", &["全社会知识产权认知度", "知识产权权利人满意度"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c2_5_1() {
    goal_group("知识产权人才队伍不断壮大", &["知识产权实用人才培训人数"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_2_1_1() {
    // One account per enterprise, by its code; staff by their roles.
    let mut enterprise = visitor(Role::Enterprise).await;
    assert_eq!(enterprise.get("/my-enterprise").await.status, StatusCode::OK);
    assert_eq!(enterprise.get("/registers").await.status, StatusCode::FORBIDDEN);
    let mut clerk = visitor(Role::Clerk).await;
    assert_eq!(clerk.get("/registers").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_leading_group_sees_course_changes_and_what_may_be_lost() {
    let page = visitor(Role::Leader).await.get("/cockpit").await;
    for heading in ["轨迹与预测", "比上月的变化", "即将失效"] {
        assert!(page.text.contains(heading), "{heading}");
    }
}

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

/// The policy page tells of a measure or safeguard how many of its clauses are carried, and its clauses stand below it.
async fn measure(id: &str, words: &str) {
    let page = visitor(Role::Leader).await.get("/policy").await;
    assert_eq!(page.status, StatusCode::OK);
    let row = page.text.split("<tr>").find(|row| row.contains(&format!("/policy#{id}")));
    let row = row.unwrap_or_else(|| panic!("no row of {id}"));
    assert!(row.contains(words), "{words}");
    let cells = row.split("<td class=\"number\">").skip(1).map(|cell| cell.split('<').next().unwrap());
    let numbers: Vec<usize> = cells.map(|cell| cell.parse().unwrap()).collect();
    let below = format!("id=\"{}", id.trim_end_matches('0'));
    let clauses: Vec<&str> = page.text.split("<li class=\"clause-line").filter(|line| line.contains(&below)).collect();
    let missing = clauses.iter().filter(|line| line.contains(">缺<")).count();
    // The heading is a clause too, and none of those below it.
    let heading = usize::from(clauses[0].contains(">缺<"));
    assert_eq!(numbers, [clauses.len() - 1, clauses.len() - 1 - (missing - heading), missing - heading], "{id}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_1_0() {
    measure("C3.1.0", "提升创造质量，保护创新成果").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_2_0() {
    measure("C3.2.0", "加强管理运营，引领产业发展").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_3_0() {
    measure("C3.3.0", "加强企业培育，激励创新升级").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_4_0() {
    measure("C3.4.0", "鼓励引进吸收，促进成果转化").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_5_0() {
    measure("C3.5.0", "鼓励积极保护，实施维权援助").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_1_0() {
    measure("C4.1.0", "加强组织领导").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_0() {
    measure("C4.2.0", "加大创新投入").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_3_0() {
    measure("C4.3.0", "强化政策引导").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_4_0() {
    measure("C4.4.0", "提供人才支撑").await;
}

//! A figure says whether it is a least one, in which unit it stands, and what waits behind it.

use axum::http::StatusCode;
use domain::accounts::Role;

use crate::city::{links, visitor};

/// The row of a csv that begins with this name.
fn line<'t>(csv: &'t str, name: &str) -> &'t str {
    csv.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("no {name}: {csv}"))
}

#[tokio::test]
async fn a_least_figure_reads_as_one_on_pages_and_in_files() {
    let mut leader = visitor(Role::Leader).await;
    let run = leader.get("/api/runs/latest/indicators?limit=50").await;
    let indicators: serde_json::Value = serde_json::from_str(&run.text).unwrap();
    let lower: Vec<&serde_json::Value> =
        indicators["rows"].as_array().unwrap().iter().filter(|one| one["bound"] == "lower").collect();
    assert!(!lower.is_empty(), "the demo has a register that is not whole: {}", run.text);
    let csv = leader.get("/indicators?export=csv").await.text;
    for one in lower {
        let (code, name, value) = (one["code"].as_str().unwrap(), one["name"].as_str().unwrap(), &one["value"]);
        let bounded = format!("至少 {}", value.as_str().unwrap());
        assert!(line(&csv, name).contains(&bounded), "{code}: {}", line(&csv, name));
        let page = leader.get(&format!("/indicators/{code}")).await.text;
        assert!(page.contains("<p class=\"figure-value\"") && page.contains("至少 "), "{code}");
        if one["met"].is_null() && one["target"].is_string() {
            assert!(line(&csv, name).contains("，要求 ≥ "), "{code} says why it is open: {}", line(&csv, name));
            assert!(page.contains("尚不足以判定"), "{code}");
        }
    }
}

#[tokio::test]
async fn files_say_the_unit_of_every_number() {
    let mut leader = visitor(Role::Leader).await;
    let csv = leader.get("/indicators?export=csv").await.text;
    assert!(csv.contains("数值,数值的单位,目标,状态,分子,分子的单位,分母,分母的单位"), "{csv}");
    let gdp = line(&csv, "每十亿元地区生产总值");
    assert!(gdp.contains("件/十亿元") && gdp.contains(",元,"), "{gdp}");
    let pledges = leader.get("/indicators/K08/rights?export=csv").await.text;
    assert!(pledges.contains("计入金额（元）"), "{pledges}");
    let run =
        links(&leader.get("/runs").await.text, "/runs/").into_iter().find(|href| href.len() > 40).unwrap().to_owned();
    let workbook = leader.get(&format!("{}/export", run.split('?').next().unwrap())).await;
    let file = tempfile::Builder::new().suffix(".xlsx").tempfile().unwrap();
    std::fs::write(file.path(), &workbook.body).unwrap();
    let sheets = sheets::read_all(file.path(), &sheets::Limits::default()).unwrap();
    let heads: Vec<String> = sheets[0].1[1].cells.iter().map(|cell| cell.text().into_owned()).collect();
    assert!(heads.contains(&"分子单位".to_owned()) && heads.contains(&"分母单位".to_owned()), "{heads:?}");
}

#[tokio::test]
async fn rows_that_wait_in_quarantine_stand_beside_the_figure_that_they_may_decide() {
    let mut leader = visitor(Role::Leader).await;
    for path in ["/indicators/K01", "/cockpit"] {
        let page = leader.get(path).await.text;
        let told = links(&page, "/registers/quarantine?state=open");
        assert!(page.contains("待处理，未计入") && !told.is_empty(), "{path}: {page}");
        let open = leader.get(&told[0].replace("&amp;", "&").replace("&#38;", "&")).await;
        assert_eq!(open.status, StatusCode::OK);
    }
    let answer = leader.get("/api/runs/latest/indicators/K01").await;
    let explained: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
    let registers = explained["waiting"]["registers"].as_array().unwrap();
    assert!(registers.iter().any(|of| of["register"] == "patents" && of["rows"].as_i64() > Some(0)), "{registers:?}");
    // Whoever may not see the registers is told, and not led where he may not go.
    let town = visitor(Role::Town).await.get("/indicators/K01").await.text;
    assert!(town.contains("待处理，未计入") && links(&town, "/registers/quarantine").is_empty(), "{town}");
}

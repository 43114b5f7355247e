//! What the program tells people: what waits behind a figure, bounds, closings, and mistakes in Chinese.

use crate::program::{city, json, words, zhiqiang};

fn stdout(output: &std::process::Output) -> String {
    assert!(output.status.success(), "{}", words(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn rows_that_wait_and_bounds_stand_beside_the_figures() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    city(&data, folder.path(), 20);
    let run = json(&zhiqiang(&data, &["--json", "evaluate", "--as-of", "2023-12-31"]));
    assert!(!run.to_string().contains("待处理"), "{run}");
    let file = folder.path().join("later.csv");
    let rows = "申请号,名称,申请日,授权公告日,专利权人,地址\n201810999999,甲,2018-13-01,2020-06-02,甲,示例市\n";
    std::fs::write(&file, rows).unwrap();
    let report = json(&zhiqiang(&data, &["--json", "import", "patents", &file.display().to_string()]));
    assert_eq!(report["quarantined"], 1, "{report}");
    let deliveries = folder.path().join("deliveries.csv");
    std::fs::write(&deliveries, "登记簿,期间,状态\npatents,2023-12,未报\n").unwrap();
    json(&zhiqiang(&data, &["--json", "import", "deliveries", &deliveries.display().to_string()]));

    let told = stdout(&zhiqiang(&data, &["evaluate", "--as-of", "2023-12-31"]));
    let k01 = told.lines().find(|line| line.starts_with("K01")).unwrap();
    assert!(k01.contains("至少 ") && k01.contains("专利登记簿有 1 行待处理，未计入"), "{k01}");
    let told = stdout(&zhiqiang(&data, &["explain", "latest", "K01"]));
    assert!(told.contains("计数 至少 20") && told.contains("专利登记簿有 1 行待处理，未计入"), "{told}");
    assert!(told.contains("尚不足以判定") && told.contains("要求 >= 30"), "{told}");
    let explained = json(&zhiqiang(&data, &["--json", "explain", "latest", "K01"]));
    assert_eq!(explained["waiting"]["registers"][0]["register"], "patents", "{explained}");
    assert!(explained["figure"].as_str().unwrap().starts_with("至少 "), "{explained}");
    // A run of before the row came says nothing of it.
    let old = run["run"].as_str().unwrap();
    assert_eq!(json(&zhiqiang(&data, &["--json", "explain", old, "K01"]))["waiting"], serde_json::Value::Null);
    assert!(stdout(&zhiqiang(&data, &["verify", "latest"])).contains("核对无误"));
}

#[test]
fn a_month_is_closed_and_taken_back_by_its_roles() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    city(&data, folder.path(), 5);
    for (login, role) in [("one", "clerk"), ("two", "leader")] {
        stdout(&zhiqiang(&data, &["account", "open", login, "--name", login, "--role", role]));
    }
    json(&zhiqiang(&data, &["--json", "evaluate", "--as-of", "2023-12-31"]));
    let closed = json(&zhiqiang(&data, &["--json", "closing", "close", "latest", "--as", "one"]));
    assert_eq!(closed["month"], "2023-12", "{closed}");
    let refused = zhiqiang(&data, &["closing", "reopen", "2023-12", "--reason", "更正", "--as", "one"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("撤回月结"), "{}", words(&refused));
    let empty = zhiqiang(&data, &["closing", "reopen", "2023-12", "--reason", " ", "--as", "two"]);
    assert!(empty.status.code() == Some(2) && words(&empty).contains("须写明理由"), "{}", words(&empty));
    let taken = json(&zhiqiang(&data, &["--json", "closing", "reopen", "2023-12", "--reason", "更正", "--as", "two"]));
    assert_eq!((&taken["month"], &taken["reopened_by"]), (&"2023-12".into(), &"two".into()), "{taken}");
    let listed = json(&zhiqiang(&data, &["--json", "closing", "list"]));
    assert!(listed["closed"].as_array().unwrap().is_empty(), "{listed}");
    assert_eq!(listed["reopened"][0]["reason"], "更正", "{listed}");
    assert!(stdout(&zhiqiang(&data, &["closing", "list"])).contains("已由 two 撤回：更正"));
}

#[test]
fn mistakes_are_told_in_chinese_with_their_place() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let file = folder.path().join("regions.jsonl");
    let good = "{\"区镇代码\":\"320999\",\"区镇名称\":\"示例市\",\"类型\":\"市\"}";
    std::fs::write(&file, format!("{good}\n{}\n{{区镇代码:1}}\n", good.replace("320999", "320998"))).unwrap();
    let report = json(&zhiqiang(&data, &["--json", "import", "regions", &file.display().to_string()]));
    let problem = &report["problems"][0];
    assert_eq!((&problem["row"], &report["quarantined"]), (&3.into(), &1.into()), "{report}");
    assert!(report["problems"].to_string().contains("第 3 行不是合法的 JSON 对象"), "{report}");
    assert!(!report["problems"].to_string().contains("key must be"), "{report}");

    let unknown = zhiqiang(&data, &["evaluat"]);
    assert_eq!(unknown.status.code(), Some(2));
    let said = words(&unknown);
    assert!(
        said.starts_with("错误：没有“evaluat”这条命令。是不是要写 evaluate？") && said.contains("用法："),
        "{said}"
    );
    let help = zhiqiang(&data, &["evaluate", "--help"]);
    let said = stdout(&help);
    assert!(said.contains("用法：zhiqiang evaluate") && said.contains("选项："), "{said}");

    // What a library says stands once, behind the sentence.
    let database = ["--database", "postgres://nobody@127.0.0.1:1/none", "runs"];
    let said = words(&zhiqiang(&data, &database));
    assert!(said.starts_with("错误：无法打开数据库"), "{said}");
    let cause = said.split('（').next_back().unwrap().split('）').next().unwrap();
    assert!(!cause.is_empty() && said.matches(cause).count() == 1, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_without_a_right_is_told_what_it_fails() {
    let folder = tempfile::tempdir().unwrap();
    let city = crate::delivery::City::new(&folder.path().join("data")).await;
    let nobody = terms::Uscc::complete("91320621MA100001").unwrap();
    let explain = ["explain", "latest", "innovation-star", nobody.as_str()];
    let told = stdout(&zhiqiang(&city.data, &explain));
    for words in ["没有可以计入的权利", "第 2 级：不满足", "不满足，实际 0，要求 > 20 件（C3.3.2.2）"]
    {
        assert!(told.contains(words), "{words}: {told}");
    }
    let explained = json(&zhiqiang(&city.data, &[&["--json"], &explain[..]].concat()));
    let levels = explained["subjects"][0]["levels"].as_array().unwrap();
    assert!(levels.len() > 3 && levels.iter().all(|level| level["holds"] == false), "{explained}");
    assert_eq!(explained["subjects"][0]["evidence"], serde_json::json!([]));
    // What is no enterprise's code is a slip of the pen.
    let wrong = zhiqiang(&city.data, &["explain", "latest", "innovation-star", "9132"]);
    assert!(wrong.status.code() == Some(2) && words(&wrong).contains("没有找到企业“9132”"), "{}", words(&wrong));
}

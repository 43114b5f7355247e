//! Loading a document, its dated values and overrides, and what the linter says of it.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::date;
use rules::{
    Policy,
    check::{self, Severity},
    policy::Setting,
};

use crate::city::policy;

fn set(name: &str, value: &str) -> Result<Setting, String> {
    let overrides = BTreeMap::from([(name.to_owned(), value.to_owned())]);
    policy()
        .settings(date(2023, 12, 31), &overrides)
        .map(|settings| settings.get(name).unwrap().clone())
        .map_err(|error| error.to_string())
}

#[test]
fn values_hold_between_their_dates() {
    let on = |day| policy().settings(day, &BTreeMap::new()).unwrap().integer("t01_target");
    assert_eq!(on(date(2022, 12, 31)), Some(20));
    assert_eq!(on(date(2023, 1, 1)), Some(30));
}

#[test]
fn overrides_are_read_by_type() {
    assert_eq!(set("t01_target", "12"), Ok(Setting::Integer(12)));
    assert_eq!(set("strict", "否"), Ok(Setting::Flag(false)));
    assert_eq!(set("since", "2021-01-01"), Ok(Setting::Date(date(2021, 1, 1))));
    assert_eq!(set("mode", "none"), Ok(Setting::Text("none".to_owned())));
    assert!(matches!(set("mode", ""), Ok(Setting::Unset(_))));
    for (name, value, word) in [
        ("t01_target", "30.5", "整数"),
        ("t01_target", "", "不能不设"),
        ("strict", "yes", "true"),
        ("since", "2021-02-30", "2021-01-01"),
        ("mode", "some", "all、none"),
        ("nothing", "1", "t01_target"),
        ("official_fee_cap_percent", "51", "国知发保字〔2021〕1号"),
    ] {
        let message = set(name, value).unwrap_err();
        assert!(message.contains(word), "{name}={value}: {message}");
    }
    assert_eq!(set("official_fee_cap_percent", "50"), Ok(Setting::Integer(50)));
}

/// The test document with one text replaced by another in one file.
fn edited(file: &str, from: &str, to: &str) -> Result<Policy, String> {
    let mut files = policy().files().clone();
    let text = files.get_mut(file).unwrap();
    assert!(text.contains(from), "{from}");
    *text = text.replacen(from, to, 1);
    Policy::from_files(files).map_err(|error| error.to_string())
}

#[test]
fn every_file_enters_the_hash() {
    let hash = policy().hash().to_owned();
    for file in rules::policy::FILES {
        let mut files = policy().files().clone();
        files.get_mut(file).unwrap().push('\n');
        assert_ne!(Policy::from_files(files).unwrap().hash(), hash, "{file}");
    }
    assert_eq!(policy().hash(), hash);
}

#[test]
fn a_document_that_cannot_be_read_is_refused_with_the_place() {
    for (file, from, to, words) in [
        ("policy.toml", "kind = \"target\"", "kimd = \"target\"", vec!["policy.toml", "kimd"]),
        ("clauses.toml", "id = \"C1.2\"", "id = \"C1.1\"", vec!["C1.1", "两次"]),
        ("parameters.toml", "until = 2023-01-01", "until = 2024-01-01", vec!["t01_target", "重叠"]),
        ("parameters.toml", "value = 50", "value = 60", vec!["official_fee_cap_percent", "上位规定"]),
        ("parameters.toml", "name = \"mode\"", "name = \"as_of\"", vec!["as_of", "不可用"]),
        ("parameters.toml", "name = \"mode\"", "name = \"mode\"\nnot_below = \"none\"", vec!["mode", "not_below"]),
    ] {
        let message = edited(file, from, to).unwrap_err();
        for word in words {
            assert!(message.contains(word), "{from}: {message}");
        }
    }
}

fn findings(policy: &Policy) -> Vec<String> {
    let tables = BTreeSet::from(["patent", "enterprise", "statistic", "delivered"]);
    check::check(policy, Some(&tables), &|_, _| true)
        .findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| format!("{}：{}", finding.place, finding.message))
        .collect()
}

#[test]
fn a_sound_document_has_no_errors_and_lists_what_nothing_carries() {
    assert_eq!(findings(&policy()), Vec::<String>::new());
    let report = check::check(&policy(), None, &|_, _| true);
    assert!(report.is_sound());
    let missing: Vec<_> = report.missing().map(|coverage| coverage.clause.as_str()).collect();
    assert_eq!(missing, ["C1.4"]);
}

#[test]
fn the_linter_finds_each_fault() {
    for (file, from, to, word) in [
        ("rules.sql", "-- clause: C1.3", "-- clause: C9.9", "C9.9 不存在"),
        ("rules.sql", "-- clause: C1.3\n", "", "没有指明所依据的条款"),
        ("rules.sql", "from live;", "from held;", "排在它后面"),
        ("rules.sql", "from patent p", "from parent p", "parent 不在快照中"),
        ("rules.sql", "$mode = 'all'", "$node = 'all'", "$node"),
        ("rules.sql", "and $mode = 'all'", "", "没有规则或目标使用它"),
        ("policy.toml", "target_parameter = \"t02_target\"", "target_parameter = \"t02\"", "t02"),
        ("policy.toml", "reason = \"没有实施细则\"", "reason = \"\"", "未启用的奖励要写明理由"),
        ("policy.toml", "money_class = \"service\"", "money_class = \"application-linked\"", "一律不得发放"),
        ("parameters.toml", "unit = \"%\"", "unit = \"\"", "没有单位"),
        ("parameters.toml", "name = \"grant_linked_last_day\"", "name = \"other\"", "缺少国家限制参数"),
        (
            "parameters.toml",
            "{ value = 2, until = 2100-01-01, basis = \"C1.3\" }",
            "{ value = 2, until = 2100-01-01 }",
            "没有依据",
        ),
        ("clauses.toml", "parent = \"C1\"", "parent = \"C8\"", "C8 不存在"),
    ] {
        let found = findings(&edited(file, from, to).unwrap());
        assert!(found.iter().any(|finding| finding.contains(word)), "{to}: {found:?}");
    }
}

/// What a clause says carries it is looked up, and believed of nothing.
#[test]
fn a_clause_is_carried_by_nothing_that_does_not_exist() {
    const SERVICE: &str = "type = \"service\"";
    let carried = |by: &str| edited("clauses.toml", SERVICE, &format!("{SERVICE}\ncarried_by = [{by}]")).unwrap();
    for by in
        ["kind = \"indicator\", name = \"T99\"", "kind = \"rule\", name = \"no_view\"", "kind = \"hope\", name = \"x\""]
    {
        let found = findings(&carried(&format!("{{ {by} }}")));
        assert!(found.iter().any(|finding| finding.contains("没有它")), "{by}: {found:?}");
    }
    let policy = carried("{ kind = \"command\", name = \"no such\" }, { kind = \"page\", name = \"/here\" }");
    let report = check::check(&policy, None, &|_, carrier| carrier.name == "/here");
    let errors: Vec<_> = report.findings.iter().filter(|found| found.severity == Severity::Error).collect();
    assert!(matches!(errors.as_slice(), [one] if one.message.contains("no such")), "{errors:?}");
    let carriers: Vec<_> =
        report.coverage.iter().flat_map(|one| &one.carried_by).map(|one| one.name.as_str()).collect();
    assert!(carriers.contains(&"/here") && !carriers.contains(&"no such"), "{carriers:?}");
    let report = check::check(&policy, None, &|_, _| false);
    assert!(report.coverage.iter().all(|one| one.carried_by.is_empty()));
}

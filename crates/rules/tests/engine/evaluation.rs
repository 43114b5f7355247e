//! A small document, evaluated: verdicts, unknowns, levels, near misses, evidence, determinism.

use std::collections::BTreeMap;

use rules::{Evaluation, Policy, diff};

use crate::city::{City, evaluate, policy, try_evaluate};

const CITY: City = City {
    holdings: &[("A", 31, 6), ("B", 21, 5), ("C", 20, 5), ("D", 19, 5), ("E", 25, 4), ("F", 18, 9)],
    output: Some(400),
    complete: true,
};

#[tokio::test]
async fn targets_are_decided_with_reasons_towns_and_evidence() {
    let run = evaluate(&CITY.snapshot(), &[]).await;
    let t01 = run.indicator("T01").unwrap();
    assert_eq!((t01.numerator, t01.denominator), (Some(134), Some(400)));
    assert_eq!((t01.value.as_deref(), t01.target.as_deref(), t01.met), (Some("33.50"), Some("30"), Some(true)));
    let towns: Vec<_> = t01.by_region.iter().map(|r| (r.region.as_str(), r.numerator)).collect();
    assert_eq!(towns, [("东镇", 69), ("西镇", 65)]);
    assert_eq!(t01.evidence_count, 134);
    assert_eq!(run.indicator_evidence("T01").count(), 134);
    let first = run.indicator_evidence("T01").next().unwrap();
    assert_eq!((first.right_id, first.region, first.uscc), ("A-000", Some("东镇"), Some("A")));
    // A document that says nothing of units and amounts counts each right as itself.
    assert_eq!((first.unit, first.amount), ("A-000", None));
    let t03 = run.indicator("T03").unwrap();
    assert_eq!((t03.value.as_deref(), t03.met), (Some("6"), None));
    let t04 = run.indicator("T04").unwrap();
    assert_eq!((t04.numerator, t04.met), (None, None));
    assert!(t04.reason.contains("没有合同登记簿"), "{}", t04.reason);
}

#[tokio::test]
async fn a_missing_or_zero_denominator_is_not_computable() {
    for (output, word) in [(None, "缺少分母"), (Some(0), "为零")] {
        let run = evaluate(&City { output, ..CITY }.snapshot(), &[]).await;
        let t01 = run.indicator("T01").unwrap();
        assert_eq!((t01.value.as_deref(), t01.met, t01.numerator), (None, None, Some(134)));
        assert!(t01.reason.contains(word), "{}", t01.reason);
    }
}

#[tokio::test]
async fn a_lower_bound_meets_a_target_or_leaves_it_open() {
    let city = City { complete: false, ..CITY };
    let run = evaluate(&city.snapshot(), &[]).await;
    assert_eq!(run.indicator("T02").unwrap().met, Some(true));
    let run = evaluate(&city.snapshot(), &[("t02_target", "134")]).await;
    let t02 = run.indicator("T02").unwrap();
    assert_eq!((t02.met, t02.bound.as_str()), (None, "lower"));
    assert!(t02.reason.contains("登记簿未报齐"));
    // Exactly known, 134 is not more than 134.
    let run = evaluate(&CITY.snapshot(), &[("t02_target", "134")]).await;
    assert_eq!(run.indicator("T02").unwrap().met, Some(false));
}

fn levels(run: &Evaluation) -> Vec<(&str, i64)> {
    run.awards.iter().filter(|a| a.award == "star").map(|a| (a.subject.as_str(), a.level)).collect()
}

#[tokio::test]
async fn stars_need_every_condition_of_their_level() {
    let run = evaluate(&CITY.snapshot(), &[]).await;
    assert_eq!(levels(&run), [("A", 3), ("B", 2)]);
    let a = &run.awards.iter().find(|a| a.award == "star").unwrap();
    assert_eq!(a.name.as_deref(), Some("A有限公司"));
    assert_eq!(a.facts, BTreeMap::from([("total".to_owned(), Some(31))]));
    assert_eq!(a.evidence.len(), 31);
    assert_eq!(a.level_name, "三星");
    let condition = &a.conditions[0];
    assert_eq!(
        (condition.text.as_str(), condition.actual.as_deref(), condition.required.as_str(), condition.holds),
        ("专利超过 30 件", Some("31"), "> 30", Some(true))
    );
    assert!(run.awards.iter().all(|a| a.award != "asleep"));
}

#[tokio::test]
async fn near_misses_say_what_is_lacking() {
    let run = evaluate(&CITY.snapshot(), &[]).await;
    let near: Vec<_> =
        run.near_misses.iter().map(|n| (n.subject.as_str(), n.level, n.reached, n.lacking.as_str())).collect();
    // B lacks ten patents for three stars and F three for two: too far.
    assert_eq!(
        near,
        [("C", 2, None, "再有 1 件即可达标"), ("D", 2, None, "再有 2 件即可达标"), ("E", 2, None, "再有 1 件即可达标"),]
    );
    assert!(evaluate(&CITY.snapshot(), &[("near_star", "")]).await.near_misses.is_empty());
}

#[tokio::test]
async fn an_unknown_condition_decides_nothing_unless_another_fails() {
    let run = evaluate(&City { complete: false, ..CITY }.snapshot(), &[]).await;
    assert!(levels(&run).is_empty());
    let open: Vec<_> = run.undetermined.iter().map(|u| (u.subject.as_str(), u.level)).collect();
    assert_eq!(open, [("A", 2), ("B", 2), ("E", 2)]);
    let why = run.explain("star", "C");
    assert_eq!(why.iter().map(|l| (l.level, l.holds)).collect::<Vec<_>>(), [(2, Some(false)), (3, Some(false))]);
    assert_eq!(why[0].conditions[1].holds, None);
    assert!(run.explain("star", "Z").is_empty());
}

#[tokio::test]
async fn money_needs_a_basis_and_keeps_the_national_gate() {
    let run = evaluate(&CITY.snapshot(), &[]).await;
    let star = run.awards.iter().find(|a| a.award == "star").unwrap();
    assert_eq!((star.amount_fen, star.amount_reason.as_str()), (Some(1_000_000), "测政发〔2022〕1号"));
    // An assumed amount has no basis, so it is shown and never payable.
    let run = evaluate(&CITY.snapshot(), &[("star_fen", "5")]).await;
    let star = run.awards.iter().find(|a| a.award == "star").unwrap();
    assert_eq!((star.amount_fen, star.assumed_amount_fen), (None, Some(5)));
    assert_eq!(star.amount_reason, "no basis document");
    // The gate may be tightened, and neither moved out nor lifted.
    let run = evaluate(&CITY.snapshot(), &[("grant_linked_last_day", "2022-12-31")]).await;
    let grant = run.awards.iter().find(|a| a.award == "grant").unwrap();
    assert_eq!(grant.amount_fen, None);
    assert!(grant.amount_reason.contains("2022-12-31"));
    let late = try_evaluate(&policy(), &CITY.snapshot(), &[("grant_linked_last_day", "2025-01-01")]).await;
    assert!(late.unwrap_err().to_string().contains("国知发保字"));
}

#[tokio::test]
async fn parameters_reach_the_rules_typed_and_dated() {
    let count = async |set: &[(&str, &str)]| evaluate(&CITY.snapshot(), set).await.indicator("T01").unwrap().numerator;
    assert_eq!(count(&[]).await, Some(134));
    assert_eq!(count(&[("since", "2022-06-01")]).await, Some(134));
    assert_eq!(count(&[("since", "2022-06-02")]).await, Some(0));
    assert_eq!(count(&[("mode", "none")]).await, Some(0));
    assert_eq!(count(&[("strict", "false")]).await, Some(134));
    assert_eq!(count(&[("strict", "")]).await, Some(134), "a null flag leaves the older ones");
}

#[tokio::test]
async fn the_same_run_gives_the_same_bytes() {
    let first = evaluate(&CITY.snapshot(), &[]).await;
    let mut turned = City {
        holdings: &[("F", 18, 9), ("E", 25, 4), ("D", 19, 5), ("C", 20, 5), ("B", 21, 5), ("A", 31, 6)],
        ..CITY
    };
    turned.output = Some(400);
    let second = evaluate(&turned.snapshot(), &[]).await;
    assert_eq!(first.to_json(), second.to_json());
    assert_eq!(first.details().unwrap().id(), second.details().unwrap().id());
    let other = evaluate(&CITY.snapshot(), &[("t02_target", "41")]).await;
    assert_ne!(first.run, other.run);
    let stored = Evaluation::from_json(&first.to_json()).unwrap();
    assert_eq!(stored.to_json(), first.to_json());
    let stored = stored.with_details(&first.details().unwrap()).unwrap();
    assert_eq!(stored.explain("star", "A"), first.explain("star", "A"));
    assert_eq!(stored.award_evidence("star", "B").count(), 21);
    assert_eq!(stored.details().unwrap().id(), first.details().unwrap().id());
}

#[tokio::test]
async fn the_answer_has_the_keys_of_the_contract_in_order() {
    let json = evaluate(&CITY.snapshot(), &[]).await.to_json();
    let mut at = 0;
    for key in ["run", "policy", "as_of", "known_at", "snapshot", "parameters", "indicators", "awards", "high_value"] {
        let found = json[at..].find(&format!("\"{key}\":"));
        at += found.unwrap_or_else(|| panic!("{key} is missing or out of order"));
    }
    assert!(json.contains("\"known_at\":\"2024-02-01T00:00:00+08:00\""));
}

#[tokio::test]
async fn two_runs_differ_by_parameters_awards_and_rights() {
    let before = evaluate(&CITY.snapshot(), &[]).await;
    let more = City { holdings: &[("A", 31, 6), ("B", 19, 5), ("C", 21, 5)], ..CITY };
    let after = evaluate(&more.snapshot(), &[("t02_target", "39")]).await;
    let difference = diff::diff(&before, &after);
    assert!(difference.snapshot_changed && !difference.policy_changed);
    assert_eq!(difference.parameters.keys().collect::<Vec<_>>(), ["t02_target"]);
    let t01 = difference.indicators.iter().find(|i| i.code == "T01").unwrap();
    assert_eq!(t01.gained, ["C-020"]);
    assert_eq!(t01.lost.len(), 2 + 19 + 25 + 18);
    let stars: Vec<_> = difference
        .awards
        .iter()
        .filter(|a| a.award == "star")
        .map(|a| (a.subject.as_str(), a.level.before, a.level.after))
        .collect();
    assert_eq!(stars, [("B", Some(2), None), ("C", None, Some(2))]);
    assert!(diff::diff(&before, &before).is_empty());
}

/// The test document with another text for one of its views.
fn with_rule(view: &str, sql: &str) -> Policy {
    let mut files = policy().files().clone();
    let rules = files.get_mut("rules.sql").unwrap();
    let start = rules.find(&format!("create view {view} as")).unwrap();
    let end = start + rules[start..].find(';').unwrap();
    rules.replace_range(start..end, &format!("create view {view} as\n{sql}"));
    Policy::from_files(files).unwrap()
}

#[tokio::test]
async fn errors_name_view_clause_and_place() {
    for (sql, words) in [
        ("select n from nowhere", vec!["没有表 nowhere", "视图 total", "C1.1"]),
        ("select owner as n from held", vec!["held 排在它后面"]),
        ("select count(*) as n\nfrom live where nothing = 1", vec!["nothing", "第 16 行第 17 列"]),
        ("select count(*) as n from live where", vec!["视图 total"]),
        ("select $nothing as n from live", vec!["$nothing"]),
        ("select cast(count(*) as double) as n from live", vec!["浮点"]),
    ] {
        let error = try_evaluate(&with_rule("total", sql), &CITY.snapshot(), &[]).await;
        let message = error.unwrap_err().to_string();
        for word in words {
            assert!(message.contains(word), "{sql}: {message}");
        }
    }
}

#[tokio::test]
async fn a_doubled_condition_or_figure_is_refused() {
    let twice = "select 'star' as award, owner as subject, 2 as level, 'total' as id, '' as text, n as actual, \
                 '>' as operator, 1 as required, '' as unit, '' as clause from held cross join (values (1), (2)) as t (x)";
    let error = try_evaluate(&with_rule("condition", twice), &CITY.snapshot(), &[]).await;
    assert!(error.unwrap_err().to_string().contains("不止一行"));
    let unknown = "select 'X' as code, 1 as numerator";
    let error = try_evaluate(&with_rule("indicator_value", unknown), &CITY.snapshot(), &[]).await;
    assert!(error.unwrap_err().to_string().contains("「X」"));
}

#[tokio::test]
async fn a_single_view_can_be_asked_for() {
    let policy = policy();
    let snapshot = CITY.snapshot();
    let overrides = BTreeMap::new();
    let request = rules::Request {
        policy: &policy,
        snapshot: &snapshot,
        as_of: jiff::civil::date(2023, 12, 31),
        known_at: jiff::Timestamp::UNIX_EPOCH,
        overrides: &overrides,
        scope: None,
    };
    let views = rules::evaluate_views(request, &["held"]).await.unwrap();
    assert_eq!(views["held"].num_rows(), 6);
}

#[test]
fn an_evaluation_can_run_on_a_server() {
    fn sent<T: Send>(_: T) {}
    let (policy, snapshot) = (policy(), CITY.snapshot());
    sent(try_evaluate(&policy, &snapshot, &[]));
}

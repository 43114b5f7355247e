//! The case table of the installed policy document: both sides of every threshold and date.

#[tokio::test(flavor = "multi_thread")]
async fn every_case_of_the_installed_policy_passes() {
    let policy = domain::runs::policy().unwrap();
    let report = domain::case_table::run(&policy).await.unwrap();
    let failures: Vec<String> =
        report.failures().map(|case| format!("{}\n  {}", case.name, case.differences.join("\n  "))).collect();
    assert!(failures.is_empty(), "{} of {} cases fail:\n{}", failures.len(), report.cases.len(), failures.join("\n"));
    assert!(report.passed() > 100, "the table is there: {}", report.passed());
}

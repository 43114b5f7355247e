//! Runs over a small synthetic city: deterministic, the same on both databases, verified, and open to tampering tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use demo::Scale;
use domain::Installation;
use domain::alarms::{self, Method};
use domain::runs::{self, Question};
use jiff::Timestamp;
use jiff::civil::date;

const SMALL: Scale = Scale { towns: 21, enterprises: 60, patents: 800 };

fn now() -> Timestamp {
    "2024-03-01T02:00:00Z".parse().unwrap()
}

fn question() -> Question {
    Question { as_of: date(2023, 12, 31), known_at: now(), overrides: BTreeMap::new(), scope: None }
}

/// A small city in a folder of its own, on SQLite.
async fn city(dir: &Path) -> Installation {
    let (installation, recovery) = Installation::open(dir, None, now()).await.unwrap();
    assert!(recovery.remarks.is_empty());
    filled(installation).await
}

async fn filled(mut installation: Installation) -> Installation {
    demo::fill(&mut installation, SMALL, now(), &|_| ()).await.unwrap();
    installation
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_verified_and_one_changed_byte_anywhere_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let installation = city(dir.path()).await;
    let policy = runs::policy().unwrap();
    let evaluation = runs::evaluate(&installation, &policy, &question(), "test", now(), &|_| ()).await.unwrap();
    let again = runs::evaluate(&installation, &policy, &question(), "test", now(), &|_| ()).await.unwrap();
    assert_eq!(evaluation.to_json(), again.to_json(), "the same question gives the same bytes");
    let run = evaluation.run.clone();
    let sound = runs::verify(&installation, &run).await.unwrap();
    assert!(sound.verified, "{:?}", sound.findings);

    let mut files: Vec<std::path::PathBuf> = Vec::new();
    for folder in [
        dir.path().join("snapshots").join(&evaluation.snapshot),
        dir.path().join("runs").join(&run),
        dir.path().join("details").join(&run),
        dir.path().join("policies").join(policy.hash()),
    ] {
        files.extend(fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    assert!(files.len() > 25, "{}", files.len());
    for file in files {
        let original = fs::read(&file).unwrap();
        let mut changed = original.clone();
        let at = changed.len() / 2;
        changed[at] ^= 1;
        fs::write(&file, &changed).unwrap();
        let found = runs::verify(&installation, &run).await.unwrap();
        assert!(!found.verified, "a changed byte in {} is not found", file.display());
        fs::write(&file, &original).unwrap();
    }
    assert!(runs::verify(&installation, &run).await.unwrap().verified, "all is as it was");

    // The copy of the figures in the database, from which trends and forecasts are drawn.
    for change in [
        "update run_figure set numerator = numerator + 1 where code = 'K01' and region = ''",
        "delete from run_figure where code = 'K02' and region = ''",
    ] {
        let tampered = async |sql: &'static str| {
            let mut tx = installation.db.begin().await.unwrap();
            db::with_conn!(&mut tx, conn => sqlx::query(sql).execute(conn).await.map(|_| ())).unwrap();
            tx.commit().await.unwrap();
        };
        tampered("create table kept_figure as select * from run_figure").await;
        tampered(change).await;
        let found = runs::verify(&installation, &run).await.unwrap();
        assert!(
            found.findings.iter().any(|one| one.contains("供趋势、预测、比上月使用")),
            "{change}: {:?}",
            found.findings
        );
        let checks = domain::doctor::examine(&installation, now()).await;
        let fault =
            |check: &domain::doctor::Check| check.check == "runs" && check.state == domain::doctor::State::Fault;
        assert!(checks.iter().any(fault), "{change}");
        for back in
            ["delete from run_figure", "insert into run_figure select * from kept_figure", "drop table kept_figure"]
        {
            tampered(back).await;
        }
    }
    assert!(runs::verify(&installation, &run).await.unwrap().verified, "all is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn later_knowledge_gives_a_new_run_and_a_difference_list() {
    let dir = tempfile::tempdir().unwrap();
    let installation = city(dir.path()).await;
    let runs_of_year_end: Vec<_> =
        runs::list(&installation).await.unwrap().into_iter().filter(|run| run.as_of == "2023-12-31").collect();
    assert_eq!(runs_of_year_end.len(), 2, "as known in January and as known at the end of February");
    let (later, earlier) = (&runs_of_year_end[0], &runs_of_year_end[1]);
    assert!(later.known_at > earlier.known_at);
    assert_ne!(later.snapshot, earlier.snapshot);
    let diff = runs::diff(&installation, &earlier.run, &later.run).await.unwrap();
    let text = serde_json::to_string(&diff).unwrap();
    assert!(text.contains("K01"), "the late lapses moved K01: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_and_postgresql_give_the_same_snapshot_run_and_json() {
    let policy = runs::policy().unwrap();
    let mut answers = Vec::new();
    for database in db::test::databases().await {
        let dir = tempfile::tempdir().unwrap();
        let (installation, _) = Installation::over(database.db.clone(), dir.path(), now()).await.unwrap();
        let installation = filled(installation).await;
        let evaluation = runs::evaluate(&installation, &policy, &question(), "test", now(), &|_| ()).await.unwrap();
        answers.push((evaluation.snapshot.clone(), evaluation.run.clone(), evaluation.to_json()));
    }
    if answers.len() == 1 {
        eprintln!("SKIPPED: {} is not set, so PostgreSQL is not compared", db::test::POSTGRES_VARIABLE);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_city_counts_what_its_maker_says_it_holds() {
    let dir = tempfile::tempdir().unwrap();
    let installation = city(dir.path()).await;
    let latest = runs::latest(&installation).await.unwrap().unwrap();
    let evaluation = runs::load(&installation, &latest.run).await.unwrap();
    let truth = demo::generate(demo::SEED, SMALL).truth(date(2023, 12, 31), demo::COMPLETE);
    let numerator = |code: &str| evaluation.indicator(code).unwrap().numerator;
    assert_eq!(numerator("K01"), Some(truth.inventions as i64), "inventions in force");
    its_planted_alarms_are_found_and_later_facts_judge_those_of_the_years_before(&installation, &latest.run).await;
}

async fn its_planted_alarms_are_found_and_later_facts_judge_those_of_the_years_before(
    installation: &Installation,
    run: &str,
) {
    let opened = runs::Shelf::default().open(installation, &runs::policy().unwrap(), run).await.unwrap();
    let alarms = alarms::all(&opened);
    let of = |method: Method| alarms.iter().filter(move |alarm| alarm.method == method).collect::<Vec<_>>();
    let bought = of(Method::BoughtBeforeDate);
    assert_eq!((bought.len(), bought[0].rights.len()), (1, 5));
    let counted = opened.views.rows("invention_of_first_patentee").unwrap();
    for right in &bought[0].rights {
        assert!(counted.whose("application_number", right).next().is_some(), "{right} is counted by the rules");
    }
    let bursts = of(Method::FilingBurst);
    assert_eq!(bursts.len(), 2, "{bursts:?}");
    assert!(bursts.iter().all(|alarm| alarm.seen.starts_with("2022 年 6 月申请 12 件")), "{bursts:?}");
    let tests = alarms::back_tests(&opened);
    let tried = |method: Method| tests.iter().find(|test| test.method == method).copied().unwrap();
    let (bought, burst) = (tried(Method::BoughtBeforeDate), tried(Method::FilingBurst));
    assert_eq!((bought.raised, bought.confirmed, bought.refuted), (1, 0, 1), "bought at the end of 2022 and kept");
    assert_eq!((burst.raised, burst.confirmed, burst.refuted), (2, 1, 1), "one was sold and one kept");
}

//! The course of the targets of an ordinary city whose offices deliver month by month: what a forecast in September rests on,
//! and that a month without a file is no observation.

use std::collections::BTreeMap;

use demo::Scale;
use domain::Installation;
use domain::cockpit::{self, Grouping, Standing, Target};
use domain::forecast::Outlook;
use domain::reports;
use domain::runs::{self, Question, Shelf};
use jiff::civil::{Date, date};
use jiff::{Timestamp, ToSpan};

/// The registers of the targets that rest on no patents of the city, and what places their rows.
const REGISTERS: [&str; 10] = [
    "regions",
    "enterprises",
    "enterprise-changes",
    "statuses",
    "foreign-grants",
    "madrid",
    "pledges",
    "survey-waves",
    "trainees",
    "deliveries",
];
/// Their targets.
const CODES: [&str; 8] = ["K02", "K03", "K05", "K07", "K08", "K09", "K10", "K11"];

fn now() -> Timestamp {
    "2024-03-01T02:00:00Z".parse().unwrap()
}

fn end_of(day: Date) -> Timestamp {
    jiff::tz::offset(8).to_timestamp(day.at(23, 59, 59, 0)).unwrap()
}

/// An ordinary city without its patents, and the folder it lies in.
async fn city() -> (Installation, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let (installation, _) = Installation::open(dir.path(), None, now()).await.unwrap();
    let files = tempfile::tempdir().unwrap();
    let mut written = demo::write_files(&demo::generate(demo::SEED, Scale::default()), files.path()).unwrap();
    written.retain(|file| REGISTERS.contains(&file.register));
    written.sort_by_key(|file| file.received_at);
    for file in written {
        let mut options = registry::ImportOptions::new(file.received_at, "demo");
        options.recorded_at = now();
        registry::import::import(&installation.db, file.register, &file.path, &options).await.unwrap();
    }
    (installation, dir)
}

/// The targets at a day as known on another, with the runs before as their past.
async fn targets(installation: &Installation, as_of: Date, known_on: Date) -> BTreeMap<String, Target> {
    let policy = runs::policy().unwrap();
    let question = Question { as_of, known_at: end_of(known_on), overrides: BTreeMap::new(), scope: None };
    let run = runs::evaluate(installation, &policy, &question, "test", now(), &|_| ()).await.unwrap().run.clone();
    let opened = Shelf::default().open(installation, &policy, &run).await.unwrap();
    let history = runs::history(installation).await.unwrap();
    let reports = reports::reports(installation).await.unwrap();
    let targets = cockpit::targets(&policy, &opened, &history, &reports);
    targets.into_iter().map(|target| (target.indicator.code.clone(), target)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn late_files_neither_light_a_false_lamp_nor_hide_behind_a_zero() {
    let (installation, _dir) = city().await;
    let known = |day: Date| day.checked_add(6.weeks()).unwrap();
    // Before the first file of the year nothing is known of a yearly sum.
    let early = targets(&installation, date(2023, 1, 31), date(2023, 2, 3)).await;
    let pledged = &early["K08"];
    assert_eq!((pledged.indicator.numerator, pledged.outlook, pledged.gap), (None, Outlook::Unknown, None));
    assert!(pledged.indicator.reason.contains("质押登记簿本年还没有报送"), "{}", pledged.indicator.reason);

    let mut september = targets(&installation, date(2022, 12, 31), date(2023, 2, 20)).await;
    for month in 1..=9 {
        let day = date(2023, month, 1).last_of_month();
        september = targets(&installation, day, known(day)).await;
        assert!(september["K08"].indicator.numerator.is_some_and(|fen| fen > 0), "{day}");
    }
    let december = targets(&installation, date(2023, 12, 31), date(2024, 1, 17)).await;
    for code in CODES {
        let (then, later) = (&september[code], &december[code]);
        let error = then.forecast.and_then(|forecast| forecast.back_test).map(|test| test.mean_absolute_error);
        let sure_to_miss = then.outlook == Outlook::OffTrack && error.is_some_and(|error| error < 0.005);
        assert!(!(sure_to_miss && later.indicator.met == Some(true)), "{code} {then:?}");
    }
    // What is delivered every month moves every few months, and its forecast shows what it was off by.
    for code in ["K02", "K08", "K11"] {
        let test = september[code].forecast.and_then(|forecast| forecast.back_test).unwrap();
        assert!(test.mean_absolute_error > 0.0, "{code} {test:?}");
    }
    // A survey of the autumn says nothing of the months before.
    assert!(september["K10"].history.iter().all(|point| !point.is_reported));
    assert_eq!((september["K10"].outlook, september["K10"].forecast), (Outlook::Unknown, None));
}

/// A figure is one on every page: what towns, enterprises and the city are told to have is what the numerator counts, in its unit,
/// also where several grants are one application.
#[tokio::test(flavor = "multi_thread")]
async fn what_towns_and_enterprises_bring_adds_up_to_the_figure() {
    let (installation, _dir) = city().await;
    let policy = runs::policy().unwrap();
    grants_of_one_application(&installation).await;
    for unit in ["grant", "family"] {
        let overrides = BTreeMap::from([("pct_unit".to_owned(), unit.to_owned())]);
        let (as_of, known_at) = (date(2023, 12, 31), end_of(date(2024, 2, 28)));
        let question = Question { as_of, known_at, overrides, scope: None };
        let run = runs::evaluate(&installation, &policy, &question, "test", now(), &|_| ()).await.unwrap().run.clone();
        let opened = Shelf::default().open(&installation, &policy, &run).await.unwrap();
        let evaluation = &opened.evaluation;
        let mut checked = 0;
        for indicator in evaluation.indicators.iter().filter(|indicator| indicator.evidence_count > 0) {
            let code = indicator.code.as_str();
            let moved = |grouping| cockpit::movements(None, evaluation, code, grouping);
            let whole = &moved(Grouping::City)[0];
            assert_eq!(Some(whole.stock.amount), indicator.numerator, "{unit} {code}");
            assert_eq!(whole.stock.rights as u64, indicator.evidence_count, "{unit} {code}");
            assert_eq!(whole.net(), whole.stock.amount, "without a run before, all of it is new");
            let towns: BTreeMap<String, i64> =
                moved(Grouping::Town).into_iter().map(|town| (town.who, town.stock.amount)).collect();
            let told: BTreeMap<String, i64> =
                indicator.by_region.iter().map(|part| (part.region.clone(), part.numerator)).collect();
            assert_eq!(towns, told, "{unit} {code}");
            if !["K08", "M05", "M06", "M07"].contains(&code) {
                let (_, more) = cockpit::shared_units(evaluation, code);
                assert_eq!(towns.values().sum::<i64>(), whole.stock.amount + more as i64, "{unit} {code}");
            }
            checked += 1;
        }
        assert!(checked >= 12, "{checked}");
        let of = |code: &str| evaluation.indicator(code).unwrap();
        // Loans move by their amounts, and some applications have several grants.
        assert!(of("K08").numerator.unwrap() > 1_000_000 * of("K08").evidence_count as i64);
        assert_eq!(of("M08").evidence_count as i64, of("M08").numerator.unwrap() + 1);
        assert_eq!(cockpit::shared_units(evaluation, "M08"), (1, 1), "one application in two towns");
        assert_eq!((of("K02").evidence_count as i64) > of("K02").numerator.unwrap(), unit == "family");
    }
}

/// One international application with a grant of each of two firms, which sit in two towns.
async fn grants_of_one_application(installation: &Installation) {
    let policy = runs::policy().unwrap();
    let (as_of, known_at) = (date(2023, 12, 31), end_of(date(2024, 2, 28)));
    let question = Question { as_of, known_at, overrides: BTreeMap::new(), scope: None };
    let run = runs::evaluate(installation, &policy, &question, "test", now(), &|_| ()).await.unwrap().run.clone();
    let opened = Shelf::default().open(installation, &policy, &run).await.unwrap();
    let mut firms: Vec<(&str, &str)> = Vec::new();
    for grant in opened.evaluation.indicator_evidence("K02") {
        // What two claim is nobody's yet.
        let (Some(town), Some(uscc)) = (grant.region, grant.uscc) else { continue };
        if firms.iter().all(|(known, _)| *known != town) {
            firms.push((town, uscc));
        }
    }
    let mut text = "授权号,受理局,授权日期,途径,国际申请号,专利权人,专利权人代码,类型,状态\n".to_owned();
    for (number, office, (_, uscc)) in [("US11999991B2", "US", firms[0]), ("JP7199991B2", "JP", firms[1])] {
        text.push_str(&format!("{number},{office},2023-03-01,PCT,PCT/CN2019/199991,某公司,{uscc},发明,有效\n"));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("grants.csv");
    std::fs::write(&path, text).unwrap();
    let mut options = registry::ImportOptions::new("2024-01-10T02:00:00Z".parse().unwrap(), "test");
    options.recorded_at = now();
    let taken = registry::import::import(&installation.db, "foreign-grants", &path, &options).await.unwrap();
    assert_eq!(taken.accepted, 2);
}

/// A sum of the year is compared with its own way from zero, and never with the December before.
#[tokio::test(flavor = "multi_thread")]
async fn a_yearly_sum_is_measured_against_its_own_year() {
    let (installation, _dir) = city().await;
    let file = tempfile::tempdir().unwrap();
    let path = file.path().join("trajectories.csv");
    std::fs::write(&path, "指标,日期,目标值,填报人\nK08,2022-12-31,2,张三\nK08,2023-12-31,2,张三\n").unwrap();
    let mut options = registry::ImportOptions::new("2021-06-01T02:00:00Z".parse().unwrap(), "test");
    options.recorded_at = now();
    let taken = registry::import::import(&installation.db, "trajectories", &path, &options).await.unwrap();
    assert_eq!(taken.accepted, 2);
    let known = |day: Date| day.checked_add(6.weeks()).unwrap();
    for day in [date(2022, 12, 31), date(2023, 1, 31)] {
        targets(&installation, day, known(day)).await;
    }
    let january = &targets(&installation, date(2023, 1, 31), known(date(2023, 1, 31))).await["K08"];
    let expected = january.expected.clone().unwrap();
    // 2 × 30 ÷ 364.
    assert_eq!((expected.text().as_str(), expected.days()), ("0.16", Some((364, 30))));
    let (has, needed) = (i128::from(january.indicator.numerator.unwrap()), 2 * 10_000_000_000 * 30);
    let over = has * 364 - needed;
    let standing =
        if over >= 0 { Standing::Ahead((over / 364) as i64) } else { Standing::Behind((-over + 363) as i64 / 364) };
    assert_eq!(january.standing, Some(standing));
    // December's sum is over; what January brought is what there is.
    assert_eq!(january.change, january.indicator.numerator);
}

//! The course of the targets of an ordinary city whose offices deliver month by month: what a forecast in September rests on,
//! and that a month without a file is no observation.

use std::collections::BTreeMap;

use demo::Scale;
use domain::Installation;
use domain::cockpit::{self, Target};
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

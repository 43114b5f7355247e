//! The installed document is sound, and its rules run over the tables that the freeze makes.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use rules::{
    Evaluation, Kind, Policy, Request, Snapshot, TableBuilder, Value,
    check::{self, Severity},
};

/// The tables of the freeze: name and columns, with the type after the colon (text when absent).
const TABLES: [(&str, &str); 24] = [
    ("region", "code name kind valid_from:d valid_to:d"),
    ("enterprise", "uscc name industry size founded_on:d gone_on:d"),
    ("enterprise_place", "uscc from_on:d until_on:d town"),
    ("status", "uscc kind certificate from_on:d until_on:d basis"),
    (
        "patent",
        "application_number kind title filed_on:d granted_on:d grant_number applicant_names grant_uscc grant_owner grant_town grant_in_city:b",
    ),
    ("patent_force", "application_number from_on:d until_on:d ended_by"),
    ("patent_void", "application_number"),
    ("patent_owner", "application_number from_on:d until_on:d owner owner_uscc place_rule town in_city:b"),
    ("patent_ipc", "application_number symbol"),
    ("patent_sei", "application_number code rule verdict"),
    (
        "foreign_grant",
        "office grant_number right_id granted_on:d route pct_number cn_application_number uscc proprietor kind in_force_from:d in_force_until:d state_known:b abroad:b",
    ),
    ("prize", "prize year:i application_number grade basis"),
    (
        "pledge",
        "number rights uscc pledgee amount_fen:i counted_fen:i disbursed_fen:i registered_on:d released_on:d rollover:b",
    ),
    ("pledge_object", "number object allocated_fen:i"),
    ("trademark", "number nice_class mark uscc holder registered_on:d expires_on:d kind"),
    ("madrid", "ir_number registration mark uscc holder registered_on:d origin"),
    ("statistic", "measure region year:i value:i unit vintage published_on:d source"),
    ("official_high_value", "application_number as_of:d categories"),
    ("trainee", "person course service uscc completed_on:d passed:b"),
    ("survey_wave", "survey as_of:d sample:i positive:i mean_score approval"),
    ("official_fee", "number kind amount_fen:i paid_on:d"),
    ("register_state", "register delivered:b refused:b reported_until:d"),
    ("delivery", "register from_on:d to_on:d state"),
    ("trajectory", "indicator region on_date:d value"),
];

fn kind(column: &str) -> (&str, Kind) {
    match column.split_once(':') {
        Some((name, "d")) => (name, Kind::Date),
        Some((name, "i")) => (name, Kind::Integer),
        Some((name, _)) => (name, Kind::Flag),
        None => (column, Kind::Text),
    }
}

fn snapshot(rows: &[(&str, Vec<Value>)]) -> Snapshot {
    let tables = TABLES.map(|(name, columns)| {
        let columns: Vec<_> = columns.split(' ').map(kind).collect();
        let mut table = TableBuilder::new(&columns);
        for (_, row) in rows.iter().filter(|(of, _)| *of == name) {
            table.push(row.clone()).unwrap();
        }
        (name.to_owned(), table.finish().unwrap())
    });
    Snapshot::new(tables).unwrap()
}

async fn evaluate(snapshot: &Snapshot, as_of: Date) -> Evaluation {
    let policy = Policy::installed().unwrap();
    let overrides = BTreeMap::new();
    let known_at = "2100-01-01T00:00:00+08:00".parse().unwrap();
    rules::evaluate(Request { policy: &policy, snapshot, as_of, known_at, overrides: &overrides, scope: None })
        .await
        .unwrap()
}

#[test]
fn the_parameters_keep_within_their_bounds_and_their_order() {
    let policy = Policy::installed().unwrap();
    let set = |pairs: &[(&str, &str)]| {
        let overrides = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        policy.settings(date(2023, 12, 31), &overrides).map(|_| ()).map_err(|error| error.to_string())
    };
    for sound in [
        &[("k01_target", "0")][..],
        &[("k07_target", "100")],
        &[("star_2_inventions", "30")],
        &[("plan_start", "2023-12-31")],
        &[("plan_start", "2030-01-01"), ("plan_end", "2032-12-31")],
        &[("cumulative_from", "")],
    ] {
        assert_eq!(set(sound), Ok(()), "{sound:?}");
    }
    for (wrong, word) in [
        (&[("k01_target", "-5")][..], "k01_target 的值「-5」不对；不能小于 0"),
        (&[("star_high_value", "-1")], "不能小于 0"),
        (&[("k07_target", "101")], "不能大于 100"),
        (&[("star_2_inventions", "31")], "star_3_inventions 的值 30 小于（早于）star_2_inventions 的值 31"),
        (&[("plan_end", "2020-01-01")], "颠倒"),
        (&[("plan_start", "2030-01-01")], "plan_end"),
        (&[("plan_end", "")], "plan_end 不能不设"),
    ] {
        let message = set(wrong).unwrap_err();
        assert!(message.contains(word), "{wrong:?}: {message}");
    }
}

#[test]
fn the_installed_document_is_sound() {
    let policy = Policy::installed().unwrap();
    assert_eq!(policy.id, "2021-ip-innovation-support");
    assert!(policy.indicator("K01").is_some() && policy.award("innovation-star").is_some());
    let tables: BTreeSet<&str> = TABLES.iter().map(|(name, _)| *name).collect();
    let report = check::check(&policy, Some(&tables), &|_, _| true);
    let errors: Vec<_> = report.findings.iter().filter(|f| f.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[tokio::test]
async fn without_facts_nothing_is_known() {
    let run = evaluate(&snapshot(&[]), date(2023, 12, 31)).await;
    for code in ["K01", "K04", "K07", "K09", "K10"] {
        let indicator = run.indicator(code).unwrap();
        assert_eq!((indicator.met, indicator.value.as_deref()), (None, None), "{code}");
        assert!(!indicator.reason.is_empty(), "{code}");
    }
    assert!(run.awards.is_empty());
}

/// A city of one enterprise with this many inventions, the first `old` of them over ten years old.
fn star_city(inventions: i64, old: i64) -> Snapshot {
    let uscc = "91320682MA10000014";
    let text = |text: &str| Value::from(text.to_owned());
    let mut rows = vec![
        ("region", vec![text("320999101"), text("城东镇"), text("镇"), Value::Null, Value::Null]),
        ("enterprise", vec![text(uscc), text("甲公司"), Value::Null, Value::Null, Value::Null, Value::Null]),
        ("enterprise_place", vec![text(uscc), Value::Null, Value::Null, text("城东镇")]),
        (
            "statistic",
            vec![
                text("地区生产总值"),
                text(""),
                2022.into(),
                1_000_000_000.into(),
                text("元"),
                text("最终核实"),
                date(2023, 3, 1).into(),
                text("统计公报"),
            ],
        ),
    ];
    for register in [
        "regions",
        "enterprises",
        "enterprise-changes",
        "statuses",
        "patents",
        "patent-events",
        "foreign-grants",
        "prizes",
        "pledges",
        "trademarks",
        "madrid",
        "statistics",
        "strategic-industries",
        "trainees",
        "survey-waves",
        "official-fees",
    ] {
        rows.push(("register_state", vec![text(register), true.into(), false.into(), date(2023, 12, 31).into()]));
    }
    for n in 0..inventions {
        let number = format!("20130000{n:05}");
        let filed = if n < old { date(2013, 12, 30) } else { date(2018, 5, 1) };
        let granted = date(2020, 6, 2);
        rows.push((
            "patent",
            vec![
                text(&number),
                text("发明"),
                text("一种装置"),
                filed.into(),
                granted.into(),
                Value::Null,
                text("甲公司"),
                text(uscc),
                text("甲公司"),
                text("城东镇"),
                true.into(),
            ],
        ));
        rows.push(("patent_force", vec![text(&number), granted.into(), Value::Null, Value::Null]));
        rows.push((
            "patent_owner",
            vec![
                text(&number),
                Value::Null,
                Value::Null,
                text("甲公司"),
                text(uscc),
                text("address"),
                text("城东镇"),
                true.into(),
            ],
        ));
    }
    snapshot(&rows)
}

#[tokio::test]
async fn the_vectors_of_the_stars() {
    for (inventions, high_value, level) in [
        (20, 5, None),
        (21, 5, Some(2)),
        (30, 5, Some(2)),
        (31, 5, Some(3)),
        (41, 5, Some(4)),
        (50, 5, Some(4)),
        (51, 5, Some(5)),
        (60, 4, None),
    ] {
        let run = evaluate(&star_city(inventions, high_value), date(2023, 12, 31)).await;
        let star = run.awards.iter().find(|award| award.award == "innovation-star");
        assert_eq!(star.map(|star| star.level), level, "{inventions}, {high_value}");
        let k01 = run.indicator("K01").unwrap();
        assert_eq!(k01.numerator, Some(inventions));
        assert_eq!(k01.met, Some(inventions >= 30), "{}", k01.reason);
        assert_eq!(run.high_value.total, Some(high_value));
        assert_eq!(run.high_value.categories["4"], None);
    }
}

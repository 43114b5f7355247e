//! The installed policy document over small snapshots: it is sound, its text is whole, and its rules give
//! the vectors of the counting rules. The case table of the document tests the same rules from files on.

#![allow(clippy::unwrap_used, reason = "a test may unwrap what it has made itself")]

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use rules::{Evaluation, Kind, Policy, Request, Snapshot, TableBuilder, Value, check, evaluate};
use sha2::{Digest, Sha256};

const AS_OF: Date = date(2023, 12, 31);
const ENTERPRISE: &str = "91320682MA10000014";
const SURELY_HIGH_VALUE: Date = date(2010, 5, 4);
const YOUNG: Date = date(2018, 3, 1);

/// Every table of a snapshot: `t` text, `i` whole number, `d` date, `b` flag.
const TABLES: &str = "\
    region code:t name:t kind:t valid_from:d valid_to:d
    enterprise uscc:t name:t industry:t size:t founded_on:d gone_on:d
    enterprise_place uscc:t from_on:d until_on:d town:t
    status uscc:t kind:t certificate:t from_on:d until_on:d basis:t
    patent application_number:t kind:t title:t filed_on:d granted_on:d grant_number:t applicant_names:t grant_uscc:t grant_owner:t grant_town:t grant_in_city:b
    patent_force application_number:t from_on:d until_on:d ended_by:t
    patent_void application_number:t
    patent_owner application_number:t from_on:d until_on:d owner:t owner_uscc:t place_rule:t town:t in_city:b
    patent_ipc application_number:t symbol:t
    patent_sei application_number:t code:t rule:t verdict:t
    foreign_grant office:t grant_number:t right_id:t granted_on:d route:t pct_number:t cn_application_number:t uscc:t proprietor:t kind:t in_force_from:d in_force_until:d state_known:b abroad:b
    prize prize:t year:i application_number:t grade:t basis:t
    pledge number:t rights:t uscc:t pledgee:t amount_fen:i counted_fen:i disbursed_fen:i registered_on:d released_on:d rollover:b
    pledge_object number:t object:t allocated_fen:i
    trademark number:t nice_class:t mark:t uscc:t holder:t registered_on:d expires_on:d kind:t
    madrid ir_number:t registration:t mark:t uscc:t holder:t registered_on:d origin:t
    statistic measure:t region:t year:i value:i unit:t vintage:t published_on:d source:t
    official_high_value application_number:t as_of:d categories:t
    trainee person:t course:t service:t uscc:t completed_on:d passed:b
    survey_wave survey:t as_of:d sample:i positive:i mean_score:t approval:t
    official_fee number:t kind:t amount_fen:i paid_on:d
     register_state register:t delivered:b refused:b reported_until:d
    delivery register:t from_on:d to_on:d state:t
    trajectory indicator:t region:t on_date:d value:t";

const REGISTERS: [&str; 18] = [
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
    "official-high-value",
    "trainees",
    "survey-waves",
    "official-fees",
    "deliveries",
];

/// The facts of one test, to which each test adds its own rows; a field left out is null.
struct City {
    rows: BTreeMap<&'static str, Vec<BTreeMap<&'static str, Value<'static>>>>,
}

impl City {
    fn new(is_delivered: bool) -> Self {
        let mut city = Self { rows: BTreeMap::new() };
        for register in REGISTERS {
            let reported_until = if is_delivered { AS_OF.into() } else { Value::Null };
            let state =
                [("register", register.into()), ("delivered", is_delivered.into()), ("reported_until", reported_until)];
            city.add("register_state", state);
        }
        city.enterprise(ENTERPRISE);
        city
    }

    fn add<const N: usize>(&mut self, table: &'static str, row: [(&'static str, Value<'_>); N]) -> &mut Self {
        let row = row.map(|(column, cell)| (column, cell.into_owned()));
        self.rows.entry(table).or_default().push(BTreeMap::from(row));
        self
    }

    fn enterprise(&mut self, uscc: &str) {
        self.add("enterprise", [("uscc", uscc.into()), ("name", format!("示例市{uscc}有限公司").into())]);
        self.add("enterprise_place", [("uscc", uscc.into()), ("town", "城东镇".into())]);
    }

    fn status(&mut self, uscc: &str, kind: &str) {
        self.add("status", [("uscc", uscc.into()), ("kind", kind.into()), ("from_on", date(2022, 1, 1).into())]);
    }

    fn statistic(&mut self, measure: &str, value: i64) {
        self.add(
            "statistic",
            [
                ("measure", measure.into()),
                ("region", "".into()),
                ("year", 2022.into()),
                ("value", value.into()),
                ("vintage", "最终核实".into()),
                ("published_on", date(2023, 3, 1).into()),
            ],
        );
    }

    /// Inventions in force, owned from the grant on by the one enterprise.
    fn inventions(&mut self, count: usize, filed_on: Date, granted_on: Date) -> &mut Self {
        let known = self.rows.get("patent").map_or(0, Vec::len);
        for index in known..known + count {
            let number = format!("{}1{index:07}0", filed_on.year());
            let number = number.as_str();
            self.add(
                "patent",
                [
                    ("application_number", number.into()),
                    ("kind", "发明".into()),
                    ("title", "一种装置".into()),
                    ("filed_on", filed_on.into()),
                    ("granted_on", granted_on.into()),
                    ("applicant_names", "甲".into()),
                    ("grant_uscc", ENTERPRISE.into()),
                    ("grant_in_city", true.into()),
                ],
            );
            self.add("patent_force", [("application_number", number.into()), ("from_on", granted_on.into())]);
            self.add(
                "patent_owner",
                [
                    ("application_number", number.into()),
                    ("owner", "甲".into()),
                    ("owner_uscc", ENTERPRISE.into()),
                    ("place_rule", "address".into()),
                    ("town", "城东镇".into()),
                    ("in_city", true.into()),
                ],
            );
        }
        self
    }

    fn snapshot(&self) -> Snapshot {
        let tables = TABLES.lines().map(|line| {
            let mut words = line.split_whitespace();
            let table = words.next().expect("a table has a name");
            let columns: Vec<(&str, Kind)> = words.map(column).collect();
            let mut builder = TableBuilder::new(&columns);
            for row in self.rows.get(table).into_iter().flatten() {
                let cells = columns.iter().map(|(name, _)| row.get(name).cloned().unwrap_or(Value::Null));
                builder.push(cells.collect::<Vec<_>>()).unwrap();
            }
            (table.to_owned(), builder.finish().unwrap())
        });
        Snapshot::new(tables.collect::<Vec<_>>()).unwrap()
    }

    fn evaluate(&self) -> Evaluation {
        self.evaluate_with(AS_OF, &[])
    }

    fn evaluate_with(&self, as_of: Date, overrides: &[(&str, &str)]) -> Evaluation {
        let overrides: BTreeMap<String, String> =
            overrides.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let policy = Policy::installed().unwrap();
        let snapshot = self.snapshot();
        let request = Request {
            policy: &policy,
            snapshot: &snapshot,
            as_of,
            known_at: "2024-02-01T00:00:00+08:00".parse().unwrap(),
            overrides: &overrides,
            scope: None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(evaluate(request)).unwrap()
    }
}

fn column(word: &str) -> (&str, Kind) {
    let (name, kind) = word.split_once(':').expect("a column has a kind");
    let kind = match kind {
        "t" => Kind::Text,
        "i" => Kind::Integer,
        "d" => Kind::Date,
        _ => Kind::Flag,
    };
    (name, kind)
}

#[track_caller]
fn met(evaluation: &Evaluation, code: &str) -> Option<bool> {
    evaluation.indicator(code).unwrap().met
}

#[track_caller]
fn numerator(evaluation: &Evaluation, code: &str) -> Option<i64> {
    evaluation.indicator(code).unwrap().numerator
}

fn level(evaluation: &Evaluation, award: &str) -> Option<i64> {
    evaluation.awards.iter().find(|reached| reached.award == award).map(|reached| reached.level)
}

#[test]
fn the_document_is_sound() {
    let tables = TABLES.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    let report = check::check(&Policy::installed().unwrap(), Some(&tables), &|_, _| true);
    assert!(report.is_sound(), "{:#?}", report.findings);
    // That no award has an amount with a basis document is the state of the law here, not a fault.
    let others = report.findings.iter().filter(|finding| !finding.message.starts_with("没有载明金额的依据文号"));
    assert_eq!(others.collect::<Vec<_>>(), Vec::<&check::Finding>::new());
}

#[test]
fn the_text_is_whole() {
    let policy = Policy::installed().unwrap();
    let mut text = String::new();
    let mut before = "";
    for clause in &policy.clauses {
        let section = clause.id.split('.').next().unwrap();
        let title = policy.sections.iter().find(|one| one.id == section && one.in_text && section != before);
        text.extend(title.map(|section| section.title.as_str()));
        text.push_str(&clause.text);
        before = section;
    }
    text.retain(|letter| !letter.is_whitespace());
    let hash: String = Sha256::digest(&text).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(policy.clauses.len(), 137);
    assert_eq!(text.chars().count(), 4005);
    assert_eq!(
        hash, "ad00cb35047f9baf657f5f9a498f9f698efc718237ff5dbff0fcd9ce0113998b",
        "the words of the document were changed"
    );
}

#[test]
fn eleven_targets_and_three_active_awards() {
    let policy = Policy::installed().unwrap();
    let targets: Vec<&str> =
        policy.indicators.iter().filter(|one| one.target_parameter.is_some()).map(|one| one.code.as_str()).collect();
    assert_eq!(targets, ["K01", "K02", "K03", "K04", "K05", "K06", "K07", "K08", "K09", "K10", "K11"]);
    let active: Vec<&str> = policy.awards.iter().filter(|one| one.active).map(|one| one.id.as_str()).collect();
    assert_eq!(active, ["invention-star", "innovation-star", "pct-grant"]);
    let amounts = policy.awards.iter().flat_map(|award| {
        award.amount_parameter.iter().chain(award.levels.iter().filter_map(|level| level.amount_parameter.as_ref()))
    });
    for name in amounts {
        let values = &policy.parameter(name).unwrap().values;
        assert!(values.iter().all(|dated| dated.value.is_empty()), "{name}: no amount has a basis document");
    }
}

#[test]
fn nothing_delivered_is_unknown() {
    let evaluation = City::new(false).evaluate();
    for indicator in &evaluation.indicators {
        assert_eq!((indicator.numerator, indicator.met), (None, None), "{}", indicator.code);
        assert!(!indicator.reason.is_empty(), "{}", indicator.code);
    }
    assert_eq!(evaluation.award_unknown.len(), 3);
    assert!(evaluation.awards.is_empty());
}

#[test]
fn delivered_and_empty_is_zero() {
    let evaluation = City::new(true).evaluate();
    for code in ["K01", "K02", "K03", "K04", "K05", "K06", "K08", "K11"] {
        assert_eq!(numerator(&evaluation, code), Some(0), "{code}");
    }
    for code in ["K02", "K03", "K05", "K06", "K08", "K11"] {
        assert_eq!(met(&evaluation, code), Some(false), "{code}");
    }
    // No denominator, no waves, no 高企: neither 0 % nor 100 %.
    for code in ["K01", "K04", "K07", "K09", "K10"] {
        assert_eq!(met(&evaluation, code), None, "{code}");
    }
}

#[test]
fn inventions_per_billion_of_gdp() {
    for (count, expected) in [(3899, false), (3900, true)] {
        let mut city = City::new(true);
        city.inventions(count, YOUNG, date(2020, 6, 2)).statistic("地区生产总值", 130_000_000_000);
        let evaluation = city.evaluate();
        assert_eq!(numerator(&evaluation, "K01"), i64::try_from(count).ok());
        assert_eq!(met(&evaluation, "K01"), Some(expected), "{count}");
    }
}

#[test]
fn high_value_inventions_per_ten_thousand_people() {
    for (count, expected) in [(1239, false), (1240, true)] {
        let mut city = City::new(true);
        city.inventions(count, SURELY_HIGH_VALUE, date(2013, 6, 5)).statistic("常住人口", 1_240_000);
        let evaluation = city.evaluate();
        assert_eq!(met(&evaluation, "K04"), Some(expected), "{count}");
        assert_eq!(evaluation.high_value.total, i64::try_from(count).ok());
    }
}

#[test]
fn filings_of_high_tech_enterprises() {
    for (total, filed, expected) in [(310, 279, Some(true)), (311, 279, Some(false)), (0, 0, None)] {
        let mut city = City::new(true);
        for index in 0..total {
            let uscc = format!("E{index}");
            city.enterprise(&uscc);
            city.status(&uscc, "高新技术企业");
            if index < filed {
                city.status(&uscc, "省贯标备案");
            }
        }
        assert_eq!(met(&city.evaluate(), "K07"), expected, "{filed} of {total}");
    }
}

#[test]
fn pledges_to_the_fen() {
    for (fen, expected) in [(19_999_999_999, false), (20_000_000_000, true)] {
        let mut city = City::new(true);
        city.add(
            "pledge",
            [
                ("number", "Y1".into()),
                ("rights", "专利".into()),
                ("uscc", ENTERPRISE.into()),
                ("counted_fen", fen.into()),
                ("registered_on", date(2023, 1, 1).into()),
                ("rollover", false.into()),
            ],
        );
        assert_eq!(met(&city.evaluate(), "K08"), Some(expected), "{fen}");
    }
}

#[test]
fn surveys_must_exceed_their_target() {
    for (survey, code, positive, expected) in [
        ("认知度", "K09", 7500, false),
        ("认知度", "K09", 7501, true),
        ("满意度", "K10", 8500, false),
        ("满意度", "K10", 8501, true),
    ] {
        let mut city = City::new(true);
        city.add(
            "survey_wave",
            [
                ("survey", survey.into()),
                ("as_of", AS_OF.into()),
                ("sample", 10_000.into()),
                ("positive", positive.into()),
            ],
        );
        assert_eq!(met(&city.evaluate(), code), Some(expected), "{code} {positive}");
    }
}

#[test]
fn stars_of_innovation() {
    for (valid, high_value, expected) in [
        (20, 5, None),
        (21, 5, Some(2)),
        (30, 5, Some(2)),
        (31, 5, Some(3)),
        (41, 5, Some(4)),
        (50, 5, Some(4)),
        (51, 5, Some(5)),
        (60, 4, None),
    ] {
        let mut city = City::new(true);
        city.inventions(high_value, SURELY_HIGH_VALUE, date(2013, 6, 5));
        city.inventions(valid - high_value, YOUNG, date(2020, 6, 2));
        let evaluation = city.evaluate();
        assert_eq!(level(&evaluation, "innovation-star"), expected, "({valid}, {high_value})");
        assert_eq!(numerator(&evaluation, "K06"), Some(i64::from(expected.is_some())), "({valid}, {high_value})");
    }
}

#[test]
fn stars_of_invention() {
    for (grants, expected) in [(4, None), (5, Some(1))] {
        let mut city = City::new(true);
        city.inventions(grants, YOUNG, date(2023, 1, 1));
        city.inventions(3, YOUNG, date(2022, 12, 31));
        let evaluation = city.evaluate();
        assert_eq!(level(&evaluation, "invention-star"), expected, "{grants}");
        assert_eq!(evaluation.near_misses.iter().any(|near| near.award == "invention-star"), expected.is_none());
    }
}

#[test]
fn maintenance_beyond_ten_years() {
    for (filed_on, as_of, expected) in [
        (date(2013, 12, 31), date(2023, 12, 31), 0),
        (date(2013, 12, 30), date(2023, 12, 31), 1),
        (date(2012, 2, 29), date(2022, 2, 28), 0),
        (date(2012, 2, 29), date(2022, 3, 1), 1),
    ] {
        let mut city = City::new(true);
        city.inventions(1, filed_on, date(2016, 3, 2));
        let high_value = city.evaluate_with(as_of, &[]).high_value;
        assert_eq!(high_value.categories["3"], Some(expected), "{filed_on} at {as_of}");
        assert_eq!(high_value.categories["4"], None, "no threshold is set");
    }
}

#[test]
fn an_open_register_leaves_what_it_could_change() {
    let mut city = City::new(true);
    city.inventions(4, YOUNG, date(2023, 3, 1)).add(
        "delivery",
        [
            ("register", "patents".into()),
            ("from_on", date(2023, 11, 1).into()),
            ("to_on", date(2023, 11, 30).into()),
            ("state", "未报".into()),
        ],
    );
    city.statistic("地区生产总值", 130_000_000_000);
    let evaluation = city.evaluate();
    assert_eq!(numerator(&evaluation, "K01"), Some(4));
    assert_eq!(met(&evaluation, "K01"), None, "the missing month may hold any number");
    assert!(evaluation.awards.is_empty());
    assert!(evaluation.undetermined.iter().any(|one| one.award == "invention-star"));
}

#[test]
fn what_counts_is_what_the_evidence_lists() {
    let mut city = City::new(true);
    city.inventions(5, SURELY_HIGH_VALUE, date(2013, 6, 5));
    city.inventions(20, YOUNG, date(2023, 6, 2));
    city.status(ENTERPRISE, "国家知识产权优势企业");
    city.status(ENTERPRISE, "高新技术企业");
    city.status(ENTERPRISE, "省贯标备案");
    let evaluation = city.evaluate();
    for (code, expected) in [("K01", 25), ("K04", 5), ("K05", 1), ("K06", 1), ("K07", 1)] {
        let indicator = evaluation.indicator(code).unwrap();
        assert_eq!(indicator.numerator, Some(expected), "{code}");
        assert_eq!(i64::try_from(evaluation.indicator_evidence(code).count()).ok(), Some(expected), "{code}");
        assert_eq!(indicator.by_region.iter().map(|one| one.numerator).sum::<i64>(), expected, "{code}");
    }
}

//! A small city of facts for the test document.

use std::{collections::BTreeMap, path::Path};

use jiff::civil::date;
use rules::{Evaluation, Kind, Policy, Request, Snapshot, TableBuilder};

/// The test document.
pub(crate) fn policy() -> Policy {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policy");
    Policy::load(&dir).unwrap()
}

/// How many patents, and how many of them high-value, each enterprise holds.
pub(crate) struct City<'a> {
    pub(crate) holdings: &'a [(&'a str, i64, i64)],
    pub(crate) output: Option<i64>,
    pub(crate) complete: bool,
}

impl City<'_> {
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut patent = TableBuilder::new(&[
            ("id", Kind::Text),
            ("owner", Kind::Text),
            ("town", Kind::Text),
            ("granted_on", Kind::Date),
            ("high", Kind::Flag),
        ]);
        let mut enterprise = TableBuilder::new(&[("uscc", Kind::Text), ("name", Kind::Text)]);
        for (owner, count, high) in self.holdings {
            enterprise.push(vec![(*owner).into(), format!("{owner}有限公司").into()]).unwrap();
            for n in 0..*count {
                patent
                    .push(vec![
                        format!("{owner}-{n:03}").into(),
                        (*owner).into(),
                        if n % 2 == 0 { "东镇" } else { "西镇" }.into(),
                        date(2022, 6, 1).into(),
                        (n < *high).into(),
                    ])
                    .unwrap();
            }
        }
        let mut statistic = TableBuilder::new(&[("year", Kind::Integer), ("value", Kind::Integer)]);
        if let Some(output) = self.output {
            statistic.push(vec![2022.into(), output.into()]).unwrap();
        }
        let mut delivered = TableBuilder::new(&[("complete", Kind::Flag)]);
        delivered.push(vec![self.complete.into()]).unwrap();
        Snapshot::new([
            ("patent".to_owned(), patent.finish().unwrap()),
            ("enterprise".to_owned(), enterprise.finish().unwrap()),
            ("statistic".to_owned(), statistic.finish().unwrap()),
            ("delivered".to_owned(), delivered.finish().unwrap()),
        ])
        .unwrap()
    }
}

/// Evaluates the test document at the end of 2023.
pub(crate) async fn evaluate(snapshot: &Snapshot, set: &[(&str, &str)]) -> Evaluation {
    try_evaluate(&policy(), snapshot, set).await.unwrap()
}

pub(crate) async fn try_evaluate(
    policy: &Policy,
    snapshot: &Snapshot,
    set: &[(&str, &str)],
) -> Result<Evaluation, rules::Error> {
    let overrides: BTreeMap<String, String> =
        set.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    rules::evaluate(Request {
        policy,
        snapshot,
        as_of: date(2023, 12, 31),
        known_at: "2024-02-01T00:00:00+08:00".parse().unwrap(),
        overrides: &overrides,
        scope: None,
    })
    .await
}

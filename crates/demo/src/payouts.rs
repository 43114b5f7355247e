//! What carrying the policy out needs beside the facts it counts: the working calendar, credit lists, aid already paid; and the items,
//! the budget and the first batch of cases with which the demo begins.

use domain::accounts::Account;
use domain::items::aid::{Aid, Deduction, Trigger};
use domain::items::{self, Basis, Formula, Limits, Review, Subsidy, Terms, Track};
use domain::{Installation, budget, cases, runs};
use jiff::Timestamp;
use jiff::civil::{Date, date};

use crate::{
    City,
    cells::{Cell, Row, day, fen, text},
    patents::Owner,
};

/// Days off in a row, and weekends that are worked, by name; from the notices of the State Council's office for 2022 to 2024
/// (国办发明电〔2021〕11号、〔2022〕16号、〔2023〕7号).
const HOLIDAYS: [(&str, Date, i32, &[Date]); 20] = [
    ("元旦", date(2022, 1, 1), 3, &[]),
    ("春节", date(2022, 1, 31), 7, &[date(2022, 1, 29), date(2022, 1, 30)]),
    ("清明节", date(2022, 4, 3), 3, &[date(2022, 4, 2)]),
    ("劳动节", date(2022, 4, 30), 5, &[date(2022, 4, 24), date(2022, 5, 7)]),
    ("端午节", date(2022, 6, 3), 3, &[]),
    ("中秋节", date(2022, 9, 10), 3, &[]),
    ("国庆节", date(2022, 10, 1), 7, &[date(2022, 10, 8), date(2022, 10, 9)]),
    ("元旦", date(2022, 12, 31), 3, &[]),
    ("春节", date(2023, 1, 21), 7, &[date(2023, 1, 28), date(2023, 1, 29)]),
    ("清明节", date(2023, 4, 5), 1, &[]),
    ("劳动节", date(2023, 4, 29), 5, &[date(2023, 4, 23), date(2023, 5, 6)]),
    ("端午节", date(2023, 6, 22), 3, &[date(2023, 6, 25)]),
    ("中秋节、国庆节", date(2023, 9, 29), 8, &[date(2023, 10, 7), date(2023, 10, 8)]),
    ("元旦", date(2024, 1, 1), 1, &[]),
    ("春节", date(2024, 2, 10), 8, &[date(2024, 2, 4), date(2024, 2, 18)]),
    ("清明节", date(2024, 4, 4), 3, &[date(2024, 4, 7)]),
    ("劳动节", date(2024, 5, 1), 5, &[date(2024, 4, 28), date(2024, 5, 11)]),
    ("端午节", date(2024, 6, 10), 1, &[]),
    ("中秋节", date(2024, 9, 15), 3, &[date(2024, 9, 14)]),
    ("国庆节", date(2024, 10, 1), 7, &[date(2024, 9, 29), date(2024, 10, 12)]),
];

/// The files of these registers: identifier, name, day of receipt, rows.
pub(crate) fn registers(city: &City) -> Vec<(&'static str, &'static str, Date, Vec<Row>)> {
    let mut files = Vec::new();
    for year in [2022, 2023, 2024] {
        files.push(("holidays", "节假日安排", date(year - 1, 12, 10), holidays(year)));
    }
    files.push(("credit-records", "信用记录", date(2024, 1, 15), credit(city)));
    files.push(("subsidies", "各级资助", date(2024, 1, 22), subsidies(city)));
    files
}

fn holidays(year: i16) -> Vec<Row> {
    let mut rows = Vec::new();
    // A notice names the days of its own year and the New Year's Eve before it.
    for (name, first, days, worked) in HOLIDAYS {
        let of = if (first.month(), first.day()) == (12, 31) { first.year() + 1 } else { first.year() };
        if of != year {
            continue;
        }
        rows.extend(
            first.series(jiff::ToSpan::days(1)).take(days as usize).map(|off| vec![day(off), text(name), text("是")]),
        );
        rows.extend(worked.iter().map(|on| vec![day(*on), text(name), text("否")]));
    }
    rows
}

/// A few enterprises on lists: barred, strictly looked at, warned, and one whose bar is over.
fn credit(city: &City) -> Vec<Row> {
    let entries = [
        (3, "市场监督管理严重违法失信名单", "禁止", "云市监失信〔2023〕4号", date(2023, 6, 1), None),
        (5, "知识产权领域失信主体", "从严", "云市监知失〔2023〕2号", date(2023, 9, 11), None),
        (8, "环境信用评价黄标", "提示", "云环信〔2023〕31号", date(2023, 3, 20), None),
        (11, "失信被执行人", "禁止", "（2022）苏0699执1127号", date(2022, 5, 6), Some(date(2023, 5, 5))),
    ];
    entries
        .into_iter()
        .filter_map(|(place, list, effect, decision, from, until)| {
            let enterprise = city.enterprises.get(place)?;
            let until = until.map_or(Cell::Empty, day);
            Some(vec![text(enterprise.uscc.clone()), text(list), text(effect), text(decision), day(from), until])
        })
        .collect()
}

/// Aid that the province has paid for some of the inventions granted in 2023.
fn subsidies(city: &City) -> Vec<Row> {
    let granted = city.patents.iter().filter(|patent| {
        patent.number.kind == 1
            && patent.granted.is_some_and(|granted| granted.year() == 2023)
            && matches!(patent.owner, Owner::Enterprise(_))
    });
    granted
        .step_by(40)
        .map(|patent| {
            vec![
                text(patent.number.to_string()),
                text("省知识产权局"),
                fen(20_000),
                day(date(2023, 12, 20)),
                text("苏知发〔2023〕88号"),
            ]
        })
        .collect()
}

const DAY: Date = date(2023, 1, 12);

/// The terms of a demo item; its amounts are for trials.
fn terms(track: Track, formula: Formula, amounts: &[(i64, i64)]) -> Terms {
    Terms {
        track,
        basis: Basis {
            number: "云政办发〔2023〕12号".into(), title: "云川市知识产权奖励资助实施细则（演示）".into()
        },
        review: Review {
            conclusion: "不具有排除、限制竞争效果（演示）".into(), concluded_on: Some(DAY)
        },
        effective_from: date(2023, 1, 16),
        effective_until: Some(date(2024, 12, 31)),
        formula,
        amounts: amounts.iter().copied().collect(),
        pays_difference: false,
        cap_per_subject_year_fen: Some(50_000_000),
        cap_per_invention_fen: None,
        pays_pro_rata: true,
        aid: None,
        window: None,
        subsidy: None,
        departments: vec!["财政局".into(), "科学技术局".into()],
        papers: Vec::new(),
        limits: Limits::default(),
    }
}

/// Issues the demo's items, sets its budget and opens the batch of 创新之星, each by the account whose work it is.
pub(crate) async fn begin(
    installation: &Installation,
    accounts: &[Account],
    now: Timestamp,
) -> Result<(), domain::Error> {
    let policy = runs::policy()?;
    let of = |login: &str| {
        accounts
            .iter()
            .find(|account| account.login == login)
            .ok_or_else(|| domain::Error::NotFound { what: "演示账号", id: login.to_owned() })
    };
    let (clerk, second, finance) = (of("clerk")?, of("clerk2")?, of("finance")?);
    let mut stars =
        terms(Track::Confirm, Formula::PerSubject, &[(2, 2_000_000), (3, 3_000_000), (4, 4_000_000), (5, 5_000_000)]);
    stars.pays_difference = true;
    let mut aid = terms(Track::Apply, Formula::ShareOfCost { percent: 50 }, &[(1, 10_000_000)]);
    aid.papers = vec!["费用发票和付款凭证".to_owned()];
    let proofs = Trigger::ALL.map(|one| (one, one.usual_papers().iter().map(|paper| (*paper).to_owned()).collect()));
    aid.aid = Some(Aid { proofs: proofs.into(), deduction: Deduction::FromCosts, takes_settlements: false });
    let mut project = terms(Track::Apply, Formula::PerSubject, &[(1, 3_000_000)]);
    project.papers = vec!["立项文件".to_owned()];
    let mut standard = terms(Track::Apply, Formula::PerSubject, &[(1, 5_000_000)]);
    standard.papers = ["认证证书", "省贯标备案确认文件"].map(str::to_owned).to_vec();
    let mut interest = terms(Track::Apply, Formula::ShareOfCost { percent: 50 }, &[(1, 20_000_000)]);
    interest.papers = ["贷款合同和放款凭证", "付息凭证"].map(str::to_owned).to_vec();
    interest.departments = vec!["财政局".into()];
    let mut premium = terms(Track::Apply, Formula::ShareOfCost { percent: 50 }, &[(1, 2_000_000)]);
    premium.papers = ["保险单", "保费发票"].map(str::to_owned).to_vec();
    premium.departments = vec!["财政局".into()];
    let issued = [
        ("innovation-star", stars),
        ("invention-star", terms(Track::Confirm, Formula::PerSubject, &[(1, 1_000_000)])),
        ("rights-aid", aid),
        ("project-approval", project),
        ("standard-certification", standard),
        ("pledge-interest", interest),
        ("insurance-premium", premium),
    ];
    for (award, mut terms) in issued {
        // What depends on grants is never exempted.
        terms.subsidy = (award != "invention-star")
            .then(|| Subsidy { is_policy_subsidy: false, exempted_by: terms.basis.number.clone() });
        let id = items::draft(installation, &policy, clerk, award, (terms, None), now).await?;
        items::issue(installation, &policy, second, (id, None), now).await?;
    }
    let mut waiting = terms(Track::Confirm, Formula::PerRight, &[(1, 2_000_000)]);
    waiting.cap_per_invention_fen = Some(3_000_000);
    items::draft(installation, &policy, clerk, "pct-grant", (waiting, None), now).await?;
    const YUAN: i64 = 100;
    for (award, yuan) in [("innovation-star", 3_000_000), ("invention-star", 300_000), ("", 1_000_000)] {
        let basis = "云财预〔2024〕1号（演示）";
        budget::set(&installation.db, finance, (2024, "市级知识产权专项资金", award), (yuan * YUAN, basis), now)
            .await?;
    }
    for (award, yuan) in [("pledge-interest", 400_000), ("insurance-premium", 150_000)] {
        let line = (2024, "市级知识产权专项资金", award);
        budget::set(&installation.db, finance, line, (yuan * YUAN, "云财预〔2024〕1号（演示）"), now).await?;
    }
    // The years before the program, as the books would tell: less is paid from year to year, yet in 2023 more of a smaller budget.
    for (year, yuan, paid) in [(2021, 4_000_000, 3_200_000), (2022, 4_800_000, 3_000_000), (2023, 4_300_000, 2_800_000)]
    {
        let line = (year, "市级知识产权专项资金", "");
        let basis = format!("云财预〔{year}〕1号（演示）");
        let id = budget::set(&installation.db, finance, line, (yuan * YUAN, &basis), now).await?;
        budget::set_earlier(&installation.db, finance, id, paid * YUAN, now).await?;
    }
    if let Some(run) = runs::latest(installation).await? {
        cases::open_batch(installation, &policy, clerk, ("innovation-star", &run.run), now).await?;
    }
    Ok(())
}

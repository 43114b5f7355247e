//! Applications of so many enterprises, each complete and waiting to be handed in: what `benches/run last-minute` sends.
//!
//! `cargo run --release -p domain --example last_minute -- FOLDER 10000` fills a folder and prints each case with its enterprise.

#![allow(clippy::expect_used, reason = "a measurement that cannot go on ends there")]
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement reads the clock and prints")]

use std::io::Write;
use std::path::{Path, PathBuf};

use domain::accounts::{self, Account, Role};
use domain::cases::{self, About, Receiving, Written};
use domain::items::{self, Basis, Formula, Limits, Review, Subsidy, Terms, Track};
use domain::{Installation, runs};
use jiff::Timestamp;
use jiff::civil::date;

fn code(serial: usize) -> String {
    const LETTERS: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let body = format!("91320682MA{serial:07}");
    let place = |letter: u8| LETTERS.iter().position(|one| *one == letter).unwrap_or(0);
    let weigh = |(at, letter): (usize, u8)| place(letter) * (3_usize.pow(u32::try_from(at).unwrap_or(0)) % 31);
    let sum: usize = body.bytes().enumerate().map(weigh).sum();
    format!("{body}{}", char::from(LETTERS[(31 - sum % 31) % 31]))
}

async fn account(installation: &Installation, login: &str, role: Role) -> Account {
    let now = Timestamp::now();
    accounts::open(&installation.db, login, login, role, "", "correct-horse-9", now).await.expect("an account");
    let all = accounts::all(&installation.db).await.expect("the accounts");
    all.into_iter().find(|account| account.login == login).expect("the account")
}

async fn register(installation: &Installation, folder: &Path, name: &str, text: &str) {
    let path = folder.join(format!("{name}.csv"));
    std::fs::File::create(&path).and_then(|mut file| file.write_all(text.as_bytes())).expect("a file");
    let mut options = registry::ImportOptions::new(Timestamp::now(), "test");
    options.recorded_at = Timestamp::now();
    registry::import::import(&installation.db, name, &path, &options).await.expect("an import");
}

#[tokio::main]
async fn main() {
    let mut wanted = std::env::args().skip(1);
    let folder = PathBuf::from(wanted.next().expect("a folder"));
    let count: usize = wanted.next().and_then(|word| word.parse().ok()).unwrap_or(10_000);
    let (installation, _) = Installation::open(&folder, None, Timestamp::now()).await.expect("an installation");
    let rows: Vec<String> = (0..count).map(|n| format!("{},企业{n}有限公司,城东镇,存续", code(n))).collect();
    let enterprises = format!("统一社会信用代码,企业名称,区镇,企业状态\n{}\n", rows.join("\n"));
    register(&installation, &folder, "enterprises", &enterprises).await;
    let years: Vec<String> = (2024..=2027).map(|year| format!("{year}-10-01,国庆节,是")).collect();
    register(&installation, &folder, "holidays", &format!("日期,名称,放假\n{}\n", years.join("\n"))).await;
    register(&installation, &folder, "deliveries", "登记簿,期间,状态\ncredit-records,2024-01,本期无\n").await;
    let policy = runs::policy().expect("the policy");
    let (author, second) =
        (account(&installation, "author", Role::Clerk).await, account(&installation, "second", Role::Clerk).await);
    let terms = Terms {
        track: Track::Apply,
        basis: Basis { number: "云政办发〔2023〕12号".into(), title: "实施细则".into() },
        review: Review { conclusion: "不影响竞争".into(), concluded_on: Some(date(2023, 1, 5)) },
        effective_from: date(2023, 2, 1),
        effective_until: Some(date(2030, 12, 31)),
        formula: Formula::PerSubject,
        amounts: [(1, 3_000_000)].into(),
        pays_difference: false,
        cap_per_subject_year_fen: None,
        cap_per_invention_fen: None,
        pays_pro_rata: false,
        aid: None,
        window: None,
        subsidy: Some(Subsidy { is_policy_subsidy: false, exempted_by: "云政办发〔2023〕12号".into() }),
        departments: Vec::new(),
        papers: vec!["立项文件".into()],
        limits: Limits::default(),
    };
    let now = Timestamp::now();
    let item =
        items::draft(&installation, &policy, &author, "project-approval", (terms, None), now).await.expect("a draft");
    items::issue(&installation, &policy, &second, (item, None), now).await.expect("an item");
    let mut drafts = Vec::with_capacity(count);
    for n in 0..count {
        let firm = Account { role: Role::Enterprise, unit: code(n), login: format!("firm{n}"), ..author.clone() };
        // Each has an approval of its own: one approval is one reward.
        let matter = format!("苏知立〔2024〕{}号", n + 1);
        let about = About { award: "project-approval", matter: &matter, event: date(2024, 3, 1), trigger: None };
        let id = cases::begin(&installation, &policy, &firm, about, now).await.expect("a draft");
        let receiving =
            Receiving {
                holder: format!("企业{n}有限公司"), bank: "农商行".into(), number: "6222021234567890".into()
            };
        let written = Written { statement: "立项".into(), account: Some(receiving), ..Written::default() };
        let paper = ("立项文件", "立项.pdf", &b"%PDF-1.7 approved"[..]);
        cases::attach(&installation, &firm, id, paper, now).await.expect("a paper");
        cases::write(&installation, &firm, id, &written, now).await.expect("written");
        drafts.push(serde_json::json!({ "case": id, "login": firm.login, "unit": firm.unit }));
    }
    println!("{}", serde_json::Value::from(drafts));
}

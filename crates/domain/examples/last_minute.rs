//! The last minute of a window: so many enterprises hand in at an even rate, as they would over sixty seconds, against one alone.
//!
//! `cargo run --release -p domain --example last_minute -- 10000 60`: how long one waits alone and among all, and whether every case
//! came in once.

#![allow(clippy::expect_used, reason = "a measurement that cannot go on ends there")]
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement reads the clock and prints")]

use std::io::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::accounts::{self, Account, Role};
use domain::cases::{self, About, Act, Receiving, Said, State, Written};
use domain::items::{self, Basis, Formula, Limits, Review, Subsidy, Terms, Track};
use domain::{Installation, runs};
use jiff::Timestamp;
use jiff::civil::date;

/// How many are handed in one after another, with nobody else there.
const ALONE: usize = 200;

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

async fn register(installation: &Installation, folder: &std::path::Path, name: &str, text: &str) {
    let path = folder.join(format!("{name}.csv"));
    std::fs::File::create(&path).and_then(|mut file| file.write_all(text.as_bytes())).expect("a file");
    let mut options = registry::ImportOptions::new(Timestamp::now(), "test");
    options.recorded_at = Timestamp::now();
    registry::import::import(&installation.db, name, &path, &options).await.expect("an import");
}

fn at(sorted: &[Duration], percent: usize) -> f64 {
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)].as_secs_f64() * 1000.0
}

/// Hands a case in: how long it took, and where it stands then.
async fn hand_in(
    installation: Installation,
    policy: Arc<rules::Policy>,
    (firm, id): (Account, i64),
) -> (Duration, Option<State>) {
    let begun = Instant::now();
    let done = cases::act(&installation, &policy, &firm, (id, Act::Submit), &Said::default(), Timestamp::now()).await;
    (begun.elapsed(), done.ok().map(|case| case.state))
}

#[tokio::main]
async fn main() {
    let mut wanted = std::env::args().skip(1).filter_map(|word| word.parse::<usize>().ok());
    let (count, seconds) = (wanted.next().unwrap_or(10_000), wanted.next().unwrap_or(60));
    let folder = tempfile::tempdir().expect("a folder");
    let (installation, _) = Installation::open(folder.path(), None, Timestamp::now()).await.expect("an installation");
    let rows: Vec<String> = (0..count + ALONE).map(|n| format!("{},企业{n}有限公司,城东镇,存续", code(n))).collect();
    let enterprises = format!("统一社会信用代码,企业名称,区镇,企业状态\n{}\n", rows.join("\n"));
    register(&installation, folder.path(), "enterprises", &enterprises).await;
    let years: Vec<String> = (2024..=2027).map(|year| format!("{year}-10-01,国庆节,是")).collect();
    register(&installation, folder.path(), "holidays", &format!("日期,名称,放假\n{}\n", years.join("\n"))).await;
    register(&installation, folder.path(), "deliveries", "登记簿,期间,状态\ncredit-records,2024-01,本期无\n").await;
    let policy = Arc::new(runs::policy().expect("the policy"));
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
    let mut drafts = Vec::new();
    for n in 0..count + ALONE {
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
        drafts.push((firm, id));
    }
    let mut alone = Vec::new();
    for draft in drafts.split_off(count) {
        let (took, state) = hand_in(installation.clone(), Arc::clone(&policy), draft).await;
        assert_eq!(state, Some(State::Submitted));
        alone.push(took);
    }
    let begun = Instant::now();
    let mut waiting = Vec::new();
    for (n, draft) in drafts.into_iter().enumerate() {
        let due = begun + Duration::from_secs_f64(n as f64 * seconds as f64 / count as f64);
        tokio::time::sleep_until(due.into()).await;
        waiting.push(tokio::spawn(hand_in(installation.clone(), Arc::clone(&policy), draft)));
    }
    let mut among = Vec::new();
    for one in waiting {
        let (took, state) = one.await.expect("an answer");
        assert_eq!(state, Some(State::Submitted), "lost or refused");
        among.push(took);
    }
    let whole = begun.elapsed();
    let all = cases::all(&installation.db, &author).await.expect("the cases");
    let submitted = all.iter().filter(|case| case.state == State::Submitted).count();
    assert_eq!((all.len(), submitted), (count + ALONE, count + ALONE), "each once");
    alone.sort_unstable();
    among.sort_unstable();
    println!("{count} in {:.1} s, none lost, none twice", whole.as_secs_f64());
    println!("alone:     p50 {:.2} ms  p99 {:.2} ms", at(&alone, 50), at(&alone, 99));
    println!("among all: p50 {:.2} ms  p99 {:.2} ms", at(&among, 50), at(&among, 99));
    println!("p99 among all against p50 alone: {:.1} times", at(&among, 99) / at(&alone, 50));
}

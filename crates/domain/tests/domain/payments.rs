//! Whatever is ordered, approved, cancelled and answered in whatever order, money adds up to the fen and nobody is paid twice.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::OnceLock;

use domain::cases::{Act, State};
use domain::payments::{self, Stage};
use domain::{Installation, budget};
use jiff::civil::date;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use tokio::runtime::Runtime;

use crate::clauses::applied;
use crate::delivery::{City, now};

const CASES: usize = 3;
/// How many stories PostgreSQL hears.
const STORIES: usize = 6;
/// What of an installation payments rest on.
const KEPT: [&str; 3] = ["zhiqiang.sqlite", "demo.json", "secret.key"];

/// One thing that people or the bank do; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Doing {
    Order {
        who: usize,
        cases: Vec<usize>,
    },
    Approve {
        is_second: bool,
        batch: usize,
    },
    Cancel {
        batch: usize,
    },
    Send {
        batch: usize,
    },
    Answer {
        batch: usize,
        results: Vec<&'static str>,
        amounts: bool,
        stranger: bool,
    },
    Repeat {
        answer: usize,
    },
    /// A return that somebody enters by hand.
    Return {
        who: usize,
        batch: usize,
        place: usize,
    },
}

/// What the bank says of a payment.
fn result() -> impl Strategy<Value = &'static str> {
    prop_oneof![4 => Just("成功"), 3 => Just("失败"), 3 => Just("退汇")]
}

fn doing() -> impl Strategy<Value = Doing> {
    let batch = prop_oneof![3 => Just(0usize), 1 => 1..4usize];
    prop_oneof![
        3 => (0..2usize, proptest::collection::vec(0..CASES, 1..3)).prop_map(|(who, cases)| Doing::Order { who, cases }),
        3 => (proptest::bool::weighted(0.8), batch.clone())
            .prop_map(|(is_second, batch)| Doing::Approve { is_second, batch }),
        1 => batch.clone().prop_map(|batch| Doing::Cancel { batch }),
        3 => batch.clone().prop_map(|batch| Doing::Send { batch }),
        4 => (batch.clone(), proptest::collection::vec(result(), CASES), any::<bool>(), proptest::bool::weighted(0.1))
            .prop_map(|(batch, results, amounts, stranger)| Doing::Answer { batch, results, amounts, stranger }),
        6 => (0..2usize, batch, 0..CASES).prop_map(|(who, batch, place)| Doing::Return { who, batch, place }),
        1 => (0..4usize).prop_map(|answer| Doing::Repeat { answer }),
    ]
}

/// Single things in any order, and between them the usual course from an order to the bank's answer.
fn doings() -> impl Strategy<Value = Vec<Doing>> {
    let results = proptest::collection::vec(result(), CASES);
    let course = (proptest::collection::vec(0..CASES, 1..3), results, any::<bool>());
    let course = course.prop_map(|(cases, results, amounts)| {
        vec![
            Doing::Order { who: 0, cases },
            Doing::Approve { is_second: true, batch: 0 },
            Doing::Send { batch: 0 },
            Doing::Answer { batch: 0, results, amounts, stranger: false },
        ]
    });
    let some = prop_oneof![4 => doing().prop_map(|one| vec![one]), 1 => course];
    proptest::collection::vec(some, 8..18).prop_map(|all| all.concat())
}

/// A city with decided cases, made once; each sequence has a copy of its database.
struct Decided {
    dir: PathBuf,
    ids: Vec<i64>,
}

async fn decide(city: &City, ids: &[i64]) {
    for id in ids {
        city.listed(&city.case(*id).await).await;
    }
    city.decided("innovation-star", ids, date(2024, 3, 8)).await;
}

fn decided() -> &'static Decided {
    static DECIDED: OnceLock<Decided> = OnceLock::new();
    DECIDED.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap().keep();
        let ids = Runtime::new().unwrap().block_on(async {
            let city = City::alone().await;
            let ids: Vec<i64> = city.cases(State::Notified).await.iter().take(CASES).map(|case| case.id).collect();
            decide(&city, &ids).await;
            city.db().close().await;
            KEPT.iter().for_each(|name| _ = std::fs::copy(city.installation.dir().join(name), dir.join(name)).unwrap());
            ids
        });
        Decided { dir, ids }
    })
}

/// The people of a city with decided cases of their own, and what they have seen.
struct Story {
    city: Rc<City>,
    /// What the budget held and had paid for other cases when it began.
    before: (i64, i64),
    ids: Vec<i64>,
    batches: Vec<i64>,
    answers: Vec<(i64, PathBuf)>,
    /// The texts of the files that were taken in.
    taken: BTreeSet<String>,
    /// What became of each payment that the bank has answered: it arrived, failed, or came back after it had arrived.
    said: BTreeMap<String, &'static str>,
    /// Who entered the return of a payment of each case.
    entered: BTreeSet<(i64, String)>,
}

impl Story {
    async fn new(decided: &Decided) -> Self {
        let dir = tempfile::tempdir().unwrap();
        KEPT.iter().for_each(|name| _ = std::fs::copy(decided.dir.join(name), dir.path().join(name)).unwrap());
        let (installation, _) = Installation::open(dir.path(), None, now()).await.unwrap();
        Self::over(Rc::new(City::over(installation, dir).await), decided.ids.clone()).await
    }

    async fn over(city: Rc<City>, ids: Vec<i64>) -> Self {
        let lines = budget::lines(city.db()).await.unwrap();
        let mut before =
            lines.iter().fold((0, 0), |sum, line| (sum.0 + line.reserved_fen + line.paid_fen, sum.1 + line.paid_fen));
        for id in &ids {
            before.0 -= budget::reservation(city.db(), *id).await.unwrap().unwrap().1;
        }
        Self {
            city,
            before,
            ids,
            batches: Vec::new(),
            answers: Vec::new(),
            taken: BTreeSet::new(),
            said: BTreeMap::new(),
            entered: BTreeSet::new(),
        }
    }

    /// A batch that was made, the latest first; one that nobody made while there is none.
    fn batch(&self, place: usize) -> i64 {
        let all = self.batches.len();
        if all == 0 { 99 } else { self.batches[all - 1 - place % all] }
    }

    async fn does(&mut self, doing: &Doing) {
        let (city, finance) = (&self.city, self.city.of("finance"));
        let who = |place: usize| city.of(["finance", "finance2"][place]);
        match doing {
            Doing::Order { who: by, cases } => {
                let ids: Vec<i64> = cases.iter().map(|place| self.ids[*place]).collect();
                let made = payments::order(&city.installation, &city.policy, who(*by), &ids, now()).await;
                self.batches.extend(made.ok());
            }
            Doing::Approve { is_second, batch } => {
                let Ok(batch) = payments::batch(city.db(), finance, self.batch(*batch)).await else { return };
                let made_by_first = batch.made_by == finance.login;
                let by = who(usize::from(made_by_first == *is_second));
                let done = payments::approve(&city.installation, &city.policy, by, batch.id, now()).await;
                let has_entered = |case: i64| self.entered.contains(&(case, by.login.clone()));
                let is_own = batch.payments.iter().any(|one| has_entered(one.case));
                assert_eq!(done.is_ok(), *is_second && batch.stage == Stage::Made && !is_own, "{done:?}");
            }
            Doing::Cancel { batch } => {
                _ = payments::cancel(&city.installation, finance, self.batch(*batch), now()).await;
            }
            Doing::Send { batch } => {
                _ = payments::send(&city.installation, &city.policy, finance, self.batch(*batch), now()).await
            }
            Doing::Answer { batch, results, amounts, stranger } => {
                let Ok(batch) = payments::batch(city.db(), finance, self.batch(*batch)).await else { return };
                let fen = |one: &payments::Payment| format!("{}.{:02}", one.amount_fen / 100, one.amount_fen % 100);
                let mut rows: Vec<(String, &str, String)> = (batch.payments.iter().zip(results))
                    .map(|(one, result)| (one.number.clone(), *result, if *amounts { fen(one) } else { String::new() }))
                    .collect();
                if *stranger {
                    rows.push(("ZQ0".into(), "成功", String::new()));
                }
                let file = city.installation.dir().join(format!("answer{}.csv", self.answers.len()));
                let lines = rows.iter().map(|(number, result, fen)| format!("{number},{result},{fen}\n"));
                let text = format!("付款编号,结果,金额\n{}", lines.collect::<String>());
                std::fs::write(&file, &text).unwrap();
                let (id, has_it) = (batch.id, self.taken.contains(&text));
                self.answers.push((id, file.clone()));
                let rows: Vec<_> = rows.into_iter().map(|(number, result, _)| (number, result)).collect();
                let is_contrary = rows.iter().any(|(number, result)| is_contrary(self.said.get(number), result));
                let taken = payments::take_answer(&city.installation, finance, id, &file, now()).await;
                let may = matches!(batch.stage, Stage::Sent | Stage::Closed) && (has_it || !*stranger && !is_contrary);
                assert_eq!(taken.is_ok(), may, "{taken:?} of {rows:?}");
                if taken.is_ok() && !has_it {
                    self.hears(&batch, text, rows);
                }
            }
            Doing::Repeat { answer } => {
                let Some((batch, file)) = self.answers.get(*answer).cloned() else { return };
                let before = budget::lines(city.db()).await.unwrap();
                let Ok(was) = payments::batch(city.db(), finance, batch).await else { return };
                let text = std::fs::read_to_string(&file).unwrap();
                let taken = payments::take_answer(&city.installation, finance, batch, &file, now()).await;
                if self.taken.contains(&text) {
                    assert_eq!(taken.unwrap().unchanged, rows_of(&file).len(), "a file that came before");
                    assert_eq!(budget::lines(city.db()).await.unwrap(), before);
                } else if taken.is_ok() {
                    self.hears(&was, text, rows_of(&file));
                }
            }
            Doing::Return { who: by, batch, place } => {
                let Ok(batch) = payments::batch(city.db(), finance, self.batch(*batch)).await else { return };
                let Some(payment) = batch.payments.get(*place) else { return };
                let said =
                    payments::Return { number: &payment.number, on: date(2024, 3, 8), reason: "退汇凭证 7 号" };
                let done = payments::send_back(&city.installation, who(*by), batch.id, said, now()).await;
                let before = self.said.get(&payment.number).copied();
                assert_eq!(done.is_ok(), matches!(before, Some("成功" | "退汇")), "{done:?} of {before:?}");
                if before == Some("成功") {
                    self.said.insert(payment.number.clone(), "退汇");
                    self.entered.insert((payment.case, who(*by).login.clone()));
                }
            }
        }
    }

    /// Notes what a file has said that was taken in; it is always the first of the two who takes one in.
    fn hears(&mut self, batch: &payments::Batch, text: String, rows: Vec<(String, &'static str)>) {
        self.taken.insert(text);
        for (number, result) in rows {
            let before = self.said.get(&number).copied();
            // Of a payment that was not answered yet a return is a failure.
            let now = if before.is_none() && result == "退汇" { "失败" } else { result };
            if before == Some("成功") && now == "退汇" {
                let case = batch.payments.iter().find(|one| one.number == number).unwrap().case;
                self.entered.insert((case, "finance".into()));
            }
            if !matches!((before, now), (Some("失败" | "退汇"), _)) {
                self.said.insert(number, now);
            }
        }
    }

    /// What must hold after every step.
    async fn adds_up(&self) {
        let db = self.city.db();
        let (_, faults) = payments::faults(&self.city.installation).await.unwrap();
        assert_eq!(faults, Vec::<String>::new());
        let (mut held, mut paid) = self.before;
        for id in &self.ids {
            let all = payments::of_case(db, *id).await.unwrap();
            let count = |state: &str| all.iter().filter(|one| one.state == state).count();
            assert!(count("ordered") + count("paid") <= 1, "case {id}: {all:?}");
            let (_, fen, state) = budget::reservation(db, *id).await.unwrap().unwrap();
            let arrived: i64 = all.iter().filter(|one| one.state == "paid").map(|one| one.amount_fen).sum();
            assert_eq!(arrived, if state == "paid" { fen } else { 0 }, "case {id}");
            let expected = match (count("ordered"), count("paid"), all.last().map(|one| one.state.as_str())) {
                (_, 1, _) => State::Paid,
                (1, ..) => State::Ordered,
                _ => self.city.case(*id).await.state,
            };
            assert_eq!(self.city.case(*id).await.state, expected);
            let of = |result: &str| all.iter().filter(|one| self.said.get(&one.number) == Some(&result)).count();
            let returned = all.iter().filter(|one| one.returned_on.is_some()).count();
            assert_eq!((count("paid"), count("failed"), returned), (of("成功"), of("失败") + of("退汇"), of("退汇")));
            held += fen;
            paid += arrived;
        }
        let lines = budget::lines(db).await.unwrap();
        assert_eq!(lines.iter().map(|line| line.paid_fen).sum::<i64>(), paid);
        assert_eq!(lines.iter().map(|line| line.reserved_fen + line.paid_fen).sum::<i64>(), held);
        assert!(lines.iter().all(|line| line.left_fen() >= 0));
    }
}

/// Whether a result cannot be true of a payment of which this was said before: what failed or came back stays so.
fn is_contrary(before: Option<&&str>, result: &str) -> bool {
    let is_open = before.is_none() || (before == Some(&"成功") && matches!(result, "成功" | "退汇"));
    let stays = matches!(before, Some(&"失败" | &"退汇")) && matches!(result, "失败" | "退汇");
    !is_open && !stays
}

fn rows_of(file: &Path) -> Vec<(String, &'static str)> {
    let text = std::fs::read_to_string(file).unwrap();
    let row = |line: &str| {
        let mut cells = line.split(',');
        let (number, result) = (cells.next()?.to_owned(), cells.next()?);
        ["成功", "失败", "退汇"].into_iter().find(|one| *one == result).map(|result| (number, result))
    };
    text.lines().skip(1).filter_map(row).collect()
}

/// Tells as many stories as there are, each from the beginning that it is given: how many batches there were, and payments that arrived,
/// failed, and came back after they had arrived.
fn told(config: ProptestConfig, runtime: &Runtime, begin: impl AsyncFn() -> Story) -> [usize; 4] {
    let tried = Cell::new([0; 4]);
    // The same stories every time, so that what was tried is enough always or never.
    let chance = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let all = TestRunner::new_with_rng(config, chance).run(&doings(), |doings| {
        runtime.block_on(async {
            let mut story = begin().await;
            for doing in &doings {
                story.does(doing).await;
                story.adds_up().await;
            }
            let count = |said: &str| story.said.values().filter(|one| **one == said).count();
            let [batches, arrived, failed, returned] = tried.get();
            let (all, here) = (story.batches.len(), [count("成功"), count("失败"), count("退汇")]);
            tried.set([batches + all, arrived + here[0], failed + here[1], returned + here[2]]);
        });
        Ok(())
    });
    all.unwrap();
    tried.get()
}

#[test]
fn money_adds_up_to_the_fen_whatever_comes_in_whatever_order() {
    let decided = decided();
    let config = ProptestConfig { cases: 16, max_shrink_iters: 60, ..ProptestConfig::default() };
    let tried = told(config, &Runtime::new().unwrap(), async || Story::new(decided).await);
    eprintln!("batches, and payments that arrived, failed, came back after they had arrived: {tried:?}");
    assert!(tried[0] >= 10 && tried[1..].iter().all(|count| *count >= 3), "{tried:?}: too little was tried");
}

#[test]
fn money_adds_up_on_postgresql_as_well() {
    let runtime = Runtime::new().unwrap();
    let databases = runtime.block_on(db::test::databases());
    let Some(database) = databases.into_iter().find(|one| one.name == "PostgreSQL") else {
        eprintln!("没有 PostgreSQL：没有试。scripts/with-postgres 会启动一个。");
        return;
    };
    // A schema is not copied: each story has cases of its own in one city.
    let (city, ids) = runtime.block_on(async {
        let city = City::new(database.db.clone()).await;
        let firms: Vec<_> = city.cases(State::Notified).await.iter().map(|case| city.firm(case)).collect();
        let mut ids = Vec::new();
        for place in 0..STORIES * CASES {
            let about = ("project-approval", &*format!("国科发资〔2023〕{place}号"));
            let case = applied(&city, &firms[place % firms.len()], about, &["立项文件"]).await.unwrap();
            city.act("clerk", case.id, Act::Accept, "").await.unwrap();
            city.act("clerk", case.id, Act::Pass, "已核").await.unwrap();
            city.act("clerk2", case.id, Act::PassAgain, "").await.unwrap();
            city.act("finance", case.id, Act::Agree, "").await.unwrap();
            city.act("science", case.id, Act::Agree, "").await.unwrap();
            ids.push(case.id);
        }
        city.decided("project-approval", &ids, date(2024, 3, 8)).await;
        (Rc::new(city), ids)
    });
    let stories: Vec<&[i64]> = ids.chunks(CASES).collect();
    let cases = u32::try_from(stories.len()).unwrap();
    let config = ProptestConfig { cases, max_shrink_iters: 0, failure_persistence: None, ..ProptestConfig::default() };
    let next = Cell::new(0);
    let tried = told(config, &runtime, async || {
        let own = stories[next.replace(next.get() + 1)];
        Story::over(city.clone(), own.to_vec()).await
    });
    eprintln!("PostgreSQL: batches, and payments that arrived, failed, came back after they had arrived: {tried:?}");
    assert!(tried[0] >= 3 && tried[1..].iter().sum::<usize>() >= 1, "{tried:?}: too little was tried");
}

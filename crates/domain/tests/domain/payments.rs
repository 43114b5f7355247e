//! Whatever is ordered, approved, cancelled and answered in whatever order, money adds up to the fen and nobody is paid twice.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::OnceLock;

use domain::cases::{Act, State};
use domain::payments::{self, Stage};
use domain::{Installation, budget};
use jiff::civil::date;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
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
    Order { who: usize, cases: Vec<usize> },
    Approve { is_second: bool, batch: usize },
    Cancel { batch: usize },
    Send { batch: usize },
    Answer { batch: usize, arrived: Vec<bool>, stranger: bool },
    Repeat { answer: usize },
}

fn doing() -> impl Strategy<Value = Doing> {
    let batch = prop_oneof![3 => Just(0usize), 1 => 1..4usize];
    prop_oneof![
        3 => (0..2usize, proptest::collection::vec(0..CASES, 1..3)).prop_map(|(who, cases)| Doing::Order { who, cases }),
        3 => (proptest::bool::weighted(0.8), batch.clone())
            .prop_map(|(is_second, batch)| Doing::Approve { is_second, batch }),
        1 => batch.clone().prop_map(|batch| Doing::Cancel { batch }),
        3 => batch.clone().prop_map(|batch| Doing::Send { batch }),
        4 => (batch, proptest::collection::vec(any::<bool>(), CASES), proptest::bool::weighted(0.1))
            .prop_map(|(batch, arrived, stranger)| Doing::Answer { batch, arrived, stranger }),
        1 => (0..4usize).prop_map(|answer| Doing::Repeat { answer }),
    ]
}

/// Single things in any order, and between them the usual course from an order to the bank's answer.
fn doings() -> impl Strategy<Value = Vec<Doing>> {
    let course = (proptest::collection::vec(0..CASES, 1..3), proptest::collection::vec(any::<bool>(), CASES));
    let course = course.prop_map(|(cases, arrived)| {
        vec![
            Doing::Order { who: 0, cases },
            Doing::Approve { is_second: true, batch: 0 },
            Doing::Send { batch: 0 },
            Doing::Answer { batch: 0, arrived, stranger: false },
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
    /// What the bank has said last of each payment that it took for known.
    said: BTreeMap<String, bool>,
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
        Self { city, before, ids, batches: Vec::new(), answers: Vec::new(), said: BTreeMap::new() }
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
                assert_eq!(done.is_ok(), *is_second && batch.stage == Stage::Made, "{done:?}");
            }
            Doing::Cancel { batch } => {
                _ = payments::cancel(&city.installation, finance, self.batch(*batch), now()).await;
            }
            Doing::Send { batch } => {
                _ = payments::send(&city.installation, &city.policy, finance, self.batch(*batch), now()).await
            }
            Doing::Answer { batch, arrived, stranger } => {
                let Ok(batch) = payments::batch(city.db(), finance, self.batch(*batch)).await else { return };
                let mut rows: Vec<(String, bool)> =
                    batch.payments.iter().zip(arrived).map(|(one, arrived)| (one.number.clone(), *arrived)).collect();
                if *stranger {
                    rows.push(("ZQ0".into(), true));
                }
                let file = city.installation.dir().join(format!("answer{}.csv", self.answers.len()));
                let lines = rows.iter().map(|(number, ok)| format!("{number},{}\n", if *ok { "成功" } else { "失败" }));
                std::fs::write(&file, format!("付款编号,结果\n{}", lines.collect::<String>())).unwrap();
                let id = batch.id;
                self.answers.push((id, file.clone()));
                let is_contrary = rows.iter().any(|(number, ok)| self.said.get(number).is_some_and(|said| said != ok));
                let taken = payments::take_answer(&city.installation, finance, id, &file, now()).await;
                let may = matches!(batch.stage, Stage::Sent | Stage::Closed) && !*stranger && !is_contrary;
                assert_eq!(taken.is_ok(), may, "{taken:?} of {rows:?}");
                if taken.is_ok() {
                    self.said.extend(rows);
                }
            }
            Doing::Repeat { answer } => {
                let Some((batch, file)) = self.answers.get(*answer) else { return };
                let before = budget::lines(city.db()).await.unwrap();
                let taken = payments::take_answer(&city.installation, finance, *batch, file, now()).await;
                if is_known(&self.said, file) {
                    assert_eq!(budget::lines(city.db()).await.unwrap(), before, "{taken:?}");
                }
                if taken.is_ok() {
                    self.said.extend(rows_of(file));
                }
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
            assert_eq!(count("paid"), all.iter().filter(|one| self.said.get(&one.number) == Some(&true)).count());
            held += fen;
            paid += arrived;
        }
        let lines = budget::lines(db).await.unwrap();
        assert_eq!(lines.iter().map(|line| line.paid_fen).sum::<i64>(), paid);
        assert_eq!(lines.iter().map(|line| line.reserved_fen + line.paid_fen).sum::<i64>(), held);
        assert!(lines.iter().all(|line| line.left_fen() >= 0));
    }
}

fn rows_of(file: &Path) -> Vec<(String, bool)> {
    let text = std::fs::read_to_string(file).unwrap();
    let row = |line: &str| line.split_once(',').map(|(number, result)| (number.to_owned(), result == "成功"));
    text.lines().skip(1).filter_map(row).collect()
}

fn is_known(said: &BTreeMap<String, bool>, file: &Path) -> bool {
    rows_of(file).iter().all(|(number, ok)| said.get(number) == Some(ok))
}

/// Tells as many stories as there are, each from the beginning that it is given: how many batches there were, and payments that arrived
/// and came back.
fn told(config: ProptestConfig, runtime: &Runtime, begin: impl AsyncFn() -> Story) -> (usize, usize, usize) {
    let tried = Cell::new((0, 0, 0));
    let all = TestRunner::new(config).run(&doings(), |doings| {
        runtime.block_on(async {
            let mut story = begin().await;
            for doing in &doings {
                story.does(doing).await;
                story.adds_up().await;
            }
            let (batches, arrived, returned) = tried.get();
            let count = |said: bool| story.said.values().filter(|one| **one == said).count();
            tried.set((batches + story.batches.len(), arrived + count(true), returned + count(false)));
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
    let (batches, arrived, returned) = told(config, &Runtime::new().unwrap(), async || Story::new(decided).await);
    eprintln!("{batches} batches, {arrived} payments arrived, {returned} came back");
    assert!(batches >= 10 && arrived >= 3 && returned >= 3, "{batches}, {arrived}, {returned}: too little was tried");
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
    let (batches, arrived, returned) = told(config, &runtime, async || {
        let own = stories[next.replace(next.get() + 1)];
        Story::over(city.clone(), own.to_vec()).await
    });
    eprintln!("PostgreSQL: {batches} batches, {arrived} payments arrived, {returned} came back");
    assert!(batches >= 3 && arrived + returned >= 1, "{batches}, {arrived}, {returned}: too little was tried");
}

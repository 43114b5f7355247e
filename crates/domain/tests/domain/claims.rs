//! Money is claimed back by its amount: what a case comes to by what is known now is worked out, the difference alone is claimed, comes
//! back in parts, and what was due all along stays.

use std::collections::{BTreeMap, BTreeSet};

use domain::accounts::{self, Role};
use domain::budget;
use domain::cases::{self, Act, Case, Clawback, Said, State};
use domain::items;
use domain::letters::{self, Kind};
use domain::messages;
use domain::payments;
use domain::runs::{self, Question};
use jiff::civil::date;

use crate::delivery::{City, now, refused};

impl City {
    pub(crate) async fn open_clawbacks(&self, case: i64) -> Vec<Clawback> {
        let all = cases::clawbacks(self.db(), self.of("leader")).await.unwrap();
        all.into_iter().filter(|one| one.case == case && one.is_open()).collect()
    }

    /// Declares so many rights of a case wholly invalid, those that no other case rests on.
    pub(crate) async fn declare_void(&self, case: &Case, count: usize) -> Vec<String> {
        let others: BTreeSet<String> = cases::all(self.db(), self.of("clerk"))
            .await
            .unwrap()
            .into_iter()
            .filter(|one| one.id != case.id)
            .flat_map(|one| one.facts.rights)
            .collect();
        let rights: Vec<String> =
            case.facts.rights.iter().filter(|right| !others.contains(*right)).take(count).cloned().collect();
        assert_eq!(rights.len(), count);
        let rows: String = rights.iter().map(|right| format!("{right},全部无效,2024-03-05,无效宣告第9号\n")).collect();
        self.import("patent-events", &format!("申请号,事件,生效日期,文号\n{rows}")).await;
        rights
    }

    pub(crate) async fn look(&self) -> usize {
        cases::look(&self.installation, &self.policy, "test", now()).await.unwrap()
    }

    /// The level that a run of its own gives the subject for the year's end, by what is known now.
    pub(crate) async fn level(&self, case: &Case) -> i64 {
        let question = Question { as_of: date(2023, 12, 31), known_at: now(), overrides: BTreeMap::new(), scope: None };
        let run = runs::evaluate(&self.installation, &self.policy, &question, "test", now(), &|_| ()).await.unwrap();
        let of = |one: &&rules::evaluation::Award| one.award == case.award && one.subject == case.subject;
        run.awards.iter().find(of).map_or(0, |one| one.level)
    }

    pub(crate) async fn amount(&self, level: i64) -> i64 {
        let all = items::all(self.db()).await.unwrap();
        all.iter().find(|item| item.award == "innovation-star").unwrap().terms.amounts.get(&level).copied().unwrap_or(0)
    }
}

/// Two stars that wait for their enterprises: one of more than two stars, and the one with most rights to spare.
pub(crate) async fn pair(city: &City) -> [Case; 2] {
    let mut waiting = city.cases(State::Notified).await;
    // More than ten times its level is what a star needs.
    let spare = |case: &Case| case.facts.rights.len() as i64 - case.level * 10 - 1;
    waiting.sort_by_key(|case| case.id);
    let high = waiting.iter().filter(|case| case.level > 2 && case.level < 5).min_by_key(|case| spare(case)).cloned();
    let high = high.expect("a star of three or four");
    let wide = waiting.iter().filter(|case| case.id != high.id).max_by_key(|case| spare(case)).cloned().unwrap();
    assert!(spare(&wide) >= 1);
    [high, wide]
}

/// The same two, paid.
async fn paid(city: &City) -> [Case; 2] {
    let pair = pair(city).await;
    for case in &pair {
        city.listed(case).await;
    }
    let ids = [pair[0].id, pair[1].id];
    city.decided("innovation-star", &ids, date(2024, 3, 8)).await;
    let (batch, rows) = city.sent(&ids).await;
    let answer: Vec<_> = rows.iter().map(|(number, _)| (&**number, "成功", "")).collect();
    city.answer(batch, &answer).await.unwrap();
    for id in ids {
        city.act("clerk", id, Act::Archive, "").await.unwrap();
    }
    pair
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_difference_is_claimed_and_comes_back_to_the_fen() {
    for database in db::test::databases().await {
        Box::pin(the_difference(City::new(database.db.clone()).await)).await;
    }
}

async fn the_difference(city: City) {
    let [high, wide] = paid(&city).await;
    let had = high.amount_fen().unwrap();
    // One right of many falls: the star stands at the same amount, and nothing is asked of the leader.
    city.declare_void(&wide, 1).await;
    assert_eq!(city.look().await, 0);
    assert_eq!(city.open_clawbacks(wide.id).await, []);
    let all = cases::clawbacks(city.db(), city.of("leader")).await.unwrap();
    let stands = all.iter().find(|one| one.case == wide.id).expect("the fact is kept");
    assert_eq!((&*stands.outcome, stands.claim_fen()), ("stands", Some(0)));
    assert_eq!(stands.due_fen, wide.amount_fen());
    assert_eq!(city.look().await, 0, "and it is not weighed again");

    // As many fall as bring the star down by a level.
    let falls = high.facts.rights.len() - usize::try_from(high.level).unwrap() * 10;
    city.declare_void(&high, falls).await;
    assert_eq!(city.look().await, falls);
    let level = city.level(&high).await;
    let due = city.amount(level).await;
    assert!(level < high.level && due < had, "{level} {due}");
    let open = city.open_clawbacks(high.id).await;
    assert_eq!(open.len(), falls);
    assert!(open.iter().all(|one| (one.stood_fen, one.due_fen) == (Some(had), Some(due))), "{open:?}");
    assert_eq!(open[0].weighed.as_ref().unwrap().level, level);
    let told = messages::all(city.db(), city.of("leader")).await.unwrap();
    let claim = terms::Money::from_fen(had - due).format_zh();
    let told: Vec<_> = told.iter().filter(|one| one.kind == messages::Kind::Clawback).collect();
    assert!(told.len() == 1 && told[0].body.contains(&format!("应追回{claim}")), "one message for all: {told:?}");
    assert!(open.iter().all(|one| told[0].body.contains(&one.fact)));
    let shown = cases::find(city.db(), city.of("leader"), high.id).await.unwrap();
    assert_eq!(shown.clawbacks.len(), falls);
    assert_eq!(cases::find(city.db(), &city.firm(&high), high.id).await.unwrap().clawbacks, [], "nothing is decided");

    // Claimed: that much and no more than there is, by a working day that is said.
    let more = Said { note: "查实".into(), amount_fen: Some(had + 1), ..Said::default() };
    refused(city.act_as(city.of("leader"), high.id, Act::Reclaim, &more).await, "不超过企业现有的");
    let claimed = city.act("leader", high.id, Act::Reclaim, "部分专利被宣告全部无效").await.unwrap();
    assert_eq!((claimed.reclaim_fen, claimed.level, claimed.amount_fen()), (Some(had - due), level, Some(had)));
    // Fifteen working days from Friday 8 March 2024.
    assert_eq!(claimed.due_on, Some(date(2024, 3, 29)));
    assert!(claimed.due_why.contains("第 15 个工作日") && claimed.due_why.contains("解读"), "{}", claimed.due_why);
    let firm = city.firm(&high);
    let whole = cases::find(city.db(), &firm, high.id).await.unwrap();
    assert_eq!(whole.clawbacks.len(), falls, "its enterprise reads why");
    let paper = letters::latest(city.db(), Some(&firm), Kind::Reclaim, high.id).await.unwrap();
    assert_eq!((&*paper.number, paper.taken_back_on), ("云川市知奖追〔2024〕1号", None));
    assert!(!letters::file(&city.installation, &paper).unwrap().is_empty());
    let decision = letters::latest(city.db(), Some(&firm), Kind::Decision, high.id).await.unwrap();
    assert_eq!(decision.taken_back_on, None, "what was due stays decided");
    let certificates = letters::of_case(city.db(), &firm, high.id).await.unwrap();
    let certificates: Vec<_> = certificates.iter().filter(|one| one.kind == Kind::Certificate).collect();
    let stand: Vec<bool> = certificates.iter().map(|one| one.taken_back_on.is_none()).collect();
    assert_eq!(
        stand,
        if level > 0 { vec![true, false] } else { vec![false] },
        "the certificate of the level that stands"
    );
    let news = messages::all(city.db(), city.of("leader")).await.unwrap();
    assert!(!news.iter().any(|one| one.kind == messages::Kind::Reclaim));

    // Back in two parts, of two years.
    let finance = city.of("finance");
    let back = async |fen: i64| {
        let said = Said { amount_fen: Some(fen), ..Said::default() };
        city.act_as(finance, high.id, Act::Recover, &said).await
    };
    refused(back(had - due + 1).await, "尚未退回");
    let first = 1_234_567.min(had - due - 1);
    let still = back(first).await.unwrap();
    assert_eq!((still.state, still.reclaim_fen), (State::Reclaimed, Some(had - due - first)));
    assert_eq!(payments::of_case(city.db(), high.id).await.unwrap()[0].zh(), "已部分追回");
    city.is_sound().await;
    for day in [date(2024, 5, 1), date(2024, 6, 20), date(2024, 8, 10), date(2024, 9, 30), date(2024, 11, 20)] {
        city.move_to(day).await;
    }
    city.move_to(date(2025, 1, 9)).await;
    let rest = city.act("finance", high.id, Act::Recover, "").await.unwrap();
    assert_eq!((rest.state, rest.reclaim_fen), (if due > 0 { State::Paid } else { State::Recovered }, None));
    let payment = payments::of_case(city.db(), high.id).await.unwrap().remove(0);
    assert_eq!((payment.amount_fen, payment.recovered_fen, payment.net_fen()), (had, had - due, due));
    let lines = budget::lines(city.db()).await.unwrap();
    let line = lines.iter().find(|line| line.award == "innovation-star").unwrap();
    let both = had + wide.amount_fen().unwrap();
    assert_eq!((line.paid_fen, line.recovered_fen, line.net_fen()), (both, had - due, both - had + due));
    let arrived = payments::arrived(city.db(), &city.policy, finance).await.unwrap();
    let row = arrived.iter().find(|row| row.case_id == high.id).unwrap();
    assert_eq!((row.recovered_in(2024), row.recovered_in(2025), row.net_fen()), (first, had - due - first, due));
    assert_eq!(city.open_clawbacks(high.id).await, [], "what was followed is not told again");
    assert_eq!(city.look().await, 0);
    city.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_leaves_nothing_takes_the_letters_back() {
    let city = City::alone().await;
    let [high, _] = paid(&city).await;
    // Nothing is proposed: what the leader found is his to say, and all of it is claimed.
    let claimed = city.act("leader", high.id, Act::Reclaim, "材料虚假").await.unwrap();
    assert_eq!((claimed.reclaim_fen, claimed.level), (high.amount_fen(), high.level));
    let of_case = letters::of_case(city.db(), city.of("clerk"), high.id).await.unwrap();
    let stand: Vec<Kind> = of_case.iter().filter(|one| one.taken_back_on.is_none()).map(|one| one.kind).collect();
    assert_eq!(stand, [Kind::Reclaim]);
    let back = city.act("finance", high.id, Act::Recover, "").await.unwrap();
    assert_eq!(back.state, State::Recovered);
    city.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_1_3_1_the_board_counts_what_each_item_calls_a_subsidy() {
    let city = City::alone().await;
    let [high, wide] = paid(&city).await;
    let both = high.amount_fen().unwrap() + wide.amount_fen().unwrap();
    let board = async || {
        let all = budget::board(&city.installation, &city.policy, now()).await.unwrap();
        all.into_iter().find(|one| one.year == 2024).unwrap()
    };
    // The demo's item is exempted by its document.
    let exempt = board().await;
    assert_eq!((exempt.subsidy_fen, exempt.other_fen, exempt.share()), (Some(0), Some(both), Some(0)));
    city.act("leader", high.id, Act::Reclaim, "材料虚假").await.unwrap();
    city.act("finance", high.id, Act::Recover, "").await.unwrap();
    assert_eq!(board().await.recovered_fen, Some(0), "what came back of other money lowers no subsidy");
    // Of one case the item says nothing, so that it is a subsidy; of the other it says yes.
    for (case, subsidy) in [(&high, "null"), (&wide, r#"{"is_policy_subsidy":true,"exempted_by":""}"#)] {
        let mut tx = city.db().begin().await.unwrap();
        let sql = format!(
            "insert into item (award, version, state, terms, is_trial, drafted_by, drafted_at, issued_by, issued_at) select award, \
             (select max(version) + 1 from item), state, json_set(terms, '$.subsidy', json('{subsidy}')), is_trial, drafted_by, \
             drafted_at, issued_by, issued_at from item where id = {}; update award_case set item_id = (select max(id) from item) where id = {}",
            case.item, case.id
        );
        db::with_conn!(&mut tx, conn => sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(conn).await.map(|_| ()))
            .unwrap();
        tx.commit().await.unwrap();
    }
    let counted = board().await;
    assert_eq!((counted.subsidy_fen, counted.other_fen), (Some(both), Some(0)));
    assert_eq!((counted.recovered_fen, counted.net_fen()), (high.amount_fen(), wide.amount_fen()));
    let arrived = payments::arrived(city.db(), &city.policy, city.of("finance")).await.unwrap();
    assert!(arrived.iter().all(|one| one.is_subsidy));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_only_leader_steps_aside_the_case_says_so_and_the_administrator_is_told() {
    let city = City::alone().await;
    let case = city.cases(State::Notified).await.remove(0);
    city.listed(&case).await;
    city.notice("innovation-star").await;
    city.move_to(date(2024, 3, 8)).await;
    let stuck = async || cases::find(city.db(), city.of("clerk"), case.id).await.unwrap().is_stuck;
    assert!(!stuck().await);
    city.act("leader", case.id, Act::Recuse, "亲属任职").await.unwrap();
    assert!(stuck().await);
    refused(city.act("leader", case.id, Act::Approve, "").await, "回避");
    let told = messages::all(city.db(), city.of("admin")).await.unwrap();
    let [told] = told.as_slice() else { panic!("one message: {told:?}") };
    assert_eq!((told.kind, &*told.path), (messages::Kind::Stuck, "/accounts"));
    assert!(told.body.contains("待决定") && told.body.contains("领导小组"), "{}", told.body);
    assert!(!told.body.contains(&case.name) && !told.subject.contains(&case.name), "no business data");
    // Another one is appointed and decides; what was asked of the administrator is over.
    accounts::open(city.db(), "leader2", "某某", Role::Leader, "", "correct-horse-9", now()).await.unwrap();
    assert!(!stuck().await);
    let second = accounts::find(city.db(), "leader2").await.unwrap().account;
    let said = Said { note: "同意".into(), ..Said::default() };
    city.act_as(&second, case.id, Act::Approve, &said).await.unwrap();
    assert!(!messages::all(city.db(), city.of("admin")).await.unwrap()[0].is_unread());

    // A clerk who handled a case alone cannot look at it again.
    let other = city.cases(State::Notified).await.remove(0);
    city.confirm(&other).await.unwrap();
    city.act("clerk", other.id, Act::Pass, "核对无误").await.unwrap();
    assert!(!cases::find(city.db(), city.of("clerk"), other.id).await.unwrap().is_stuck);
    city.act("clerk2", other.id, Act::Recuse, "亲属任职").await.unwrap();
    assert!(cases::find(city.db(), city.of("clerk"), other.id).await.unwrap().is_stuck);
}

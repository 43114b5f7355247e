//! A case keeps its ground between decision and money: what comes in between is asked again, taken back, or answered in its turn.

use std::io::Write as _;

use domain::Error;
use domain::budget;
use domain::cases::{self, About, Act, Case, Said, State, Written};
use domain::doctor::{self, State as Found};
use domain::items::aid::{Ending, Trigger};
use domain::payments;
use jiff::civil::date;
use registry::ImportOptions;

use crate::clauses::applied;
use crate::delivery::{City, now, refused};

/// A win at home, for which aid is asked.
const WIN: About<'_> = About {
    award: "rights-aid",
    matter: "（2023）苏民终88号",
    event: date(2023, 11, 2),
    trigger: Some(Trigger::DomesticWin),
};

/// A case decided in favour, on the day after its notice.
pub(crate) async fn approved(city: &City, count: usize) -> Vec<Case> {
    let waiting: Vec<Case> = city.cases(State::Notified).await.into_iter().take(count).collect();
    for case in &waiting {
        city.listed(case).await;
    }
    city.notice("innovation-star").await;
    city.move_to(date(2024, 3, 8)).await;
    for case in &waiting {
        city.act("leader", case.id, Act::Approve, "同意").await.unwrap();
    }
    waiting
}

pub(crate) async fn bar(city: &City, subject: &str) {
    let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
    writeln!(file, "统一社会信用代码,名单,处理,决定文号,列入日期").unwrap();
    writeln!(file, "{subject},失信被执行人,禁止,（2024）苏0699执9号,2024-03-01").unwrap();
    let mut options = ImportOptions::new(now(), "test");
    options.recorded_at = now();
    registry::import::import(city.db(), "credit-records", file.path(), &options).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_comes_after_the_order_stops_the_batch_and_the_decision_is_taken_back() {
    let city = City::alone().await;
    let case = approved(&city, 1).await.remove(0);
    let finance = city.of("finance");
    let order = async || payments::order(&city.installation, &city.policy, finance, &[case.id], now()).await;
    let batch = order().await.unwrap();
    let (_, held, _) = budget::reservation(city.db(), case.id).await.unwrap().unwrap();
    bar(&city, &case.subject).await;
    let second = city.of("finance2");
    let stopped = payments::approve(&city.installation, &city.policy, second, batch, now()).await.unwrap_err();
    assert!(stopped.to_string().contains("失信被执行人"), "{stopped}");
    payments::cancel(&city.installation, finance, batch, now()).await.unwrap();
    assert!(order().await.is_err(), "nor ordered again");
    refused(city.act("clerk", case.id, Act::Revoke, "列入名单").await, "权限");
    refused(city.act("leader", case.id, Act::Revoke, "").await, "理由");
    city.act("leader", case.id, Act::Revoke, "决定后列入失信名单").await.unwrap();
    let (line, _, state) = budget::reservation(city.db(), case.id).await.unwrap().unwrap();
    assert_eq!((line.reserved_fen, state.as_str(), held), (0, "released", case.amount_fen().unwrap()));
    city.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn objections_are_answered_each_and_none_brings_a_case_back() {
    let city = City::alone().await;
    let waiting: Vec<Case> = city.cases(State::Notified).await.into_iter().take(3).collect();
    for case in &waiting {
        city.listed(case).await;
    }
    city.notice("innovation-star").await;
    let (clerk, leader) = (city.of("clerk"), city.of("leader"));
    let object = async |case: &Case, who| {
        cases::raise_objection(&city.installation, clerk, case.id, (who, "138", "数量不实"), now()).await
    };
    let (one, other) = (&waiting[0], &waiting[1]);
    object(one, "甲公司").await.unwrap();
    object(one, "乙公司").await.expect("a second one while the first is looked into");
    object(other, "丙公司").await.unwrap();
    let open = cases::objections(city.db(), clerk).await.unwrap();
    let of = |case: &Case| open.iter().filter(move |one| one.case == case.id).map(|one| one.id).collect::<Vec<_>>();
    let answer = async |id, upheld| {
        cases::decide_objection(&city.installation, leader, id, (upheld, "经核查属实"), now()).await.unwrap()
    };
    answer(of(one)[0], false).await;
    assert_eq!(city.case(one.id).await.state, State::Objected, "the other one still waits");
    answer(of(one)[1], false).await;
    assert_eq!(city.case(one.id).await.state, State::Public);
    let firm = city.firm(other);
    let said = Said { note: "不再申请".into(), ..Said::default() };
    city.act_as(&firm, other.id, Act::Withdraw, &said).await.unwrap();
    answer(of(other)[0], false).await;
    assert_eq!(city.case(other.id).await.state, State::Withdrawn, "what was taken back stays so");
    assert!(matches!(cases::objections(city.db(), city.of("science")).await, Err(Error::Forbidden(_))));
    // Whoever stepped aside does not answer for the case either.
    let third = &waiting[2];
    object(third, "丁公司").await.unwrap();
    let id = cases::objections(city.db(), clerk).await.unwrap().iter().find(|one| one.case == third.id).unwrap().id;
    city.act("leader", third.id, Act::Recuse, "亲属任职").await.unwrap();
    let aside = cases::decide_objection(&city.installation, leader, id, (false, "不成立"), now()).await.unwrap_err();
    assert!(aside.to_string().contains("回避"), "{aside}");
    assert_eq!(city.case(third.id).await.state, State::Objected);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_person_refused_another_looks_at_once() {
    let city = City::alone().await;
    let firm = city.firm(&city.cases(State::Notified).await[0]);
    let about = ("project-approval", "国科发资〔2023〕90号");
    let case = applied(&city, &firm, about, &["立项文件"]).await.unwrap();
    city.act("clerk", case.id, Act::Refuse, "不属本市受理").await.unwrap();
    let again = Said { note: "请换人看".into(), ..Said::default() };
    city.act_as(&firm, case.id, Act::Reconsider, &again).await.unwrap();
    for act in [Act::Refuse, Act::Ask, Act::Accept] {
        refused(city.act("clerk", case.id, act, "仍不属").await, "由另一人办理");
    }
    city.act("clerk2", case.id, Act::Refuse, "不属本市受理").await.unwrap();
    let whole = cases::find(city.db(), &firm, case.id).await.unwrap();
    assert!(!cases::possible(&firm, &whole).contains(&Act::Reconsider), "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn costs_are_settled_by_the_handler_and_what_was_seen_is_what_is_acted_on() {
    let city = City::alone().await;
    let firm = city.of("enterprise");
    let id = cases::begin(&city.installation, &city.policy, firm, WIN, now()).await.unwrap();
    assert!(cases::find(city.db(), city.of("clerk"), id).await.is_err(), "a draft is its enterprise's own affair");
    for kind in ["生效裁判文书", "权利归属证明", "费用发票和付款凭证"] {
        cases::attach(&city.installation, firm, id, (kind, "文件.pdf", b"%PDF-1.4"), now()).await.unwrap();
    }
    let name = cases::find(city.db(), firm, id).await.unwrap().case.name;
    let account = cases::Receiving { holder: name, bank: "银行".into(), number: "6222000011112222".into() };
    let written = Written {
        statement: "维权".into(),
        costs_fen: Some(10_000_000),
        account: Some(account),
        ending: Some(Ending::MainlyWon),
        is_defender: Some(true),
        compensation_fen: Some(100_000),
        ..Written::default()
    };
    cases::write(&city.installation, firm, id, &written, now()).await.unwrap();
    let version = city.act("enterprise", id, Act::Submit, "").await.unwrap().version;
    let stale = Said { seen: Some(version - 1), ..Said::default() };
    refused(city.act_as(city.of("clerk"), id, Act::Accept, &stale).await, "有了变化");
    let fresh = Said { seen: Some(version), ..Said::default() };
    city.act_as(city.of("clerk"), id, Act::Accept, &fresh).await.unwrap();
    let settle = |fen| Said { costs_fen: Some(fen), note: "发票只有一万元".into(), ..Said::default() };
    refused(city.act_as(city.of("clerk"), id, Act::Pass, &settle(10_000_001)).await, "不能多于");
    let less = Said { compensation_fen: Some(99_999), ..settle(1_000_000) };
    refused(city.act_as(city.of("clerk"), id, Act::Pass, &less).await, "不能少于");
    let more = Said { compensation_fen: Some(200_000), ..settle(1_000_000) };
    let passed = city.act_as(city.of("clerk"), id, Act::Pass, &more).await;
    // The demo's first enterprise may be none of the high-tech ones; the amount is settled all the same.
    match passed {
        Ok(case) => assert_eq!(case.amount_fen(), Some(400_000), "half of what is left of the costs"),
        Err(error) => assert!(error.to_string().contains("高新技术企业"), "{error}"),
    }
    // A run within the year opens nothing.
    let runs = domain::runs::list(&city.installation).await.unwrap();
    let midyear = runs.iter().find(|run| run.as_of == "2023-06-30").unwrap();
    let wanted = ("innovation-star", midyear.run.as_str());
    let early = cases::open_batch(&city.installation, &city.policy, city.of("clerk"), wanted, now()).await;
    assert!(early.unwrap_err().to_string().contains("年末"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_older_than_a_year_is_no_list() {
    let city = City::alone().await;
    let case = approved(&city, 1).await.remove(0);
    let finance = city.of("finance");
    // The demo's lists came on 15 January 2024.
    while city.installation.business_date(now()) < date(2025, 1, 10) {
        let next = city.installation.business_date(now()).saturating_add(jiff::Span::new().days(55));
        city.move_to(next).await;
    }
    let order = async || payments::order(&city.installation, &city.policy, finance, &[case.id], now()).await;
    let until = city.installation.business_date(now());
    assert!(until < date(2025, 3, 7), "{until}");
    let stopped = order().await.unwrap_err().to_string();
    assert!(stopped.contains("已超过一年") && stopped.contains("2024-01-15"), "{stopped}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_that_was_changed_or_lost_is_found() {
    let city = City::alone().await;
    let firm = city.of("enterprise");
    let id = cases::begin(&city.installation, &city.policy, firm, WIN, now()).await.unwrap();
    let paper = ("生效裁判文书", "判决书.pdf", &b"%PDF-1.4 it is so"[..]);
    cases::attach(&city.installation, firm, id, paper, now()).await.unwrap();
    let found = async || {
        let checks = doctor::examine(&city.installation, now()).await;
        checks.into_iter().find(|one| one.check == "papers").unwrap()
    };
    let sound = found().await;
    assert!(sound.state == Found::Sound && sound.message.contains("1 份"), "{sound:?}");
    let folder = city.installation.dir().join("evidence");
    let file = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    std::fs::write(&file, b"%PDF-1.4 it is not").unwrap();
    let changed = found().await;
    assert!(changed.state == Found::Fault && changed.message.contains("“判决书.pdf”与上传时不同"), "{changed:?}");
    std::fs::remove_file(&file).unwrap();
    let lost = found().await;
    assert!(
        lost.state == Found::Fault && lost.message.contains("读写失败") && lost.message.contains("请从备份恢复"),
        "{lost:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_known_after_a_decision_is_told_to_the_leader_once() {
    let city = City::alone().await;
    let decided = approved(&city, 2).await;
    let (one, other) = (&decided[0], &decided[1]);
    let open = async || {
        let all = cases::clawbacks(city.db(), city.of("leader")).await.unwrap();
        all.into_iter().filter(|one| one.is_open()).collect::<Vec<_>>()
    };
    let look = async || cases::look(&city.installation, &city.policy, "test", now()).await.unwrap();
    assert_eq!((look().await, open().await.len()), (0, 0), "nothing has changed");
    // All of its rights but the last few fall, so that no star is left.
    let own = |right: &&String| !other.facts.rights.contains(right);
    let rights: Vec<&String> = one.facts.rights.iter().filter(own).collect();
    let right = rights.first().expect("a right of its own").to_string();
    let rows: String = rights.iter().map(|right| format!("{right},全部无效,2024-03-05,无效宣告第9号\n")).collect();
    city.import("patent-events", &format!("申请号,事件,生效日期,文号\n{rows}")).await;
    let question = domain::runs::Question {
        as_of: date(2024, 2, 29),
        known_at: now(),
        overrides: std::collections::BTreeMap::new(),
        scope: None,
    };
    domain::runs::evaluate(&city.installation, &city.policy, &question, "test", now(), &|_| ()).await.unwrap();
    let found = open().await;
    assert_eq!(found.len(), rights.len(), "the run looks");
    let fact = found.iter().find(|fact| fact.fact.contains(&right)).expect("each right is a fact");
    assert!(fact.case == one.id && fact.fact.contains("全部无效"), "{fact:?}");
    assert_eq!((fact.stood_fen, fact.due_fen, fact.claim_fen()), (one.amount_fen(), Some(0), one.amount_fen()));
    assert_eq!(look().await, 0, "told once");
    let told = domain::messages::all(city.db(), city.of("leader")).await.unwrap();
    let told: Vec<_> = told.iter().filter(|one| one.kind == domain::messages::Kind::Clawback).collect();
    assert!(told.len() == 1 && told[0].body.contains(&right), "{told:?}");
    let remark = doctor::examine(&city.installation, now()).await;
    assert!(remark.iter().any(|check| check.state == Found::Remark && check.message.contains("追回建议")));
    // Only the leader says that it is no reason, and why; then it is not brought again.
    let dismiss = async |login, id, why| cases::dismiss(&city.installation, city.of(login), (id, why), now()).await;
    assert!(matches!(dismiss("clerk", fact.id, "不影响").await, Err(Error::Forbidden(_))));
    assert!(dismiss("leader", fact.id, " ").await.is_err());
    for one in &found {
        dismiss("leader", one.id, "无效决定正在诉讼中").await.unwrap();
    }
    assert_eq!((look().await, open().await.len()), (0, 0));
    // A list that held on the day of the decision, delivered afterwards; the decision is taken back and the proposal with it.
    bar(&city, &other.subject).await;
    city.move_to(date(2024, 3, 11)).await;
    let found = open().await;
    assert!(found.len() == 1 && found[0].case == other.id && found[0].fact.contains("失信被执行人"), "{found:?}");
    city.act("leader", other.id, Act::Revoke, "决定之日已列入失信名单").await.unwrap();
    assert_eq!(open().await.len(), 0);
}

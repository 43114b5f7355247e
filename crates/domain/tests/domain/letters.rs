//! A letter is written once, at its act, and that file is handed out ever after; what takes applications only at its time; what falls by
//! the year.

use domain::cases::{self, About, Act, Case, Said, State};
use domain::doctor::{self, State as Found};
use domain::items::{self, Subsidy, window::Window};
use domain::letters::{self, Kind, Letter};
use domain::{Error, payments};
use jiff::civil::{Date, date};

use crate::delivery::{City, now, refused};
use crate::ground::approved;

async fn latest(city: &City, kind: Kind, case: &Case) -> Result<Letter, Error> {
    letters::latest(city.db(), Some(city.of("clerk")), kind, case.id).await
}

async fn trail(city: &City, action: &str) -> Vec<String> {
    let all = registry::audit::recent(city.db(), None, 500).await.unwrap();
    all.into_iter().filter(|one| one.action == action).map(|one| one.object).collect()
}

async fn found(city: &City) -> Vec<doctor::Check> {
    let checks = doctor::examine(&city.installation, now()).await;
    checks.into_iter().filter(|one| one.check == "letters").collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_kept_as_it_was_issued_and_a_decision_taken_back_keeps_its_own() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let waiting = city.cases(State::Notified).await;
        assert!(latest(&city, Kind::Decision, &waiting[0]).await.is_err(), "no decision, no letter");
        let decided = approved(&city, 2).await;
        let (one, other) = (&decided[0], &decided[1]);
        let decision = latest(&city, Kind::Decision, one).await.unwrap();
        assert_eq!((&*decision.number, &*decision.creator), ("云川市知奖决〔2024〕1号", "云川市知识产权局"));
        assert_eq!((decision.issued_on, &*decision.by, &*decision.retention), (date(2024, 3, 8), "leader", "30年"));
        assert_eq!(latest(&city, Kind::Decision, other).await.unwrap().number, "云川市知奖决〔2024〕2号");
        assert_eq!(latest(&city, Kind::Certificate, one).await.unwrap().retention, "永久");
        assert!(trail(&city, "letter.issue").await.contains(&decision.number));
        // Whatever the office's wording says later, what was issued stays what it was.
        let bytes = letters::file(&city.installation, &decision).unwrap();
        letters::keep(&city.installation, city.of("clerk"), Kind::Decision, "改了的标题\n改了的正文。", now())
            .await
            .unwrap();
        assert_eq!(latest(&city, Kind::Decision, one).await.unwrap(), decision);
        assert_eq!(letters::file(&city.installation, &decision).unwrap(), bytes);
        // A cancelled batch of payments changes no letter.
        let finance = city.of("finance");
        let batch = payments::order(&city.installation, &city.policy, finance, &[one.id], now()).await.unwrap();
        payments::cancel(&city.installation, finance, batch, now()).await.unwrap();
        assert_eq!(latest(&city, Kind::Decision, one).await.unwrap(), decision);

        city.act("leader", one.id, Act::Revoke, "专利被宣告全部无效").await.unwrap();
        let back = latest(&city, Kind::Decision, one).await.unwrap();
        assert_eq!((back.taken_back_on, &*back.number), (Some(date(2024, 3, 8)), &*decision.number));
        assert!(back.taken_back_why.contains("专利被宣告全部无效"), "{}", back.taken_back_why);
        assert_eq!(letters::file(&city.installation, &back).unwrap(), bytes, "the mark is not in the file");
        assert!(trail(&city, "letter.take-back").await.contains(&decision.number));
        let refusal = latest(&city, Kind::Refusal, one).await.unwrap();
        assert!(refusal.taken_back_on.is_none() && refusal.number.starts_with("云川市知奖不〔2024〕"), "{refusal:?}");
        // Of its own enterprise and the office, and of nobody else.
        let stranger = city.firm(other);
        assert!(letters::find(city.db(), &stranger, decision.id).await.is_err());
        assert!(letters::find(city.db(), &city.firm(one), decision.id).await.is_ok());
        assert!(matches!(letters::all(city.db(), &stranger).await, Err(Error::Forbidden(_))));
        let all = letters::all(city.db(), city.of("auditor")).await.unwrap();
        assert!(all.iter().any(|one| one.kind == Kind::Notice && one.number == "云川市知奖示〔2024〕1号"), "{all:?}");
        city.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_was_changed_or_lost_is_found_and_one_never_written_is_supplied() {
    let city = City::alone().await;
    let one = approved(&city, 1).await.remove(0);
    let sound = found(&city).await;
    assert!(sound.len() == 1 && sound[0].state == Found::Sound, "{sound:?}");
    let decision = latest(&city, Kind::Decision, &one).await.unwrap();
    let file = city.installation.dir().join("letters").join(format!("{}.docx", decision.sha256));
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, b"PK another").unwrap();
    let changed = found(&city).await;
    assert!(changed[0].state == Found::Fault && changed[0].message.contains("1号 与签发时不同"), "{changed:?}");
    assert!(letters::file(&city.installation, &decision).is_err(), "what was changed is not handed out");
    std::fs::remove_file(&file).unwrap();
    assert_eq!(found(&city).await[0].state, Found::Fault);
    std::fs::write(&file, bytes).unwrap();

    // As it was before letters were kept.
    let mut tx = city.db().begin().await.unwrap();
    db::with_conn!(&mut tx, conn => sqlx::query("delete from letter").execute(conn).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    let missing = found(&city).await;
    let remark = missing.iter().find(|check| check.state == Found::Remark).expect("a remark");
    assert!(remark.message.contains("letter supply"), "{remark:?}");
    let supply = async |login| letters::supply(&city.installation, &city.policy, city.of(login), now()).await;
    assert!(matches!(supply("enterprise").await, Err(Error::Forbidden(_))));
    assert!(supply("clerk").await.unwrap() >= 2, "the decision and its notice");
    let late = latest(&city, Kind::Decision, &one).await.unwrap();
    assert!(late.is_late && late.issued_on == decision.issued_on && late.number != decision.number, "{late:?}");
    assert_eq!(supply("clerk").await.unwrap(), 0);
    // Nothing is left to supply; that the first letters are gone, and nobody took them back, stays told.
    let after = found(&city).await;
    assert!(after.iter().all(|check| !check.message.contains("letter supply")), "{after:?}");
    assert!(
        after.iter().any(|check| check.state == Found::Fault && check.message.contains(&decision.number)),
        "{after:?}"
    );
}

/// A version of an award's item, issued with a change.
async fn issued(city: &City, award: &str, change: impl FnOnce(&mut items::Terms)) {
    let all = items::all(city.db()).await.unwrap();
    let mut terms = all.into_iter().find(|item| item.award == award).unwrap().terms;
    change(&mut terms);
    let (installation, policy) = (&city.installation, &city.policy);
    let id = items::draft(installation, policy, city.of("clerk"), award, (terms, None), now()).await.unwrap();
    items::issue(installation, policy, city.of("clerk2"), (id, None), now()).await.unwrap();
}

async fn begin(city: &City, matter: &str, event: Date) -> Result<i64, Error> {
    let about = About { award: "project-approval", matter, event, trigger: None };
    cases::begin(&city.installation, &city.policy, city.of("enterprise"), about, now()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_are_taken_within_the_days_of_the_item_and_at_no_other_time() {
    let city = City::alone().await;
    issued(&city, "project-approval", |terms| terms.window = Some(Window::Yearly { from: (2, 1), until: (3, 7) }))
        .await;
    // It is 29 February 2024.
    let id = begin(&city, "苏知立〔2023〕9号", date(2023, 11, 2)).await.unwrap();
    cases::attach(&city.installation, city.of("enterprise"), id, ("立项文件", "立项.pdf", b"%PDF-1.7"), now())
        .await
        .unwrap();
    let whole = cases::find(city.db(), city.of("enterprise"), id).await.unwrap();
    let account =
        cases::Receiving { holder: whole.case.name.clone(), bank: "银行".into(), number: "6222000011112222".into() };
    let written = cases::Written { statement: "立项".into(), account: Some(account), ..cases::Written::default() };
    cases::write(&city.installation, city.of("enterprise"), id, &written, now()).await.unwrap();
    city.move_to(date(2024, 3, 8)).await;
    let offers = cases::offers(&city.installation, &city.policy, city.of("enterprise"), now()).await.unwrap();
    let offer = offers.iter().find(|one| one.award == "project-approval").unwrap();
    let closed =
        offer.lacking.iter().find(|gate| gate.name == "申报期").expect("what is closed is not offered as open");
    assert!(closed.words.contains("下一次从 2025-02-01 开始"), "{closed:?}");
    let late = begin(&city, "苏知立〔2023〕10号", date(2023, 11, 2)).await.unwrap_err().to_string();
    assert!(late.contains("每年 02-01 至 03-07") && late.contains("下一次从 2025-02-01 开始"), "{late}");
    refused(city.act("enterprise", id, Act::Submit, "").await, "不在申报期内");
    assert_eq!(cases::find(city.db(), city.of("enterprise"), id).await.unwrap().case.state, State::Draft);
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_1_3_2_what_no_document_exempts_falls_and_is_asked_again_until_the_money() {
    let city = City::alone().await;
    // Under the exemption of the demo an amount is whole; without a word about it, a quarter in 2024.
    let run = domain::runs::latest(&city.installation).await.unwrap().unwrap().run;
    let all = items::all(city.db()).await.unwrap();
    let star = all.iter().find(|item| item.award == "innovation-star" && item.stage == items::Stage::Issued).unwrap();
    let paid = async |subsidy: Option<Subsidy>| {
        let mut item = star.clone();
        item.terms.subsidy = subsidy;
        let cases = cases::simulate(&city.installation, &city.policy, &item, &run, now()).await.unwrap();
        cases.into_iter().filter(|case| case.state == State::Notified).collect::<Vec<Case>>()
    };
    let (exempt, unsaid) = (paid(star.terms.subsidy.clone()).await, paid(None).await);
    assert!(!exempt.is_empty());
    for (whole, part) in exempt.iter().zip(&unsaid) {
        assert_eq!(part.amount_fen(), whole.amount_fen().map(|fen| fen / 4), "{}", whole.name);
        let gate = part.facts.gates.iter().find(|gate| gate.name == "退坡系数").expect("a gate");
        assert!(gate.words.contains("25%"), "{gate:?}");
        assert!(whole.facts.gates.iter().all(|gate| gate.name != "退坡系数"), "nothing falls that is exempted");
    }
    // Decided in 2024 as a subsidy, ordered in 2025: neither coefficient nor end lets it pass.
    issued(&city, "innovation-star", |terms| terms.subsidy = None).await;
    let mut tx = city.db().begin().await.unwrap();
    let newest = "update award_case set item_id = (select max(id) from item where award = 'innovation-star')";
    db::with_conn!(&mut tx, conn => sqlx::query(newest).execute(conn).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    let case = approved(&city, 1).await.remove(0);
    assert_eq!(city.case(case.id).await.amount.taper, Some(25));
    let order = async || payments::order(&city.installation, &city.policy, city.of("finance"), &[case.id], now()).await;
    while city.installation.business_date(now()) < date(2025, 1, 2) {
        let next = city.installation.business_date(now()).saturating_add(jiff::Span::new().days(50));
        city.move_to(next.min(date(2025, 1, 2))).await;
    }
    let stopped = order().await.unwrap_err().to_string();
    assert!(stopped.contains("政策性补贴截止") && stopped.contains("2024-12-31"), "{stopped}");
    assert!(stopped.contains("金额按 25% 核定，今天的系数是 0%"), "{stopped}");
    refused(city.act_as(city.of("clerk"), case.id, Act::Pass, &Said::default()).await, "不能");
}

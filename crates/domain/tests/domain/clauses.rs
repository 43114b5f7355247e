//! What single clauses ask of items, cases and the budget, each tried by itself in the synthetic city.

use domain::accounts::Account;
use domain::cases::{self, About, Act, Case, Outcome, Receiving, Said, State, Written};
use domain::items::aid::{Ending, Trigger};
use domain::items::{self, Stage};
use domain::{Error, budget, letters, payments, runs};
use jiff::civil::{Date, date};

use crate::delivery::{City, now, refused};

async fn latest(city: &City) -> String {
    runs::latest(&city.installation).await.unwrap().unwrap().run
}

async fn open(city: &City, award: &str) -> cases::Opening {
    let run = latest(city).await;
    cases::open_batch(&city.installation, &city.policy, city.of("clerk"), (award, &run), now()).await.unwrap()
}

async fn of_award(city: &City, award: &str) -> Vec<Case> {
    let all = cases::all(city.db(), city.of("clerk")).await.unwrap();
    all.into_iter().filter(|case| case.award == award).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_1_2_1_an_item_is_tried_on_a_past_run_before_it_is_issued() {
    let city = City::alone().await;
    let run = latest(&city).await;
    let issued = items::all(city.db()).await.unwrap().into_iter().find(|item| item.award == "innovation-star").unwrap();
    let mut terms = issued.terms.clone();
    terms.amounts.values_mut().for_each(|fen| *fen *= 2);
    let clerk = city.of("clerk");
    let id =
        items::draft(&city.installation, &city.policy, clerk, "innovation-star", (terms, None), now()).await.unwrap();
    let draft = items::find(city.db(), id).await.unwrap();
    assert_eq!((draft.stage, draft.version), (Stage::Draft, issued.version + 1), "every version stays");
    let simulate =
        async |item: &items::Item| cases::simulate(&city.installation, &city.policy, item, &run, now()).await.unwrap();
    let amounts = |cases: &[Case]| {
        let mut all: Vec<_> = cases.iter().map(|case| (case.subject.clone(), case.state, case.amount_fen())).collect();
        all.sort();
        all
    };
    // What the issued item was simulated to pay is what its cases got; the draft would pay twice as much.
    let opened = of_award(&city, "innovation-star").await;
    assert!(opened.len() > 3);
    assert_eq!(amounts(&simulate(&issued).await), amounts(&opened));
    let doubled: Vec<_> =
        amounts(&opened).into_iter().map(|(subject, state, fen)| (subject, state, fen.map(|fen| fen * 2))).collect();
    assert_eq!(amounts(&simulate(&draft).await), doubled);
    assert_eq!(of_award(&city, "innovation-star").await.len(), opened.len(), "nothing is kept");
    let applied = items::all(city.db()).await.unwrap().into_iter().find(|item| item.award == "rights-aid").unwrap();
    assert!(cases::simulate(&city.installation, &city.policy, &applied, &run, now()).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_1_3_2_grant_linked_money_falls_by_year_and_stops_in_2025() {
    let city = City::alone().await;
    let coefficient = |day: Date| {
        let settings = city.policy.settings(day, &std::collections::BTreeMap::new()).unwrap();
        settings.integer("grant_linked_taper_percent").unwrap()
    };
    let years: Vec<i64> = (2021..=2026).map(|year| coefficient(date(year, 7, 1))).collect();
    assert_eq!(years, [100, 75, 50, 25, 0, 0]);
    assert_eq!((coefficient(date(2024, 12, 31)), coefficient(date(2025, 1, 1))), (25, 0));
    // Granted in 2023, looked at in 2024: the coefficient is that of the day of the look.
    open(&city, "invention-star").await;
    let cases = of_award(&city, "invention-star").await;
    let known: Vec<&Case> = cases.iter().filter(|case| case.amount_fen().is_some()).collect();
    assert!(!known.is_empty());
    for case in known {
        let last = case.amount.lines.last().unwrap();
        assert!(last.words.contains("退坡系数 25%"), "{}", last.words);
        assert_eq!(last.basis, "国知发保字〔2022〕7号");
        assert_eq!(Some(last.left_fen), case.amount_fen());
    }
    // From 2025 on nothing goes on, whatever stage it had reached.
    let case = cases.iter().find(|case| case.state == State::Notified && case.amount_fen().is_some()).unwrap();
    city.confirm(case).await.unwrap();
    for day in [date(2024, 4, 26), date(2024, 6, 24), date(2024, 8, 22), date(2024, 10, 20), date(2024, 12, 18)] {
        city.move_to(day).await;
    }
    city.move_to(date(2025, 1, 1)).await;
    refused(city.act("clerk", case.id, Act::Pass, "已核").await, "都不得晚于 2024-12-31");
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_1_4_2_candidates_come_from_the_run_and_money_within_rule_cap_and_taper() {
    let city = City::alone().await;
    let opening = open(&city, "invention-star").await;
    let evaluation = runs::load(&city.installation, &latest(&city).await).await.unwrap();
    let earned: Vec<_> = evaluation.awards.iter().filter(|one| one.award == "invention-star").collect();
    assert_eq!(opening.opened + opening.stopped, earned.len());
    let cases = of_award(&city, "invention-star").await;
    for one in earned {
        let case = cases.iter().find(|case| case.subject == one.subject).unwrap();
        assert!(case.facts.rights.len() >= 5, "at least five granted in the year");
        assert_eq!(case.facts.rights, one.evidence);
        let fees: Option<i64> = case.amount.rights.iter().map(|right| right.fees_fen).sum();
        match case.amount_fen() {
            // The rule's amount, half the fees, a quarter of that.
            Some(fen) => assert!(fen <= 1_000_000 / 4 && fen <= fees.unwrap() / 2 / 4, "{fen} of {fees:?}"),
            None => assert!(!case.amount.held.is_empty(), "without receipts nothing is paid, and it is said why"),
        }
    }
}

/// An enterprise's application with its papers, handed in.
pub(crate) async fn applied(
    city: &City,
    firm: &Account,
    (award, matter): (&str, &str),
    papers: &[&str],
) -> Result<Case, Error> {
    let trigger = (award == "rights-aid").then_some(Trigger::DomesticWin);
    let about = About { award, matter, event: date(2023, 11, 2), trigger };
    let id = cases::begin(&city.installation, &city.policy, firm, about, now()).await?;
    handed_in(city, firm, id, papers).await
}

async fn handed_in(city: &City, firm: &Account, id: i64, papers: &[&str]) -> Result<Case, Error> {
    for kind in papers {
        let paper = (*kind, "材料.pdf", kind.as_bytes());
        let bytes = [b"%PDF-1.7 ", paper.2].concat();
        cases::attach(&city.installation, firm, id, (paper.0, paper.1, &bytes), now()).await?;
    }
    let name = cases::find(city.db(), firm, id).await?.case.name;
    let account = Receiving { holder: name, bank: "农商行".into(), number: "6222000011112222".into() };
    let written = Written {
        statement: "见材料".into(),
        costs_fen: Some(2_000_000),
        account: Some(account),
        ending: Some(Ending::Won),
        is_defender: Some(true),
        compensation_fen: Some(0),
        ..Written::default()
    };
    cases::write(&city.installation, firm, id, &written, now()).await?;
    city.act_as(firm, id, Act::Submit, &Said::default()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_3_3_one_approval_document_is_one_reward() {
    let city = City::alone().await;
    let waiting = city.cases(State::Notified).await;
    let (one, other) = (city.firm(&waiting[0]), city.firm(&waiting[1]));
    // The other enterprise's draft is the earlier one, but nothing is handed in yet.
    let about = ("project-approval", "国科发资〔2023〕88号");
    let wanted = About { award: about.0, matter: about.1, event: date(2023, 11, 2), trigger: None };
    let begin = cases::begin(&city.installation, &city.policy, &other, wanted, now());
    let draft = begin.await.unwrap();
    assert!(applied(&city, &one, about, &[]).await.unwrap_err().to_string().contains("立项文件"));
    let first = applied(&city, &one, about, &["立项文件"]).await.unwrap();
    assert_eq!((first.state, first.amount_fen()), (State::Submitted, Some(3_000_000)));
    city.act("clerk", first.id, Act::Accept, "").await.unwrap();
    city.act("clerk", first.id, Act::Pass, "立项文件属国家级，已核").await.unwrap();
    city.act("clerk2", first.id, Act::PassAgain, "").await.unwrap();
    city.act("finance", first.id, Act::Agree, "").await.unwrap();
    city.act("science", first.id, Act::Agree, "").await.unwrap();
    city.notice("project-approval").await;
    city.move_to(date(2024, 3, 8)).await;
    city.act("leader", first.id, Act::Approve, "").await.unwrap();
    // The same document again, however it is typed and whoever began first.
    let late = handed_in(&city, &other, draft, &["立项文件"]).await.unwrap();
    city.act("clerk", late.id, Act::Accept, "").await.unwrap();
    refused(city.act("clerk", late.id, Act::Pass, "已核").await, "同一事项不重复享受");
    let third = city.firm(&waiting[2]);
    let typed = applied(&city, &third, ("project-approval", "国科发资 [2023] 88号"), &["立项文件"]).await.unwrap();
    city.act("clerk", typed.id, Act::Accept, "").await.unwrap();
    refused(city.act("clerk", typed.id, Act::Pass, "已核").await, "同一事项不重复享受");
    city.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_3_5_2_a_certificate_and_the_provincial_filing_together() {
    const PAPERS: [&str; 2] = ["认证证书", "省贯标备案确认文件"];
    let city = City::alone().await;
    let waiting = city.cases(State::Notified).await;
    let (standard, certified) = (",GB/T 29490-2013,2023-05-31", "2022-06-01,2025-05-31");
    // What the demo's registers say of these is taken back, so that only the rows here hold.
    let statuses = registry::register("statuses").unwrap();
    let known = registry::fold_register(city.db(), statuses, now()).await.unwrap();
    let taken_back = |subject: &str| {
        let [uscc, kind, from] =
            ["uscc", "kind", "valid_from"].map(|field| registry::Folded::column("statuses", field));
        let rows = known.iter().filter(move |row| row.text(uscc) == subject);
        rows.map(|row| format!("{},,{},,,,{}", row.text(kind), row.text(from), row.text(from))).collect::<Vec<_>>()
    };
    let held: [(&str, Vec<String>, Option<&str>); 4] = [
        ("both", vec![format!("贯标认证,IP1,{certified}{standard}"), "省贯标备案,B1,2022-04-20,,,".into()], None),
        ("certificate alone", vec![format!("贯标认证,IP2,{certified}{standard}")], Some("没有有效的省贯标备案")),
        ("filing alone", vec!["省贯标备案,B3,2022-04-20,,,".into()], Some("没有有效的贯标认证")),
        (
            "no edition",
            vec![format!("贯标认证,IP4,{certified},,"), "省贯标备案,B4,2022-04-20,,,".into()],
            Some("没有登记执行标准"),
        ),
    ];
    let high_tech = "高新技术企业,GR202132000001,2021-12-01,2024-11-30,,";
    for (case, (what, rows, why)) in waiting.iter().zip(&held) {
        let lines: String = rows
            .iter()
            .cloned()
            .chain([high_tech.to_owned()])
            .chain(taken_back(&case.subject))
            .map(|row| format!("{},{row}\n", case.subject))
            .collect();
        let before = "统一社会信用代码,资质,证书编号,生效日期,失效日期,执行标准,监督审核日期,撤销日期";
        let file = tempfile::Builder::new().prefix(&case.subject).suffix(".csv").tempfile().unwrap();
        std::fs::write(file.path(), format!("{before}\n{lines}")).unwrap();
        let options = registry::import::ImportOptions::new(now(), "clerk");
        let report = registry::import::import(city.db(), "statuses", file.path(), &options).await.unwrap();
        assert_eq!(report.quarantined, 0, "{what}");
        let firm = city.firm(case);
        let begun = applied(&city, &firm, ("standard-certification", &format!("认证{what}")), &PAPERS).await.unwrap();
        city.act("clerk", begun.id, Act::Accept, "").await.unwrap();
        let done = city.act("clerk", begun.id, Act::Pass, "证书已在认证认可平台核对").await;
        match why {
            Some(word) if word.starts_with("没有有效") => refused(done, word),
            // What is not known may be looked into, but no money rests on it.
            Some(word) => assert!(cases::stops(&done.unwrap().facts.gates, Outcome::Unknown).contains(word), "{what}"),
            None => {
                assert_eq!(done.unwrap().amount_fen(), Some(5_000_000), "{what}");
                city.act("clerk2", begun.id, Act::PassAgain, "").await.unwrap();
                city.act("finance", begun.id, Act::Agree, "").await.unwrap();
                city.act("science", begun.id, Act::Agree, "").await.unwrap();
            }
        }
    }
    // Held on the day of the event, taken away before the money (AMB-10).
    city.notice("standard-certification").await;
    city.move_to(date(2024, 3, 8)).await;
    let file = tempfile::Builder::new().prefix("revoked").suffix(".csv").tempfile().unwrap();
    let row = format!("{},省贯标备案,2022-04-20,2024-03-01", waiting[0].subject);
    std::fs::write(file.path(), format!("统一社会信用代码,资质,生效日期,撤销日期\n{row}\n")).unwrap();
    let options = registry::import::ImportOptions::new(now(), "clerk");
    registry::import::import(city.db(), "statuses", file.path(), &options).await.unwrap();
    let listed = of_award(&city, "standard-certification").await;
    let noticed = listed.iter().find(|case| case.subject == waiting[0].subject).unwrap();
    refused(city.act("leader", noticed.id, Act::Approve, "").await, "已于 2024-03-01 撤销");
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_5_3_2_a_judgment_counts_for_a_high_tech_enterprise_of_that_day() {
    const PAPERS: [&str; 3] = ["生效裁判文书", "权利归属证明", "费用发票和付款凭证"];
    let city = City::alone().await;
    let waiting = city.cases(State::Notified).await;
    let (mut passed, mut blocked) = (0, 0);
    for (place, case) in waiting.iter().enumerate() {
        let firm = city.firm(case);
        let matter = format!("（2023）苏06民初{place}号");
        let without = applied(&city, &firm, ("rights-aid", &matter), &PAPERS[1..]).await.unwrap_err();
        assert!(without.to_string().contains("裁判文书"), "{without}");
        let aid = applied(&city, &firm, ("rights-aid", &matter), &PAPERS[..1]).await.unwrap();
        assert_eq!(aid.trigger(), Some(Trigger::DomesticWin));
        assert_eq!(aid.amount_fen(), Some(1_000_000), "half of what was paid");
        let gate = aid.facts.gates.iter().find(|gate| gate.name == "高新技术企业").unwrap();
        city.act("clerk", aid.id, Act::Accept, "").await.unwrap();
        let done = city.act("clerk", aid.id, Act::Pass, "判决已生效，系维权一方").await;
        match gate.outcome {
            cases::Outcome::Block => {
                assert!(gate.words.contains("2023-11-02"), "the day of the judgment counts: {}", gate.words);
                refused(done, "高新技术企业");
                blocked += 1;
            }
            _ => passed += usize::from(done.is_ok()),
        }
    }
    assert!(passed > 0 && blocked > 0, "{passed} passed, {blocked} blocked: one side was not tried");
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_5_1_7_a_list_stops_at_every_gate_and_only_while_it_holds() {
    let city = City::alone().await;
    let waiting = city.cases(State::Notified).await;
    let import = async |name: &str, rows: &str| {
        let file = tempfile::Builder::new().prefix(name).suffix(".csv").tempfile().unwrap();
        std::fs::write(file.path(), format!("统一社会信用代码,名单,处理,决定文号,列入日期,移出日期\n{rows}\n"))
            .unwrap();
        let options = registry::import::ImportOptions::new(now(), "clerk");
        let report = registry::import::import(city.db(), "credit-records", file.path(), &options).await.unwrap();
        assert_eq!(report.quarantined, 0);
    };
    let row = |case: &Case, number: &str, from: &str, until: &str| {
        format!("{},严重违法失信名单,禁止,云市监〔2024〕{number}号,{from},{until}", case.subject)
    };
    let (one, other, past) = (&waiting[0], &waiting[1], &waiting[2]);
    // Over by now: it stops nothing.
    import("past", &row(past, "1", "2022-01-01", "2023-12-31")).await;
    city.listed(past).await;
    for case in [one, other] {
        city.listed(case).await;
    }
    city.notice("innovation-star").await;
    city.move_to(date(2024, 3, 8)).await;
    city.act("leader", one.id, Act::Approve, "").await.unwrap();
    city.act("leader", past.id, Act::Approve, "").await.unwrap();
    // Listed after the notice: not decided; listed after the decision: not paid.
    import("listed", &row(other, "2", "2024-03-08", "")).await;
    refused(city.act("leader", other.id, Act::Approve, "").await, "严重违法失信名单");
    import("later", &row(one, "3", "2024-03-08", "")).await;
    let finance = city.of("finance");
    let order = async |ids: &[i64]| payments::order(&city.installation, &city.policy, finance, ids, now()).await;
    let stopped = order(&[one.id, past.id]).await.unwrap_err().to_string();
    assert!(stopped.contains(&one.name) && stopped.contains("云市监〔2024〕3号"), "{stopped}");
    order(&[past.id]).await.unwrap();
    city.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_1_the_ledger_tells_year_source_item_and_payment_to_the_fen() {
    let city = City::alone().await;
    let finance = city.of("finance");
    let lines = async || budget::lines(city.db()).await.unwrap();
    let source = "市级知识产权专项资金";
    let set = async |who: &Account, fen| {
        budget::set(city.db(), who, (2024, source, "innovation-star"), (fen, "云财预〔2024〕9号"), now()).await
    };
    assert!(matches!(set(city.of("clerk"), 1).await, Err(Error::Forbidden(_))));
    set(finance, 12_345_678).await.unwrap();
    let case = &city.cases(State::Notified).await[0];
    let fen = city.listed(case).await.amount_fen().unwrap();
    city.notice("innovation-star").await;
    city.move_to(date(2024, 3, 8)).await;
    city.act("leader", case.id, Act::Approve, "").await.unwrap();
    let line = async || lines().await.into_iter().find(|line| line.award == "innovation-star").unwrap();
    let reserved = line().await;
    assert_eq!((reserved.year, &*reserved.source, &*reserved.basis), (2024, source, "云财预〔2024〕9号"));
    assert_eq!((reserved.reserved_fen, reserved.paid_fen, reserved.left_fen()), (fen, 0, 12_345_678 - fen));
    let below = set(finance, fen - 1).await.unwrap_err().to_string();
    assert!(below.contains("不能低于"), "{below}");
    let batch = payments::order(&city.installation, &city.policy, finance, &[case.id], now()).await.unwrap();
    payments::approve(&city.installation, &city.policy, city.of("finance2"), batch, now()).await.unwrap();
    let sheet = payments::send(&city.installation, &city.policy, finance, batch, now()).await.unwrap();
    city.answer(batch, &[(&sheet.rows[0][0].text(), "成功", "")]).await.unwrap();
    let paid = line().await;
    assert_eq!((paid.reserved_fen, paid.paid_fen, paid.left_fen()), (0, fen, 12_345_678 - fen));
    let (held, amount, state) = budget::reservation(city.db(), case.id).await.unwrap().unwrap();
    assert_eq!((held.id, amount, &*state), (paid.id, fen, "paid"), "the payment leads to its line");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_cases_under_way_do_not_use_the_same_room_under_a_cap() {
    let city = City::alone().await;
    let stars = of_award(&city, "innovation-star").await;
    let run = latest(&city).await;
    let item = items::all(city.db()).await.unwrap().into_iter().find(|item| item.award == "invention-star").unwrap();
    let tried = cases::simulate(&city.installation, &city.policy, &item, &run, now()).await.unwrap();
    let alone = |case: &&Case| case.state == State::Notified && case.amount_fen().is_some_and(|fen| fen > 1);
    let pairs = tried.iter().filter(alone).filter_map(|case| {
        let star = stars.iter().find(|star| star.subject == case.subject && star.state == State::Notified)?;
        Some((star, case.amount_fen()?))
    });
    let (star, fen) = pairs.max_by_key(|(_, fen)| *fen).expect("an enterprise with both stars");
    let mut terms = item.terms.clone();
    terms.cap_per_subject_year_fen = star.amount_fen().map(|star| star.max(fen) + 1);
    let room = terms.cap_per_subject_year_fen.unwrap() - star.amount_fen().unwrap();
    let clerk = city.of("clerk");
    let id =
        items::draft(&city.installation, &city.policy, clerk, "invention-star", (terms, None), now()).await.unwrap();
    items::issue(&city.installation, &city.policy, city.of("clerk2"), (id, None), now()).await.unwrap();
    open(&city, "invention-star").await;
    let other = of_award(&city, "invention-star").await.into_iter().find(|case| case.subject == star.subject).unwrap();
    assert_eq!(other.amount_fen(), Some(fen), "nothing stands against it yet");
    city.confirm(star).await.unwrap();
    city.confirm(&other).await.unwrap();
    city.act("clerk", star.id, Act::Pass, "已核").await.unwrap();
    let lowered = city.act("clerk", other.id, Act::Pass, "已核").await.unwrap();
    assert_eq!(lowered.amount_fen(), Some(room.min(fen)));
    assert!(room < fen, "{room} {fen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_1_4_1_an_invention_star_from_the_list_to_its_certificate() {
    let city = City::alone().await;
    open(&city, "invention-star").await;
    let candidates = of_award(&city, "invention-star").await;
    assert!(!candidates.is_empty(), "the list makes itself");
    let known = candidates.iter().find(|case| case.state == State::Notified && case.amount_fen().is_some());
    let star = known.expect("one whose fees are all there");
    city.listed(star).await;
    city.notice("invention-star").await;
    let paper = async |kind| letters::latest(city.db(), Some(city.of("clerk")), kind, star.id).await;
    assert!(paper(letters::Kind::Certificate).await.is_err(), "no certificate before the decision");
    city.move_to(date(2024, 3, 8)).await;
    city.act("leader", star.id, Act::Approve, "同意").await.unwrap();
    let certificate = paper(letters::Kind::Certificate).await.unwrap();
    assert_eq!((&*certificate.unit, certificate.issued_on), (&*star.name, date(2024, 3, 8)));
    assert_eq!(certificate.number, "云川市知奖证〔2024〕1号");
    let decision = paper(letters::Kind::Decision).await.unwrap();
    assert_eq!((&*decision.number, &*decision.title), ("云川市知奖决〔2024〕1号", "发明之星兑现决定书"));
    assert!(paper(letters::Kind::Refusal).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_5_3_1_each_trigger_asks_for_its_own_proofs_and_answers() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let waiting = city.cases(State::Notified).await;
        // A high-tech enterprise of that day, so that only the trigger decides.
        let event = date(2023, 11, 2);
        for trigger in Trigger::ALL {
            let mut decided = 0;
            for (place, case) in waiting.iter().enumerate() {
                let firm = city.firm(case);
                let matter = format!("{}-{place}", trigger.key());
                let about = About { award: "rights-aid", matter: &matter, event, trigger: Some(trigger) };
                let none = About { trigger: None, ..about };
                let begin = async |about| cases::begin(&city.installation, &city.policy, &firm, about, now()).await;
                assert!(begin(none).await.unwrap_err().to_string().contains("请选择维权情形"), "{}", database.name);
                let id = begin(about).await.unwrap();
                let attach = async |kind: &str| {
                    let bytes = [b"%PDF-1.7 ", kind.as_bytes()].concat();
                    cases::attach(&city.installation, &firm, id, (kind, "材料.pdf", &bytes), now()).await
                };
                for other in Trigger::ALL.into_iter().filter(|one| *one != trigger) {
                    for paper in other.usual_papers() {
                        assert!(attach(paper).await.is_err(), "{trigger:?} does not ask for {paper}");
                    }
                }
                attach("费用发票和付款凭证").await.unwrap();
                let missing = city.act_as(&firm, id, Act::Submit, &Said::default()).await.unwrap_err().to_string();
                assert!(trigger.usual_papers().iter().all(|paper| missing.contains(paper)), "{missing}");
                for paper in trigger.usual_papers() {
                    attach(paper).await.unwrap();
                }
                let account =
                    Receiving {
                        holder: case.name.clone(), bank: "农商行".into(), number: "6222000011112222".into()
                    };
                let written = Written {
                    statement: "见材料".into(),
                    costs_fen: Some(2_000_000),
                    account: Some(account),
                    place: "美国".into(),
                    ending: Some(if trigger.must_win() { Ending::Won } else { Ending::Lost }),
                    is_defender: Some(trigger.must_defend()),
                    compensation_fen: Some(500_000),
                };
                cases::write(&city.installation, &firm, id, &written, now()).await.unwrap();
                let aid = city.act_as(&firm, id, Act::Submit, &Said::default()).await.unwrap();
                assert_eq!(aid.amount_fen(), Some(750_000), "half of what the compensation leaves of the costs");
                let gate = aid.facts.gates.iter().find(|gate| gate.name == "维权情形").unwrap();
                assert!(gate.outcome == cases::Outcome::Strict && gate.basis == trigger.clause(), "{gate:?}");
                city.act("clerk", id, Act::Accept, "").await.unwrap();
                let done = city.act("clerk", id, Act::Pass, "").await;
                let refusal = done.as_ref().map_or_else(ToString::to_string, |_| String::new());
                if refusal.contains("写明核实了什么") {
                    city.act("clerk", id, Act::Pass, "已对照文书").await.unwrap();
                    decided += 1;
                    break;
                }
                assert!(refusal.contains("高新技术企业"), "{refusal}");
            }
            assert_eq!(decided, 1, "{trigger:?}: no high-tech enterprise was found");
        }
        city.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_1_5_2_an_invention_granted_abroad_again_has_what_is_left_of_its_cap() {
    let city = City::alone().await;
    let drafted = items::all(city.db()).await.unwrap().into_iter().find(|item| item.award == "pct-grant").unwrap();
    assert_eq!(drafted.terms.cap_per_invention_fen, Some(3_000_000));
    items::issue(&city.installation, &city.policy, city.of("clerk2"), (drafted.id, None), now()).await.unwrap();
    let pct = async |case: &Case| {
        let tried =
            cases::simulate(&city.installation, &city.policy, &drafted, &latest(&city).await, now()).await.unwrap();
        tried.into_iter().find(|one| one.subject == case.subject).unwrap()
    };
    open(&city, "pct-grant").await;
    let cases = of_award(&city, "pct-grant").await;
    assert!(!cases.is_empty(), "the demo has grants abroad");
    // Whatever was granted, no invention has more than its cap, and each its own grants only.
    for case in &cases {
        let grants: usize = case.amount.inventions.iter().map(|one| one.grants).sum();
        if case.amount.inventions.is_empty() {
            assert!(!case.amount.held.is_empty(), "{:?}", case.amount);
            continue;
        }
        assert_eq!(grants, case.facts.rights.len());
        for one in &case.amount.inventions {
            assert_eq!(one.fen, (one.grants as i64 * 2_000_000).min(3_000_000), "{one:?}");
        }
        assert_eq!(pct(case).await.amount.inventions, case.amount.inventions);
    }
}

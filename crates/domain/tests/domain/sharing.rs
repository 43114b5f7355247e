//! Money that does not suffice, shared in proportion on both databases; and what came of the money that was paid.

use domain::cases::{Act, Case, State};
use domain::proration::{self, Stage};
use domain::{Error, budget, items, payments};
use jiff::civil::date;

use crate::delivery::{City, now};

const SOURCE: &str = "市级知识产权专项资金";

impl City {
    /// Sets the budget of the stars, and takes the money that is for anything away.
    async fn stars_have(&self, fen: i64) -> i64 {
        let finance = self.of("finance");
        let basis = "云财预〔2024〕9号";
        budget::set(self.db(), finance, (2024, SOURCE, ""), (0, basis), now()).await.unwrap();
        budget::set(self.db(), finance, (2024, SOURCE, "innovation-star"), (fen, basis), now()).await.unwrap()
    }

    async fn propose(&self, line: i64) -> Result<i64, Error> {
        proration::propose(&self.installation, self.of("finance"), line, "年度指标已下达完毕，无法追加", now()).await
    }
}

/// Three stars whose notice is over; the others are taken back.
async fn noticed(city: &City) -> Vec<Case> {
    let waiting = city.cases(State::Notified).await;
    for case in &waiting[3..] {
        let firm = city.firm(case);
        let said = domain::cases::Said { note: "不要".into(), ..Default::default() };
        city.act_as(&firm, case.id, Act::Withdraw, &said).await.unwrap();
    }
    for case in &waiting[..3] {
        city.listed(case).await;
    }
    city.notice("innovation-star").await;
    city.move_to(date(2024, 3, 8)).await;
    let mut cases = city.cases(State::Noticed).await;
    cases.sort_by_key(|case| case.id);
    cases
}

#[tokio::test(flavor = "multi_thread")]
async fn all_get_their_part_to_the_fen_in_writing_and_by_two() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let cases = noticed(&city).await;
        let total: i64 = cases.iter().filter_map(Case::amount_fen).sum();
        let line = city.stars_have(total).await;
        assert!(city.propose(line).await.unwrap_err().to_string().contains("够付"), "{}", database.name);
        let line = city.stars_have(total - 1_000_001).await;
        let mute = proration::propose(&city.installation, city.of("finance"), line, " ", now()).await;
        assert!(mute.unwrap_err().to_string().contains("写明"));
        let clerk = proration::propose(&city.installation, city.of("clerk"), line, "x", now()).await;
        assert!(matches!(clerk, Err(Error::Forbidden(_))));
        let id = city.propose(line).await.unwrap();
        assert!(city.propose(line).await.unwrap_err().to_string().contains("待同意"), "one at a time");
        let agree = async |login: &str| proration::agree(&city.installation, city.of(login), id, now()).await;
        assert!(matches!(agree("finance2").await, Err(Error::Forbidden(_))), "the leaders agree");
        // What changed meanwhile is not agreed to.
        city.stars_have(total - 1_000_000).await;
        assert!(agree("leader").await.unwrap_err().to_string().contains("有了变化"));
        city.stars_have(total - 1_000_001).await;
        agree("leader").await.unwrap();
        assert!(agree("leader").await.is_err(), "once");
        let act = proration::find(city.db(), city.of("leader"), id).await.unwrap();
        assert_eq!((act.stage, act.full_fen(), act.decided_by.as_deref()), (Stage::Agreed, total, Some("leader")));
        assert_eq!(act.shares.iter().map(|one| one.share_fen).sum::<i64>(), total - 1_000_001, "to the fen");
        for share in &act.shares {
            let case = city.case(share.case_id).await;
            assert_eq!((case.state, case.amount_fen()), (State::Listed, Some(share.share_fen)), "published again");
            assert_eq!(case.amount.full_fen, Some(share.full_fen));
            assert!(case.amount.lines.last().unwrap().words.contains("按比例兑付"), "{:?}", case.amount.lines);
        }
        city.notice("innovation-star").await;
        city.move_to(date(2024, 3, 16)).await;
        for case in &cases {
            city.act("leader", case.id, Act::Approve, "同意").await.unwrap();
        }
        let lines = budget::lines(city.db()).await.unwrap();
        let stars = lines.iter().find(|one| one.id == line).unwrap();
        assert_eq!(stars.left_fen(), 0, "nothing is left and nothing is missing");
        city.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_served_first_and_no_rule_no_sharing() {
    let city = City::alone().await;
    let waiting = city.cases(State::Notified).await;
    city.listed(&waiting[0]).await;
    city.notice("innovation-star").await;
    city.move_to(date(2024, 3, 8)).await;
    let line = city.stars_have(100).await;
    let early = city.propose(line).await.unwrap_err().to_string();
    assert!(early.contains("没有走完公示") && early.contains("待企业确认"), "{early}");

    let city = City::alone().await;
    let cases = noticed(&city).await;
    city.act("leader", cases[0].id, Act::Approve, "").await.unwrap();
    let fen = cases[0].amount_fen().unwrap();
    let line = city.stars_have(fen + 100).await;
    let first = city.propose(line).await.unwrap_err().to_string();
    assert!(first.contains("1 件按全额决定"), "{first}");

    // A document that does not say so does not let it.
    let city = City::alone().await;
    let item = items::all(city.db()).await.unwrap().into_iter().find(|one| one.award == "invention-star").unwrap();
    assert!(item.terms.pays_pro_rata, "the demo's document says so");
    let mut terms = item.terms.clone();
    terms.pays_pro_rata = false;
    let clerk = city.of("clerk");
    let id = items::draft(&city.installation, &city.policy, clerk, &item.award, (terms, None), now()).await.unwrap();
    items::issue(&city.installation, &city.policy, city.of("clerk2"), (id, None), now()).await.unwrap();
    let run = domain::runs::latest(&city.installation).await.unwrap().unwrap().run;
    domain::cases::open_batch(&city.installation, &city.policy, clerk, ("invention-star", &run), now()).await.unwrap();
    let stars = city.cases(State::Notified).await.into_iter().filter(|case| case.award == "invention-star");
    let (known, held): (Vec<Case>, Vec<Case>) = stars.partition(|case| case.amount_fen() > Some(1));
    for case in known.iter().skip(2).chain(&held) {
        let said = domain::cases::Said { note: "不要".into(), ..Default::default() };
        city.act_as(&city.firm(case), case.id, Act::Withdraw, &said).await.unwrap();
    }
    for case in known.iter().take(2) {
        city.listed(case).await;
    }
    city.notice("invention-star").await;
    city.move_to(date(2024, 3, 8)).await;
    city.stars_have(100).await;
    let finance = city.of("finance");
    let line = budget::set(city.db(), finance, (2024, SOURCE, "invention-star"), (1, "云财预〔2024〕9号"), now());
    let line = line.await.unwrap();
    let without = city.propose(line).await.unwrap_err().to_string();
    assert!(without.contains("没有写明预算不足时按比例兑付"), "{without}");
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c4_2_1_effect_per_yuan_opens_to_its_cases_and_rights() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let finance = city.of("finance");
        let effect = async || {
            let all = budget::effects(city.db(), finance).await.unwrap();
            all.into_iter().find(|one| one.award == "innovation-star" && one.year == 2023).unwrap()
        };
        let before = effect().await;
        assert_eq!((before.paid_fen, before.cases, before.per_ten_thousand()), (0, 0, None), "{}", database.name);
        let case = city.cases(State::Notified).await.remove(0);
        city.listed(&case).await;
        city.notice("innovation-star").await;
        city.move_to(date(2024, 3, 8)).await;
        city.act("leader", case.id, Act::Approve, "").await.unwrap();
        let batch = payments::order(&city.installation, &city.policy, finance, &[case.id], now()).await.unwrap();
        payments::approve(&city.installation, &city.policy, city.of("finance2"), batch, now()).await.unwrap();
        let sheet = payments::send(&city.installation, &city.policy, finance, batch, now()).await.unwrap();
        city.answer(batch, &[(&sheet.rows[0][0].text(), "成功", "")]).await.unwrap();
        let after = effect().await;
        let (fen, rights) = (case.amount_fen().unwrap(), case.facts.rights.len() as i64);
        assert_eq!((after.paid_fen, after.cases, after.came), (fen, 1, Some(rights)));
        assert_eq!(after.per_ten_thousand(), Some(rights * 100_000_000 / fen));
        let came = budget::came(city.db(), finance).await.unwrap();
        let rights: Vec<&String> = came.iter().map(|one| &one.what).collect();
        assert_eq!(rights, case.facts.rights.iter().collect::<Vec<_>>(), "the figure opens to its rights");
        assert!(came.iter().all(|one| one.case == case.id && one.year == 2023));
        let clerk = city.of("enterprise");
        assert!(matches!(budget::effects(city.db(), clerk).await, Err(Error::Forbidden(_))));
    }
}

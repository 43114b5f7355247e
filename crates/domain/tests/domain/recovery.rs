//! Money that came back adds up on every page: it counts in the year in which it came back, and nothing of an earlier year moves.

use std::io::Write as _;

use domain::budget::{self, Line, Year};
use domain::cases::{Act, State};
use domain::items;
use domain::payments::{self, Sum};
use jiff::civil::date;

use crate::delivery::{City, now};

async fn line(city: &City) -> Line {
    let lines = budget::lines(city.db()).await.unwrap();
    lines.into_iter().find(|line| line.award == "innovation-star").unwrap()
}

/// Makes the star's money a policy subsidy, as it is while no document exempts it.
async fn subsidised(city: &City) {
    let all = items::all(city.db()).await.unwrap();
    let mut terms = all.into_iter().find(|item| item.award == "innovation-star").unwrap().terms;
    terms.subsidy = None;
    let (installation, policy, award) = (&city.installation, &city.policy, "innovation-star");
    let id = items::draft(installation, policy, city.of("clerk"), award, (terms, None), now()).await.unwrap();
    items::issue(installation, policy, city.of("clerk2"), (id, None), now()).await.unwrap();
    let mut tx = city.db().begin().await.unwrap();
    let newest = "update award_case set item_id = $1 where award = 'innovation-star'";
    db::with_conn!(&mut tx, conn => sqlx::query(newest).bind(id).execute(conn).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
}

async fn year(city: &City, year: i64) -> Year {
    let board = budget::board(&city.installation, &city.policy, now()).await.unwrap();
    board.into_iter().find(|one| one.year == year).unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_1_3_1_what_is_recovered_counts_in_the_year_it_came_back() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        subsidised(&city).await;
        let waiting = city.cases(State::Notified).await;
        let mut two = Vec::new();
        for case in &waiting[..2] {
            two.push(city.listed(case).await);
        }
        let [one, other] = [&two[0], &two[1]];
        city.decided("innovation-star", &[one.id, other.id], date(2024, 3, 8)).await;
        let (batch, rows) = city.sent(&[one.id, other.id]).await;
        let answer: Vec<_> = rows.iter().map(|(number, _)| (&**number, "成功", "")).collect();
        city.answer(batch, &answer).await.unwrap();
        let (fen, both) = (one.amount_fen().unwrap(), one.amount_fen().unwrap() + other.amount_fen().unwrap());
        let before = year(&city, 2024).await;
        assert_eq!((before.subsidy_fen, before.recovered_fen, before.net_fen()), (Some(both), Some(0), Some(both)));

        city.act("leader", one.id, Act::Reclaim, "专利被宣告全部无效").await.unwrap();
        for day in [date(2024, 5, 1), date(2024, 6, 20), date(2024, 8, 10), date(2024, 9, 30)] {
            city.move_to(day).await;
        }
        for day in [date(2024, 11, 20), date(2025, 1, 9)] {
            city.move_to(day).await;
        }
        city.act("finance", one.id, Act::Recover, "").await.unwrap();

        let line = line(&city).await;
        assert_eq!((line.paid_fen, line.recovered_fen, line.net_fen()), (both, fen, both - fen), "{}", database.name);
        assert_eq!(line.left_fen(), line.amount_fen - both, "what came back is not spent again out of the old line");
        assert_eq!(year(&city, 2024).await, before, "a closed year keeps its share and its alarm");
        let after = year(&city, 2025).await;
        assert_eq!((after.subsidy_fen, after.recovered_fen, after.net_fen()), (Some(0), Some(fen), Some(-fen)));

        let finance = city.of("finance");
        let arrived = payments::arrived(city.db(), &city.policy, finance).await.unwrap();
        let back = arrived.iter().find(|row| row.case_id == one.id).unwrap();
        assert_eq!((back.amount_fen, back.recovered_fen, back.net_fen()), (fen, fen, 0));
        assert_eq!((&*back.answered_on, &*back.recovered_on), ("2024-03-08", "2025-01-09"));
        let uses = budget::uses(city.db(), finance).await.unwrap();
        let used = uses.iter().find(|row| row.case_id == one.id).unwrap();
        assert_eq!((&*used.state, &*used.paid_on, used.recovered_fen), ("paid", "2024-03-08", fen));
        assert_eq!(&*used.recovered_on, "2025-01-09");
        let kept = uses.iter().find(|row| row.case_id == other.id).unwrap();
        assert_eq!((kept.recovered_fen, &*kept.recovered_on), (0, ""));
        assert_eq!(payments::of_case(city.db(), one.id).await.unwrap()[0].zh(), "已追回");
        let effects = budget::effects(city.db(), finance).await.unwrap();
        let net: i64 = effects.iter().map(|one| one.paid_fen).sum();
        assert_eq!(net, both - fen, "effect is of the money that stayed");
        // What this test changed behind the program is all that is found.
        let faults = city.faults().await;
        assert!(faults.iter().all(|fault| fault.contains("政策事项版次")), "{faults:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_held_against_the_bank_to_the_fen_and_says_what_could_not_be_checked() {
    let city = City::alone().await;
    let waiting: Vec<_> = city.cases(State::Notified).await.into_iter().take(3).collect();
    for case in &waiting {
        city.listed(case).await;
    }
    let ids: Vec<i64> = waiting.iter().map(|case| case.id).collect();
    city.decided("innovation-star", &ids, date(2024, 3, 8)).await;
    let finance = city.of("finance");
    let batch = payments::order(&city.installation, &city.policy, finance, &ids[..1], now()).await.unwrap();
    assert_eq!(payments::batch(city.db(), finance, batch).await.unwrap().reconciliation(), None, "not sent yet");
    payments::cancel(&city.installation, finance, batch, now()).await.unwrap();
    let (batch, rows) = city.sent(&ids).await;
    let stands = async || payments::batch(city.db(), finance, batch).await.unwrap().reconciliation().unwrap();
    let fen: Vec<i64> =
        rows.iter().map(|(_, yuan)| terms::Money::parse(yuan, terms::MoneyUnit::Yuan).unwrap().fen).collect();
    let sum = |of: &[i64]| Sum { count: of.len(), fen: of.iter().sum() };
    let all = stands().await;
    assert_eq!((all.sent, all.answered(), all.open, all.difference_fen()), (sum(&fen), sum(&[]), sum(&fen), 0));

    // With amounts: one arrives, one comes back. A fen too much is refused.
    let answer = async |rows: &str| {
        let mut file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        write!(file, "付款编号,结果,金额（元）\n{rows}").unwrap();
        payments::take_answer(&city.installation, finance, batch, file.path(), now()).await
    };
    let wrong = format!("{},成功,{}.01\n", rows[0].0, fen[0] / 100);
    assert!(answer(&wrong).await.unwrap_err().to_string().contains("制单是"));
    let [first, second, third] = [0, 1, 2].map(|place: usize| rows[place].clone());
    let taken = answer(&format!("{},成功,{}\n{},失败,{}\n", first.0, first.1, second.0, second.1)).await.unwrap();
    assert_eq!((taken.paid, taken.failed, taken.unchecked), (1, 1, 0));
    let all = stands().await;
    assert_eq!((all.arrived, all.failed, all.open), (sum(&fen[..1]), sum(&fen[1..2]), sum(&fen[2..])));
    assert_eq!((all.unchecked, all.difference_fen()), (sum(&[]), 0));
    // Without: it is taken, and says that the amount was not checked.
    let taken = answer(&format!("{},成功,\n", third.0)).await.unwrap();
    assert_eq!((taken.paid, taken.unchecked), (1, 1));
    let all = stands().await;
    assert_eq!((all.open, all.unchecked, all.difference_fen()), (sum(&[]), sum(&fen[2..]), 0));
    city.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clause_c3_1_3_2_a_share_that_rises_lights_the_alarm_and_unknown_years_are_not_zero() {
    let city = City::alone().await;
    // The demo's books: 80 %, 62.5 %, then 65.1 % of a smaller budget, although less was paid.
    let of = [year(&city, 2021).await, year(&city, 2022).await, year(&city, 2023).await];
    assert_eq!(of.each_ref().map(Year::share), [Some(8_000), Some(6_250), Some(6_511)]);
    assert_eq!(of.each_ref().map(|one| one.rose), [None, Some(false), Some(true)]);
    assert!(of[0].subsidy_fen > of[1].subsidy_fen && of[1].subsidy_fen > of[2].subsidy_fen);
    let finance = city.of("finance");
    let set = async |year: i64, fen| {
        budget::set(city.db(), finance, (year, "省级专项资金", ""), (fen, "苏财〔2020〕1号"), now()).await.unwrap()
    };
    let id = set(2020, 100_000_000).await;
    let unknown = year(&city, 2020).await;
    assert_eq!((unknown.budget_fen, unknown.subsidy_fen, unknown.net_fen()), (Some(100_000_000), None, None));
    assert_eq!((unknown.share(), year(&city, 2021).await.rose), (None, None), "nothing to compare with");
    let earlier = async |fen| budget::set_earlier(city.db(), finance, id, fen, now()).await;
    assert!(earlier(100_000_001).await.unwrap_err().to_string().contains("不能超过"));
    assert!(matches!(
        budget::set_earlier(city.db(), city.of("clerk"), id, 1, now()).await,
        Err(domain::Error::Forbidden(_))
    ));
    earlier(90_000_000).await.unwrap();
    assert_eq!((year(&city, 2020).await.share(), year(&city, 2021).await.rose), (Some(9_000), Some(false)));
    let lines = budget::lines(city.db()).await.unwrap();
    assert_eq!(lines.iter().find(|line| line.id == id).unwrap().left_fen(), 10_000_000);
    let below =
        budget::set(city.db(), finance, (2020, "省级专项资金", ""), (80_000_000, "苏财〔2020〕2号"), now()).await;
    assert!(below.unwrap_err().to_string().contains("不能低于"), "nor below what the books say was paid");
    // This year the city pays by this program, so nothing paid is nothing.
    assert_eq!(year(&city, 2024).await.subsidy_fen, Some(0));
}

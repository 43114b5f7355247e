//! What the bank had called arrived comes back days later (退汇), is paid once more to another account, and adds up on every page.

use domain::cases::{Act, Receiving, Said, State};
use domain::payments::{self, Return, Stage, Sum};
use domain::{Error, budget};
use jiff::civil::date;

use crate::delivery::{City, now, refused};

impl City {
    async fn send_back(&self, login: &str, batch: i64, number: &str, day: i8) -> Result<(), Error> {
        let said = Return { number, on: date(2024, 3, day), reason: "账户已销户，银行退汇通知 17 号" };
        payments::send_back(&self.installation, self.of(login), batch, said, now()).await
    }

    /// What arrived in the year; a document exempts this award's money from being a policy subsidy.
    async fn arrived(&self) -> Option<i64> {
        let board = budget::board(&self.installation, &self.policy, now()).await.unwrap();
        board.iter().find(|year| year.year == 2024).unwrap().other_fen
    }

    /// Takes in an answer with an amount.
    async fn answer_of(
        &self,
        batch: i64,
        (number, result, amount): (&str, &str, &str),
    ) -> Result<payments::Answered, Error> {
        let file = self.installation.dir().join("amounts.csv");
        std::fs::write(&file, format!("付款编号,结果,金额（元）,日期\n{number},{result},{amount},2024-03-08\n"))
            .unwrap();
        payments::take_answer(&self.installation, self.of("finance"), batch, &file, now()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_after_it_had_arrived_is_paid_once_more() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let case = city.cases(State::Notified).await.remove(0);
        let fen = case.amount_fen().unwrap();
        city.listed(&case).await;
        city.decided("innovation-star", &[case.id], date(2024, 3, 8)).await;
        let (batch, rows) = city.sent(&[case.id]).await;
        let (number, amount) = (&*rows[0].0, &*rows[0].1);
        refused(city.send_back("finance", batch, number, 8).await, "没有到账");
        city.answer(batch, &[(number, "成功", "")]).await.unwrap();
        city.act("clerk", case.id, Act::Archive, "").await.unwrap();

        // The first answer had no amount. It may come later, and only the right one.
        let bank = async |id: i64| {
            let batch = payments::batch(city.db(), city.of("finance"), id).await.unwrap();
            assert_eq!(batch.stage, Stage::Closed);
            batch.reconciliation().unwrap()
        };
        assert_eq!(bank(batch).await.unchecked, Sum { count: 1, fen });
        refused(city.answer_of(batch, (number, "成功", "1.00")).await, "制单是");
        assert_eq!(bank(batch).await.unchecked.count, 1, "a wrong amount is not kept");
        let later = city.answer_of(batch, (number, "成功", amount)).await.unwrap();
        assert_eq!((later.amounts, later.paid, later.unchanged), (1, 0, 0));
        assert_eq!((bank(batch).await.unchecked.count, bank(batch).await.arrived), (0, Sum { count: 1, fen }));
        city.is_sound().await;

        // It comes back: on a day that can be, with a reason, once.
        assert_eq!(city.arrived().await, Some(fen));
        city.move_to(date(2024, 3, 12)).await;
        refused(city.answer(batch, &[(number, "失败", "")]).await, "请写“退汇”");
        refused(city.send_back("finance", batch, number, 7).await, "早于到账的 2024-03-08");
        refused(city.send_back("finance", batch, number, 13).await, "之后");
        refused(city.send_back("finance", batch, "ZQ0", 12).await, "不在拨付批次");
        assert!(matches!(city.send_back("clerk", batch, number, 12).await, Err(Error::Forbidden(_))));
        city.send_back("finance", batch, number, 12).await.unwrap();
        city.send_back("finance", batch, number, 12).await.unwrap();
        refused(city.send_back("finance", batch, number, 11).await, "已于 2024-03-12 登记退汇");
        let payment = payments::of_case(city.db(), case.id).await.unwrap().remove(0);
        assert_eq!(
            (payment.zh(), payment.answered_on, payment.returned_on),
            ("到账后退汇", Some(date(2024, 3, 8)), Some(date(2024, 3, 12)))
        );
        assert_eq!(city.case(case.id).await.state, State::Failed);
        let held = budget::reservation(city.db(), case.id).await.unwrap().unwrap();
        assert_eq!((held.1, held.2.as_str(), held.0.reserved_fen, held.0.paid_fen), (fen, "reserved", fen, 0));
        assert_eq!(city.arrived().await, Some(0), "it never was the enterprise's");
        let all = bank(batch).await;
        assert_eq!(
            (all.arrived.count, all.failed, all.returned, all.difference_fen()),
            (0, Sum { count: 1, fen }, Sum { count: 1, fen }, 0)
        );
        city.is_sound().await;

        // Paid again to another account: who entered the return is not the second pair of eyes.
        let account =
            Receiving { holder: case.name.clone(), bank: "工商银行".into(), number: "6222999988887777".into() };
        let said = Said { account: Some(account), ..Said::default() };
        city.act_as(&city.firm(&case), case.id, Act::Amend, &said).await.unwrap();
        let own =
            payments::order(&city.installation, &city.policy, city.of("finance2"), &[case.id], now()).await.unwrap();
        refused(
            payments::approve(&city.installation, &city.policy, city.of("finance"), own, now()).await,
            "您登记退汇的",
        );
        payments::cancel(&city.installation, city.of("finance2"), own, now()).await.unwrap();
        let (again, rows) = city.sent(&[case.id]).await;
        refused(
            payments::order(&city.installation, &city.policy, city.of("finance"), &[case.id], now()).await,
            "不能拨付",
        );
        city.answer(again, &[(&rows[0].0, "成功", "")]).await.unwrap();
        let paid = payments::of_case(city.db(), case.id).await.unwrap();
        let states: Vec<_> = paid.iter().map(|one| (one.state.as_str(), one.receiving.masked.len())).collect();
        assert_eq!(states.iter().filter(|(state, _)| *state == "paid").count(), 1, "{states:?}");
        assert_eq!(city.arrived().await, Some(fen));
        city.is_sound().await;

        // By the bank's file as well; what is being claimed back is entered as such.
        city.act("leader", case.id, Act::Reclaim, "材料不实").await.unwrap();
        refused(city.send_back("finance", again, &rows[0].0, 12).await, "登记追回到账");
        city.act("finance", case.id, Act::Recover, "").await.unwrap();
        refused(city.answer(again, &[(&rows[0].0, "退汇", "销户")]).await, "不能登记退汇");
        city.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_return_in_the_bank_s_file_is_a_return() {
    let city = City::alone().await;
    let waiting: Vec<_> = city.cases(State::Notified).await.into_iter().take(2).collect();
    let mut ids: Vec<i64> = waiting.iter().map(|case| case.id).collect();
    // A batch holds its payments by the number of their cases.
    ids.sort_unstable();
    for case in &waiting {
        city.listed(case).await;
    }
    city.decided("innovation-star", &ids, date(2024, 3, 8)).await;
    let (batch, rows) = city.sent(&ids).await;
    // Of a payment that was not called arrived before, a return is a failure.
    let first = city.answer(batch, &[(&rows[0].0, "成功", ""), (&rows[1].0, "退汇", "账号不存在")]).await.unwrap();
    assert_eq!((first.paid, first.failed, first.returned), (1, 1, 0));
    city.move_to(date(2024, 3, 12)).await;
    let back = [(&*rows[0].0, "退汇", "户名不符"), (&*rows[1].0, "退汇", "账号不存在")];
    let answered = city.answer(batch, &back).await.unwrap();
    assert_eq!((answered.returned, answered.unchanged), (1, 1));
    assert_eq!(city.answer(batch, &back).await.unwrap().unchanged, 2, "the same file once");
    for case in &ids {
        assert_eq!(city.case(*case).await.state, State::Failed);
    }
    let steps = domain::cases::find(city.db(), city.of("clerk"), ids[0]).await.unwrap().steps;
    assert!(steps.iter().any(|step| step.zh() == "到账后退汇" && step.note.contains("户名不符")));
    city.is_sound().await;
}

//! Of two who do the same at once one is told, in plain words, on both databases: PostgreSQL lets both read before either writes.

use domain::cases::{Act, State};
use domain::payments::{self, Stage};
use domain::{Error, budget};
use jiff::civil::date;

use crate::delivery::{City, now};

/// The one that was done, and that the others were told so in words for people.
fn one_of<T: std::fmt::Debug>(what: &str, done: impl IntoIterator<Item = Result<T, Error>>) -> T {
    let (done, refused): (Vec<_>, Vec<_>) = done.into_iter().partition(Result::is_ok);
    for error in refused.into_iter().filter_map(Result::err) {
        let words = error.to_string();
        let is_plain = ["刚刚", "现为", "不必再办", "占用"].iter().any(|word| words.contains(word));
        assert!(is_plain && !words.contains("约束") && words.ends_with('。'), "{what}: {words}");
    }
    let mut done: Vec<T> = done.into_iter().filter_map(Result::ok).collect();
    assert_eq!(done.len(), 1, "{what}: {done:?}");
    done.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_those_who_approve_order_and_answer_at_once_one_is_heard() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let waiting: Vec<_> = city.cases(State::Notified).await.into_iter().take(4).collect();
        for case in &waiting {
            city.listed(case).await;
        }
        city.notice("innovation-star").await;
        city.move_to(date(2024, 3, 8)).await;
        let ids: Vec<i64> = waiting.iter().map(|case| case.id).collect();
        for id in &ids {
            let approve = || city.act("leader", *id, Act::Approve, "同意");
            let (a, b, c, d) = tokio::join!(approve(), approve(), approve(), approve());
            one_of("approve", [a, b, c, d]);
        }
        let line = || async {
            let lines = budget::lines(city.db()).await.unwrap();
            lines.into_iter().find(|line| line.award == "innovation-star").unwrap()
        };
        let all: i64 = waiting.iter().filter_map(domain::cases::Case::amount_fen).sum();
        assert_eq!(line().await.reserved_fen, all, "{}: reserved once each", database.name);

        let (installation, policy) = (&city.installation, &city.policy);
        let (finance, second) = (city.of("finance"), city.of("finance2"));
        // The same case, and lists that share cases in either order.
        let order = |ids: Vec<i64>| async move { payments::order(installation, policy, finance, &ids, now()).await };
        let (a, b, c, d) =
            tokio::join!(order(vec![ids[0]]), order(vec![ids[0]]), order(vec![ids[0]]), order(vec![ids[0]]));
        let batch = one_of("order", [a, b, c, d]);
        let (a, b) = tokio::join!(order(vec![ids[1], ids[2]]), order(vec![ids[2]]));
        one_of("order what another orders too", [a, b]);

        let approve = || payments::approve(installation, policy, second, batch, now());
        let (a, b, c, d) = tokio::join!(approve(), approve(), approve(), approve());
        one_of("approve a batch", [a, b, c, d]);
        let send = || payments::send(installation, policy, finance, batch, now());
        let (a, b, c) = tokio::join!(send(), send(), send());
        // Who comes after has the same file; who came at the same time is told.
        let files: Vec<_> = [a, b, c].into_iter().filter_map(Result::ok).collect();
        assert!(!files.is_empty() && files.iter().all(|file| *file == files[0]));
        let number = files[0].rows[0][0].text().into_owned();
        let rows = [(&*number, "成功", "")];
        let answer = || city.answer(batch, &rows);
        let (a, b, c, d) = tokio::join!(answer(), answer(), answer(), answer());
        let answers = [a, b, c, d];
        let paid: usize = answers.iter().flatten().map(|one| one.paid).sum();
        assert_eq!(paid, 1, "{}: {answers:?}", database.name);
        for error in answers.into_iter().filter_map(Result::err) {
            assert!(error.to_string().contains("刚刚"), "{error}");
        }
        assert_eq!(payments::batch(city.db(), finance, batch).await.unwrap().stage, Stage::Closed);
        let line = line().await;
        assert_eq!(Some(line.paid_fen), waiting[0].amount_fen());
        assert_eq!(line.reserved_fen + line.paid_fen, all);
        city.is_sound().await;
    }
}

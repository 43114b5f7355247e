//! Who is told what as a case goes its way, and that what waited for somebody is over when it was done.

use domain::accounts::{self, Account, Role};
use domain::cases::{self, Act, Case, State};
use domain::messages::{self, Kind, Message};
use domain::{items, runs};
use jiff::civil::date;

use crate::delivery::{City, now};

impl City {
    /// An account of the enterprise whose case it is, which the registers of accounts did not have.
    async fn account_of(&self, login: &str, role: Role, unit: &str) -> Account {
        accounts::open(self.db(), login, "某某", role, unit, "correct-horse-9", now()).await.unwrap();
        accounts::find(self.db(), login).await.unwrap().account
    }

    async fn told(&self, account: &Account, case: i64) -> Vec<Message> {
        let path = format!("/cases/{case}");
        let all = messages::all(self.db(), account).await.unwrap();
        all.into_iter().filter(|one| one.path == path).collect()
    }

    /// The kinds of what an account was told of a case and has still before it, the first first.
    async fn waiting(&self, account: &Account, case: i64) -> Vec<Kind> {
        let told = self.told(account, case).await;
        told.iter().rev().filter(|one| one.is_unread()).map(|one| one.kind).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_is_told_of_what_concerns_him_and_nobody_of_the_rest() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let case = city.cases(State::Notified).await.remove(0);
        let firm = city.account_of("newcomer", Role::Enterprise, &case.subject).await;
        let stranger = city.account_of("stranger", Role::Enterprise, "91320621MA00000000").await;
        let nobody = city.account_of("unbound", Role::Enterprise, "").await;
        let [clerk, second, finance, science, leader] =
            ["clerk", "clerk2", "finance", "science", "leader"].map(|login| city.of(login));
        let waits = [Kind::Waits];

        city.confirm(&case).await.unwrap();
        assert_eq!(city.waiting(clerk, case.id).await, waits, "{}: either may handle it", database.name);
        assert_eq!(city.waiting(second, case.id).await, waits);
        let words = city.told(clerk, case.id).await.remove(0);
        assert!(
            words.subject.starts_with("等待办理：")
                && words.subject.ends_with("（经办审核）")
                && words.subject.contains(&case.name),
            "{words:?}"
        );
        assert!(
            words.body.contains("第") && words.body.contains("个工作日"),
            "the last day with its reason: {words:?}"
        );

        city.act("clerk", case.id, Act::Pass, "核对无误").await.unwrap();
        assert_eq!(city.waiting(clerk, case.id).await, [], "who has handled it does not look again");
        assert_eq!(city.waiting(second, case.id).await, waits);
        assert!(city.told(clerk, case.id).await[0].over_at.is_some());
        city.act("clerk2", case.id, Act::PassAgain, "").await.unwrap();
        assert_eq!(
            (city.waiting(finance, case.id).await, city.waiting(science, case.id).await),
            (waits.into(), waits.into())
        );
        city.act("finance", case.id, Act::Agree, "").await.unwrap();
        assert_eq!(city.waiting(finance, case.id).await, [], "it has spoken");
        assert_eq!(city.waiting(science, case.id).await, waits, "it has not");
        city.act("clerk", case.id, Act::Urge, "请尽快表态").await.unwrap();
        assert_eq!(city.waiting(science, case.id).await, [Kind::Waits, Kind::Urged]);
        assert_eq!(city.waiting(finance, case.id).await, [], "whoever has spoken is not called upon");
        city.act("science", case.id, Act::Agree, "").await.unwrap();

        city.notice("innovation-star").await;
        assert_eq!(city.waiting(&firm, case.id).await, [Kind::Notice]);
        city.move_to(date(2024, 3, 8)).await;
        assert_eq!(city.waiting(leader, case.id).await, waits);
        city.act("leader", case.id, Act::Approve, "同意").await.unwrap();
        assert_eq!(city.waiting(&firm, case.id).await, [Kind::Notice, Kind::Granted]);
        assert!(city.waiting(finance, case.id).await == waits, "{}: the money waits", database.name);
        for account in [&stranger, &nobody] {
            assert_eq!(messages::all(city.db(), account).await.unwrap(), [], "{}", account.login);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enterprise_is_told_of_its_new_case_once_and_reminded_before_its_last_day() {
    let city = City::alone().await;
    let run = runs::latest(&city.installation).await.unwrap().unwrap();
    let latest = runs::list(&city.installation).await.unwrap();
    let run = latest.iter().find(|one| one.as_of == "2023-12-31").map_or(run.run, |one| one.run.clone());
    let item = items::in_force(city.db(), "invention-star", date(2023, 12, 31)).await.unwrap().unwrap();
    let would = cases::simulate(&city.installation, &city.policy, &item, &run, now()).await.unwrap();
    let first = would.iter().find(|case| case.state == State::Notified).expect("a star of invention");
    let firm = city.account_of("newcomer", Role::Enterprise, &first.subject).await;
    let open = async || {
        let wanted = ("invention-star", run.as_str());
        cases::open_batch(&city.installation, &city.policy, city.of("clerk"), wanted, now()).await.unwrap()
    };
    open().await;
    open().await;
    let own = cases::all(city.db(), &firm).await.unwrap();
    let case: &Case = own.iter().find(|case| case.award == "invention-star").unwrap();
    assert_eq!(city.waiting(&firm, case.id).await, [Kind::Confirm], "once, however often it is opened");
    let due = case.due_on.unwrap();
    assert!(city.told(&firm, case.id).await[0].body.contains(&due.to_string()));

    let before = |days| due.checked_sub(jiff::Span::new().days(days)).unwrap();
    city.move_to(before(5)).await;
    assert_eq!(city.waiting(&firm, case.id).await, [Kind::Confirm], "too early");
    city.move_to(before(1)).await;
    cases::daily(&city.installation, "定时", now()).await.unwrap();
    let told = city.told(&firm, case.id).await;
    assert_eq!(city.waiting(&firm, case.id).await, [Kind::Confirm, Kind::Due], "once, however often the hour comes");
    assert!(told[0].body.contains("还有 1 天到期"), "{told:?}");
    city.move_to(due.tomorrow().unwrap()).await;
    let told = city.told(&firm, case.id).await;
    assert_eq!(city.waiting(&firm, case.id).await, [Kind::Ended], "{told:?}");
    assert!(told[0].subject.contains("逾期未确认"), "{told:?}");
}

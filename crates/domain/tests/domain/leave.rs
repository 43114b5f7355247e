//! Work handed on during a leave, on both databases: who sees it, who is told, what is recorded, and that four eyes stay four.

use domain::accounts::{self, Role};
use domain::cases::{self, Act, Case, Said, State};
use domain::{Error, delegations, messages};
use jiff::civil::date;

use crate::delivery::{City, now, refused};

impl City {
    async fn clerk_of(&self, login: &str) -> accounts::Account {
        accounts::open(self.db(), login, login, Role::Clerk, "", "correct-horse-9", now()).await.unwrap();
        accounts::find(self.db(), login).await.unwrap().account
    }

    async fn act_for(&self, login: &str, case: i64, act: Act, whom: &str) -> Result<Case, Error> {
        let said = Said { note: "已核".into(), for_whom: Some(whom.into()), ..Said::default() };
        self.act_as(self.of(login), case, act, &said).await
    }

    async fn leave(&self, from: &str, to: &str, days: (jiff::civil::Date, jiff::civil::Date)) -> Result<i64, Error> {
        delegations::name(&self.installation, self.of(from), to, days, "公休", now()).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_goes_to_the_delegate_and_nobody_reviews_what_he_handled_through_another() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let third = city.clerk_of("clerk3").await;
        let days = (date(2024, 2, 29), date(2024, 3, 8));
        let case = city.cases(State::Notified).await.remove(0);
        let unread = async |login: &str| {
            let account = accounts::find(city.db(), login).await.unwrap().account;
            let all = messages::all(city.db(), &account).await.unwrap();
            let path = format!("/cases/{}", case.id);
            all.into_iter().filter(|one| one.path == path && one.is_unread()).map(|one| one.body).collect::<Vec<_>>()
        };
        let mine = async |login: &str| {
            let account = accounts::find(city.db(), login).await.unwrap().account;
            cases::awaiting(city.db(), &account, city.installation.business_date(now())).await.unwrap()
        };
        refused(city.act_for("clerk2", case.id, Act::Urge, "clerk").await, "没有委托您代办");
        let leave = city.leave("clerk", "clerk2", days).await.unwrap();

        // Told and shown to the delegate, not to him who is away.
        city.confirm(&case).await.unwrap();
        assert_eq!(unread("clerk").await.len(), 0, "{}", database.name);
        assert!(unread("clerk2").await[0].contains("您正代") && !unread("clerk3").await[0].contains("您正代"));
        assert!(!mine("clerk").await.contains_key(&case.id));
        assert_eq!(mine("clerk2").await.get(&case.id), Some(&State::Review));

        // Handled by one for another: neither of them looks again, nor anybody in the name of either.
        let handled = city.act_for("clerk2", case.id, Act::Pass, "clerk").await.unwrap();
        assert_eq!((handled.handler.as_deref(), handled.handler_for.as_deref()), (Some("clerk2"), Some("clerk")));
        let steps = cases::find(city.db(), city.of("leader"), case.id).await.unwrap().steps;
        let last = steps.last().unwrap();
        assert_eq!(cases::acting(&last.by, Some(&last.for_whom)), "clerk2（代 clerk 办理）");
        let trail = registry::audit::recent(city.db(), None, 1).await.unwrap().remove(0);
        assert!(trail.who == "clerk2" && trail.detail.to_string().contains("\"for\":\"clerk\""), "{trail:?}");
        for login in ["clerk", "clerk2"] {
            refused(city.act(login, case.id, Act::PassAgain, "").await, "不能是同一个人");
            assert!(!mine(login).await.contains_key(&case.id), "{login}");
            assert!(unread(login).await.is_empty(), "{login}: {:?}", unread(login).await);
        }
        assert_eq!(mine("clerk3").await.get(&case.id), Some(&State::SecondReview));
        delegations::end(city.db(), city.of("clerk2"), leave, now()).await.unwrap();
        refused(city.act("clerk", case.id, Act::PassAgain, "").await, "不能是同一个人");
        let back =
            delegations::name(&city.installation, city.of("clerk"), "clerk3", days, "病假", now()).await.unwrap();
        let for_handler = Said { for_whom: Some("clerk".into()), ..Said::default() };
        refused(city.act_as(&third, case.id, Act::PassAgain, &for_handler).await, "不能是同一个人");
        let joint = city.act_as(&third, case.id, Act::PassAgain, &Said::default()).await.unwrap();
        assert_eq!((joint.reviewer.as_deref(), joint.reviewer_for), (Some("clerk3"), None));
        delegations::end(city.db(), city.of("clerk"), back, now()).await.unwrap();
        city.is_sound().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leave_has_its_days_its_delegate_and_no_chain() {
    let city = City::alone().await;
    city.clerk_of("clerk3").await;
    let days = |from: i8, until: i8| (date(2024, 3, from), date(2024, 3, until));
    let why = async |from: &str, to: &str, days| city.leave(from, to, days).await.unwrap_err().to_string();
    assert!(why("clerk", "clerk", days(4, 8)).await.contains("不能是本人"));
    assert!(why("clerk", "finance", days(4, 8)).await.contains("不办理兑现案件"));
    assert!(why("clerk", "clerk2", days(8, 4)).await.contains("核对日期"));
    assert!(why("clerk", "clerk2", (date(2024, 2, 1), date(2024, 2, 9))).await.contains("今天"));
    assert!(why("clerk", "clerk2", (date(2024, 3, 1), date(2024, 12, 1))).await.contains("最长"));
    assert!(matches!(city.leave("finance", "clerk", days(4, 8)).await, Err(Error::Forbidden(_))));
    let first = city.leave("clerk", "clerk2", days(4, 8)).await.unwrap();
    assert!(why("clerk", "clerk2", days(8, 9)).await.contains("已委托"), "one at a time");
    assert!(why("clerk2", "clerk", days(1, 4)).await.contains("自己请假"), "nobody who is away himself");
    refused_chain(&city).await;
    city.leave("clerk", "clerk2", days(11, 15)).await.unwrap();
    // Not before its first day.
    let case = city.cases(State::Notified).await.remove(0);
    city.confirm(&case).await.unwrap();
    refused(city.act_for("clerk2", case.id, Act::Pass, "clerk").await, "没有委托您代办");
    city.move_to(date(2024, 3, 8)).await;
    // Who stepped aside does not act through another, and stepping aside is everybody's own.
    refused(city.act_for("clerk2", case.id, Act::Recuse, "clerk").await, "不能代人办理");
    city.act("clerk", case.id, Act::Recuse, "亲属任职").await.unwrap();
    refused(city.act_for("clerk2", case.id, Act::Pass, "clerk").await, "回避");
    city.act("clerk2", case.id, Act::Pass, "已核").await.unwrap();
    let stranger = accounts::find(city.db(), "clerk3").await.unwrap().account;
    assert!(delegations::end(city.db(), &stranger, first, now()).await.is_err(), "another's affair");
}

async fn refused_chain(city: &City) {
    let days = (date(2024, 3, 8), date(2024, 3, 8));
    let chain = delegations::name(&city.installation, city.of("clerk2"), "clerk3", days, "公休", now()).await;
    assert!(chain.unwrap_err().to_string().contains("不能再转给别人"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stepped_aside_is_told_no_more_and_has_nothing_to_do() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        city.clerk_of("clerk3").await;
        let case = city.cases(State::Notified).await.remove(0);
        city.confirm(&case).await.unwrap();
        city.act("clerk", case.id, Act::Recuse, "亲属任职").await.unwrap();
        let clerk = city.of("clerk");
        let waiting = async || {
            let all = messages::all(city.db(), clerk).await.unwrap();
            all.into_iter().filter(|one| one.path == format!("/cases/{}", case.id) && one.is_unread()).count()
        };
        assert_eq!(waiting().await, 0, "{}", database.name);
        let mine = cases::awaiting(city.db(), clerk, city.installation.business_date(now())).await.unwrap();
        assert!(!mine.contains_key(&case.id));
        city.act("clerk2", case.id, Act::Urge, "快办").await.unwrap();
        city.act("clerk2", case.id, Act::Pass, "已核").await.unwrap();
        let third = accounts::find(city.db(), "clerk3").await.unwrap().account;
        city.act_as(&third, case.id, Act::Return, &Said { note: "再核".into(), ..Said::default() }).await.unwrap();
        assert_eq!(waiting().await, 0, "{}: neither called upon nor told of its return", database.name);
    }
}

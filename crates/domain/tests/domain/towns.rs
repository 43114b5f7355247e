//! A town looks first at what concerns its enterprises (区镇初审), where the item wants it.

use domain::accounts::{self, Account, Role};
use domain::cases::{self, Act, Case, OWN_TOWN, Said, State};
use domain::items;
use jiff::civil::date;

use crate::delivery::{City, now, refused};

/// Lets the cases of the star wait for the town beside the treasury.
async fn asks_the_town(city: &City) {
    let all = items::all(city.db()).await.unwrap();
    let mut terms = all.into_iter().find(|item| item.award == "innovation-star").unwrap().terms;
    terms.departments = vec![OWN_TOWN.into(), "财政局".into()];
    let (installation, policy) = (&city.installation, &city.policy);
    let draft = (terms, None);
    let id = items::draft(installation, policy, city.of("clerk"), "innovation-star", draft, now()).await.unwrap();
    items::issue(installation, policy, city.of("clerk2"), (id, None), now()).await.unwrap();
    let mut tx = city.db().begin().await.unwrap();
    let newest = "update award_case set item_id = $1 where award = 'innovation-star'";
    db::with_conn!(&mut tx, conn => sqlx::query(newest).bind(id).execute(conn).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_town_is_heard_about_its_own_enterprises_and_no_other() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        asks_the_town(&city).await;
        // Of two towns; nobody speaks for either yet, so that nobody would ever answer.
        let mut waiting: Vec<(Case, String)> = Vec::new();
        for case in city.cases(State::Notified).await {
            city.confirm(&case).await.unwrap();
            city.act("clerk", case.id, Act::Pass, "核对无误").await.unwrap();
            let cause = city.act("clerk2", case.id, Act::PassAgain, "").await.unwrap_err().to_string();
            let name = cause.strip_suffix("没有可用的账号，无法请它初审。请系统管理员为它开通区镇账号后再复核。");
            let name = name.unwrap_or_else(|| panic!("{cause}")).to_owned();
            if waiting.iter().all(|(_, other)| *other != name) {
                waiting.push((case, name));
            }
        }
        let [(own, name), (elsewhere, _), ..] = &waiting[..] else { panic!("{waiting:?}") };
        assert_eq!(city.case(own.id).await.state, State::SecondReview, "it waits until the town can be heard");
        accounts::open(city.db(), "their-town", "某某", Role::Town, name, "correct-horse-9", now()).await.unwrap();
        let town = accounts::all(city.db()).await.unwrap().into_iter().find(|one| one.login == "their-town").unwrap();
        let town = &town;
        let says = async |act, note: &str| {
            city.act_as(town, own.id, act, &Said { note: note.into(), ..Said::default() }).await
        };
        city.act("clerk2", own.id, Act::PassAgain, "").await.unwrap();

        let whole = cases::find(city.db(), town, own.id).await.unwrap();
        let asked: Vec<&str> = whole.opinions.iter().map(|one| one.department.as_str()).collect();
        assert!(asked.contains(&town.unit.as_str()) && asked.contains(&"财政局"), "{asked:?}");
        assert_eq!(cases::possible(town, &whole), [Act::Agree, Act::Disagree, Act::Recuse]);
        assert!(
            cases::awaiting(city.db(), town, city.installation.business_date(now()))
                .await
                .unwrap()
                .contains_key(&own.id)
        );
        let listed = cases::all(city.db(), town).await.unwrap();
        assert_eq!(listed.iter().map(|case| case.id).collect::<Vec<_>>(), [own.id], "and nobody else's");
        assert!(cases::find(city.db(), town, elsewhere.id).await.is_err());
        let other = Account { unit: "别的镇".into(), ..town.clone() };
        assert!(cases::find(city.db(), &other, own.id).await.is_err());

        city.act("finance", own.id, Act::Agree, "").await.unwrap();
        assert_eq!(city.case(own.id).await.state, State::Joint, "the treasury alone is not all");
        refused(says(Act::Disagree, "").await, "理由");
        let back = says(Act::Disagree, "现场核查：厂房已停产").await.unwrap();
        assert_eq!(back.state, State::Review);
        city.act("clerk", own.id, Act::Pass, "已与区镇核实").await.unwrap();
        city.act("clerk2", own.id, Act::PassAgain, "").await.unwrap();
        city.act("finance", own.id, Act::Agree, "").await.unwrap();
        assert_eq!(says(Act::Agree, "").await.unwrap().state, State::Listed);
        // Until it is paid; `doctor` finds the town's word among those that the item wants.
        city.decided("innovation-star", &[own.id], date(2024, 3, 8)).await;
        let (batch, rows) = city.sent(&[own.id]).await;
        let answer: Vec<_> = rows.iter().map(|(number, _)| (&**number, "成功", "")).collect();
        city.answer(batch, &answer).await.unwrap();
        assert_eq!(city.case(own.id).await.state, State::Paid);
        let faults = city.faults().await;
        assert!(
            faults.iter().all(|fault| fault.contains("政策事项版次")),
            "this test put the item under them: {faults:?}"
        );
    }
}

//! Appointments on both databases: who asks, who answers, how long one holds, and what it covers.

use std::collections::BTreeMap;

use db::Db;
use jiff::civil::date;
use registry::{BatchKind, Entry};

use super::*;
use crate::{
    accounts::{self, Role},
    organisations::{self, Kind, New},
};

const ON: &str = "2024-02-29T04:00:00Z";
const FIRM: &str = "91320682MA10000390";
const OTHER: &str = "91320621MA1MNNA37N";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

struct Office {
    installation: Installation,
    firm: Account,
    other: Account,
    agency: Account,
    rival: Account,
    clerk: Account,
    _dir: tempfile::TempDir,
}

async fn account(db: &Db, login: &str, role: Role, unit: &str) -> Account {
    accounts::open(db, login, login, role, unit, "correct-horse-9", at(ON)).await.unwrap();
    accounts::find(db, login).await.unwrap().account
}

/// Two firms and two agencies with their people.
async fn office(database: &db::test::TestDb) -> Office {
    let dir = tempfile::tempdir().unwrap();
    let (installation, _) = Installation::over(database.db.clone(), dir.path(), at(ON)).await.unwrap();
    let row = |uscc: &str, name: &str| -> BTreeMap<String, String> {
        [("uscc", uscc), ("name", name), ("region", "城东镇")].map(|(field, text)| (field.into(), text.into())).into()
    };
    let rows = [row(FIRM, "甲新材料有限公司"), row(OTHER, "乙机械有限公司")];
    let entry =
        Entry { register: "enterprises", kind: BatchKind::Entry, rows: &rows, at: at(ON), by_whom: "test", note: None };
    registry::enter(&installation.db, &entry).await.unwrap();
    let db = &installation.db;
    for name in ["知远代理", "卓识代理"] {
        let new = New { kind: Kind::Agency, name: name.into(), code: String::new(), parent: None };
        organisations::add(db, &new, "root", at(ON)).await.unwrap();
    }
    Office {
        firm: account(db, "firm", Role::Enterprise, FIRM).await,
        other: account(db, "other", Role::Enterprise, OTHER).await,
        agency: account(db, "agency", Role::Agency, "知远代理").await,
        rival: account(db, "rival", Role::Agency, "卓识代理").await,
        clerk: account(db, "clerk", Role::Clerk, "").await,
        installation,
        _dir: dir,
    }
}

fn asked(agency: &str, awards: &[&str]) -> Asked {
    Asked {
        agency: agency.into(),
        awards: awards.iter().map(|award| (*award).to_owned()).collect(),
        from_on: date(2024, 2, 1),
        until_on: date(2024, 12, 31),
        note: "请先拟好".into(),
    }
}

async fn told(db: &Db, account: &Account) -> Vec<String> {
    let all = crate::messages::all(db, account).await.unwrap();
    all.into_iter().filter(|one| one.kind == crate::messages::Kind::Appointment).map(|one| one.subject).collect()
}

#[tokio::test]
async fn an_appointment_is_asked_answered_and_ended_by_those_whose_it_is() {
    for database in db::test::databases().await {
        let office = office(&database).await;
        let (installation, now) = (&office.installation, at(ON));
        let id = ask(installation, &office.firm, &asked("知远代理", &[]), now).await.unwrap();
        for account in [&office.firm, &office.agency, &office.clerk] {
            assert_eq!(all(installation, account).await.unwrap().len(), 1, "{}: {}", database.name, account.login);
        }
        for stranger in [&office.other, &office.rival] {
            assert!(all(installation, stranger).await.unwrap().is_empty());
            let missing = [
                find(installation, stranger, id).await.err(),
                act(installation, stranger, (id, Act::End), "无关", now).await.err(),
            ];
            assert!(missing.iter().all(|why| matches!(why, Some(Error::NotFound { .. }))), "{missing:?}");
        }
        assert!(matches!(
            act(installation, &office.rival, (id, Act::Accept), "", now).await,
            Err(Error::NotFound { .. })
        ));
        for outsider in [&office.firm, &office.clerk] {
            assert!(matches!(act(installation, outsider, (id, Act::Accept), "", now).await, Err(Error::Forbidden(_))));
        }
        assert!(matches!(
            act(installation, &office.clerk, (id, Act::End), "不必", now).await,
            Err(Error::Forbidden(_))
        ));
        assert_eq!(told(&installation.db, &office.agency).await.len(), 1, "{}", database.name);
        assert!(told(&installation.db, &office.rival).await.is_empty());

        act(installation, &office.agency, (id, Act::Accept), "已安排", now).await.unwrap();
        let accepted = find(installation, &office.firm, id).await.unwrap();
        assert_eq!(accepted.state(date(2024, 2, 29)), State::Running);
        assert!(told(&installation.db, &office.firm).await[0].contains("机构已接受"));
        let again = act(installation, &office.agency, (id, Act::Decline), "反悔", now).await.unwrap_err().to_string();
        assert!(again.contains("不能再答复"), "{again}");
        let twice = ask(installation, &office.firm, &asked("知远代理", &["rights-aid"]), now).await.unwrap_err();
        assert!(twice.to_string().contains("已有委托"), "{twice}");
        assert!(act(installation, &office.agency, (id, Act::End), " ", now).await.is_err(), "a reason is owed");
        act(installation, &office.agency, (id, Act::End), "人手不足", now).await.unwrap();
        assert_eq!(find(installation, &office.agency, id).await.unwrap().state(date(2024, 2, 29)), State::Ended);
        assert!(told(&installation.db, &office.firm).await[0].contains("已结束"));
        assert!(act(installation, &office.firm, (id, Act::End), "再结束", now).await.is_err());

        let declined = ask(installation, &office.firm, &asked("知远代理", &[]), now).await.unwrap();
        assert!(
            act(installation, &office.agency, (declined, Act::Decline), "", now).await.is_err(),
            "a reason is owed"
        );
        act(installation, &office.agency, (declined, Act::Decline), "与另一家有冲突", now).await.unwrap();
        assert_eq!(find(installation, &office.firm, declined).await.unwrap().state(date(2024, 2, 29)), State::Declined);
        let withdrawn = ask(installation, &office.firm, &asked("卓识代理", &[]), now).await.unwrap();
        act(installation, &office.firm, (withdrawn, Act::End), "另有安排", now).await.unwrap();
        assert!(
            act(installation, &office.rival, (withdrawn, Act::Accept), "", now).await.is_err(),
            "it was taken back"
        );
        let acts: Vec<String> = registry::audit::recent(&installation.db, None, 100)
            .await
            .unwrap()
            .into_iter()
            .map(|entry| entry.action)
            .collect();
        for act in ["ask", "accept", "decline", "end"] {
            assert!(acts.contains(&format!("appointment.{act}")), "{}: {act}", database.name);
        }
    }
}

#[tokio::test]
async fn an_appointment_covers_its_awards_on_its_days_and_no_more() {
    for database in db::test::databases().await {
        let office = office(&database).await;
        let (installation, now) = (&office.installation, at(ON));
        let id = ask(installation, &office.firm, &asked("知远代理", &["rights-aid"]), now).await.unwrap();
        let one = find(installation, &office.firm, id).await.unwrap();
        assert!(!one.covers("rights-aid", date(2024, 2, 29)), "nobody has accepted it");
        act(installation, &office.agency, (id, Act::Accept), "", now).await.unwrap();
        let one = find(installation, &office.firm, id).await.unwrap();
        for (award, day, holds) in [
            ("rights-aid", date(2024, 1, 31), false),
            ("rights-aid", date(2024, 2, 1), true),
            ("rights-aid", date(2024, 12, 31), true),
            ("rights-aid", date(2025, 1, 1), false),
            ("project-approval", date(2024, 2, 29), false),
        ] {
            assert_eq!(one.covers(award, day), holds, "{}: {award} {day}", database.name);
        }
        let whole = ask(installation, &office.other, &asked("知远代理", &[]), now).await.unwrap();
        act(installation, &office.agency, (whole, Act::Accept), "", now).await.unwrap();
        let whole = find(installation, &office.other, whole).await.unwrap();
        assert!(whole.covers("project-approval", date(2024, 2, 29)));
    }
}

#[tokio::test]
async fn what_cannot_be_asked_says_why() {
    for database in db::test::databases().await {
        let office = office(&database).await;
        let (installation, now) = (&office.installation, at(ON));
        let good = asked("知远代理", &[]);
        for (wrong, word) in [
            (Asked { agency: "没有的机构".into(), ..good.clone() }, "请选择要委托的服务机构"),
            (Asked { awards: vec!["no-such".into()], ..good.clone() }, "没有事项"),
            (Asked { until_on: date(2024, 1, 31), ..good.clone() }, "请核对日期"),
            (Asked { until_on: date(2024, 2, 28), ..good.clone() }, "请核对日期"),
            (Asked { until_on: date(2027, 2, 2), ..good.clone() }, "最长 3 年"),
            (Asked { note: "字".repeat(501), ..good.clone() }, "500"),
        ] {
            let why = ask(installation, &office.firm, &wrong, now).await.unwrap_err().to_string();
            assert!(why.contains(word), "{}: {why}", database.name);
        }
        for other in [&office.agency, &office.clerk] {
            assert!(matches!(ask(installation, other, &good, now).await, Err(Error::Forbidden(_))));
        }
        let unbound = Account { unit: String::new(), ..office.firm.clone() };
        assert!(ask(installation, &unbound, &good, now).await.is_err());
        assert!(all(installation, &unbound).await.unwrap().is_empty(), "who belongs nowhere sees nobody's");
    }
}

//! An agency acts for an enterprise: it writes and adds papers in what it was appointed for, hands over, and never hands in.

use domain::Error;
use domain::accounts::Account;
use domain::appointments::{self, Asked};
use domain::cases::{self, About, Act, Receiving, State, Work, Written};
use domain::items::aid::{Ending, Trigger};
use domain::messages;
use jiff::civil::date;

use crate::delivery::{City, now, refused};

const WIN: About<'_> = About {
    award: "rights-aid",
    matter: "（2023）苏民终88号",
    event: date(2023, 11, 2),
    trigger: Some(Trigger::DomesticWin),
};

const PDF: &[u8] = b"%PDF-1.4 what the agency found";

fn not_there<T: std::fmt::Debug>(done: Result<T, Error>) {
    assert!(matches!(done, Err(Error::NotFound { .. })), "{done:?}");
}

async fn drafts(city: &City, account: &Account) -> Vec<messages::Message> {
    let all = messages::all(city.db(), account).await.unwrap();
    all.into_iter().filter(|one| one.kind == messages::Kind::Draft).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_prepares_and_the_enterprise_hands_in() {
    for database in db::test::databases().await {
        let city = City::new(database.db.clone()).await;
        let installation = &city.installation;
        let (firm, agency, rival) = (city.of("enterprise"), city.of("agency"), city.of("agency2"));
        let others = city.cases(State::Notified).await;
        let other = city.firm(others.iter().find(|case| case.subject != firm.unit).unwrap());
        let id = cases::begin(installation, &city.policy, firm, WIN, now()).await.unwrap();
        let foreign = cases::begin(installation, &city.policy, &other, WIN, now()).await.unwrap();

        // Only what it was appointed for, and only those that accepted.
        let seen = async |account: &Account, id| cases::preparing(installation, account, id, now()).await;
        let mine: Vec<i64> =
            cases::to_prepare(installation, agency, now()).await.unwrap().iter().map(|(case, _)| case.id).collect();
        assert_eq!(mine, [id], "{}", database.name);
        not_there(seen(agency, foreign).await);
        not_there(seen(rival, id).await);
        for door in [firm, city.of("clerk")] {
            assert!(matches!(seen(door, id).await, Err(Error::Forbidden(_))));
        }
        for stranger in [agency, rival] {
            assert!(matches!(cases::find(city.db(), stranger, id).await, Err(Error::Forbidden(_))));
            assert!(matches!(cases::all(city.db(), stranger).await, Err(Error::Forbidden(_))));
        }

        // It writes everything but where the money goes, and the enterprise sees who wrote what.
        let account = Receiving { holder: "甲".into(), bank: "银行".into(), number: "6222000011112222".into() };
        let written = Written {
            statement: "起诉仿冒者，一审胜诉".into(),
            costs_fen: Some(8_000_000),
            ending: Some(Ending::Won),
            is_defender: Some(true),
            compensation_fen: Some(0),
            ..Written::default()
        };
        let write =
            async |account: &Account, written: &Written| cases::write(installation, account, id, written, now()).await;
        refused(write(agency, &Written { account: Some(account), ..written.clone() }).await, "企业自己填写");
        not_there(write(rival, &written).await);
        refused(cases::hand_over(installation, agency, id, "", now()).await, "还没有填写");
        write(agency, &written).await.unwrap();
        let attach = async |account: &Account, kind: &str| {
            cases::attach(installation, account, id, (kind, "文件.pdf", PDF), now()).await
        };
        attach(agency, "生效裁判文书").await.unwrap();
        attach(firm, "权利归属证明").await.unwrap();
        not_there(attach(rival, "费用发票和付款凭证").await);
        let (course, waits) = cases::prepared(city.db(), firm, id).await.unwrap();
        assert!(!waits && course.iter().all(|one| one.agency == agency.unit && one.by == agency.name), "{course:?}");
        let wrote = course.iter().find(|one| one.work == Work::Write).unwrap();
        assert!(wrote.changes.iter().any(|one| one.field == "情况说明" && one.after.contains("一审胜诉")), "{wrote:?}");
        let steps = cases::find(city.db(), firm, id).await.unwrap().steps;
        assert!(steps.iter().any(|step| step.act == "write" && step.by == agency.login));

        // It opens and takes out its own papers and no other.
        let draft = seen(agency, id).await.unwrap();
        assert!(draft.case.account.is_none() && draft.can_write());
        let of = |kind: &str| draft.papers.iter().find(|(paper, _)| paper.kind == kind).unwrap();
        let (own, theirs) = (of("生效裁判文书"), of("权利归属证明"));
        assert!(own.1 && !theirs.1);
        let (_, bytes) = cases::prepared_paper(installation, agency, (id, own.0.id), now()).await.unwrap();
        assert_eq!(bytes, PDF);
        not_there(cases::prepared_paper(installation, agency, (id, theirs.0.id), now()).await);
        not_there(cases::detach(installation, agency, (id, theirs.0.id), now()).await);
        cases::detach(installation, agency, (id, own.0.id), now()).await.unwrap();
        attach(agency, "生效裁判文书").await.unwrap();

        // Handed over, sent back, handed over again; the other side is told each time.
        assert!(cases::send_back(installation, firm, id, "改", now()).await.is_err(), "nothing waits");
        cases::hand_over(installation, agency, id, "请核对费用", now()).await.unwrap();
        refused(write(agency, &written).await, "企业退回后");
        refused(attach(agency, "费用发票和付款凭证").await, "企业退回后");
        refused(cases::send_back(installation, firm, id, " ", now()).await, "要改什么");
        not_there(cases::send_back(installation, &other, id, "改", now()).await);
        assert!(drafts(&city, firm).await[0].body.contains("请核对费用"));
        cases::send_back(installation, firm, id, "费用少写一万", now()).await.unwrap();
        assert!(drafts(&city, agency).await[0].body.contains("费用少写一万") && drafts(&city, rival).await.is_empty());
        refused(cases::hand_over(installation, agency, id, "", now()).await, "还没有填写");
        write(agency, &Written { costs_fen: Some(9_000_000), ..written.clone() }).await.unwrap();
        cases::hand_over(installation, agency, id, "", now()).await.unwrap();

        // Handing in is the enterprise's.
        for account in [agency, rival] {
            let said = cases::Said::default();
            assert!(matches!(city.act_as(account, id, Act::Submit, &said).await, Err(Error::Forbidden(_))));
        }
        let name = cases::find(city.db(), firm, id).await.unwrap().case.name;
        let account = Receiving { holder: name, bank: "银行".into(), number: "6222000011112222".into() };
        let whole = Written { account: Some(account), costs_fen: Some(9_000_000), ..written.clone() };
        write(firm, &whole).await.unwrap();
        attach(firm, "费用发票和付款凭证").await.unwrap();
        let handed_in = city.act("enterprise", id, Act::Submit, "").await.unwrap();
        assert_eq!(handed_in.state, State::Submitted, "{}", database.name);
        let followed = seen(agency, id).await.expect("it follows what it prepared");
        assert!(followed.case.account.is_none() && !followed.can_write());
        assert!(write(agency, &written).await.is_err());

        // What is to be completed is its turn again; after the end nothing is there.
        city.act("clerk", id, Act::Ask, "请补充付款凭证").await.unwrap();
        assert!(seen(agency, id).await.unwrap().can_write());
        write(agency, &Written { statement: "补充".into(), ..written.clone() }).await.unwrap();
        cases::hand_over(installation, agency, id, "", now()).await.unwrap();
        let running = appointments::all(installation, agency).await.unwrap().remove(0);
        appointments::act(installation, firm, (running.id, appointments::Act::End), "自己办理", now()).await.unwrap();
        not_there(seen(agency, id).await);
        not_there(write(agency, &written).await);
        not_there(attach(agency, "费用发票和付款凭证").await);
        assert!(cases::to_prepare(installation, agency, now()).await.unwrap().is_empty());
        refused(cases::send_back(installation, firm, id, "再改", now()).await, "委托已经结束");
        assert!(!cases::prepared(city.db(), firm, id).await.unwrap().0.is_empty(), "what was written stays");

        // Outside its scope, and after its last day, neither.
        let asked = Asked {
            agency: agency.unit.clone(),
            awards: vec!["project-approval".into()],
            from_on: date(2024, 2, 1),
            until_on: date(2024, 3, 10),
            note: String::new(),
        };
        let narrow = appointments::ask(installation, firm, &asked, now()).await.unwrap();
        appointments::act(installation, agency, (narrow, appointments::Act::Accept), "", now()).await.unwrap();
        not_there(seen(agency, id).await);
        let about = About {
            award: "project-approval",
            matter: "国科发资〔2023〕90号",
            event: date(2023, 11, 2),
            trigger: None,
        };
        let within = cases::begin(installation, &city.policy, firm, about, now()).await.unwrap();
        assert!(seen(agency, within).await.is_ok());
        city.move_to(date(2024, 3, 11)).await;
        not_there(seen(agency, within).await);
        city.is_sound().await;
    }
}

//! Offers and answers on both databases: whose patents they are, who sees them, and what is kept of them.

use db::Db;
use jiff::civil::date;
use registry::{BatchKind, Entry};

use super::*;
use crate::{
    accounts::{self, Role},
    matching::{self, Asked, Candidate, Kind as About, NewStep, Stage},
    messages,
    organisations::{self, Kind, New},
};

const ON: &str = "2024-02-29T04:00:00Z";
const TODAY: Date = date(2024, 2, 29);
const FIRM: &str = "91320682MA10000390";
const CODE: &str = "91320621MA1MNNA37N";
/// Of the university; sold; ended and revived; another's; bought, by its code.
const NUMBERS: [&str; 5] = ["2013106997442", "2012205051137", "201410000001X", "2010102984204", "2015100000012"];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn enter(installation: &Installation, register: &str, rows: &[&[(&str, &str)]]) {
    let row = |cells: &&[(&str, &str)]| -> BTreeMap<String, String> {
        cells.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    let entry = Entry { register, kind: BatchKind::Entry, rows: &rows, at: at(ON), by_whom: "test", note: None };
    registry::enter(&installation.db, &entry).await.unwrap();
}

struct Town {
    installation: Installation,
    university: Account,
    rival: Account,
    firm: Account,
    clerk: Account,
    _dir: tempfile::TempDir,
}

async fn account(db: &Db, login: &str, role: Role, unit: &str) -> Account {
    accounts::open(db, login, login, role, unit, "correct-horse-9", at(ON)).await.unwrap();
    accounts::find(db, login).await.unwrap().account
}

/// A number with its check character.
fn number(of: &str) -> String {
    let complete = |check: char| format!("{}{check}", &of[..of.len() - 1]);
    let sound = |text: &String| text.parse::<terms::ApplicationNumber>().is_ok();
    "0123456789X".chars().map(complete).find(sound).unwrap()
}

async fn town(database: &db::test::TestDb) -> Town {
    let dir = tempfile::tempdir().unwrap();
    let (installation, _) = Installation::over(database.db.clone(), dir.path(), at(ON)).await.unwrap();
    enter(&installation, "enterprises", &[&[("uscc", FIRM), ("name", "甲新材料有限公司"), ("region", "城东镇")]]).await;
    let numbers = NUMBERS.map(number);
    let patent = |place: usize, owner: &'static str| {
        [
            ("application_number", numbers[place].clone()),
            ("title", format!("一种装置{place}")),
            ("filed_on", "2013-12-18".to_owned()),
            ("granted_on", "2016-05-04".to_owned()),
            ("patentees", owner.to_owned()),
        ]
    };
    let rows = [
        patent(0, "江左大学"),
        patent(1, "江左大学"),
        patent(2, "江左大学"),
        patent(3, "东淮理工大学"),
        patent(4, "某公司"),
    ];
    for row in &rows {
        let row: Vec<(&str, &str)> = row.iter().map(|(field, text)| (*field, text.as_str())).collect();
        enter(&installation, "patents", &[&row]).await;
    }
    let event = |place: usize, kind: &'static str, on: &'static str, party: &'static str, code: &'static str| {
        let mut cells = vec![
            ("application_number", numbers[place].clone()),
            ("kind", kind.to_owned()),
            ("effective_on", on.to_owned()),
        ];
        if kind == "转让" {
            cells.extend([
                ("registered_on", on.to_owned()),
                ("party", party.to_owned()),
                ("party_uscc", code.to_owned()),
            ]);
        }
        cells
    };
    for cells in [
        event(1, "转让", "2020-01-01", "某公司", ""),
        event(2, "终止", "2021-01-01", "", ""),
        event(4, "转让", "2022-01-01", "江左大学（南京）", CODE),
    ] {
        let row: Vec<(&str, &str)> = cells.iter().map(|(field, text)| (*field, text.as_str())).collect();
        enter(&installation, "patent-events", &[&row]).await;
    }
    let db = &installation.db;
    for (name, code) in [("江左大学", CODE), ("东淮理工大学", "")] {
        let new = New { kind: Kind::University, name: name.into(), code: code.into(), parent: None };
        organisations::add(db, &new, "root", at(ON)).await.unwrap();
    }
    Town {
        university: account(db, "university", Role::University, "江左大学").await,
        rival: account(db, "rival", Role::University, "东淮理工大学").await,
        firm: account(db, "firm", Role::Enterprise, FIRM).await,
        clerk: account(db, "clerk", Role::Clerk, "").await,
        installation,
        _dir: dir,
    }
}

fn terms() -> Terms {
    Terms {
        forms: vec![ContractKind::Licence, ContractKind::Cooperation],
        field: "动力电池".into(),
        price_fen: None,
        contact: "转化中心 025-1".into(),
        until: date(2024, 12, 31),
        note: String::new(),
    }
}

#[tokio::test]
async fn own_patents_are_those_that_the_register_leaves_with_the_university() {
    for database in db::test::databases().await {
        let town = town(&database).await;
        let own = patents(&town.installation, None, &town.university, at(ON)).await.unwrap();
        let mut standing: Vec<(String, Standing)> =
            own.into_iter().map(|one| (one.application_number, one.standing)).collect();
        standing.sort();
        let mut expected = vec![
            (number(NUMBERS[0]), Standing::InForce),
            (number(NUMBERS[2]), Standing::Ended),
            (number(NUMBERS[4]), Standing::InForce),
        ];
        expected.sort();
        assert_eq!(standing, expected, "{}", database.name);
        for other in [&town.firm, &town.clerk] {
            assert!(matches!(patents(&town.installation, None, other, at(ON)).await, Err(Error::Forbidden(_))));
        }
        let unbound = Account { unit: String::new(), ..town.university.clone() };
        assert!(patents(&town.installation, None, &unbound, at(ON)).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn an_offer_is_kept_version_by_version_and_seen_once_it_is_published() {
    for database in db::test::databases().await {
        let town = town(&database).await;
        let (installation, now, one) = (&town.installation, at(ON), number(NUMBERS[0]));
        let put = async |number: &str, publishes: bool, terms: &Terms| {
            keep(installation, None, &town.university, (number, publishes), terms, now).await
        };
        for (of, word) in [(NUMBERS[1], "没有找到"), (NUMBERS[3], "没有找到"), (NUMBERS[2], "已经失效")] {
            let why = put(&number(of), true, &terms()).await.unwrap_err().to_string();
            assert!(why.contains(word), "{}: {why}", database.name);
        }
        let id = put(&one, false, &terms()).await.unwrap();
        let seen = async |account: &Account| offer(installation, account, id, now).await;
        for other in [&town.firm, &town.clerk, &town.rival] {
            assert!(matches!(seen(other).await, Err(Error::NotFound { .. })), "a draft: {}", other.login);
            assert!(offers(installation, other, now).await.unwrap().is_empty());
        }
        assert!(signs(&installation.db, TODAY).await.unwrap().is_empty());
        assert_eq!(put(&one, true, &terms()).await.unwrap(), id, "the same offer");
        let same = put(&one, true, &terms()).await.unwrap_err().to_string();
        assert!(same.contains("没有变化"), "{same}");
        let priced = Terms { price_fen: Some(30_000_000), ..terms() };
        put(&one, true, &priced).await.unwrap();
        let (shown, versions) = seen(&town.firm).await.unwrap();
        assert_eq!((shown.latest.version, versions.len()), (3, 1), "others see the one that holds");
        assert_eq!(seen(&town.university).await.unwrap().1.len(), 3);
        assert!(matches!(seen(&town.rival).await, Err(Error::NotFound { .. })), "{}", database.name);
        let sign = &signs(&installation.db, TODAY).await.unwrap()[&format!("CN{one}")][0];
        assert!(sign.offer == id && sign.words.contains("30万元") && sign.words.contains("第 3 版"), "{sign:?}");
        assert!(signs(&installation.db, date(2025, 1, 1)).await.unwrap().is_empty(), "its last day is over");

        assert!(matches!(withdraw(installation, &town.rival, id, now).await, Err(Error::NotFound { .. })));
        assert!(matches!(withdraw(installation, &town.firm, id, now).await, Err(Error::Forbidden(_))));
        withdraw(installation, &town.university, id, now).await.unwrap();
        assert!(withdraw(installation, &town.university, id, now).await.is_err());
        assert!(matches!(seen(&town.firm).await, Err(Error::NotFound { .. })), "taken back");
        put(&one, true, &priced).await.unwrap();
        assert_eq!(seen(&town.firm).await.unwrap().0.latest.version, 5, "made again");
        let acts: Vec<String> = registry::audit::recent(&installation.db, None, 100)
            .await
            .unwrap()
            .into_iter()
            .map(|entry| entry.action)
            .filter(|act| act.starts_with("offer."))
            .collect();
        assert_eq!(acts.len(), 5, "{}: {acts:?}", database.name);
    }
}

#[test]
fn what_is_wrong_with_terms_is_told_field_by_field() {
    let check = |wrong: Terms, field: &str| {
        let found: Vec<&str> = faults(&wrong, TODAY).into_iter().map(|(field, _)| field).collect();
        assert_eq!(found, [field], "{wrong:?}");
    };
    assert!(faults(&terms(), TODAY).is_empty());
    check(Terms { forms: Vec::new(), ..terms() }, "forms");
    check(Terms { field: " ".into(), ..terms() }, "field");
    check(Terms { contact: "字".repeat(201), ..terms() }, "contact");
    check(Terms { price_fen: Some(-1), ..terms() }, "price");
    check(Terms { until: date(2024, 2, 28), ..terms() }, "until");
    check(Terms { until: date(2027, 3, 1), ..terms() }, "until");
    check(Terms { note: "字".repeat(2_001), ..terms() }, "note");
    assert!(faults(&Terms { until: TODAY, ..terms() }, TODAY).is_empty(), "the day itself counts");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_demand_is_answered_without_its_budget_and_the_firm_is_told() {
    for database in db::test::databases().await {
        let town = town(&database).await;
        let (installation, now) = (&town.installation, at(ON));
        let asked = |title: &str, is_published| Asked {
            uscc: FIRM.into(),
            kind: About::Need,
            title: title.into(),
            words: "低温电池".into(),
            chain_node: String::new(),
            ipc: String::new(),
            budget_fen: Some(50_000_000),
            valid_until: date(2024, 6, 30),
            is_published,
        };
        let post = async |title: &str, is_published| {
            matching::post(installation, &town.firm, &asked(title, is_published), TODAY, now).await.unwrap()
        };
        let (hidden, open) = (post("只给自己看", false).await, post("公开征集", true).await);
        let seen = sought(installation, &town.university, now).await.unwrap();
        assert_eq!(seen.len(), 1, "{}", database.name);
        assert_eq!((seen[0].demand.id, seen[0].demand.asked.budget_fen, seen[0].is_answered), (open, None, false));
        assert!(matches!(sought_one(installation, &town.university, hidden, now).await, Err(Error::NotFound { .. })));
        for other in [&town.firm, &town.clerk] {
            assert!(matches!(sought(installation, other, now).await, Err(Error::Forbidden(_))));
        }
        let said = Said { number: number(NUMBERS[0]), words: "有样机".into(), contact: "025-1".into() };
        let reply = async |account: &Account, id, said: &Said| answer(installation, None, account, id, said, now).await;
        assert!(matches!(reply(&town.university, hidden, &said).await, Err(Error::NotFound { .. })));
        let foreign = Said { number: number(NUMBERS[3]), ..said.clone() };
        assert!(
            matches!(reply(&town.university, open, &foreign).await, Err(Error::NotFound { .. })),
            "another's patent"
        );
        for (wrong, word) in [
            (Said { words: " ".into(), ..said.clone() }, "应答内容"),
            (Said { contact: String::new(), ..said.clone() }, "联系方式"),
        ] {
            let why = reply(&town.university, open, &wrong).await.unwrap_err().to_string();
            assert!(why.contains(word), "{why}");
        }
        let id = reply(&town.university, open, &said).await.unwrap();
        assert!(
            matches!(reply(&town.university, open, &said).await, Err(Error::Field { field: "number", .. })),
            "once"
        );
        reply(&town.rival, open, &Said { number: String::new(), ..said.clone() }).await.unwrap();
        // The corpus is not there: patents of the register, and an answer about none, are each one of its own all the same.
        let other = reply(&town.university, open, &Said { number: String::new(), ..said.clone() }).await.unwrap();
        withdraw_answer(installation, &town.university, other, now).await.unwrap();
        let told = messages::all(&installation.db, &town.firm).await.unwrap();
        let told: Vec<&str> =
            told.iter().filter(|one| one.kind == messages::Kind::Answer).map(|one| one.subject.as_str()).collect();
        assert_eq!(told.len(), 3, "{}: {told:?}", database.name);
        assert_eq!(answers_to(&installation.db, &town.firm, open).await.unwrap().len(), 2);
        assert_eq!(answers(installation, &town.rival).await.unwrap().len(), 1, "one's own");
        assert!(matches!(withdraw_answer(installation, &town.rival, id, now).await, Err(Error::NotFound { .. })));
        withdraw_answer(installation, &town.university, id, now).await.unwrap();
        assert!(withdraw_answer(installation, &town.university, id, now).await.is_err());
        assert_eq!(answers_to(&installation.db, &town.firm, open).await.unwrap().len(), 1);
        reply(&town.university, open, &said).await.expect("again, once it was taken back");
        // What is taken back is closed, and stays with those who answered it.
        let later = post("又一次征集", true).await;
        reply(&town.university, later, &said).await.unwrap();
        matching::withdraw(&installation.db, &town.firm, open, now).await.unwrap();
        assert!(matches!(reply(&town.rival, open, &said).await, Err(Error::Conflict(_))));
        let seen = sought_one(installation, &town.university, open, now).await.unwrap();
        assert_eq!(
            (seen.demand.asked.title.as_str(), seen.is_answered, seen.is_open(TODAY)),
            ("公开征集", true, false)
        );
        matching::withdraw(&installation.db, &town.firm, later, now).await.unwrap();
        let of_rival = sought(installation, &town.rival, now).await.unwrap();
        assert_eq!(of_rival.iter().map(|one| one.demand.id).collect::<Vec<_>>(), [open], "what it answered itself");
        assert!(matches!(reply(&town.rival, later, &said).await, Err(Error::NotFound { .. })));
        // What is published no longer says nothing of itself any more.
        let secret = asked("只给自己看的新题目", false);
        matching::edit(installation, &town.firm, later, &secret, TODAY, now).await.unwrap();
        let seen = sought_one(installation, &town.university, later, now).await.unwrap();
        assert!(seen.is_answered && !seen.is_open(TODAY), "{}", database.name);
        assert!(!format!("{:?}", seen.demand).contains("新题目") && seen.demand.asked.words.is_empty(), "{seen:?}");
        assert!(matches!(reply(&town.university, later, &said).await, Err(Error::Conflict(_))));
        let own = answers(installation, &town.university).await.unwrap();
        let standing = own.iter().find(|one| one.demand_id == later && !one.is_withdrawn).unwrap().id;
        assert_eq!(withdraw_answer(installation, &town.university, standing, now).await.unwrap(), later);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_university_sees_the_talks_about_its_patents_and_none_of_their_notes() {
    for database in db::test::databases().await {
        let town = town(&database).await;
        let (installation, now) = (&town.installation, at(ON));
        let asked = Asked {
            uscc: FIRM.into(),
            kind: About::Need,
            title: "散热".into(),
            words: "散热".into(),
            chain_node: String::new(),
            ipc: String::new(),
            budget_fen: None,
            valid_until: date(2024, 6, 30),
            is_published: false,
        };
        let demand = matching::post(installation, &town.firm, &asked, TODAY, now).await.unwrap();
        for (key, source) in [("CN1", "江左大学"), ("CN2", "东淮理工大学")] {
            let candidate = Candidate {
                document_key: key.into(),
                application_number: String::new(),
                title: format!("装置 {key}"),
                source: source.into(),
                source_place: String::new(),
            };
            let first =
                NewStep { stage: Stage::Contact, on: TODAY, counterpart: String::new(), note: "内部意见".into() };
            matching::contact(&installation.db, &town.firm, demand, &candidate, &first, TODAY, now).await.unwrap();
        }
        let seen = deals(installation, &town.university).await.unwrap();
        assert_eq!(seen.len(), 1, "{}", database.name);
        assert_eq!((seen[0].document_key.as_str(), seen[0].stage), ("CN1", Stage::Contact));
        assert!(!format!("{seen:?}").contains("内部意见") && seen[0].next_zh().contains("约定"));
        assert!(matches!(deals(installation, &town.firm).await, Err(Error::Forbidden(_))));
    }
}

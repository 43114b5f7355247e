//! Demands, deals and contracts on both databases: whose they are, which way they go, what the register makes of them.

use std::collections::BTreeMap;

use jiff::civil::date;
use registry::{BatchKind, Entry};

use super::*;
use crate::accounts::{self, Role};

const ON: &str = "2024-02-29T04:00:00Z";
const TODAY: Date = date(2024, 2, 29);
const FIRM: &str = "91320682MA10000390";
const OTHER: &str = "91320621MA1MNNA37N";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

async fn account(db: &Db, login: &str, role: Role, unit: &str) -> Account {
    accounts::open(db, login, login, role, unit, "correct-horse-9", at(ON)).await.unwrap();
    accounts::all(db).await.unwrap().into_iter().find(|account| account.login == login).unwrap()
}

async fn enter(installation: &Installation, register: &str, rows: &[&[(&str, &str)]]) {
    let row = |cells: &&[(&str, &str)]| -> BTreeMap<String, String> {
        cells.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect()
    };
    let rows: Vec<_> = rows.iter().map(row).collect();
    let entry = Entry { register, kind: BatchKind::Entry, rows: &rows, at: at(ON), by_whom: "test", note: None };
    registry::enter(&installation.db, &entry).await.unwrap();
}

/// A city with two firms, of which the first is a high-tech enterprise.
async fn city(database: &db::test::TestDb, folder: &std::path::Path) -> Installation {
    let (installation, _) = Installation::over(database.db.clone(), folder, at(ON)).await.unwrap();
    enter(
        &installation,
        "regions",
        &[
            &[("code", "320685"), ("name", "海安市"), ("kind", "市"), ("valid_from", "2018-01-01")],
            &[("code", "320685100"), ("name", "城东镇"), ("kind", "镇"), ("valid_from", "2018-01-01")],
        ],
    )
    .await;
    enter(
        &installation,
        "enterprises",
        &[
            &[("uscc", FIRM), ("name", "甲新材料有限公司"), ("region", "城东镇")],
            &[("uscc", OTHER), ("name", "乙机械有限公司"), ("region", "城东镇")],
        ],
    )
    .await;
    let status = [("uscc", FIRM), ("kind", "高新技术企业"), ("valid_from", "2022-11-18")];
    enter(&installation, "statuses", &[&status]).await;
    installation
}

fn asked(uscc: &str, title: &str) -> Asked {
    Asked {
        uscc: uscc.into(),
        kind: Kind::Research,
        title: title.into(),
        words: "低温下倍率性能好的电池正极材料".into(),
        chain_node: String::new(),
        ipc: "H01M".into(),
        budget_fen: Some(50_000_000),
        valid_until: date(2024, 6, 30),
        is_published: false,
    }
}

fn candidate() -> Candidate {
    Candidate {
        document_key: "CN202010000001".into(),
        application_number: "2020100000011".into(),
        title: "一种正极材料".into(),
        source: "江左大学".into(),
        source_place: "江苏省南京市栖霞区文澜路9号".into(),
    }
}

fn new(stage: Stage, on: Date, note: &str) -> NewStep {
    NewStep { stage, on, counterpart: "技术转移中心".into(), note: note.into() }
}

fn contract(number: &str) -> Contract {
    Contract {
        kind: ContractKind::Transfer,
        number: number.into(),
        signed_on: date(2024, 2, 20),
        amount_fen: Some(30_000_050),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demand_is_seen_and_changed_by_its_firm_and_the_clerks_only() {
    for database in db::test::databases().await {
        let folder = tempfile::tempdir().unwrap();
        let installation = city(&database, folder.path()).await;
        let db = &installation.db;
        let firm = account(db, "firm", Role::Enterprise, FIRM).await;
        let other = account(db, "other", Role::Enterprise, OTHER).await;
        let clerk = account(db, "clerk", Role::Clerk, "").await;
        // Whatever code an enterprise sends, the demand is its own.
        let id = post(&installation, &firm, &asked(OTHER, " 正极材料 "), TODAY, at(ON)).await.unwrap();
        let own = demand(db, &firm, id).await.unwrap();
        assert_eq!((own.asked.uscc.as_str(), own.firm.as_str()), (FIRM, "甲新材料有限公司"));
        assert_eq!(own.asked.title, "正极材料");
        assert_eq!(demand(db, &clerk, id).await.unwrap(), own);
        assert!(demands(db, &other).await.unwrap().is_empty());
        let refused = [
            demand(db, &other, id).await.err(),
            edit(&installation, &other, id, &asked(OTHER, "改"), TODAY, at(ON)).await.err(),
            withdraw(db, &other, id, at(ON)).await.err(),
            contact(db, &other, id, &candidate(), &new(Stage::Contact, TODAY, "电话"), TODAY, at(ON)).await.err(),
        ];
        assert!(refused.iter().all(|why| matches!(why, Some(Error::NotFound { .. }))), "{refused:?}");

        let empty =
            Asked { words: String::new(), kind: Kind::Growth, ipc: String::new(), ..asked(OTHER, "由专利说明") };
        let second = post(&installation, &clerk, &empty, TODAY, at(ON)).await.unwrap();
        assert_eq!(demands(db, &clerk).await.unwrap().len(), 2);
        assert_eq!(demands(db, &other).await.unwrap()[0].id, second);

        // It expires by its day, is taken back, and holds again when it is said anew.
        let seen = demand(db, &firm, id).await.unwrap();
        assert_eq!(
            [TODAY, date(2024, 6, 30), date(2024, 7, 1)].map(|day| seen.state(day)),
            [State::Open, State::Open, State::Expired]
        );
        withdraw(db, &firm, id, at(ON)).await.unwrap();
        assert_eq!(demand(db, &firm, id).await.unwrap().state(TODAY), State::Withdrawn);
        assert!(matches!(withdraw(db, &firm, id, at(ON)).await, Err(Error::Conflict(_))));
        let late = contact(db, &firm, id, &candidate(), &new(Stage::Contact, TODAY, "电话"), TODAY, at(ON)).await;
        assert!(matches!(late, Err(Error::Conflict(why)) if why.contains("已撤回")));
        // A clerk's edit does not move it to another firm.
        edit(&installation, &clerk, id, &asked(OTHER, "正极材料"), TODAY, at(ON)).await.unwrap();
        let again = demand(db, &firm, id).await.unwrap();
        assert_eq!((again.state(TODAY), again.asked.uscc.as_str()), (State::Open, FIRM));
        let acts: Vec<String> =
            registry::audit::recent(db, None, 3).await.unwrap().into_iter().map(|entry| entry.action).collect();
        assert_eq!(acts, ["demand.edit", "demand.withdraw", "demand.post"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demand_says_what_is_wrong_with_it() {
    let database = db::test::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let installation = city(&database, folder.path()).await;
    let clerk = account(&installation.db, "clerk", Role::Clerk, "").await;
    let good = asked(FIRM, "正极材料");
    for (wrong, words) in [
        (asked(FIRM, "  "), "起一个名称"),
        (Asked { ipc: "电池类".into(), ..good.clone() }, "电池类"),
        (Asked { valid_until: date(2024, 2, 28), ..good.clone() }, "已经过去"),
        (Asked { words: "字".repeat(WORDS_CHARS_MAX + 1), ..good.clone() }, "3000"),
        (Asked { uscc: "91320682MA10000391".into(), ..good.clone() }, "校验"),
        (Asked { uscc: "91350100M000100Y43".into(), ..good.clone() }, "企业登记簿中没有"),
    ] {
        let refused = post(&installation, &clerk, &wrong, TODAY, at(ON)).await;
        assert!(matches!(&refused, Err(Error::Invalid(why)) if why.contains(words)), "{words}: {refused:?}");
    }
    assert!(demands(&installation.db, &clerk).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_contract_ends_in_the_register_and_its_batch_can_be_withdrawn() {
    for database in db::test::databases().await {
        let folder = tempfile::tempdir().unwrap();
        let installation = city(&database, folder.path()).await;
        let db = &installation.db;
        let firm = account(db, "firm", Role::Enterprise, FIRM).await;
        let other = account(db, "other", Role::Enterprise, OTHER).await;
        let clerk = account(db, "clerk", Role::Clerk, "").await;
        let demand = post(&installation, &firm, &asked(FIRM, "正极材料"), TODAY, at(ON)).await.unwrap();
        let begin = async || {
            contact(db, &firm, demand, &candidate(), &new(Stage::Contact, date(2024, 1, 11), "电话"), TODAY, at(ON))
                .await
        };
        let id = begin().await.unwrap();
        assert!(matches!(begin().await, Err(Error::Conflict(_))), "one deal a patent");
        let go = async |next: NewStep, contract: Option<Contract>| {
            step(&installation, &firm, id, &next, contract.as_ref(), at(ON)).await
        };
        assert!(matches!(deal(db, &other, id).await, Err(Error::NotFound { .. })));
        let talk = new(Stage::Negotiation, date(2024, 2, 1), "谈价格");
        assert!(matches!(step(&installation, &other, id, &talk, None, at(ON)).await, Err(Error::NotFound { .. })));
        for (wrong, words) in [
            (new(Stage::Negotiation, date(2024, 1, 10), "早了"), "早于上一步"),
            (new(Stage::Negotiation, date(2024, 3, 1), "未来"), "还没有到"),
            (new(Stage::Ended, TODAY, " "), "请写明情况"),
            (new(Stage::Signed, TODAY, "没有合同"), "合同编号"),
        ] {
            let refused = go(wrong, None).await;
            assert!(matches!(&refused, Err(Error::Invalid(why)) if why.contains(words)), "{words}: {refused:?}");
        }
        go(talk, None).await.unwrap();
        assert!(matches!(go(new(Stage::Contact, TODAY, "倒退"), None).await, Err(Error::Conflict(_))));
        let signing = new(Stage::Signed, date(2024, 2, 20), "签约");
        let unnamed = go(signing.clone(), Some(contract(" "))).await;
        assert!(matches!(unnamed, Err(Error::Registry(registry::Error::Unsound(_)))), "{unnamed:?}");
        let before = deal(db, &firm, id).await.unwrap().0;
        assert!(matches!(
            register(&installation, &clerk, &before, &BTreeMap::new(), at(ON)).await,
            Err(Error::Conflict(_))
        ));
        go(signing, Some(contract("ht-2024-01"))).await.unwrap();
        let (signed, steps) = deal(db, &clerk, id).await.unwrap();
        assert_eq!((signed.stage, steps.len()), (Stage::Signed, 3));
        assert_eq!(signed.contract.as_ref().unwrap().number, "HT-2024-01", "as the register writes it");
        let went = progress(&deals(db, &clerk).await.unwrap());
        assert_eq!(went, Progress { deals: 1, signed: 1, ended: 0, days_median: Some(40) });
        assert!(registered(&installation, &signed, at(ON)).await.unwrap().is_none());

        let added = BTreeMap::from([
            ("registration".to_owned(), "苏转2024001".to_owned()),
            ("registered_on".to_owned(), "2024-02-25".to_owned()),
            ("registration_confirmed".to_owned(), "是".to_owned()),
            ("payment".to_owned(), "未付款".to_owned()),
            ("implementation".to_owned(), "没有使用".to_owned()),
            // What the deal says is not changed on the way.
            ("contract_number".to_owned(), "别的".to_owned()),
        ]);
        let report = register(&installation, &clerk, &signed, &added, at(ON)).await.unwrap();
        assert_eq!((report.accepted, report.quarantined), (1, 0));
        let rows = introductions(&installation, &clerk, at(ON)).await.unwrap();
        assert_eq!(rows.len(), 1);
        let row = &rows[0];
        assert_eq!((row.contract_number.as_str(), row.town.as_str()), ("HT-2024-01", "城东镇"));
        assert_eq!((row.amount_fen, row.application_number.as_str()), (Some(30_000_050), "2020100000011"));
        let confirmed = Confirmed { registration: Some(true), ..Confirmed::default() };
        assert_eq!(row.confirmed, confirmed, "words alone confirm nothing");
        let folded = registered(&installation, &signed, at(ON)).await.unwrap().unwrap();
        let by = ["confirmed_by", "confirmed_on"].map(|field| folded.text(registry::Folded::column(REGISTER, field)));
        assert_eq!(by, ["clerk", "2024-02-29"], "whoever enters it stands behind it");
        let unfounded = BTreeMap::from([
            ("payment".to_owned(), "未付款".to_owned()),
            ("payment_confirmed".to_owned(), "是".to_owned()),
        ]);
        let refused = register(&installation, &clerk, &signed, &unfounded, at(ON)).await;
        assert!(matches!(refused, Err(Error::Registry(registry::Error::Unsound(_)))), "{refused:?}");
        assert_eq!(introductions(&installation, &firm, at(ON)).await.unwrap().len(), 1);
        assert!(introductions(&installation, &other, at(ON)).await.unwrap().is_empty());
        let known = facts(&installation, None, row, at(ON)).await.unwrap();
        assert_eq!((known.is_high_tech, known.is_outside, known.is_invention_in_force), (Some(true), Some(true), None));

        // What stands in the register is changed there first.
        let ended = go(new(Stage::Ended, TODAY, "合同解除"), None).await;
        assert!(matches!(ended, Err(Error::Conflict(why)) if why.contains("撤回")));
        registry::rollback(db, report.batch, at(ON), "clerk", None).await.unwrap();
        assert!(introductions(&installation, &clerk, at(ON)).await.unwrap().is_empty());
        go(new(Stage::Ended, TODAY, "合同解除"), None).await.unwrap();
        assert_eq!(deal(db, &firm, id).await.unwrap().0.stage, Stage::Ended);
    }
}

/// A row of the register.
fn row(kind: &str, town: &str, year: i16, amount_fen: Option<i64>) -> Introduction {
    Introduction {
        key: String::new(),
        contract_number: "HT-1".into(),
        uscc: FIRM.into(),
        firm: "甲".into(),
        town: town.into(),
        kind: kind.into(),
        application_number: String::new(),
        source: "江左大学".into(),
        source_place: String::new(),
        contract_on: date(year, 3, 1),
        amount_fen,
        registration: String::new(),
        products: String::new(),
        payment: String::new(),
        implementation: String::new(),
        confirmed: Confirmed::default(),
    }
}

#[test]
fn an_amount_that_was_not_told_is_no_zero() {
    let rows = [
        row("转让", "城东镇", 2024, Some(100)),
        row("转让", "城东镇", 2024, None),
        row("许可", "城东镇", 2024, None),
        row("转让", "城东镇", 2023, Some(7)),
    ];
    let found = totals(&rows, 2024);
    let told: Vec<_> = found.iter().map(|one| (one.kind.as_str(), one.count, one.amount_fen, one.untold)).collect();
    assert_eq!(told, [("许可", 1, 0, 1), ("转让", 2, 100, 1)]);
    assert!(totals(&rows, 2022).is_empty());
}

#[test]
fn what_nobody_confirmed_is_not_known_whatever_the_words_say() {
    let bare = checks(&row("转让", "", 2024, None), &Facts::default());
    assert_eq!(bare.len(), 8);
    assert!(bare.iter().all(|one| one.clause == "C3.4.3.1" && one.holds.is_none() && !one.missing.is_empty()));
    let worded = Introduction {
        payment: "未付款".into(),
        registration: "尚未登记".into(),
        products: "无".into(),
        implementation: "没有使用".into(),
        ..row("转让", "", 2024, None)
    };
    assert!(checks(&worded, &Facts::default()).iter().all(|one| one.holds.is_none()));
    let confirmed = Confirmed { payment: Some(true), implementation: Some(false), ..Confirmed::default() };
    let full = Introduction { confirmed, ..row("产学研", "", 2024, None) };
    let facts = Facts { is_high_tech: Some(false), is_academic: Some(true), ..Facts::default() };
    let told: Vec<_> = checks(&full, &facts).into_iter().map(|one| (one.clause, one.holds)).collect();
    let expected = [Some(false), Some(true), None, None, Some(false), Some(true)].map(|holds| ("C3.4.3.2", holds));
    assert_eq!(told, expected);
}

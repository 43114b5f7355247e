//! Watches over two intakes, on both databases: what each kind tells and what it does not, levels, handling, and whose it is.

use corpus::Writer;
use documents::{Citation, Classification, LegalEvent, LegalState, Party, Scheme, Source, Text};
use jiff::civil::date;

use super::*;
use crate::accounts::Role;

const ON: &str = "2024-02-29T04:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A Chinese invention of a body in an IPC group.
fn document(number: u32, applicant: &str, group: &str, filed: Date, state: LegalState) -> documents::Document {
    let key = format!("CN2020{number:08}");
    documents::Document {
        office: "CN".into(),
        application_number: key.clone(),
        kind: Some(terms::PatentKind::Invention),
        filed_on: Some(filed),
        titles: vec![Text { language: "zh".into(), text: format!("第 {number} 件") }],
        applicants: vec![Party { name: applicant.into(), address: "江苏省云川市".into(), ..Party::default() }],
        classifications: vec![Classification {
            scheme: Scheme::Ipc,
            symbol: group.into(),
            edition: String::new(),
            is_inventive: true,
        }],
        state,
        sources: vec![Source { format: "test".into(), file: "f".into(), place: key.clone() }],
        key,
        ..documents::Document::default()
    }
}

fn take_in(installation: &Installation, documents: Vec<documents::Document>) -> Corpus {
    let mut writer = Writer::open(&installation.corpus_dir()).unwrap();
    documents.into_iter().for_each(|document| writer.add(document).unwrap());
    writer.commit().unwrap();
    Corpus::open(&installation.corpus_dir()).unwrap()
}

async fn account(db: &Db, login: &str, role: Role, unit: &str) -> Account {
    accounts::open(db, login, login, role, unit, "correct-horse-9", at(ON)).await.unwrap();
    accounts::all(db).await.unwrap().into_iter().find(|account| account.login == login).unwrap()
}

fn rival(number: u32, group: &str, filed: Date) -> documents::Document {
    document(number, "对手公司", group, filed, LegalState::InForce)
}

fn ours(number: u32) -> documents::Document {
    document(number, "本方公司", "H01M 10/05", date(2004, 6, 1), LegalState::InForce)
}

/// What is there when the watches are set, and the watches: one of each kind.
async fn watched(installation: &Installation, clerk: &Account) {
    let corpus = take_in(installation, vec![rival(1, "H01M 4/02", date(2019, 3, 1)), ours(2), ours(3)]);
    let arrival = corpus.manifest().latest_arrival();
    let (rival, ours) = (of_names(&["对手公司".into()]), of_names(&["本方公司".into()]));
    let field = Query::parse("IC=H02S").unwrap();
    for (kind, name, search) in [
        (Kind::Entry, "对手", &rival),
        (Kind::Field, "光伏", &field),
        (Kind::Lapse, "届满", &ours),
        (Kind::Own, "自有", &ours),
    ] {
        set(&installation.db, clerk, (kind, name, search), arrival, date(2024, 2, 1), at(ON)).await.unwrap();
    }
}

/// What comes later: a first filing in H02S, an old document of which more is known, and news of an own right.
fn news() -> Vec<documents::Document> {
    let mut again = rival(1, "H01M 4/02", date(2019, 3, 1));
    again.abstracts.push(Text { language: "zh".into(), text: "后来才有的摘要".into() });
    let mut first = rival(4, "H02S 20/30", date(2023, 5, 1));
    first.citations.push(Citation {
        number: "CN202000000002".into(),
        literature: String::new(),
        category: "X".into(),
        phase: "examination".into(),
    });
    let mut invalidated = ours(3);
    invalidated.state = LegalState::Invalidated;
    for (day, text, leads_to) in
        [(date(2020, 1, 1), "年费缴纳", None), (date(2024, 2, 10), "宣告专利权全部无效", Some(LegalState::Invalidated))]
    {
        let event =
            LegalEvent { on: Some(day), code: String::new(), text: text.into(), leads_to, party: String::new() };
        invalidated.events.push(event);
    }
    vec![again, first, invalidated]
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_tells_what_is_new_and_tells_it_once() {
    for database in db::test::databases().await {
        let folder = tempfile::tempdir().unwrap();
        let (installation, _) = Installation::over(database.db.clone(), folder.path(), at(ON)).await.unwrap();
        let db = &installation.db;
        let clerk = account(db, "clerk", Role::Clerk, "").await;
        watched(&installation, &clerk).await;
        let corpus = take_in(&installation, news());
        let ran = run(&installation, &corpus, Some(&clerk), "clerk", at(ON)).await.unwrap();
        let told = all(db, Some(&clerk)).await.unwrap();
        let of = |kind| told.iter().filter(|one| one.kind == kind).collect::<Vec<_>>();
        let has = |kind, level, words: &str| {
            assert!(of(kind).iter().any(|one| one.level == level && one.reason.contains(words)), "{words}: {told:#?}");
        };
        has(Kind::Entry, Level::Notable, "IPC 小类 H02S 首次有专利文献，共 1 件，最早的申请日为 2023-05-01");
        assert_eq!(of(Kind::Entry).len(), 1, "what came again is no first filing: {told:#?}");
        has(Kind::Field, Level::Major, "1 个他人的新同族");
        assert_eq!(of(Kind::Field)[0].documents[0].key, "CN202000000004");
        has(Kind::Lapse, Level::Notable, "期限于 2024-05-31 届满，剩余 3 个月");
        has(Kind::Own, Level::Major, "宣告专利权全部无效");
        has(Kind::Own, Level::Notable, "引用了 1 件自有专利");
        has(Kind::Own, Level::Ordinary, "年费缴纳");
        assert_eq!((ran.watches, ran.told, ran.raised, ran.failed.len()), (4, told.len(), 0, 0));
        assert_eq!(of(Kind::Lapse).len(), 1, "one that was declared invalid has no term left: {told:#?}");

        let again = run(&installation, &corpus, None, "clerk", at(ON)).await.unwrap();
        assert_eq!((again.told, again.raised), (0, 0));
        // Two months later the term is nearer: the same warning rises, and is open again.
        let lapse = of(Kind::Lapse)[0].id;
        handle(db, &clerk, lapse, Stage::Closed, "已知悉", at(ON)).await.unwrap();
        let later = run(&installation, &corpus, Some(&clerk), "clerk", at("2024-04-30T04:00:00Z")).await.unwrap();
        assert_eq!((later.told, later.raised), (0, 1));
        let (risen, steps) = find(db, &clerk, lapse).await.unwrap();
        assert_eq!((risen.level, risen.stage), (Level::Major, Stage::Open));
        assert!(steps[1].note.contains("级别由较大升为重大"), "{steps:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_there_before_is_told_from_the_day_of_the_watch_on() {
    let database = db::test::sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let (installation, _) = Installation::over(database.db.clone(), folder.path(), at(ON)).await.unwrap();
    let clerk = account(&installation.db, "clerk", Role::Clerk, "").await;
    let search = of_names(&["对手公司".into(), "本方公司".into()]);
    for (kind, name) in [(Kind::Own, "自有"), (Kind::Entry, "对手")] {
        set(&installation.db, &clerk, (kind, name, &search), 0, date(2024, 2, 1), at(ON)).await.unwrap();
    }
    let corpus = take_in(&installation, news());
    run(&installation, &corpus, None, "clerk", at(ON)).await.unwrap();
    let told = all(&installation.db, None).await.unwrap();
    let says = |words: &str| told.iter().filter(|one| one.reason.contains(words)).count();
    assert_eq!((says("宣告专利权全部无效"), says("年费缴纳")), (1, 0), "{told:#?}");
    assert_eq!(says("不能断定是首次"), 2, "a corpus that knew nothing of it cannot say first: {told:#?}");
    assert!(told.iter().filter(|one| one.kind == Kind::Entry).all(|one| one.level == Level::Ordinary));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_that_changed_is_told_although_the_document_did_not_come_again() {
    for database in db::test::databases().await {
        let folder = tempfile::tempdir().unwrap();
        let (installation, _) = Installation::over(database.db.clone(), folder.path(), at(ON)).await.unwrap();
        let clerk = account(&installation.db, "clerk", Role::Clerk, "").await;
        let folder = installation.corpus_dir();
        let corpus = take_in(&installation, vec![ours(2), ours(3)]);
        let arrival = corpus.manifest().latest_arrival();
        let search = of_names(&["本方公司".into()]);
        set(&installation.db, &clerk, (Kind::Own, "自有", &search), arrival, date(2024, 2, 1), at(ON)).await.unwrap();
        let told = async |day: Date, moment: &str| {
            let corpus = Corpus::open_on(&folder, day).unwrap();
            run(&installation, &corpus, None, "clerk", at(moment)).await.unwrap();
            let all = all(&installation.db, None).await.unwrap();
            all.iter().map(|one| (one.level, one.reason.clone())).collect::<Vec<_>>()
        };
        assert_eq!(told(date(2024, 2, 29), ON).await, []);
        // A state is noted over one of them; nothing arrives.
        let mut writer = Writer::open(&folder).unwrap();
        assert!(writer.set_state("CN202000000003", LegalState::Ended).unwrap());
        writer.commit().unwrap();
        drop(writer);
        let noted = told(date(2024, 2, 29), ON).await;
        let [(Level::Notable, reason)] = &noted[..] else { panic!("{noted:?}") };
        assert!(reason.contains("CN202000000003 的法律状态由有效变为失效（依收录的来源）"), "{reason}");
        // The term of the other is over; nothing is noted either.
        let lapsed = told(date(2024, 6, 1), "2024-06-01T04:00:00Z").await;
        assert!(
            lapsed[0].1.contains("CN202000000002 的法律状态由有效变为失效（期限至 2024-06-01 届满）"),
            "{lapsed:?}"
        );
        assert_eq!(lapsed.len(), 2);
        assert_eq!(told(date(2024, 6, 1), "2024-06-01T05:00:00Z").await.len(), 2, "it is told once");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_filing_where_ones_own_rights_are_in_force_is_major() {
    let folder = tempfile::tempdir().unwrap();
    let database = db::test::sqlite().await;
    let (installation, _) = Installation::over(database.db.clone(), folder.path(), at(ON)).await.unwrap();
    let known = vec![rival(1, "B23K 26/00", date(2019, 3, 1)), ours(2)];
    take_in(&installation, known);
    let corpus =
        take_in(&installation, vec![rival(4, "H01M 4/02", date(2023, 5, 1)), rival(5, "A01B 1/02", date(2001, 5, 1))]);
    let watch = Watch {
        id: 1,
        account_id: 1,
        name: String::new(),
        kind: Kind::Entry,
        search: of_names(&["对手公司".into()]).to_string(),
        seen_arrival: 1,
        began_on: date(2024, 2, 1),
        run_at: None,
    };
    let own = of_names(&["本方公司".into()]);
    let states = States::new();
    let sought = Sought { corpus: &corpus, own: Some(&own), watch: &watch, as_of: date(2024, 2, 29), states: &states };
    let (found, _) = sought.findings().unwrap();
    let levels: Vec<(&str, Level)> = found.iter().map(|one| (one.subject.as_str(), one.level)).collect();
    assert_eq!(levels, [("A01B", Level::Ordinary), ("H01M", Level::Major)], "{found:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn handling_goes_its_way_and_each_sees_its_own() {
    for database in db::test::databases().await {
        let folder = tempfile::tempdir().unwrap();
        let (installation, _) = Installation::over(database.db.clone(), folder.path(), at(ON)).await.unwrap();
        let db = &installation.db;
        let firm = account(db, "firm", Role::Enterprise, "91320682MA10000390").await;
        let colleague = account(db, "colleague", Role::Enterprise, "91320682MA10000390").await;
        let other = account(db, "other", Role::Enterprise, "91320621MA1MNNA37Q").await;
        let clerk = account(db, "clerk", Role::Clerk, "91320682MA10000390").await;
        watched(&installation, &firm).await;
        let corpus = take_in(&installation, news());
        assert_eq!(run(&installation, &corpus, Some(&other), "other", at(ON)).await.unwrap().watches, 0);
        assert_eq!(run(&installation, &corpus, Some(&colleague), "colleague", at(ON)).await.unwrap().watches, 4);
        let id = all(db, Some(&colleague)).await.unwrap()[0].id;
        for stranger in [&other, &clerk] {
            assert!(
                all(db, Some(stranger)).await.unwrap().is_empty() && watches(db, stranger).await.unwrap().is_empty()
            );
            assert!(matches!(find(db, stranger, id).await, Err(Error::NotFound { .. })));
            assert!(matches!(
                handle(db, stranger, id, Stage::Closed, "不是我的", at(ON)).await,
                Err(Error::NotFound { .. })
            ));
        }
        let step = async |stage, note: &str| handle(db, &firm, id, stage, note, at(ON)).await;
        assert!(matches!(step(Stage::Handling, " ").await, Err(Error::Invalid(_))), "a step says what was done");
        assert!(matches!(step(Stage::Open, "没有关闭过").await, Err(Error::Conflict(_))));
        step(Stage::Handling, "已请代理机构核查").await.unwrap();
        step(Stage::Closed, "不涉及本企业产品").await.unwrap();
        assert!(matches!(step(Stage::Handling, "跳过").await, Err(Error::Conflict(_))));
        step(Stage::Open, "对方又有新品").await.unwrap();
        let (warning, steps) = find(db, &colleague, id).await.unwrap();
        assert_eq!((warning.stage, steps.len()), (Stage::Open, 3));
        assert_eq!((steps[1].by.as_str(), steps[1].note.as_str()), ("firm", "不涉及本企业产品"));

        let watch = watches(db, &firm).await.unwrap().remove(0);
        assert!(matches!(remove(db, &other, watch.id, at(ON)).await, Err(Error::NotFound { .. })));
        remove(db, &firm, watch.id, at(ON)).await.unwrap();
        assert_eq!(watches(db, &colleague).await.unwrap().len(), 3);
        assert!(restore(db, &other, watch.id, at(ON)).await.is_err());
        restore(db, &firm, watch.id, at(ON)).await.unwrap();
        let trail = registry::audit::recent(db, None, 3).await.unwrap();
        let acts: Vec<&str> = trail.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(acts, ["watch.restore", "watch.remove", "warning.handle"]);
        for (name, arrival) in [("", 1), ("对手", 1)] {
            let refused = set(db, &firm, (Kind::Own, name, &Query::All), arrival, date(2024, 2, 1), at(ON)).await;
            assert!(matches!(refused, Err(Error::Invalid(_) | Error::Conflict(_))), "{name}: {refused:?}");
        }
    }
}

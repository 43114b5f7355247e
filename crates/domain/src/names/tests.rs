//! The ledger on both databases: what is entered, taken back and refused, and that nothing in it can be altered.

use documents::{Document, Party};

use super::*;
use crate::accounts::{self, Role};

fn now() -> Timestamp {
    "2024-02-29T04:00:00Z".parse().unwrap()
}

fn when() -> (Date, Timestamp) {
    (Date::constant(2024, 2, 29), now())
}

async fn account(db: &Db, login: &str, role: Role) -> Account {
    let unit = if role == Role::Town { "城东街道" } else { "" };
    accounts::open(db, login, login, role, unit, "correct-horse-9", now()).await.unwrap();
    accounts::all(db).await.unwrap().into_iter().find(|account| account.login == login).unwrap()
}

fn merge(name: &str, into: &str) -> Act {
    Act::Merge { name: name.into(), into: into.into() }
}

#[tokio::test]
async fn names_are_those_of_the_version_asked_for_and_a_merge_is_taken_back_by_another_entry() {
    for database in db::test::databases().await {
        let db = &database.db;
        let clerk = account(db, "clerk", Role::Clerk).await;
        let why = || vec![reasoned("2023-05-01 更名公告").unwrap()];
        assert_eq!(at(db, None).await.unwrap().version(), 0);
        assert_eq!(decide(db, &clerk, merge("甲机电", "甲科技"), why(), when()).await.unwrap(), 1);
        assert_eq!(decide(db, &clerk, Act::Undo { version: 1 }, Vec::new(), when()).await.unwrap(), 2);
        let canonical = async |version| at(db, version).await.map(|names| names.canonical("甲机电"));
        assert_eq!(canonical(Some(1)).await.unwrap(), "甲科技");
        assert_eq!(canonical(None).await.unwrap(), "甲机电");
        let refused = canonical(Some(3)).await.unwrap_err().to_string();
        assert!(refused.contains("没有第 3 版") && refused.contains("第 2 版"), "{refused}");
        let trail = registry::audit::recent(db, None, 10).await.unwrap();
        let acts: Vec<&str> = trail.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(acts[..2], ["name.undo", "name.merge"]);
    }
}

#[tokio::test]
async fn what_changes_nothing_lacks_a_reason_or_comes_from_others_is_refused() {
    for database in db::test::databases().await {
        let db = &database.db;
        let clerk = account(db, "clerk", Role::Clerk).await;
        let town = account(db, "town", Role::Town).await;
        assert!(reasoned(" ").is_err());
        assert!(reasoned(&"长".repeat(REASON_CHARS_MAX + 1)).is_err());
        let why = || vec![reasoned("同一企业").unwrap()];
        let same = decide(db, &clerk, merge("甲", "甲"), why(), when()).await.unwrap_err().to_string();
        assert!(same.contains("不会改变"), "{same}");
        assert!(decide(db, &clerk, merge("甲", "乙"), Vec::new(), when()).await.is_err());
        assert!(matches!(decide(db, &town, merge("甲", "乙"), why(), when()).await, Err(Error::Forbidden(_))));
        assert_eq!(ledger(db).await.unwrap().version(), 0, "nothing of it was entered");
    }
}

#[tokio::test]
async fn no_entry_can_be_altered_or_taken_away() {
    for database in db::test::databases().await {
        let db = &database.db;
        let clerk = account(db, "clerk", Role::Clerk).await;
        decide(db, &clerk, merge("甲", "乙"), vec![reasoned("同一企业").unwrap()], when()).await.unwrap();
        for sql in ["update name_entry set entry = '{}' where version = 1", "delete from name_entry where version = 1"]
        {
            let mut tx = db.begin().await.unwrap();
            let done = db::with_conn!(&mut tx, conn => sqlx::query(sql).execute(conn).await.map(|_| ()));
            assert!(done.unwrap_err().to_string().contains("只能追加"), "{sql}");
        }
        assert_eq!(ledger(db).await.unwrap().version(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn names_under_one_code_of_the_register_are_merged_by_rule_and_others_are_only_proposed() {
    const FIRM: &str = "91320682MA10000390";
    for database in db::test::databases().await {
        let folder = tempfile::tempdir().unwrap();
        let (installation, _) = Installation::over(database.db.clone(), folder.path(), now()).await.unwrap();
        let clerk = account(&installation.db, "clerk", Role::Clerk).await;
        let row =
            [("uscc", FIRM), ("name", "江苏甲科技有限公司"), ("former_names", "海安甲机电厂"), ("region", "城东镇")];
        let rows = [row.map(|(field, value)| (field.to_owned(), value.to_owned())).into()];
        let entry = registry::Entry {
            register: "enterprises",
            kind: registry::BatchKind::Entry,
            rows: &rows,
            at: now(),
            by_whom: "test",
            note: None,
        };
        registry::enter(&installation.db, &entry).await.unwrap();
        let document = |key: &str, name: &str| Document {
            key: key.into(),
            applicants: vec![Party { name: name.into(), ..Party::default() }],
            ..Document::default()
        };
        let mut writer = corpus::Writer::open(&installation.corpus_dir()).unwrap();
        for (key, name) in [
            ("CN1", "江苏甲科技有限公司"),
            ("CN2", "海安甲机电厂"),
            ("CN3", "苏州乙精密有限公司"),
            ("CN4", "苏州乙精密有限责任公司"),
        ] {
            writer.add(document(key, name)).unwrap();
        }
        writer.commit().unwrap();
        let corpus = Corpus::open(&installation.corpus_dir()).unwrap();
        let codes = codes(&installation, now()).await.unwrap();
        let found = proposals(&corpus, &Names::default(), &codes).unwrap();
        assert_eq!(found.iter().map(|one| one.score).collect::<Vec<_>>(), [100, 50]);
        let merged = merge_by_register(&installation, found, &clerk, now()).await.unwrap();
        assert_eq!(merged, 1, "equal stems are no register");
        let names = at(&installation.db, None).await.unwrap();
        assert_eq!(names.canonical("海安甲机电厂"), names.canonical("江苏甲科技有限公司"));
        let rest = proposals(&corpus, &names, &codes).unwrap();
        assert_eq!(rest.len(), 1);
        assert!(merge_by_register(&installation, rest, &clerk, now()).await.is_err(), "nothing is left to merge");
        let entries = ledger(&installation.db).await.unwrap();
        assert!(entries.entries()[0].by.starts_with("规则："), "{:?}", entries.entries());
    }
}

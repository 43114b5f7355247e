//! Versions on both databases: what is kept, refused and never altered.

use super::*;
use crate::accounts::{self, Role};

fn now() -> Timestamp {
    "2024-02-29T04:00:00Z".parse().unwrap()
}

async fn account(db: &Db, login: &str, role: Role) -> Account {
    accounts::open(db, login, login, role, "", "correct-horse-9", now()).await.unwrap();
    accounts::all(db).await.unwrap().into_iter().find(|account| account.login == login).unwrap()
}

fn draft(object: &str, base: i64) -> Draft {
    Draft {
        kind: Kind::Chain,
        object: object.into(),
        base,
        content: format!("{object} {base}"),
        changes: "新增节点“电控”".into(),
        reason: "专家意见".into(),
    }
}

#[tokio::test]
async fn each_version_is_kept_with_its_reason_and_an_edit_of_an_old_one_is_refused() {
    for database in db::test::databases().await {
        let db = &database.db;
        let clerk = account(db, "clerk", Role::Clerk).await;
        let leader = account(db, "leader", Role::Leader).await;
        assert_eq!(keep(db, &clerk, &draft("x", 0), now()).await.unwrap(), 1);
        assert_eq!(keep(db, &clerk, &draft("x", 1), now()).await.unwrap(), 2);
        assert_eq!(keep(db, &clerk, &draft("y", 0), now()).await.unwrap(), 1);
        let late = keep(db, &clerk, &draft("x", 1), now()).await.unwrap_err();
        assert!(matches!(&late, Error::Conflict(why) if why.contains("第 2 版") && why.contains("clerk")), "{late}");
        assert!(matches!(keep(db, &leader, &draft("x", 2), now()).await, Err(Error::Forbidden(_))));
        let long = Draft { reason: "长".repeat(REASON_CHARS_MAX + 1), ..draft("x", 2) };
        assert!(matches!(keep(db, &clerk, &long, now()).await, Err(Error::Invalid(_))));
        let held: Vec<(String, i64)> =
            latest(db, Kind::Chain).await.unwrap().into_iter().map(|one| (one.object, one.version)).collect();
        assert_eq!(held, [("x".to_owned(), 2), ("y".to_owned(), 1)]);
        let versions = history(db, Kind::Chain, "x").await.unwrap();
        assert_eq!(versions.iter().map(|one| one.version).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(versions[1].content, "x 0", "the earlier one stands");
        // A record of a report under the same name is another thing, which the office keeps.
        let record = Draft { kind: Kind::Project, ..draft("x", 0) };
        assert_eq!(keep(db, &leader, &record, now()).await.unwrap(), 1);
        let trail = registry::audit::recent(db, None, 10).await.unwrap();
        assert_eq!(trail.iter().filter(|entry| entry.action == "chain.edit").count(), 3);
    }
}

#[tokio::test]
async fn the_database_lets_nobody_alter_a_version() {
    for database in db::test::databases().await {
        let db = &database.db;
        let clerk = account(db, "clerk", Role::Clerk).await;
        keep(db, &clerk, &draft("x", 0), now()).await.unwrap();
        for sql in ["update kept_version set content = 'other'", "delete from kept_version"] {
            let mut tx = db.begin().await.unwrap();
            let refused = db::with_conn!(&mut tx, conn => sqlx::query(sql).execute(conn).await.map(|_| ()));
            assert!(refused.is_err(), "{sql}");
        }
    }
}

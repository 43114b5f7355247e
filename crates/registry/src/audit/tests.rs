//! Tampering of every kind against the chain, on both databases.

use std::io::Cursor;

use db::{Db, Tx, test::databases, with_conn};
use jiff::Timestamp;
use serde_json::json;

use super::*;

async fn told(db: &Db, count: i64) {
    for n in 0..count {
        let mut tx = db.begin().await.unwrap();
        record(&mut tx, Timestamp::UNIX_EPOCH, "甲", "run.evaluate", &n.to_string(), &json!({ "n": n })).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// What somebody with the database's own password can do.
async fn tamper(db: &Db, statements: &[&'static str]) {
    let mut tx = db.begin().await.unwrap();
    let unlock: &[&'static str] = match &tx {
        Tx::Sqlite(_) => &["drop trigger audit_is_not_changed", "drop trigger audit_is_not_deleted"],
        Tx::Postgres(_) => &["drop trigger audit_is_not_changed on audit"],
    };
    for sql in unlock.iter().chain(statements) {
        with_conn!(&mut tx, conn => sqlx::query(*sql).execute(conn).await.map(|_| ())).unwrap();
    }
    tx.commit().await.unwrap();
}

async fn faults(db: &Db) -> String {
    verify(db, None).await.unwrap().faults.join("；")
}

#[tokio::test]
async fn a_trail_that_nobody_touched_is_whole_whatever_the_digest() {
    for database in databases().await {
        let db = &database.db;
        assert_eq!(verify(db, None).await.unwrap(), Findings::default(), "{}", database.name);
        told(db, 3).await;
        choose_digest(db, Digest::Sm3, "乙", Timestamp::UNIX_EPOCH).await.unwrap();
        told(db, 3).await;
        let found = verify(db, None).await.unwrap();
        assert_eq!((found.entries, found.faults.len()), (7, 0), "{}: {found:?}", database.name);
        assert!(found.head.starts_with("sm3:") && found.head.len() == 68, "{}", found.head);
        let entries = recent(db, None, 10).await.unwrap();
        assert!(entries[6].seal.starts_with("sha256:"), "{:?}", entries[6]);
    }
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_take_out_a_row() {
    for database in databases().await {
        told(&database.db, 2).await;
        for sql in ["update audit set who = '乙' where id = 1", "delete from audit where id = 1"] {
            let mut tx = database.db.begin().await.unwrap();
            let refused = with_conn!(&mut tx, conn => sqlx::query(sql).execute(conn).await.map(|_| ()));
            assert!(refused.unwrap_err().to_string().contains("审计记录只能追加"), "{}: {sql}", database.name);
        }
        assert_eq!(faults(&database.db).await, "", "{}", database.name);
    }
}

#[tokio::test]
async fn every_way_of_tampering_is_found() {
    let cases: [(&'static str, &str); 5] = [
        ("update audit set who = '乙' where id = 2", "审计记录 2 的内容与封签不符"),
        ("update audit set detail = '{}' where id = 4", "审计记录 4 的内容与封签不符"),
        ("delete from audit where id = 2", "审计记录 3 接不上它前面的一条"),
        ("delete from audit where id = 4", "末尾的记录被删除或插入"),
        (
            "insert into audit (at, who, action, object, detail) values ('1970-01-01T00:00:00Z', '甲', 'x', 'o', '{}')",
            "审计记录 5 接不上它前面的一条",
        ),
    ];
    for (sql, fault) in cases {
        for database in databases().await {
            told(&database.db, 4).await;
            tamper(&database.db, &[sql]).await;
            let found = faults(&database.db).await;
            assert!(found.contains(fault), "{}: {sql}: {found}", database.name);
            // The next start does not seal what was slipped in.
            begin_chain(&database.db).await.unwrap();
            assert_eq!(faults(&database.db).await, found, "{}: {sql}", database.name);
        }
    }
}

#[tokio::test]
async fn a_copy_kept_elsewhere_shows_what_a_new_chain_hides() {
    for database in databases().await {
        let db = &database.db;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("copy.jsonl");
        told(db, 3).await;
        assert_eq!(append_copy(db, &path).await.unwrap().added, 3, "{}", database.name);
        told(db, 2).await;
        let copied = append_copy(db, &path).await.unwrap();
        assert_eq!((copied.added, copied.last), (2, 5), "{}", database.name);
        let text = std::fs::read(&path).unwrap();
        told(db, 1).await;
        let found = verify(db, Some(&mut Cursor::new(&text))).await.unwrap();
        assert_eq!((found.entries, found.compared, found.faults.len()), (6, 5, 0), "{}: {found:?}", database.name);
        // Whoever owns the database takes the last rows out and seals the rest anew.
        tamper(
            db,
            &[
                "delete from audit where id > 4",
                "update audit set previous = '', seal = '', who = '乙'",
                "update audit_head set seal = ''",
            ],
        )
        .await;
        begin_chain(db).await.unwrap();
        assert_eq!(faults(db).await, "", "{}: the chain alone cannot tell", database.name);
        let found = verify(db, Some(&mut Cursor::new(&text))).await.unwrap().faults.join("；");
        assert!(found.contains("审计记录 1 与副本不一致") && found.contains("审计记录 5 已不在库中"), "{found}");
        let refused = append_copy(db, &path).await.unwrap_err().to_string();
        assert!(refused.contains("与现有审计记录不一致"), "{refused}");
        assert_eq!(std::fs::read(&path).unwrap(), text, "{}", database.name);
    }
}

#[tokio::test]
async fn two_writers_never_follow_the_same_row() {
    for database in databases().await {
        tokio::join!(told(&database.db, 15), told(&database.db, 15));
        let found = verify(&database.db, None).await.unwrap();
        assert_eq!((found.entries, found.faults.len()), (30, 0), "{}: {found:?}", database.name);
    }
}

#[tokio::test]
async fn a_row_says_from_where_the_work_came() {
    let database = db::test::sqlite().await;
    coming_from("192.0.2.7".to_owned(), told(&database.db, 1)).await;
    told(&database.db, 1).await;
    let origins: Vec<String> =
        recent(&database.db, None, 9).await.unwrap().into_iter().map(|entry| entry.origin).collect();
    assert_eq!(origins, ["", "192.0.2.7"]);
}

#[test]
fn seals_are_the_digests_of_the_standards() {
    // GB/T 32905-2016, A.1: the message "abc".
    let sm3 = Digest::Sm3.hex(b"abc");
    assert_eq!(sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

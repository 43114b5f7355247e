//! Both schemas are the same, refuse what they should, and a newer database is left alone.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

use db::{Db, Error, schema, test, with_conn};

#[tokio::test]
async fn both_schemas_list_the_same_tables_and_columns() {
    let mut lists = Vec::new();
    for database in test::databases().await {
        let mut tx = database.db.begin_read().await.unwrap();
        let tables = schema::tables(&mut tx).await.unwrap();
        for table in
            ["batch", "fact", "quarantine", "reliance", "mapping", "audit", "closing", "account", "session", "run"]
        {
            assert!(tables.contains_key(table), "{} {table}", database.name);
        }
        assert!(schema::version(&mut tx).await.unwrap() > 0);
        lists.push((database.name, tables));
    }
    if let [(_, sqlite), (_, postgres)] = lists.as_slice() {
        assert_eq!(sqlite, postgres);
    } else {
        eprintln!("跳过：未设置 {}，没有与 PostgreSQL 比较", test::POSTGRES_VARIABLE);
    }
}

#[tokio::test]
async fn the_migration_files_of_both_databases_name_the_same_columns() {
    let folder = |database: &str| format!("{}/migrations/{database}", env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(folder("sqlite")).unwrap() {
        let name = entry.unwrap().file_name();
        let text = |database: &str| {
            let path = format!("{}/{}", folder(database), name.to_str().unwrap());
            let text = std::fs::read_to_string(path).unwrap();
            let common = text.split("-- Triggers").next().unwrap_or_default();
            common.split("-- Checks").next().unwrap_or_default().to_owned()
        };
        let postgres = text("postgres")
            .replace("text collate \"C\"", "text")
            .replace("bigint generated always as identity primary key", "integer primary key autoincrement")
            .replace("chr(31)", "char(31)")
            .replace("cells::json ->> 'edition'", "json_extract(cells, '$.edition')")
            .replace("fields::json ->> 'edition'", "json_extract(fields, '$.edition')");
        assert_eq!(text("sqlite"), postgres);
    }
}

#[tokio::test]
async fn constraints_are_kept_by_the_database() {
    const BATCH: &str = "insert into batch (register, kind, file, sheet_names, state, received_at, recorded_at, by_whom) \
        values ('patents', $1, 'f', '[]', $2, 't', 't', 'w')";
    for database in test::databases().await {
        let run = async |kind: &str, state: &str| {
            let mut tx = database.db.begin().await?;
            with_conn!(&mut tx, conn => sqlx::query(BATCH).bind(kind).bind(state).execute(conn).await.map(|_| ()))?;
            tx.commit().await
        };
        run("import", "staging").await.unwrap();
        assert!(matches!(run("import", "staging").await, Err(Error::Constraint(_))), "one staging batch a register");
        assert!(matches!(run("gift", "merged").await, Err(Error::Constraint(_))));
        assert!(matches!(run("import", "withdrawn").await, Err(Error::Constraint(_))), "withdrawn without a moment");
        let orphan =
            "insert into fact (batch_id, register, fact_key, sheet, row_no, cells) values (99, 'r', 'k', 's', 1, '{}')";
        let mut tx = database.db.begin().await.unwrap();
        let refused =
            with_conn!(&mut tx, conn => sqlx::query(orphan).execute(conn).await.map(|_| ())).map_err(Error::from);
        assert!(matches!(refused, Err(Error::Constraint(_))), "{}: {refused:?}", database.name);
    }
}

#[tokio::test]
async fn a_reading_transaction_cannot_write() {
    for database in test::databases().await {
        let mut tx = database.db.begin_read().await.unwrap();
        let sql = "insert into audit (at, who, action, object, detail) values ('t', 'w', 'a', 'o', '{}')";
        assert!(
            with_conn!(&mut tx, conn => sqlx::query(sql).execute(conn).await.map(|_| ())).is_err(),
            "{}",
            database.name
        );
    }
}

#[tokio::test]
async fn a_database_newer_than_the_program_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zhiqiang.sqlite");
    let db = Db::connect(path.to_str().unwrap()).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (29990101000000, 'x', true, $1, 0)";
    with_conn!(&mut tx, conn => sqlx::query(newer).bind(vec![0u8]).execute(conn).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
    db.close().await;
    let error = Db::connect(path.to_str().unwrap()).await.unwrap_err();
    assert!(matches!(error, Error::Newer { found: 29990101000000 }), "{error}");
    assert!(error.to_string().contains("更新版本"));
}

#[tokio::test]
async fn two_writers_take_turns_and_readers_see_the_committed_state() {
    let database = test::sqlite().await;
    let db = &database.db;
    let write = async |who: &'static str| {
        for _ in 0..20 {
            let mut tx = db.begin().await.unwrap();
            let sql = "insert into audit (at, who, action, object, detail) values ('t', $1, 'a', 'o', '{}')";
            with_conn!(&mut tx, conn => sqlx::query(sql).bind(who).execute(conn).await.map(|_| ())).unwrap();
            tx.commit().await.unwrap();
        }
    };
    tokio::join!(write("甲"), write("乙"));
    let mut tx = db.begin_read().await.unwrap();
    let (count,): (i64,) =
        with_conn!(&mut tx, conn => sqlx::query_as("select count(*) from audit").fetch_one(conn).await).unwrap();
    assert_eq!(count, 40);
}

//! Killed and cancelled imports leave nothing.

use std::sync::atomic::Ordering;

use registry::{Error, ImportOptions, Watch, batches};
use sqlx::AssertSqlSafe;

use crate::office::{PATENTS, offices, on};

async fn execute(db: &db::Db, sql: &str) {
    let mut tx = db.begin().await.unwrap();
    db::with_conn!(&mut tx, conn => sqlx::query(AssertSqlSafe(sql)).execute(conn).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
}

async fn count(db: &db::Db, table: &str) -> i64 {
    let sql = format!("select count(*) from {table}");
    let mut tx = db.begin_read().await.unwrap();
    let (count,): (i64,) =
        db::with_conn!(&mut tx, conn => sqlx::query_as(AssertSqlSafe(sql)).fetch_one(conn).await).unwrap();
    count
}

#[tokio::test]
async fn what_a_killed_import_left_is_cleared_and_the_next_one_goes_through() {
    for office in offices().await {
        execute(
            office.db(),
            "insert into batch (register, kind, file, sheet_names, state, received_at, recorded_at, by_whom, process) \
             values ('patents', 'import', '半途.csv', '[]', 'staging', '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z', '张三', '')",
        )
        .await;
        execute(
            office.db(),
            "insert into fact (batch_id, register, fact_key, sheet, row_no, cells) \
             select id, 'patents', 'x', 's', 1, '{}' from batch where state = 'staging'",
        )
        .await;
        assert_eq!(office.known("2024-12-31").await.get("patents").len(), 0, "a staged fact is not seen");
        let messages = registry::recover(office.db(), on("2024-01-02")).await.unwrap();
        assert!(messages[0].contains("半途.csv"), "{messages:?}");
        assert_eq!(count(office.db(), "fact").await, 0);
        assert!(registry::recover(office.db(), on("2024-01-02")).await.unwrap().is_empty());
        assert_eq!(office.import("patents", PATENTS, "2024-01-10").await.accepted, 2);
    }
}

#[tokio::test]
async fn a_register_takes_one_import_at_a_time() {
    for office in offices().await {
        // A process that lives and is not this one: whoever runs the tests.
        let parent = std::os::unix::process::parent_id();
        let process = db::Process::running(parent).unwrap().to_string();
        execute(
            office.db(),
            &format!(
                "insert into batch (register, kind, file, sheet_names, state, received_at, recorded_at, by_whom, process) \
                 values ('patents', 'import', 'a.csv', '[]', 'staging', '2024-01-01T00:00:00.000Z', '2024-01-01T00:00:00.000Z', '张三', '{process}')"
            ),
        )
        .await;
        let busy =
            office.try_import("patents", PATENTS, &ImportOptions::new(on("2024-01-10"), "李四")).await.unwrap_err();
        assert!(matches!(&busy, Error::Conflict(why) if why.contains("正在导入")), "{busy}");
        assert_eq!(
            office.import("industry-codes", "代码,名称\nC3824,甲\n", "2024-01-10").await.accepted,
            1,
            "other registers are free"
        );
        assert!(registry::recover(office.db(), on("2024-01-10")).await.unwrap().is_empty(), "the other one still runs");
        registry::import::cancel(office.db(), 1, on("2024-01-11"), "李四").await.unwrap();
        assert_eq!(office.import("patents", PATENTS, "2024-01-12").await.accepted, 2);
    }
}

#[tokio::test]
async fn an_import_whose_task_was_dropped_does_not_bar_the_register() {
    for office in offices().await {
        let text: String = std::iter::once("代码,名称\n".to_owned())
            .chain((0..20_000).map(|number| format!("{:04},第{number}\n", 1_300 + number % 3_000)))
            .collect();
        let options = ImportOptions::new(on("2024-01-10"), "张三");
        let import = office.try_import("industry-codes", &text, &options);
        let dropped = tokio::time::timeout(std::time::Duration::from_millis(30), import).await;
        if dropped.is_err() {
            let report = office.import("industry-codes", "代码,名称\n3824,甲\n", "2024-01-11").await;
            assert_eq!(report.accepted, 1, "{}", office.base.name);
        }
    }
}

#[tokio::test]
async fn a_cancelled_import_leaves_no_data() {
    for office in offices().await {
        let mut text = String::from("代码,名称\n");
        for number in 0..5_000 {
            text.push_str(&format!("C{:04},第{number}\n", number));
        }
        let watch = Watch::default();
        let cancel = watch.cancel.clone();
        let watch =
            Watch { progress: Some(std::sync::Arc::new(move |_| cancel.store(true, Ordering::Relaxed))), ..watch };
        let options = ImportOptions { watch, ..ImportOptions::new(on("2024-01-10"), "张三") };
        let error = office.try_import("industry-codes", &text, &options).await.unwrap_err();
        assert!(matches!(error, Error::Cancelled), "{error}");
        for table in ["fact", "quarantine", "confirmation", "reliance"] {
            assert_eq!(count(office.db(), table).await, 0, "{table}");
        }
        let list = batches::list(office.db(), &batches::Filter { limit: 10, ..Default::default() }).await.unwrap();
        assert_eq!((list.len(), list[0].state.as_str()), (1, "cancelled"));
    }
}

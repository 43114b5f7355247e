//! Taking a batch back whole.

use registry::{Error, audit, batches};

use crate::office::{PATENTS, offices, on};

#[tokio::test]
async fn a_batch_is_taken_back_whole_and_an_old_state_stays_computable() {
    for office in offices().await {
        let report = office.import("patents", PATENTS, "2024-01-10").await;
        let known_then = office.known("2024-01-31").await;
        let batch =
            batches::rollback(office.db(), report.batch, on("2024-02-01"), "张三", Some("文件有误")).await.unwrap();
        assert_eq!(batch.state, "withdrawn");
        assert_eq!(office.known("2024-02-01").await.get("patents").len(), 0);
        assert!(!office.known("2024-02-01").await.delivered.contains_key("patents"));
        assert_eq!(office.known("2024-01-31").await, known_then);
        assert!(registry::quarantine::open_counts(office.db()).await.unwrap().is_empty());
        let again = batches::rollback(office.db(), report.batch, on("2024-02-02"), "张三", None).await.unwrap_err();
        assert!(matches!(again, Error::Conflict(_)));
        let trail: Vec<String> =
            audit::recent(office.db(), None, 10).await.unwrap().into_iter().map(|entry| entry.action).collect();
        assert_eq!(trail, ["batch-withdrawn", "import-merged"]);
        // The same file after its withdrawal is new again.
        assert_eq!(office.import("patents", PATENTS, "2024-02-03").await.accepted, 2);
    }
}

#[tokio::test]
async fn a_batch_that_later_ones_rest_on_is_kept_and_they_are_named() {
    for office in offices().await {
        let first = office.import("patents", PATENTS, "2024-01-10").await;
        let later = office
            .import("patents", "申请号,名称,申请日,专利权人\n201310699744.2,改名,2013-12-18,甲\n", "2024-02-10")
            .await;
        let error = batches::rollback(office.db(), first.batch, on("2024-03-01"), "张三", None).await.unwrap_err();
        let why = error.to_string();
        assert!(why.contains(&format!("批次 {}", later.batch)) && why.contains("2013106997442"), "{why}");
        batches::rollback(office.db(), later.batch, on("2024-03-01"), "张三", None).await.unwrap();
        batches::rollback(office.db(), first.batch, on("2024-03-02"), "张三", None).await.unwrap();
    }
}

#[tokio::test]
async fn nothing_rests_on_a_withdrawn_batch() {
    for office in offices().await {
        let first = office.import("patents", PATENTS, "2024-01-10").await;
        batches::rollback(office.db(), first.batch, on("2024-03-01"), "张三", None).await.unwrap();
        // Received while the first still stood, imported after it had gone: its rows are facts of their own.
        let options = registry::ImportOptions {
            received_at: on("2024-02-01"),
            ..registry::ImportOptions::new(on("2024-03-02"), "张三")
        };
        let report = office.try_import("patents", PATENTS, &options).await.unwrap();
        assert_eq!((report.accepted, report.unchanged), (2, 0));
        assert_eq!(office.known("2024-03-02").await.get("patents").len(), 2);
    }
}

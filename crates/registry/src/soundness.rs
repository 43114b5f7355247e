//! Whether what the registry holds adds up: the counts of batches against their rows, and the trail against the changes.

mod store;

use db::Db;

use crate::Error;

/// What does not add up in the batches, in Chinese; empty when all is well. Also how many batches were looked at.
pub async fn batches(db: &Db) -> Result<(i64, Vec<String>), Error> {
    let mut tx = db.begin_read().await?;
    let mut faults = Vec::new();
    for (id, file, rows, sum) in store::uneven(&mut tx).await? {
        faults.push(format!("批次 {id}（{file}）共 {rows} 行，而收入、未变与隔离合计 {sum} 行"));
    }
    for (id, file, accepted, there) in store::lacking_facts(&mut tx).await? {
        faults.push(format!("批次 {id}（{file}）收入 {accepted} 行，登记簿中只有 {there} 行"));
    }
    for (id, file, quarantined, there) in store::other_quarantine(&mut tx).await? {
        faults.push(format!("批次 {id}（{file}）隔离 {quarantined} 行，隔离区中却有 {there} 行"));
    }
    for (id, file, there) in store::left_over(&mut tx).await? {
        faults.push(format!("批次 {id}（{file}）已取消，却还留有 {there} 行"));
    }
    Ok((store::count(&mut tx).await?, faults))
}

/// What is missing from the trail, in Chinese; empty when all is well. Also how many entries there are.
pub async fn trail(db: &Db) -> Result<(i64, Vec<String>), Error> {
    let crate::audit::Findings { entries, mut faults, .. } = crate::audit::verify(db, None).await?;
    let mut tx = db.begin_read().await?;
    for (id, file) in store::unrecorded_batches(&mut tx).await? {
        faults.push(format!("批次 {id}（{file}）没有审计记录"));
    }
    for id in store::unrecorded_runs(&mut tx).await? {
        faults.push(format!("测算 {id} 没有审计记录"));
    }
    Ok((entries, faults))
}

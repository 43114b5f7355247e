//! Imports that did not come to their end: killed with their process, dropped with their task, or given up by a person.

use db::Db;
use jiff::Timestamp;
use serde_json::json;

use super::{active, store};
use crate::{Error, audit};

/// Clears away what interrupted imports left behind; one sentence for each.
///
/// A staging batch whose import still runs is left alone.
pub async fn recover(db: &Db, at: Timestamp) -> Result<Vec<String>, Error> {
    let mut tx = db.begin_read().await?;
    let staged = store::staged(&mut tx).await?;
    tx.rollback().await?;
    let mut messages = Vec::new();
    audit::begin_chain(db).await?;
    for (batch, register, file, process) in staged {
        if runs(db, &process) {
            continue;
        }
        let mut tx = db.begin().await?;
        // A killed process may have its last commit under way in the server: then the batch is merged by now.
        if !store::clear(&mut tx, batch, Some("导入中断，已清理")).await? {
            continue;
        }
        let detail = json!({ "register": register, "file": file, "process": process });
        audit::record(&mut tx, at, "system", "import-recovered", &batch.to_string(), &detail).await?;
        tx.commit().await?;
        messages.push(format!(
            "上次导入 {file}（{register}，批次 {batch}）被中断，已清理，没有留下数据。请重新导入该文件。"
        ));
    }
    Ok(messages)
}

/// Gives up a staging batch, whoever runs it; its import, if it still runs, ends with a message.
pub async fn cancel(db: &Db, batch: i64, at: Timestamp, who: &str) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    if !store::clear(&mut tx, batch, Some("导入已取消")).await? {
        return Err(Error::Conflict(format!("批次 {batch} 不在导入中，无需取消。")));
    }
    audit::record(&mut tx, at, who, "import-cancelled", &batch.to_string(), &json!({})).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether the import that bears this mark may still run.
fn runs(db: &Db, mark: &str) -> bool {
    active::read(mark).is_some_and(|(process, runs)| runs && !process.is_gone(db))
}

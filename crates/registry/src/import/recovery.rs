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
    for (batch, register, file, process) in staged {
        if runs(db, &process) {
            continue;
        }
        let mut tx = db.begin().await?;
        store::clear(&mut tx, batch, Some("导入中断，已清理")).await?;
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
    if !store::staged(&mut tx).await?.iter().any(|(staged, ..)| *staged == batch) {
        return Err(Error::Conflict(format!("批次 {batch} 不在导入中，无需取消。")));
    }
    store::clear(&mut tx, batch, Some("导入已取消")).await?;
    audit::record(&mut tx, at, who, "import-cancelled", &batch.to_string(), &json!({})).await?;
    tx.commit().await?;
    Ok(())
}

/// Whether the import that bears this mark may still run.
fn runs(db: &Db, mark: &str) -> bool {
    let Some((process, runs)) = active::read(mark) else { return false };
    // A SQLite file is worked on from one host, whose name may change with its container.
    let is_former_host = !process.is_of_this_host() && matches!(db, Db::Sqlite { .. });
    runs && !process.is_gone() && !is_former_host
}

//! The key to what is sealed: shown, changed, given up.

use clap::Subcommand;
use domain::{Installation, secrets};
use serde_json::json;

use crate::Context;

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// 现用密钥的编号、位置，和靠它打开的内容
    Show,
    /// 换一把新密钥，并用它重新加密全部内容；旧密钥留在文件里打开旧备份
    Rotate,
    /// 密钥确已丢失时：清空只有它能打开的内容，换一把新密钥
    GiveUp,
}

pub(crate) async fn run(context: &Context, command: Key) -> anyhow::Result<()> {
    let vault = context.vault();
    let file = vault.file().display().to_string();
    // Without its key an installation does not open; what is said and done here needs the database only.
    let db = Installation::connect(&context.data, context.database.as_deref()).await?;
    match command {
        Key::Show => {
            let (key, held) = secrets::standing(&db).await?;
            let line = json!({ "key": key, "file": file, "sealed": held });
            context.output.print(&line, |_| match &key {
                Some(key) => format!("现用密钥 {key}，文件 {file}。靠它打开：{}。", secrets::words(held)),
                None => "还没有密钥；第一次启动时生成。".into(),
            })
        }
        Key::Rotate => {
            let installation = context.open().await?;
            let (key, sealed) = secrets::rotate(&installation.db, &vault, "cli", context.now).await?;
            let line = json!({ "key": key, "file": file, "sealed": sealed });
            context.output.print(&line, |_| {
                format!("已换成密钥 {key}，重新加密 {sealed} 项。请重新另存 {file}；旧密钥还在其中，旧备份要用。")
            })
        }
        Key::GiveUp => {
            let (key, lost) = secrets::give_up(&db, &vault, "cli", context.now).await?;
            let line = json!({ "key": key, "file": file, "lost": lost });
            context.output.print(&line, |_| {
                format!(
                    "已清空：{}。新密钥 {key} 在 {file}，请另存一份。两步验证要重新启用，收款账户要由企业重新填写，未送银行的拨付批次请撤销重制。",
                    secrets::words(lost)
                )
            })
        }
    }
}

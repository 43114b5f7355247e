//! The audit trail from the command line: verify, the copy kept elsewhere, the digest.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use registry::audit::{self, Digest};

use crate::Context;
use crate::output::Unusable;

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// 核验每条审计记录：内容未改、前后相接、末尾未删
    Verify(Verify),
    /// 把新的审计记录追加到异地副本（每行一条 JSON）
    Copy(Copy),
    /// 选定此后封签所用的摘要算法
    Digest(Choice),
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// 并与异地副本逐条比对
    #[arg(long, value_name = "FILE")]
    copy: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Copy {
    /// 副本文件，应放在另一台机器的磁盘上
    file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// sha256 或 sm3
    name: String,
}

pub(crate) async fn run(context: &Context, command: Audit) -> anyhow::Result<()> {
    let installation = context.open().await?;
    match command {
        Audit::Verify(Verify { copy }) => {
            let mut file = match &copy {
                Some(path) => Some(BufReader::new(
                    File::open(path)
                        .map_err(|cause| Unusable(format!("副本 {} 打不开：{cause}。请检查路径。", path.display())))?,
                )),
                None => None,
            };
            let lines = file.as_mut().map(|file| file as &mut (dyn BufRead + Send));
            let found = audit::verify(&installation.db, lines).await?;
            context.output.print(&found, |found| {
                let mut text = found.faults.iter().map(|fault| format!("有误  {fault}\n")).collect::<String>();
                if found.faults.is_empty() {
                    text = format!("审计记录 {} 条，均未改动，前后相接。", found.entries);
                    if copy.is_some() {
                        text.push_str(&format!("与副本的 {} 条一致。", found.compared));
                    }
                    text.push_str(&format!("\n链尾封签 {}", found.head));
                }
                text
            })?;
            anyhow::ensure!(
                found.faults.is_empty(),
                "审计记录有 {} 处不符。请停止使用，查明是谁改动了数据库，并从备份核对",
                found.faults.len()
            );
        }
        Audit::Copy(Copy { file }) => {
            let copied = audit::append_copy(&installation.db, &file).await?;
            context.output.print(&copied, |copied| {
                format!("追加 {} 条到 {}，现至第 {} 条。", copied.added, file.display(), copied.last)
            })?;
        }
        Audit::Digest(Choice { name }) => {
            let digest = Digest::from_key(&name)?;
            audit::choose_digest(&installation.db, digest, "cli", context.now).await?;
            let line = serde_json::json!({ "digest": digest.key() });
            context.output.print(&line, |_| format!("此后的审计记录以 {name} 封签；已有的封签不变。"))?;
        }
    }
    Ok(())
}

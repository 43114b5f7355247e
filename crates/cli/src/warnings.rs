//! `corpus watch`: runs the watches over what came into the corpus, and lists what they have told; `corpus index` runs them too.

use std::path::Path;

use clap::Args;
use corpus::Corpus;
use domain::{
    Error, Installation, accounts,
    warnings::{self, Ran, Warning},
};
use serde::Serialize;

use crate::Context;

#[derive(Debug, Args)]
pub(crate) struct Watch {
    /// 只运行并列出这个账号的；不填则为全部账号
    #[arg(long, value_name = "LOGIN")]
    account: Option<String>,
    /// 只列出，不运行
    #[arg(long)]
    list: bool,
}

/// What `corpus watch` answers.
#[derive(Debug, Serialize)]
struct Watched {
    #[serde(flatten)]
    ran: Ran,
    warnings: Vec<Warning>,
}

pub(crate) async fn run(context: &Context, corpus: &Corpus, command: Watch) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let account = match command.account {
        None => None,
        Some(login) => {
            let found = accounts::all(&installation.db).await?.into_iter().find(|account| account.login == login);
            Some(found.ok_or(Error::NotFound { what: "账号", id: login })?)
        }
    };
    let ran = match command.list {
        true => Ran::default(),
        false => warnings::run(&installation, corpus, account.as_ref(), "command", context.now).await?,
    };
    let warnings = warnings::all(&installation.db, account.as_ref()).await?;
    context.output.print(&Watched { ran, warnings }, words)
}

/// Runs every watch over what was taken in; without an installation nobody watches, and what fails is left to the next run.
pub(crate) async fn after_index(context: &Context, folder: &Path) {
    if context.database.is_none() && !Installation::stands_in(&context.data) {
        return;
    }
    let run = async || -> anyhow::Result<Ran> {
        let installation = context.open().await?;
        let corpus = Corpus::open_on(folder, installation.business_date(context.now))?;
        Ok(warnings::run(&installation, &corpus, None, "command", context.now).await?)
    };
    match run().await {
        Ok(Ran { watches: 0, .. }) => {}
        Ok(ran) => eprintln!("{}", told(&ran)),
        Err(cause) => eprintln!("提示：文献已收录，监测条件没有运行（{cause:#}）。请稍后执行 zhiqiang corpus watch。"),
    }
}

fn told(ran: &Ran) -> String {
    let counts = format!("运行监测条件 {} 个：新增预警 {} 条，升级 {} 条", ran.watches, ran.told, ran.raised);
    let failed = ran.failed.iter().map(|why| format!("没有运行：{why}"));
    std::iter::once(counts).chain(failed).collect::<Vec<_>>().join("\n")
}

fn words(watched: &Watched) -> String {
    let Watched { ran, warnings } = watched;
    let mut lines = vec![told(ran), format!("共有预警 {} 条", warnings.len())];
    for one in warnings {
        let Warning { id, level, stage, kind, watch, told_on, reason, .. } = one;
        lines.push(format!("{id}\t{}\t{}\t{told_on}\t{}（{watch}）\t{reason}", level.zh(), stage.zh(), kind.zh()));
        lines.extend(one.documents.iter().map(|document| format!("  {}", document.words)));
    }
    lines.join("\n")
}

//! `corpus names`: the ledger of merged names: what is proposed, what was decided, and deciding it.

use std::path::Path;

use clap::{Args, Subcommand};
use corpus::Corpus;
use documents::applicants::{Act, Ledger, Names as Standing, Proposal};
use domain::{Installation, names};
use serde_json::json;

use crate::{Context, account::As, output::Unusable};

#[derive(Debug, Args)]
pub(crate) struct Names {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 列出归并账的每一条：做了什么、依据、谁、何时
    List,
    /// 列出可能是同一主体的名称，附依据；从不自动归并
    Proposals {
        /// 最多列多少对
        #[arg(long, value_name = "N", default_value_t = 50)]
        limit: usize,
    },
    /// 把一个名称并入另一个
    Merge {
        /// 并入的名称
        name: String,
        /// 代表两者的名称
        into: String,
        /// 依据，例如更名公告的日期和出处
        #[arg(long)]
        reason: String,
    },
    /// 把一个名称从归并中拆出
    Part {
        /// 拆出的名称
        name: String,
        /// 依据
        #[arg(long)]
        reason: String,
    },
    /// 撤销某一条；撤销本身也可以撤销
    Undo {
        /// 条目的版本号
        version: usize,
    },
    /// 按规则归并：企业登记簿中同一统一社会信用代码的现名与曾用名
    MergeByRegister,
}

pub(crate) async fn run(context: &Context, folder: &Path, command: Names) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let db = &installation.db;
    let decide = async |act: Act, reason: Option<&str>| -> anyhow::Result<()> {
        let account = command.by.account(db).await?;
        let evidence = reason.map(names::reasoned).transpose()?.into_iter().collect();
        let when = (installation.business_date(context.now), context.now);
        let told = act.zh();
        let version = names::decide(db, &account, act, evidence, when).await?;
        let answer = json!({ "version": version });
        context.output.print(&answer, |_| format!("{told}：已记入，归并账现为第 {version} 版。"))
    };
    match &command.command {
        Command::List => list(context, &names::ledger(db).await?),
        Command::Proposals { limit } => {
            let mut found = proposals(context, &installation, folder).await?;
            let total = found.len();
            found.truncate(*limit);
            proposed(context, &found, total)
        }
        Command::Merge { name, into, reason } => {
            decide(Act::Merge { name: name.clone(), into: into.clone() }, Some(reason)).await
        }
        Command::Part { name, reason } => decide(Act::Part { name: name.clone() }, Some(reason)).await,
        Command::Undo { version } => decide(Act::Undo { version: *version }, None).await,
        Command::MergeByRegister => {
            let account = command.by.account(db).await?;
            let found = proposals(context, &installation, folder).await?;
            let merged = names::merge_by_register(&installation, found, &account, context.now).await?;
            context.output.print(&json!({ "merged": merged }), |_| format!("按企业登记簿归并了 {merged} 对名称。"))
        }
    }
}

/// The names as of a version of the installation's ledger; without an installation there is only the empty one.
pub(crate) async fn at(context: &Context, version: Option<usize>) -> anyhow::Result<Standing> {
    if context.database.is_some() || Installation::stands_in(&context.data) {
        return Ok(names::at(&context.open().await?.db, version).await?);
    }
    match version {
        Some(1..) => {
            Err(Unusable("这里没有数据库，也就没有名称归并账；请去掉 --ledger，或核对 --data。".into()).into())
        }
        _ => Ok(Standing::default()),
    }
}

async fn proposals(context: &Context, installation: &Installation, folder: &Path) -> anyhow::Result<Vec<Proposal>> {
    let corpus = Corpus::open(folder)?;
    let codes = names::codes(installation, context.now).await?;
    Ok(names::proposals(&corpus, &names::at(&installation.db, None).await?, &codes)?)
}

fn list(context: &Context, ledger: &Ledger) -> anyhow::Result<()> {
    let undone = ledger.undone();
    let line = |(at, entry): (usize, &documents::applicants::Entry)| {
        let evidence: Vec<String> = entry.evidence.iter().map(|one| one.zh()).collect();
        let mark = if undone.contains(&(at + 1)) { "（已撤销）" } else { "" };
        format!("{}\t{}{mark}\t{}\t{}\t{}", at + 1, entry.act.zh(), evidence.join("；"), entry.by, entry.on)
    };
    context.output.print(&ledger.entries(), |entries| match entries.len() {
        0 => "归并账还是空的。".to_owned(),
        _ => entries.iter().enumerate().map(line).collect::<Vec<_>>().join("\n"),
    })
}

fn proposed(context: &Context, found: &[Proposal], total: usize) -> anyhow::Result<()> {
    let answer: Vec<_> = found
        .iter()
        .map(|one| json!({ "name": one.name, "into": one.into, "score": one.score, "evidence": one.evidence }))
        .collect();
    context.output.print(&json!({ "total": total, "proposals": answer }), |_| {
        let mut lines = vec![format!("可能是同一主体的名称 {total} 对，依据分满分 100：")];
        lines.extend(found.iter().map(|one| {
            let evidence: Vec<String> = one.evidence.iter().map(|one| one.zh()).collect();
            format!("{}\t{}\t{}\t{}", one.score, one.name, one.into, evidence.join("；"))
        }));
        lines.join("\n")
    })
}

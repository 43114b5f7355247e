//! `corpus chains` and `corpus chain`: the industry chains with what is found for their nodes, and editing them.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use corpus::Corpus;
use domain::{
    Installation,
    versions::{self, Draft},
};
use navigation::chain::{self, Chain, Edit, Fault, Node};
use serde_json::json;

use crate::{
    Context,
    account::As,
    corpus::{parsed, pointed},
    navigation::city,
    output::Unusable,
};

#[derive(Debug, Args)]
pub(crate) struct Chains {
    /// 城市的名称；不填则取区镇登记簿中的市
    #[arg(long, value_name = "NAME")]
    city: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Editing {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 列出一条产业链的各版：改了什么、为什么、谁、何时
    Versions {
        /// 产业链，如 new-energy
        chain: String,
    },
    /// 把产业链写成 toml 文件，可改后用 chain take 收回
    File {
        /// 产业链，如 new-energy
        chain: String,
        /// 第几版；0 为未经修改的，不填为现行一版
        #[arg(long, value_name = "N")]
        version: Option<i64>,
        /// 写到这个文件；不填则打印
        #[arg(long, value_name = "FILE.toml")]
        to: Option<PathBuf>,
    },
    /// 从 toml 文件收入产业链：已有的存成新的一版，没有的新增
    Take {
        /// 文件
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
        #[command(flatten)]
        why: Why,
    },
    /// 恢复较早的一版，作为新的一版
    Restore {
        /// 产业链，如 new-energy
        chain: String,
        /// 第几版；0 为未经修改的
        version: i64,
        #[command(flatten)]
        why: Why,
    },
    /// 改产业链的名称或划分依据
    Head {
        /// 产业链，如 new-energy
        chain: String,
        /// 名称
        #[arg(long)]
        name: Option<String>,
        /// 划分依据
        #[arg(long)]
        basis: Option<String>,
        #[command(flatten)]
        why: Why,
    },
    /// 新增节点
    Add {
        /// 产业链，如 new-energy
        chain: String,
        /// 名称
        #[arg(long)]
        name: String,
        #[command(flatten)]
        node: NodeText,
        #[command(flatten)]
        why: Why,
    },
    /// 改节点：名称、上级、检索式、说明，没写的不变
    Change {
        /// 节点，如 new-energy/storage
        node: String,
        /// 名称
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        text: NodeText,
        #[command(flatten)]
        why: Why,
    },
    /// 在同级中前移或后移节点
    Shift {
        /// 节点，如 new-energy/storage
        node: String,
        /// 方向：up 前移、down 后移
        #[arg(value_parser = ["up", "down"])]
        to: String,
        #[command(flatten)]
        why: Why,
    },
    /// 删除节点及其全部下级
    Remove {
        /// 节点，如 new-energy/storage
        node: String,
        #[command(flatten)]
        why: Why,
    },
}

#[derive(Debug, Args)]
struct Why {
    /// 修改理由，留在这一版上
    #[arg(long, default_value = "")]
    reason: String,
}

#[derive(Debug, Args)]
struct NodeText {
    /// 上级节点的编号，空为顶层；不填则不变（新增时为顶层）
    #[arg(long, value_name = "NODE")]
    below: Option<String>,
    /// 检索式，空为取下级之和
    #[arg(long, value_name = "QUERY")]
    search: Option<String>,
    /// 说明
    #[arg(long)]
    note: Option<String>,
}

impl NodeText {
    /// The node with what was written in the place of what it said.
    fn over(&self, node: Node, name: Option<&String>) -> Node {
        let either = |written: Option<&String>, before: String| written.cloned().unwrap_or(before);
        Node {
            id: node.id,
            name: either(name, node.name),
            parent: either(self.below.as_ref(), node.parent),
            search: either(self.search.as_ref(), node.search),
            note: either(self.note.as_ref(), node.note),
        }
    }
}

/// The chains as they stand: what was edited in the browser is in the place of what came with the program.
pub(crate) async fn present(context: &Context) -> anyhow::Result<Vec<Chain>> {
    let chains = chain::installed(&context.data.join("chains"))?;
    if context.database.is_none() && !Installation::stands_in(&context.data) {
        return Ok(chains);
    }
    let versions = versions::latest(&context.open().await?.db, versions::Kind::Chain).await?;
    let versions: Vec<(i64, String)> = versions.into_iter().map(|one| (one.version, one.content)).collect();
    Ok(chain::edited(chains, &versions)?)
}

/// Looks at a chain's versions, or makes the next one.
pub(crate) async fn edit(context: &Context, command: Editing) -> anyhow::Result<()> {
    let by = &command.by;
    match &command.command {
        Command::Versions { chain } => history(context, &one(context, chain).await?).await,
        Command::File { chain, version, to } => {
            let present = one(context, chain).await?;
            let chain = match version {
                Some(version) => version_of(context, &present.id, *version).await?,
                None => present,
            };
            let text = chain.written()?;
            let Some(path) = to else { return context.output.print(&chain, |_| text) };
            std::fs::write(path, text).with_context(|| format!("写不了文件 {}", path.display()))?;
            let answer = json!({ "chain": chain.id, "version": chain.version, "file": path });
            context.output.print(&answer, |_| format!("已写入 {}。", path.display()))
        }
        Command::Take { file, why } => {
            let shown = file.display().to_string();
            let text = std::fs::read_to_string(file)
                .map_err(|cause| Unusable(format!("读不了产业链文件 {shown}：{cause}（须为 UTF-8 编码的 toml）")))?;
            let next = Chain::parse(&shown, text.trim_start_matches('\u{feff}'))?;
            let present = present(context).await?.into_iter().find(|chain| chain.id == next.id);
            let changes = match &present {
                Some(present) => next.changes_since(present),
                None => vec![format!("新增产业链“{}”", next.name)],
            };
            let before = present.map_or(0, |present| present.version);
            keep(context, by, next, (before, &changes, &format!("从文件 {shown} 导入：")), why).await
        }
        Command::Restore { chain, version, why } => {
            let present = one(context, chain).await?;
            let next = version_of(context, &present.id, *version).await?;
            let changes = next.changes_since(&present);
            keep(context, by, next, (present.version, &changes, &format!("恢复第 {version} 版：")), why).await
        }
        Command::Head { chain, name, basis, why } => {
            let chain = one(context, chain).await?;
            let name = name.clone().unwrap_or_else(|| chain.name.clone());
            let basis = basis.clone().unwrap_or_else(|| chain.basis.clone());
            after(context, by, &chain, &Edit::Head { name, basis }, why).await
        }
        Command::Add { chain, name, node, why } => {
            let chain = one(context, chain).await?;
            let empty = Node {
                id: String::new(),
                name: name.clone(),
                parent: String::new(),
                search: String::new(),
                note: String::new(),
            };
            after(context, by, &chain, &Edit::Add(node.over(empty, None)), why).await
        }
        Command::Change { node, name, text, why } => {
            let (chain, node) = node_at(context, node).await?;
            after(context, by, &chain, &Edit::Change(text.over(node, name.as_ref())), why).await
        }
        Command::Shift { node, to, why } => {
            let (chain, node) = node_at(context, node).await?;
            after(context, by, &chain, &Edit::Shift { id: node.id, up: to == "up" }, why).await
        }
        Command::Remove { node, why } => {
            let (chain, node) = node_at(context, node).await?;
            after(context, by, &chain, &Edit::Remove { id: node.id }, why).await
        }
    }
}

async fn one(context: &Context, id: &str) -> anyhow::Result<Chain> {
    Ok(chain::find(&present(context).await?, id)?.0.clone())
}

async fn node_at(context: &Context, address: &str) -> anyhow::Result<(Chain, Node)> {
    let chains = present(context).await?;
    match chain::find(&chains, address)? {
        (chain, Some(node)) => Ok((chain.clone(), node.clone())),
        (chain, None) => {
            let first = chain.nodes.first().map_or("", |node| &node.id);
            let message = format!("请写明“{}”的哪个节点，例如 {}/{first}。", chain.name, chain.id);
            Err(Unusable(message).into())
        }
    }
}

/// A version of a chain; 0 is as it came.
async fn version_of(context: &Context, id: &str, version: i64) -> anyhow::Result<Chain> {
    let absent = || Unusable(format!("产业链 {id} 没有第 {version} 版；corpus chain versions {id} 列出各版。"));
    if version == 0 {
        let came = chain::installed(&context.data.join("chains"))?;
        return Ok(came.into_iter().find(|chain| chain.id == id).ok_or_else(absent)?);
    }
    let kept = versions::history(&context.open().await?.db, versions::Kind::Chain, id).await?;
    let kept = kept.into_iter().find(|one| one.version == version).ok_or_else(absent)?;
    Ok(Chain::of_version(version, &kept.content)?)
}

async fn after(context: &Context, by: &As, chain: &Chain, edit: &Edit, why: &Why) -> anyhow::Result<()> {
    let next = chain.after(edit).map_err(|faults| {
        let told = |fault: &Fault| match (&fault.at, edit) {
            (Some(at), Edit::Add(node) | Edit::Change(node)) => pointed(&node.search, at),
            _ => fault.message.clone(),
        };
        Unusable(faults.iter().map(told).collect::<Vec<_>>().join("\n"))
    })?;
    let changes = next.changes_since(chain);
    keep(context, by, next, (chain.version, &changes, ""), why).await
}

/// Keeps a chain as the version after `before`, with today as the day of its edition.
async fn keep(
    context: &Context,
    by: &As,
    next: Chain,
    (before, changes, how): (i64, &[String], &str),
    why: &Why,
) -> anyhow::Result<()> {
    if changes.is_empty() {
        let message = format!("产业链“{}”与现行一版相同，没有存成新的一版。", next.name);
        return Err(Unusable(message).into());
    }
    let installation = context.open().await?;
    let account = by.account(&installation.db).await?;
    let next = Chain { edition: installation.business_date(context.now), ..next };
    let draft = Draft {
        kind: versions::Kind::Chain,
        base: before,
        content: next.written()?,
        changes: format!("{how}{}", changes.join("；")),
        reason: why.reason.clone(),
        object: next.id.clone(),
    };
    let version = versions::keep(&installation.db, &account, &draft, context.now).await?;
    let answer = json!({ "chain": next.id, "version": version, "changes": changes });
    context.output.print(&answer, |_| format!("产业链“{}”第 {version} 版：{}", next.name, draft.changes))
}

async fn history(context: &Context, chain: &Chain) -> anyhow::Result<()> {
    let kept = versions::history(&context.open().await?.db, versions::Kind::Chain, &chain.id).await?;
    let row = |one: &versions::Version| json!({ "version": one.version, "changes": one.changes, "reason": one.reason, "by": one.by_login, "at": one.made_at });
    context.output.print(&kept.iter().map(row).collect::<Vec<_>>(), |_| match kept.len() {
        0 => format!("产业链“{}”还没有改过。", chain.name),
        _ => {
            let line = |one: &versions::Version| {
                format!("{}\t{}\t{}\t{}\t{}", one.version, one.made_at, one.by_login, one.changes, one.reason)
            };
            kept.iter().map(line).collect::<Vec<_>>().join("\n")
        }
    })
}

/// What `corpus chains` answers for each chain.
#[derive(serde::Serialize)]
struct CountedChain<'a> {
    id: &'a str,
    name: &'a str,
    version: i64,
    edition: jiff::civil::Date,
    nodes: Vec<chain::Counted<'a>>,
}

pub(crate) async fn counted(context: &Context, corpus: &Corpus, command: Chains) -> anyhow::Result<()> {
    let subject = city(context, command.city.as_deref()).await?;
    let own = parsed(&subject.search)?;
    let chains = present(context).await?;
    let mut counted = Vec::new();
    for chain in &chains {
        let nodes = chain.counted(corpus, &own)?;
        let Chain { id, name, version, edition, .. } = chain;
        counted.push(CountedChain { id, name, version: *version, edition: *edition, nodes });
    }
    context.output.print(&counted, |counted| {
        let mut lines = Vec::new();
        for chain in counted {
            lines.push(match chain.version {
                0 => format!("{}（{}，{} 版）", chain.name, chain.id, chain.edition),
                version => format!("{}（{}，第 {version} 版，{}）", chain.name, chain.id, chain.edition),
            });
            lines.extend(chain.nodes.iter().map(|one| {
                let indent = "  ".repeat(one.depth + 1);
                let (documents, families, own) = (one.documents, one.families, one.own);
                format!("{indent}{}（{}）：{documents} 件，{families} 族，本市 {own} 件", one.node.name, one.node.id)
            }));
        }
        lines.join("\n")
    })
}

//! Organisations from the command line: the departments, universities, banks and agencies that accounts belong to.

use clap::{Args, Subcommand};
use domain::organisations::{self, Kind, New, Organisation as One};

use crate::{Context, arguments::one_of};

#[derive(Debug, Subcommand)]
pub(crate) enum Organisation {
    /// 列出全部组织；本市、区镇和企业来自登记簿
    List(List),
    /// 登记一个单位，打印其编号
    Add(Add),
    /// 给单位改名
    Rename(Rename),
    /// 停用单位
    Disable(Id),
    /// 恢复使用已停用的单位
    Enable(Id),
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// 只列这一类
    #[arg(long, value_parser = one_of(&Kind::ALL, Kind::key, Kind::zh))]
    kind: Option<Kind>,
}

#[derive(Debug, Args)]
pub(crate) struct Add {
    /// 名称
    name: String,
    /// 类型；区镇和企业请导入登记簿
    #[arg(long, value_parser = one_of(&Kind::ALL, Kind::key, Kind::zh))]
    kind: Kind,
    /// 统一社会信用代码
    #[arg(long, default_value = "")]
    code: String,
    /// 上级单位的编号；不写即本市
    #[arg(long)]
    parent: Option<i64>,
}

#[derive(Debug, Args)]
pub(crate) struct Rename {
    /// 单位编号
    id: i64,
    /// 新名称
    name: String,
}

#[derive(Debug, Args)]
pub(crate) struct Id {
    /// 单位编号
    id: i64,
}

pub(crate) async fn run(context: &Context, command: Organisation) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let (db, now) = (&installation.db, context.now);
    let done = |id: i64, word: &str| {
        context.output.print(&serde_json::json!({ "organisation": id }), |_| format!("单位 {id} {word}。"))
    };
    match command {
        Organisation::List(List { kind }) => {
            let mut all = organisations::all(db, now).await?;
            all.retain(|one| kind.is_none_or(|kind| one.kind == kind));
            context.output.list(&all, line, words, "")
        }
        Organisation::Add(Add { name, kind, code, parent }) => {
            let id = organisations::add(db, &New { kind, name, code, parent }, "cli", now).await?;
            done(id, "已登记")
        }
        Organisation::Rename(Rename { id, name }) => {
            organisations::rename(db, id, &name, "cli", now).await?;
            done(id, "已改名")
        }
        Organisation::Disable(Id { id }) => {
            organisations::disable(db, id, "cli", now).await?;
            done(id, "已停用")
        }
        Organisation::Enable(Id { id }) => {
            organisations::enable(db, id, "cli", now).await?;
            done(id, "已恢复使用")
        }
    }
}

fn line(one: &One) -> serde_json::Value {
    serde_json::json!({
        "organisation": one.id, "kind": one.kind.key(), "name": one.name, "code": one.code, "parent": one.parent,
        "disabled": one.disabled_at.is_some(),
    })
}

fn words(one: &One) -> String {
    let id = one.id.map_or_else(|| "登记簿".to_owned(), |id| id.to_string());
    let state = if one.disabled_at.is_some() { "  已停用" } else { "" };
    format!("{id}  {}  {}  {}  {}{state}", one.kind.zh(), one.name, one.code, one.parent)
}

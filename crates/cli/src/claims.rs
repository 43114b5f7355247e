//! Invitations and claims from the command line: the ways by which people get an account whose password nobody else knows.

use clap::Args;
use domain::Installation;
use domain::accounts::Role;
use domain::claims::{self, Claim};
use domain::invitations::{self, About, Invitation};
use serde_json::{Value, json};

use crate::Context;
use crate::account::As;
use crate::arguments::one_of;

#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// 姓名
    #[arg(long)]
    name: String,
    /// 角色
    #[arg(long, value_parser = one_of(&Role::ALL, Role::key, Role::zh))]
    role: Role,
    /// 单位：区镇账号为区镇名称，企业账号为统一社会信用代码
    #[arg(long, default_value = "")]
    unit: String,
}

#[derive(Debug, Args)]
pub(crate) struct Number {
    /// 编号
    id: i64,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    /// 只列出待审核的
    #[arg(long)]
    waiting: bool,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Args)]
pub(crate) struct One {
    /// 认领编号
    id: i64,
    /// 把证明材料写到这个文件夹
    #[arg(long, value_name = "DIR")]
    out: Option<std::path::PathBuf>,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Args)]
pub(crate) struct Accept {
    /// 认领编号
    id: i64,
    /// 说明，企业会看到
    #[arg(long, default_value = "")]
    note: String,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Args)]
pub(crate) struct Refuse {
    /// 认领编号
    id: i64,
    /// 理由，企业会看到
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    by: As,
}

pub(crate) async fn invite(context: &Context, installation: &Installation, command: Invite) -> anyhow::Result<()> {
    let about = About { name: command.name, role: command.role, unit: command.unit };
    let (id, word) = invitations::invite(&installation.db, &about, "cli", context.now).await?;
    let path = format!("/invited?word={word}");
    context.output.print(&json!({ "invitation": id, "path": path }), |_| {
        format!(
            "邀请 {id} 已生成。请在网站地址后接上：\n{path}\n只显示这一次，七天内有效；由本人打开，设定登录名和密码。"
        )
    })
}

pub(crate) async fn invitations(context: &Context, installation: &Installation) -> anyhow::Result<()> {
    let all = invitations::all(&installation.db).await?;
    let value = |one: &Invitation| {
        json!({
            "id": one.id, "name": one.about.name, "role": one.about.role.key(), "unit": one.about.unit,
            "state": one.state(context.now).key(), "by": one.by, "made_at": one.made_at,
            "expires_at": one.expires_at, "login": one.login, "claim": one.claim,
        })
    };
    let line = |one: &Invitation| {
        let (about, state) = (&one.about, one.state(context.now).zh());
        let login = one.login.as_deref().unwrap_or_default();
        format!("{}  {}  {}  {}  {state}  {login}", one.id, about.name, about.role.zh(), about.unit)
    };
    let none = "还没有邀请。请用 zhiqiang account invite --name 姓名 --role 角色 邀请。";
    context.output.list(&all, value, line, none)
}

pub(crate) async fn revoke(context: &Context, installation: &Installation, command: Number) -> anyhow::Result<()> {
    invitations::revoke(&installation.db, command.id, "cli", context.now).await?;
    context
        .output
        .print(&json!({ "invitation": command.id }), |_| format!("邀请 {} 已撤回，链接不能再用。", command.id))
}

fn claim_value(claim: &Claim) -> Value {
    let said = &claim.said;
    json!({
        "id": claim.id, "uscc": said.uscc, "enterprise": said.enterprise, "person": said.person,
        "phone": said.phone, "note": said.note, "made_at": claim.made_at, "state": claim.state.key(),
        "decided_by": claim.decided_by, "decided_at": claim.decided_at, "reason": claim.reason,
    })
}

pub(crate) async fn list(context: &Context, installation: &Installation, command: List) -> anyhow::Result<()> {
    let by = command.by.account(&installation.db).await?;
    let mut all = claims::all(installation, &by, context.now).await?;
    all.retain(|one| !command.waiting || one.claim.state == claims::State::Waiting);
    let value = |one: &claims::Listed| {
        let mut value = claim_value(&one.claim);
        value["registered"] = json!(one.registered);
        value["has_account"] = json!(one.has_account);
        value
    };
    let line = |one: &claims::Listed| {
        let (claim, said) = (&one.claim, &one.claim.said);
        let has = if one.has_account { "已有账号" } else { "没有账号" };
        format!("{}  {}  {}  {}  {}  {has}", claim.id, said.uscc, said.enterprise, said.person, claim.state.zh())
    };
    context.output.list(&all, value, line, "没有企业认领。")
}

pub(crate) async fn one(context: &Context, installation: &Installation, command: One) -> anyhow::Result<()> {
    let by = command.by.account(&installation.db).await?;
    let view = claims::one(installation, &by, command.id, context.now).await?;
    if let Some(dir) = &command.out {
        std::fs::create_dir_all(dir)?;
        for paper in &view.papers {
            let (_, bytes) = claims::paper(installation, &by, (command.id, paper.id)).await?;
            std::fs::write(dir.join(format!("{}-{}", paper.id, paper.name)), bytes)?;
        }
    }
    let mut value = claim_value(&view.claim);
    value["registered"] = json!(view.registered);
    value["accounts"] = view.accounts.iter().map(|one| json!(one.account.login)).collect();
    let papers = view.papers.iter();
    value["papers"] = papers.map(|one| json!({ "kind": one.kind.key(), "name": one.name, "size": one.size })).collect();
    context.output.print(&value, |_| {
        let (claim, said) = (&view.claim, &view.claim.said);
        let logins: Vec<&str> = view.accounts.iter().map(|one| one.account.login.as_str()).collect();
        let papers: Vec<String> = view.papers.iter().map(|one| format!("{} {}", one.kind.zh(), one.name)).collect();
        let registered = view.registered.as_deref().unwrap_or("没有收录");
        let has = if logins.is_empty() { "没有".to_owned() } else { logins.join("、") };
        format!(
            "认领 {}：{}（{}），{}\n登记簿中的名称：{registered}\n已有账号：{has}\n经办人：{} {}\n材料：{}\n说明：{}\n理由：{}",
            claim.id,
            said.enterprise,
            said.uscc,
            claim.state.zh(),
            said.person,
            said.phone,
            papers.join("、"),
            said.note,
            claim.reason
        )
    })
}

pub(crate) async fn accept(context: &Context, installation: &Installation, command: Accept) -> anyhow::Result<()> {
    let by = command.by.account(&installation.db).await?;
    claims::accept(installation, &by, (command.id, &command.note), context.now).await?;
    context
        .output
        .print(&json!({ "claim": command.id }), |_| format!("认领 {} 已通过，企业可凭查询码开通账号。", command.id))
}

pub(crate) async fn refuse(context: &Context, installation: &Installation, command: Refuse) -> anyhow::Result<()> {
    let by = command.by.account(&installation.db).await?;
    claims::refuse(installation, &by, (command.id, &command.reason), context.now).await?;
    context.output.print(&json!({ "claim": command.id }), |_| format!("认领 {} 未通过。", command.id))
}

//! Accounts from the command line: the first administrator of an installation is opened here.

use clap::{Args, Subcommand};
use db::Db;
use domain::accounts::{self, New, Role};
use domain::{sign_in_limits, sign_on};

use crate::Context;
use crate::arguments::one_of;
use crate::claims;
use crate::output::Unusable;

/// Who acts in a case or moves money: an account of the installation. The command line is trusted as the database file is and asks
/// for no password; what the account's role may do, four eyes and the audit trail hold as on the pages.
#[derive(Debug, Args)]
pub(crate) struct As {
    /// 以哪个账号办理（登录名）；角色权限、经办复核分离照样适用
    #[arg(long = "as", global = true, value_name = "LOGIN")]
    login: Option<String>,
}

impl As {
    pub(crate) async fn account(&self, db: &Db) -> anyhow::Result<accounts::Account> {
        let login = self.login.as_deref().ok_or_else(|| {
            Unusable("请用 --as LOGIN 说明由哪个账号办理；zhiqiang account list 列出全部账号。".into())
        })?;
        let found = accounts::find(db, login).await?;
        if found.disabled_at.is_some() {
            return Err(Unusable(format!("账号 {login} 已停用，不能以它办理。请换一个账号，或请管理员恢复。")).into());
        }
        Ok(found.account)
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum Account {
    /// 开通账号，打印一次性密码
    Open(Open),
    /// 列出账号
    List,
    /// 停用账号，结束其全部会话
    Disable(Login),
    /// 恢复已停用的账号
    Enable(Login),
    /// 重新生成一次性密码
    Reset(Login),
    /// 解除因登录失败过多的锁定
    Unlock(Login),
    /// 把账号绑定到政府统一身份认证的一个标识
    Link(Tie),
    /// 解除统一身份认证的绑定，结束其全部会话
    Unlink(Login),
    /// 邀请开通账号，打印一次性链接
    Invite(claims::Invite),
    /// 列出邀请
    Invitations,
    /// 撤回还没有使用的邀请
    Revoke(claims::Number),
    /// 列出企业认领
    Claims(claims::List),
    /// 一件企业认领的全部内容
    Claim(claims::One),
    /// 通过企业认领，企业凭查询码开通账号
    Accept(claims::Accept),
    /// 不通过企业认领
    Refuse(claims::Refuse),
}

#[derive(Debug, Args)]
pub(crate) struct Open {
    /// 登录名
    login: String,
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
pub(crate) struct Login {
    /// 登录名
    login: String,
}

#[derive(Debug, Args)]
pub(crate) struct Tie {
    /// 登录名
    login: String,
    /// 认证方地址，与统一登录设置中的 issuer 一致
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// 认证方给本人的标识（sub）
    #[arg(long)]
    subject: String,
}

pub(crate) async fn run(context: &Context, command: Account) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let (db, now) = (&installation.db, context.now);
    let told = |login: &str, password: &str| {
        let line = serde_json::json!({ "login": login, "password": password });
        context.output.print(&line, |_| {
            format!("账号 {login} 的一次性密码：{password}\n只显示这一次。首次登录须先改成自己的密码。")
        })
    };
    let done = |login: &str, word: &str| {
        context.output.print(&serde_json::json!({ "login": login }), |_| format!("账号 {login} {word}。"))
    };
    match command {
        Account::Invite(command) => claims::invite(context, &installation, command).await,
        Account::Invitations => claims::invitations(context, &installation).await,
        Account::Revoke(command) => claims::revoke(context, &installation, command).await,
        Account::Claims(command) => claims::list(context, &installation, command).await,
        Account::Claim(command) => claims::one(context, &installation, command).await,
        Account::Accept(command) => claims::accept(context, &installation, command).await,
        Account::Refuse(command) => claims::refuse(context, &installation, command).await,
        Account::Open(open) => {
            let new = New { login: open.login, name: open.name, role: open.role, unit: open.unit };
            let password = accounts::open_with_fresh_password(db, &new, "cli", now).await?;
            told(&new.login, &password)
        }
        Account::Reset(Login { login }) => told(&login, &accounts::reset(db, &login, "cli", now).await?),
        Account::Unlock(Login { login }) => {
            sign_in_limits::unlock(db, &login, "cli", now).await?;
            done(&login, "已解除锁定")
        }
        Account::Link(Tie { login, issuer, subject }) => {
            sign_on::link(db, (&login, &issuer, &subject), "cli", now).await?;
            done(&login, "已绑定统一身份认证")
        }
        Account::Unlink(Login { login }) => {
            sign_on::unlink(db, &login, "cli", now).await?;
            done(&login, "已解除统一身份认证的绑定")
        }
        Account::Disable(Login { login }) => {
            accounts::disable(db, &login, "cli", now).await?;
            done(&login, "已停用，会话已全部结束")
        }
        Account::Enable(Login { login }) => {
            accounts::enable(db, &login, "cli", now).await?;
            done(&login, "已恢复使用")
        }
        Account::List => {
            let all = accounts::details(db).await?;
            let lines: Vec<_> = all
                .iter()
                .map(|one| {
                    serde_json::json!({
                        "login": one.account.login, "name": one.account.name, "role": one.account.role.key(),
                        "unit": one.account.unit, "disabled": one.disabled_at.is_some(),
                        "must_change": one.account.must_change,
                    })
                })
                .collect();
            context.output.print(&lines, |_| {
                if all.is_empty() {
                    return "还没有账号。请用 zhiqiang account open LOGIN --name 姓名 --role administrator 开通第一个系统管理员。"
                        .to_owned();
                }
                let line = |one: &accounts::Detail| {
                    let state = match (one.disabled_at.is_some(), one.account.must_change) {
                        (true, _) => "已停用",
                        (false, true) => "待改密码",
                        (false, false) => "可用",
                    };
                    let account = &one.account;
                    format!("{}  {}  {}  {}  {state}", account.login, account.name, account.role.zh(), account.unit)
                };
                all.iter().map(line).collect::<Vec<_>>().join("\n")
            })
        }
    }
}

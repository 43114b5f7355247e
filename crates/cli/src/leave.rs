//! Leave from the command line: who does whose work, from when to when.

use clap::{Args, Subcommand};
use domain::delegations::{self, Delegation};
use serde_json::{Value, json};

use crate::Context;
use crate::account::As;
use crate::output::day;

#[derive(Debug, Args)]
pub(crate) struct Leave {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// 列出请假委托
    List,
    /// 登记本人（--as）请假期间由谁代办
    Name {
        /// 受委托人的登录名
        to: String,
        /// 第一天
        #[arg(long, value_name = "DATE")]
        from: String,
        /// 最后一天
        #[arg(long, value_name = "DATE")]
        until: String,
        /// 事由
        #[arg(long)]
        reason: String,
    },
    /// 提前结束一次委托
    End {
        /// 委托编号，见 leave list
        id: i64,
    },
}

pub(crate) async fn run(context: &Context, command: Leave) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let (db, now) = (&installation.db, context.now);
    let account = command.by.account(db).await?;
    match command.action {
        Action::List => {
            let all = delegations::all(db, &account).await?;
            context.output.list(&all, value, words, "还没有请假委托。请用 zhiqiang leave name 登记。")
        }
        Action::Name { to, from, until, reason } => {
            let days = (day("--from", &from)?, day("--until", &until)?);
            let id = delegations::name(&installation, &account, &to, days, &reason, now).await?;
            let named = json!({ "leave": id, "to": to, "from": days.0, "until": days.1 });
            context.output.print(&named, |_| format!("{} 至 {} 由 {to} 代办（委托 {id}）。", days.0, days.1))
        }
        Action::End { id } => {
            delegations::end(db, &account, id, now).await?;
            context.output.print(&json!({ "leave": id }), |_| format!("委托 {id} 已结束。"))
        }
    }
}

fn value(one: &Delegation) -> Value {
    json!({
        "leave": one.id, "from_login": one.from_login, "to_login": one.to_login, "from": one.from_on, "until": one.until_on,
        "reason": one.reason, "ended_at": one.ended_at,
    })
}

fn words(one: &Delegation) -> String {
    let ended = if one.ended_at.is_some() { "  已提前结束" } else { "" };
    format!(
        "{}  {} 委托 {}  {} 至 {}  {}{ended}",
        one.id, one.from_login, one.to_login, one.from_on, one.until_on, one.reason
    )
}

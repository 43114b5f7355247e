//! The budget from the command line: its lines, and setting one.

use clap::{Args, Subcommand};
use domain::budget;
use serde_json::{Value, json};
use terms::{Money, MoneyUnit};

use crate::Context;
use crate::account::As;
use crate::output::{Unusable, yuan};

#[derive(Debug, Args)]
pub(crate) struct Budget {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// 列出各年预算：安排、预留、已付、余额
    List,
    /// 设定一笔预算，或改其金额；不能低于已预留和已付之和
    Set {
        /// 年度
        year: i64,
        /// 资金来源，如 市级知识产权专项资金
        source: String,
        /// 金额，如 300万元
        amount: String,
        /// 只用于这项奖励或资助；不填则各项均可用
        #[arg(long, value_name = "AWARD", default_value = "")]
        award: String,
        /// 预算批复文号
        #[arg(long, value_name = "文号")]
        basis: String,
    },
}

pub(crate) async fn run(context: &Context, command: Budget) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let db = &installation.db;
    match command.action {
        Action::List => {
            let lines = budget::lines(db).await?;
            let values: Vec<Value> = lines.iter().map(value).collect();
            context.output.print(&values, |_| match lines.is_empty() {
                true => "还没有预算。请用 zhiqiang budget set 设定。".into(),
                false => lines.iter().map(words).collect::<Vec<_>>().join("\n"),
            })
        }
        Action::Set { year, source, amount, award, basis } => {
            let account = command.by.account(db).await?;
            let money =
                Money::parse(&amount, MoneyUnit::Yuan).map_err(|cause| Unusable(format!("预算金额：{cause}")))?;
            if !award.is_empty() && domain::runs::policy()?.award(&award).is_none() {
                return Err(
                    Unusable(format!("政策文件中没有奖励或资助“{award}”。zhiqiang item list 列出已有事项。")).into()
                );
            }
            let line = (year, &*source, &*award);
            let id = budget::set(db, &account, line, (money.fen, &basis), context.now).await?;
            let set = json!({ "line": id, "amount_fen": money.fen });
            context.output.print(&set, |_| format!("{year} 年“{source}”预算已设为 {}。", money.format_zh()))
        }
    }
}

fn value(line: &budget::Line) -> Value {
    json!({
        "line": line.id, "year": line.year, "source": line.source, "award": line.award, "basis": line.basis,
        "amount_fen": line.amount_fen, "reserved_fen": line.reserved_fen, "paid_fen": line.paid_fen,
        "left_fen": line.left_fen(),
    })
}

fn words(line: &budget::Line) -> String {
    let award = if line.award.is_empty() { "各项" } else { &line.award };
    format!(
        "{}  {}  {award}  安排 {}  预留 {}  已付 {}  余 {}  {}",
        line.year,
        line.source,
        yuan(Some(line.amount_fen)),
        yuan(Some(line.reserved_fen)),
        yuan(Some(line.paid_fen)),
        yuan(Some(line.left_fen())),
        line.basis
    )
}

//! Month-end closing from the command line: the closed months, closing one, taking one back.

use std::fmt::Write;

use clap::{Args, Subcommand};
use domain::closing::{self, Closing, Wish};
use serde_json::json;

use crate::Context;
use crate::account::As;

#[derive(Debug, Args)]
pub(crate) struct Command {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// 列出已月结和撤回过的月份
    List,
    /// 以一次月末的测算月结（先用 evaluate 或 explain 看要月结的数）
    Close {
        /// 测算编号（可只写开头几位；latest 为统计时点最晚的一次）
        run: String,
        /// 确认未处理的隔离行不影响本月结果
        #[arg(long)]
        acknowledge: bool,
        /// 说明
        #[arg(long, default_value = "")]
        note: String,
    },
    /// 撤回一个月的月结（领导小组），须写明理由
    Reopen {
        /// 月份，如 2023-12
        month: String,
        /// 撤回的理由
        #[arg(long)]
        reason: String,
    },
}

pub(crate) async fn run(context: &Context, command: Command) -> anyhow::Result<()> {
    let installation = context.open().await?;
    match command.action {
        Action::List => {
            let (closed, reopened) = (closing::list(&installation).await?, closing::reopened(&installation).await?);
            context.output.print(&json!({ "closed": closed, "reopened": reopened }), |_| {
                let mut text = String::new();
                closed.iter().for_each(|one| text.push_str(&line(one)));
                for one in &reopened {
                    let Closing { month, run, .. } = &one.closing;
                    let run = run.get(..12).unwrap_or(run);
                    let _ = writeln!(text, "{month}  测算 {run}  已由 {} 撤回：{}", one.reopened_by, one.reason);
                }
                if text.is_empty() {
                    "还没有月结。请先按月末日期测算，再用 zhiqiang closing close。".into()
                } else {
                    text
                }
            })
        }
        Action::Close { run, acknowledge, note } => {
            let by = command.by.account(&installation.db).await?;
            let run = crate::runs::run_id(&installation, &run).await?;
            let wish = Wish { run: &run, acknowledged: acknowledge, note: &note, by: &by, now: context.now };
            let closed = closing::close(&installation, wish).await?;
            context.output.print(&closed, line)
        }
        Action::Reopen { month, reason } => {
            let by = command.by.account(&installation.db).await?;
            let taken = closing::reopen(&installation, &by, &month, &reason, context.now).await?;
            context.output.print(&taken, |taken| {
                format!("{} 的月结已撤回；这个月的数改按资料最新的一次测算。", taken.closing.month)
            })
        }
    }
}

fn line(one: &Closing) -> String {
    let run = one.run.get(..12).unwrap_or(&one.run);
    let note = if one.note.is_empty() { String::new() } else { format!("  {}", one.note) };
    format!("{}  已月结  测算 {run}  {}{note}\n", one.month, one.closed_by)
}

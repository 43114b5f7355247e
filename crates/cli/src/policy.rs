//! Commands over the policy document: check, test, list.

use std::fmt::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use rules::check::Severity;

use crate::Context;

#[derive(Debug, Args)]
pub(crate) struct Policy {
    #[command(subcommand)]
    action: Action,
    /// 政策文件所在目录；不填为安装的那一份
    #[arg(long, global = true, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// 逐条检查条款由哪条规则或哪项服务承担
    Check,
    /// 运行用例表
    Test,
    /// 列出已安装的政策文件
    List,
}

pub(crate) async fn run(context: &Context, command: Policy) -> anyhow::Result<()> {
    let policy = match &command.dir {
        Some(dir) => rules::Policy::load(dir)?,
        None => domain::runs::policy()?,
    };
    match command.action {
        Action::Check => check(context, &policy),
        Action::Test => test(context, &policy).await,
        Action::List => {
            let line = serde_json::json!([{ "id": policy.id, "title": policy.title, "hash": policy.hash(), "clauses": policy.clauses.len() }]);
            context.output.print(&line, |_| format!("{} {}（{} 条）", policy.id, policy.title, policy.clauses.len()))
        }
    }
}

fn check(context: &Context, policy: &rules::Policy) -> anyhow::Result<()> {
    let commands = crate::commands();
    let report = domain::case_table::check(policy, &|carrier| match carrier.kind.as_str() {
        "page" => web::routes::exists(&carrier.name),
        _ => commands.contains(&carrier.name),
    })?;
    let carried = report.coverage.len() - report.missing().count();
    context.output.print(&report, |report| {
        let mut text = String::new();
        for finding in &report.findings {
            let kind = if finding.severity == Severity::Error { "错误" } else { "提醒" };
            let _ = writeln!(text, "{kind}：{}：{}", finding.place, finding.message);
        }
        let missing: Vec<&str> = report.missing().map(|coverage| coverage.clause.as_str()).collect();
        let _ = writeln!(
            text,
            "条款 {} 条，已有规则或服务承担 {carried} 条，尚缺 {} 条：",
            report.coverage.len(),
            missing.len()
        );
        for id in missing {
            let words = policy.clause(id).map(|clause| clause.text.as_str()).unwrap_or_default();
            let _ = writeln!(text, "  {id} {words}");
        }
        text
    })?;
    anyhow::ensure!(report.is_sound(), "政策文件有错误，不能使用");
    Ok(())
}

async fn test(context: &Context, policy: &rules::Policy) -> anyhow::Result<()> {
    let outcome = domain::case_table::run(policy).await?;
    context.output.print(&outcome, |outcome| {
        let mut text = String::new();
        for failure in outcome.failures() {
            let _ = writeln!(text, "不符：{}\n{}", failure.name, failure.differences.join("\n"));
        }
        let _ = write!(text, "{} passed, {} failed", outcome.passed(), outcome.failed());
        text
    })?;
    anyhow::ensure!(outcome.failed() == 0, "用例表有 {} 条不符", outcome.failed());
    Ok(())
}

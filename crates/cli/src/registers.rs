//! Commands over registers: template, import, batches, rollback, quarantine, ties.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use jiff::Timestamp;
use registry::{ImportOptions, ImportReport};

use crate::Context;
use crate::output::{Form, Unusable};

/// How many rows a list prints at the most.
const ROWS_PRINTED: u32 = 1000;

#[derive(Debug, Args)]
pub(crate) struct Template {
    /// 登记簿，如 patents
    register: String,
    /// 输出的工作簿
    #[arg(long, value_name = "FILE.xlsx")]
    out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// 登记簿，如 patents
    register: String,
    /// 一个或多个文件（xlsx、xls、ods、csv、jsonl）
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// 收到文件的时间；不填为现在
    #[arg(long, value_name = "TIME")]
    received_at: Option<String>,
    /// 文件是该登记簿的全量：列出其中已消失的记录（不删除）
    #[arg(long)]
    full: bool,
    /// 使用已保存的列映射
    #[arg(long, value_name = "NAME")]
    mapping: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Batches {
    /// 只看这个登记簿
    register: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// 批次编号
    batch: i64,
    /// 撤回的原因
    #[arg(long)]
    reason: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Quarantine {
    #[command(subcommand)]
    action: Option<Settle>,
    /// 只看这个登记簿
    #[arg(long)]
    register: Option<String>,
    /// 只看这个批次
    #[arg(long)]
    batch: Option<i64>,
}

#[derive(Debug, Subcommand)]
enum Settle {
    /// 更正单元格后收入
    Correct {
        /// 隔离行的编号
        id: i64,
        /// 更正的内容，可重复
        #[arg(long = "set", value_name = "列名=内容", required = true)]
        set: Vec<String>,
    },
    /// 照原样放行，须写明理由
    Release {
        /// 隔离行的编号
        id: i64,
        /// 放行的理由
        #[arg(long)]
        reason: String,
    },
    /// 作废，须写明理由
    Discard {
        /// 隔离行的编号
        id: i64,
        /// 作废的理由
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Ties {
    /// 把名称关联到企业：名称=统一社会信用代码
    #[arg(long, value_name = "名称=代码")]
    tie: Option<String>,
    /// 认定不是本市企业的名称（只有代码的写代码），可重复；不再列为待关联
    #[arg(long, value_name = "名称", conflicts_with = "tie")]
    outside: Vec<String>,
    /// 把认定不是本市企业的名称改回待关联，可重复
    #[arg(long, value_name = "名称", conflicts_with_all = ["tie", "outside"])]
    undo: Vec<String>,
    /// 认定的理由，会留在记录上
    #[arg(long, default_value = "")]
    reason: String,
}

/// A moment given on the command line: a date (its first instant in Beijing), a time, or now.
pub(crate) fn moment(text: Option<&str>, now: Timestamp) -> anyhow::Result<Timestamp> {
    let Some(text) = text else { return Ok(now) };
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let beijing = jiff::tz::offset(8);
    if let Ok(at) = text.parse::<jiff::civil::DateTime>()
        && let Ok(at) = beijing.to_timestamp(at)
    {
        return Ok(at);
    }
    Err(Unusable(format!("时间“{text}”无法识别；请写成 2024-02-01T00:00:00+08:00 或 2024-02-01。")).into())
}

pub(crate) fn template(context: &Context, command: Template) -> anyhow::Result<()> {
    let register = find(&command.register)?;
    let sheet = registry::template(register);
    let bytes = Form::of(&command.out)?.bytes(sheet)?;
    std::fs::write(&command.out, bytes).with_context(|| format!("无法写入 {}", command.out.display()))?;
    let line = serde_json::json!({ "register": register.id, "file": command.out });
    context.output.print(&line, |_| format!("已写出{}模板：{}", register.name_zh, command.out.display()))
}

fn find(id: &str) -> anyhow::Result<&'static registry::Register> {
    registry::register(id).ok_or_else(|| {
        let known: Vec<&str> = registry::registers().iter().map(|register| register.id).collect();
        Unusable(format!("没有名为“{id}”的登记簿。可用的登记簿：{}。", known.join("、"))).into()
    })
}

pub(crate) async fn import(context: &Context, command: Import) -> anyhow::Result<()> {
    let register = find(&command.register)?;
    for file in &command.files {
        if !file.is_file() {
            return Err(Unusable(format!("找不到文件 {}，请检查路径。", file.display())).into());
        }
    }
    let received_at = moment(command.received_at.as_deref(), context.now)?;
    if received_at > context.now {
        let text = "收到时间在现在之后，这些行要到那时才会计入。请核对 --received-at；不写即为现在。";
        return Err(Unusable(text.into()).into());
    }
    let installation = context.open().await?;
    let mut reports = Vec::new();
    for file in &command.files {
        let mut options = ImportOptions::new(received_at, "cli");
        options.recorded_at = context.now;
        options.full = command.full;
        options.mapping.clone_from(&command.mapping);
        options.watch.progress = Some(Arc::new(|rows| eprintln!("已读 {rows} 行……")));
        cancel_on_interrupt(&options);
        let report = registry::import::import(&installation.db, register.id, file, &options).await?;
        if command.files.len() > 1 || !context.output.is_json() {
            context.output.print(&report, words)?;
        }
        reports.push(report);
    }
    if let [report] = reports.as_slice()
        && context.output.is_json()
    {
        context.output.print(report, words)?;
    }
    Ok(())
}

/// The first interrupt cancels the import in an orderly way, so that nothing half-taken stays.
fn cancel_on_interrupt(options: &ImportOptions) {
    let cancel = Arc::clone(&options.watch.cancel);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            eprintln!("正在取消，已读的行不会收入……");
            cancel.store(true, Ordering::Relaxed);
        }
    });
}

fn words(report: &ImportReport) -> String {
    let mut text = format!(
        "批次 {}：{}\n  共 {} 行：收入 {}（其中更正 {}），未变 {}，隔离 {}；未关联 {}\n",
        report.batch,
        report.file,
        report.rows,
        report.accepted,
        report.changed,
        report.unchanged,
        report.quarantined,
        report.untied
    );
    if let Some(encoding) = &report.encoding {
        let _ = writeln!(text, "  编码 {encoding}");
    }
    for sheet in &report.sheets_passed_over {
        let _ = writeln!(text, "  略过工作表“{sheet}”：没有所需的标题行");
    }
    if !report.columns_ignored.is_empty() {
        let _ = writeln!(text, "  未使用的列：{}", report.columns_ignored.join("、"));
    }
    if let Some(mapping) = &report.mapping {
        let _ = writeln!(text, "  列映射：{mapping}");
    }
    list_problems(&mut text, "", &report.problems);
    if report.problems.len() > PROBLEMS_PRINTED {
        let _ = writeln!(text, "  用 zhiqiang quarantine --batch {} 查看全部隔离行", report.batch);
    }
    list_problems(&mut text, "已收入，但请核对：", &report.warnings);
    if report.vanished_count > 0 {
        let some: Vec<&str> = report.vanished.iter().take(PROBLEMS_PRINTED).map(String::as_str).collect();
        let _ = writeln!(text, "  全量中已消失 {} 条：{}", report.vanished_count, some.join("、"));
    }
    if let Some(batch) = report.same_file_as {
        let _ = writeln!(text, "  与批次 {batch} 是同一个文件");
    }
    text.push_str(&report.summary);
    text
}

/// How many problems are printed of each kind.
const PROBLEMS_PRINTED: usize = 20;

fn list_problems(text: &mut String, kind: &str, problems: &[registry::Problem]) {
    for one in problems.iter().take(PROBLEMS_PRINTED) {
        let _ = writeln!(text, "  {kind}{} 第 {} 行 {}“{}”：{}", one.sheet, one.row, one.column, one.value, one.reason);
    }
    if problems.len() > PROBLEMS_PRINTED {
        let _ = writeln!(text, "  ……共 {} 处", problems.len());
    }
}

pub(crate) async fn batches(context: &Context, command: Batches) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let filter = registry::batches::Filter { register: command.register.as_deref(), before: None, limit: ROWS_PRINTED };
    let batches = registry::batches::list(&installation.db, &filter).await?;
    context.output.print(&batches, |batches| {
        batches.iter().fold(String::new(), |mut text, batch| {
            let _ = writeln!(
                text,
                "{:>5} {:9} {:18} {} 行，收入 {}，未变 {}，隔离 {} {}",
                batch.id,
                state(&batch.state),
                registry::register(&batch.register).map_or(batch.register.as_str(), |register| register.name_zh),
                batch.rows,
                batch.accepted,
                batch.unchanged,
                batch.quarantined,
                batch.file
            );
            text
        })
    })
}

/// What a batch came to, in words.
fn state(key: &str) -> &str {
    match key {
        "merged" => "已收入",
        "staging" => "导入中",
        "withdrawn" => "已撤回",
        "cancelled" => "未完成",
        other => other,
    }
}

pub(crate) async fn rollback(context: &Context, command: Rollback) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let batch =
        registry::rollback(&installation.db, command.batch, context.now, "cli", command.reason.as_deref()).await?;
    context.output.print(&batch, |batch| format!("批次 {}（{}）已撤回，此前的测算不受影响。", batch.id, batch.file))
}

pub(crate) async fn quarantine(context: &Context, command: Quarantine) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let by = registry::quarantine::By { who: "cli", at: context.now };
    let Some(action) = command.action else {
        let filter = registry::quarantine::Filter {
            register: command.register.as_deref(),
            batch: command.batch,
            state: Some("open"),
            after: None,
            limit: ROWS_PRINTED,
        };
        let rows = registry::quarantine::list(&installation.db, &filter).await?;
        return context.output.print(&rows, |rows| {
            rows.iter().fold(String::new(), |mut text, row| {
                for reason in &row.reasons {
                    let _ = writeln!(
                        text,
                        "{:>6} {} {} 第 {} 行 {}“{}”：{}",
                        row.id, row.file, row.sheet, row.row, reason.column, reason.value, reason.reason
                    );
                }
                text
            })
        });
    };
    let report = match action {
        Settle::Correct { id, set } => {
            let cells = set
                .iter()
                .map(|pair| {
                    pair.split_once('=')
                        .map(|(column, value)| (column.to_owned(), value.to_owned()))
                        .ok_or_else(|| Unusable(format!("--set {pair} 应写成 列名=内容。")))
                })
                .collect::<Result<_, _>>()?;
            registry::quarantine::correct(&installation.db, id, &cells, by).await?
        }
        Settle::Release { id, reason } => registry::quarantine::release(&installation.db, id, &reason, by).await?,
        Settle::Discard { id, reason } => registry::quarantine::discard(&installation.db, id, &reason, by).await?,
    };
    context.output.print(&report, words)
}

/// The listed names that are meant, with the codes that their files gave.
fn meant(listed: &[domain::ties::UntiedName], named: &[String]) -> anyhow::Result<Vec<(String, String)>> {
    let mut names = Vec::new();
    for wanted in named {
        let before = names.len();
        let is_meant =
            |one: &&domain::ties::UntiedName| one.name == *wanted || (one.name.is_empty() && one.code == *wanted);
        names.extend(listed.iter().filter(is_meant).map(|one| (one.name.clone(), one.code.clone())));
        if names.len() == before {
            return Err(Unusable(format!("“{wanted}”不在名单中；zhiqiang ties 列出待关联的名称。")).into());
        }
    }
    Ok(names)
}

pub(crate) async fn ties(context: &Context, command: Ties) -> anyhow::Result<()> {
    let installation = context.open().await?;
    if let Some(pair) = command.tie {
        let (name, code) =
            pair.split_once('=').ok_or_else(|| Unusable("--tie 应写成 名称=统一社会信用代码。".into()))?;
        let ties = [(name.to_owned(), code.to_owned())];
        let report = domain::ties::settle(&installation, &ties, &command.reason, "cli", context.now).await?;
        return context.output.print(&report, words);
    }
    let (named, is_outside) = match command.undo.is_empty() {
        true => (command.outside, true),
        false => (command.undo, false),
    };
    if !named.is_empty() {
        let listed = match is_outside {
            true => domain::ties::waiting(&installation, context.now).await?,
            false => domain::ties::outside(&installation, context.now).await?,
        };
        let names = meant(&listed, &named)?;
        let report =
            domain::ties::set_outside(&installation, &names, is_outside, &command.reason, "cli", context.now).await?;
        return context.output.print(&report, words);
    }
    let untied = domain::ties::waiting(&installation, context.now).await?;
    context.output.print(&*untied, |untied| {
        untied.iter().fold(String::new(), |mut text, name| {
            let named = if name.name.is_empty() { &name.code } else { &name.name };
            let candidates =
                if name.candidates.is_empty() { "没有相近的企业".into() } else { name.candidates.join("、") };
            let _ = writeln!(text, "{named}（{} 处，{}）：{candidates}", name.rows, name.why);
            text
        })
    })
}

//! Payments from the command line: order, approve, cancel, send to the bank, take in its answer and what it sends back later.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::payments::{self, Batch, Reconciliation, Sum};
use serde_json::{Value, json};

use crate::Context;
use crate::account::As;
use crate::output::{Form, Unusable, day, yuan};
use crate::people::People;

#[derive(Debug, Args)]
pub(crate) struct Payment {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// 列出拨付批次、其中的付款和与银行的对账
    List,
    /// 为已决定的案件制单
    Order {
        /// 案件编号
        #[arg(required = true)]
        cases: Vec<i64>,
    },
    /// 复核一批：须由制单人之外的另一人
    Approve {
        /// 拨付批次
        batch: i64,
    },
    /// 撤销还没有送银行的一批
    Cancel {
        /// 拨付批次
        batch: i64,
    },
    /// 写出送银行的文件；再写一次内容相同
    Send {
        /// 拨付批次
        batch: i64,
        /// 写到哪里：.csv 或 .xlsx
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// 登记银行回单：付款编号、结果（成功、失败或退汇）两列，可有金额、原因、日期
    Answer {
        /// 拨付批次
        batch: i64,
        /// 回单文件（csv、xlsx 等）
        file: PathBuf,
    },
    /// 登记退汇：银行先报成功、日后又退回的一笔，可以更正账户后再拨
    Return {
        /// 拨付批次
        batch: i64,
        /// 付款编号
        number: String,
        /// 退汇日期
        #[arg(long, value_name = "DATE")]
        on: String,
        /// 退汇原因和银行凭证编号
        #[arg(long)]
        reason: String,
    },
}

pub(crate) async fn run(context: &Context, command: Payment) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let (db, now) = (&installation.db, context.now);
    let account = command.by.account(db).await?;
    let done =
        |id: i64, words: &str| context.output.print(&json!({ "batch": id }), |_| format!("拨付批次 {id} {words}"));
    match command.action {
        Action::List => {
            let batches = payments::batches(db, &account).await?;
            let people = People::read(db, &account).await?;
            let mut held = Vec::new();
            for batch in &batches {
                held.push(payments::held(db, &account, batch).await?);
            }
            let all = || batches.iter().zip(&held);
            let values: Vec<Value> = all().map(|(batch, held)| value(batch, held)).collect();
            context.output.print(&values, |_| match batches.is_empty() {
                true => "还没有拨付批次。请用 zhiqiang payment order 为已决定的案件制单。".into(),
                false => all().map(|(batch, held)| words(batch, held, &people)).collect(),
            })
        }
        Action::Order { cases } => {
            let policy = domain::runs::policy()?;
            let id = payments::order(&installation, &policy, &account, &cases, now).await?;
            done(id, "已制单，待另一人复核。")
        }
        Action::Approve { batch } => {
            payments::approve(&installation, &domain::runs::policy()?, &account, batch, now).await?;
            done(batch, "已复核，可以送银行。")
        }
        Action::Cancel { batch } => {
            payments::cancel(&installation, &account, batch, now).await?;
            done(batch, "已撤销，其中的案件可以重新制单。")
        }
        Action::Send { batch, out } => {
            if out.is_dir() {
                return Err(Unusable(format!("--out 应是文件，{} 是目录。", out.display())).into());
            }
            let form = Form::of(&out)?;
            let sheet = payments::send(&installation, &domain::runs::policy()?, &account, batch, now).await?;
            let count = sheet.rows.len();
            std::fs::write(&out, form.bytes(sheet)?).with_context(|| {
                format!("拨付批次 {batch} 已记为送银行，但文件写不到 {}。请腾出空间或换一处，再执行一次", out.display())
            })?;
            let line = json!({ "batch": batch, "payments": count, "file": out });
            context.output.print(&line, |_| format!("拨付批次 {batch} 共 {count} 笔，已写到 {}。", out.display()))
        }
        Action::Answer { batch, file } => {
            if !file.is_file() {
                return Err(Unusable(format!("找不到回单 {}，请检查路径。", file.display())).into());
            }
            let payments::Answered { paid, failed, returned, amounts, unchanged, unchecked } =
                payments::take_answer(&installation, &account, batch, &file, now).await?;
            let line = json!({
                "batch": batch, "paid": paid, "failed": failed, "returned": returned, "amounts": amounts,
                "unchanged": unchanged, "unchecked": unchecked,
            });
            context.output.print(&line, |_| {
                let checked = match unchecked {
                    0 => String::new(),
                    count => format!("其中 {count} 笔的回单没有写金额，只核对了付款编号和结果，金额没有核对。"),
                };
                let mut later = String::new();
                if returned > 0 {
                    later += &format!("到账后退汇 {returned} 笔，可以更正账户后再次制单。");
                }
                if amounts > 0 {
                    later += &format!("补上此前没有写的金额 {amounts} 笔。");
                }
                format!(
                    "拨付批次 {batch}：到账 {paid} 笔，被退回 {failed} 笔，早已登记 {unchanged} 笔。{later}{checked}"
                )
            })
        }
        Action::Return { batch, number, on, reason } => {
            let on = day("退汇日期 --on", &on)?;
            let said = payments::Return { number: &number, on, reason: &reason };
            payments::send_back(&installation, &account, batch, said, now).await?;
            done(batch, &format!("的付款 {number} 已登记退汇，款项回到预留；更正账户后可以再次制单，由另一人复核。"))
        }
    }
}

fn value(batch: &Batch, held: &[(i64, String)]) -> Value {
    json!({
        "batch": batch.id, "stage": batch.stage.key(), "made_by": batch.made_by, "made_at": batch.made_at,
        "approved_by": batch.approved_by, "total_fen": batch.total_fen(),
        "bank": batch.reconciliation().map(|all| json!({
            "sent_fen": all.sent.fen, "arrived_fen": all.arrived.fen, "failed_fen": all.failed.fen,
            "returned_fen": all.returned.fen, "open_fen": all.open.fen,
            "difference_fen": all.difference_fen(), "unchecked": all.unchecked.count,
        })),
        "payments": batch.payments.iter().map(payment).collect::<Vec<_>>(),
        "held": held.iter().map(|(case, why)| json!({ "case": case, "why": why })).collect::<Vec<_>>(),
    })
}

/// A payment as it is printed; of the account only the last digits.
pub(crate) fn payment(one: &payments::Payment) -> Value {
    json!({
        "number": one.number, "case": one.case, "amount_fen": one.amount_fen, "recovered_fen": one.recovered_fen,
        "holder": one.receiving.holder, "bank": one.receiving.bank, "account": one.receiving.masked,
        "state": one.state, "reason": one.reason, "answered_on": one.answered_on,
        "recovered_on": one.recovered_on, "answered_fen": one.answered_fen, "returned_on": one.returned_on,
    })
}

fn words(batch: &Batch, held: &[(i64, String)], people: &People) -> String {
    let approved = batch.approved_by.as_deref().map_or("—", |by| people.name(by));
    let (total, made) = (yuan(Some(batch.total_fen())), people.name(&batch.made_by));
    let mut text = format!("第 {} 批  {}  {total}  制单 {made}  复核 {approved}\n", batch.id, batch.stage.zh());
    if let Some(all) = batch.reconciliation() {
        text += &format!("  对账  {}\n", reconciled(&all));
    }
    for (case, why) in held {
        text += &format!("  案件 {case} 待办结，办结前本批不能继续：{why}\n");
    }
    batch.payments.iter().fold(text, |text, one| text + &format!("  {}\n", payment_words(one)))
}

/// How a batch stands with the bank, to the fen.
fn reconciled(all: &Reconciliation) -> String {
    let sum = |sum: Sum| format!("{} 笔 {}", sum.count, yuan(Some(sum.fen)));
    let (sent, arrived, failed, open) = (sum(all.sent), sum(all.arrived), sum(all.failed), sum(all.open));
    let returned = if all.returned.count > 0 {
        format!("（其中到账后退汇 {}）", sum(all.returned))
    } else {
        String::new()
    };
    let unchecked = match all.unchecked.count {
        0 => String::new(),
        _ => format!("，金额没有核对 {}", sum(all.unchecked)),
    };
    let difference = yuan(Some(all.difference_fen()));
    format!("送银行 {sent}，到账 {arrived}，退回 {failed}{returned}，银行未回 {open}，差额 {difference}{unchecked}")
}

pub(crate) fn payment_words(one: &payments::Payment) -> String {
    let to = format!("{} {}", one.receiving.holder, one.receiving.masked);
    let day = |day: Option<jiff::civil::Date>| day.map(|day| format!(" {day}")).unwrap_or_default();
    let back = match one.recovered_fen {
        0 => String::new(),
        fen => format!("  追回 {}{}  净额 {}", yuan(Some(fen)), day(one.recovered_on), yuan(Some(one.net_fen()))),
    };
    let (amount, on) = (yuan(Some(one.amount_fen)), day(one.returned_on.or(one.answered_on)));
    format!("{}  案件 {}  {amount}  {to}  {}{on}{back} {}", one.number, one.case, one.zh(), one.reason)
}

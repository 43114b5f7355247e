//! The budget from the command line: its lines, and setting one.

use clap::{Args, Subcommand};
use domain::accounts::Account;
use domain::budget::{self, Came, Effect};
use domain::proration::{self, Proration};
use serde_json::{Value, json};
use terms::{Money, MoneyUnit};

use crate::Context;
use crate::account::As;
use crate::funding;
use crate::output::{Unusable, yuan};
use crate::supported;

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
        /// 启用本系统以前已从这笔预算拨付的钱，照账册填；不知道的不填
        #[arg(long, value_name = "金额")]
        earlier: Option<String>,
    },
    /// 预算不足时提出按比例兑付：一笔预算所对的奖励，全部待决定的案件
    Prorate {
        /// 预算编号，见 budget list
        line: i64,
        /// 书面理由
        #[arg(long)]
        reason: String,
    },
    /// 列出按比例兑付，和每件的份额
    Prorations,
    /// 同意按比例兑付：每件改为其份额，重新公示；须由提出人之外的领导
    Agree {
        /// 按比例兑付的编号
        id: i64,
    },
    /// 撤回还没有同意的按比例兑付
    Withdraw {
        /// 按比例兑付的编号
        id: i64,
    },
    /// 资金效益：每项每年度拨付的资金和它所依据的产出
    Effect,
    #[command(flatten)]
    Funding(funding::Funding),
    #[command(flatten)]
    Supported(supported::Supported),
}

pub(crate) async fn run(context: &Context, command: Budget) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let db = &installation.db;
    match command.action {
        Action::List => {
            let lines = budget::lines(db).await?;
            context.output.list(&lines, value, words, "还没有预算。请用 zhiqiang budget set 设定。")
        }
        Action::Set { year, source, amount, award, basis, earlier } => {
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
            if let Some(text) = earlier {
                let paid = Money::parse(&text, MoneyUnit::Yuan)
                    .map_err(|cause| Unusable(format!("启用前已拨付的金额：{cause}")))?;
                budget::set_earlier(db, &account, id, paid.fen, context.now).await?;
            }
            let set = json!({ "line": id, "amount_fen": money.fen });
            context.output.print(&set, |_| format!("{year} 年“{source}”预算已设为 {}。", money.format_zh()))
        }
        Action::Prorate { line, reason } => {
            let account = command.by.account(db).await?;
            let id = proration::propose(&installation, &account, line, &reason, context.now).await?;
            context.output.print(&json!({ "proration": id }), |_| format!("按比例兑付 {id} 已提出，待领导同意。"))
        }
        Action::Prorations => {
            let all = proration::all(db, &command.by.account(db).await?).await?;
            context.output.list(&all, shared, shared_words, "还没有按比例兑付。")
        }
        Action::Agree { id } => {
            let account = command.by.account(db).await?;
            proration::agree(&installation, &account, id, context.now).await?;
            let done = |_: &Value| format!("按比例兑付 {id} 已同意，各案件按份额重新公示。");
            context.output.print(&json!({ "proration": id }), done)
        }
        Action::Withdraw { id } => {
            proration::withdraw(db, &command.by.account(db).await?, id, context.now).await?;
            context.output.print(&json!({ "proration": id }), |_| format!("按比例兑付 {id} 已撤回。"))
        }
        Action::Funding(what) => {
            let account = command.by.account(db).await?;
            funding::run(context, &installation, &account, what).await
        }
        Action::Supported(what) => {
            let account = command.by.account(db).await?;
            supported::run(context, &installation, &account, what).await
        }
        Action::Effect => effect(context, db, &command.by.account(db).await?).await,
    }
}

async fn effect(context: &Context, db: &db::Db, account: &Account) -> anyhow::Result<()> {
    let all = budget::effects(db, account).await?;
    let came = budget::came(db, account).await?;
    let value = |one: &Effect| {
        let of = |thing: &&Came| thing.award == one.award && thing.year == one.year;
        json!({
            "award": one.award, "year": one.year, "paid_fen": one.paid_fen, "cases": one.cases, "counted": one.kind.zh(),
            "came": one.came, "per_ten_thousand_yuan_hundredths": one.per_ten_thousand(),
            "things": came.iter().filter(of).map(|thing| json!({ "what": thing.what, "case": thing.case })).collect::<Vec<_>>(),
        })
    };
    let words = |one: &Effect| {
        let known = |text: Option<String>| text.unwrap_or_else(|| "未知".into());
        let each = one.per_ten_thousand().map(|each| format!("{}.{:02}", each / 100, each % 100));
        format!(
            "{}  {} 年度  已拨 {}  {} 件案件  {} {}  每万元 {}",
            one.award,
            one.year,
            yuan(Some(one.paid_fen)),
            one.cases,
            one.kind.zh(),
            known(one.came.map(|came| came.to_string())),
            known(each)
        )
    };
    context.output.list(&all, value, words, "还没有案件。")
}

fn shared(one: &Proration) -> Value {
    let share = |share: &proration::Share| json!({ "case": share.case_id, "full_fen": share.full_fen, "share_fen": share.share_fen });
    json!({
        "proration": one.id, "line": one.line, "award": one.award, "stage": one.stage.key(), "available_fen": one.available_fen,
        "full_fen": one.full_fen(), "reason": one.reason, "made_by": one.made_by, "decided_by": one.decided_by,
        "shares": one.shares.iter().map(share).collect::<Vec<_>>(),
    })
}

fn shared_words(one: &Proration) -> String {
    let head = format!(
        "{}  {}  {}  应兑 {}  可用 {}  提出 {}  {}",
        one.id,
        one.award,
        one.stage.zh(),
        yuan(Some(one.full_fen())),
        yuan(Some(one.available_fen)),
        one.made_by,
        one.reason
    );
    one.shares.iter().fold(head, |text, share| {
        let (full, part) = (yuan(Some(share.full_fen)), yuan(Some(share.share_fen)));
        text + &format!("\n  案件 {}  {}  应兑 {full}  按比例 {part}", share.case_id, share.name)
    })
}

fn value(line: &budget::Line) -> Value {
    json!({
        "line": line.id, "year": line.year, "source": line.source, "award": line.award, "basis": line.basis,
        "amount_fen": line.amount_fen, "reserved_fen": line.reserved_fen, "paid_fen": line.paid_fen,
        "earlier_fen": line.earlier_fen, "recovered_fen": line.recovered_fen, "net_fen": line.net_fen(),
        "left_fen": line.left_fen(),
    })
}

fn words(line: &budget::Line) -> String {
    let award = if line.award.is_empty() { "各项" } else { &line.award };
    format!(
        "{}  {}  {award}  安排 {}  预留 {}  到账 {}  追回 {}  净额 {}  余 {}  {}",
        line.year,
        line.source,
        yuan(Some(line.amount_fen)),
        yuan(Some(line.reserved_fen)),
        yuan(Some(line.paid_fen)),
        yuan(Some(line.recovered_fen)),
        yuan(Some(line.net_fen())),
        yuan(Some(line.left_fen())),
        line.basis
    )
}

//! Appointments of agencies from the command line: asked by an enterprise, answered by the agency, ended by either; and what the
//! agency prepares, handed over and sent back.

use clap::{Args, Subcommand};
use domain::{
    appointments::{self, Act, Appointment, Asked},
    cases::{self, Case},
};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::{Context, account::As, output::day};

#[derive(Debug, Args)]
pub(crate) struct Appointments {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// 列出该账号能看到的代理委托
    List,
    /// 企业委托一家服务机构
    Ask {
        /// 服务机构的名称
        agency: String,
        /// 委托的事项编号，可写多次；不写为全部申报事项
        #[arg(long = "award", value_name = "AWARD")]
        awards: Vec<String>,
        /// 第一天
        #[arg(long, value_name = "DATE")]
        from: String,
        /// 最后一天
        #[arg(long, value_name = "DATE")]
        until: String,
        /// 说明
        #[arg(long, default_value = "")]
        note: String,
    },
    /// 机构接受一次委托
    Accept {
        /// 委托编号
        id: i64,
        /// 说明
        #[arg(long, default_value = "")]
        note: String,
    },
    /// 机构不接受一次委托
    Decline {
        /// 委托编号
        id: i64,
        /// 原因
        #[arg(long)]
        reason: String,
    },
    /// 任一方提前结束一次委托
    End {
        /// 委托编号
        id: i64,
        /// 原因
        #[arg(long)]
        reason: String,
    },
    /// 机构列出受委托代拟的申报；用 case write、case attach 填写
    Cases,
    /// 机构把代拟好的申报交企业核对
    HandOver {
        /// 案件编号
        case: i64,
        /// 给企业的说明
        #[arg(long, default_value = "")]
        note: String,
    },
    /// 企业把代拟的申报退回机构修改
    SendBack {
        /// 案件编号
        case: i64,
        /// 要改什么
        #[arg(long)]
        note: String,
    },
}

pub(crate) async fn run(context: &Context, command: Appointments) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let (account, now) = (command.by.account(&installation.db).await?, context.now);
    let done =
        |id: i64, word: &str| context.output.print(&json!({ "appointment": id }), |_| format!("委托 {id} {word}。"));
    let act =
        async |id: i64, act: Act, note: &str| appointments::act(&installation, &account, (id, act), note, now).await;
    match command.action {
        Action::List => {
            let today = installation.business_date(now);
            let all = appointments::all(&installation, &account).await?;
            context.output.list(
                &all,
                |one| value(one, today),
                |one| words(one, today),
                "还没有代理委托。企业可用 zhiqiang appointment ask 委托。",
            )
        }
        Action::Ask { agency, awards, from, until, note } => {
            let (from_on, until_on) = (day("--from", &from)?, day("--until", &until)?);
            let asked = Asked { agency, awards, from_on, until_on, note };
            done(appointments::ask(&installation, &account, &asked, now).await?, "已发出，待机构答复")
        }
        Action::Accept { id, note } => {
            act(id, Act::Accept, &note).await?;
            done(id, "已接受")
        }
        Action::Decline { id, reason } => {
            act(id, Act::Decline, &reason).await?;
            done(id, "未接受")
        }
        Action::End { id, reason } => {
            act(id, Act::End, &reason).await?;
            done(id, "已结束")
        }
        Action::Cases => {
            let all = cases::to_prepare(&installation, &account, now).await?;
            let line = |(case, _): &(Case, Appointment)| {
                format!("{}  {}  {}  {}", case.id, case.name, case.matter, case.state.zh())
            };
            context.output.list(&all, case_value, line, "现在没有要代拟的申报。")
        }
        Action::HandOver { case, note } => {
            cases::hand_over(&installation, &account, case, &note, now).await?;
            context.output.print(&json!({ "case": case }), |_| format!("案件 {case} 的代拟材料已交企业核对。"))
        }
        Action::SendBack { case, note } => {
            cases::send_back(&installation, &account, case, &note, now).await?;
            context.output.print(&json!({ "case": case }), |_| format!("案件 {case} 的代拟材料已退回机构。"))
        }
    }
}

fn case_value((case, under): &(Case, Appointment)) -> Value {
    json!({
        "case": case.id, "name": case.name, "award": case.award, "matter": case.matter, "state": case.state.key(),
        "appointment": under.id, "until": under.until_on,
    })
}

fn value(one: &Appointment, today: Date) -> Value {
    json!({
        "appointment": one.id, "enterprise": one.enterprise, "name": one.firm, "agency": one.agency,
        "awards": one.awards, "from": one.from_on, "until": one.until_on, "note": one.note,
        "state": one.state(today).key(),
    })
}

fn words(one: &Appointment, today: Date) -> String {
    let scope = if one.awards.is_empty() { "全部申报事项".to_owned() } else { one.awards.join("、") };
    format!(
        "{}  {} 委托 {}  {scope}  {} 至 {}  {}",
        one.id,
        one.firm,
        one.agency,
        one.from_on,
        one.until_on,
        one.state(today).zh()
    )
}

//! Demands for technology from the command line: what firms look for, posted and taken back by an account.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use domain::{
    matching::{self, Asked, Demand, Kind},
    offers::{self, Said},
};
use serde_json::json;
use terms::{Money, MoneyUnit};

use crate::{
    Context,
    account::As,
    arguments::one_of,
    output::{Unusable, day},
};

#[derive(Debug, Args)]
pub(crate) struct Demands {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 列出该账号能看到的需求
    List,
    /// 显示一条需求；候选专利见 corpus match
    Show(Id),
    /// 发布一条需求
    Post(Post),
    /// 撤回一条需求
    Withdraw(Id),
    /// 列出向高校院所公布的需求，和本单位应答过、现已不再征集的
    Sought,
    /// 高校院所应答一条公布的需求
    Answer(Answer),
    /// 撤回一次应答
    Retract {
        /// 应答编号
        id: i64,
    },
}

#[derive(Debug, Args)]
struct Answer {
    /// 需求编号，见 demand sought
    id: i64,
    /// 提出的本单位专利的申请号，见 offer patents；不写为不指明专利
    #[arg(long, default_value = "", value_name = "NUMBER")]
    patent: String,
    /// 应答内容
    #[arg(long)]
    words: String,
    /// 联系方式
    #[arg(long)]
    contact: String,
}

#[derive(Debug, Args)]
struct Id {
    /// 需求编号
    id: i64,
}

#[derive(Debug, Args)]
struct Post {
    /// 企业的统一社会信用代码
    uscc: String,
    /// 类别
    #[arg(long, value_parser = one_of(&Kind::ALL, Kind::key, Kind::zh))]
    kind: Kind,
    /// 标题
    #[arg(long)]
    title: String,
    /// 需求说明；不写也没有 --products 时由企业自己的专利说明
    #[arg(long, default_value = "")]
    words: String,
    /// 产品清单，每行一个产品：它们也说明需要什么
    #[arg(long, value_name = "FILE")]
    products: Option<PathBuf>,
    /// 限定的产业链节点，如 new-energy/storage
    #[arg(long, default_value = "", value_name = "NODE")]
    chain: String,
    /// 限定的 IPC 分类号
    #[arg(long, default_value = "")]
    ipc: String,
    /// 预算，如 50万元
    #[arg(long, value_name = "AMOUNT")]
    budget: Option<String>,
    /// 有效期的最后一天
    #[arg(long, value_name = "DATE")]
    until: String,
    /// 向高校院所公布（看不到预算）
    #[arg(long)]
    publish: bool,
}

pub(crate) async fn run(context: &Context, command: Demands) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let account = command.by.account(&installation.db).await?;
    let today = installation.business_date(context.now);
    match command.command {
        Command::List => {
            let all = matching::demands(&installation.db, &account).await?;
            let words = |one: &Demand| {
                let state = one.state(today).zh();
                format!("{}\t{}\t{}\t{}\t{state}", one.id, one.asked.kind.zh(), one.firm, one.asked.title)
            };
            context.output.list(&all, |one| line(one, today), words, "")
        }
        Command::Show(Id { id }) => {
            let one = matching::demand(&installation.db, &account, id).await?;
            context.output.print(&line(&one, today), |_| {
                let state = one.state(today).zh();
                let words =
                    if one.asked.words.is_empty() { "由企业自己的专利说明" } else { &one.asked.words };
                format!("{}（{}，{state}）\n{}：{words}", one.asked.title, one.asked.kind.zh(), one.firm)
            })
        }
        Command::Post(post) => {
            let asked = asked(post)?;
            let id = matching::post(&installation, &account, &asked, today, context.now).await?;
            context.output.print(&json!({ "demand": id }), |_| format!("需求 {id} 已发布。"))
        }
        Command::Withdraw(Id { id }) => {
            matching::withdraw(&installation.db, &account, id, context.now).await?;
            context.output.print(&json!({ "demand": id }), |_| format!("需求 {id} 已撤回。"))
        }
        Command::Sought => {
            let all = offers::sought(&installation, &account, context.now).await?;
            let words = |one: &offers::Sought| {
                let answered = if one.is_answered { "已应答" } else { "未应答" };
                let open = if one.is_open(today) { "征集中" } else { "不再征集" };
                format!("{}\t{}\t{}\t{answered}\t{open}", one.demand.id, one.demand.firm, one.demand.asked.title)
            };
            context.output.list(&all, |one| line(&one.demand, today), words, "")
        }
        Command::Answer(Answer { id, patent, words, contact }) => {
            let corpus = crate::corpus::present(&installation, context.now)?;
            let said = Said { number: patent, words, contact };
            let id = offers::answer(&installation, corpus.as_ref(), &account, id, &said, context.now).await?;
            context.output.print(&json!({ "answer": id }), |_| format!("应答 {id} 已提交，企业会收到消息。"))
        }
        Command::Retract { id } => {
            offers::withdraw_answer(&installation, &account, id, context.now).await?;
            context.output.print(&json!({ "answer": id }), |_| format!("应答 {id} 已撤回。"))
        }
    }
}

fn asked(post: Post) -> anyhow::Result<Asked> {
    let mut words = post.words;
    if let Some(path) = &post.products {
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("读不了产品清单 {}；请存为 UTF-8 文本，每行一个产品", path.display()))?;
        let products: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if products.is_empty() {
            return Err(Unusable(format!("产品清单 {} 里没有一个产品。", path.display())).into());
        }
        words = format!("{words}{}本企业产品：{}。", if words.is_empty() { "" } else { "\n" }, products.join("；"));
    }
    let budget = post.budget.as_deref().map(|text| Money::parse(text, MoneyUnit::Yuan)).transpose();
    let budget = budget.map_err(|cause| Unusable(format!("预算读不懂：{cause}")))?;
    Ok(Asked {
        uscc: post.uscc,
        kind: post.kind,
        title: post.title,
        words,
        chain_node: post.chain,
        ipc: post.ipc,
        budget_fen: budget.map(|budget| budget.fen),
        valid_until: day("有效期 --until", &post.until)?,
        is_published: post.publish,
    })
}

fn line(one: &Demand, today: jiff::civil::Date) -> serde_json::Value {
    let asked = &one.asked;
    json!({
        "demand": one.id, "uscc": asked.uscc, "firm": one.firm, "kind": asked.kind.key(), "title": asked.title,
        "words": asked.words, "chain": asked.chain_node, "ipc": asked.ipc, "budget_fen": asked.budget_fen,
        "until": asked.valid_until.to_string(), "state": one.state(today).key(), "is_published": asked.is_published,
    })
}

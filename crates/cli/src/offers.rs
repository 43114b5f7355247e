//! Offers of patents from the command line: a university or institute offers, changes and takes back; others read what is published.

use clap::{Args, Subcommand};
use domain::{
    matching::ContractKind,
    offers::{self, Offer, Terms},
};
use serde_json::json;
use terms::{Money, MoneyUnit};

use crate::{
    Context,
    account::As,
    corpus,
    output::{Unusable, day},
};

#[derive(Debug, Args)]
pub(crate) struct Offers {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 列出该账号能看到的专利供给
    List,
    /// 列出本单位的专利
    Patents,
    /// 填写一件专利的供给，每次留下一版
    Keep(Keep),
    /// 撤回一条供给
    Withdraw {
        /// 供给编号
        id: i64,
    },
}

#[derive(Debug, Args)]
struct Keep {
    /// 申请号
    number: String,
    /// 合作方式：转让、许可、产学研，可写多次
    #[arg(long = "form", value_name = "FORM", value_parser = form, required = true)]
    forms: Vec<ContractKind>,
    /// 应用领域
    #[arg(long)]
    field: String,
    /// 期望价格，如 30万元；不写为面议
    #[arg(long, value_name = "AMOUNT")]
    price: Option<String>,
    /// 联系方式
    #[arg(long)]
    contact: String,
    /// 有效期的最后一天
    #[arg(long, value_name = "DATE")]
    until: String,
    /// 说明
    #[arg(long, default_value = "")]
    note: String,
    /// 先存着，不发布
    #[arg(long)]
    draft: bool,
}

fn form(text: &str) -> Result<ContractKind, String> {
    ContractKind::of_zh(text).ok_or_else(|| "合作方式只有 转让、许可、产学研".to_owned())
}

pub(crate) async fn run(context: &Context, command: Offers) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let (account, now) = (command.by.account(&installation.db).await?, context.now);
    let today = installation.business_date(now);
    match command.command {
        Command::List => {
            let all = offers::offers(&installation, &account, now).await?;
            let value = |one: &Offer| {
                let terms = &one.latest.terms;
                let forms: Vec<&str> = terms.forms.iter().map(|form| form.zh()).collect();
                json!({
                    "offer": one.id, "university": one.university, "number": one.application_number,
                    "title": one.title, "version": one.latest.version, "state": one.state(today).key(),
                    "forms": forms, "field": terms.field, "price_fen": terms.price_fen, "contact": terms.contact,
                    "until": terms.until, "note": terms.note,
                })
            };
            let line = |one: &Offer| format!("{}  {}  {}  {}", one.id, one.title, one.words(), one.state(today).zh());
            context.output.list(&all, value, line, "没有能看到的专利供给。")
        }
        Command::Patents => {
            let corpus = corpus::present(&installation, now)?;
            let all = offers::patents(&installation, corpus.as_ref(), &account, now).await?;
            let value = |one: &offers::Patent| {
                json!({
                    "number": one.application_number, "document": one.document_key, "title": one.title,
                    "filed_on": one.filed_on, "standing": one.standing.key(), "is_registered": one.is_registered,
                })
            };
            let line =
                |one: &offers::Patent| format!("{}  {}  {}", one.application_number, one.title, one.standing.zh());
            context.output.list(&all, value, line, "")
        }
        Command::Keep(keep) => {
            let corpus = corpus::present(&installation, now)?;
            let price = keep.price.as_deref().map(|text| Money::parse(text, MoneyUnit::Yuan)).transpose();
            let price = price.map_err(|cause| Unusable(format!("期望价格读不懂：{cause}")))?;
            let terms = Terms {
                forms: keep.forms,
                field: keep.field,
                price_fen: price.map(|price| price.fen),
                contact: keep.contact,
                until: day("有效期 --until", &keep.until)?,
                note: keep.note,
            };
            let wanted = (keep.number.as_str(), !keep.draft);
            let id = offers::keep(&installation, corpus.as_ref(), &account, wanted, &terms, now).await?;
            let word = if keep.draft { "已存下，没有发布" } else { "已发布" };
            context.output.print(&json!({ "offer": id }), |_| format!("供给 {id} {word}。"))
        }
        Command::Withdraw { id } => {
            offers::withdraw(&installation, &account, id, now).await?;
            context.output.print(&json!({ "offer": id }), |_| format!("供给 {id} 已撤回。"))
        }
    }
}

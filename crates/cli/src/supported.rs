//! What is supported, from the command line: the project library, start-ups with their pilots, and the use of rights.

use clap::Subcommand;
use domain::accounts::Account;
use domain::{Installation, budget, projects, runs, startups};
use serde_json::{Value, json};

use crate::Context;
use crate::funding::{sum, sum_words};
use crate::output::yuan;

#[derive(Debug, Subcommand)]
pub(crate) enum Supported {
    /// 项目库：前瞻性、示范性、创新型项目，是否有自主知识产权，评审、扶持和成果
    Projects,
    /// 运用扶持：贴息、费用补助、保费补贴，背后的贷款和保费，每元扶持对应多少
    Leverage,
    /// 初创企业：成立年限、自主知识产权、主导产业，扶持试点和评估
    Startups,
}

pub(crate) async fn run(
    context: &Context,
    installation: &Installation,
    account: &Account,
    what: Supported,
) -> anyhow::Result<()> {
    match what {
        Supported::Projects => library(context, installation, account).await,
        Supported::Leverage => leverage(context, installation, account).await,
        Supported::Startups => young(context, installation, account).await,
    }
}

const fn answer(own: Option<bool>) -> &'static str {
    match own {
        Some(true) => "是",
        Some(false) => "否",
        None => "不能判断",
    }
}

async fn library(context: &Context, installation: &Installation, account: &Account) -> anyhow::Result<()> {
    let library = projects::library(installation, account, context.now).await?;
    let right = |one: &projects::Evidence| {
        json!({
            "number": one.number, "own": one.standing.is_own(), "standing": one.standing.key(),
            "own_today": one.today.is_own(), "standing_today": one.today.key(),
        })
    };
    let project = |one: &projects::Project| {
        json!({
            "number": one.number, "name": one.name, "uscc": one.uscc, "enterprise": one.firm, "town": one.town,
            "year": one.year, "tags": one.tags, "industries": one.industry.names(),
            "industry_unknown": one.industry.why_none(), "day": one.day, "own": one.own(), "own_today": one.own_today(),
            "rights": one.rights.iter().map(right).collect::<Vec<_>>(),
            "review": one.review.as_ref().map(|review| {
                json!({ "result": review.result, "on": review.on, "document": review.document })
            }),
            "form": one.form, "amount_fen": one.amount_fen, "supported_on": one.supported_on, "results": one.results,
        })
    };
    let total = |one: &projects::Total| {
        json!({
            "year": one.year, "tag": one.tag, "own": one.own[0], "not_own": one.own[1], "unknown": one.own[2],
            "amount": sum(one.amount),
        })
    };
    let value = json!({
        "is_collected": library.is_collected, "today": library.today,
        "projects": library.projects.iter().map(project).collect::<Vec<_>>(),
        "totals": projects::totals(&library.projects).iter().map(total).collect::<Vec<_>>(),
    });
    let words = |one: &projects::Project| {
        let reasons: Vec<String> = one.reasons().iter().map(|(standing, ..)| standing.zh().to_owned()).collect();
        let why = if reasons.is_empty() { "没有填所依据的权利".into() } else { reasons.join("；") };
        let tags = if one.tags.is_empty() { "未标注".into() } else { one.tags.join("、") };
        let amount = one.amount_fen.map_or_else(|| "扶持金额没有填".into(), |fen| yuan(Some(fen)));
        format!(
            "{}  {}  {}  {}  {tags}  自主知识产权（{}）：{}，{why}  {amount}",
            one.year,
            one.number,
            one.name,
            one.firm,
            one.day,
            answer(one.own()),
        )
    };
    context.output.print(&value, |_| match (library.is_collected, library.projects.is_empty()) {
        (false, _) => "“自主知识产权项目库”登记簿从未导入，未收集。".into(),
        (true, true) => "没有可看的项目。".into(),
        _ => library.projects.iter().map(words).collect::<Vec<_>>().join("\n"),
    })
}

async fn young(context: &Context, installation: &Installation, account: &Account) -> anyhow::Result<()> {
    let all = startups::startups(installation, &runs::policy()?, account, context.now).await?;
    let startup = |one: &startups::Startup| {
        json!({
            "uscc": one.uscc, "name": one.name, "town": one.town, "founded_on": one.age.founded_on(),
            "is_startup": one.is_one(), "is_young": one.age.is_young(), "own": one.own(),
            "in_leading_industry": one.leading.is_in(), "industries": one.leading.industries(),
            "own_rights": one.rights.as_ref().map(|_| one.own_rights().collect::<Vec<_>>()),
            "reasons": one.reasons(), "supported": sum(one.supported),
        })
    };
    let pilot = |one: &startups::Pilot| {
        json!({
            "number": one.number, "uscc": one.uscc, "enterprise": one.firm, "form": one.form,
            "amount_fen": one.amount_fen, "supported_on": one.supported_on, "basis": one.basis,
            "result": one.result, "evaluated_on": one.evaluated_on, "remarks": one.remarks,
        })
    };
    let form = |one: &startups::FormTotal| {
        json!({
            "year": one.year, "form": one.form, "given": sum(one.given), "evaluated": one.evaluated,
            "going_on": one.going_on,
        })
    };
    let value: Value = json!({
        "has_pilots": all.has_pilots, "years": all.years, "today": all.today,
        "startups": all.startups.iter().map(startup).collect::<Vec<_>>(),
        "pilots": all.pilots.iter().map(pilot).collect::<Vec<_>>(),
        "forms": all.by_form().iter().map(form).collect::<Vec<_>>(),
    });
    let words = |one: &startups::Startup| {
        let supported = if one.supported.count == 0 { "没有试点".into() } else { sum_words(one.supported) };
        let why = one.reasons().join("；");
        format!("{}  {}  初创企业：{}，{why}  {supported}", one.uscc, one.name, answer(one.is_one()))
    };
    context.output.print(&value, |_| match all.startups.is_empty() {
        true => "没有可看的初创企业。".into(),
        false => all.startups.iter().map(words).collect::<Vec<_>>().join("\n"),
    })
}

async fn leverage(context: &Context, installation: &Installation, account: &Account) -> anyhow::Result<()> {
    let policy = runs::policy()?;
    let all = budget::leverage(installation, &policy, account, context.now).await?;
    let year = |one: &budget::LeverageYear| {
        json!({
            "award": one.award, "year": one.year, "item": one.item.as_ref().map(|(id, _)| id),
            "basis": one.item.as_ref().map(|(_, basis)| basis), "is_issued": one.is_issued,
            "budget_fen": one.budget_fen, "support": sum(one.support), "brought": sum(one.brought),
            "per_yuan_hundredths": one.per_yuan(), "is_least": one.is_least(),
        })
    };
    let row = |one: &budget::Supported| {
        json!({
            "award": one.award, "year": one.year, "uscc": one.uscc, "enterprise": one.name, "object": one.object,
            "paid_fen": one.paid_fen, "case": one.case, "number": one.number, "counted_as": one.counted_as,
            "brought_fen": one.brought.fen(), "brought_unknown": one.brought.zh(),
        })
    };
    let value = json!({
        "years": all.years.iter().map(year).collect::<Vec<_>>(),
        "rows": all.rows.iter().map(row).collect::<Vec<_>>(),
    });
    let words = |one: &budget::LeverageYear| {
        let name = policy.award(&one.award).map_or(one.award.as_str(), |award| award.name.as_str());
        let amount = |of: budget::Sum| if of.count == 0 { "没有".into() } else { sum_words(of) };
        let each = one.per_yuan().map_or_else(
            || "无法计算".into(),
            |each| format!("{}{}.{:02} 元", if one.is_least() { "至少 " } else { "" }, each / 100, each % 100),
        );
        let (support, brought) = (amount(one.support), amount(one.brought));
        format!("{}  {name}  扶持 {support}  贷款或保费 {brought}  每元扶持对应 {each}", one.year)
    };
    context.output.print(&value, |_| all.years.iter().map(words).collect::<Vec<_>>().join("\n"))
}

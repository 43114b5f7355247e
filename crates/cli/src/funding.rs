//! What the finance bureau reads from the command line: the board of subsidy and market, what units spend, the fund map, and where
//! other policies pay for the same.

use clap::Subcommand;
use domain::accounts::Account;
use domain::budget::{self, Market, Moved, Sum};
use domain::{Installation, funds, overlaps, runs, spending};
use serde_json::{Value, json};

use crate::Context;
use crate::output::yuan;

#[derive(Debug, Subcommand)]
pub(crate) enum Funding {
    /// 补贴与市场：各年政策性补贴，和质押融资、许可、引进合同、保费
    Board,
    /// 各部门、各区镇知识产权投入：各年支出、人均、增减、谁没有报
    Spending,
    /// 专项资金：有无知识产权条件，项目落在哪些方向
    Funds,
    /// 政策衔接：与其他部门为同一种事给钱的事项，双方都给了的权利
    Overlaps,
}

pub(crate) async fn run(
    context: &Context,
    installation: &Installation,
    account: &Account,
    what: Funding,
) -> anyhow::Result<()> {
    match what {
        Funding::Board => board(context, installation).await,
        Funding::Spending => units(context, installation, account).await,
        Funding::Funds => map(context, installation, account).await,
        Funding::Overlaps => pairs(context, installation, account).await,
    }
}

/// A sum with what was not told of it.
pub(crate) fn sum(sum: Sum) -> Value {
    json!({ "fen": sum.fen, "count": sum.count, "untold": sum.untold })
}

pub(crate) fn sum_words(sum: Sum) -> String {
    match sum.untold {
        0 => yuan(Some(sum.fen)),
        untold if untold == sum.count => format!("{untold} 份金额未知"),
        untold => format!("至少 {}，另 {untold} 份金额未知", yuan(Some(sum.fen))),
    }
}

fn moved(one: Moved) -> Value {
    match one {
        Moved::Uncollected => json!("uncollected"),
        Moved::Unregistered => json!("unregistered"),
        Moved::Known(known) => sum(known),
    }
}

fn moved_words(one: Moved) -> String {
    match one {
        Moved::Uncollected => "未收集".into(),
        Moved::Unregistered => "未登记".into(),
        Moved::Known(known) => sum_words(known),
    }
}

async fn board(context: &Context, installation: &Installation) -> anyhow::Result<()> {
    let years = budget::board(installation, &runs::policy()?, context.now).await?;
    let market = |market: &Market| {
        json!({
            "pledges": moved(market.pledges), "licences": moved(market.licences),
            "introductions": moved(market.introductions), "premiums": moved(market.premiums),
            "total": market.total().map(sum), "is_least": market.is_least(),
        })
    };
    let value = |one: &budget::Year| {
        json!({
            "year": one.year, "budget_fen": one.budget_fen, "subsidy_fen": one.subsidy_fen,
            "grant_linked_fen": one.grant_linked_fen, "other_fen": one.other_fen, "recovered_fen": one.recovered_fen,
            "share_hundredths": one.share(), "rose": one.rose, "market": market(&one.market), "grew": one.grew,
            "of_market_hundredths": one.of_market(),
        })
    };
    let words = |one: &budget::Year| {
        let total = one.market.total().map_or_else(|| "未知".into(), |sum| yuan(Some(sum.fen)));
        format!(
            "{}  补贴到账 {}  质押 {}  许可 {}  引进合同 {}  保费净额 {}  市场合计 {}{total}",
            one.year,
            yuan(one.subsidy_fen),
            moved_words(one.market.pledges),
            moved_words(one.market.licences),
            moved_words(one.market.introductions),
            moved_words(one.market.premiums),
            if one.market.is_least() && one.market.total().is_some() { "至少 " } else { "" },
        )
    };
    context.output.list(&years, value, words, "还没有预算，也没有市场活动的登记。")
}

async fn units(context: &Context, installation: &Installation, account: &Account) -> anyhow::Result<()> {
    let all = spending::spending(installation, account, context.now).await?;
    let unit = |one: &spending::UnitYear| {
        json!({
            "unit": one.unit, "is_town": one.is_town, "year": one.year, "budgeted": one.budgeted.map(sum),
            "spent": one.spent.map(sum), "residents": one.residents, "per_head_fen": one.per_head_fen(),
            "growth_hundredths": one.growth, "is_due": one.is_due,
        })
    };
    let year = |one: &spending::Course| {
        json!({
            "year": one.year, "reported": one.reported, "missing": one.missing, "spent": sum(one.spent),
            "residents": one.residents, "alike": one.alike.map(|(units, growth)| json!({ "units": units, "growth_hundredths": growth })),
        })
    };
    let value = json!({
        "is_collected": all.is_collected,
        "years": all.years.iter().map(year).collect::<Vec<_>>(),
        "units": all.units.iter().map(unit).collect::<Vec<_>>(),
    });
    let words = |one: &spending::UnitYear| {
        let spent = one.spent.map_or_else(|| "未报".into(), sum_words);
        format!("{}  {}  支出 {spent}", one.year, one.unit)
    };
    context.output.print(&value, |_| match (all.is_collected, all.units.is_empty()) {
        (false, _) => "“知识产权投入”登记簿从未导入，未收集。".into(),
        (true, true) => "没有可看的投入填报。".into(),
        _ => all.units.iter().map(words).collect::<Vec<_>>().join("\n"),
    })
}

async fn map(context: &Context, installation: &Installation, account: &Account) -> anyhow::Result<()> {
    let map = funds::map(installation, account, context.now).await?;
    let fund = |one: &funds::Fund| {
        let foci = one.focuses.iter().map(|(focus, of)| (focus.clone(), sum(*of)));
        json!({
            "fund": one.name, "year": one.year, "department": one.department, "total_fen": one.total_fen,
            "has_condition": one.has_condition, "condition": one.condition, "is_listed": one.is_listed,
            "focuses": foci.collect::<serde_json::Map<_, _>>(),
        })
    };
    let share = |one: &funds::Share| json!({ "year": one.year, "focus": one.focus, "sum": sum(one.sum), "share_hundredths": one.share });
    let value = json!({
        "has_funds": map.has_funds, "has_projects": map.has_projects,
        "funds": map.funds.iter().map(fund).collect::<Vec<_>>(),
        "shares": map.shares.iter().map(share).collect::<Vec<_>>(),
    });
    let words = |one: &funds::Fund| {
        let condition = match one.has_condition {
            Some(true) => "有知识产权条件",
            Some(false) => "没有知识产权条件",
            None => "没有查过知识产权条件",
        };
        let projects = one.projects();
        let projects = if projects.count == 0 { "没有项目".into() } else { sum_words(projects) };
        format!("{}  {}  {condition}  项目合计 {projects}", one.year, one.name)
    };
    context.output.print(&value, |_| match (map.has_funds || map.has_projects, map.funds.is_empty()) {
        (false, _) => "“专项资金”和“专项资金项目”登记簿从未导入，未收集。".into(),
        (true, true) => "登记簿中没有专项资金。".into(),
        _ => map.funds.iter().map(words).collect::<Vec<_>>().join("\n"),
    })
}

async fn pairs(context: &Context, installation: &Installation, account: &Account) -> anyhow::Result<()> {
    let found = overlaps::check(installation, account, context.now).await?;
    let pair = |one: &overlaps::Pair| {
        json!({
            "award": one.ours.award, "item": one.ours.id, "event": one.event, "department": one.theirs.department,
            "document": one.theirs.document, "clause": one.theirs.clause, "theirs": one.theirs.item,
            "amount_fen": one.theirs.amount_fen, "cap_fen": one.theirs.cap_fen, "relation": one.theirs.relation,
            "from": one.from, "to": one.to,
        })
    };
    let both = |one: &overlaps::Both| {
        json!({
            "right": one.right, "case": one.case, "award": one.award, "subject": one.subject, "ours_fen": one.ours_fen,
            "payer": one.payer, "document": one.document, "theirs_fen": one.theirs_fen, "same_event": one.same.key(),
            "relation": one.relation,
        })
    };
    let document = |one: &overlaps::Document| {
        json!({
            "number": one.number, "title": one.title, "department": one.department, "is_ours": one.is_ours,
            "rests_on": one.rests_on, "carries": one.carries, "items": one.items, "pairs": one.pairs,
        })
    };
    let value = json!({
        "has_items": found.has_items, "has_payments": found.has_payments,
        "pairs": found.pairs.iter().map(pair).collect::<Vec<_>>(),
        "both": found.both.iter().map(both).collect::<Vec<_>>(),
        "documents": found.documents.iter().map(document).collect::<Vec<_>>(),
    });
    let words = |one: &overlaps::Pair| {
        let relation = if one.theirs.relation.is_empty() { "文件没有写明" } else { &one.theirs.relation };
        let theirs = &one.theirs;
        format!("{}  {}  {}{}“{}”  {relation}", one.ours.award, one.event, theirs.document, theirs.clause, theirs.item)
    };
    context.output.print(&value, |_| match (found.has_items, found.pairs.is_empty()) {
        (false, _) => "“部门奖补政策”登记簿从未导入，未收集。".into(),
        (true, true) => "没有与本政策为同一种事给钱的事项。".into(),
        _ => found.pairs.iter().map(words).collect::<Vec<_>>().join("\n"),
    })
}

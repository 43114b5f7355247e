//! `corpus match`: outside patents for a firm, and the back-test of the matching.

use std::{
    ops::ControlFlow,
    path::{Path, PathBuf},
};

use clap::Args;
use corpus::Corpus;
use domain::offers;
use navigation::matching::{self, Backtest, Deal, Matched, Valuation, Wanted};
use terms::{Money, MoneyUnit};

use crate::{
    Context, names,
    navigation::{as_of, city, code_of, firm},
    output::Unusable,
};

#[derive(Debug, Args)]
pub(crate) struct Match {
    /// 企业的统一社会信用代码，名称取自企业登记簿
    #[arg(required_unless_present = "backtest")]
    uscc: Option<String>,
    /// 用文字写明的需求；不填则由企业自己的专利说明
    #[arg(long, value_name = "TEXT")]
    demand: Option<String>,
    /// 城市的名称；不填则取区镇登记簿中的市
    #[arg(long, value_name = "NAME")]
    city: Option<String>,
    /// 法律状态和剩余期限所依据的日子；不填为今天
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// 最多列多少件
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    /// 按名称归并账的第几版归并申请人和权利人；不填为最新一版
    #[arg(long, value_name = "VERSION")]
    ledger: Option<usize>,
    /// 另加的成交价格表，栏目为 分类号、专利类型、成交金额（元）、成交日期；引进合同登记簿中的价格总是计入
    #[arg(long, value_name = "FILE")]
    deals: Option<PathBuf>,
    /// 用库中记录的转让（原始申请人与当前权利人不同）检验匹配，与热门度排名对照
    #[arg(long, conflicts_with_all = ["uscc", "demand", "deals"])]
    backtest: bool,
}

pub(crate) async fn run(context: &Context, corpus: &Corpus, command: Match) -> anyhow::Result<()> {
    let names = names::at(context, command.ledger).await?;
    let Some(code) = &command.uscc else {
        return context.output.print(&matching::backtest(corpus, &names)?, tested);
    };
    let wanted = Wanted {
        firm: firm(context, corpus, &code_of(code)?).await?,
        city: city(context, command.city.as_deref()).await?,
        demand: command.demand.clone(),
        within: None,
        as_of: as_of(context, command.as_of.as_deref()).await?,
        limit: command.limit,
    };
    let mut deals = command.deals.as_deref().map(read_deals).transpose()?.unwrap_or_default();
    let installation = context.open().await?;
    for price in domain::matching::prices(&installation, context.now).await? {
        let deal = |(subclass, kind)| Deal { subclass, kind, amount_fen: price.amount_fen, on: price.on };
        deals.extend(price.sort(corpus).map(deal));
    }
    let mut found = matching::find(corpus, &names, &wanted, &deals)?;
    let keys: Vec<String> = found.candidates.iter().map(|one| one.key.clone()).collect();
    let folded = installation.registers(context.now).await?;
    let mut told = domain::matching::registers::told(corpus, &folded, &keys, wanted.as_of)?;
    let offered = offers::signs(&installation.db, installation.business_date(context.now)).await?;
    for one in &mut found.candidates {
        let mut told = told.remove(&one.key).unwrap_or_default();
        told.signs.extend(offers::signs_of(&offered, &names, &one.key, &one.owners).map(|sign| sign.words.clone()));
        one.tell(told.signs, told.high_value);
    }
    context.output.print(&found, words)
}

/// Reads prices of deals; a row that cannot be used is named, none is guessed at.
fn read_deals(path: &Path) -> anyhow::Result<Vec<Deal>> {
    let mut book = sheets::open(path, &sheets::Limits::default()).map_err(|cause| Unusable(cause.to_string()))?;
    let (mut deals, mut places, mut fault) = (Vec::new(), None, None);
    book.read_sheet(0, &mut |row| {
        let texts: Vec<String> = row.cells.iter().map(|cell| cell.text().trim().to_owned()).collect();
        let Some(places) = places else {
            let place = |word: &str| texts.iter().position(|text| text.starts_with(word));
            places = place("分类号").zip(place("专利类型")).zip(place("成交金额").zip(place("成交日期")));
            return ControlFlow::Continue(());
        };
        match deal(&texts, places) {
            Ok(deal) => deals.push(deal),
            Err(reason) => fault = Some(format!("{} 第 {} 行：{reason}", path.display(), row.number)),
        }
        if fault.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .map_err(|cause| Unusable(cause.to_string()))?;
    match (fault, places) {
        (Some(fault), _) => Err(Unusable(fault).into()),
        (None, None) => {
            let message = format!("{} 没有“分类号、专利类型、成交金额、成交日期”四个栏目。", path.display());
            Err(Unusable(message).into())
        }
        (None, Some(_)) => Ok(deals),
    }
}

fn deal(texts: &[String], ((class, kind), (amount, on)): ((usize, usize), (usize, usize))) -> Result<Deal, String> {
    let cell = |at: usize| texts.get(at).map(String::as_str).unwrap_or_default();
    let subclass: String = cell(class).chars().filter(|c| !c.is_whitespace()).take(4).collect();
    if subclass.len() != 4 {
        return Err(format!("分类号“{}”不是 IPC 小类，例如 H01M", cell(class)));
    }
    let kind = match cell(kind) {
        "" => None,
        text => Some(text.parse().map_err(|cause: terms::Error| cause.to_string())?),
    };
    let amount = Money::parse(cell(amount), MoneyUnit::Yuan).map_err(|cause| cause.to_string())?;
    let on = terms::dates::parse_date(cell(on)).map_err(|cause| cause.to_string())?;
    Ok(Deal { subclass: subclass.to_uppercase(), kind, amount_fen: amount.fen, on })
}

fn words(matched: &Matched) -> String {
    let mut lines = vec![
        format!("{}：自有专利 {} 件，画像 {}", matched.firm, matched.own, matched.profile.join("、")),
        format!("候选 {} 件（{}，快照第 {} 号）：", matched.candidates.len(), matched.as_of, matched.snapshot),
    ];
    for one in &matched.candidates {
        let term = one
            .months_left
            .map_or("剩余期限未知".to_owned(), |months| format!("剩余 {} 年 {} 个月", months / 12, months % 12));
        let owners = one.owners.join("；");
        lines.push(format!("{}\t{}\t{owners}（{}）\t{}，{term}", one.key, one.title, one.sort, one.state.zh()));
        lines.push(format!("  匹配分 {}（词 {}，分类 {}）", one.score, one.parts.0, one.parts.1));
        lines.extend(one.reasons.iter().map(|reason| format!("  理由：{reason}")));
        lines.extend(one.evidence.iter().map(|at| format!("  依据：{}“{}”", at.place, at.text)));
        lines.push(format!("  迹象：{}", one.signs.join("；")));
        lines.push(match &one.value {
            Valuation::Interval { low_fen, high_fen, basis } => {
                let yuan = |fen: &i64| format!("{} 元", fen / 100);
                format!("  价值：{} 至 {}（{basis}）", yuan(low_fen), yuan(high_fen))
            }
            Valuation::Refused { reason } => format!("  价值：{reason}"),
        });
    }
    lines.push(format!("方法：{}", matched.method));
    lines.join("\n")
}

fn tested(backtest: &Backtest) -> String {
    let mut lines = vec![format!(
        "转让 {} 件，买方 {} 个，其中 {} 件的买方没有其他文献；快照第 {} 号",
        backtest.transfers, backtest.buyers, backtest.unknown_buyers, backtest.snapshot
    )];
    if backtest.generated > 0 {
        lines.push(format!("其中 {} 件文献是生成的，结果不说明真实世界", backtest.generated));
    }
    for hit in &backtest.hits {
        lines.push(format!("hit@{}：匹配 {}；热门度 {}", hit.k, hit.ours.zh(), hit.popularity.zh()));
    }
    lines.push(format!("方法：{}", backtest.method));
    lines.join("\n")
}

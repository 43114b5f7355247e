//! Patent navigation: `corpus landscape`, `corpus audit`.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use clap::Args;
use corpus::Corpus;
use domain::{Installation, subjects, versions};
use navigation::{Basis, Report, Scope, Subject, Template, audit, chain, compare, export, project::Project};
use terms::Uscc;

use crate::{Context, chains, corpus::parsed, names, output::Unusable};

#[derive(Debug, Args)]
pub(crate) struct Landscape {
    /// 检索式；区域导航可不填，选定产业链节点时可不填，--compare 且不改范围时不填
    query: Option<String>,
    /// 导航类型：regional 区域、industry 产业、enterprise 企业
    #[arg(long, value_name = "KIND", value_parser = ["regional", "industry", "enterprise"])]
    kind: Option<String>,
    /// 产业链或其节点，如 new-energy、new-energy/storage；节点见 corpus chains
    #[arg(long, value_name = "NODE")]
    chain: Option<String>,
    /// 企业导航的企业：统一社会信用代码，名称取自企业登记簿
    #[arg(long, value_name = "USCC")]
    uscc: Option<String>,
    /// 城市的名称；不填则取区镇登记簿中的市
    #[arg(long, value_name = "NAME")]
    city: Option<String>,
    /// 数据截止日；不填为今天（演示为演示日期）
    #[arg(long, value_name = "DATE")]
    as_of: Option<String>,
    /// 只统计授权的
    #[arg(long)]
    granted: bool,
    /// 按名称归并账的第几版归并申请人和权利人；不填为最新一版
    #[arg(long, value_name = "VERSION")]
    ledger: Option<usize>,
    /// 写成 Word 文档
    #[arg(long, value_name = "FILE")]
    docx: Option<PathBuf>,
    /// 写进 Word 文档的项目记录：网页上报告的编号，即地址 /navigation/reports/ 后面的一段
    #[arg(long, value_name = "ID", requires = "docx")]
    project: Option<String>,
    /// 写成工作簿
    #[arg(long, value_name = "FILE")]
    xlsx: Option<PathBuf>,
    /// 上一版的 JSON：按同样的范围出新一版，并列出专利和图表的变化
    #[arg(long, value_name = "EARLIER.json")]
    compare: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// 检索式
    query: String,
    /// 人工判断的结果，每行“号码,是”或“号码,否”，号码取自抽样
    #[arg(long, value_name = "FILE.csv")]
    judged: Option<PathBuf>,
}

/// How many project records are named where the one that was asked for is not there.
const RECORDS_NAMED: usize = 10;

pub(crate) async fn landscape(context: &Context, corpus: &Corpus, command: Landscape) -> anyhow::Result<()> {
    let earlier = command.compare.as_deref().map(read_report).transpose()?;
    let scope = scope(context, corpus, &command, earlier.as_ref()).await?;
    let project = match &command.project {
        Some(id) => Some(project(context, id).await?),
        None => None,
    };
    eprintln!("统计 {} 个图表……", scope.template.questions().count());
    let mut report = navigation::survey(corpus, &scope, &names::at(context, command.ledger).await?)?;
    report.differences = earlier.map(|earlier| compare::compare(&earlier, &report));
    if let Some(path) = &command.docx {
        written(path, |file| export::docx(&report, project.as_ref(), file))?;
    }
    if let Some(path) = &command.xlsx {
        written(path, |file| export::xlsx(&report, file))?;
    }
    context.output.print(&report, words)
}

fn read_report(path: &Path) -> anyhow::Result<Report> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| Unusable(format!("读不了上一版报告 {}：{cause}", path.display())))?;
    Ok(Report::from_json(&text)?)
}

/// The project record (项目记录) that was written for a report on its page, as it stands.
async fn project(context: &Context, id: &str) -> anyhow::Result<Project> {
    let kept = versions::latest(&context.open().await?.db, versions::Kind::Project).await?;
    if let Some(one) = kept.iter().find(|one| one.object == id) {
        return Ok(Project::from_json(&one.content)?);
    }
    let known: Vec<&str> = kept.iter().map(|one| one.object.as_str()).take(RECORDS_NAMED).collect();
    let known = if known.is_empty() {
        "现在还没有任何项目记录".to_owned()
    } else {
        format!("现有：{}", known.join("、"))
    };
    let message = format!("没有编号为“{id}”的项目记录；项目记录在网页上报告的那一页填写，{known}。");
    Err(Unusable(message).into())
}

/// Writes a file to its last byte, which a full disk may refuse.
fn written(path: &Path, write: impl FnOnce(&mut BufWriter<File>) -> navigation::Result<()>) -> anyhow::Result<()> {
    let failed = || format!("写不了文件 {}", path.display());
    let mut file = BufWriter::new(File::create(path).with_context(failed)?);
    write(&mut file)?;
    file.flush().with_context(failed)
}

/// What the report is about: as asked, else as in the earlier edition.
async fn scope(
    context: &Context,
    corpus: &Corpus,
    command: &Landscape,
    earlier: Option<&Report>,
) -> anyhow::Result<Scope> {
    let is_asked =
        command.query.is_some() || command.chain.is_some() || command.uscc.is_some() || command.kind.is_some();
    all_matters(command, is_asked, earlier.is_some())?;
    let as_of = as_of(context, command.as_of.as_deref()).await?;
    past(context, as_of).await?;
    if let (false, Some(earlier)) = (is_asked, earlier) {
        let scope = Scope { as_of, ..earlier.scope.clone() };
        scope.check()?;
        return Ok(scope);
    }
    let kind = if command.uscc.is_some() { Some("enterprise") } else { command.kind.as_deref() };
    let template = kind.and_then(Template::of_key).unwrap_or_default();
    let scope = match template {
        Template::Enterprise => {
            let code = command.uscc.as_deref().map(code_of).transpose()?;
            let subject = enterprise(context, corpus, command, code.as_ref()).await?;
            Scope::of_enterprise(corpus, subject, code.as_ref(), as_of)?
        }
        _ => {
            let subject = city(context, command.city.as_deref()).await?;
            let chains = chains::present(context).await?;
            let node = command.chain.as_deref().map(|address| chain::find(&chains, address)).transpose()?;
            let query = command.query.as_deref().map(parsed).transpose()?;
            Scope::of_field(corpus, template, subject, node, query, as_of)?
        }
    };
    Ok(Scope { basis: if command.granted { Basis::Granted } else { Basis::Filed }, ..scope })
}

/// Refuses what would have no effect: a report must never be about more than was asked for.
fn all_matters(command: &Landscape, is_asked: bool, is_next: bool) -> anyhow::Result<()> {
    let is_of_firm = command.uscc.is_some() || command.kind.as_deref() == Some("enterprise");
    let unused = if is_next && !is_asked && (command.granted || command.city.is_some()) {
        "--compare 沿用上一版的范围，--granted 和 --city 不起作用。要换范围，请把检索式等重新写出来。"
    } else if command.uscc.is_some() && command.kind.as_deref().is_some_and(|kind| kind != "enterprise") {
        "--uscc 只用于企业导航。请去掉它，或改用 --kind enterprise。"
    } else if command.uscc.is_some() && command.query.is_some() {
        "--uscc 已经指明企业，检索式不起作用。请去掉一个；只看企业的一部分专利时写它的检索式，例如 PA=某某公司 AND IC=H01M。"
    } else if is_of_firm && command.chain.is_some() {
        "企业导航的领域由企业自己的专利决定，--chain 不起作用。请去掉它，或改用 --kind industry。"
    } else {
        return Ok(());
    };
    Err(Unusable(unused.to_owned()).into())
}

async fn enterprise(
    context: &Context,
    corpus: &Corpus,
    command: &Landscape,
    code: Option<&Uscc>,
) -> anyhow::Result<Subject> {
    match (code, &command.query) {
        (Some(code), _) => firm(context, corpus, code).await,
        (None, Some(text)) => Ok(Subject { name: text.clone(), search: parsed(text)?.to_string() }),
        (None, None) => {
            let message = "企业导航请用 --uscc 指明企业，或写它的检索式，例如 PA=某某公司。";
            Err(Unusable(message.to_owned()).into())
        }
    }
}

/// The code as it is written, however it was typed.
pub(crate) fn code_of(text: &str) -> anyhow::Result<Uscc> {
    Ok(text.parse().map_err(|cause| Unusable(format!("统一社会信用代码 {text} 有误：{cause}")))?)
}

/// The enterprise of a code, by the names that the register has for it.
pub(crate) async fn firm(context: &Context, corpus: &Corpus, uscc: &Uscc) -> anyhow::Result<Subject> {
    let installation = context.open().await?;
    match subjects::enterprise(&installation, uscc, context.now).await? {
        Some(firm) => Ok(Subject::enterprise(corpus, &firm.name, &firm.names)?),
        None => {
            let message = format!("企业登记簿中没有 {uscc}。请先导入 enterprises 登记簿，或改用企业的检索式。");
            Err(Unusable(message).into())
        }
    }
}

/// The city that was named, else that of the register of regions.
pub(crate) async fn city(context: &Context, named: Option<&str>) -> anyhow::Result<Subject> {
    if let Some(name) = named {
        // 海安市 stands in addresses as 海安市 and, before it was made a city, as 海安县.
        let word = name.strip_suffix('市').filter(|word| word.chars().count() > 1).unwrap_or(name);
        return Ok(Subject::city(name, &[word.to_owned()]));
    }
    match subjects::city(&context.open().await?, context.now).await? {
        Some(city) => Ok(Subject::city(&city.name, &city.words)),
        None => {
            let message = "不知道本市是哪里。请先导入 regions 登记簿（其中类型为“市”的一行），或用 --city 写明。";
            Err(Unusable(message.to_owned()).into())
        }
    }
}

pub(crate) async fn as_of(context: &Context, written: Option<&str>) -> anyhow::Result<jiff::civil::Date> {
    match written {
        Some(day) => {
            Ok(terms::dates::parse_date(day)
                .map_err(|cause| Unusable(format!("数据截止日 --as-of 无法识别：{cause}")))?)
        }
        None => Ok(context.open().await?.business_date(context.now)),
    }
}

/// A report tells what was published by a day; of a day to come nobody knows that.
async fn past(context: &Context, as_of: jiff::civil::Date) -> anyhow::Result<()> {
    let today = match context.database.is_some() || Installation::stands_in(&context.data) {
        true => context.open().await?.business_date(context.now),
        false => domain::beijing_date(context.now),
    };
    if as_of > today {
        let message = format!("数据截止日 --as-of {as_of} 还没有到，公开了什么无从得知；请用 {today} 或更早的日期。");
        return Err(Unusable(message).into());
    }
    Ok(())
}

fn words(report: &Report) -> String {
    let mut lines = vec![
        report.title(),
        format!(
            "检索式 {}；数据截止 {}；快照第 {} 号，库中 {} 件；名称归并账第 {} 版",
            report.scope.search,
            report.scope.as_of,
            report.snapshot.number,
            report.snapshot.documents,
            report.snapshot.ledger
        ),
    ];
    lines.extend(report.figures.iter().map(|one| format!("[{}] {}：{}", one.part.zh(), one.question, one.finding)));
    if let Some(differences) = &report.differences {
        lines.push(format!(
            "与 {} 的一版相比：新进 {} 件，不再命中 {} 件，状态或权利人变化 {} 件，图表变化 {} 行",
            differences.earlier_as_of,
            differences.added.len(),
            differences.gone.len(),
            differences.changed.len(),
            differences.rows.len()
        ));
    }
    lines.join("\n")
}

/// What `corpus audit` answers.
#[derive(serde::Serialize)]
struct Audited {
    #[serde(flatten)]
    audit: audit::Audit,
    recall: Option<audit::Recall>,
}

pub(crate) fn audit(context: &Context, corpus: &Corpus, command: &Audit) -> anyhow::Result<()> {
    let audit = audit::audit(corpus, &parsed(&command.query)?)?;
    let judged = command.judged.as_deref().map(judgements).transpose()?;
    let recall = judged.and_then(|judged| audit.recall(&judged));
    context.output.print(&Audited { audit, recall }, audited)
}

fn judgements(path: &Path) -> anyhow::Result<BTreeMap<String, bool>> {
    let text = std::fs::read_to_string(path)
        .map_err(|cause| Unusable(format!("读不了判断结果 {}：{cause}", path.display())))?;
    let mut judged = BTreeMap::new();
    for (at, line) in
        text.trim_start_matches('\u{feff}').lines().enumerate().filter(|(_, line)| !line.trim().is_empty())
    {
        let (key, word) = line.split_once([',', '，', '\t']).unwrap_or((line, ""));
        let is_relevant = match word.trim() {
            "是" | "相关" | "1" => true,
            "否" | "不相关" | "0" => false,
            _ => {
                let message = format!("{} 第 {} 行应写成“号码,是”或“号码,否”：{line}", path.display(), at + 1);
                return Err(Unusable(message).into());
            }
        };
        judged.insert(key.trim().to_owned(), is_relevant);
    }
    Ok(judged)
}

fn audited(answer: &Audited) -> String {
    let audit = &answer.audit;
    let mut lines = vec![format!("{}：{} 件", audit.search, audit.documents)];
    for clause in &audit.clauses {
        let indent = "  ".repeat(clause.depth);
        lines.push(format!(
            "{indent}[{}] {}：单独 {} 件，去掉它少 {} 件、多 {} 件",
            clause.role.zh(),
            clause.search,
            clause.alone,
            clause.adds,
            clause.keeps_out
        ));
    }
    let share = |name: &str, interval: &Option<navigation::Interval>| match interval {
        Some(interval) => format!("{name}：{}", interval.zh()),
        None => format!("{name}：来源没有数据，无法估计"),
    };
    lines.push(share("命中文献在同域内引用的文献，被检索式找到的比例", &audit.cited));
    lines.push(share("命中文献的同族，被检索式找到的比例", &audit.related));
    match &answer.recall {
        Some(recall) => {
            lines.push(format!("查准率：{}", recall.precision.zh()));
            let thousandths = |n: u64| format!("{}.{}%", n / 10, n % 10);
            let (estimate, low, high) =
                (thousandths(recall.estimate), thousandths(recall.low), thousandths(recall.high));
            lines.push(format!("查全率：{estimate}（区间 {low}–{high}）"));
        }
        None => {
            lines.push(format!("查全率须由人判断抽样（种子 {}）后用 --judged 估计：", audit.seed));
            lines.push(format!("  命中的抽样：{}", audit.inside.sample.join(" ")));
            lines.push(format!(
                "  近旁未命中的（共 {} 件）抽样：{}",
                audit.outside.documents,
                audit.outside.sample.join(" ")
            ));
        }
    }
    lines.join("\n")
}

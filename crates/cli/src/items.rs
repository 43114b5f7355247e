//! Policy items from the command line: list, show, draft from a file, issue, suspend.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use domain::cases::{Case, State};
use domain::items::{self, Formula, Stage, Terms};
use serde_json::{Value, json};
use terms::{Money, MoneyUnit};

use crate::Context;
use crate::account::As;
use crate::output::{self, Unusable, yuan};

#[derive(Debug, Args)]
pub(crate) struct Item {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    by: As,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// 列出各项奖励、资助的全部版本
    List,
    /// 一版事项的全部内容；草稿并列出还不能发布的原因
    Show {
        /// 事项编号
        id: i64,
    },
    /// 用一次测算试算这一版会发给多少家、共多少钱；什么也不保存
    Simulate {
        /// 事项编号
        id: i64,
        /// 测算编号（可只写开头几位；latest 为统计时点最晚的一次）
        #[arg(long)]
        run: String,
    },
    /// 由 TOML 文件起草一项奖励或资助；已有草稿则改写
    #[command(after_help = EXAMPLE)]
    Draft {
        /// 奖励或资助的编号，如 innovation-star
        award: String,
        /// 事项文件
        file: PathBuf,
    },
    /// 发布草稿：须由起草人之外的另一人
    Issue {
        /// 事项编号
        id: i64,
    },
    /// 停用：不再生成新案件，已有案件照常办理
    Suspend {
        /// 事项编号
        id: i64,
    },
}

/// A whole item file, shown by `item draft --help`; the test drafts it.
const EXAMPLE: &str = r#"事项文件的写法：
  track = "confirm"                  # confirm 免申即享，apply 企业申报
  effective_from = "2024-01-01"
  effective_until = "2024-12-31"
  formula = "per-subject"            # 每家定额；per-right 每件定额；{ share-of-cost = { percent = 50 } } 费用比例
  pays_difference = true             # 晋级只补差额
  cap_per_subject_year = "50万元"    # 每家每年上限，可不写
  pays_pro_rata = true               # 预算不足时按比例兑付，可不写
  # cap_per_invention = "3万元"      # 同一发明多国授权合计上限，只用于 pct-grant
  # 维权援助要写明各维权情形的证明材料，以及已获赔偿怎么扣：none、from-costs、from-aid
  # aid = { deduction = "from-costs", proofs = { domestic-win = ["生效裁判文书"], investigation = ["调查通知书"] } }
  # window = { from = "03-01", until = "04-30" }    # 每年的申报期，只用于 apply；只有一次的写 2024-03-01；不写为随时
  # limits = { accept = 5, enterprise = 20, step = 10, notice = 5 }    # 各步的工作日数
  # 政策性补贴逐年降低、到 2025 年取消（C3.1.3.2）；有文件免除的写明文号，不写按属于办理
  subsidy = { is_policy_subsidy = false, exempted_by = "云政办发〔2023〕12号" }
  departments = ["财政局", "科学技术局"]
  papers = []                        # 申报材料
  basis = { number = "云政办发〔2023〕12号", title = "知识产权奖励资助实施细则" }
  review = { conclusion = "不具有排除、限制竞争效果", concluded_on = "2023-12-12" }
  amounts = { 2 = "2万元", 3 = "3万元", 4 = "4万元", 5 = "5万元" }    # 等级 = 金额；不分等级的写 1"#;

pub(crate) async fn run(context: &Context, command: Item) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let (db, now) = (&installation.db, context.now);
    let done = |id: i64, words: &str| context.output.print(&json!({ "item": id }), |_| format!("事项 {id} {words}"));
    match command.action {
        Action::List => {
            let all = items::all(db).await?;
            context.output.list(&all, value, line, "还没有政策事项。请用 zhiqiang item draft AWARD FILE.toml 起草。")
        }
        Action::Show { id } => show(context, &items::find(db, id).await?),
        Action::Simulate { id, run } => {
            let run = crate::runs::run_id(&installation, &run).await?;
            let item = items::find(db, id).await?;
            let cases = domain::cases::simulate(&installation, &domain::runs::policy()?, &item, &run, now).await?;
            simulated(context, &cases)
        }
        Action::Draft { award, file } => {
            let account = command.by.account(db).await?;
            let terms = read(&file)?;
            let policy = domain::runs::policy()?;
            let id = items::draft(&installation, &policy, &account, &award, (terms, None), now).await?;
            done(id, "已存为草稿。请由另一人核对后用 zhiqiang item issue 发布。")
        }
        Action::Issue { id } => {
            let account = command.by.account(db).await?;
            items::issue(&installation, &domain::runs::policy()?, &account, (id, None), now).await?;
            done(id, "已发布。")
        }
        Action::Suspend { id } => {
            items::suspend(db, &command.by.account(db).await?, id, now).await?;
            done(id, "已停用；已有案件照常办理。")
        }
    }
}

fn simulated(context: &Context, cases: &[Case]) -> anyhow::Result<()> {
    let (stopped, open): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|case| case.state == State::Rejected);
    let amounts: Vec<i64> = open.iter().filter_map(|case| case.amount_fen()).collect();
    let (known_fen, held) = (amounts.iter().sum::<i64>(), open.len() - amounts.len());
    let line = |case: &&Case| {
        json!({
            "subject": case.subject, "name": case.name, "level": case.level, "amount_fen": case.amount_fen(),
            "held": case.amount.held,
        })
    };
    let object = json!({
        "cases": open.len(), "stopped": stopped.len(), "held": held, "known_fen": known_fen,
        "total_fen": if held == 0 { Some(known_fen) } else { None },
        "subjects": open.iter().map(line).collect::<Vec<_>>(),
    });
    context.output.print(&object, |_| {
        let mut text = format!("试算 {} 家：已核定 {} 家，合计 {}", open.len(), amounts.len(), yuan(Some(known_fen)));
        let _ = writeln!(text, "；未核定 {held} 家，不在合计内；另有核查未过 {} 家。", stopped.len());
        for case in &open {
            let amount = if case.amount.held.is_empty() { yuan(case.amount_fen()) } else { case.amount.held.clone() };
            let _ = writeln!(text, "  {}  {}  第 {} 级  {amount}", case.subject, case.name, case.level);
        }
        text
    })
}

/// Reads an item file, in which amounts are written as people write them.
fn read(file: &Path) -> anyhow::Result<Terms> {
    let wrong = |why: String| Unusable(format!("事项文件 {} 不能用：{why}", file.display()));
    let text = std::fs::read_to_string(file).map_err(|cause| wrong(output::of_files(&cause)))?;
    let mut table: toml::Table = text.parse().map_err(|cause: toml::de::Error| wrong(misspelt(&text, &cause)))?;
    let fen = |key: &str, value: &toml::Value| {
        let text = value.as_str().ok_or_else(|| wrong(format!("{key} 的金额要写成带单位的文字，如 \"2万元\"。")))?;
        let money = Money::parse(text, MoneyUnit::Yuan).map_err(|cause| wrong(format!("{key}：{cause}")))?;
        Ok::<_, Unusable>(toml::Value::Integer(money.fen))
    };
    for name in ["cap_per_subject_year", "cap_per_invention"] {
        if let Some(cap) = table.remove(name) {
            table.insert(format!("{name}_fen"), fen(name, &cap)?);
        }
    }
    if let Some(toml::Value::Table(amounts)) = table.get_mut("amounts") {
        for (level, amount) in amounts {
            *amount = fen(&format!("第 {level} 级"), amount)?;
        }
    }
    table.try_into().map_err(|cause: toml::de::Error| {
        wrong(format!("{}。写法见 zhiqiang item draft --help。", unfit(cause.message()))).into()
    })
}

/// Where a file is no TOML.
fn misspelt(text: &str, cause: &toml::de::Error) -> String {
    let line =
        cause.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.matches('\n').count() + 1);
    format!("第 {line} 行不合 TOML 的写法，应写成 名称 = 值，文字加双引号，一行一项（{}）。", cause.message())
}

/// What does not fit an item, by the parser's own words.
fn unfit(message: &str) -> String {
    let named = message.split('`').nth(1).unwrap_or_default();
    let known = || message.split('`').skip(3).step_by(2).collect::<Vec<_>>().join("、");
    if message.starts_with("missing field") {
        format!("缺少 {named}")
    } else if message.starts_with("unknown field") {
        format!("没有“{named}”这一项，可写的是 {}", known())
    } else if message.starts_with("unknown variant") {
        format!("“{named}”不能用，可选：{}", known())
    } else {
        format!("有一项的值不合规定（{message}）")
    }
}

fn value(item: &items::Item) -> Value {
    json!({
        "id": item.id, "award": item.award, "version": item.version, "stage": item.stage.key(), "terms": item.terms,
        "is_trial": item.is_trial, "drafted_by": item.drafted_by, "drafted_at": item.drafted_at,
        "issued_by": item.issued_by,
    })
}

fn line(item: &items::Item) -> String {
    let terms = &item.terms;
    let until = terms.effective_until.map_or_else(|| "（未写）".to_owned(), |day| day.to_string());
    let trial = if item.is_trial { "  演示金额" } else { "" };
    format!(
        "{}  {}  第 {} 版  {}  {}  {}  {} 至 {until}{trial}",
        item.id,
        item.award,
        item.version,
        item.stage.zh(),
        terms.track.zh(),
        terms.basis.number,
        terms.effective_from
    )
}

fn show(context: &Context, item: &items::Item) -> anyhow::Result<()> {
    let faults = match item.stage {
        Stage::Draft => items::faults(&domain::runs::policy()?, item)?,
        _ => Vec::new(),
    };
    let warnings = items::warnings(&domain::runs::policy()?, item);
    let mut object = value(item);
    object["warnings"] = warnings.iter().map(|one| json!({ "words": one.words, "basis": one.basis })).collect();
    object["faults"] = faults.iter().map(|fault| json!({ "words": fault.words, "basis": fault.basis })).collect();
    context.output.print(&object, |_| {
        let terms = &item.terms;
        let mut text = format!("{}\n依据  {}《{}》\n", line(item), terms.basis.number, terms.basis.title);
        let _ = writeln!(text, "公平竞争审查  {}", terms.review.conclusion);
        let formula = match terms.formula {
            Formula::PerSubject => "每家定额".to_owned(),
            Formula::PerRight => "每件定额".to_owned(),
            Formula::ShareOfCost { percent } => format!("已付费用的 {percent}%"),
        };
        let _ = writeln!(text, "计算方式  {formula}{}", if terms.pays_difference { "，晋级补差" } else { "" });
        for (level, fen) in &terms.amounts {
            let _ = writeln!(text, "  第 {level} 级  {}", yuan(Some(*fen)));
        }
        if terms.cap_per_subject_year_fen.is_some() {
            let _ = writeln!(text, "每家每年不超过  {}", yuan(terms.cap_per_subject_year_fen));
        }
        if terms.cap_per_invention_fen.is_some() {
            let _ = writeln!(text, "同一发明各国合计不超过  {}", yuan(terms.cap_per_invention_fen));
        }
        if let Some(window) = terms.window {
            let _ = writeln!(text, "申报期  {}", window.zh());
        }
        if let Some(subsidy) = &terms.subsidy {
            let said = if subsidy.is_policy_subsidy { "属于" } else { "不属于，依据 " };
            let _ = writeln!(text, "政策性补贴  {said}{}", subsidy.exempted_by);
        }
        if terms.pays_pro_rata {
            let _ = writeln!(text, "预算不足时  按比例兑付");
        }
        for trigger in terms.triggers() {
            let papers = terms.papers_for(Some(trigger)).join("、");
            let _ = writeln!(text, "维权情形  {}（{}）：{papers}", trigger.zh(), trigger.clause());
        }
        if let Some(aid) = &terms.aid {
            let settled = if aid.takes_settlements { "，和解算作胜诉" } else { "" };
            let _ = writeln!(text, "已获赔偿  {}{settled}", aid.deduction.zh());
        }
        let _ = writeln!(text, "联审部门  {}\n申报材料  {}", terms.departments.join("、"), terms.papers.join("、"));
        let _ = writeln!(text, "起草 {}，发布 {}", item.drafted_by, item.issued_by.as_deref().unwrap_or("—"));
        for warning in &warnings {
            let _ = writeln!(text, "请注意：{}（{}）", warning.words, warning.basis);
        }
        for fault in &faults {
            let _ = writeln!(text, "还不能发布：{}（{}）", fault.words, fault.basis);
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(text: &str) -> anyhow::Result<Terms> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        read(file.path())
    }

    fn example() -> String {
        EXAMPLE.lines().skip(1).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_example_of_the_help_is_an_item_that_may_be_issued() {
        let terms = reading(&example()).unwrap();
        assert_eq!((terms.amounts[&2], terms.cap_per_subject_year_fen), (2_000_000, Some(50_000_000)));
        let item = items::Item {
            id: 1,
            award: "innovation-star".into(),
            version: 1,
            stage: Stage::Draft,
            terms,
            is_trial: false,
            drafted_by: "a".into(),
            drafted_at: String::new(),
            issued_by: None,
        };
        assert_eq!(items::faults(&domain::runs::policy().unwrap(), &item).unwrap(), []);
    }

    #[test]
    fn what_is_wrong_in_an_item_file_is_said_with_its_place() {
        let changed = |from: &str, to: &str| {
            let text = example();
            assert!(text.contains(from));
            format!("{:#}", reading(&text.replace(from, to)).unwrap_err())
        };
        assert!(changed("\"3万元\"", "\"3万美元\"").contains("第 3 级"));
        assert!(changed("\"3万元\"", "30000").contains("带单位"));
        assert!(changed("\"50万元\"", "\"0.001元\"").contains("cap_per_subject_year"));
        assert!(changed("papers", "paper").contains("paper"));
        assert!(changed("\"confirm\"", "\"confirmed\"").contains("confirmed"));
        assert!(changed("{ 2 =", "{ 2 = =").contains("TOML"));
    }

    #[test]
    fn a_file_that_is_no_item_is_refused_in_chinese() {
        let refuse = |text: &str| reading(text).unwrap_err().to_string();
        let said = refuse("track = \"免申即享\"\n名称：甲\n");
        assert!(said.contains("第 2 行不合 TOML 的写法"), "{said}");
        assert!(refuse("nonsense = 1\n").contains("没有“nonsense”这一项"), "{}", refuse("nonsense = 1\n"));
        assert!(refuse("").contains("缺少 "), "{}", refuse(""));
        let missing = read(Path::new("/nowhere/事项.toml")).unwrap_err().to_string();
        assert!(missing.contains("没有这个文件或文件夹"), "{missing}");
    }
}

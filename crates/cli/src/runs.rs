//! Commands over runs: evaluate, explain, verify, diff, list.

use std::collections::BTreeMap;
use std::fmt::Write;

use clap::Args;
use domain::runs::{self, Question};
use domain::waiting::OfRun;
use rules::evaluation::{Indicator, quantity};

use crate::Context;
use crate::output::Unusable;

#[derive(Debug, Args)]
pub(crate) struct Evaluate {
    /// 政策文件编号；只安装了一份时可不填
    #[arg(long, value_name = "ID")]
    policy: Option<String>,
    /// 统计时点，如 2023-12-31（当日全天计入）
    #[arg(long, value_name = "DATE")]
    as_of: String,
    /// 知悉时间，如 2024-02-29T18:00:00；只写日期为当日零时；不填为现在
    #[arg(long, value_name = "TIME")]
    known_at: Option<String>,
    /// 本次测算改用的参数，可重复
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// 测算编号（可只写开头几位；latest 为统计时点最晚的一次）
    run: String,
    /// 指标代码（K01）或奖励编号（innovation-star）
    code: String,
    /// 统一社会信用代码，只看这一家
    subject: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// 测算编号（可只写开头几位；latest 为统计时点最晚的一次）
    run: String,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// 先前的测算
    before: String,
    /// 后来的测算
    after: String,
}

pub(crate) async fn evaluate(context: &Context, command: Evaluate) -> anyhow::Result<()> {
    let policy = runs::policy()?;
    if let Some(id) = command.policy.filter(|id| *id != policy.id) {
        return Err(Unusable(format!("没有安装编号为“{id}”的政策文件；已安装的是 {}。", policy.id)).into());
    }
    let question = Question {
        as_of: terms::dates::parse_date(&command.as_of)
            .map_err(|cause| Unusable(format!("统计时点 --as-of 无法识别：{cause}")))?,
        known_at: crate::registers::moment(command.known_at.as_deref(), context.now)?,
        overrides: overrides(&command.set)?,
        scope: None,
    };
    policy.settings(question.as_of, &question.overrides).map_err(|cause| Unusable(cause.to_string()))?;
    let installation = context.open().await?;
    if question.as_of > installation.business_date(context.now) {
        return Err(Unusable(format!("统计时点 {} 在今天之后。请核对 --as-of。", question.as_of)).into());
    }
    let tell = |doing: &str| eprintln!("{doing}……");
    let work = runs::evaluate(&installation, &policy, &question, "cli", context.now, &tell);
    let title = format!("测算：统计时点 {}", question.as_of);
    let evaluation = domain::jobs::during(&installation, &title, "cli", context.now, work).await?;
    // What waits is no part of the result, and only people are told.
    let waiting = match context.output.is_json() {
        true => OfRun::default(),
        false => domain::waiting::of_evaluation(&installation, &policy, &evaluation).await?,
    };
    context.output.print(evaluation.as_ref(), |evaluation| words(&policy, evaluation, &waiting))
}

fn overrides(set: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    set.iter()
        .map(|pair| {
            pair.split_once('=').map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned())).ok_or_else(
                || Unusable(format!("--set {pair} 应写成 名称=数值，例如 --set denominator_year=same。")).into(),
            )
        })
        .collect()
}

fn words(policy: &rules::Policy, evaluation: &rules::Evaluation, waiting: &OfRun) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "测算 {}", evaluation.run);
    let _ = writeln!(text, "统计时点 {}，快照 {}", evaluation.as_of, short(&evaluation.snapshot));
    for indicator in &evaluation.indicators {
        let state = indicator.verdict();
        let value = indicator.figure().unwrap_or_else(|| "—".to_owned());
        let target = match (&indicator.operator, &indicator.target) {
            (Some(operator), Some(target)) => format!("{operator} {target}"),
            _ => String::new(),
        };
        let behind = policy.indicator(&indicator.code).and_then(|definition| waiting.behind(indicator, definition));
        let behind = behind.map_or_else(String::new, |behind| format!("；{}", behind.words()));
        let reason = format!("{}{behind}", indicator.why());
        let _ = writeln!(text, "{:4} {state:4} {value:>12} {target:10} {} {reason}", indicator.code, indicator.name);
    }
    let mut awards: BTreeMap<&str, usize> = BTreeMap::new();
    for award in &evaluation.awards {
        *awards.entry(award.award.as_str()).or_default() += 1;
    }
    for (award, count) in awards {
        let _ = writeln!(text, "奖励 {award}：{count} 家");
    }
    let _ = writeln!(
        text,
        "高价值发明专利 {} 件，待判定 {} 件",
        evaluation.high_value.total.map_or_else(|| "—".into(), |n| n.to_string()),
        evaluation.high_value.undetermined
    );
    text
}

fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// The run meant by an id, by its beginning, or by `latest`.
pub(crate) async fn run_id(installation: &domain::Installation, id: &str) -> anyhow::Result<String> {
    if id != "latest" {
        return Ok(runs::find(installation, id).await?.run);
    }
    let latest = runs::latest(installation).await?;
    Ok(latest.ok_or_else(|| Unusable("还没有测算；请先运行 zhiqiang evaluate --as-of 日期。".into()))?.run)
}

pub(crate) async fn explain(context: &Context, command: Explain) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let run = run_id(&installation, &command.run).await?;
    let policy = runs::policy()?;
    let explanation =
        domain::explanations::explain(&installation, &policy, &run, &command.code, command.subject.as_deref()).await?;
    context.output.print(&explanation, domain::explanations::Explanation::words)
}

pub(crate) async fn verify(context: &Context, command: Verify) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let run = run_id(&installation, &command.run).await?;
    let verification = runs::verify(&installation, &run).await?;
    context.output.print(&verification, |found| {
        let mut text = format!("测算 {}\n", found.run);
        for check in &found.checks {
            let _ = writeln!(text, "  一致：{check}");
        }
        for finding in &found.findings {
            let _ = writeln!(text, "  不符：{finding}");
        }
        text.push_str(if found.verified {
            "核对无误：输入、规则与结果均与保存时相同。"
        } else {
            "核对不符，请勿据此对外发布，并查明上列文件的改动。"
        });
        text
    })?;
    anyhow::ensure!(verification.verified, "核对不符");
    Ok(())
}

pub(crate) async fn diff(context: &Context, command: Diff) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let before = run_id(&installation, &command.before).await?;
    let after = run_id(&installation, &command.after).await?;
    let (before, after) = (runs::load(&installation, &before).await?, runs::load(&installation, &after).await?);
    let policy = runs::policy()?;
    context.output.print(&rules::diff::diff(&before, &after), |found| differences(&policy, (&before, &after), found))
}

/// What changed and why, for people.
fn differences(
    policy: &rules::Policy,
    (before, after): (&rules::Evaluation, &rules::Evaluation),
    found: &rules::diff::Diff,
) -> String {
    let mut text = String::new();
    for (what, change) in [("统计时点", &found.as_of), ("知悉时间", &found.known_at)] {
        if let Some(change) = change {
            let _ = writeln!(text, "{what} {} → {}", change.before, change.after);
        }
    }
    let same = |is_changed: bool| if is_changed { "不同" } else { "相同" };
    let _ = writeln!(text, "资料{}，政策文件{}", same(found.snapshot_changed), same(found.policy_changed));
    let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "无".into());
    let figure = |run: &rules::Evaluation, code: &str| said(&run.indicator(code).and_then(Indicator::figure));
    for (name, change) in &found.parameters {
        let _ = writeln!(text, "参数 {name} {} → {}", said(&change.before), said(&change.after));
    }
    let met = |met: Option<bool>| match met {
        Some(true) => "达标",
        Some(false) => "未达标",
        None => "未定",
    };
    for one in &found.indicators {
        let named = after.indicator(&one.code).or_else(|| before.indicator(&one.code));
        let name = named.map_or("", |indicator| indicator.name.as_str());
        let (old, new) = (figure(before, &one.code), figure(after, &one.code));
        let unit = policy.indicator(&one.code).map_or("", |definition| definition.unit.as_str());
        let _ = write!(text, "{} {name}：{old} → {new} {unit}", one.code);
        if one.met.before != one.met.after {
            let _ = write!(text, "，{} → {}", met(one.met.before), met(one.met.after));
        }
        let _ = write!(text, "；新计入 {} 项，不再计入 {} 项", one.gained.len(), one.lost.len());
        let definition = policy.indicator(&one.code);
        if let (Some(definition), Some(old), Some(new)) = (definition, one.numerator.before, one.numerator.after)
            && old != new
        {
            let [old, new] = [old, new].map(|number| quantity(number, &definition.numerator_unit));
            let _ = write!(text, "；分子 {old} → {new}");
        }
        if let (Some(old), Some(new)) = (one.denominator.before, one.denominator.after)
            && old != new
        {
            let unit = definition.map_or("", |definition| definition.denominator_unit.as_str());
            let _ = write!(text, "；分母 {} → {}", quantity(old, unit), quantity(new, unit));
            let settings = policy.settings(after.as_of, &after.overrides).ok();
            let held = definition
                .zip(settings)
                .zip(after.indicator(&one.code))
                .and_then(|((definition, settings), now)| rules::evaluation::restated(definition, &settings, now, old));
            if let Some(held) = held {
                let verdict = one.target.after.as_ref().map_or_else(String::new, |_| format!("，{}", met(held.met)));
                let _ = write!(text, "（若分母不变，这次为 {}{verdict}）", held.value);
            }
        }
        text.push('\n');
    }
    for one in &found.awards {
        let name = one.name.as_deref().unwrap_or(&one.subject);
        let definition = policy.award(&one.award);
        let award = definition.map_or(one.award.as_str(), |award| award.name.as_str());
        let has_levels = definition.is_some_and(|award| !award.levels.is_empty());
        let level = |level: Option<i64>| match level {
            None => "未达到".to_owned(),
            Some(_) if !has_levels => "达到".to_owned(),
            Some(level) => format!("{level} 级"),
        };
        let _ = writeln!(text, "{award} {name}：{} → {}", level(one.level.before), level(one.level.after));
    }
    if found.is_empty() {
        text.push_str("结果没有差异\n");
    }
    text
}

pub(crate) async fn list(context: &Context) -> anyhow::Result<()> {
    let installation = context.open().await?;
    let found = runs::list(&installation).await?;
    context.output.print(&found, |runs| {
        if runs.is_empty() {
            return "还没有测算。请先运行 zhiqiang evaluate --as-of 日期。".into();
        }
        runs.iter().fold(String::new(), |mut text, run| {
            let kind = if run.is_what_if() { "推演" } else { "测算" };
            let _ = writeln!(
                text,
                "{} {kind} 时点 {} 知悉 {} 快照 {}",
                short(&run.run),
                run.as_of,
                run.known_at.get(..19).unwrap_or(&run.known_at).replace('T', " "),
                short(&run.snapshot)
            );
            text
        })
    })
}

//! Letters (文书): the public list, the decision, the refusal and the certificate, filled into templates that the office can edit,
//! in the form of official papers (GB/T 9704).
//!
//! A template is plain text: its first line is the title, each further line a paragraph; `{企业}` and its like are filled in, and a line
//! `{名单}` becomes the table. The office's own wording lies in the data folder; without one the wording here is used.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use rules::Policy;
use serde_json::json;
use sheets::write::docx::{Block, Paper, Table};

use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    cases::{self, Case, Notice, State, Whole},
    installation::LETTERS,
    items::{self, Item, allowed},
};

/// What a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 公示.
    Notice,
    /// 兑现决定.
    Decision,
    /// 不予兑现决定.
    Refusal,
    /// 荣誉证书.
    Certificate,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Notice, Self::Decision, Self::Refusal, Self::Certificate];

    /// Its key in addresses.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Notice => "notice",
            Self::Decision => "decision",
            Self::Refusal => "refusal",
            Self::Certificate => "certificate",
        }
    }

    /// Its Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Notice => "公示",
            Self::Decision => "兑现决定书",
            Self::Refusal => "不予兑现决定书",
            Self::Certificate => "荣誉证书",
        }
    }

    /// The kind with this key.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// What may stand in its template.
    pub const fn places(self) -> &'static [&'static str] {
        match self {
            Self::Notice => {
                &["事项", "年度", "依据文号", "依据名称", "起始日", "截止日", "件数", "合计", "名单", "城市"]
            }
            Self::Decision | Self::Refusal | Self::Certificate => &[
                "企业",
                "代码",
                "事项",
                "年度",
                "等级",
                "金额",
                "依据文号",
                "依据名称",
                "决定日",
                "年份",
                "序号",
                "理由",
                "条件",
                "城市",
            ],
        }
    }

    const fn standard(self) -> &'static str {
        match self {
            Self::Notice => {
                "关于{年度}年度{事项}拟兑现名单的公示\n\
                 根据{依据文号}《{依据名称}》，经数据比对、企业确认、审核和部门联审，现将{年度}年度{事项}拟兑现名单予以公示，共{件数}件，合计{合计}。\n\
                 {名单}\n\
                 公示期自{起始日}至{截止日}。对名单有异议的，请在公示期内实名书面提出，并附依据；核查期间只暂停所涉的一件。\n\
                 {城市}知识产权局"
            }
            Self::Decision => {
                "{事项}兑现决定书\n\
                 {城市}知奖决〔{年份}〕{序号}号\n\
                 {企业}（{代码}）：\n\
                 你单位{年度}年度{事项}{等级}，符合下列条件：{条件}。\n\
                 根据{依据文号}《{依据名称}》，决定兑现资金{金额}。\n\
                 如对本决定有异议，可自收到之日起六十日内依法申请行政复议，或者在六个月内依法提起行政诉讼。\n\
                 {城市}知识产权局\n\
                 {决定日}"
            }
            Self::Refusal => {
                "{事项}不予兑现决定书\n\
                 {城市}知奖不〔{年份}〕{序号}号\n\
                 {企业}（{代码}）：\n\
                 你单位{年度}年度{事项}一案，经审查不予兑现。理由：{理由}。\n\
                 依据：{依据文号}《{依据名称}》。\n\
                 如对本决定有异议，可自收到之日起六十日内依法申请行政复议，或者在六个月内依法提起行政诉讼。\n\
                 {城市}知识产权局\n\
                 {决定日}"
            }
            Self::Certificate => {
                "荣誉证书\n\
                 {企业}：\n\
                 经评定，授予你单位{年度}年度“{事项}”{等级}称号。\n\
                 特发此证。\n\
                 {城市}知识产权局\n\
                 {决定日}"
            }
        }
    }
}

/// The longest template, in characters.
const TEMPLATE_CHARS_MAX: usize = 5_000;

fn path(installation: &Installation, kind: Kind) -> PathBuf {
    installation.dir().join(LETTERS).join(format!("{}.txt", kind.key()))
}

/// The office's wording of a letter, or the standard one.
pub fn template(installation: &Installation, kind: Kind) -> Result<String, Error> {
    let path = path(installation, kind);
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(kind.standard().to_owned()),
        Err(source) => Err(Error::io(&path, source)),
    }
}

/// Keeps the office's own wording; nothing typed brings the standard one back.
pub async fn keep(
    installation: &Installation,
    account: &Account,
    kind: Kind,
    text: &str,
    now: Timestamp,
) -> Result<(), Error> {
    allowed(account, Permission::HandleCases)?;
    let text = text.replace("\r\n", "\n").trim().to_owned();
    if text.chars().count() > TEMPLATE_CHARS_MAX {
        return Err(Error::Invalid(format!("模板最多 {TEMPLATE_CHARS_MAX} 个字，请缩短。")));
    }
    if let Some(unknown) = holes(&text).find(|hole| !kind.places().contains(hole)) {
        let known = kind.places().join("、");
        return Err(Error::Invalid(format!("“{{{unknown}}}”填不了。这种文书可用：{known}。")));
    }
    let before = template(installation, kind)?;
    let mut tx = installation.db.begin().await?;
    let detail = json!({ "before": before, "after": text });
    registry::audit::record(&mut tx, now, &account.login, "letter.keep", kind.key(), &detail).await?;
    let path = path(installation, kind);
    if text.is_empty() {
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(Error::io(&path, cause)),
            _ => {}
        }
    } else {
        let folder = installation.dir().join(LETTERS);
        fs::create_dir_all(&folder).map_err(|source| Error::io(&folder, source))?;
        rules::folder::write_file(&path, text.as_bytes())?;
    }
    Ok(tx.commit().await?)
}

/// What stands between braces.
pub(crate) fn holes(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split('}').next())
}

/// The letters that there are for a case as it stands.
pub fn of_state(policy: &Policy, case: &Case) -> Vec<Kind> {
    let has_title =
        policy.award(&case.award).is_some_and(|award| !award.levels.is_empty() || award.id.ends_with("-star"));
    match case.state {
        State::Rejected => vec![Kind::Refusal],
        // A title whose money is being claimed back is not handed out again.
        State::Reclaimed => Vec::new(),
        state if state.is_granted() && has_title => vec![Kind::Decision, Kind::Certificate],
        state if state.is_granted() => vec![Kind::Decision],
        _ => Vec::new(),
    }
}

/// A letter of a case, for whoever may see the case.
pub async fn of_case(
    installation: &Installation,
    policy: &Policy,
    account: &Account,
    (id, kind): (i64, Kind),
    city: &str,
) -> Result<Paper, Error> {
    let whole = cases::find(&installation.db, account, id).await?;
    if !of_state(policy, &whole.case).contains(&kind) {
        return Err(Error::NotFound { what: kind.zh(), id: id.to_string() });
    }
    let item = items::find(&installation.db, whole.case.item).await?;
    let decided = whole
        .steps
        .iter()
        .rev()
        .find(|step| matches!(step.act.as_str(), "approve" | "reject" | "revoke" | "uphold" | "open"));
    let number = cases::decision_number(&installation.db, id).await?;
    let mut values = values(policy, &whole, &item, city);
    if let Some(step) = decided {
        values.insert("决定日", terms::dates::format_zh(step.on));
        values.insert("年份", step.on.year().to_string());
        values.insert("理由", step.note.trim_end_matches('。').to_owned());
    }
    values.insert("序号", number.to_string());
    Ok(filled(&template(installation, kind)?, &values, None))
}

fn values(policy: &Policy, whole: &Whole, item: &Item, city: &str) -> BTreeMap<&'static str, String> {
    let case = &whole.case;
    let award = policy.award(&case.award);
    let level = award.and_then(|award| award.levels.iter().find(|level| level.level == case.level));
    let conditions: Vec<String> = case
        .facts
        .conditions
        .iter()
        .map(|one| format!("{}（实有 {}）", one.text, one.actual.as_deref().unwrap_or("不详")))
        .collect();
    let mut values = basis(item);
    values.insert("企业", case.name.clone());
    values.insert("代码", case.subject.clone());
    values.insert("事项", award.map_or_else(|| case.award.clone(), |award| award.name.clone()));
    values.insert("年度", case.year.to_string());
    values.insert("等级", level.map(|level| level.name.clone()).unwrap_or_default());
    values.insert(
        "金额",
        case.amount_fen().map_or_else(|| "未核定".to_owned(), |fen| terms::Money::from_fen(fen).format_zh()),
    );
    values.insert("条件", if conditions.is_empty() { case.matter.clone() } else { conditions.join("；") });
    values.insert("城市", city.to_owned());
    values
}

fn basis(item: &Item) -> BTreeMap<&'static str, String> {
    [("依据文号", item.terms.basis.number.clone()), ("依据名称", item.terms.basis.title.clone())].into()
}

/// The paper of a public notice. Notices are public.
pub async fn of_notice(installation: &Installation, policy: &Policy, id: i64, city: &str) -> Result<Paper, Error> {
    let notice = cases::notice(&installation.db, id).await?;
    let first = notice.cases.first().map(|(case, _)| case);
    let mut values = match first {
        Some(case) => basis(&items::find(&installation.db, case.item).await?),
        None => BTreeMap::new(),
    };
    let total: i64 = notice.cases.iter().filter_map(|(_, fen)| *fen).sum();
    let award = policy.award(&notice.award).map_or_else(|| notice.award.clone(), |award| award.name.clone());
    values.insert("事项", award);
    values.insert("年度", first.map(|case| case.year.to_string()).unwrap_or_default());
    values.insert("起始日", terms::dates::format_zh(notice.opened_on));
    values.insert("截止日", terms::dates::format_zh(notice.closes_on));
    values.insert("件数", notice.cases.len().to_string());
    values.insert("合计", terms::Money::from_fen(total).format_zh());
    values.insert("城市", city.to_owned());
    Ok(filled(&template(installation, Kind::Notice)?, &values, Some(list(policy, &notice))))
}

fn list(policy: &Policy, notice: &Notice) -> Table {
    let level = |case: &Case| {
        let award = policy.award(&case.award);
        award.and_then(|award| award.levels.iter().find(|one| one.level == case.level)).map(|one| one.name.clone())
    };
    let row = |(at, (case, fen)): (usize, &(Case, Option<i64>))| {
        let amount = fen.map_or_else(|| "未核定".to_owned(), |fen| terms::Money::from_fen(fen).format_zh());
        vec![(at + 1).to_string(), case.name.clone(), level(case).unwrap_or_else(|| case.matter.clone()), amount]
    };
    Table {
        caption: String::new(),
        columns: vec![
            ("序号".into(), false),
            ("企业".into(), false),
            ("等级或事项".into(), false),
            ("金额".into(), true),
        ],
        rows: notice.cases.iter().enumerate().map(row).collect(),
    }
}

/// A template with its places filled; what is filled in is never read as a place again.
fn filled(template: &str, values: &BTreeMap<&'static str, String>, list: Option<Table>) -> Paper {
    let mut lines = template.lines().map(str::trim).filter(|line| !line.is_empty());
    let title = lines.next().map(|line| fill(line, values)).unwrap_or_default();
    let block = |line: &str| match (&list, line) {
        (Some(table), "{名单}") => Block::Table(table.clone()),
        _ => Block::Text(fill(line, values)),
    };
    Paper { title, line: String::new(), blocks: lines.map(block).collect() }
}

/// A text with its places filled.
pub(crate) fn fill(line: &str, values: &BTreeMap<&'static str, String>) -> String {
    let mut parts = line.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}') {
            Some((hole, rest)) => {
                text.push_str(values.get(hole).map_or("", String::as_str));
                text.push_str(rest);
            }
            None => text.push_str(part),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_wording_uses_its_own_places() {
        for kind in Kind::ALL {
            assert!(holes(kind.standard()).all(|hole| kind.places().contains(&hole)), "{kind:?}");
        }
    }

    #[test]
    fn what_is_filled_in_is_not_a_place() {
        let values = [("企业", "{金额}公司".to_owned()), ("金额", "5万元".to_owned())].into();
        let paper = filled("{事项}书\n{企业}得{金额}\n{不闭合", &values, None);
        assert_eq!(paper.title, "书");
        assert_eq!(paper.blocks, [Block::Text("{金额}公司得5万元".into()), Block::Text("不闭合".into())]);
    }
}

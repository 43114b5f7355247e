//! Letters (文书): the public list, the decision, the refusal and the certificate, filled into templates that the office can edit,
//! in the form of official papers (GB/T 9704), and kept as they were issued.
//!
//! A template is plain text: its first line is the title, each further line a paragraph; `{企业}` and its like are filled in, and a line
//! `{名单}` becomes the table. The office's own wording lies in the data folder; without one the wording here is used. A letter is
//! written once, in the transaction of the act it tells of (`kept`), and that file is handed out ever after.

mod form;
mod kept;
mod numbers;
mod store;

use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use serde_json::json;

pub(crate) use self::kept::faults;
pub use self::kept::{Letter, all, file, find, latest, missing, of_case, supply};
pub(crate) use self::numbers::number_faults;
pub(crate) use self::{
    form::{fill, holes},
    kept::{Office, of_notice, of_step},
};
use crate::{
    Error, Installation,
    accounts::{Account, Permission},
    installation::LETTERS,
    items::allowed,
};

words! {
    /// What a letter is.
    Kind {
        Notice "notice" "公示",
        /// 兑现决定.
        Decision "decision" "兑现决定书",
        /// 不予兑现决定.
        Refusal "refusal" "不予兑现决定书",
        /// 不予受理决定.
        NotAccepted "not-accepted" "不予受理决定书",
        Certificate "certificate" "荣誉证书",
        /// 追回决定.
        Reclaim "reclaim" "追回决定书",
    }
}

impl Kind {
    /// What stands before the year in its number: 知奖决.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Notice => "知奖示",
            Self::Decision => "知奖决",
            Self::Refusal => "知奖不",
            Self::NotAccepted => "知奖不受",
            Self::Certificate => "知奖证",
            Self::Reclaim => "知奖追",
        }
    }

    /// How long an archive keeps it (保管期限; 《机关文件材料归档范围和文书档案保管期限规定》).
    pub const fn retention(self) -> &'static str {
        match self {
            Self::Notice => "10年",
            Self::Decision | Self::Refusal | Self::NotAccepted | Self::Reclaim => "30年",
            Self::Certificate => "永久",
        }
    }

    /// What may stand in its template.
    pub const fn places(self) -> &'static [&'static str] {
        match self {
            Self::Notice => &[
                "事项",
                "年度",
                "依据文号",
                "依据名称",
                "起始日",
                "截止日",
                "件数",
                "合计",
                "资金",
                "办理过程",
                "名单",
                "年份",
                "序号",
                "城市",
            ],
            Self::Reclaim => &[
                "企业",
                "代码",
                "事项",
                "年度",
                "等级",
                "案由",
                "原文号",
                "原金额",
                "应得",
                "追回",
                "期限",
                "期限说明",
                "依据文号",
                "依据名称",
                "决定日",
                "年份",
                "序号",
                "理由",
                "城市",
            ],
            Self::Decision | Self::Refusal | Self::NotAccepted | Self::Certificate => &[
                "企业",
                "代码",
                "事项",
                "年度",
                "等级",
                "金额",
                "兑现",
                "案由",
                "审核结果",
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

    pub(crate) const fn standard(self) -> &'static str {
        match self {
            Self::Notice => {
                "关于{年度}年度{事项}拟兑现名单的公示\n\
                 {城市}知奖示〔{年份}〕{序号}号\n\
                 根据{依据文号}《{依据名称}》，经{办理过程}，现将{年度}年度{事项}拟兑现名单予以公示，共{件数}件，{资金}。\n\
                 {名单}\n\
                 公示期自{起始日}至{截止日}。对名单有异议的，请在公示期内实名书面提出，并附依据；核查期间只暂停所涉的一件。\n\
                 {城市}知识产权局\n\
                 {起始日}"
            }
            Self::Decision => {
                "{事项}兑现决定书\n\
                 {城市}知奖决〔{年份}〕{序号}号\n\
                 {企业}（{代码}）：\n\
                 {案由}，{审核结果}。\n\
                 根据{依据文号}《{依据名称}》，决定{兑现}。\n\
                 如不服本决定，可自收到本决定书之日起六十日内向{城市}人民政府申请行政复议（《行政复议法》第二十条），也可自收到之日起六个月内依法向人民法院提起行政诉讼（《行政诉讼法》第四十六条）。\n\
                 {城市}知识产权局\n\
                 {决定日}"
            }
            Self::Refusal => {
                "{事项}不予兑现决定书\n\
                 {城市}知奖不〔{年份}〕{序号}号\n\
                 {企业}（{代码}）：\n\
                 {案由}，经审查，决定不予兑现，理由如下：\n\
                 {理由}\n\
                 依据：{依据文号}《{依据名称}》。\n\
                 如有异议，可在本系统内申请重新审核一次。如不服本决定，可自收到本决定书之日起六十日内向{城市}人民政府申请行政复议（《行政复议法》第二十条），也可自收到之日起六个月内依法向人民法院提起行政诉讼（《行政诉讼法》第四十六条）。\n\
                 {城市}知识产权局\n\
                 {决定日}"
            }
            Self::NotAccepted => {
                "{事项}不予受理决定书\n\
                 {城市}知奖不受〔{年份}〕{序号}号\n\
                 {企业}（{代码}）：\n\
                 {案由}，经审查，决定不予受理，理由如下：\n\
                 {理由}\n\
                 依据：{依据文号}《{依据名称}》。\n\
                 如有异议，可在本系统内申请重新审核一次，由另一人办理。如不服本决定，可自收到本决定书之日起六十日内向{城市}人民政府申请行政复议（《行政复议法》第二十条），也可自收到之日起六个月内依法向人民法院提起行政诉讼（《行政诉讼法》第四十六条）。\n\
                 {城市}知识产权局\n\
                 {决定日}"
            }
            Self::Reclaim => {
                "{事项}资金追回决定书\n\
                 {城市}知奖追〔{年份}〕{序号}号\n\
                 {企业}（{代码}）：\n\
                 {案由}，以{原文号}决定兑现，你单位现有该项资金{原金额}。现查明：\n\
                 {理由}\n\
                 按现已查明的事实，你单位应得资金{应得}，决定追回{追回}。\n\
                 请于{期限}（{期限说明}）前退回原拨付渠道；逾期不退回的，依法追缴。依据：{依据文号}《{依据名称}》。\n\
                 如不服本决定，可自收到本决定书之日起六十日内向{城市}人民政府申请行政复议，也可自收到之日起六个月内依法向人民法院提起行政诉讼。\n\
                 {城市}知识产权局\n\
                 {决定日}"
            }
            Self::Certificate => {
                "荣誉证书\n\
                 {城市}知奖证〔{年份}〕{序号}号\n\
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standard_wording_uses_its_own_places() {
        for kind in Kind::ALL {
            assert!(holes(kind.standard()).all(|hole| kind.places().contains(&hole)), "{kind:?}");
        }
    }
}

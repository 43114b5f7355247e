//! The wording of messages, which the office can edit: a line and a text with places, plain and never markup.

use std::collections::BTreeMap;

use db::{Db, Tx};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Kind, store};
use crate::{
    Error,
    accounts::{Account, Permission},
    items::allowed,
    letters::{fill, holes},
};

/// The longest line, in characters; a mail program shows no more.
const SUBJECT_CHARS_MAX: usize = 100;
/// The longest text, in characters.
const BODY_CHARS_MAX: usize = 2_000;

/// How a kind of message is worded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// The line.
    pub subject: String,
    /// The text.
    pub body: String,
}

pub(super) type Values = BTreeMap<&'static str, String>;

impl Wording {
    fn standard(kind: Kind) -> Self {
        let (subject, body) = kind.standard();
        Self { subject: subject.to_owned(), body: body.to_owned() }
    }

    /// The wording with its places filled; what is filled in is never read as a place again, and no line breaks the subject.
    pub(super) fn filled(&self, values: &Values) -> Self {
        Self { subject: one_line(&fill(&self.subject, values)), body: plain(&fill(&self.body, values)) }
    }
}

/// Text on one line: whatever would end it, or steer a terminal or a mail program, becomes a blank.
pub(super) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|letter| if steers(letter) { ' ' } else { letter }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn plain(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|letter| if letter != '\n' && steers(letter) { ' ' } else { letter })
        .collect()
}

/// Control characters, separators of lines, and marks that turn the direction of writing.
fn steers(letter: char) -> bool {
    letter.is_control() || matches!(letter, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The office's wording of a kind, or the standard one.
pub async fn wording(db: &Db, kind: Kind) -> Result<Wording, Error> {
    let mut tx = db.begin_read().await?;
    of_kind(&mut tx, kind).await
}

pub(super) async fn of_kind(tx: &mut Tx, kind: Kind) -> Result<Wording, Error> {
    Ok(store::wording(tx, kind).await?.unwrap_or_else(|| Wording::standard(kind)))
}

/// What a wording would say, with invented values.
pub fn preview(kind: Kind, wording: &Wording) -> Result<Wording, Error> {
    let wording = checked(kind, wording)?;
    let sample = |place: &&'static str| {
        let value = match *place {
            "企业" => "云川市某某新材料有限公司",
            "事项" => "创新之星",
            "年度" => "2023",
            "案件号" => "128",
            "步骤" => "经办审核",
            "金额" => "5万元",
            "期限" => "2024-03-14",
            "期限说明" => "2024-02-29 起第 10 个工作日",
            "说明" => "请补交付款凭证",
            "监测" => "石墨烯散热",
            "新增" => "3",
            _ => "1",
        };
        (*place, value.to_owned())
    };
    Ok(wording.filled(&kind.places().iter().map(sample).collect()))
}

fn checked(kind: Kind, wording: &Wording) -> Result<Wording, Error> {
    let wording = Wording { subject: one_line(&wording.subject), body: plain(wording.body.trim()) };
    if wording.subject.is_empty() || wording.body.is_empty() {
        return Err(Error::Invalid("标题和正文都要填写；两项都清空则恢复标准模板。".into()));
    }
    if wording.subject.chars().count() > SUBJECT_CHARS_MAX || wording.body.chars().count() > BODY_CHARS_MAX {
        return Err(Error::Invalid(format!(
            "标题最多 {SUBJECT_CHARS_MAX} 个字，正文最多 {BODY_CHARS_MAX} 个字，请缩短。"
        )));
    }
    let text = format!("{}{}", wording.subject, wording.body);
    if let Some(unknown) = holes(&text).find(|hole| !kind.places().contains(hole)) {
        return Err(Error::Invalid(format!("“{{{unknown}}}”填不了。这种消息可用：{}。", kind.places().join("、"))));
    }
    Ok(wording)
}

/// Keeps the office's own wording; nothing typed in either brings the standard one back.
pub async fn keep(db: &Db, account: &Account, kind: Kind, wording: &Wording, now: Timestamp) -> Result<(), Error> {
    allowed(account, Permission::HandleCases)?;
    let is_given_up = wording.subject.trim().is_empty() && wording.body.trim().is_empty();
    let after = if is_given_up { None } else { Some(checked(kind, wording)?) };
    let mut tx = db.begin().await?;
    let detail = json!({ "before": of_kind(&mut tx, kind).await?, "after": after });
    store::set_wording(&mut tx, kind, after.as_ref()).await?;
    registry::audit::record(&mut tx, now, &account.login, "message.wording", kind.key(), &detail).await?;
    Ok(tx.commit().await?)
}

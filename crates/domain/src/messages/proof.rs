//! The proof of a mail address: a code that was mailed to it comes back, before anything else is mailed to it.

use db::Db;
use jiff::{SignedDuration, Timestamp};
use registry::instant;
use serde_json::json;

use super::{Office, mail, store};
use crate::{
    Error, Installation,
    accounts::{Account, random_token, token_hash},
    beijing_date,
};

/// How long a code holds.
pub const CODE_LIFE: SignedDuration = SignedDuration::from_mins(30);
/// How long one waits before another code is mailed.
const CODE_REST: SignedDuration = SignedDuration::from_mins(1);
/// How many codes are mailed to an account's addresses in a day.
pub const CODES_A_DAY: i64 = 5;
/// How many wrong codes void one.
pub const CODE_FAILURES_MAX: i64 = 5;
const DIGITS: usize = 6;

/// What is known of an account's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// There is no address.
    NoAddress,
    /// No code was mailed yet, or it holds no more.
    Unproved,
    /// A code was mailed, and waits to be entered.
    Asked,
    /// The code came back.
    Proved,
}

/// Where the proof of an account's address stands.
pub async fn proof(db: &Db, account: &Account, now: Timestamp) -> Result<Proof, Error> {
    let mut tx = db.begin_read().await?;
    let Some(row) = store::proof(&mut tx, account.id).await?.filter(|row| !row.address.is_empty()) else {
        return Ok(Proof::NoAddress);
    };
    Ok(match row.proved_at {
        Some(_) => Proof::Proved,
        None if row.holds(now) => Proof::Asked,
        None => Proof::Unproved,
    })
}

/// Mails a fresh code to the address that the account gave.
pub async fn ask(installation: &Installation, account: &Account, now: Timestamp) -> Result<(), Error> {
    let office = Office::of(installation)?;
    let office = office.ok_or_else(|| Error::Conflict("没有设置邮件服务器，现在寄不出验证码。请稍后再试。".into()))?;
    mail_code(&installation.db, &office, account, now).await
}

pub(super) async fn mail_code(db: &Db, office: &Office, account: &Account, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let row = store::proof(&mut tx, account.id).await?.filter(|row| !row.address.is_empty());
    let row = row.ok_or_else(|| Error::Invalid("请先填写邮件地址。".into()))?;
    if row.proved_at.is_some() {
        return Err(Error::Conflict("这个邮件地址已经验证过。".into()));
    }
    let asked = row.made_at();
    if asked.is_some_and(|at| now.duration_since(at) < CODE_REST) {
        return Err(Error::Conflict("验证码刚刚寄出，请等一分钟再要；也请看看垃圾邮件。".into()));
    }
    let is_today = asked.is_some_and(|at| beijing_date(at) == beijing_date(now));
    let today = if is_today { row.codes_today } else { 0 };
    if today >= CODES_A_DAY {
        return Err(Error::Conflict(format!("今天已寄出 {CODES_A_DAY} 次验证码。请核对地址，明天再试。")));
    }
    let code = code()?;
    let body = format!(
        "{}，您好：\n\n您的邮箱验证码是 {code}，{} 分钟内有效。请登录后在“消息设置”中填写。\n\n\
         如果不是您本人操作，请不要理会；没有填写验证码，本系统不会再向这个地址发邮件。\n",
        account.name,
        CODE_LIFE.as_mins()
    );
    let id = format!("<{}@{}>", &random_token()?[..32], office.domain());
    mail::put_letter(&mut tx, (account.id, &row.address), (&id, "邮箱验证码", &body), now).await?;
    store::set_code(&mut tx, account.id, &token_hash(&code), &instant::format(now), today + 1).await?;
    let detail = json!({ "address": mail::masked(&row.address) });
    registry::audit::record(&mut tx, now, &account.login, "message.code", &account.login, &detail).await?;
    Ok(tx.commit().await?)
}

/// Takes the code that came by mail; from then on messages are mailed.
pub async fn prove(db: &Db, account: &Account, typed: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    let row = store::proof(&mut tx, account.id).await?.filter(|row| row.proved_at.is_none() && row.holds(now));
    let row = row.ok_or_else(|| Error::Conflict("没有等待填写的验证码，或它已过期。请重新获取。".into()))?;
    let typed: String = typed.chars().filter(|letter| !letter.is_whitespace()).collect();
    if row.code_hash.as_deref() != Some(&token_hash(&typed)) {
        store::count_code_failure(&mut tx, account.id).await?;
        tx.commit().await?;
        return Err(Error::Invalid("验证码不正确。请填写最近一封邮件里的六位数字。".into()));
    }
    store::set_proved(&mut tx, account.id, &instant::format(now)).await?;
    let detail = json!({ "address": mail::masked(&row.address) });
    registry::audit::record(&mut tx, now, &account.login, "message.prove", &account.login, &detail).await?;
    Ok(tx.commit().await?)
}

impl store::ProofRow {
    fn made_at(&self) -> Option<Timestamp> {
        self.code_made_at.as_deref()?.parse().ok()
    }

    /// Whether a code was mailed that may still be entered.
    fn holds(&self, now: Timestamp) -> bool {
        let is_fresh = self.made_at().is_some_and(|at| now.duration_since(at) < CODE_LIFE);
        is_fresh && self.code_hash.is_some() && self.code_failures < CODE_FAILURES_MAX
    }
}

/// Digits that nobody guesses: each as likely as any other.
fn code() -> Result<String, Error> {
    let mut code = String::new();
    while code.len() < DIGITS {
        let mut byte = [0_u8];
        getrandom::fill(&mut byte).map_err(|cause| Error::Conflict(format!("系统随机数不可用：{cause}")))?;
        if byte[0] < 250 {
            code.push(char::from(b'0' + byte[0] % 10));
        }
    }
    Ok(code)
}

//! Mail: messages gathered into mails, and each mail handed to the office's server at most once.
//!
//! A mail is written down before it is sent, and so is every attempt. One that was being sent when its process ended, or whose
//! server fell silent after the last byte, may have arrived: it is marked so and waits for a person, never for the clock.

mod store;

use std::collections::BTreeMap;

use db::{Db, Process, Tx};
use jiff::{SignedDuration, Timestamp, civil::Weekday};
use lettre::Address;
use registry::instant;
use serde::Serialize;
use serde_json::json;

use self::store::Waiting;
use super::{Kind, Mode, Office, smtp::Outcome, wordings::one_line};
use crate::{
    Error, Installation,
    accounts::{self, Account, Permission},
    items::allowed,
};

/// How long one waits after each attempt that the server did not take, in minutes; after the last the mail has failed.
const WAITS_MIN: [i64; 7] = [1, 5, 15, 60, 240, 720, 1440];
/// No attempt lasts longer: the server's answers are waited for half a minute each.
const SENDING_MAX: SignedDuration = SignedDuration::from_hours(1);
/// The most mails handed over in one go.
const PASS_MAX: usize = 200;
/// The hour of Beijing from which the mails of a day go out.
const DIGEST_HOUR: i8 = 8;
/// The longest mail, in messages; the rest is named by its number.
const DIGEST_MAX: usize = 50;

/// A mail as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Letter {
    pub(super) id: i64,
    pub(super) address: String,
    pub(super) message_id: String,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) attempts: i64,
    pub(super) made_at: Timestamp,
}

/// A mail in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Logged {
    /// Its number.
    pub id: i64,
    /// Whose it is.
    pub login: String,
    /// Where it goes, masked.
    pub address: String,
    /// Its line.
    pub subject: String,
    /// `waiting`, `sending`, `sent`, `failed` or `unknown`.
    pub state: String,
    /// When it was made.
    pub made_at: String,
    /// When it is tried next.
    pub due_at: String,
    /// Why it is not sent any more; none where it was or will be.
    pub dropped_why: Option<String>,
    /// Its attempts, the first first: when, what came of it, and what the server answered.
    pub attempts: Vec<Attempt>,
}

/// An attempt to send a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Attempt {
    /// When.
    pub at: String,
    /// `sending`, `sent`, `later`, `refused`, `unknown`, or `again` where a person sent it on its way once more.
    pub outcome: String,
    /// What the server answered.
    pub answer: String,
}

impl Attempt {
    /// What came of it, in Chinese.
    pub fn zh(&self) -> &'static str {
        match self.outcome.as_str() {
            "sending" => "正在发送",
            "sent" => "已被服务器收下",
            "later" => "暂未收下，稍后再发",
            "refused" => "被服务器拒收",
            "again" => "人工决定重发",
            _ => "不知是否送达",
        }
    }
}

impl Logged {
    /// Where it stands, in Chinese.
    pub fn zh(&self) -> &'static str {
        match self.state.as_str() {
            _ if self.dropped_why.is_some() => "不再发送",
            "waiting" => "等待发送",
            "sending" => "正在发送",
            "sent" => "已发送",
            "failed" => "发送失败",
            _ => "不知是否送达",
        }
    }

    /// Whether a person may send it on its way once more.
    pub fn may_go_again(&self) -> bool {
        self.dropped_why.is_none() && matches!(self.state.as_str(), "failed" | "unknown")
    }
}

/// What one go came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// How many mails were made of messages.
    pub made: usize,
    /// How many the server took.
    pub sent: usize,
    /// How many wait for another attempt.
    pub later: usize,
    /// How many the server will not take, or did not take often enough.
    pub failed: usize,
    /// How many may have arrived.
    pub unknown: usize,
}

/// Whether this is an address that mail can be sent to.
pub(super) fn checked_address(text: &str) -> Result<(), Error> {
    let wrong = || Error::Invalid(format!("“{}”不是邮件地址。应像 name@example.cn，不含空格和中文。", one_line(text)));
    address(text).map(|_| ()).ok_or_else(wrong)
}

pub(super) fn address(text: &str) -> Option<Address> {
    let is_plain = text.len() <= 254 && text.bytes().all(|byte| byte.is_ascii_graphic());
    text.parse().ok().filter(|address: &Address| is_plain && address.domain().contains('.'))
}

/// An address as others see it: the first letter and the domain.
pub fn masked(address: &str) -> String {
    match address.split_once('@') {
        Some((name, domain)) => format!("{}***@{domain}", name.chars().next().unwrap_or_default()),
        None => String::new(),
    }
}

/// Makes mails of what waits, and hands over what is due.
pub async fn send(installation: &Installation, office: &Office, now: Timestamp) -> Result<Sent, Error> {
    settle(&installation.db, now).await?;
    let made = match gather(&installation.db, office, now).await {
        // Another process has just made them.
        Err(Error::Conflict(_)) => 0,
        made => made?,
    };
    let mut sent = Sent { made, ..Sent::default() };
    for _ in 0..PASS_MAX {
        let Some(letter) = claim(&installation.db, office, now).await? else { break };
        let (sender, asked) = (office.clone(), letter.clone());
        let outcome = tokio::task::spawn_blocking(move || sender.hand_over(&asked)).await;
        let outcome = outcome.unwrap_or_else(|cause| Outcome::Unknown(cause.to_string()));
        note(&installation.db, &letter, &outcome, now, &mut sent).await?;
        if matches!(outcome, Outcome::Unreachable(_)) {
            // The others would wait for the same server in vain.
            break;
        }
    }
    Ok(sent)
}

/// Marks what a process that is gone was sending: it may have arrived. One on another host counts as gone after a while.
pub(super) async fn settle(db: &Db, now: Timestamp) -> Result<(), Error> {
    let long_ago = now.checked_sub(SENDING_MAX).map(instant::format).unwrap_or_default();
    let mut tx = db.begin().await?;
    for (id, process, since) in store::sending(&mut tx).await? {
        if since < long_ago || Process::parse(&process).is_none_or(|process| process.is_gone(db)) {
            const WHY: &str = "发送时进程中断，服务器可能已经收下；不自动重发";
            store::end(&mut tx, id, "unknown", None, ("unknown", WHY)).await?;
        }
    }
    Ok(tx.commit().await?)
}

/// Leaves a mail as a process does that is gone.
#[cfg(test)]
pub(super) async fn mark_gone(tx: &mut Tx, id: i64) -> Result<(), Error> {
    let this = Process::this().to_string();
    let former = this.rsplit_once(':').map(|(process, _)| format!("{process}:1")).unwrap_or_default();
    store::set_process(tx, id, &former).await
}

/// In the copy of a database nothing is sent that the original may send too.
pub(crate) async fn hold_all(db: &Db, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    for id in store::under_way(&mut tx).await? {
        store::end(&mut tx, id, "unknown", None, ("unknown", "备份时正在等待发送，原系统可能已经发出；不自动重发"))
            .await?;
    }
    store::begin_anew(&mut tx, &instant::format(now)).await?;
    Ok(tx.commit().await?)
}

/// Makes the mails that are due of the messages that wait; a message is in one mail at most.
pub(super) async fn gather(db: &Db, office: &Office, now: Timestamp) -> Result<usize, Error> {
    let mut tx = db.begin().await?;
    let mut of_account: BTreeMap<i64, Vec<Waiting>> = BTreeMap::new();
    for waiting in store::waiting(&mut tx).await? {
        of_account.entry(waiting.account).or_default().push(waiting);
    }
    let mut made = 0;
    for (account, all) in of_account {
        let mut by_mode: BTreeMap<Mode, Vec<Waiting>> = BTreeMap::new();
        for one in all {
            by_mode.entry(one.mode).or_default().push(one);
        }
        for one in by_mode.remove(&Mode::AtOnce).unwrap_or_default() {
            made += put(&mut tx, office, (account, std::slice::from_ref(&one)), now).await?;
        }
        for mode in [Mode::Daily, Mode::Weekly] {
            let Some(mut all) = by_mode.remove(&mode) else { continue };
            let last = if mode == Mode::Daily { &all[0].daily_on } else { &all[0].weekly_on };
            let Some((day, until)) = digest_day(mode, last.as_deref(), now) else { continue };
            // What was told after the week's own hour is of the next week.
            all.retain(|one| until.as_ref().is_none_or(|until| one.told_at < *until));
            if all.is_empty() {
                continue;
            }
            store::note_digest(&mut tx, account, mode == Mode::Daily, &day).await?;
            made += put(&mut tx, office, (account, &all), now).await?;
        }
    }
    tx.commit().await?;
    Ok(made)
}

/// The digest that is due now, after the last one: its day, or its Monday, until when what was told belongs to it.
///
/// A week's mail goes out on Monday morning. One that was missed, because the server or this program stood still, goes out later
/// with what it would have held; the next is that of the next Monday.
fn digest_day(mode: Mode, last: Option<&str>, now: Timestamp) -> Option<(String, Option<String>)> {
    let beijing = now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8)));
    let hour = beijing.date().at(DIGEST_HOUR, 0, 0, 0).to_zoned(beijing.time_zone().clone()).ok()?;
    let (day, until) = match mode {
        Mode::Weekly => {
            let since_monday = i64::from(hour.weekday().since(Weekday::Monday));
            let monday = hour.checked_sub(jiff::Span::new().days(since_monday)).ok()?;
            let monday = if monday > beijing { monday.checked_sub(jiff::Span::new().days(7)).ok()? } else { monday };
            (monday.date(), Some(instant::format(monday.timestamp())))
        }
        _ if beijing < hour => return None,
        _ => (hour.date(), None),
    };
    let day = day.to_string();
    last.is_none_or(|last| last < day.as_str()).then_some((day, until))
}

async fn put(tx: &mut Tx, office: &Office, (account, all): (i64, &[Waiting]), now: Timestamp) -> Result<usize, Error> {
    let Some(first) = all.first() else { return Ok(0) };
    let (subject, body) = composed(office, first, all);
    let id = format!("<{}@{}>", &accounts::random_token()?[..32], office.domain());
    let mail = store::insert(tx, (account, &first.address), (&id, &subject, &body), &instant::format(now)).await?;
    for one in all {
        if !store::put_in(tx, one.id, mail).await? {
            return Err(Error::Conflict(format!("消息 {} 刚刚写进了另一封邮件。", one.id)));
        }
    }
    Ok(1)
}

/// The line and the text of a mail of these messages.
fn composed(office: &Office, first: &Waiting, all: &[Waiting]) -> (String, String) {
    let subject = match all {
        [one] => one.subject.clone(),
        _ => format!("{} 条新消息", all.len()),
    };
    let mut body = format!("{}，您好：\n\n", first.name);
    for one in all.iter().take(DIGEST_MAX) {
        if all.len() > 1 {
            body.push_str(&format!("【{}】{}\n", one.kind.zh(), one.subject));
        }
        body.push_str(&one.body);
        body.push('\n');
        if !office.site.is_empty() {
            body.push_str(&format!("{}{}\n", office.site, one.path));
        }
        body.push('\n');
    }
    if all.len() > DIGEST_MAX {
        body.push_str(&format!("另有 {} 条，请登录后查看。\n\n", all.len() - DIGEST_MAX));
    }
    body.push_str("本邮件由系统自动发出，请勿回复。不想再收，可登录后在“消息设置”中更改。\n");
    (one_line(&subject), body)
}

/// Writes down a mail that holds no message.
pub(super) async fn put_letter(
    tx: &mut Tx,
    to: (i64, &str),
    (id, subject, body): (&str, &str, &str),
    now: Timestamp,
) -> Result<(), Error> {
    store::insert(tx, to, (id, subject, body), &instant::format(now)).await.map(drop)
}

/// Takes the next mail that is due; its attempt stands written before anybody is asked, and no two processes take the same.
///
/// It goes to the address as it is now, and tells only what still waits; one of which nothing is left is not sent at all.
pub(super) async fn claim(db: &Db, office: &Office, now: Timestamp) -> Result<Option<Letter>, Error> {
    let mut tx = db.begin().await?;
    let at = instant::format(now);
    while let Some(mut letter) = store::due(&mut tx, &at).await? {
        let (all, left) = store::left_in(&mut tx, letter.id).await?;
        let why = match left.first() {
            // A letter without messages, such as a code, is for the address it was written to.
            None if all == 0 => None,
            None => Some("事情已经办过，不再发送"),
            Some(one) if one.address.is_empty() => Some("收件人已不收邮件，不再发送"),
            Some(_) => None,
        };
        if let Some(why) = why {
            store::drop(&mut tx, letter.id, why).await?;
            continue;
        }
        if let Some(first) = left.first().filter(|first| left.len() < all || first.address != letter.address) {
            if left.len() < all {
                (letter.subject, letter.body) = composed(office, first, &left);
            }
            letter.address.clone_from(&first.address);
            store::rewrite(&mut tx, &letter).await?;
        }
        if !store::begin(&mut tx, letter.id, &Process::this().to_string(), &at).await? {
            return Ok(None);
        }
        tx.commit().await?;
        return Ok(Some(letter));
    }
    tx.commit().await?;
    Ok(None)
}

async fn note(db: &Db, letter: &Letter, outcome: &Outcome, now: Timestamp, sent: &mut Sent) -> Result<(), Error> {
    let wait = usize::try_from(letter.attempts).ok().and_then(|made| WAITS_MIN.get(made));
    let due = wait.and_then(|minutes| now.checked_add(SignedDuration::from_mins(*minutes)).ok());
    let (state, due, attempt) = match (outcome, due) {
        (Outcome::Sent(answer), _) => ("sent", None, ("sent", answer)),
        (Outcome::Later(answer) | Outcome::Unreachable(answer), Some(due)) => {
            ("waiting", Some(instant::format(due)), ("later", answer))
        }
        (Outcome::Later(answer) | Outcome::Unreachable(answer), None) => ("failed", None, ("later", answer)),
        (Outcome::Refused(answer), _) => ("failed", None, ("refused", answer)),
        (Outcome::Unknown(answer), _) => ("unknown", None, ("unknown", answer)),
    };
    match state {
        "sent" => sent.sent += 1,
        "waiting" => sent.later += 1,
        "failed" => sent.failed += 1,
        _ => sent.unknown += 1,
    }
    let mut tx = db.begin().await?;
    store::end(&mut tx, letter.id, state, due.as_deref(), (attempt.0, attempt.1)).await?;
    Ok(tx.commit().await?)
}

/// The mails, the latest first, for those who may know to whom the office writes.
pub async fn log(db: &Db, account: &Account) -> Result<Vec<Logged>, Error> {
    allowed(account, Permission::HandleCases)?;
    all(db).await
}

/// The mails, the latest first.
pub async fn all(db: &Db) -> Result<Vec<Logged>, Error> {
    let mut tx = db.begin_read().await?;
    store::log(&mut tx).await
}

/// Sends a mail on its way once more, which failed or may have arrived: a person takes it upon themselves. Its name stays, by which a
/// mail program knows it for the same.
pub async fn again(db: &Db, account: &Account, id: i64, now: Timestamp) -> Result<(), Error> {
    allowed(account, Permission::HandleCases)?;
    let mut tx = db.begin().await?;
    if !store::again(&mut tx, id, &account.login, &instant::format(now)).await? {
        return Err(Error::Conflict("这封邮件不在“发送失败”或“不知是否送达”，不能重发。请刷新后再看。".into()));
    }
    registry::audit::record(&mut tx, now, &account.login, "mail.again", &id.to_string(), &json!({})).await?;
    Ok(tx.commit().await?)
}

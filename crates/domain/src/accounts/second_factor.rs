//! The second factor of a sign-in (两步验证): codes of an app by RFC 6238, each taken once, and recovery codes for a lost phone.

use db::{Db, Tx};
use jiff::Timestamp;
use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use super::{Account, Session, password, random_token, sessions, store};
use crate::{
    Error,
    secrets::{Place, Vault},
};

/// How many recovery codes are made.
pub const RECOVERY_CODES: usize = 10;
/// How many wrong codes end a session that waits for one.
pub const CODE_FAILURES_MAX: i64 = 5;
/// Seconds of one code.
const STEP_S: u64 = 30;
/// Bytes of a secret (RFC 4226, section 4).
const SECRET_BYTES: usize = 20;

/// Where the secrets are kept: the one that counts, and the one that is being set up.
const TABLE: &str = "account";
const SECRET: &str = "totp_secret";
const PENDING: &str = "totp_pending";

/// What an app needs to make codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret in Base32, to be typed in.
    pub secret: String,
    /// The address behind the square code.
    pub url: String,
}

fn totp(secret: &str, login: &str) -> Result<Totp, Error> {
    let damaged = |what: String| Error::Damaged(format!("账号“{login}”的两步验证密钥已损坏：{what}"));
    let secret = Secret::try_from_base32(secret).map_err(|cause| damaged(format!("{cause:?}")))?;
    let builder = Builder::new().with_secret(secret).with_step_duration(STEP_S).with_skew(1);
    let named = builder.with_account_name(login).with_issuer(Some("Zhiqiang"));
    named.build().map_err(|cause| damaged(cause.to_string()))
}

fn enrolment(secret: String, login: &str) -> Result<Enrolment, Error> {
    let url = totp(&secret, login)?.to_url().map_err(|cause| Error::Damaged(cause.to_string()))?;
    Ok(Enrolment { secret, url })
}

/// The step of a code that is right now, or was or will be a step off; none of those already taken.
fn step_of(secret: &str, login: &str, code: &str, taken: i64, now: Timestamp) -> Result<Option<i64>, Error> {
    let digits: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let step = totp(secret, login)?.check(&digits, u64::try_from(now.as_second()).unwrap_or_default());
    Ok(step.and_then(|step| i64::try_from(step).ok()).filter(|step| *step > taken))
}

/// Begins to set up the second factor: a fresh secret, which counts once a code made with it was given.
pub async fn begin(db: &Db, vault: &Vault, account: &Account, now: Timestamp) -> Result<(), Error> {
    let mut bytes = vec![0_u8; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|cause| Error::Conflict(format!("系统随机数不可用：{cause}")))?;
    let secret = Secret::new(bytes.into_boxed_slice()).to_base32();
    let mut tx = db.begin().await?;
    if store::factor(&mut tx, account.id).await?.secret.is_some() {
        return Err(Error::Conflict("两步验证已经启用。要换手机，请先停用再启用。".to_owned()));
    }
    let sealed = vault.keys()?.seal(Place(TABLE, PENDING, &account.id.to_string()), &secret)?;
    store::set_pending(&mut tx, account.id, &sealed).await?;
    registry::audit::record(&mut tx, now, &account.login, "account.factor-begin", &account.login, &json!({})).await?;
    Ok(tx.commit().await?)
}

/// The setting up that was begun.
pub async fn pending(db: &Db, vault: &Vault, account: &Account) -> Result<Option<Enrolment>, Error> {
    let mut tx = db.begin_read().await?;
    let Some(sealed) = store::factor(&mut tx, account.id).await?.pending else { return Ok(None) };
    let secret = vault.keys()?.open(Place(TABLE, PENDING, &account.id.to_string()), &sealed)?;
    enrolment(secret, &account.login).map(Some)
}

/// Ends the setting up with a code of the app; the recovery codes are told this once.
pub async fn confirm(
    db: &Db,
    vault: &Vault,
    account: &Account,
    code: &str,
    now: Timestamp,
) -> Result<Vec<String>, Error> {
    let mut tx = db.begin().await?;
    let factor = store::factor(&mut tx, account.id).await?;
    let Some(sealed) = factor.pending else {
        return Err(Error::Conflict("没有正在启用的两步验证，请重新开始。".to_owned()));
    };
    let (keys, row) = (vault.keys()?, account.id.to_string());
    let secret = keys.open(Place(TABLE, PENDING, &row), &sealed)?;
    let Some(step) = step_of(&secret, &account.login, code, factor.step, now)? else { return Err(wrong_code()) };
    let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| password::fresh()).collect::<Result<_, _>>()?;
    let sealed = keys.seal(Place(TABLE, SECRET, &row), &secret)?;
    store::set_secret(&mut tx, account.id, Some(&sealed), step).await?;
    for code in &codes {
        store::insert_recovery_code(&mut tx, account.id, &sessions::token_hash(code)).await?;
    }
    registry::audit::record(&mut tx, now, &account.login, "account.factor", &account.login, &json!({})).await?;
    tx.commit().await?;
    Ok(codes)
}

/// Gives the second factor up; the password says that it is the owner who does.
pub async fn give_up(db: &Db, account: &Account, word: &str, now: Timestamp) -> Result<(), Error> {
    super::keeping::must_be_right(db, account, word).await?;
    let mut tx = db.begin().await?;
    take_away(&mut tx, account.id).await?;
    registry::audit::record(&mut tx, now, &account.login, "account.factor-end", &account.login, &json!({})).await?;
    Ok(tx.commit().await?)
}

/// Takes the second factor and its recovery codes away.
pub(super) async fn take_away(tx: &mut Tx, account: i64) -> Result<(), Error> {
    store::set_secret(tx, account, None, 0).await?;
    store::delete_recovery_codes(tx, account).await
}

/// The second step of a sign-in: the code of the app, or a recovery code, which is used up. The session gets a new token.
pub async fn pass(db: &Db, vault: &Vault, token: &str, code: &str, now: Timestamp) -> Result<Session, Error> {
    let hash = sessions::token_hash(token);
    let mut tx = db.begin().await?;
    let Some(store::FoundSession { account, .. }) = store::find_session(&mut tx, &hash).await? else {
        return Err(Error::Invalid("登录已过期，请重新登录。".to_owned()));
    };
    let factor = store::factor(&mut tx, account.id).await?;
    let step = match &factor.secret {
        Some(sealed) => {
            let secret = vault.keys()?.open(Place(TABLE, SECRET, &account.id.to_string()), sealed)?;
            step_of(&secret, &account.login, code, factor.step, now)?
        }
        None => None,
    };
    let used = match step {
        Some(step) => {
            store::set_step(&mut tx, account.id, step).await?;
            "code"
        }
        None if use_recovery_code(&mut tx, account.id, code, now).await? => "recovery",
        None => {
            let ended = store::count_code_failure(&mut tx, &hash).await? >= CODE_FAILURES_MAX;
            if ended {
                store::delete_session(&mut tx, &hash).await?;
            }
            registry::audit::record(&mut tx, now, &account.login, "session.refuse", &account.login, &json!({})).await?;
            tx.commit().await?;
            let why = "验证码多次不正确，请重新登录。";
            return Err(if ended { Error::Conflict(why.to_owned()) } else { wrong_code() });
        }
    };
    let fresh = random_token()?;
    store::complete_session(&mut tx, &hash, &sessions::token_hash(&fresh)).await?;
    let detail = json!({ "factor": used });
    registry::audit::record(&mut tx, now, &account.login, "session.open", &account.login, &detail).await?;
    tx.commit().await?;
    Ok(Session { token: fresh, account: Account { awaits_code: false, ..account } })
}

async fn use_recovery_code(tx: &mut Tx, account: i64, code: &str, now: Timestamp) -> Result<bool, Error> {
    let hash = sessions::token_hash(&code.trim().to_lowercase());
    store::use_recovery_code(tx, account, &hash, &now.to_string()).await
}

fn wrong_code() -> Error {
    Error::Invalid("验证码不正确。请输入应用中现在显示的六位数字；手机时间须准确。".to_owned())
}

//! How often a sign-in may fail before it must wait (登录失败处理, GB/T 22239-2019), per login and per address.
//!
//! The tally stands in the database, for every process and over restarts. An attempt is counted before the password is looked at, so
//! that many at once are worth no more than one after another; who gets in is counted out again.

mod store;
#[cfg(test)]
mod tests;

use db::Db;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{Error, accounts};

/// Failures of one login within the window before it must wait.
pub const LOGIN_FAILURES_MAX: i64 = 8;
/// Failures of one address within the window; an office shares one, so it is allowed more.
pub const ADDRESS_FAILURES_MAX: i64 = 60;
/// The window, from the first failure on.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(15);

/// Counts an attempt of a login, or of something that has none, from an address; the minutes to wait when it may not be made.
pub async fn attempt(db: &Db, login: Option<&str>, address: &str, now: Timestamp) -> Result<Option<i64>, Error> {
    let over = now.checked_sub(WINDOW).unwrap_or(Timestamp::MIN);
    let login = login.map(|login| (login_key(login), LOGIN_FAILURES_MAX));
    let mut wait = None;
    let mut tx = db.begin().await?;
    store::clear(&mut tx, over).await?;
    for (key, most) in login.into_iter().chain([(address_key(address), ADDRESS_FAILURES_MAX)]) {
        let (since, failures) = store::count(&mut tx, &key, now, over).await?;
        if failures > most {
            wait = wait.max(Some(minutes(since, now)));
        }
    }
    tx.commit().await?;
    Ok(wait)
}

/// Counts an attempt out again that was none of somebody guessing.
pub async fn succeeded(db: &Db, login: Option<&str>, address: &str) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    if let Some(login) = login {
        store::forget(&mut tx, &login_key(login)).await?;
    }
    store::count_out(&mut tx, &address_key(address)).await?;
    Ok(tx.commit().await?)
}

/// How many minutes a login must still wait.
pub async fn locked_minutes(db: &Db, login: &str, now: Timestamp) -> Result<Option<i64>, Error> {
    let mut tx = db.begin_read().await?;
    let tally = store::find(&mut tx, &login_key(login)).await?;
    let tally =
        tally.filter(|(since, failures)| *failures >= LOGIN_FAILURES_MAX && now.duration_since(*since) < WINDOW);
    Ok(tally.map(|(since, _)| minutes(since, now)))
}

/// Lets a login be tried again at once.
pub async fn unlock(db: &Db, login: &str, by: &str, now: Timestamp) -> Result<(), Error> {
    let mut tx = db.begin().await?;
    accounts::known(&mut tx, login).await?;
    store::forget(&mut tx, &login_key(login)).await?;
    registry::audit::record(&mut tx, now, by, "account.unlock", login, &json!({})).await?;
    Ok(tx.commit().await?)
}

fn minutes(since: Timestamp, now: Timestamp) -> i64 {
    let left = WINDOW - now.duration_since(since);
    ((left.as_secs() + 59) / 60).max(1)
}

fn login_key(login: &str) -> String {
    format!("login {}", login.chars().take(100).collect::<String>().to_lowercase())
}

fn address_key(address: &str) -> String {
    format!("address {}", network(address))
}

/// What limits count an address as: of IPv6 the network of a household, which holds more addresses than any limit.
pub(crate) fn network(address: &str) -> String {
    match address.parse() {
        Ok(std::net::IpAddr::V6(long)) if long.to_ipv4_mapped().is_none() => {
            let [a, b, c, d, ..] = long.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    }
}

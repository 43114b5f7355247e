//! Where an account wants its mail, and which kinds of message how.

use std::collections::BTreeMap;

use db::Db;
use jiff::Timestamp;
use registry::instant;
use serde_json::json;

use super::{Kind, Mode, mail, store};
use crate::{Error, accounts::Account};

/// An account's wishes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Setting {
    /// The address; empty for no mail.
    pub address: String,
    /// How each kind is mailed, where the account has said so.
    pub modes: BTreeMap<Kind, Mode>,
}

impl Setting {
    /// How a kind is mailed.
    pub fn mode(&self, kind: Kind) -> Mode {
        self.modes.get(&kind).copied().unwrap_or_else(|| kind.usual())
    }
}

/// The wishes of an account.
pub async fn setting(db: &Db, account: &Account) -> Result<Setting, Error> {
    let mut tx = db.begin_read().await?;
    Ok(store::setting(&mut tx, account.id).await?.unwrap_or_default())
}

/// Keeps an account's wishes. A new address gets nothing that was told before it was given.
pub async fn keep(db: &Db, account: &Account, wanted: &Setting, now: Timestamp) -> Result<(), Error> {
    let address = wanted.address.trim();
    if !address.is_empty() {
        mail::checked_address(address)?;
    }
    let modes = wanted.modes.iter().filter(|(kind, _)| kind.is_for(account.role)).map(|(kind, mode)| (*kind, *mode));
    let after = Setting { address: address.to_owned(), modes: modes.collect() };
    let mut tx = db.begin().await?;
    let before = store::setting(&mut tx, account.id).await?.unwrap_or_default();
    store::set_setting(&mut tx, account.id, &after, before.address != after.address, &instant::format(now)).await?;
    let told = |one: &Setting| {
        let modes: BTreeMap<&str, Mode> = one.modes.iter().map(|(kind, mode)| (kind.key(), *mode)).collect();
        json!({ "address": mail::masked(&one.address), "modes": modes })
    };
    let detail = json!({ "before": told(&before), "after": told(&after) });
    registry::audit::record(&mut tx, now, &account.login, "message.setting", &account.login, &detail).await?;
    Ok(tx.commit().await?)
}

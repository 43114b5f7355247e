//! Secrets at rest (密文与密钥): what the database holds under seal, opened with a key that lies outside it.
//!
//! A [`Sealed`] text says nothing by itself. It is opened inside this crate only, by operations that first ask whether the account
//! may see it, so that no page and no command can forget to cover it. It is bound to its place: in another row or column it does not open.

mod key_file;
mod store;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use db::{Db, Tx};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

pub use self::key_file::KEY_FILE;
use crate::{Error, accounts::hex};

/// What a sealed text begins with: the form, then the key, the nonce and the cipher text, divided by colons.
const FORM: &str = "zq1:";
/// Bytes of a key and of a nonce.
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// A text under seal, as the database holds it.
#[derive(Clone, PartialEq, Eq, sqlx::Type)]
#[sqlx(transparent)]
pub struct Sealed(String);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Sealed")
    }
}

/// Where a sealed text stands: table, column and row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place<'a>(pub(crate) &'static str, pub(crate) &'static str, pub(crate) &'a str);

/// A column of which every value is sealed, with the column that names its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Column {
    table: &'static str,
    name: &'static str,
    key: &'static str,
    /// What it holds, for people.
    zh: &'static str,
}

/// Every column whose values are sealed; `labels.txt` names the same.
const COLUMNS: [Column; 6] = [
    Column { table: "account", name: "totp_secret", key: "id", zh: "两步验证密钥" },
    Column { table: "account", name: "totp_pending", key: "id", zh: "正在启用的两步验证密钥" },
    Column { table: "award_case", name: "account_number", key: "id", zh: "案件的收款账号" },
    Column { table: "payment", name: "account_number", key: "number", zh: "拨付的收款账号" },
    Column { table: "objection", name: "who", key: "id", zh: "异议人姓名" },
    Column { table: "objection", name: "contact", key: "id", zh: "异议人联系方式" },
];

/// The columns whose values are sealed: table and column.
pub fn columns() -> impl Iterator<Item = (&'static str, &'static str)> {
    COLUMNS.iter().map(|column| (column.table, column.name))
}

/// Where the keys lie. They are read whenever they are needed, so that a rotation is known to every process at once.
#[derive(Debug, Clone)]
pub struct Vault {
    file: PathBuf,
}

/// The keys: the first one seals, each opens what it sealed.
pub(crate) struct Keys(Vec<Key>);

struct Key {
    id: String,
    cipher: XChaCha20Poly1305,
}

/// How many texts of each kind rest on the key, by what they are.
pub type Held = Vec<(&'static str, i64)>;

impl Vault {
    /// The vault whose keys lie in this file.
    pub fn at(file: &Path) -> Self {
        Self { file: file.to_owned() }
    }

    /// The file of the keys.
    pub fn file(&self) -> &Path {
        &self.file
    }

    pub(crate) fn keys(&self) -> Result<Keys, Error> {
        key_file::read(&self.file)?.ok_or_else(|| {
            let file = self.file.display();
            Error::Conflict(format!("没有密钥文件 {file}。请放回与备份分开保存的密钥文件（权限 0600），再试一次。"))
        })
    }

    /// Holds the keys against the database: at the very first start they are made, and what lies in the clear is sealed.
    pub(crate) async fn settle(&self, db: &Db, now: Timestamp) -> Result<Vec<String>, Error> {
        let current = store::current(&mut db.begin_read().await?).await?;
        match current {
            Some(current) => self.must_hold(db, &current).await.map(|()| Vec::new()),
            None => self.begin(db, now).await,
        }
    }

    async fn must_hold(&self, db: &Db, current: &str) -> Result<(), Error> {
        let found = key_file::read(&self.file)?;
        if found.as_ref().is_some_and(|keys| keys.0.iter().any(|key| key.id == current)) {
            return Ok(());
        }
        let what = if found.is_some() { "密钥文件里没有这个数据库的密钥" } else { "没有密钥文件" };
        let held = words(store::held(&mut db.begin_read().await?).await?);
        Err(Error::Conflict(format!(
            "{what}：需要密钥 {current}，位置 {}。请放回与备份分开保存的密钥文件（权限 0600），或用 --key-file 指明。\
             没有它就打不开{held}；确已丢失时，zhiqiang key give-up 清空这些内容并换新密钥。",
            self.file.display()
        )))
    }

    async fn begin(&self, db: &Db, now: Timestamp) -> Result<Vec<String>, Error> {
        let keys = key_file::read_or_make(&self.file)?;
        let mut tx = db.begin().await?;
        store::move_old_numbers(&mut tx).await?;
        let sealed = reseal(&mut tx, &keys).await?;
        store::set_current(&mut tx, keys.current(), now).await?;
        if sealed == 0 {
            tx.commit().await?;
            return Ok(Vec::new());
        }
        let detail = json!({ "key": keys.current(), "sealed": sealed });
        registry::audit::record(&mut tx, now, "system", "key.seal", keys.current(), &detail).await?;
        tx.commit().await?;
        let file = self.file.display();
        let mut remarks = vec![format!(
            "原来明文保存的 {sealed} 项已加密，密钥在 {file}。以前的备份里仍是明文，请重新备份并妥善销毁旧备份。"
        )];
        // Another process may be at work; what is sealed stays so.
        if let Err(cause) = db.forget_deleted().await {
            remarks.push(format!("数据库文件的空闲页里可能还有明文，没有清成：{cause}。请在停机时再启动一次。"));
        }
        Ok(remarks)
    }
}

impl Keys {
    fn current(&self) -> &str {
        self.0.first().map_or("", |key| &key.id)
    }

    /// Seals a text for its place.
    pub(crate) fn seal(&self, place: Place<'_>, text: &str) -> Result<Sealed, Error> {
        let failed = |why: &str| Error::Conflict(format!("内容不能加密：{why}。"));
        let key = self.0.first().ok_or_else(|| failed("没有密钥"))?;
        let mut nonce = [0_u8; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|cause| failed(&format!("系统随机数不可用（{cause}）")))?;
        let (bound, nonce_of) = (bound(place), XNonce::from(nonce));
        let payload = Payload { msg: text.as_bytes(), aad: bound.as_bytes() };
        let cipher = key.cipher.encrypt(&nonce_of, payload).map_err(|_| failed("内容太长"))?;
        Ok(Sealed(format!("{FORM}{}:{}:{}", key.id, hex(&nonce), hex(&cipher))))
    }

    /// Opens what was sealed for this place.
    pub(crate) fn open(&self, place: Place<'_>, sealed: &Sealed) -> Result<String, Error> {
        let Place(table, column, row) = place;
        let damaged = |why: String| Error::Damaged(format!("{table}.{column}（{row}）的密文打不开：{why}"));
        if sealed.0.is_empty() {
            return Err(damaged("它随丢失的密钥一起清空了。请重新填写".into()));
        }
        let parts = sealed.0.strip_prefix(FORM).map(|rest| rest.split(':').collect::<Vec<_>>());
        let Some([id, nonce, cipher]) = parts.as_deref() else {
            return Err(damaged("它不是密文。请运行 zhiqiang doctor".into()));
        };
        let Some(key) = self.0.iter().find(|key| key.id == *id) else {
            return Err(damaged(format!("密钥文件里没有它的密钥 {id}。请放回含有该密钥的密钥文件")));
        };
        let nonce: Option<[u8; NONCE_BYTES]> = from_hex(nonce).and_then(|bytes| bytes.try_into().ok());
        let (Some(nonce), Some(cipher)) = (nonce, from_hex(cipher)) else {
            return Err(damaged("它残缺不全。请从备份恢复".into()));
        };
        let bound = bound(place);
        let opened = key.cipher.decrypt(&XNonce::from(nonce), Payload { msg: &cipher, aad: bound.as_bytes() });
        let opened = opened.map_err(|_| damaged("它被改动过，或是从别的行、列搬来的。请查明并从备份恢复".into()))?;
        String::from_utf8(opened).map_err(|_| damaged("内容不是文字。请从备份恢复".into()))
    }
}

/// What a cipher text is bound to; each part with its length, so that no two places read alike.
fn bound(Place(table, column, row): Place<'_>) -> String {
    [table, column, row].iter().map(|part| format!("{}:{part}", part.len())).collect()
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

impl Key {
    fn new(bytes: [u8; KEY_BYTES]) -> Self {
        let id = Sha256::new().chain_update("zhiqiang key").chain_update(bytes).finalize();
        Self { id: hex(&id[..6]), cipher: XChaCha20Poly1305::new(&bytes.into()) }
    }
}

/// Seals with the current key whatever lies in the clear or under an older one; how many texts that were.
async fn reseal(tx: &mut Tx, keys: &Keys) -> Result<i64, Error> {
    let current = format!("{FORM}{}:", keys.current());
    let mut count = 0;
    for column in &COLUMNS {
        for (row, text) in store::others(tx, column, &current).await? {
            let place = Place(column.table, column.name, &row);
            let plain = if text.starts_with(FORM) { keys.open(place, &Sealed(text.clone()))? } else { text.clone() };
            store::replace(tx, column, &row, &text, &keys.seal(place, &plain)?).await?;
            count += 1;
        }
    }
    Ok(count)
}

/// Which key seals now, and how much rests on it.
pub async fn standing(db: &Db) -> Result<(Option<String>, Held), Error> {
    standing_in(&mut db.begin_read().await?).await
}

pub(crate) async fn standing_in(tx: &mut Tx) -> Result<(Option<String>, Held), Error> {
    Ok((store::current(tx).await?, store::held(tx).await?))
}

/// Makes a new key and seals everything with it (换密钥); the old one stays in the file for older backups. Gives the new key's id and how many texts were sealed.
pub async fn rotate(db: &Db, vault: &Vault, by: &str, now: Timestamp) -> Result<(String, i64), Error> {
    vault.keys()?;
    // The new key stands in the file before anything is sealed with it; after a kill in between it is simply the next one.
    let keys = key_file::add(&vault.file)?;
    let mut tx = db.begin().await?;
    let before = store::current(&mut tx).await?;
    let sealed = reseal(&mut tx, &keys).await?;
    store::set_current(&mut tx, keys.current(), now).await?;
    let detail = json!({ "before": before, "after": keys.current(), "sealed": sealed });
    registry::audit::record(&mut tx, now, by, "key.rotate", keys.current(), &detail).await?;
    tx.commit().await?;
    Ok((keys.current().to_owned(), sealed))
}

/// Gives a lost key up: what only it could open is emptied, and a new key takes its place. Gives the new key's id and what is lost.
pub async fn give_up(db: &Db, vault: &Vault, by: &str, now: Timestamp) -> Result<(String, Held), Error> {
    let mut tx = db.begin().await?;
    let Some(lost) = store::current(&mut tx).await? else {
        return Err(Error::Conflict("这个数据库还没有密文，没有什么可放弃的。".into()));
    };
    if key_file::read(&vault.file)?.is_some_and(|keys| keys.0.iter().any(|key| key.id == lost)) {
        return Err(Error::Conflict(format!("密钥 {lost} 就在 {}，没有丢失。", vault.file.display())));
    }
    let held = store::held(&mut tx).await?;
    store::empty(&mut tx).await?;
    let keys = key_file::add(&vault.file)?;
    store::set_current(&mut tx, keys.current(), now).await?;
    let detail = json!({ "before": lost, "after": keys.current(), "lost": held.iter().copied().collect::<std::collections::BTreeMap<_, _>>() });
    registry::audit::record(&mut tx, now, by, "key.give-up", keys.current(), &detail).await?;
    tx.commit().await?;
    Ok((keys.current().to_owned(), held))
}

/// How many texts are sealed, and what is in the clear or does not open.
pub async fn faults(db: &Db, vault: &Vault) -> Result<(i64, Vec<String>), Error> {
    let keys = vault.keys()?;
    let mut tx = db.begin_read().await?;
    let (mut count, mut faults) = (0, Vec::new());
    for column in &COLUMNS {
        for (row, text) in store::others(&mut tx, column, "").await? {
            count += 1;
            let place = Place(column.table, column.name, &row);
            match text.starts_with(FORM) {
                false => faults.push(format!("{}（{}.{} 第 {row} 行）是明文", column.zh, column.table, column.name)),
                true => faults.extend(keys.open(place, &Sealed(text)).err().map(|cause| cause.to_string())),
            }
        }
    }
    Ok((count, faults))
}

/// What rests on a key, in words.
pub fn words<'a>(held: impl IntoIterator<Item = (&'a str, i64)>) -> String {
    let parts: Vec<String> = held.into_iter().map(|(zh, count)| format!("{zh} {count} 项")).collect();
    if parts.is_empty() { "任何密文（现在还没有）".to_owned() } else { parts.join("、") }
}

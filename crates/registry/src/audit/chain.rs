//! The chain itself: how a row is sealed, and whether every row is still as it was sealed.

use std::fmt::Write as _;

use db::Db;
use serde::Serialize;
use sha2::Digest as _;

use super::{copy, store};
use crate::Error;

/// By what rows are sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// SHA-256 (FIPS 180-4).
    Sha256,
    /// SM3 (GB/T 32905-2016).
    Sm3,
}

impl Digest {
    /// The name that stands before each seal.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sm3 => "sm3",
        }
    }

    /// The digest of this name.
    pub fn from_key(key: &str) -> Result<Self, Error> {
        match key {
            "sha256" => Ok(Self::Sha256),
            "sm3" => Ok(Self::Sm3),
            other => Err(Error::Unusable(format!("不认识的摘要算法“{other}”，可用的有 sha256 和 sm3。"))),
        }
    }

    pub(super) fn hex(self, bytes: &[u8]) -> String {
        let digest: Vec<u8> = match self {
            Self::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
            Self::Sm3 => sm3::Sm3::digest(bytes).to_vec(),
        };
        let mut hex = String::with_capacity(64);
        for byte in digest {
            write!(hex, "{byte:02x}").expect("a text can be written to");
        }
        hex
    }
}

/// The seal of a row: over the seal before it and its own parts, each with its length, so that no two rows read alike.
pub(super) fn seal(digest: Digest, previous: &str, parts: [&str; 6]) -> String {
    let mut bytes = b"zhiqiang audit 1".to_vec();
    for part in [previous].into_iter().chain(parts) {
        bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
        bytes.extend_from_slice(part.as_bytes());
    }
    format!("{}:{}", digest.key(), digest.hex(&bytes))
}

/// What a check of the trail found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// How many rows there are.
    pub entries: i64,
    /// The newest seal: written down elsewhere, it tells later whether the trail up to here is unchanged.
    pub head: String,
    /// How many rows were compared with the copy.
    pub compared: i64,
    /// What is wrong, in Chinese; empty when all is well.
    pub faults: Vec<String>,
}

/// Faults named at most; one row taken out early would otherwise name no more, but a rewritten trail names every row.
const FAULTS_MAX: usize = 20;
/// Rows read at a time.
const PAGE: i64 = 5_000;

/// Whether every row is as it was sealed, follows the row before it, and ends at the head; and, with a copy that was kept
/// elsewhere (lines as [`super::append_copy`] writes them), whether the rows are those of the copy.
pub async fn verify(db: &Db, copy: Option<&mut (dyn std::io::BufRead + Send)>) -> Result<Findings, Error> {
    let mut tx = db.begin_read().await?;
    let mut found = Findings { head: store::head(&mut tx).await?, ..Findings::default() };
    let mut faults = Vec::new();
    let mut copied = copy.map(copy::Lines::new);
    let (mut last, mut previous) = (0, String::new());
    loop {
        let rows = store::after(&mut tx, last, PAGE).await?;
        let Some(newest) = rows.last() else { break };
        last = newest.id;
        for row in &rows {
            found.entries += 1;
            if row.previous != previous {
                faults.push(format!("审计记录 {} 接不上它前面的一条：其间有记录被删除或插入", row.id));
            }
            let digest = Digest::from_key(row.seal.split(':').next().unwrap_or_default());
            if digest.map_or(true, |digest| seal(digest, &row.previous, row.parts()) != row.seal) {
                faults.push(format!("审计记录 {} 的内容与封签不符：已被改动", row.id));
            }
            previous.clone_from(&row.seal);
            if let Some(lines) = &mut copied {
                faults.extend(lines.compare(row)?);
            }
        }
    }
    if previous != found.head {
        faults.push("最后一条审计记录与链尾封签不符：末尾的记录被删除或插入".to_owned());
    }
    if let Some(lines) = copied {
        found.compared = lines.compared();
        faults.extend(lines.rest()?);
    }
    if faults.len() > FAULTS_MAX {
        let more = faults.len() - FAULTS_MAX;
        faults.truncate(FAULTS_MAX);
        faults.push(format!("另有 {more} 处不符"));
    }
    found.faults = faults;
    Ok(found)
}

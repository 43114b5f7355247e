//! The copy of the trail that is kept on another machine (异地副本): one JSON object a line, only ever appended to.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Lines as FileLines, Write},
    path::Path,
};

use db::Db;
use serde::Serialize;

use super::{Entry, store};
use crate::Error;

/// What was appended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Copied {
    /// How many rows were new.
    pub added: i64,
    /// The number of the last row that the copy now holds.
    pub last: i64,
    /// Its seal.
    pub head: String,
}

/// Rows read at a time.
const PAGE: i64 = 5_000;

/// Appends to a copy what it does not hold yet; the file is made when it is missing. A copy whose last row is not the
/// trail's own row of that number is left as it is, for then the trail was altered or the copy belongs to another one.
pub async fn append_copy(db: &Db, path: &Path) -> Result<Copied, Error> {
    let unusable = |cause: std::io::Error| Error::Unusable(format!("副本 {}：{cause}", path.display()));
    let last = last_of(path)?;
    let mut tx = db.begin_read().await?;
    let mut copied = Copied { added: 0, last: 0, head: String::new() };
    if let Some(last) = last {
        let own = store::after(&mut tx, last.id - 1, 1).await?.into_iter().find(|row| row.id == last.id);
        if own.is_none_or(|row| row.seal != last.seal) {
            return Err(Error::Conflict(format!(
                "副本的最后一条（编号 {}）与现有审计记录不一致：审计记录被改动过，或副本属于另一套数据。副本未动，请用 zhiqiang audit verify --copy 查明。",
                last.id
            )));
        }
        (copied.last, copied.head) = (last.id, last.seal);
    }
    let mut file = OpenOptions::new().create(true).append(true).open(path).map_err(unusable)?;
    loop {
        let rows = store::after(&mut tx, copied.last, PAGE).await?;
        if rows.is_empty() {
            break;
        }
        let mut text = Vec::new();
        for row in rows {
            let entry = row.entry()?;
            (copied.last, copied.head) = (entry.id, entry.seal.clone());
            copied.added += 1;
            serde_json::to_writer(&mut text, &entry).map_err(|cause| Error::Damaged(cause.to_string()))?;
            text.push(b'\n');
        }
        file.write_all(&text).map_err(unusable)?;
    }
    file.sync_all().map_err(unusable)?;
    Ok(copied)
}

fn last_of(path: &Path) -> Result<Option<Entry>, Error> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(Error::Unusable(format!("副本 {}：{cause}", path.display()))),
    };
    let mut last = None;
    for line in BufReader::new(file).lines() {
        last = Some(line.map_err(|cause| Error::Unusable(format!("副本 {}：{cause}", path.display())))?);
    }
    last.filter(|line| !line.trim().is_empty()).map(|line| read(&line)).transpose()
}

fn read(line: &str) -> Result<Entry, Error> {
    serde_json::from_str(line).map_err(|cause| {
        Error::Unusable(format!(
            "副本中有一行不是审计记录：{cause}。若是上次复制被中断留下的半行，请删去它再试；否则请另存一份新的。"
        ))
    })
}

/// The rows of a copy, read beside those of the trail.
pub(super) struct Lines<'a> {
    lines: FileLines<&'a mut (dyn BufRead + Send)>,
    next: Option<Entry>,
    compared: i64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: &'a mut (dyn BufRead + Send)) -> Self {
        Self { lines: file.lines(), next: None, compared: 0 }
    }

    /// The copy's rows up to this one, against the trail: those missing there, and one that differs.
    pub(super) fn compare(&mut self, row: &store::Row) -> Result<Vec<String>, Error> {
        let mut faults = Vec::new();
        while let Some(copied) = self.peek()? {
            if copied.id > row.id {
                break;
            }
            let (id, differs) = (copied.id, copied.seal != row.seal);
            self.next = None;
            self.compared += 1;
            if id < row.id {
                faults.push(missing(id));
            } else if differs {
                faults.push(format!("审计记录 {id} 与副本不一致：副本之后被改写"));
            }
        }
        Ok(faults)
    }

    /// What the copy holds beyond the end of the trail.
    pub(super) fn rest(mut self) -> Result<Vec<String>, Error> {
        let mut faults = Vec::new();
        while let Some(copied) = self.peek()? {
            faults.push(missing(copied.id));
            self.next = None;
        }
        Ok(faults)
    }

    /// How many rows of the copy were compared.
    pub(super) fn compared(&self) -> i64 {
        self.compared
    }

    fn peek(&mut self) -> Result<Option<&Entry>, Error> {
        if self.next.is_none() {
            let line = self.lines.next().transpose();
            let line = line.map_err(|cause| Error::Unusable(format!("副本读不出：{cause}")))?;
            self.next = line.map(|line| read(&line)).transpose()?;
        }
        Ok(self.next.as_ref())
    }
}

fn missing(id: i64) -> String {
    format!("副本中的审计记录 {id} 已不在库中：被删除")
}

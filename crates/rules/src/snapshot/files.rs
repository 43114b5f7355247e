//! A snapshot on disk: one Parquet file per table and a manifest, written whole or not at all.
//!
//! Every byte is guarded: the manifest must be exactly what this program would write, each file must
//! have the hash it names, and the rows must give the id it names.

use std::{
    fs::{self, File},
    path::Path,
};

use datafusion::arrow::array::RecordBatch;
use parquet::{
    arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder},
    basic::{Compression, ZstdLevel},
    file::properties::{EnabledStatistics, WriterProperties},
};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{FORMAT, Snapshot};
use crate::{Error, digest::sha256_hex, folder};

const MANIFEST: &str = "manifest.json";

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u32,
    snapshot: String,
    tables: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    name: String,
    file: String,
    rows: u64,
    bytes: u64,
    sha256: String,
}

impl Manifest {
    fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a struct of texts and numbers always serialises");
        text.push('\n');
        text
    }
}

impl Snapshot {
    /// Writes the snapshot as the folder `dir`, which appears whole or not at all.
    ///
    /// A folder that already holds this snapshot, undamaged, is left as it is; a damaged one is replaced.
    pub fn write(&self, dir: &Path) -> Result<(), Error> {
        match Self::read(dir) {
            Ok(there) if there.id() == self.id() => Ok(()),
            Ok(there) => Err(Error::Snapshot(format!(
                "文件夹 {} 已存有另一份快照 {}；请换一个文件夹",
                dir.display(),
                there.id()
            ))),
            Err(_) => {
                let is_there = || Self::read(dir).is_ok_and(|there| there.id() == self.id());
                folder::write(dir, is_there, |staging| self.write_files(staging))
            }
        }
    }

    fn write_files(&self, staging: &Path) -> Result<(), Error> {
        let entry = |(name, batch): (&String, &RecordBatch)| {
            let bytes = to_parquet(name, batch)?;
            let file = format!("{name}.parquet");
            folder::write_later(&staging.join(&file), &bytes)?;
            let (rows, bytes, sha256) = (batch.num_rows() as u64, bytes.len() as u64, sha256_hex(&bytes));
            Ok(Entry { name: name.clone(), file, rows, bytes, sha256 })
        };
        let tables = self.tables().par_iter().map(entry).collect::<Result<_, Error>>()?;
        let manifest = Manifest { format: FORMAT, snapshot: self.id().to_owned(), tables };
        folder::write_later(&staging.join(MANIFEST), manifest.to_text().as_bytes())
    }

    /// Reads the snapshot from the folder `dir` and verifies every byte of it.
    pub fn read(dir: &Path) -> Result<Self, Error> {
        let path = dir.join(MANIFEST);
        let text = fs::read(&path).map_err(|e| Error::io(&path, e))?;
        let manifest: Manifest =
            serde_json::from_slice(&text).map_err(|e| damaged(&path, &format!("不是完整的清单（{e}）")))?;
        if manifest.format != FORMAT {
            return Err(damaged(&path, &format!("格式 {} 本程序不认识", manifest.format)));
        }
        if manifest.to_text().as_bytes() != text {
            return Err(damaged(&path, "内容被改动过"));
        }
        let mut tables = Vec::new();
        for entry in &manifest.tables {
            tables.push((entry.name.clone(), read_table(dir, entry)?));
        }
        let snapshot = Self::new(tables)?;
        if snapshot.id() != manifest.snapshot {
            return Err(damaged(
                &path,
                &format!("记载的快照号是 {}，按内容算出的却是 {}", manifest.snapshot, snapshot.id()),
            ));
        }
        Ok(snapshot)
    }
}

fn read_table(dir: &Path, entry: &Entry) -> Result<RecordBatch, Error> {
    let path = dir.join(&entry.file);
    if entry.file != format!("{}.parquet", entry.name) || entry.name.contains(['/', '\\']) {
        return Err(damaged(&dir.join(MANIFEST), &format!("文件名「{}」不对", entry.file)));
    }
    let bytes = fs::read(&path).map_err(|e| Error::io(&path, e))?;
    let found = sha256_hex(&bytes);
    if bytes.len() as u64 != entry.bytes || found != entry.sha256 {
        return Err(damaged(&path, &format!("校验值应为 {}，实为 {found}", entry.sha256)));
    }
    let unreadable = |e: &dyn std::fmt::Display| damaged(&path, &format!("不能读作 Parquet（{e}）"));
    // The file is opened anew; should it change in between, the id of the rows below will differ.
    let file = File::open(&path).map_err(|e| Error::io(&path, e))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| unreadable(&e))?.with_batch_size(1 << 16);
    let schema = reader.schema().clone();
    let batches =
        reader.build().map_err(|e| unreadable(&e))?.collect::<Result<Vec<_>, _>>().map_err(|e| unreadable(&e))?;
    let batch = datafusion::arrow::compute::concat_batches(&schema, &batches)?;
    if batch.num_rows() as u64 != entry.rows {
        return Err(damaged(&path, &format!("应有 {} 行，实有 {} 行", entry.rows, batch.num_rows())));
    }
    Ok(batch)
}

fn to_parquet(name: &str, batch: &RecordBatch) -> Result<Vec<u8>, Error> {
    let failed = |e: parquet::errors::ParquetError| {
        Error::Snapshot(format!("表 {name} 不能写成 Parquet：{e}；请重试，仍失败请报告"))
    };
    // A snapshot is read whole, so that statistics of its pages would help nobody.
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::default()))
        .set_statistics_enabled(EnabledStatistics::None)
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).map_err(failed)?;
    writer.write(batch).map_err(failed)?;
    writer.into_inner().map_err(failed)
}

fn damaged(path: &Path, what: &str) -> Error {
    Error::Snapshot(format!("快照文件 {} 已损坏：{what}；请从备份恢复该文件，或重新运行评估", path.display()))
}

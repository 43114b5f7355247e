//! What came after a split was made: rows that are superseded, and later legal states and owners.
//!
//! All of it is one small Parquet file per snapshot, laid over the splits when they are opened, and folded into new
//! splits at compaction.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::Path,
    sync::Arc,
};

use arrow::{
    array::{Array, AsArray, BooleanArray, ListBuilder, RecordBatch, StringArray, StringBuilder, UInt32Array},
    datatypes::{DataType, Field, Schema, UInt32Type},
};
use documents::{Document, LegalState, Party};
use parquet::arrow::{ArrowWriter, arrow_reader::ParquetRecordBatchReaderBuilder};
use tantivy::{
    BitSet,
    directory::OwnedBytes,
    fastfield::{AliveBitSet, write_alive_bitset},
};

use crate::{Error, Result, state};

/// The changes of one split.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Overlay {
    /// Rows that a later split has in a later version.
    pub(crate) gone: BTreeSet<u32>,
    /// States that were learned later.
    pub(crate) states: BTreeMap<u32, LegalState>,
    /// Owners that were learned later.
    pub(crate) owners: BTreeMap<u32, Vec<String>>,
}

/// The changes of every split, by its id.
pub(crate) type Overlays = BTreeMap<String, Overlay>;

impl Overlay {
    /// The rows that are not superseded, where some are.
    pub(crate) fn alive(&self, rows: u32) -> Result<Option<AliveBitSet>> {
        if self.gone.is_empty() {
            return Ok(None);
        }
        let mut alive = BitSet::with_max_value_and_full(rows);
        self.gone.iter().for_each(|&row| alive.remove(row));
        let mut bytes = Vec::new();
        write_alive_bitset(&alive, &mut bytes).map_err(tantivy::TantivyError::from)?;
        Ok(Some(AliveBitSet::open(OwnedBytes::new(bytes))))
    }

    /// The document of a row with what was learned later.
    pub(crate) fn applied(&self, row: u32, mut document: Document) -> Document {
        if let Some(state) = self.states.get(&row) {
            document.state = *state;
            document.is_presumed = false;
        }
        if let Some(owners) = self.owners.get(&row) {
            document.owners = owners.iter().map(|name| Party { name: name.clone(), ..Party::default() }).collect();
        }
        document
    }

    fn rows(&self) -> BTreeSet<u32> {
        self.gone.iter().chain(self.states.keys()).chain(self.owners.keys()).copied().collect()
    }
}

/// Writes the changes to a new file.
pub(crate) fn write(path: &Path, overlays: &Overlays) -> Result<()> {
    let lines: Vec<(&str, u32, &Overlay)> = overlays
        .iter()
        .flat_map(|(split, overlay)| overlay.rows().into_iter().map(move |row| (split.as_str(), row, overlay)))
        .collect();
    let mut owners = ListBuilder::new(StringBuilder::new());
    for (_, row, overlay) in &lines {
        let names = overlay.owners.get(row);
        names.into_iter().flatten().for_each(|name| owners.values().append_value(name));
        owners.append(names.is_some());
    }
    let states = lines.iter().map(|(_, row, overlay)| overlay.states.get(row).copied().map(state::zh));
    let batch = RecordBatch::try_new(
        schema(),
        vec![
            Arc::new(lines.iter().map(|(split, ..)| Some(*split)).collect::<StringArray>()),
            Arc::new(lines.iter().map(|(_, row, _)| Some(*row)).collect::<UInt32Array>()),
            Arc::new(lines.iter().map(|(_, row, overlay)| Some(overlay.gone.contains(row))).collect::<BooleanArray>()),
            Arc::new(states.collect::<StringArray>()),
            Arc::new(owners.finish()),
        ],
    )?;
    let file = File::create(path).map_err(Error::io(path))?;
    let mut writer = ArrowWriter::try_new(file, schema(), None)?;
    writer.write(&batch)?;
    writer.finish()?;
    writer.inner().sync_all().map_err(Error::io(path))
}

fn schema() -> Arc<Schema> {
    Arc::new(Schema::new(vec![
        Field::new("split", DataType::Utf8, false),
        Field::new("row", DataType::UInt32, false),
        Field::new("gone", DataType::Boolean, false),
        Field::new("state", DataType::Utf8, true),
        Field::new_list("owners", Field::new_list_field(DataType::Utf8, true), true),
    ]))
}

/// Reads the changes of a snapshot.
pub(crate) fn read(path: &Path) -> Result<Overlays> {
    let file = File::open(path).map_err(Error::io(path))?;
    let mut overlays = Overlays::new();
    for batch in ParquetRecordBatchReaderBuilder::try_new(file)?.build()? {
        let batch = batch?;
        if batch.num_columns() != schema().fields().len() {
            return Err(Error::damaged(path, "列数不对"));
        }
        let (splits, rows) = (batch.column(0).as_string::<i32>(), batch.column(1).as_primitive::<UInt32Type>());
        let (gone, states) = (batch.column(2).as_boolean(), batch.column(3).as_string::<i32>());
        let owners = batch.column(4).as_list::<i32>();
        for at in 0..batch.num_rows() {
            let overlay = overlays.entry(splits.value(at).to_owned()).or_default();
            let row = rows.value(at);
            if gone.value(at) {
                overlay.gone.insert(row);
            }
            if states.is_valid(at) {
                let state = state::named(states.value(at)).ok_or_else(|| Error::damaged(path, "有不认识的法律状态"))?;
                overlay.states.insert(row, state);
            }
            if owners.is_valid(at) {
                let names = owners.value(at);
                let names = names.as_string::<i32>().iter().flatten().map(str::to_owned).collect();
                overlay.owners.insert(row, names);
            }
        }
    }
    Ok(overlays)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_read_as_they_were_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut overlay = Overlay::default();
        overlay.gone.extend([3, 70]);
        overlay.states.insert(5, LegalState::Ended);
        overlay.owners.insert(5, vec!["甲".into(), "乙".into()]);
        overlay.owners.insert(6, Vec::new());
        let overlays = Overlays::from([("00000001".to_owned(), overlay)]);
        let path = folder.path().join("1.parquet");
        write(&path, &overlays).unwrap();
        assert_eq!(read(&path).unwrap(), overlays);
        let alive = overlays["00000001"].alive(100).unwrap().unwrap();
        assert_eq!((alive.num_alive_docs(), alive.is_alive(70), alive.is_alive(71)), (98, false, true));
    }
}

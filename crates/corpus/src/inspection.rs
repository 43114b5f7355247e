//! Whether the files of the present snapshot are what its manifest says; every data file is read once, nothing is changed.

use std::path::Path;

use crate::{Result, manifest::Manifest, split, writer::read_changes};

/// What an inspection found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// How many splits there are.
    pub splits: usize,
    /// How many documents, superseded ones left out.
    pub documents: u64,
    /// What is wrong, a sentence each with what to do.
    pub faults: Vec<String>,
}

/// Inspects the corpus in a folder; none where there is none. A manifest that cannot be read is the error.
pub fn inspect(folder: &Path) -> Result<Option<Inspection>> {
    let Some(manifest) = Manifest::read(folder)? else { return Ok(None) };
    let splits = manifest.splits.iter().map(|entry| split::inspect(folder, entry));
    let changes = read_changes(folder, &manifest).map(drop);
    let faults = splits.chain([changes]).filter_map(|found| found.err().map(|cause| format!("{cause}。"))).collect();
    Ok(Some(Inspection { splits: manifest.splits.len(), documents: manifest.documents(), faults }))
}

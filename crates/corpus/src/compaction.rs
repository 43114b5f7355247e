//! Folding later changes into new splits, so that a corpus that is written to daily does not fall apart.

use std::fs;

use crate::{
    Error, Result, Writer,
    manifest::{self, SplitEntry},
    row, split,
};

/// A split of which so many rows are superseded or changed is written again.
const CHANGED_SHARE_MIN: f64 = 0.1;

impl Writer {
    /// Writes splits again that are small or much changed, with their later states and owners folded in.
    ///
    /// Returns how many splits were replaced. Readers keep the snapshot they have open.
    pub fn compact(&mut self) -> Result<usize> {
        self.commit()?;
        let worn: Vec<usize> = (0..self.splits.len()).filter(|&at| self.is_worn(at)).collect();
        let is_changed = worn.iter().any(|&at| self.overlays.contains_key(&self.splits[at].entry.id));
        if worn.is_empty() || (worn.len() == 1 && !is_changed) {
            return Ok(0);
        }
        self.write_again(&worn)?;
        Ok(worn.len())
    }

    /// Writes splits again whose narrow columns follow rules of an earlier version, each for itself.
    pub(crate) fn renew(&mut self) -> Result<()> {
        while let Some(at) = self.splits.iter().position(|split| split.entry.rules != row::RULES) {
            self.write_again(&[at])?;
        }
        Ok(())
    }

    /// Puts new splits in the place of these, with their later states and owners folded in.
    fn write_again(&mut self, worn: &[usize]) -> Result<()> {
        let (mut entries, mut documents, mut bytes) = (Vec::new(), Vec::new(), 0);
        for &at in worn {
            let split = &self.splits[at];
            let mut row = 0;
            split.rows.each_document(None, |document| {
                if !split.overlay.gone.contains(&row) {
                    let document = split.overlay.applied(row, document);
                    bytes += super::writer::text_bytes(&document);
                    documents.push(document);
                }
                row += 1;
                if documents.len() >= self.budget.documents || bytes >= self.budget.bytes {
                    entries.push(split::build(&self.folder, &self.next_id(entries.len()), &documents)?);
                    documents.clear();
                    bytes = 0;
                }
                Ok(())
            })?;
        }
        if !documents.is_empty() {
            entries.push(split::build(&self.folder, &self.next_id(entries.len()), &documents)?);
        }
        let arrived = worn.iter().map(|&at| self.splits[at].entry.arrival()).max();
        entries.iter_mut().for_each(|entry| entry.arrived = arrived);
        self.replace(worn, entries)
    }

    /// Whether a split is less than half full or has many later changes.
    fn is_worn(&self, at: usize) -> bool {
        let split = &self.splits[at];
        let changed = self.overlays.get(&split.entry.id).map_or(0, |o| o.gone.len() + o.states.len() + o.owners.len());
        let rows = f64::from(split.entry.rows);
        changed as f64 >= rows * CHANGED_SHARE_MIN || (split.entry.live as usize) * 2 < self.budget.documents
    }

    fn replace(&mut self, worn: &[usize], new: Vec<SplitEntry>) -> Result<()> {
        let old: Vec<String> = worn.iter().map(|&at| self.splits[at].entry.id.clone()).collect();
        let kept = self.manifest.splits.iter().filter(|entry| !old.contains(&entry.id)).cloned();
        let entries = kept.chain(new).collect();
        self.publish(entries, self.overlays.clone())?;
        for id in old {
            let folder = manifest::splits_folder(&self.folder).join(id);
            fs::remove_dir_all(&folder).map_err(Error::io(&folder))?;
        }
        Ok(())
    }
}

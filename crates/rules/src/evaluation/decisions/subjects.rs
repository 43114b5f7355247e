//! The subjects of a condition: sorted, each once, shared wherever they are the same.

use std::sync::Arc;

use datafusion::arrow::array::{Array, StringArray};

/// Subjects in ascending order, each once.
#[derive(Debug, Clone)]
pub(super) struct Subjects(Arc<StringArray>);

impl Subjects {
    /// Takes names that are known to ascend strictly.
    pub(super) fn sorted(names: StringArray) -> Self {
        Self(Arc::new(names))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn get(&self, index: usize) -> &str {
        self.0.value(index)
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.len()).map(|index| self.get(index))
    }

    pub(super) fn find(&self, subject: &str) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.get(middle).cmp(subject) {
                std::cmp::Ordering::Equal => return Some(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    /// Whether these names are the same; the same piece of memory is seen at once.
    pub(super) fn are(&self, names: &StringArray) -> bool {
        is_same_memory(&self.0, names) || *self.0 == *names
    }

    /// Whether both are the same subjects.
    pub(super) fn equal(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.are(&other.0)
    }

    /// All subjects of several lists.
    pub(super) fn union(lists: &[&Self]) -> Self {
        let mut names: Vec<&str> = lists.iter().flat_map(|list| list.iter()).collect();
        names.sort_unstable();
        names.dedup();
        Self::sorted(StringArray::from_iter_values(names))
    }
}

fn is_same_memory(one: &StringArray, other: &StringArray) -> bool {
    one.len() == other.len()
        && one.offsets().as_ptr() == other.offsets().as_ptr()
        && one.values().as_ptr() == other.values().as_ptr()
}

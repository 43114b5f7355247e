//! A piece of a text that many pieces share: rows keep what the database handed over, cut and not copied.

use std::{borrow::Borrow, fmt, ops::Deref, sync::Arc};

/// A text, or a piece of one; cheap to clone, and read as a `str`.
#[derive(Clone, Default)]
pub struct Text {
    whole: Arc<String>,
    start: u32,
    end: u32,
}

impl Text {
    /// The piece of this text that `piece` points at; a text of its own where it points elsewhere.
    pub(crate) fn part(&self, piece: &str) -> Self {
        let start = (piece.as_ptr() as usize).checked_sub(self.whole.as_ptr() as usize);
        let Some(start) = start.filter(|start| start + piece.len() <= self.whole.len()) else {
            return piece.into();
        };
        match (u32::try_from(start), u32::try_from(start + piece.len())) {
            (Ok(start), Ok(end)) => Self { whole: Arc::clone(&self.whole), start, end },
            _ => piece.into(),
        }
    }
}

impl From<String> for Text {
    fn from(whole: String) -> Self {
        let end = u32::try_from(whole.len()).expect("a cell, or a page of the log, has less than 4 GB");
        Self { whole: Arc::new(whole), start: 0, end }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.whole[self.start as usize..self.end as usize]
    }
}

impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self
    }
}

impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Text {}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        &**self == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        &**self == *other
    }
}

impl PartialEq<String> for Text {
    fn eq(&self, other: &String) -> bool {
        &**self == other.as_str()
    }
}

impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Text {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

impl std::hash::Hash for Text {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_outlives_the_whole_and_what_lies_elsewhere_is_copied() {
        let whole = Text::from("甲乙丙");
        let piece = whole.part(&whole[3..6]);
        let part_of_part = piece.part(&piece[..0]);
        let elsewhere = whole.part("乙");
        assert!(Arc::ptr_eq(&piece.whole, &whole.whole) && !Arc::ptr_eq(&elsewhere.whole, &whole.whole));
        drop(whole);
        assert_eq!((&*piece, &*part_of_part, &elsewhere), ("乙", "", &piece));
    }
}

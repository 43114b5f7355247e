//! Patent families.

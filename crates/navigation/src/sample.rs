//! A sample that is the same for the same seed, whatever the order of what it is drawn from.

use sha2::{Digest, Sha256};

/// So many keys by the order of the hashes of seed and key.
pub(crate) fn drawn(seed: u64, keys: Vec<String>, size: usize) -> Vec<String> {
    let mut hashed: Vec<([u8; 32], String)> = keys
        .into_iter()
        .map(|key| {
            let hash = Sha256::new().chain_update(seed.to_be_bytes()).chain_update(key.as_bytes()).finalize();
            (hash.into(), key)
        })
        .collect();
    hashed.sort_unstable();
    hashed.truncate(size);
    hashed.into_iter().map(|(_, key)| key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_depends_on_the_seed_and_on_nothing_else() {
        let keys = |order: bool| {
            let mut keys: Vec<String> = (0..100).map(|n| format!("CN{n}")).collect();
            if order {
                keys.reverse();
            }
            keys
        };
        assert_eq!(drawn(7, keys(false), 10), drawn(7, keys(true), 10));
        assert_ne!(drawn(7, keys(false), 10), drawn(8, keys(false), 10));
        assert_eq!(drawn(7, keys(false), 500).len(), 100);
    }
}

//! Lists of patent numbers (号码单) that are too long for an address: kept under the hash of what they say, so that a search by
//! tens of thousands of numbers is a link that lasts like any other. They hold published numbers and nothing of an account.

mod store;

use db::Db;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::Error;

/// How many numbers a list may have: as many as a form carries.
pub const NUMBERS_MAX: usize = 40_000;

/// Keeps a list and gives its hash; the same list is kept once.
pub async fn keep(db: &Db, numbers: &[String], now: Timestamp) -> Result<String, Error> {
    if numbers.len() > NUMBERS_MAX {
        return Err(Error::Invalid(format!("号码单有 {} 个号码，最多 {NUMBERS_MAX} 个。请分批。", numbers.len())));
    }
    let text = numbers.join("\n");
    let hash: String = Sha256::digest(text.as_bytes()).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let mut tx = db.begin().await?;
    store::insert(&mut tx, &hash, &text, &now.to_string()).await?;
    tx.commit().await?;
    Ok(hash)
}

/// The list with this hash; none where there is none.
pub async fn find(db: &Db, hash: &str) -> Result<Option<Vec<String>>, Error> {
    let mut tx = db.begin_read().await?;
    let text = store::find(&mut tx, hash).await?;
    Ok(text.map(|text| text.lines().map(str::to_owned).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_list_of_tens_of_thousands_is_kept_once_and_found_again() {
        for database in db::test::databases().await {
            let now: Timestamp = "2024-02-29T04:00:00Z".parse().unwrap();
            let numbers: Vec<String> = (0..40_000).map(|number| format!("CN2019{number:08}")).collect();
            let hash = keep(&database.db, &numbers, now).await.unwrap();
            assert_eq!(keep(&database.db, &numbers, now).await.unwrap(), hash);
            assert_eq!(find(&database.db, &hash).await.unwrap(), Some(numbers));
            assert_eq!(find(&database.db, "none").await.unwrap(), None);
            let many = vec![String::new(); NUMBERS_MAX + 1];
            assert!(keep(&database.db, &many, now).await.is_err());
        }
    }
}

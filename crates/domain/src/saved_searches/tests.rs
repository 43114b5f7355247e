//! Saved searches on both databases: what has been seen, whose they are, removal and undoing.

use super::*;
use crate::accounts::{self, Role};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[tokio::test]
async fn opening_a_search_moves_what_has_been_seen() {
    for database in db::test::databases().await {
        let db = &database.db;
        let now = at("2024-02-29T04:00:00Z");
        for login in ["clerk", "other"] {
            accounts::open(db, login, login, Role::Clerk, "", "correct-horse-9", now).await.unwrap();
        }
        let everyone = accounts::all(db).await.unwrap();
        let (clerk, other) = (&everyone[0], &everyone[1]);
        let id = save(db, clerk, "石墨烯", "TI=石墨烯", 3, now).await.unwrap();
        assert!(matches!(save(db, clerk, "石墨烯", "AB=石墨烯", 3, now).await, Err(Error::Conflict(_))));
        assert!(matches!(save(db, clerk, "", "x", 3, now).await, Err(Error::Invalid(_))));
        assert!(open(db, other, id, 5, now).await.is_err(), "another's search is not found");
        let later = at("2024-03-01T04:00:00Z");
        assert_eq!(open(db, clerk, id, 5, later).await.unwrap().seen_arrival, 3);
        let seen = all(db, clerk).await.unwrap().remove(0);
        assert_eq!((seen.seen_arrival, seen.seen_at.as_str()), (5, "2024-03-01T04:00:00Z"));

        remove(db, clerk, id, now).await.unwrap();
        assert!(all(db, clerk).await.unwrap().is_empty());
        assert!(restore(db, other, id, now).await.is_err());
        restore(db, clerk, id, now).await.unwrap();
        assert_eq!(all(db, clerk).await.unwrap()[0].query, "TI=石墨烯");
        let acts: Vec<String> =
            registry::audit::recent(db, None, 4).await.unwrap().into_iter().map(|entry| entry.action).collect();
        assert_eq!(acts, ["search.restore", "search.remove", "search.open", "search.save"]);
    }
}

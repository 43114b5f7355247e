//! Baskets on both databases: what is kept, judged, taken out and brought back, and whose it is.

use super::*;
use crate::accounts::{self, Role};

fn now() -> Timestamp {
    "2024-02-29T04:00:00Z".parse().unwrap()
}

async fn account(db: &Db, login: &str) -> Account {
    accounts::open(db, login, login, Role::Clerk, "", "correct-horse-9", now()).await.unwrap();
    accounts::all(db).await.unwrap().into_iter().find(|account| account.login == login).unwrap()
}

#[tokio::test]
async fn what_is_taken_out_comes_back_with_its_rating_and_note() {
    for database in db::test::databases().await {
        let db = &database.db;
        let clerk = account(db, "clerk").await;
        let id = open(db, &clerk, " 石墨烯 ", now()).await.unwrap();
        let keys = ["CN1".to_owned(), "CN2".to_owned()];
        assert_eq!(put(db, &clerk, id, &keys, now()).await.unwrap(), 2);
        assert_eq!(put(db, &clerk, id, &keys, now()).await.unwrap(), 0, "putting in twice changes nothing");
        assess(db, &clerk, id, "CN1", Some(5), " 可引进 ", now()).await.unwrap();
        take_out(db, &clerk, id, "CN1", now()).await.unwrap();
        assert_eq!(find(db, &clerk, id).await.unwrap().documents, 1);
        assert!(take_out(db, &clerk, id, "CN1", now()).await.is_err());
        assert!(assess(db, &clerk, id, "CN1", None, "", now()).await.is_err(), "what is out is not judged");
        assert_eq!(put(db, &clerk, id, &keys[..1], now()).await.unwrap(), 1);
        let kept = documents(db, &clerk, id).await.unwrap();
        let first = kept.iter().find(|kept| kept.document_key == "CN1").unwrap();
        assert_eq!((first.rating, first.note.as_str()), (Some(5), "可引进"));
        assert_eq!(holding(db, &clerk, "CN2").await.unwrap()[0].name, "石墨烯");
        let trail = registry::audit::recent(db, None, 20).await.unwrap();
        let acts: Vec<&str> = trail.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(
            acts[..5],
            ["basket.put", "basket.take-out", "basket.assess", "basket.put", "basket.open"],
            "every change and nothing else"
        );
    }
}

#[tokio::test]
async fn a_basket_belongs_to_one_account_and_its_removal_can_be_undone() {
    for database in db::test::databases().await {
        let db = &database.db;
        let (clerk, other) = (account(db, "clerk").await, account(db, "other").await);
        let id = open(db, &clerk, "电池", now()).await.unwrap();
        put(db, &clerk, id, &["CN1".to_owned()], now()).await.unwrap();
        assert!(matches!(find(db, &other, id).await, Err(Error::NotFound { .. })));
        assert!(put(db, &other, id, &["CN2".to_owned()], now()).await.is_err());
        assert!(remove(db, &other, id, now()).await.is_err());
        assert!(restore(db, &other, id, now()).await.is_err());
        assert!(matches!(open(db, &clerk, "电池", now()).await, Err(Error::Conflict(_))));
        open(db, &other, "电池", now()).await.unwrap();

        remove(db, &clerk, id, now()).await.unwrap();
        assert!(all(db, &clerk).await.unwrap().is_empty());
        let second = open(db, &clerk, "电池", now()).await.unwrap();
        assert!(matches!(restore(db, &clerk, id, now()).await, Err(Error::Conflict(_))), "the name is taken");
        remove(db, &clerk, second, now()).await.unwrap();
        assert_eq!(restore(db, &clerk, id, now()).await.unwrap().documents, 1);
    }
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_with_what_to_do() {
    for database in db::test::databases().await {
        let db = &database.db;
        let clerk = account(db, "clerk").await;
        for name in ["", "  ", &"长".repeat(61)] {
            assert!(matches!(open(db, &clerk, name, now()).await, Err(Error::Invalid(_))), "{name:?}");
        }
        let id = open(db, &clerk, "甲'; drop table basket; --", now()).await.unwrap();
        assert!(matches!(put(db, &clerk, id, &[], now()).await, Err(Error::Invalid(_))));
        put(db, &clerk, id, &["CN1".to_owned()], now()).await.unwrap();
        for rating in [0, 6] {
            assert!(matches!(assess(db, &clerk, id, "CN1", Some(rating), "", now()).await, Err(Error::Invalid(_))));
        }
        assert_eq!(all(db, &clerk).await.unwrap().len(), 1);
    }
}

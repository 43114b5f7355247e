//! The limit on both databases: one after another, all at once, over a restart, and unlocked.

use super::*;
use crate::accounts::Role;

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + minutes * 60).unwrap()
}

async fn tried(db: &Db, login: &str, address: &str, minute: i64) -> Option<i64> {
    attempt(db, Some(login), address, at(minute)).await.unwrap()
}

#[tokio::test]
async fn a_login_waits_after_too_many_failures_and_is_free_again_after_the_window() {
    for database in db::test::databases().await {
        let db = &database.db;
        for minute in 0..LOGIN_FAILURES_MAX {
            assert_eq!(tried(db, "Wang", "a", minute).await, None);
        }
        assert_eq!(tried(db, "wang", "b", 8).await, Some(7), "{}", database.name);
        assert_eq!(locked_minutes(db, "wang", at(9)).await.unwrap(), Some(6));
        assert_eq!(tried(db, "li", "a", 8).await, None);
        assert_eq!(tried(db, "wang", "a", 14).await, Some(1), "waiting is not made longer by trying");
        assert_eq!(tried(db, "wang", "a", 15).await, None);
        assert_eq!(locked_minutes(db, "wang", at(15)).await.unwrap(), None);
    }
}

#[tokio::test]
async fn an_address_waits_after_many_failures_of_many_logins_and_who_gets_in_is_not_counted() {
    for database in db::test::databases().await {
        let db = &database.db;
        for number in 0..ADDRESS_FAILURES_MAX {
            assert_eq!(tried(db, &format!("login{number}"), "a", 0).await, None);
            assert_eq!(tried(db, "right", "b", 0).await, None);
            succeeded(db, Some("right"), "b").await.unwrap();
        }
        assert_eq!(tried(db, "new", "a", 1).await, Some(14));
        assert_eq!(tried(db, "new", "b", 1).await, None);
        assert_eq!(attempt(db, None, "a", at(1)).await.unwrap(), Some(14), "what has no login counts by address");
    }
}

#[tokio::test]
async fn guesses_all_at_once_are_worth_no_more_than_one_after_another() {
    for database in db::test::databases().await {
        let guesses = (0..40).map(|number| {
            let db = database.db.clone();
            tokio::spawn(async move { tried(&db, "wang", &format!("address {number}"), 0).await })
        });
        let mut let_through = 0;
        for guess in guesses.collect::<Vec<_>>() {
            let_through += i64::from(guess.await.unwrap().is_none());
        }
        assert_eq!(let_through, LOGIN_FAILURES_MAX, "{}", database.name);
    }
}

#[tokio::test]
async fn a_restart_forgets_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zhiqiang.sqlite");
    for _ in 0..LOGIN_FAILURES_MAX {
        let db = Db::connect_sqlite(&path).await.unwrap();
        assert_eq!(tried(&db, "wang", "a", 0).await, None);
        db.close().await;
    }
    let db = Db::connect_sqlite(&path).await.unwrap();
    assert_eq!(tried(&db, "wang", "a", 1).await, Some(14));
}

#[tokio::test]
async fn an_administrator_unlocks_a_login() {
    for database in db::test::databases().await {
        let db = &database.db;
        accounts::open(db, "wang", "王敏", Role::Clerk, "", "correct-horse-9", at(0)).await.unwrap();
        for _ in 0..=LOGIN_FAILURES_MAX {
            tried(db, "wang", "a", 0).await;
        }
        unlock(db, "wang", "root", at(1)).await.unwrap();
        assert_eq!(tried(db, "wang", "a", 1).await, None);
        assert!(matches!(unlock(db, "nobody", "root", at(1)).await, Err(Error::NotFound { .. })));
        let entries = registry::audit::recent(db, None, 5).await.unwrap();
        assert!(entries.iter().any(|entry| entry.action == "account.unlock" && entry.who == "root"));
    }
}

#[test]
fn a_household_has_one_address_however_many_it_has() {
    assert_eq!(network("2001:db8:1:2:aaaa::1"), network("2001:db8:1:2:bbbb::2"));
    assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
    assert_eq!(network("192.0.2.7"), "192.0.2.7");
    assert_eq!(network("::ffff:192.0.2.7"), "::ffff:192.0.2.7");
}

//! Accounts on both databases: sign-in, idle and final expiry, refusals, and what each role may do.

use jiff::SignedDuration;

use super::*;

const PASSWORD: &str = "correct-horse-9";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn plus(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap()
}

#[tokio::test]
async fn a_session_opens_lives_while_used_and_ends() {
    for database in db::test::databases().await {
        let db = &database.db;
        let now = at("2024-02-01T00:00:00Z");
        open(db, "clerk", "经办员", Role::Clerk, "", PASSWORD, now).await.unwrap();

        let session_of = sign_in(db, "clerk", PASSWORD, now).await.unwrap();
        let account = session(db, &session_of.token, plus(now, SignedDuration::from_mins(5))).await.unwrap().unwrap();
        assert_eq!((account.login.as_str(), account.role), ("clerk", Role::Clerk));

        // Used five minutes in, so thirty minutes of idleness begin there.
        let idle = plus(now, SignedDuration::from_mins(35));
        assert!(session(db, &session_of.token, plus(now, SignedDuration::from_mins(34))).await.unwrap().is_some());
        let later = plus(idle, SignedDuration::from_mins(30));
        assert!(session(db, &session_of.token, later).await.unwrap().is_none(), "an idle session ends");

        let again = sign_in(db, "clerk", PASSWORD, now).await.unwrap();
        sign_out(db, &again.token, now).await.unwrap();
        assert!(session(db, &again.token, now).await.unwrap().is_none(), "a closed session is gone");
    }
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_refused_alike() {
    for database in db::test::databases().await {
        let db = &database.db;
        let now = at("2024-02-01T00:00:00Z");
        open(db, "leader", "组长", Role::Leader, "", PASSWORD, now).await.unwrap();
        let wrong = sign_in(db, "leader", "wrong-password", now).await.unwrap_err().to_string();
        let unknown = sign_in(db, "nobody", PASSWORD, now).await.unwrap_err().to_string();
        assert_eq!(wrong, unknown);
        let injection = sign_in(db, "leader' or '1'='1", PASSWORD, now).await.unwrap_err().to_string();
        assert_eq!(injection, unknown);
    }
}

#[tokio::test]
async fn a_short_password_and_a_taken_login_are_refused() {
    for database in db::test::databases().await {
        let db = &database.db;
        let now = at("2024-02-01T00:00:00Z");
        assert!(open(db, "a", "甲", Role::Clerk, "", "ninechars", now).await.is_err());
        open(db, "a", "甲", Role::Clerk, "", "ten-chars!", now).await.unwrap();
        assert!(open(db, "a", "乙", Role::Clerk, "", "ten-chars!", now).await.is_err());
    }
}

#[test]
fn roles_exclude_each_other_where_they_must() {
    for role in Role::ALL {
        assert_eq!(Role::from_key(role.key()), Some(role));
        assert!(role.may(Permission::ViewPolicy), "{role:?}");
    }
    let who =
        |permission: Permission| -> Vec<Role> { Role::ALL.into_iter().filter(|role| role.may(permission)).collect() };
    assert_eq!(who(Permission::ChangeRegistry), [Role::Clerk]);
    assert_eq!(who(Permission::ViewAudit), [Role::Auditor]);
    assert_eq!(who(Permission::ManageAccounts), [Role::Administrator]);
    assert_eq!(who(Permission::ViewOwnEnterprise), [Role::Enterprise]);
    assert!(!Role::Administrator.may(Permission::ViewFigures));
    assert!(!Role::Auditor.may(Permission::Evaluate));
}

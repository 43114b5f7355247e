//! Invitations on both databases: told once, taken once, revoked, over, and who may make which.

use jiff::{SignedDuration, Timestamp};

use super::*;

const PASSWORD: &str = "correct-horse-9";

fn now() -> Timestamp {
    "2024-02-01T00:00:00Z".parse().unwrap()
}

fn about(role: Role, unit: &str) -> About {
    About { name: "王敏".into(), role, unit: unit.into() }
}

#[tokio::test]
async fn an_invitation_is_taken_once_by_whoever_holds_its_word() {
    for database in db::test::databases().await {
        let db = &database.db;
        let (id, word) = invite(db, &about(Role::Clerk, ""), "root", now()).await.unwrap();
        assert!(of_word(db, "another", now()).await.is_err());
        let open = of_word(db, &word, now()).await.unwrap();
        assert_eq!((open.id, open.state(now())), (id, State::Open));
        for (login, password, why) in [
            ("wang", "short", "密码应有"),
            ("wang", "wang-is-here-1", "登录名"),
            ("王敏", PASSWORD, "登录名只用字母"),
            ("", PASSWORD, "登录名"),
        ] {
            let refused = take(db, &word, login, password, now()).await.unwrap_err().to_string();
            assert!(refused.contains(why), "{refused}");
        }
        let new = take(db, &word, "wang", PASSWORD, now()).await.unwrap();
        assert_eq!((new.role, new.name.as_str()), (Role::Clerk, "王敏"));
        let session = accounts::sign_in(db, "wang", PASSWORD, now()).await.unwrap();
        assert!(!session.account.must_change, "nobody else knows this password");
        let again = take(db, &word, "wang2", PASSWORD, now()).await.unwrap_err().to_string();
        assert!(again.contains("不能用"), "{again}");
        assert!(accounts::find(db, "wang2").await.is_err());
        assert!(revoke(db, id, "root", now()).await.unwrap_err().to_string().contains("不能撤回"));
        assert_eq!(find(db, id).await.unwrap().login.as_deref(), Some("wang"));

        let entries = registry::audit::recent(db, None, 50).await.unwrap();
        let told = format!("{entries:?}");
        assert!(!told.contains(&word) && !told.contains(PASSWORD), "the word and the password stand nowhere");
        for act in ["invitation.make", "account.open", "invitation.take"] {
            assert!(entries.iter().any(|entry| entry.action == act), "{act}");
        }
    }
}

#[tokio::test]
async fn what_was_revoked_or_is_over_opens_nothing() {
    for database in db::test::databases().await {
        let db = &database.db;
        let (id, revoked) = invite(db, &about(Role::Town, "高新区"), "root", now()).await.unwrap();
        revoke(db, id, "root", now()).await.unwrap();
        revoke(db, id, "root", now()).await.unwrap();
        let (_, late) = invite(db, &about(Role::Leader, ""), "root", now()).await.unwrap();
        let over = now().checked_add(LIFE).unwrap();
        let moment_before = over.checked_sub(SignedDuration::from_secs(1)).unwrap();
        assert!(of_word(db, &late, moment_before).await.is_ok());
        for (word, when) in [(&revoked, now()), (&late, over)] {
            assert!(take(db, word, "li", PASSWORD, when).await.unwrap_err().to_string().contains("不能用"));
        }
        let states: Vec<State> = all(db).await.unwrap().iter().map(|one| one.state(over)).collect();
        assert_eq!(states, [State::Expired, State::Revoked]);
        assert!(accounts::find(db, "li").await.is_err());
    }
}

#[tokio::test]
async fn two_who_take_one_invitation_at_once_get_one_account() {
    for database in db::test::databases().await {
        let db = &database.db;
        let (_, word) = invite(db, &about(Role::Clerk, ""), "root", now()).await.unwrap();
        let (one, other) =
            tokio::join!(take(db, &word, "one", PASSWORD, now()), take(db, &word, "other", PASSWORD, now()));
        assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
        assert_eq!(accounts::all(db).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn the_unit_of_an_enterprise_is_its_code_and_the_office_invites_enterprises_only() {
    let database = db::test::sqlite().await;
    let wrong = invite(&database.db, &about(Role::Enterprise, "91320500MA1WRONG0X"), "clerk", now()).await;
    assert!(wrong.unwrap_err().to_string().contains("统一社会信用代码"));
    let code = Uscc::complete("91320594MA1DEM00").unwrap().to_string();
    let (id, _) = invite(&database.db, &about(Role::Enterprise, &code.to_lowercase()), "clerk", now()).await.unwrap();
    assert_eq!(find(&database.db, id).await.unwrap().about.unit, code);

    for role in Role::ALL {
        accounts::open(&database.db, role.key(), role.zh(), role, "", PASSWORD, now()).await.unwrap();
        let inviter = accounts::find(&database.db, role.key()).await.unwrap().account;
        for to in Role::ALL {
            let expected = match role {
                Role::Administrator => true,
                Role::Clerk => to == Role::Enterprise,
                _ => false,
            };
            assert_eq!(may_invite(&inviter, to), expected, "{role:?} {to:?}");
        }
    }
}

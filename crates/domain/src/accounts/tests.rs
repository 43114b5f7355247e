//! Accounts on both databases: sign-in, idle and final expiry, refusals, and what each role may do.

use db::Db;
use jiff::Timestamp;

use super::*;
use crate::secrets::Vault;

const PASSWORD: &str = "correct-horse-9";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn plus(now: Timestamp, by: jiff::SignedDuration) -> Timestamp {
    now.checked_add(by).unwrap()
}

#[tokio::test]
async fn a_session_opens_lives_while_used_and_ends() {
    for database in db::test::databases().await {
        let db = &database.db;
        let now = at("2024-02-01T00:00:00Z");
        open(db, "clerk", "经办员", Role::Clerk, "", PASSWORD, now).await.unwrap();

        let session_of = sign_in(db, "clerk", PASSWORD, now).await.unwrap();
        let account =
            visit(db, &session_of.token, plus(now, jiff::SignedDuration::from_mins(5))).await.unwrap().unwrap().account;
        assert_eq!((account.login.as_str(), account.role), ("clerk", Role::Clerk));

        // Used five minutes in, so thirty minutes of idleness begin there.
        let idle = plus(now, jiff::SignedDuration::from_mins(35));
        assert!(visit(db, &session_of.token, plus(now, jiff::SignedDuration::from_mins(34))).await.unwrap().is_some());
        let later = plus(idle, jiff::SignedDuration::from_mins(30));
        assert!(visit(db, &session_of.token, later).await.unwrap().is_none(), "an idle session ends");

        let again = sign_in(db, "clerk", PASSWORD, now).await.unwrap();
        sign_out(db, &again.token, now).await.unwrap();
        assert!(visit(db, &again.token, now).await.unwrap().is_none(), "a closed session is gone");
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
        open(db, "a", "甲", Role::Clerk, "", "ten-chars1", now).await.unwrap();
        assert!(open(db, "a", "乙", Role::Clerk, "", "ten-chars1", now).await.is_err());
    }
}

#[test]
fn roles_exclude_each_other_where_they_must() {
    for role in Role::ALL {
        assert_eq!(Role::of_key(role.key()), Some(role));
        assert!(role.may(Permission::ViewPolicy), "{role:?}");
    }
    let who =
        |permission: Permission| -> Vec<Role> { Role::ALL.into_iter().filter(|role| role.may(permission)).collect() };
    assert_eq!(who(Permission::ChangeRegistry), [Role::Clerk]);
    assert_eq!(who(Permission::ViewAudit), [Role::Auditor]);
    // The form by which a demand is posted names these as its readers (`matching-post-hint`).
    let readers = [Role::Clerk, Role::Leader, Role::Finance, Role::Auditor, Role::Enterprise];
    assert_eq!(who(Permission::ViewDemands), readers);
    assert_eq!(who(Permission::ManageAccounts), [Role::Administrator]);
    assert_eq!(who(Permission::ViewOwnEnterprise), [Role::Enterprise]);
    assert!(!Role::Administrator.may(Permission::ViewFigures));
    assert!(!Role::Auditor.may(Permission::Evaluate));
}

fn new(login: &str, role: Role, unit: &str) -> New {
    New { login: login.to_owned(), name: "王敏".to_owned(), role, unit: unit.to_owned() }
}

async fn acts(db: &Db) -> Vec<String> {
    registry::audit::recent(db, None, 100).await.unwrap().into_iter().map(|entry| entry.action).collect()
}

#[tokio::test]
async fn an_administrator_opens_amends_disables_and_never_knows_the_password_in_use() {
    for database in db::test::databases().await {
        let db = &database.db;
        let now = at("2024-02-01T00:00:00Z");
        let fresh = open_with_fresh_password(db, &new("wang", Role::Clerk, ""), "root", now).await.unwrap();
        let session_of = sign_in(db, "wang", &fresh, now).await.unwrap();
        assert!(session_of.account.must_change, "{}", database.name);
        let account = session_of.account;
        change_password(db, &account, &fresh, "my-own-word-1", Some(&session_of.token), now).await.unwrap();
        let account = visit(db, &session_of.token, now).await.unwrap().expect("one's own session goes on").account;
        assert!(!account.must_change);
        assert!(sign_in(db, "wang", &fresh, now).await.is_err(), "the administrator's word is void");
        amend(db, &new("wang", Role::Town, "甲镇"), "root", now).await.unwrap();
        assert!(visit(db, &session_of.token, now).await.unwrap().is_none(), "another role ends the sessions");
        disable(db, "wang", "root", now).await.unwrap();
        assert!(sign_in(db, "wang", "my-own-word-1", now).await.is_err(), "{}", database.name);
        enable(db, "wang", "root", now).await.unwrap();
        let again = sign_in(db, "wang", "my-own-word-1", now).await.unwrap();
        assert_eq!((again.account.role, again.account.unit.as_str()), (Role::Town, "甲镇"));
        let fresh = reset(db, "wang", "root", now).await.unwrap();
        assert!(visit(db, &again.token, now).await.unwrap().is_none());
        assert!(sign_in(db, "wang", &fresh, now).await.unwrap().account.must_change);
        let seen = acts(db).await;
        for act in ["open", "password", "amend", "disable", "enable", "reset"] {
            assert!(seen.contains(&format!("account.{act}")), "{}: {act}: {seen:?}", database.name);
        }
    }
}

#[tokio::test]
async fn the_last_five_passwords_are_not_taken_again() {
    for database in db::test::databases().await {
        let db = &database.db;
        open(db, "clerk", "经办员", Role::Clerk, "", "the-word-No0", at("2024-02-01T00:00:00Z")).await.unwrap();
        let account = find(db, "clerk").await.unwrap().account;
        for n in 1..=5_i64 {
            let now = plus(at("2024-02-01T00:00:00Z"), jiff::SignedDuration::from_hours(n));
            let (old, next) = (format!("the-word-No{}", n - 1), format!("the-word-No{n}"));
            assert!(change_password(db, &account, &old, &old, None, now).await.is_err(), "the same word is no change");
            if n > 1 {
                assert!(change_password(db, &account, &old, "the-word-No0", None, now).await.is_err(), "{n}");
            }
            change_password(db, &account, &old, &next, None, now).await.unwrap();
        }
        let now = at("2024-03-01T00:00:00Z");
        change_password(db, &account, "the-word-No5", "the-word-No0", None, now).await.expect("the sixth before");
        assert!(change_password(db, &account, "wrong", "another-word-9", None, now).await.is_err());
    }
}

#[tokio::test]
async fn somebody_stays_who_can_keep_accounts() {
    let database = db::test::sqlite().await;
    let (db, now) = (&database.db, at("2024-02-01T00:00:00Z"));
    for login in ["root", "second"] {
        open_with_fresh_password(db, &new(login, Role::Administrator, ""), "cli", now).await.unwrap();
    }
    assert!(disable(db, "root", "root", now).await.is_err(), "not one's own");
    disable(db, "second", "root", now).await.unwrap();
    assert!(disable(db, "root", "cli", now).await.is_err(), "not the last");
    assert!(amend(db, &new("root", Role::Clerk, ""), "cli", now).await.is_err(), "nor turned into something else");
}

#[tokio::test]
async fn an_account_that_says_too_little_is_refused() {
    let database = db::test::sqlite().await;
    let (db, now) = (&database.db, at("2024-02-01T00:00:00Z"));
    for (login, role, unit) in [
        ("", Role::Clerk, ""),
        ("a b", Role::Clerk, ""),
        ("<script>", Role::Clerk, ""),
        ("firm", Role::Enterprise, ""),
        ("firm", Role::Enterprise, "91320621MA1MABCDEX"),
        ("town", Role::Town, " "),
    ] {
        assert!(open_with_fresh_password(db, &new(login, role, unit), "root", now).await.is_err(), "{login} {unit}");
    }
    let nameless = New { name: " ".to_owned(), ..new("wang", Role::Clerk, "") };
    assert!(open_with_fresh_password(db, &nameless, "root", now).await.is_err());
    assert_eq!(details(db).await.unwrap(), []);
}

#[tokio::test]
async fn a_session_is_seen_and_ended_by_its_owner_only() {
    for database in db::test::databases().await {
        let (db, now) = (&database.db, at("2024-02-01T00:00:00Z"));
        for login in ["one", "other"] {
            open(db, login, login, Role::Clerk, "", PASSWORD, now).await.unwrap();
        }
        let here = registry::audit::coming_from("192.0.2.1".to_owned(), sign_in(db, "one", PASSWORD, now));
        let here = here.await.unwrap();
        let there = sign_in(db, "one", PASSWORD, now).await.unwrap();
        let foreign = sign_in(db, "other", PASSWORD, now).await.unwrap();
        let seen = open_sessions(db, &here.account, Some(&here.token), now).await.unwrap();
        let own = seen.iter().find(|open| open.is_own).unwrap();
        assert_eq!((seen.len(), own.address.as_str()), (2, "192.0.2.1"), "{}", database.name);
        let other = seen.iter().find(|open| !open.is_own).unwrap();
        assert!(end(db, &foreign.account, &other.id, now).await.is_err(), "not another's");
        end(db, &here.account, &other.id, now).await.unwrap();
        assert!(visit(db, &there.token, now).await.unwrap().is_none());
        assert!(visit(db, &here.token, now).await.unwrap().is_some());
        end_all(db, "one", None, "root", now).await.unwrap();
        assert!(visit(db, &here.token, now).await.unwrap().is_none());
    }
}

/// The code that an app shows at a moment.
fn code(secret: &str, now: Timestamp) -> String {
    let secret = totp_rs::Secret::try_from_base32(secret).unwrap();
    let totp = totp_rs::Builder::new().with_secret(secret).build().unwrap();
    totp.generate(u64::try_from(now.as_second()).unwrap()).to_string()
}

#[tokio::test]
async fn with_a_second_factor_the_password_alone_opens_nothing() {
    for database in db::test::databases().await {
        let (db, now) = (&database.db, at("2024-02-01T00:00:00Z"));
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::at(&dir.path().join("secret.key"));
        vault.settle(db, now).await.unwrap();
        open(db, "clerk", "经办员", Role::Clerk, "", PASSWORD, now).await.unwrap();
        let account = find(db, "clerk").await.unwrap().account;
        second_factor::begin(db, &vault, &account, now).await.unwrap();
        let enrolment = second_factor::pending(db, &vault, &account).await.unwrap().unwrap();
        assert!(enrolment.url.starts_with("otpauth://totp/"), "{}", enrolment.url);
        assert!(!sign_in(db, "clerk", PASSWORD, now).await.unwrap().account.awaits_code, "begun is not set up");
        assert!(second_factor::confirm(db, &vault, &account, "000000x", now).await.is_err());
        let codes = second_factor::confirm(db, &vault, &account, &code(&enrolment.secret, now), now).await.unwrap();
        assert_eq!(codes.len(), second_factor::RECOVERY_CODES);

        let half = sign_in(db, "clerk", PASSWORD, now).await.unwrap();
        assert!(half.account.awaits_code, "{}", database.name);
        assert!(visit(db, &half.token, now).await.unwrap().unwrap().account.awaits_code);
        let replayed = second_factor::pass(db, &vault, &half.token, &code(&enrolment.secret, now), now).await;
        assert!(replayed.is_err(), "a code is taken once");
        let later = plus(now, jiff::SignedDuration::from_secs(60));
        let whole = second_factor::pass(db, &vault, &half.token, &code(&enrolment.secret, later), later).await.unwrap();
        assert!(!visit(db, &whole.token, later).await.unwrap().unwrap().account.awaits_code);
        assert!(visit(db, &half.token, later).await.unwrap().is_none(), "the token of before is void");

        let half = sign_in(db, "clerk", PASSWORD, later).await.unwrap();
        second_factor::pass(db, &vault, &half.token, &codes[3].to_uppercase(), later).await.unwrap();
        let half = sign_in(db, "clerk", PASSWORD, later).await.unwrap();
        for n in 1..second_factor::CODE_FAILURES_MAX {
            let again = second_factor::pass(db, &vault, &half.token, &codes[3], later).await;
            assert!(matches!(again, Err(Error::Invalid(_))), "{n}: a recovery code is used up");
        }
        assert!(matches!(second_factor::pass(db, &vault, &half.token, "1", later).await, Err(Error::Conflict(_))));
        assert!(visit(db, &half.token, later).await.unwrap().is_none(), "five wrong codes end the sign-in");

        assert!(second_factor::give_up(db, &account, "wrong", later).await.is_err());
        second_factor::give_up(db, &account, PASSWORD, later).await.unwrap();
        assert!(!sign_in(db, "clerk", PASSWORD, later).await.unwrap().account.awaits_code);
    }
}

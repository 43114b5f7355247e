//! The tree on both databases: what is kept, what registers tell of, and that nothing stands in it twice.

use super::*;
use crate::accounts::{self, New as NewAccount};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn new(kind: Kind, name: &str, code: &str) -> New {
    New { kind, name: name.into(), code: code.into(), parent: None }
}

fn account(login: &str, role: Role, unit: &str) -> NewAccount {
    NewAccount { login: login.into(), name: "王敏".into(), role, unit: unit.into() }
}

#[tokio::test]
async fn a_department_is_added_renamed_disabled_and_taken_up_again() {
    for database in db::test::databases().await {
        let (db, now) = (&database.db, at("2024-02-01T00:00:00Z"));
        let id = add(db, &new(Kind::Department, " 科技局 ", ""), "root", now).await.unwrap();
        rename(db, id, "科学技术局", "root", now).await.unwrap();
        assert!(rename(db, id, "科学技术局", "root", now).await.is_err(), "{}", database.name);
        let opened = account("li", Role::Department, "科学技术局");
        accounts::open_with_fresh_password(db, &opened, "root", now).await.unwrap();
        rename(db, id, "科技工信局", "root", now).await.unwrap();
        assert_eq!(accounts::find(db, "li").await.unwrap().account.unit, "科技工信局", "the account follows");
        let full = disable(db, id, "root", now).await.unwrap_err().to_string();
        assert!(full.contains("1 个可用账号"), "{full}");
        accounts::disable(db, "li", "root", now).await.unwrap();
        disable(db, id, "root", now).await.unwrap();
        let closed = account("zhao", Role::Department, "科技工信局");
        assert!(accounts::open_with_fresh_password(db, &closed, "root", now).await.is_err(), "{}", database.name);
        enable(db, id, "root", now).await.unwrap();
        accounts::open_with_fresh_password(db, &closed, "root", now).await.unwrap();
        let acts: Vec<String> =
            registry::audit::recent(db, None, 100).await.unwrap().into_iter().map(|entry| entry.action).collect();
        for act in ["add", "rename", "disable", "enable"] {
            assert!(acts.contains(&format!("organisation.{act}")), "{}: {act}", database.name);
        }
    }
}

#[tokio::test]
async fn nothing_is_entered_twice_and_what_registers_tell_of_not_at_all() {
    for database in db::test::databases().await {
        let (db, now) = (&database.db, at("2024-02-01T00:00:00Z"));
        let code = "91320682MA10000390";
        add(db, &new(Kind::Bank, "演示农商行（城中）", code), "root", now).await.unwrap();
        for (kind, name, code, word) in [
            (Kind::Agency, "演示农商行(城中)", "", "金融机构"),
            (Kind::Agency, "另一家", code, "演示农商行"),
            (Kind::Town, "甲镇", "", "登记簿"),
            (Kind::Enterprise, "某公司", "", "登记簿"),
            (Kind::City, "演示市", "", "登记簿"),
            (Kind::Department, "", "", "不能留空"),
            (Kind::Department, "某局", "91320682MA10000391", "校验"),
        ] {
            let cause = add(db, &new(kind, name, code), "root", now).await.unwrap_err().to_string();
            assert!(cause.contains(word), "{}: {name}: {cause}", database.name);
        }
        let missing = New { parent: Some(99), ..new(Kind::Agency, "某所", "") };
        assert!(add(db, &missing, "root", now).await.is_err());
        assert_eq!(all(db, now).await.unwrap().len(), 1);
    }
}

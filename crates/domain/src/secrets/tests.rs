//! What is sealed opens in its place only, with its key only, and nothing lies in the clear.

use std::os::unix::fs::PermissionsExt;

use db::{Db, with_conn};
use sqlx::AssertSqlSafe;

use super::*;
use crate::accounts::{self, Role, second_factor};

const PASSWORD: &str = "Zhiqiang-2026";
const NUMBER: &str = "6222000011112222";

fn now() -> Timestamp {
    "2024-02-01T00:00:00Z".parse().unwrap()
}

async fn run(db: &Db, sql: &str) {
    let mut tx = db.begin().await.unwrap();
    with_conn!(&mut tx, conn => sqlx::query(AssertSqlSafe(sql.to_owned())).execute(conn).await.map(|_| ())).unwrap();
    tx.commit().await.unwrap();
}

async fn texts(db: &Db, sql: &'static str) -> Vec<String> {
    let mut tx = db.begin_read().await.unwrap();
    with_conn!(&mut tx, conn => sqlx::query_scalar(sql).fetch_all(conn).await).unwrap()
}

/// A database as an older program left it: a second factor, a case, a payment and an objection in the clear.
async fn old(db: &Db, secret: &str) {
    for login in ["clerk", "other"] {
        accounts::open(db, login, "经办员", Role::Clerk, "", PASSWORD, now()).await.unwrap();
    }
    let account = format!(r#"{{"holder":"甲公司","bank":"农商行","number":"{NUMBER}"}}"#);
    for sql in [
        format!("update account set totp_secret = '{secret}' where login = 'clerk'"),
        "insert into item (id, award, version, state, terms, is_trial, drafted_by, drafted_at) values (1, 'a', 1, 'draft', '{}', 0, 'w', 't')".into(),
        format!(
            "insert into award_case (id, item_id, award, subject, name, year, matter, level, facts, amount, state, account, due_why, opened_on) \
             values (7, 1, 'a', '91', '甲公司', 2023, '', 1, '{{}}', '{{}}', 'ordered', '{account}', '', '2024-01-01')"
        ),
        "insert into payment_batch (id, state, made_by, made_at) values (1, 'made', 'w', 't')".into(),
        format!(
            "insert into payment (number, batch_id, case_id, amount_fen, holder, bank, account_number, state) \
             values ('ZQ1', 1, 7, 100, '甲公司', '农商行', '{NUMBER}', 'ordered')"
        ),
        "insert into notice (id, award, opened_on, closes_on, why, by_whom, at) values (1, 'a', 'd', 'd', '', 'w', 't')".into(),
        "insert into objection (case_id, notice_id, who, contact, content, raised_on, answer) \
         values (7, 1, '某某举报人', '13800001111', '不符', '2024-01-02', '')".into(),
    ] {
        run(db, &with_identity(db, &sql)).await;
    }
}

/// PostgreSQL numbers its rows itself unless it is told otherwise.
fn with_identity(db: &Db, sql: &str) -> String {
    if db.engine() == "PostgreSQL" {
        sql.replacen(") values (", ") overriding system value values (", 1)
    } else {
        sql.to_owned()
    }
}

#[tokio::test]
async fn what_lay_in_the_clear_is_sealed_at_the_first_start_and_a_dump_shows_nothing() {
    for database in db::test::databases().await {
        let (db, dir) = (&database.db, tempfile::tempdir().unwrap());
        let vault = Vault::at(&dir.path().join("secret.key"));
        let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
        old(db, secret).await;
        let remarks = vault.settle(db, now()).await.unwrap();
        assert!(remarks.iter().any(|remark| remark.contains("5 项已加密")), "{}: {remarks:?}", database.name);
        let mode = std::fs::metadata(vault.file()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        // Everything that the database says, and for SQLite every byte of its files.
        let mut dump = String::new();
        for table in ["account", "award_case", "payment", "objection", "audit"] {
            let row = if db.engine() == "PostgreSQL" {
                format!("select t::text from {table} t")
            } else {
                columns_of(db, table).await
            };
            let mut tx = db.begin_read().await.unwrap();
            let rows: Vec<String> =
                with_conn!(&mut tx, conn => sqlx::query_scalar(AssertSqlSafe(row)).fetch_all(conn).await).unwrap();
            dump += &rows.join("\n");
        }
        let mut bytes = dump.into_bytes();
        let file = std::path::PathBuf::from(database.address());
        if file.is_file() {
            for entry in std::fs::read_dir(file.parent().unwrap()).unwrap() {
                bytes.extend(std::fs::read(entry.unwrap().path()).unwrap());
            }
        }
        let dump = String::from_utf8_lossy(&bytes);
        for clear in [secret, NUMBER, "某某举报人", "13800001111"] {
            assert!(!dump.contains(clear), "{}: {clear}", database.name);
        }
        assert!(dump.contains("************2222"), "who may not see the number sees its end");

        // It opens where it stands, and the next start leaves it alone.
        let keys = vault.keys().unwrap();
        let sealed = texts(db, "select account_number from award_case").await.remove(0);
        assert_eq!(keys.open(crate::cases::place("7"), &Sealed(sealed.clone())).unwrap(), NUMBER);
        assert!(vault.settle(db, now()).await.unwrap().is_empty());
        assert_eq!(texts(db, "select account_number from award_case").await, [sealed]);
        assert_eq!(faults(db, &vault).await.unwrap(), (5, Vec::new()), "{}", database.name);

        run(db, "update payment set account_number = '6222'").await;
        let found = faults(db, &vault).await.unwrap().1;
        assert!(found.len() == 1 && found[0].contains("payment.account_number 第 ZQ1 行）是明文"), "{found:?}");
    }
}

/// A statement that reads every column of a table as one text.
async fn columns_of(db: &Db, table: &str) -> String {
    let mut tx = db.begin_read().await.unwrap();
    let columns = db::schema::tables(&mut tx).await.unwrap()[table].clone();
    let each: Vec<String> = columns.iter().map(|one| format!("coalesce(cast({one} as text), '')")).collect();
    format!("select {} from {table}", each.join(" || ' ' || "))
}

#[tokio::test]
async fn a_text_moved_to_another_row_or_changed_does_not_open() {
    for database in db::test::databases().await {
        let (db, dir) = (&database.db, tempfile::tempdir().unwrap());
        let vault = Vault::at(&dir.path().join("secret.key"));
        old(db, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").await;
        vault.settle(db, now()).await.unwrap();
        // Whoever can write to the database gives another account the secret that they know.
        run(db, "update account set totp_secret = (select a.totp_secret from account a where a.login = 'clerk') where login = 'other'").await;
        let half = accounts::sign_in(db, "other", PASSWORD, now()).await.unwrap();
        let refused = second_factor::pass(db, &vault, &half.token, "123456", now()).await.unwrap_err();
        assert!(refused.to_string().contains("别的行、列搬来的"), "{}: {refused}", database.name);
        assert!(faults(db, &vault).await.unwrap().1[0].contains("account.totp_secret"));

        let keys = vault.keys().unwrap();
        let (here, text) = (Place("payment", "account_number", "1"), NUMBER);
        let sealed = keys.seal(here, text).unwrap();
        for other in [
            Place("payment", "account_number", "11"),
            Place("payment", "bank", "1"),
            Place("objection", "account_number", "1"),
        ] {
            assert!(keys.open(other, &sealed).is_err(), "{other:?}");
        }
        for at in 0..sealed.0.len() {
            let mut bad = sealed.0.clone().into_bytes();
            bad[at] = if bad[at] == b'0' { b'1' } else { b'0' };
            assert!(keys.open(here, &Sealed(String::from_utf8(bad).unwrap())).is_err(), "{at}");
        }
        assert_ne!(keys.seal(here, text).unwrap(), sealed, "the same text twice does not look alike");
        assert!(!format!("{sealed:?}").contains("zq1"));
    }
}

#[tokio::test]
async fn an_absent_a_wrong_and_a_loose_key_are_refused_and_a_lost_one_can_be_given_up() {
    for database in db::test::databases().await {
        let (db, dir) = (&database.db, tempfile::tempdir().unwrap());
        let vault = Vault::at(&dir.path().join("secret.key"));
        old(db, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").await;
        vault.settle(db, now()).await.unwrap();
        let set = |mode| std::fs::set_permissions(vault.file(), std::fs::Permissions::from_mode(mode)).unwrap();
        set(0o640);
        let refused = vault.settle(db, now()).await.unwrap_err().to_string();
        assert!(refused.contains("0640") && refused.contains("chmod 600"), "{refused}");
        set(0o600);
        let kept = std::fs::read(vault.file()).unwrap();
        assert!(give_up(db, &vault, "cli", now()).await.unwrap_err().to_string().contains("没有丢失"));
        std::fs::write(vault.file(), "not a key\n").unwrap();
        assert!(vault.settle(db, now()).await.unwrap_err().to_string().contains("已损坏"));

        std::fs::remove_file(vault.file()).unwrap();
        let refused = vault.settle(db, now()).await.unwrap_err().to_string();
        assert!(refused.contains("没有密钥文件") && refused.contains("两步验证密钥 1 项"), "{refused}");
        assert!(!vault.file().exists(), "none is made in its place");
        // Another installation's key.
        let foreign = key_file::read_or_make(vault.file()).unwrap();
        let refused = vault.settle(db, now()).await.unwrap_err().to_string();
        assert!(refused.contains("没有这个数据库的密钥"), "{refused}");
        let sealed = Sealed(texts(db, "select account_number from award_case").await.remove(0));
        assert!(foreign.open(crate::cases::place("7"), &sealed).unwrap_err().to_string().contains("没有它的密钥"));

        let (id, lost) = give_up(db, &vault, "cli", now()).await.unwrap();
        assert_eq!(lost.iter().map(|(_, count)| count).sum::<i64>(), 5, "{lost:?}");
        assert!(vault.settle(db, now()).await.unwrap().is_empty());
        assert_eq!(standing(db).await.unwrap(), (Some(id), Held::new()), "{}", database.name);
        assert!(!accounts::sign_in(db, "clerk", PASSWORD, now()).await.unwrap().account.awaits_code);
        let payment = Sealed(texts(db, "select account_number from payment").await.remove(0));
        let refused = vault.keys().unwrap().open(Place("payment", "account_number", "ZQ1"), &payment).unwrap_err();
        assert!(refused.to_string().contains("清空"), "{refused}");
        assert!(!kept.is_empty());
    }
}

#[tokio::test]
async fn a_rotation_seals_everything_anew_and_older_copies_still_open() {
    for database in db::test::databases().await {
        let (db, dir) = (&database.db, tempfile::tempdir().unwrap());
        let vault = Vault::at(&dir.path().join("secret.key"));
        old(db, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").await;
        vault.settle(db, now()).await.unwrap();
        let before = texts(db, "select account_number from award_case").await.remove(0);
        let first = standing(db).await.unwrap().0.unwrap();
        let (second, sealed) = rotate(db, &vault, "cli", now()).await.unwrap();
        assert!(second != first && sealed == 5);
        let after = texts(db, "select account_number from award_case").await.remove(0);
        assert!(after.starts_with(&format!("zq1:{second}:")), "{after}");
        let keys = vault.keys().unwrap();
        for text in [before, after] {
            assert_eq!(keys.open(crate::cases::place("7"), &Sealed(text)).unwrap(), NUMBER);
        }
        assert_eq!(faults(db, &vault).await.unwrap(), (5, Vec::new()));
        // A rotation that died after it wrote the file: the older key still opens, and the next one finishes.
        let unused = key_file::add(vault.file()).unwrap();
        assert!(vault.settle(db, now()).await.unwrap().is_empty());
        assert_eq!(faults(db, &vault).await.unwrap(), (5, Vec::new()));
        let (third, _) = rotate(db, &vault, "cli", now()).await.unwrap();
        assert!(third != unused.current() && standing(db).await.unwrap().0 == Some(third));
        let acts: Vec<String> = texts(db, "select action from audit order by id").await;
        assert!(acts.ends_with(&["key.seal".into(), "key.rotate".into(), "key.rotate".into()]), "{acts:?}");
    }
}

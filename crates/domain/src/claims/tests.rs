//! Claims on both databases: from the stranger to the account, what is refused, and what a stranger must not learn.

use jiff::Timestamp;

use super::*;

const PDF: &[u8] = b"%PDF-1.7 licence";
const PASSWORD: &str = "correct-horse-9";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn said() -> Said {
    Said {
        uscc: Uscc::complete("91320594MA1DEM00").unwrap().to_string(),
        enterprise: "演示甲公司".into(),
        person: "李青".into(),
        phone: "0512-65550000".into(),
        note: String::new(),
    }
}

async fn with_installations(story: impl AsyncFn(&Installation, &Account)) {
    for database in db::test::databases().await {
        let folder = tempfile::tempdir().unwrap();
        let now = at("2024-02-01T00:00:00Z");
        let (installation, _) = Installation::over(database.db.clone(), folder.path(), now).await.unwrap();
        accounts::open(&database.db, "clerk", "经办员", Role::Clerk, "", PASSWORD, now).await.unwrap();
        let clerk = accounts::find(&database.db, "clerk").await.unwrap().account;
        story(&installation, &clerk).await;
    }
}

#[tokio::test]
async fn a_claim_becomes_an_account_of_its_enterprise() {
    with_installations(async |installation, clerk| {
        let (db, now) = (&installation.db, at("2024-02-01T01:00:00Z"));
        let letter =
            [(Proof::Licence, "C:\\scan\\执照.pdf", PDF), (Proof::Authorization, "授权.png", b"\x89PNG\r\n\x1a\n1")];
        let (id, code) = make(installation, &said(), &letter, now).await.unwrap();
        let (claim, may_open) = of_code(db, id, &code.to_uppercase(), now).await.unwrap();
        assert_eq!((claim.state, may_open), (State::Waiting, false));
        assert!(invitations::of_word(db, &code, now).await.is_err(), "nothing opens before it is accepted");

        let view = one(installation, clerk, id, now).await.unwrap();
        let names: Vec<&str> = view.papers.iter().map(|paper| paper.name.as_str()).collect();
        assert_eq!(names, ["执照.pdf", "授权.png"]);
        assert!(view.accounts.is_empty() && view.registered.is_none());
        assert_eq!(paper(installation, clerk, (id, view.papers[0].id)).await.unwrap().1, PDF);
        accept(installation, clerk, (id, "与登记一致"), now).await.unwrap();
        let twice = refuse(installation, clerk, (id, "重复"), now).await.unwrap_err().to_string();
        assert!(twice.contains("已由 clerk 办结（已通过）"), "{twice}");
        assert!(of_code(db, id, &code, now).await.unwrap().1);
        let new = invitations::take(db, &code, "liqing", PASSWORD, now).await.unwrap();
        assert_eq!((new.role, new.unit), (Role::Enterprise, said().uscc));
        assert!(!of_code(db, id, &code, now).await.unwrap().1, "once");

        let (second, _) = make(installation, &said(), &letter, now).await.unwrap();
        let view = one(installation, clerk, second, now).await.unwrap();
        assert_eq!(view.accounts[0].account.login, "liqing", "the office sees that the enterprise has an account");
        assert_eq!(view.others[0].id, id);
        assert!(all(installation, clerk, now).await.unwrap().iter().all(|listed| listed.has_account));
    })
    .await;
}

#[tokio::test]
async fn a_refusal_has_a_reason_and_opens_nothing() {
    with_installations(async |installation, clerk| {
        let (db, now) = (&installation.db, at("2024-02-01T01:00:00Z"));
        let (id, code) = make(installation, &said(), &[(Proof::Licence, "a.pdf", PDF)], now).await.unwrap();
        assert!(refuse(installation, clerk, (id, " "), now).await.unwrap_err().to_string().contains("理由"));
        refuse(installation, clerk, (id, "执照已过期"), now).await.unwrap();
        let (claim, may_open) = of_code(db, id, &code, now).await.unwrap();
        assert_eq!((claim.state, claim.reason.as_str(), may_open), (State::Refused, "执照已过期", false));
        assert!(invitations::take(db, &code, "liqing", PASSWORD, now).await.is_err());
        for (id, code) in [(id, "wrong"), (id + 1, code.as_str())] {
            let refused = of_code(db, id, code, now).await.unwrap_err().to_string();
            assert_eq!(refused, "认领编号或查询码不正确。请按提交时的回执核对。");
        }
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Clerk) {
            accounts::open(db, role.key(), role.zh(), role, "", PASSWORD, now).await.unwrap();
            let other = accounts::find(db, role.key()).await.unwrap().account;
            assert!(matches!(all(installation, &other, now).await, Err(Error::Forbidden(_))), "{role:?}");
            assert!(matches!(accept(installation, &other, (id, ""), now).await, Err(Error::Forbidden(_))), "{role:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_no_claim_and_no_proof_is_refused_and_nothing_is_kept() {
    with_installations(async |installation, clerk| {
        let now = at("2024-02-01T01:00:00Z");
        let wrong = Said {
            uscc: "91320594MA1DEM001X".into(),
            enterprise: " ".into(),
            person: String::new(),
            phone: "电话".into(),
            note: "长".repeat(501),
        };
        let fields: Vec<&str> = faults(&wrong).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["uscc", "enterprise", "person", "phone", "note"]);
        let large = [PDF, &vec![0_u8; PROOF_BYTES_MAX]].concat();
        for (kind, name, bytes, why) in [
            (Proof::Authorization, "授权.pdf", PDF, "请上传营业执照"),
            (Proof::Licence, "执照.pdf", b"<script>".as_slice(), "内容与扩展名不符"),
            (Proof::Licence, "执照.exe", PDF, "内容与扩展名不符"),
            (Proof::Licence, "执照.pdf", b"", "是空的"),
            (Proof::Licence, "执照.pdf", large.as_slice(), "超过 5 兆字节"),
        ] {
            let refused = make(installation, &said(), &[(kind, name, bytes)], now).await.unwrap_err().to_string();
            assert!(refused.contains(why), "{refused}");
        }
        // The file that is refused is told by what it proves, whatever both are called.
        let both = [(Proof::Licence, "a.pdf", PDF), (Proof::Authorization, "a.pdf", b"<script>".as_slice())];
        let refused = make(installation, &said(), &both, now).await.unwrap_err();
        assert!(matches!(refused, Error::Field { field: "authorization", .. }), "{refused:?}");
        assert!(all(installation, clerk, now).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_address_claims_a_few_times_an_hour_whoever_asks() {
    with_installations(async |installation, _| {
        let now = at("2024-02-01T01:00:00Z");
        let proof = [(Proof::Licence, "a.pdf", PDF)];
        let said = said();
        let claim =
            |from: &str, when| registry::audit::coming_from(from.to_owned(), make(installation, &said, &proof, when));
        for _ in 0..CLAIMS_PER_HOUR {
            claim("192.0.2.7", now).await.unwrap();
        }
        let refused = claim("192.0.2.7", now).await.unwrap_err().to_string();
        assert!(refused.contains("1 小时 5 件"), "{refused}");
        assert!(may_claim(&installation.db, "192.0.2.7", now).await.is_err());
        claim("192.0.2.8", now).await.unwrap();
        claim("192.0.2.7", now + SignedDuration::from_mins(61)).await.unwrap();
    })
    .await;
}

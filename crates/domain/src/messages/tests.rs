//! Wordings, addresses, the office's settings, digests, and the way of one mail through every answer, on both databases.

use jiff::civil::date;

use super::{mail::Letter, store::New, *};
use crate::accounts::{self, Role};

const OFFICE: &str = "server = \"127.0.0.1\"\nsecurity = \"none\"\nfrom = \"知识产权局 <ip@office.example>\"\nsite = \"https://ip.example/\"\n";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn letter(subject: &str, body: &str) -> Letter {
    Letter {
        id: 1,
        address: "firm@mail.example".into(),
        message_id: "<one@office.example>".into(),
        subject: subject.into(),
        body: body.into(),
        attempts: 0,
        made_at: at("2024-03-01T02:00:00Z"),
    }
}

#[test]
fn every_standard_wording_uses_its_own_places_and_none_breaks_a_line() {
    for kind in Kind::ALL {
        assert_eq!(Kind::of_key(kind.key()), Some(kind));
        let (subject, body) = kind.standard();
        let wording = Wording { subject: subject.into(), body: body.into() };
        let shown = preview(kind, &wording).unwrap_or_else(|error| panic!("{kind:?}: {error}"));
        assert!(!shown.subject.contains(['{', '\n']) && !shown.body.contains('{'), "{shown:?}");
        assert!(Role::ALL.into_iter().any(|role| kind.is_for(role)), "{kind:?} is for nobody");
    }
}

#[test]
fn a_wording_that_cannot_be_filled_is_refused_with_what_may_stand_in_it() {
    let said = |subject: &str, body: &str| {
        let wording = Wording { subject: subject.into(), body: body.into() };
        preview(Kind::Paid, &wording).map_err(|error| error.to_string())
    };
    assert!(said("{监测}", "到账").unwrap_err().contains("“{监测}”填不了。这种消息可用：企业、事项"));
    assert!(said("", "到账").unwrap_err().contains("都要填写"));
    assert!(said(&"长".repeat(101), "到账").unwrap_err().contains("最多 100 个字"));
    assert_eq!(said("甲\r\nBcc: x@y.z", "乙").unwrap().subject, "甲 Bcc: x@y.z");
}

#[test]
fn what_is_filled_in_breaks_no_header_and_is_no_place() {
    let hostile = "甲公司\r\nBcc: everybody@evil.example\u{2028}{金额}\u{202e}";
    let values = [("企业", hostile.to_owned()), ("金额", "5万元".to_owned())].into();
    let wording = Wording { subject: "{企业}到账".into(), body: "{企业}：{金额}".into() };
    let filled = wording.filled(&values);
    assert_eq!(filled.subject, "甲公司 Bcc: everybody@evil.example {金额} 到账");
    // Even a line that came unfolded into a mail stays in its header.
    let office = Office::read(OFFICE, None).unwrap();
    let hostile = letter("x\r\nBcc: everybody@evil.example\r\n\r\nbody", "真的\n.\n正文");
    let (bytes, _) = office.message(&hostile).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let head = text.split("\r\n\r\n").next().unwrap();
    assert!(!head.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc")), "{head}");
    assert_eq!(head.lines().filter(|line| line.starts_with("Subject: ")).count(), 1, "{head}");
    for words in ["Message-ID: <one@office.example>", "Auto-Submitted: auto-generated", "text/plain; charset=utf-8"] {
        assert!(head.contains(words), "{words}: {head}");
    }
}

#[test]
fn an_address_is_one_address_and_shown_masked() {
    for good in ["a@b.cn", "zhang.san+ip@mail.example.com"] {
        mail::checked_address(good).unwrap();
    }
    for bad in [
        "",
        "a",
        "a@b",
        "张三@b.cn",
        "a@b.cn\r\nRCPT TO:<x@y.z>",
        "a@b.cn,c@d.cn",
        "<a@b.cn>",
        "a b@c.cn",
        "a@b.cn ",
        "a@[127.0.0.1",
    ] {
        assert!(mail::checked_address(bad).is_err(), "{bad:?}");
    }
    assert_eq!(mail::masked("zhangsan@office.example"), "z***@office.example");
    assert_eq!(mail::masked(""), "");
}

#[test]
fn settings_that_would_give_a_secret_away_or_say_too_little_are_refused() {
    let office = |text: &str, password: Option<&str>| Office::read(text, password.map(str::to_owned)).map(drop);
    assert!(office(OFFICE, None).is_ok());
    let with_user = format!("{OFFICE}user = \"ip\"\n");
    assert!(office(&with_user, None).unwrap_err().contains("ZHIQIANG_MAIL_PASSWORD"));
    assert!(office(&with_user, Some("word")).unwrap_err().contains("明文"), "no password over an open line");
    assert!(office(&with_user.replace("\"none\"", "\"starttls\""), Some("word")).is_ok());
    assert!(office(&OFFICE.replace("ip@office.example", "nobody"), None).unwrap_err().contains("from"));
    assert!(office(&OFFICE.replace("https://", "javascript:"), None).unwrap_err().contains("https"));
    assert!(office(&format!("{OFFICE}sever = 1\n"), None).unwrap_err().contains("sever"), "a slip is told");
}

/// An account that gets mail, with so many messages.
async fn told(db: &Db, login: &str, modes: &[(Kind, Mode)], count: usize) -> Account {
    let now = at("2024-03-01T02:00:00Z");
    accounts::open(db, login, "王敏", Role::Clerk, "", "correct-horse-9", now).await.unwrap();
    let account = accounts::find(db, login).await.unwrap().account;
    let wanted = Setting { address: format!("{login}@mail.example"), modes: modes.iter().copied().collect() };
    keep_setting(db, &account, &wanted, now).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    store::set_proved(&mut tx, account.id, &now.to_string()).await.unwrap();
    for number in 0..count {
        let wording = Wording { subject: format!("第 {number} 件"), body: "请办理".into() };
        let (on, path) = (date(2024, 3, 1), "/cases/1");
        let new = New { kind: Kind::Waits, case: None, path, wording: &wording, once: "", on, now };
        store::insert_for_sharers(&mut tx, account.id, &new).await.unwrap();
    }
    tx.commit().await.unwrap();
    account
}

#[tokio::test]
async fn messages_are_gathered_once_as_the_account_wishes() {
    let office = Office::read(OFFICE, None).unwrap();
    for database in db::test::databases().await {
        let db = &database.db;
        let daily = told(db, "daily", &[], 3).await;
        told(db, "weekly", &[(Kind::Waits, Mode::Weekly)], 2).await;
        told(db, "single", &[(Kind::Waits, Mode::AtOnce)], 2).await;
        told(db, "never", &[(Kind::Waits, Mode::Never)], 2).await;
        let first = all(db, &daily).await.unwrap().pop().unwrap();
        let waiting = all(db, &daily).await.unwrap().into_iter().filter(Message::is_unread).count();
        assert_eq!((waiting, first.is_unread()), (3, true), "{}", database.name);
        assert_eq!(read(db, &daily, &[first.id], at("2024-03-01T02:01:00Z")).await.unwrap(), 1);
        assert_eq!(read(db, &daily, &[first.id], at("2024-03-01T02:02:00Z")).await.unwrap(), 0, "once");
        let gather = async |now: &str| mail::gather(db, &office, at(now)).await.unwrap();
        // Friday, before eight in the morning of Beijing: the day's mail waits for eight, the week's for Monday.
        assert_eq!(gather("2024-02-29T23:00:00Z").await, 2, "{}: two by themselves", database.name);
        assert_eq!(gather("2024-03-01T00:30:00Z").await, 1, "the day's");
        assert_eq!(gather("2024-03-01T09:00:00Z").await, 0, "nothing twice");
        assert_eq!(gather("2024-03-03T23:59:00Z").await, 0, "a minute before Monday's hour");
        assert_eq!(gather("2024-03-04T00:00:00Z").await, 1, "the week's");
        let log = mail::all(db).await.unwrap();
        let of_day = log.iter().find(|one| one.login == "daily").unwrap();
        assert_eq!((of_day.subject.as_str(), of_day.address.as_str()), ("2 条新消息", "d***@mail.example"));
        assert!(log.iter().all(|one| one.login != "never" && one.state == "waiting"), "{log:?}");
        assert!(find(db, &daily, first.id).await.is_ok());
        let other = accounts::find(db, "single").await.unwrap().account;
        assert!(matches!(find(db, &other, first.id).await, Err(Error::NotFound { .. })), "another's is not there");
        assert_eq!(read(db, &other, &[first.id], at("2024-03-01T02:03:00Z")).await.unwrap(), 0);
        mail::hold_all(db, at("2024-03-02T00:00:00Z")).await.unwrap();
        assert!(mail::all(db).await.unwrap().iter().all(|one| one.state == "unknown"), "a copy sends nothing");
    }
}

#[tokio::test]
async fn two_processes_that_make_mails_at_once_make_each_once() {
    let office = Office::read(OFFICE, None).unwrap();
    for database in db::test::databases().await {
        let (db, now) = (&database.db, at("2024-03-01T02:05:00Z"));
        told(db, "single", &[(Kind::Waits, Mode::AtOnce)], 20).await;
        let (one, other) = tokio::join!(mail::gather(db, &office, now), mail::gather(db, &office, now));
        let made = |done: Result<usize, Error>| match done {
            Ok(made) => made,
            Err(Error::Conflict(_)) => 0,
            Err(other) => panic!("{other}"),
        };
        assert_eq!(made(one) + made(other), 20, "{}", database.name);
        assert_eq!(mail::all(db).await.unwrap().len(), 20, "{}", database.name);
    }
}

#[tokio::test]
async fn a_mail_is_taken_by_one_and_one_cut_short_waits_for_a_person() {
    let office = Office::read(OFFICE, None).unwrap();
    for database in db::test::databases().await {
        let (db, now) = (&database.db, at("2024-03-01T02:05:00Z"));
        let clerk = told(db, "single", &[(Kind::Waits, Mode::AtOnce)], 1).await;
        mail::gather(db, &office, now).await.unwrap();
        let claimed = mail::claim(db, &office, now).await.unwrap().unwrap();
        assert!(mail::claim(db, &office, now).await.unwrap().is_none(), "{}", database.name);
        mail::settle(db, now).await.unwrap();
        assert_eq!(mail::all(db).await.unwrap()[0].state, "sending", "its process lives");
        // The same, as a process leaves it that is gone.
        let mut tx = db.begin().await.unwrap();
        mail::mark_gone(&mut tx, claimed.id).await.unwrap();
        tx.commit().await.unwrap();
        mail::settle(db, now).await.unwrap();
        let log = mail::all(db).await.unwrap();
        assert_eq!((log[0].state.as_str(), log[0].attempts[0].outcome.as_str()), ("unknown", "unknown"));
        assert!(mail::claim(db, &office, at("2025-03-01T02:05:00Z")).await.unwrap().is_none(), "never by the clock");
        mail::again(db, &clerk, claimed.id, now).await.unwrap();
        assert!(mail::again(db, &clerk, claimed.id, now).await.is_err(), "it is on its way");
        let again = mail::claim(db, &office, now).await.unwrap().unwrap();
        assert_eq!(again.message_id, claimed.message_id, "by its own name");
    }
}

#[tokio::test]
async fn a_waiting_mail_goes_to_the_address_as_it_is_and_not_at_all_when_nothing_waits_any_more() {
    let office = Office::read(OFFICE, None).unwrap();
    for database in db::test::databases().await {
        let (db, now) = (&database.db, at("2024-03-01T02:05:00Z"));
        let moved = told(db, "moved", &[(Kind::Waits, Mode::AtOnce)], 1).await;
        let silent = told(db, "silent", &[(Kind::Waits, Mode::AtOnce)], 1).await;
        told(db, "done", &[(Kind::Waits, Mode::AtOnce)], 1).await;
        let daily = told(db, "daily", &[], 3).await;
        assert_eq!(mail::gather(db, &office, now).await.unwrap(), 4, "{}", database.name);
        // Between the making and the sending one moves, one wants no mail any more, one has nothing to do, one has less.
        let to = |address: &str| Setting { address: address.into(), modes: [(Kind::Waits, Mode::AtOnce)].into() };
        keep_setting(db, &moved, &to("new@mail.example"), now).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        store::set_proved(&mut tx, moved.id, "2024-03-01T02:04:00Z").await.unwrap();
        tx.commit().await.unwrap();
        keep_setting(db, &silent, &to(""), now).await.unwrap();
        let of_day = all(db, &daily).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        store::finish(&mut tx, "done", "").await.unwrap();
        store::finish(&mut tx, "daily", &of_day[0].subject).await.unwrap();
        tx.commit().await.unwrap();
        let mut sent = Vec::new();
        while let Some(letter) = mail::claim(db, &office, now).await.unwrap() {
            sent.push((letter.address.clone(), letter.subject.clone(), letter.body.contains(&of_day[0].subject)));
        }
        sent.sort();
        let expected = [("daily@mail.example", "2 条新消息"), ("new@mail.example", "第 0 件")];
        let found: Vec<_> = sent.iter().map(|(address, subject, _)| (address.as_str(), subject.as_str())).collect();
        assert_eq!(found, expected, "{}", database.name);
        assert!(!sent[0].2, "what was done is not told");
        let log = mail::all(db).await.unwrap();
        let dropped: Vec<_> = log.iter().filter(|one| one.dropped_why.is_some()).collect();
        assert!(
            dropped.len() == 2 && dropped.iter().all(|one| one.zh() == "不再发送" && !one.may_go_again()),
            "{log:?}"
        );
        let clerk = accounts::find(db, "done").await.unwrap().account;
        assert!(mail::again(db, &clerk, dropped[0].id, now).await.is_err(), "nor by a person");
    }
}

/// Tells an account one thing at a moment.
async fn tell(db: &Db, account: &Account, now: &str) {
    let mut tx = db.begin().await.unwrap();
    let wording = Wording { subject: now.into(), body: "请办理".into() };
    let (on, path) = (date(2024, 3, 1), "/cases/1");
    let new = New { kind: Kind::Waits, case: None, path, wording: &wording, once: "", on, now: at(now) };
    store::insert_for_sharers(&mut tx, account.id, &new).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_weekly_digest_goes_out_once_a_week_on_monday_whatever_comes_between() {
    let office = Office::read(OFFICE, None).unwrap();
    for database in db::test::databases().await {
        let db = &database.db;
        let account = told(db, "weekly", &[(Kind::Waits, Mode::Weekly)], 1).await;
        let gather = async |now: &str| mail::gather(db, &office, at(now)).await.unwrap();
        // Every hour of six weeks, with something new every day but in the second week, in which nothing happens; nothing runs from
        // the Sunday before the fourth Monday to the Thursday after.
        let begin = at("2024-03-01T02:00:00Z");
        let mut went = Vec::new();
        for hour in 1..=42 * 24 {
            let now = begin.checked_add(jiff::SignedDuration::from_hours(hour)).unwrap();
            let day = hour / 24;
            if hour % 24 == 0 && !(10..=17).contains(&day) {
                tell(db, &account, &now.to_string()).await;
            }
            if !(23..=26).contains(&day) && gather(&now.to_string()).await > 0 {
                went.push(now.to_string());
            }
        }
        let expected = [
            "2024-03-04T00:00:00Z",
            "2024-03-11T00:00:00Z",
            "2024-03-28T02:00:00Z",
            "2024-04-01T00:00:00Z",
            "2024-04-08T00:00:00Z",
        ];
        assert_eq!(went, expected, "{}", database.name);
    }
}

#[tokio::test]
async fn nothing_is_mailed_to_an_address_before_its_code_came_back() {
    let office = Office::read(OFFICE, None).unwrap();
    for database in db::test::databases().await {
        let (db, now) = (&database.db, at("2024-03-01T02:00:00Z"));
        let account = told(db, "firm", &[(Kind::Waits, Mode::AtOnce)], 0).await;
        let give = async |address: &str| {
            let wanted = Setting { address: address.into(), modes: [(Kind::Waits, Mode::AtOnce)].into() };
            keep_setting(db, &account, &wanted, now).await.unwrap();
        };
        let code = async || {
            let mut tx = db.begin_read().await.unwrap();
            let body = store::last_mail(&mut tx).await.unwrap();
            body.split("验证码是 ").nth(1).unwrap()[..6].to_owned()
        };
        let in_min = |minutes| now.checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap();
        give("other@mail.example").await;
        tell(db, &account, "2024-03-01T02:00:01Z").await;
        assert_eq!(mail::gather(db, &office, in_min(1)).await.unwrap(), 0, "{}: not proved", database.name);
        assert_eq!(proof(db, &account, now).await.unwrap(), Proof::Unproved);
        assert!(prove(db, &account, "000000", now).await.unwrap_err().to_string().contains("没有等待填写"));
        proof::mail_code(db, &office, &account, now).await.unwrap();
        assert_eq!(proof(db, &account, now).await.unwrap(), Proof::Asked);
        let first = code().await;
        let again = proof::mail_code(db, &office, &account, now).await.unwrap_err();
        assert!(again.to_string().contains("等一分钟"), "{again}");
        assert!(prove(db, &account, &first, in_min(30)).await.is_err(), "it is over");
        // Guesses void it, and the right one comes too late.
        let wrong = if first == "123456" { "654321" } else { "123456" };
        for _ in 0..CODE_FAILURES_MAX {
            assert!(matches!(prove(db, &account, wrong, in_min(1)).await, Err(Error::Invalid(_))));
        }
        assert!(matches!(prove(db, &account, &first, in_min(1)).await, Err(Error::Conflict(_))));
        // A code of one address proves no other.
        proof::mail_code(db, &office, &account, in_min(2)).await.unwrap();
        let second = code().await;
        give("third@mail.example").await;
        assert!(prove(db, &account, &second, in_min(3)).await.is_err());
        for minutes in 4..=6 {
            proof::mail_code(db, &office, &account, in_min(minutes)).await.unwrap();
        }
        let over = proof::mail_code(db, &office, &account, in_min(60)).await.unwrap_err();
        assert!(over.to_string().contains("明天再试"), "{over}");
        let spaced = format!(" {} {}", &code().await[..3], &code().await[3..]);
        prove(db, &account, &spaced, in_min(7)).await.unwrap();
        assert_eq!(proof(db, &account, now).await.unwrap(), Proof::Proved);
        assert!(prove(db, &account, &spaced, in_min(7)).await.is_err(), "once");
        assert_eq!(mail::gather(db, &office, in_min(8)).await.unwrap(), 1, "what was told meanwhile");
        let trail = registry::audit::recent(db, None, 100).await.unwrap();
        let acts: Vec<&str> = trail.iter().map(|one| one.action.as_str()).collect();
        assert!(acts.contains(&"message.prove") && acts.contains(&"message.code"), "{acts:?}");
        assert!(trail.iter().all(|one| !format!("{one:?}").contains("third@mail")), "masked in the trail");
    }
}

//! Attacks that the page of no other test tries at every door: forms from elsewhere, sessions put into a browser, statements and templates
//! in input, formulas in what is taken in and given out, paths in the names of files.

use axum::http::{Method, StatusCode};
use domain::accounts::Role;
use web::routes::{self, Access};

use crate::{
    city::{again, own},
    client::{PASSWORD, Server},
    doors::filled,
    personal::rows,
    registry::wait,
};

#[tokio::test]
async fn no_door_takes_a_form_without_its_token_or_from_another_site() {
    let server = Server::start().await;
    let mut tried = 0;
    for role in Role::ALL {
        let mut visitor = server.signed_in(role).await;
        let other = server.signed_in(role).await.get("/account").await.token();
        for door in routes::doors() {
            let may = match door.access {
                Access::Needs(permission) => role.may(permission),
                Access::SignedIn | Access::Everyone => true,
            };
            let path = filled(door.path);
            let token = visitor.get("/account").await.token();
            let forged: [(String, &[(&str, &str)]); 4] = [
                (String::new(), &[]),
                ("csrf=".into(), &[]),
                (format!("csrf={other}"), &[]),
                (format!("csrf={token}"), &[("sec-fetch-site", "cross-site")]),
            ];
            for (body, headers) in forged {
                let answer = visitor.send(Method::POST, &path, Some(body.clone()), headers).await;
                if answer.status == StatusCode::METHOD_NOT_ALLOWED || !may {
                    continue;
                }
                tried += 1;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?} {path} {body} {headers:?}: {}", answer.text);
            }
        }
        assert_eq!(visitor.get("/account").await.status, StatusCode::OK, "{role:?} is still signed in");
    }
    assert!(tried > 500, "{tried}");
}

#[tokio::test]
async fn a_session_or_a_visitor_put_into_a_browser_beforehand_is_worth_nothing() {
    let server = Server::start().await;
    // The attacker's own visitor and a made-up session lie in the victim's browser when the victim signs in.
    let mut attacker = server.visitor();
    attacker.get("/sign-in").await;
    let planted = attacker.cookies.clone();
    let mut victim = server.visitor();
    victim.cookies.clone_from(&planted);
    victim.cookies.insert("zhiqiang_session".into(), "f".repeat(64));
    let answer = victim.sign_in("clerk", PASSWORD).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let fresh = victim.cookies["zhiqiang_session"].clone();
    assert_ne!(fresh, "f".repeat(64), "the session is made by the server");
    for cookies in [planted.clone(), [("zhiqiang_session".to_owned(), "f".repeat(64))].into()] {
        attacker.cookies = cookies;
        assert_eq!(attacker.get("/account").await.status, StatusCode::SEE_OTHER, "led to the sign-in");
    }
    // The token of a form that was shown before the sign-in is void after it.
    attacker.cookies = planted;
    let before = attacker.get("/sign-in").await.token();
    let answer = victim.post("/account/password", &[("csrf", &before), ("old", PASSWORD), ("new", "x")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.text);
    // A second sign-in in the same browser makes another session; signing out ends it on the server and not in the cookie alone.
    let token = victim.get("/account").await.token();
    victim.post("/sign-out", &[("csrf", &token)]).await;
    victim.cookies.insert("zhiqiang_session".into(), fresh);
    assert_eq!(
        victim.get("/account").await.status,
        StatusCode::SEE_OTHER,
        "a session that was ended does not come back"
    );
}

/// Texts that end a statement, a string or a template where they are taken for a part of it.
const HOSTILE: [&str; 8] = [
    "' or '1'='1",
    "'; drop table account; --",
    "\\'; select pg_sleep(9); --",
    "1) union select login, password_hash from account --",
    "{{ 7 * 7 }}{% for a in frame %}${7*7}<%= 7*7 %>",
    "%' escape '\\",
    "*/ or 1=1 /*",
    "\u{0}\u{1d}\u{1e}\u{1f}",
];

#[tokio::test(flavor = "multi_thread")]
async fn statements_and_templates_in_what_is_typed_stay_texts() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let before = clerk.get("/enterprises").await.text;
    let plain: Vec<&str> = routes::doors().iter().map(|door| door.path).filter(|path| !path.contains('{')).collect();
    let mut opened = 0;
    for path in &plain {
        for hostile in HOSTILE {
            let word = web::format::encode(hostile);
            let query: Vec<String> =
                ["q", "sort", "dir", "page", "size", "state", "town", "year", "from", "next", "export"]
                    .iter()
                    .map(|name| format!("{name}={word}"))
                    .collect();
            let answer = clerk.get(&format!("{path}?{}", query.join("&"))).await;
            assert!(!answer.status.is_server_error(), "{path} {hostile:?}: {}", answer.text);
            assert!(!answer.text.contains("49${") && !answer.text.contains("49<%"), "{path}: a template was filled in");
            opened += usize::from(answer.status.is_success());
        }
    }
    assert!(opened > 200, "{opened}");
    // Parts of an address.
    for door in routes::doors().iter().filter(|door| door.path.contains('{')) {
        for hostile in HOSTILE {
            let word = web::format::encode(hostile);
            let path: Vec<&str> =
                door.path.split('/').map(|part| if part.starts_with('{') { word.as_str() } else { part }).collect();
            let answer = clerk.get(&path.join("/")).await;
            assert!(!answer.status.is_server_error(), "{} {hostile:?}: {}", door.path, answer.text);
        }
    }
    // As a login, with a password, and as a wording of the office.
    let mut stranger = again(folder.path(), Role::Leader).await;
    let token = stranger.get("/account").await.token();
    stranger.post("/sign-out", &[("csrf", &token)]).await;
    for hostile in HOSTILE {
        let answer = stranger.sign_in(hostile, hostile).await;
        assert!(answer.status.is_client_error(), "{hostile:?} {}", answer.status);
    }
    let token = clerk.get("/messages/wordings/waits").await.token();
    let wording =
        [("csrf", token.as_str()), ("subject", "{{ 7 * 7 }} {企业}"), ("body", "{% include \"/etc/passwd\" %}")];
    let shown = clerk.post("/messages/wordings/waits/preview", &wording).await;
    assert!(
        !shown.status.is_server_error() && !shown.text.contains("root:") && !shown.text.contains("49 "),
        "{}",
        shown.text
    );
    let after = clerk.get("/enterprises").await.text;
    let count = |page: &str| page.matches("<tr").count();
    assert_eq!(count(&before), count(&after), "everything is still there");
}

fn fields(token: &str) -> [(&str, &str); 4] {
    [("csrf", token), ("register", "enterprises"), ("received_at", "2024-02-01"), ("mapping", "")]
}

#[tokio::test(flavor = "multi_thread")]
async fn formulas_in_a_register_stay_texts_on_their_way_in_and_out() {
    let (mut clerk, _folder) = own(Role::Clerk).await;
    let code = terms::Uscc::complete("91320682MA9EXP00").unwrap().to_string();
    let names = [
        "=HYPERLINK(\"http://evil.example\",\"x\")有限公司",
        "+cmd|' /C calc'!A0有限公司",
        "@SUM(1+1)有限公司",
        "-2+3有限公司",
    ];
    for name in names {
        let quoted = name.replace('"', "\"\"");
        let file = format!("统一社会信用代码,企业名称,区镇,成立日期\n{code},\"{quoted}\",320682100,2010-01-01\n");
        let token = clerk.get("/registers/import").await.token();
        let sent = clerk.upload("/registers/import", &fields(&token), "../../evil.csv", file.as_bytes()).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text);
        wait(&mut clerk, sent.header("location")).await;
        // What begins like a formula is set aside, the rest taken; a cell that were a formula would be read back as its value.
        let rows = rows(&clerk.get(&format!("/registers/history/enterprises?key={code}&export=xlsx")).await);
        let cell = rows.iter().flatten().find(|cell| cell.contains("有限公")).unwrap_or_else(|| panic!("{rows:?}"));
        assert!(cell.contains(&name[..4]), "{cell}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_path_in_a_file_name_leads_nowhere() {
    let (mut clerk, folder) = own(Role::Clerk).await;
    let names =
        ["../../../evil.csv", "..\\..\\evil.csv", "/etc/evil.csv", "evil\u{0}.csv", "C:\\evil.csv", "....//evil.csv"];
    for name in names {
        let token = clerk.get("/registers/import").await.token();
        let file = "统一社会信用代码,企业名称\n";
        let sent = clerk.upload("/registers/import", &fields(&token), name, file.as_bytes()).await;
        assert!(!sent.status.is_server_error(), "{name}: {}", sent.text);
        if sent.status == StatusCode::SEE_OTHER {
            wait(&mut clerk, sent.header("location")).await;
        }
    }
    fn find(dir: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { find(&path, found) } else { found.push(path.display().to_string()) }
        }
    }
    let mut left = Vec::new();
    find(folder.path(), &mut left);
    assert!(!left.iter().any(|path| path.contains("evil")), "{left:?}");
    assert!(
        !std::path::Path::new("/etc/evil.csv").exists() && !folder.path().parent().unwrap().join("evil.csv").exists()
    );
    for path in
        ["/assets/../../Cargo.toml", "/assets/..%2f..%2fCargo.toml", "/assets/%2e%2e/app.css", "/assets//etc/passwd"]
    {
        let answer = clerk.get(path).await;
        assert!(answer.status.is_client_error() || answer.status.is_redirection(), "{path}: {}", answer.status);
    }
}

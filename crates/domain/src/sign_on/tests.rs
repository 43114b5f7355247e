//! A provider of our own that lies in every way it can, on both databases; the provider that tells the truth is in `e2e/`.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Mutex;

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::Value;

use super::*;
use crate::accounts::Role;

const PASSWORD: &str = "correct-horse-9";
/// How an Ed25519 key begins as PKCS #8; its seed follows.
const KEY_HEAD: [u8; 16] = [48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 112, 4, 34, 4, 32];
/// The provider's key, for these tests only.
const SEED: [u8; 32] = [
    0x0e, 0x2a, 0xb4, 0xc6, 0x23, 0x4f, 0x50, 0x38, 0x69, 0x75, 0x01, 0x82, 0xc1, 0x12, 0x75, 0x9e, 0x4f, 0x8a, 0x82,
    0xa4, 0xdd, 0x2b, 0x9e, 0xf3, 0x71, 0x84, 0x87, 0x8e, 0x96, 0xdb, 0x23, 0xb2,
];
const PUBLIC: &str = "PE27OXOBXfH-73uQVFG_6PZjryze-OsBOfPOiRo3o-M";

fn now() -> Timestamp {
    "2024-02-01T00:00:00Z".parse().unwrap()
}

fn settings(issuer: &str) -> Settings {
    Settings {
        issuer: issuer.to_owned(),
        client_id: "zhiqiang".into(),
        client_secret: Secret("a secret word".into()),
        redirect: "https://ip.example.gov.cn/sign-on/return".into(),
        signed_out: "https://ip.example.gov.cn/sign-in".into(),
        authorities: None,
    }
}

/// A provider that answers every code with the token it was told to give.
struct Liar {
    issuer: String,
    token: Arc<Mutex<String>>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Liar {
    /// Begins to answer on a port of its own; `calls_itself` may be another name than it has.
    fn start(calls_itself: Option<&str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let name = calls_itself.unwrap_or(&issuer).to_owned();
        let (token, asked) = (Arc::new(Mutex::new(String::new())), Arc::new(Mutex::new(Vec::new())));
        let (own, to_give, heard) = (issuer.clone(), Arc::clone(&token), Arc::clone(&asked));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = request(&mut stream);
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                heard.lock().unwrap().push(request);
                let answer = match path.as_str() {
                    "/.well-known/openid-configuration" => json!({
                        "issuer": name, "authorization_endpoint": format!("{own}/auth"),
                        "token_endpoint": format!("{own}/token"), "jwks_uri": format!("{own}/keys"),
                        "end_session_endpoint": format!("{own}/end?of=all"),
                    }),
                    "/keys" => json!({ "keys": [
                        { "kty": "of-tomorrow", "kid": "new" },
                        { "kty": "OKP", "crv": "Ed25519", "x": PUBLIC, "kid": "one", "use": "sig" },
                    ] }),
                    _ => json!({ "id_token": *to_give.lock().unwrap(), "access_token": "x", "token_type": "Bearer" }),
                };
                let body = answer.to_string();
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
                write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).unwrap();
            }
        });
        Self { issuer, token, asked }
    }

    fn provider(&self) -> Arc<Provider> {
        Arc::new(Provider::new(settings(&self.issuer)).unwrap())
    }

    /// The claims of a token that would be believed.
    fn claims(&self, nonce: &str) -> Value {
        let at = now().as_second();
        json!({
            "iss": self.issuer, "sub": "citizen-7", "aud": "zhiqiang", "exp": at + 300, "iat": at, "nonce": nonce,
            "email": "clerk@example.gov.cn",
        })
    }
}

/// A request, its body included.
fn request(stream: &mut TcpStream) -> String {
    let mut read = Vec::new();
    let mut piece = [0_u8; 4096];
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length =
                head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned));
            if body.len() >= length.map_or(0, |length| length.trim().parse().unwrap()) {
                return text;
            }
        }
        let count = stream.read(&mut piece).unwrap();
        read.extend_from_slice(&piece[..count]);
    }
}

fn signed(claims: &Value, seed: [u8; 32], kid: Option<&str>) -> String {
    let key = EncodingKey::from_ed_der(&[KEY_HEAD.as_slice(), &seed].concat());
    let header = Header { kid: kid.map(str::to_owned), ..Header::new(Algorithm::EdDSA) };
    encode(&header, claims, &key).unwrap()
}

/// A parameter of the address at which a sign-on begins.
fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap().to_owned()
}

async fn begun(db: &Db, provider: &Arc<Provider>, visitor: &str) -> (Return, String) {
    let address = begin(db, provider, visitor, "/cockpit", now()).await.unwrap();
    let state = parameter(&address, "state");
    (Return { code: "a-code".into(), state, ..Return::default() }, parameter(&address, "nonce"))
}

#[tokio::test]
async fn who_an_administrator_tied_gets_in_once_and_nobody_else() {
    for database in db::test::databases().await {
        let (db, liar) = (&database.db, Liar::start(None));
        let provider = liar.provider();
        accounts::open(db, "clerk", "经办员", Role::Clerk, "", PASSWORD, now()).await.unwrap();
        accounts::open(db, "leader", "组长", Role::Leader, "", PASSWORD, now()).await.unwrap();
        let back = async |visitor: &str| {
            let (back, nonce) = begun(db, &provider, visitor).await;
            *liar.token.lock().unwrap() = signed(&liar.claims(&nonce), SEED, Some("one"));
            back
        };
        let stranger = finish(db, &provider, "v", &back("v").await, now()).await.unwrap();
        assert!(
            matches!(stranger, Outcome::Unknown { subject } if subject == "citizen-7"),
            "a mail address ties nobody"
        );

        link(db, ("clerk", &liar.issuer, " citizen-7 "), "root", now()).await.unwrap();
        let taken = link(db, ("leader", &liar.issuer, "citizen-7"), "root", now()).await.unwrap_err().to_string();
        assert!(taken.contains("已绑定账号“clerk”"), "{taken}");
        let answer = back("v").await;
        let Outcome::In(session, next) = finish(db, &provider, "v", &answer, now()).await.unwrap() else { panic!() };
        assert_eq!((session.account.login.as_str(), next.as_str()), ("clerk", "/cockpit"));
        assert!(accounts::visit(db, &session.token, now()).await.unwrap().is_some());
        let again = finish(db, &provider, "v", &answer, now()).await.unwrap_err().to_string();
        assert!(again.contains("已用过"), "{again}");

        // What the provider was sent: the verifier of the challenge, and the secret in its place only.
        let asked = liar.asked.lock().unwrap().clone();
        let exchange = asked.iter().rfind(|request| request.starts_with("POST /token")).unwrap();
        assert!(exchange.contains("code_verifier=") && exchange.contains("authorization: Basic "), "{exchange}");
        assert!(!format!("{provider:?}").contains("a secret word"), "{provider:?}");
        let trail = format!("{:?}", registry::audit::recent(db, None, 50).await.unwrap());
        assert!(trail.contains("account.link") && !trail.contains("a secret word") && !trail.contains(&answer.state));

        accounts::disable(db, "clerk", "leader", now()).await.unwrap();
        let disabled = finish(db, &provider, "v", &back("v").await, now()).await.unwrap();
        assert!(matches!(disabled, Outcome::Unknown { .. }));
        accounts::enable(db, "clerk", "leader", now()).await.unwrap();
        unlink(db, "clerk", "root", now()).await.unwrap();
        let untied = finish(db, &provider, "v", &back("v").await, now()).await.unwrap();
        assert!(matches!(untied, Outcome::Unknown { .. }));
    }
}

#[tokio::test]
async fn what_comes_back_belongs_to_this_browser_and_this_quarter_of_an_hour() {
    for database in db::test::databases().await {
        let (db, liar) = (&database.db, Liar::start(None));
        let provider = liar.provider();
        let late = now() + LIFE;
        for (visitor, state, error, when, why) in [
            ("another", None, "", now(), "不是从这个浏览器开始"),
            ("v", Some("forged"), "", now(), "不是从这个浏览器开始"),
            ("v", None, "", late, "已过期"),
            ("v", None, "access_denied<script>", now(), "没有完成登录（access_denied<script>）"),
        ] {
            let (mut back, nonce) = begun(db, &provider, "v").await;
            *liar.token.lock().unwrap() = signed(&liar.claims(&nonce), SEED, Some("one"));
            back.state = state.map_or(back.state, str::to_owned);
            back.error = error.to_owned();
            let refused = finish(db, &provider, visitor, &back, when).await.unwrap_err().to_string();
            assert!(refused.contains(why), "{why}: {refused}");
        }
        let (mut back, nonce) = begun(db, &provider, "v").await;
        *liar.token.lock().unwrap() = signed(&liar.claims(&nonce), SEED, Some("one"));
        back.issuer = "https://another.example".into();
        let mixed = finish(db, &provider, "v", &back, now()).await.unwrap_err().to_string();
        assert!(mixed.contains("没有通过核对"), "{mixed}");
    }
}

#[tokio::test]
async fn a_token_that_lies_in_anything_lets_nobody_in() {
    let database = db::test::sqlite().await;
    let (db, liar) = (&database.db, Liar::start(None));
    let provider = liar.provider();
    accounts::open(db, "clerk", "经办员", Role::Clerk, "", PASSWORD, now()).await.unwrap();
    link(db, ("clerk", &liar.issuer, "citizen-7"), "root", now()).await.unwrap();
    let at = now().as_second();
    let lies: [(&str, Value); 11] = [
        ("nonce", json!("of another sign-on")),
        ("nonce", Value::Null),
        ("aud", json!("another-site")),
        ("aud", json!(["zhiqiang", "another-site"])),
        ("azp", json!("another-site")),
        ("iss", json!("https://another.example")),
        ("iss", json!([liar.issuer, "https://another.example"])),
        ("exp", json!(at - 61)),
        ("nbf", json!(at + 3600)),
        ("iat", json!(at + 3600)),
        ("sub", json!("")),
    ];
    let refused = async |token: &dyn Fn(Value) -> String, what: &str| {
        let (back, nonce) = begun(db, &provider, "v").await;
        *liar.token.lock().unwrap() = token(liar.claims(&nonce));
        let why = finish(db, &provider, "v", &back, now()).await.expect_err(what).to_string();
        assert!(why.contains("没有通过核对"), "{what}: {why}");
    };
    for (claim, value) in lies {
        let token = |mut claims: Value| {
            claims[claim] = value.clone();
            signed(&claims, SEED, Some("one"))
        };
        refused(&token, &format!("{claim} {value}")).await;
    }
    for claim in ["exp", "aud", "iss", "sub"] {
        let token = |mut claims: Value| {
            claims.as_object_mut().unwrap().remove(claim);
            signed(&claims, SEED, Some("one"))
        };
        refused(&token, &format!("without {claim}")).await;
    }
    refused(&|claims| signed(&claims, [7; 32], Some("one")), "another's key").await;
    refused(&|claims| signed(&claims, SEED, Some("unknown")), "a key that is not listed").await;
    // No signature at all, and one with the public key as a shared word.
    refused(&|claims| unsigned(&json!({ "alg": "none", "typ": "JWT" }), &claims), "alg none").await;
    let shared = |claims: Value| {
        let header = Header { kid: Some("one".into()), ..Header::new(Algorithm::HS256) };
        encode(&header, &claims, &EncodingKey::from_secret(PUBLIC.as_bytes())).unwrap()
    };
    refused(&shared, "HS256 with the public key").await;
    refused(&|_| "not.a.token".into(), "nonsense").await;
    let cut = |claims: Value| signed(&claims, SEED, Some("one")).rsplit_once('.').unwrap().0.to_owned() + ".";
    refused(&cut, "a signature cut off").await;

    let (back, nonce) = begun(db, &provider, "v").await;
    *liar.token.lock().unwrap() = signed(&liar.claims(&nonce), SEED, None);
    assert!(matches!(finish(db, &provider, "v", &back, now()).await.unwrap(), Outcome::In(..)), "the truth gets in");
}

fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| super::provider::base64_of(value.to_string().as_bytes());
    format!("{}.{}.", part(header), part(claims))
}

#[tokio::test]
async fn a_provider_that_calls_itself_otherwise_or_does_not_answer_is_not_used() {
    let database = db::test::sqlite().await;
    let other = Liar::start(Some("https://another.example")).provider();
    let gone = Liar { issuer: "http://127.0.0.1:9".into(), token: Arc::default(), asked: Arc::default() }.provider();
    for provider in [other, gone] {
        let why = begin(&database.db, &provider, "v", "/", now()).await.unwrap_err().to_string();
        assert!(why.contains("现在不能用"), "{why}");
    }
    assert!(Provider::new(settings("http://sso.example.gov.cn")).unwrap_err().to_string().contains("https://"));
}

#[tokio::test]
async fn who_came_by_the_provider_signs_out_there_too() {
    for database in db::test::databases().await {
        let (db, liar) = (&database.db, Liar::start(None));
        let provider = liar.provider();
        accounts::open(db, "wang", "王敏", Role::Clerk, "", PASSWORD, now()).await.unwrap();
        link(db, ("wang", &liar.issuer, "citizen-8"), "root", now()).await.unwrap();
        let there = let_in(db, &provider, "citizen-8", "/".into(), now()).await.unwrap();
        let Outcome::In(session, _) = there else { panic!("{there:?}") };
        assert_eq!(accounts::sign_out(db, &session.token, now()).await.unwrap().as_ref(), Some(&liar.issuer));
        let here = accounts::sign_in(db, "wang", PASSWORD, now()).await.unwrap();
        assert_eq!(accounts::sign_out(db, &here.token, now()).await.unwrap(), None, "{}", database.name);
        let address = provider.sign_out_address(now()).await.unwrap().unwrap();
        let expected = format!(
            "{}/end?of=all&client_id=zhiqiang&post_logout_redirect_uri=https%3A%2F%2Fip.example.gov.cn%2Fsign-in",
            liar.issuer
        );
        assert_eq!(address, expected);
    }
}

/// A house that takes every call and never answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_falls_silent_holds_few_threads_and_is_then_left_alone() {
    let database = db::test::sqlite().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let calls = Arc::new(Mutex::new(Vec::new()));
    let taken = Arc::clone(&calls);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            taken.lock().unwrap().push(stream.unwrap());
        }
    });
    let patience = std::time::Duration::from_millis(500);
    let provider = Arc::new(Provider::with_patience(settings(&issuer), patience).unwrap());
    let begun = std::time::Instant::now();
    let many: Vec<_> = (0..100)
        .map(|_| {
            let (db, provider) = (database.db.clone(), Arc::clone(&provider));
            tokio::spawn(async move { begin(&db, &provider, "v", "/", now()).await.unwrap_err().to_string() })
        })
        .collect();
    for one in many {
        assert!(one.await.unwrap().contains("现在不能用"));
    }
    let (asked, took) = (calls.lock().unwrap().len(), begun.elapsed());
    assert!((3..=16).contains(&asked), "{asked} calls of 100");
    assert!(took < std::time::Duration::from_secs(5), "{took:?}");
    let begun = std::time::Instant::now();
    begin(&database.db, &provider, "v", "/", now()).await.unwrap_err();
    assert!(begun.elapsed() < std::time::Duration::from_millis(200) && calls.lock().unwrap().len() == asked);
    // After a while it is asked again.
    let later = now().checked_add(SignedDuration::from_secs(31)).unwrap();
    begin(&database.db, &provider, "v", "/", later).await.unwrap_err();
    assert_eq!(calls.lock().unwrap().len(), asked + 1);
}

#[tokio::test]
async fn tying_an_account_ends_a_password_that_somebody_else_knows() {
    let database = db::test::sqlite().await;
    let (db, issuer) = (&database.db, "https://sso.example.gov.cn");
    let new = accounts::New { login: "wang".into(), name: "王敏".into(), role: Role::Clerk, unit: String::new() };
    let given = accounts::open_with_fresh_password(db, &new, "root", now()).await.unwrap();
    link(db, ("wang", issuer, "citizen-8"), "root", now()).await.unwrap();
    assert!(accounts::sign_in(db, "wang", &given, now()).await.is_err());
    let tied = link_of(db, "wang").await.unwrap().unwrap();
    assert_eq!((tied.subject.as_str(), tied.by.as_str()), ("citizen-8", "root"));
    assert!(!accounts::find(db, "wang").await.unwrap().account.must_change);
    accounts::open(db, "li", "李青", Role::Clerk, "", PASSWORD, now()).await.unwrap();
    link(db, ("li", issuer, "citizen-9"), "root", now()).await.unwrap();
    assert!(accounts::sign_in(db, "li", PASSWORD, now()).await.is_ok(), "one's own password stays");
    for wrong in ["", " ", "a\nb"] {
        assert!(link(db, ("li", issuer, wrong), "root", now()).await.is_err(), "{wrong:?}");
    }
}

//! Mail through a real server that takes, refuses, cuts the line, falls silent and is slow; and the program killed while it sends.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use domain::accounts::{self, Account, Role};
use domain::cases::{Act, Said, State};
use domain::messages::{self, Kind, Mode, Setting};
use jiff::Timestamp;
use serde_json::Value;

use crate::api::python_tools;
use crate::delivery::City;
use crate::program::{json, program, words, zhiqiang};

/// The server, ended with this value.
struct MailServer {
    child: Child,
    port: u16,
    spool: PathBuf,
}

impl MailServer {
    /// Starts it; none where the Python tools cannot be had.
    fn start(spool: &Path) -> Option<Self> {
        Self::start_with(spool, &[])
    }

    /// The same with further words for it: how the line is kept secret, and by which certificate.
    fn start_with(spool: &Path, words: &[&str]) -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let tools = python_tools("mail was not tried against a real server")?;
        std::fs::create_dir_all(spool).unwrap();
        let mut child = Command::new(tools.join("bin/python"))
            .arg(root.join("tests/cli/mail_server.py"))
            .arg(spool)
            .args(words)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Some(Self { child, port: line.trim().parse().unwrap(), spool: spool.to_owned() })
    }

    /// What it has taken for a name.
    fn taken(&self, name: &str) -> Vec<String> {
        let files = std::fs::read_dir(&self.spool).unwrap().map(|entry| entry.unwrap().path());
        let of_name = files.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(&format!("{name}-")));
        of_name.map(|path| std::fs::read_to_string(path).unwrap()).collect()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const NAMES: [&str; 5] = ["taken", "refuse", "later", "cut", "silent"];

fn then() -> Timestamp {
    "2024-01-01T00:00:00Z".parse().unwrap()
}

async fn clerk(city: &City, name: &str) -> Account {
    let db = &city.installation.db;
    accounts::open(db, name, "王敏", Role::Clerk, "", "correct-horse-9", then()).await.unwrap();
    accounts::find(db, name).await.unwrap().account
}

async fn wants(city: &City, account: &Account, address: &str) {
    let wanted = Setting { address: address.to_owned(), modes: [(Kind::Waits, Mode::AtOnce)].into() };
    let db = &city.installation.db;
    messages::keep_setting(db, account, &wanted, then()).await.unwrap();
    if address.is_empty() {
        return;
    }
    messages::ask_proof(&city.installation, account, then()).await.unwrap();
    let mut tx = db.begin().await.unwrap();
    let body: String =
        db::with_conn!(&mut tx, conn => sqlx::query_scalar("select body from mail order by id desc limit 1")
        .fetch_one(conn).await)
        .unwrap();
    // The behaviour of the server is tried with the messages themselves.
    db::with_conn!(&mut tx, conn => sqlx::query("delete from mail where subject = '邮箱验证码'").execute(conn).await.map(|_| ()))
        .unwrap();
    tx.commit().await.unwrap();
    let code = &body.split("验证码是 ").nth(1).unwrap()[..6];
    messages::prove(db, account, code, then()).await.unwrap();
}

/// The state of the latest mail to each, and what the server answered last.
fn log(data: &Path, login: &str) -> Vec<(String, String)> {
    let all = json(&zhiqiang(data, &["--json", "message", "log"]));
    let of_login = all.as_array().unwrap().iter().filter(|one| one["login"] == login);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    of_login
        .map(|one| (text(&one["state"]), text(&one["attempts"].as_array().unwrap().last().unwrap()["answer"])))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_arrives_once_or_waits_for_a_person_whatever_the_server_and_the_process_do() {
    let dir = tempfile::tempdir().unwrap();
    let Some(server) = MailServer::start(&dir.path().join("spool")) else { return };
    let city = City::new(&dir.path().join("data")).await;
    let off = zhiqiang(&city.data, &["message", "send"]);
    assert!(off.status.code() == Some(2) && words(&off).contains("没有设置邮件服务器"), "{}", words(&off));
    let settings = format!(
        "server = \"127.0.0.1\"\nport = {}\nsecurity = \"none\"\nfrom = \"云川市知识产权局 <ip@office.example>\"\n\
         site = \"https://ip.office.example\"\n",
        server.port
    );
    std::fs::write(city.data.join("mail.toml"), settings).unwrap();
    for name in NAMES {
        wants(&city, &clerk(&city, name).await, &format!("{name}@mail.example")).await;
    }
    let case = city.cases(State::Notified).await.remove(0);
    city.confirmed(&case, 0).await;

    let send = || json(&zhiqiang(&city.data, &["--json", "message", "send"]));
    let sent = send();
    let counts = |sent: &Value| ["made", "sent", "later", "failed", "unknown"].map(|name| sent[name].as_i64().unwrap());
    assert_eq!(counts(&sent), [5, 1, 2, 1, 1], "{sent}");
    let state = |login: &str| log(&city.data, login).remove(0);
    for (login, stands, said) in [
        ("taken", "sent", "250 2.0.0 queued"),
        ("refuse", "failed", "no such mailbox"),
        ("later", "waiting", "greylisted"),
        ("cut", "waiting", ""),
        ("silent", "unknown", "没有等到服务器的答复"),
    ] {
        let (found, answer) = state(login);
        assert!(found == stands && answer.contains(said) && !answer.is_empty(), "{login}: {found} {answer}");
    }
    let mail = server.taken("taken").remove(0);
    for words in ["From: ", "<ip@office.example>", "To: taken@mail.example", "Message-ID: <", "Auto-Submitted:"] {
        assert!(mail.contains(words), "{words}: {mail}");
    }
    assert_eq!(counts(&send()), [0; 5], "nothing twice, and nothing before its time");
    assert_eq!((server.taken("taken").len(), server.taken("silent").len()), (1, 1));

    // Killed after the server has taken it and before that was noted.
    for name in NAMES {
        let account = accounts::find(&city.installation.db, name).await.unwrap().account;
        wants(&city, &account, "").await;
    }
    wants(&city, &clerk(&city, "slow").await, "slow@mail.example").await;
    city.act(city.of("clerk"), case.id, Act::Urge, Said { note: "请尽快".into(), ..Said::default() }).await;
    let mut child = program(&city.data, &["message", "send"]).stdout(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while server.taken("slow").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(60), "the server was not asked");
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(state("slow").0, "sending", "the attempt stood written before the server was asked");
    assert_eq!(counts(&send()), [0; 5], "what may have arrived is not sent again");
    let (stands, why) = state("slow");
    assert!(stands == "unknown" && why.contains("进程中断"), "{stands} {why}");
    assert_eq!(server.taken("slow").len(), 1, "once");
    let doctor = zhiqiang(&city.data, &["doctor"]);
    assert!(doctor.status.success(), "{}", String::from_utf8_lossy(&doctor.stdout));
}

/// A certificate of one's own for a name, with its key in the same file of PEM.
fn certificate(path: &Path, name: &str) -> String {
    let key = path.with_extension("key");
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", &format!("/CN={name}")])
        .args(["-addext", &format!("subjectAltName=DNS:{name}"), "-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(path)
        .output()
        .expect("openssl, which scripts/setup-debian installs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let both = path.with_extension("both");
    std::fs::write(&both, [std::fs::read(&key).unwrap(), std::fs::read(path).unwrap()].concat()).unwrap();
    both.to_string_lossy().into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_goes_over_a_line_that_is_secret_to_a_server_that_is_known_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let [ours, of_another] = ["ours.pem", "another.pem"].map(|name| dir.path().join(name));
    let (ours_both, _) = (certificate(&ours, "localhost"), certificate(&of_another, "localhost"));
    let mut servers = Vec::new();
    for security in ["starttls", "tls"] {
        let words = [security, ours_both.as_str()];
        let Some(server) = MailServer::start_with(&dir.path().join(security), &words) else { return };
        servers.push((security, server));
    }
    let Some(plain) = MailServer::start(&dir.path().join("plain")) else { return };
    let city = City::new(&dir.path().join("data")).await;
    let send = async |security: &str, port: u16, trusted: &Path, word: &str| {
        // What waits for its next attempt is due at once.
        let mut tx = city.installation.db.begin().await.unwrap();
        db::with_conn!(&mut tx, conn => sqlx::query("update mail set due_at = '' where state = 'waiting'").execute(conn).await.map(|_| ()))
            .unwrap();
        tx.commit().await.unwrap();
        let settings = format!(
            "server = \"localhost\"\nport = {port}\nsecurity = \"{security}\"\nauthorities = {trusted:?}\n\
             from = \"ip@office.example\"\nuser = \"ip@office.example\"\npassword = \"{word}\"\n"
        );
        std::fs::write(city.data.join("mail.toml"), settings).unwrap();
        zhiqiang(&city.data, &["--json", "message", "send"])
    };
    let word = "a-word-for-mail";
    assert_eq!(json(&send("starttls", servers[0].1.port, &ours, word).await)["sent"], 0, "nothing to send yet");
    wants(&city, &clerk(&city, "taken").await, "taken@mail.example").await;
    let case = city.cases(State::Notified).await.remove(0);
    city.confirmed(&case, 0).await;
    for (security, server) in &servers {
        for (trusted, word) in [(&of_another, word), (&ours, "another word")] {
            let sent = json(&send(security, server.port, trusted, word).await);
            assert_eq!(sent["sent"], 0, "{security}: {sent}");
            assert!(log(&city.data, "taken")[0].1.contains("连不上邮件服务器，或登录不成"), "{security}");
        }
        assert!(server.taken("taken").is_empty(), "{security}: nothing went to a server that is not known");
    }
    // A line without secrecy is not used, whatever the server offers.
    assert_eq!(json(&send("starttls", plain.port, &ours, word).await)["sent"], 0);
    assert!(plain.taken("taken").is_empty());
    let (security, server) = &servers[0];
    assert_eq!(json(&send(security, server.port, &ours, word).await)["sent"], 1, "{security}");
    assert_eq!(server.taken("taken").len(), 1);
    city.act(city.of("clerk"), case.id, Act::Urge, Said { note: "请尽快".into(), ..Said::default() }).await;
    let (security, server) = &servers[1];
    assert_eq!(json(&send(security, server.port, &ours, word).await)["sent"], 1, "{security}");
    assert_eq!(server.taken("taken").len(), 1);
    let unusable = send("tls", server.port, &city.data.join("mail.toml"), word).await;
    assert!(words(&unusable).contains("没有 PEM 格式的证书"), "{}", words(&unusable));
}

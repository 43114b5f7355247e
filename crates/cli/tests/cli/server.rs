//! The server killed with a job in it: the next start says so, and so does the page of the job.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

use domain::accounts::{self, Role};

use crate::program::{city, hidden, program};

const PASSWORD: &str = "correct horse battery";

/// A running server, killed with this value.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(data: &Path) -> Self {
        let mut child = program(data, &["serve", "--address", "127.0.0.1:0", "--without-second-factor"])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        Self { address: address.unwrap_or_else(|| panic!("no address: {line}")).to_owned(), child }
    }

    /// Kills it and gives what it has written to standard error.
    fn kill(mut self) -> String {
        self.child.kill().unwrap();
        let mut told = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        self.child.wait().unwrap();
        told
    }

    /// The cookies of the clerk, signed in.
    pub(crate) fn sign_in(&self) -> String {
        let page = self.ask("GET /sign-in", "", "");
        let visitor = cookies("", &page);
        let form = format!("csrf={}&login=clerk&password={}&next=%2Fruns", token(&page), PASSWORD.replace(' ', "+"));
        let signed_in = self.ask("POST /sign-in", &visitor, &form);
        assert!(signed_in.starts_with("HTTP/1.1 303"), "{signed_in}");
        cookies(&visitor, &signed_in)
    }

    pub(crate) fn ask(&self, head: &str, cookies: &str, form: &str) -> String {
        self.send(head, cookies, "application/x-www-form-urlencoded", form.as_bytes())
    }

    pub(crate) fn send(&self, head: &str, cookies: &str, kind: &str, body: &[u8]) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            stream,
            "{head} HTTP/1.1\r\nHost: {}\r\nCookie: {cookies}\r\nContent-Type: {kind}\r\n\
             Content-Length: {length}\r\nConnection: close\r\n\r\n",
            self.address
        )
        .unwrap();
        // A server that refuses may close before it has read everything.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// Opens the account that [`Server::sign_in`] uses.
pub(crate) async fn clerk(data: &Path) {
    let now = "2024-01-01T00:00:00Z".parse().unwrap();
    let (installation, _) = domain::Installation::open(data, None, now).await.unwrap();
    accounts::open(&installation.db, "clerk", "业务员", Role::Clerk, "", PASSWORD, now).await.unwrap();
    installation.db.close().await;
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The cookies there are, with those that an answer sets in their place.
fn cookies(before: &str, answer: &str) -> String {
    let set = answer.lines().filter_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next());
    let all: BTreeMap<&str, &str> = before.split("; ").chain(set).filter_map(|one| one.split_once('=')).collect();
    all.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

pub(crate) fn token(page: &str) -> &str {
    page.rsplit("name=\"csrf\" value=\"").next().unwrap().split('"').next().unwrap()
}

fn location(answer: &str) -> &str {
    answer.lines().find_map(|line| line.strip_prefix("location: ")).unwrap_or_else(|| panic!("{answer}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_killed_with_its_server_says_what_became_of_it() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    city(&data, dir.path(), 20_000);
    clerk(&data).await;

    let server = Server::start(&data);
    let visitor = server.sign_in();
    let page = server.ask("GET /runs", &visitor, "");
    let started = server.ask("POST /runs/start", &visitor, &format!("csrf={}&as_of=2023-12-31", token(&page)));
    let job = location(&started).to_owned();
    assert!(job.starts_with("/jobs/"), "{started}");
    server.kill();

    let server = Server::start(&data);
    let page = server.ask(&format!("GET {job}"), &visitor, "");
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    for words in ["测算：截至2023年12月31日", "被中断", "没有留下不完整的结果"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("http-equiv=\"refresh\""), "the page does not wait for what will never come");
    let runs = server.ask("GET /runs", &visitor, "");
    assert!(!runs.contains("/export"), "no half run is listed");
    let told = server.kill();
    assert!(told.contains("提示：“测算：截至2023年12月31日”") && told.contains("被中断"), "{told}");
    assert_eq!(hidden(&data), Vec::<String>::new());
}

//! The interface for other programs, tried by schemathesis against its own document on a running server.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::delivery::City;
use crate::server::Server;

/// The folder of the Python tools; none, said loudly, where they cannot be had.
pub(crate) fn python_tools(what: &str) -> Option<PathBuf> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/python-tools");
    let tools = Command::new(script).output().unwrap();
    if !tools.status.success() {
        eprintln!("SKIPPED: {what}: no Python tools: {}", String::from_utf8_lossy(&tools.stderr));
        return None;
    }
    Some(PathBuf::from(String::from_utf8(tools.stdout).unwrap().trim()))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_input_breaks_the_interface_and_every_answer_is_as_its_document_says() {
    let Some(tools) = python_tools("the interface was not tried by schemathesis") else { return };
    let dir = tempfile::tempdir().unwrap();
    let city = City::new(&dir.path().join("data")).await;
    let server = Server::start(&city.data);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/test-api");
    let done = Command::new(tools.join("bin/python"))
        .arg(script)
        .args([&format!("http://{}", server.address), "leader", demo::PASSWORD])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
    assert!(said.contains("6 selected / 6 total"), "all of them were asked: {said}");
}

//! The rules of the house that a machine can see: what each file must begin with, how long it may be,
//! where SQL may stand, and which crate may know which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// The longest a source file may be, in lines.
const LINES_MAX: usize = 600;

/// Heavy crates and the only crates of ours that may name them (ARCHITECTURE.md, invariants).
const ONLY: &[(&str, &[&str])] = &[
    ("datafusion", &["rules", "corpus"]),
    ("parquet", &["rules", "corpus"]),
    ("tantivy", &["corpus"]),
    ("axum", &["web"]),
    ("askama", &["web"]),
    ("calamine", &["sheets"]),
    // The demo fixes the creation date of its workbooks itself, so that the same seed gives the same bytes.
    ("rust_xlsxwriter", &["sheets", "demo"]),
];

/// Which of our crates may depend on which, in one direction.
const LAYERS: &[(&str, &[&str])] = &[
    ("terms", &[]),
    ("sheets", &["terms"]),
    ("db", &["terms"]),
    ("rules", &["terms"]),
    ("registry", &["terms", "sheets", "db"]),
    ("documents", &["terms", "sheets"]),
    ("corpus", &["terms", "documents"]),
    ("navigation", &["terms", "sheets", "documents", "corpus"]),
    ("domain", &["terms", "sheets", "db", "rules", "registry", "documents", "corpus"]),
    ("demo", &["terms", "sheets", "registry", "documents", "corpus", "domain"]),
    ("web", &["terms", "sheets", "db", "rules", "registry", "documents", "corpus", "navigation", "domain", "demo"]),
    (
        "cli",
        &["terms", "sheets", "db", "rules", "registry", "documents", "corpus", "domain", "demo", "navigation", "web"],
    ),
];

/// Folder and module names that say the code has no home yet.
const HOMELESS: &[&str] = &["utils", "helpers", "common", "manager", "service", "misc", "mod"];

/// Checks every tracked file.
pub(crate) fn run() -> Result<()> {
    let mut faults = Vec::new();
    for file in tracked()? {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        check_file(&file, &text, &mut faults);
    }
    check_layers(&mut faults)?;
    check_carriers(&mut faults)?;
    check_words(&mut faults)?;
    for fault in &faults {
        eprintln!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} rules of the house are broken", faults.len());
    }
    Ok(())
}

fn tracked() -> Result<Vec<PathBuf>> {
    let output =
        Command::new("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]).output().context("git")?;
    Ok(String::from_utf8(output.stdout)?.lines().map(PathBuf::from).filter(|path| path.exists()).collect())
}

fn check_file(file: &Path, text: &str, faults: &mut Vec<String>) {
    let name = file.display();
    let extension = file.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let lines = text.lines().count();
    // The rules of a policy document are one file by its format, read clause by clause.
    let is_rules = file.ends_with("rules.sql");
    if matches!(extension, "rs" | "html" | "css" | "js" | "mjs" | "sql") && lines > LINES_MAX && !is_rules {
        faults.push(format!("{name}: {lines} lines; no file may be longer than {LINES_MAX}"));
    }
    if extension != "rs" {
        return;
    }
    if !text.starts_with("//!") {
        faults.push(format!("{name}: must begin with a //! line that says what it holds"));
    }
    let stem = file.file_stem().and_then(|s| s.to_str()).unwrap_or_default();
    if HOMELESS.contains(&stem) {
        faults.push(format!("{name}: a module called {stem} says the code has no home yet"));
    }
    let test = name.to_string().contains("/tests") || stem == "tests" || name.to_string().starts_with("xtask/");
    if test {
        return;
    }
    for (number, line) in text.lines().enumerate() {
        let at = number + 1;
        if has_sql(line) && !may_hold_sql(file) {
            faults.push(format!("{name}:{at}: SQL stands only in store.rs files, in db and rules, and in .sql files"));
        }
        if line.contains("todo!(") || line.contains("unimplemented!(") {
            faults.push(format!("{name}:{at}: unfinished"));
        }
    }
}

fn has_sql(line: &str) -> bool {
    let line = line.trim_start();
    if line.starts_with("//") {
        return false;
    }
    ["\"select ", "\"insert into ", "\"update ", "\"delete from ", "\"create table "]
        .iter()
        .any(|start| line.contains(start))
}

fn may_hold_sql(file: &Path) -> bool {
    let path = file.to_string_lossy();
    path.ends_with("store.rs")
        || path.contains("/store/")
        || path.starts_with("crates/db/")
        || path.starts_with("crates/rules/")
        || path.contains("/examples/")
        || path.contains("/benches/")
}

fn check_layers(faults: &mut Vec<String>) -> Result<()> {
    for (name, allowed) in LAYERS {
        let manifest =
            fs::read_to_string(format!("crates/{name}/Cargo.toml")).with_context(|| format!("crates/{name}"))?;
        let manifest: toml::Table = toml::from_str(&manifest)?;
        let dependencies = keys(&manifest, "dependencies");
        for dependency in dependencies.keys() {
            let ours = LAYERS.iter().any(|(other, _)| other == dependency);
            if ours && !allowed.contains(&dependency.as_str()) {
                faults.push(format!("crates/{name}: may not depend on {dependency} (data flows one way)"));
            }
            if let Some((heavy, owners)) = ONLY.iter().find(|(heavy, _)| heavy == dependency)
                && !owners.contains(name)
            {
                faults.push(format!("crates/{name}: only {} may know {heavy}", owners.join(", ")));
            }
        }
    }
    Ok(())
}

/// A clause may only name a test that exists: `carried_by = [{ …, test = "clause_c2_0" }]`.
fn check_carriers(faults: &mut Vec<String>) -> Result<()> {
    let tests: String = tracked()?
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .filter_map(|path| fs::read_to_string(path).ok())
        .collect();
    for file in tracked()?.iter().filter(|path| path.ends_with("clauses.toml")) {
        let text = fs::read_to_string(file)?;
        for name in text.split("test = \"").skip(1).filter_map(|rest| rest.split('"').next()) {
            if name != "cases.toml" && !tests.contains(&format!("fn {name}")) {
                faults.push(format!("{}: no test is called {name}", file.display()));
            }
        }
    }
    Ok(())
}

/// A word that nothing reads is not used where the registers have it.
fn check_words(faults: &mut Vec<String>) -> Result<()> {
    let (mut words, mut others) = (Vec::new(), String::new());
    for file in tracked()?.iter().filter(|path| path.extension().is_some_and(|extension| extension == "rs")) {
        let text = fs::read_to_string(file)?;
        if file.starts_with("crates/terms") {
            let named = text.split("impl FromStr for ").skip(1).filter_map(|rest| rest.split_whitespace().next());
            words.extend(named.map(str::to_owned));
        } else if file.starts_with("crates") && !file.components().any(|part| part.as_os_str() == "tests") {
            others.push_str(&text);
        }
    }
    let used: BTreeSet<&str> = others.split(|c: char| !c.is_alphanumeric()).collect();
    let unused = words.iter().filter(|word| !used.contains(word.as_str()));
    faults.extend(unused.map(|word| format!("crates/terms: nothing outside reads a {word}")));
    Ok(())
}

fn keys(manifest: &toml::Table, section: &str) -> BTreeMap<String, ()> {
    manifest
        .get(section)
        .and_then(toml::Value::as_table)
        .map(|table| table.keys().map(|key| (key.clone(), ())).collect())
        .unwrap_or_default()
}

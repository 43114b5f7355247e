//! Whether the tests that clauses name passed: `cargo xtask carriers COMMAND…` runs the test command, shows its output
//! as it comes, and fails naming each clause whose `carried_by` in the policy document no passing test bears out.
//!
//! It says nothing when all is well, so that the test runner's own closing lines stay the last ones.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// The test that stands for a passing case table, which the step before runs.
const CASES: &str = "cases.toml";

#[derive(Deserialize)]
struct Document {
    clause: Vec<Clause>,
}

#[derive(Deserialize)]
struct Clause {
    id: String,
    carried_by: Vec<Carrier>,
}

#[derive(Deserialize)]
struct Carrier {
    kind: String,
    name: String,
    test: Option<String>,
}

/// Runs the command and looks at what passed.
pub(crate) fn run(command: &[&str]) -> Result<()> {
    let [program, args @ ..] = command else { bail!("usage: cargo xtask carriers COMMAND…") };
    let mut child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("{program} could not be started"))?;
    let output = child.stdout.take().context("the output of the tests")?;
    let passed = show(BufReader::new(output), &mut std::io::stdout().lock())?;
    let status = child.wait()?;
    if !status.success() {
        bail!("{} failed ({status})", command.join(" "));
    }
    let mut faults = Vec::new();
    for document in documents()? {
        faults.extend(unborne(&fs::read_to_string(&document)?, &passed).with_context(|| document)?);
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} carriers of clauses have no passing test", faults.len());
    }
    Ok(())
}

/// Copies the output as it comes and collects the names of the tests about clauses that passed.
fn show(mut output: impl BufRead, to: &mut impl Write) -> Result<BTreeSet<String>> {
    let mut passed = BTreeSet::new();
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        to.write_all(&line)?;
        to.flush()?;
        passed.extend(passed_clause_test(&String::from_utf8_lossy(&line)));
        line.clear();
    }
    Ok(passed)
}

/// The name in `test clauses::clause_c2_0 ... ok`.
fn passed_clause_test(line: &str) -> Option<String> {
    let path = line.trim_end().strip_prefix("test ")?.strip_suffix(" ... ok")?;
    let name = path.rsplit("::").next()?;
    name.starts_with("clause_c").then(|| name.to_owned())
}

fn documents() -> Result<Vec<String>> {
    let found = fs::read_dir("policies").context("policies")?.map(|entry| Ok(entry?.path().join("clauses.toml")));
    let found = found.collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().filter(|path| path.exists()).map(|path| path.display().to_string()).collect())
}

/// What a document says carries a clause though no test that names the clause passed.
fn unborne(document: &str, passed: &BTreeSet<String>) -> Result<Vec<String>> {
    let document: Document = toml::from_str(document)?;
    let mut faults = Vec::new();
    let mut carriers: BTreeMap<&str, Vec<&Carrier>> = BTreeMap::new();
    for clause in &document.clause {
        carriers.entry(&clause.id).or_default().extend(&clause.carried_by);
    }
    for (clause, carrier) in carriers.iter().flat_map(|(clause, all)| all.iter().map(move |one| (clause, one))) {
        let said = format!("{clause}: carried by the {} {}", carrier.kind, carrier.name);
        match carrier.test.as_deref() {
            None => faults.push(format!("{said}, which names no test")),
            Some(CASES) if matches!(carrier.kind.as_str(), "indicator" | "award" | "rule") => {}
            Some(test) if !names(test, clause) => {
                faults.push(format!("{said}, whose test {test} does not begin with {}", beginning(clause)));
            }
            Some(test) if !passed.contains(test) => faults.push(format!("{said}, but no test {test} passed")),
            Some(_) => {}
        }
    }
    Ok(faults)
}

/// `clause_c2_1_1` for C2.1.1.
fn beginning(clause: &str) -> String {
    format!("clause_{}", clause.to_lowercase().replace('.', "_"))
}

/// Whether a test's name begins with the clause's own: `clause_c2_1_1_is_shown` names C2.1.1, not C2.1.
fn names(test: &str, clause: &str) -> bool {
    let rest = test.strip_prefix(&beginning(clause));
    rest.is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix('_').is_some_and(|more| more.starts_with(|c: char| !c.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "running 4 tests\ntest clauses::clause_c2_0 ... ok\ntest policy::clause_c0_2 ... FAILED\n\
        test clause_c3_3_2_2_is_explained ... ok\ntest other ... ok\n\ntest result: ok. 3 passed";

    fn passed() -> BTreeSet<String> {
        show(OUTPUT.as_bytes(), &mut Vec::new()).unwrap()
    }

    #[test]
    fn the_output_is_shown_unchanged_and_what_passed_is_collected() {
        let mut shown = Vec::new();
        let passed = show(OUTPUT.as_bytes(), &mut shown).unwrap();
        assert_eq!(shown, OUTPUT.as_bytes());
        assert_eq!(passed.into_iter().collect::<Vec<_>>(), ["clause_c2_0", "clause_c3_3_2_2_is_explained"]);
    }

    #[test]
    fn a_carrier_without_a_passing_test_of_its_clause_is_named() {
        let check = |id: &str, carrier: &str| {
            let document = format!("[[clause]]\nid = \"{id}\"\ncarried_by = [{{ {carrier} }}]\n");
            unborne(&document, &passed()).unwrap().join("\n")
        };
        let page = |test: &str| format!("kind = \"page\", name = \"/policy\", test = \"{test}\"");
        assert_eq!(check("C2.0", &page("clause_c2_0")), "");
        assert_eq!(check("C3.3.2.2", &page("clause_c3_3_2_2_is_explained")), "");
        assert_eq!(check("C1.2", "kind = \"indicator\", name = \"M01\", test = \"cases.toml\""), "");
        for (id, carrier, word) in [
            ("C0.2", page("clause_c0_2"), "no test clause_c0_2 passed"),
            ("C9.9", page("clause_c9_9"), "no test clause_c9_9 passed"),
            ("C3.3.2", page("clause_c3_3_2_2_is_explained"), "does not begin with clause_c3_3_2"),
            ("C2.1", page("clause_c2_0"), "does not begin with clause_c2_1"),
            ("C2.0", "kind = \"page\", name = \"/policy\"".to_owned(), "names no test"),
            ("C2.0", page("cases.toml"), "does not begin with"),
        ] {
            let found = check(id, &carrier);
            assert!(found.starts_with(id) && found.contains(word), "{id}: {found}");
        }
    }
}

//! Licences and sources of every dependency against `deny.toml`, from cargo's own metadata and without a network.
//!
//! `cargo deny check` reads the same file and knows more (advisories); this keeps the two rules that must hold
//! on a machine that reaches nothing but the package registries.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// Fails when a dependency comes from outside the registry or under a licence that is not listed.
pub(crate) fn run() -> Result<()> {
    let rules: toml::Table = toml::from_str(&std::fs::read_to_string("deny.toml")?)?;
    let allowed: BTreeSet<&str> = rules
        .get("licenses")
        .and_then(|section| section.get("allow"))
        .and_then(toml::Value::as_array)
        .context("deny.toml: licenses.allow")?
        .iter()
        .filter_map(toml::Value::as_str)
        .collect();
    let output = Command::new("cargo").args(["metadata", "--format-version", "1", "--locked"]).output()?;
    if !output.status.success() {
        bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata["packages"].as_array().context("packages")?;
    let mut faults = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(source) = package["source"].as_str() else { continue };
        if !source.starts_with("registry+") {
            faults.push(format!("{name}: comes from {source}, not from the registry"));
        }
        let licence = package["license"].as_str().unwrap_or("none stated");
        if !permits(licence, &allowed) {
            faults.push(format!("{name}: licence {licence} is not in deny.toml"));
        }
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    if !faults.is_empty() {
        bail!("{} dependencies break deny.toml", faults.len());
    }
    Ok(())
}

/// Whether some alternative of an SPDX expression is wholly allowed; brackets are read as in `(A OR B) AND C`.
fn permits(expression: &str, allowed: &BTreeSet<&str>) -> bool {
    let flat = expression.replace('/', " OR ");
    split_top(&flat, " OR ").iter().any(|choice| {
        split_top(choice, " AND ").iter().all(|part| {
            let part = part.trim();
            match part.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
                Some(inner) => permits(inner, allowed),
                None => allowed.contains(part),
            }
        })
    })
}

/// Splits at a word that stands outside brackets.
fn split_top<'a>(text: &'a str, word: &str) -> Vec<&'a str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_i32, 0);
    for (at, symbol) in text.char_indices() {
        match symbol {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 && at >= start && text[at..].starts_with(word) {
            parts.push(&text[start..at]);
            start = at + word.len();
        }
    }
    parts.push(&text[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_permitted_when_one_alternative_is_wholly_allowed() {
        let allowed = BTreeSet::from(["MIT", "Apache-2.0", "Unicode-3.0"]);
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("MIT OR GPL-3.0", true),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("(MIT OR Apache-2.0) AND GPL-3.0", false),
            ("MIT/Apache-2.0", true),
            ("MIT AND GPL-3.0", false),
        ] {
            assert_eq!(permits(expression, &allowed), expected, "{expression}");
        }
    }
}

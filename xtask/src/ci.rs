//! Everything that must pass before a change lands, in the order in which it fails soonest.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

struct Step {
    name: &'static str,
    program: &'static str,
    args: &'static [&'static str],
    env: &'static [(&'static str, &'static str)],
}

const STEPS: &[Step] = &[
    Step { name: "packages", program: "scripts/setup-debian", args: &[], env: &[] },
    // Without it the tests that need it say that they were skipped.
    Step {
        name: "Python tools",
        program: "sh",
        args: &[
            "-c",
            "scripts/python-tools || echo 'SKIPPED: mail and the interface are not tried with the Python tools'",
        ],
        env: &[],
    },
    Step { name: "format", program: "cargo", args: &["fmt", "--all", "--check"], env: &[] },
    Step { name: "tidy", program: "cargo", args: &["xtask", "tidy"], env: &[] },
    Step { name: "licences and sources", program: "cargo", args: &["xtask", "deny"], env: &[] },
    Step { name: "build", program: "cargo", args: &["build", "--workspace", "--all-targets"], env: &[] },
    Step {
        name: "lints",
        program: "cargo",
        args: &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"],
        env: &[],
    },
    // A workspace of its own; fuzzing itself needs a nightly compiler, building the targets does not.
    Step {
        name: "fuzz targets",
        program: "cargo",
        args: &["check", "--quiet", "--locked", "--manifest-path", "fuzz/Cargo.toml"],
        env: &[],
    },
    Step {
        name: "documentation",
        program: "cargo",
        args: &["doc", "--workspace", "--no-deps", "--quiet"],
        env: &[("RUSTDOCFLAGS", "-D warnings")],
    },
    Step {
        name: "policy document",
        program: "cargo",
        args: &["run", "--quiet", "--bin", "zhiqiang", "--", "policy", "check"],
        env: &[],
    },
    Step {
        name: "case tables",
        program: "cargo",
        args: &["run", "--quiet", "--bin", "zhiqiang", "--", "policy", "test"],
        env: &[],
    },
    Step { name: "browser", program: "cargo", args: &["xtask", "e2e"], env: &[] },
    // Last, so that the test runner's own closing lines end the output.
    Step {
        name: "tests on SQLite and PostgreSQL",
        program: "cargo",
        args: &["xtask", "carriers", "scripts/with-postgres", "cargo", "test", "--workspace"],
        env: &[],
    },
];

/// Runs every step and stops at the first that fails.
pub(crate) fn run() -> Result<()> {
    for step in STEPS {
        if step.name == STEPS[STEPS.len() - 1].name {
            say_real_data();
        }
        eprintln!("== {}", step.name);
        let started = Instant::now();
        let status = Command::new(step.program)
            .args(step.args)
            .envs(step.env.iter().copied())
            .stdin(Stdio::null())
            .status()
            .with_context(|| format!("{} could not be started", step.program))?;
        if !status.success() {
            bail!("{} failed ({status})", step.name);
        }
        // After the last step the test runner's own closing lines stay the last ones.
        if step.name != STEPS[STEPS.len() - 1].name {
            eprintln!("== {}: {} s", step.name, started.elapsed().as_secs());
        }
    }
    Ok(())
}

/// Whether the tests on real files run or are left out; each of them passes either way, and the runner hides what it prints.
fn say_real_data() {
    let folder = std::env::var_os("ZHIQIANG_DATA").map_or_else(|| "../shared/data".into(), std::path::PathBuf::from);
    if folder.join("cn-patents").is_dir() {
        eprintln!("== real files: tested from {}", folder.display());
    } else {
        eprintln!("== REAL FILES ARE NOT TESTED: {} is not there (ZHIQIANG_DATA names the folder)", folder.display());
    }
}

/// Installs the browser tests' packages by their lock file and runs them against a fresh demo city.
pub(crate) fn browser() -> Result<()> {
    let e2e = std::path::Path::new("e2e");
    for args in [&["ci", "--no-audit", "--no-fund", "--silent"][..], &["test", "--silent"][..]] {
        let status = Command::new("npm")
            .args(args)
            .current_dir(e2e)
            .stdin(Stdio::null())
            .status()
            .context("npm could not be started: run scripts/setup-debian")?;
        if !status.success() {
            bail!("npm {} failed in e2e", args.join(" "));
        }
    }
    Ok(())
}

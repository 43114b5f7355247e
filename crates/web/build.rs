//! Bundles the browser's style sheet and scripts with the tools that `assets/package-lock.json` pins.
//!
//! Everything happens in a copy under `OUT_DIR`; the source tree is never written to.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=templates");
    if let Err(message) = bundle() {
        println!("cargo::error={message}");
    }
}

fn bundle() -> Result<(), String> {
    let source = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(|cause| cause.to_string())?).join("assets");
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|cause| cause.to_string())?);
    let work = out.join("assets");
    let dist = out.join("dist");
    let installed = work.join("node_modules");
    // The packages are installed again only when the lock file is another one.
    if !same(&source.join("package-lock.json"), &work.join("package-lock.json")) {
        remove(&work)?;
    }
    for folder in ["css", "js"] {
        remove(&work.join(folder))?;
    }
    copy(&source, &work)?;
    if !installed.join(".package-lock.json").exists() {
        run(&work, "npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])?;
    }
    remove(&dist)?;
    let dist_text = dist.to_str().ok_or("the path of OUT_DIR is not UTF-8")?;
    run(&work, "node", &["build.mjs", dist_text])?;
    write_list(&dist, &out.join("asset_list.rs"))
}

/// Writes the table of bundled files as Rust source that embeds them.
fn write_list(dist: &Path, target: &Path) -> Result<(), String> {
    let manifest =
        fs::read_to_string(dist.join("manifest.txt")).map_err(|cause| format!("reading manifest.txt: {cause}"))?;
    let mut text = String::from("&[\n");
    for line in manifest.lines() {
        let [name, served, content_type] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err(format!("manifest.txt has a line that is not name, file, type: {line}"));
        };
        let path = dist.join(served);
        let zipped = dist.join(format!("{served}.gz"));
        text.push_str(&format!(
            "Asset {{ name: {name:?}, served: {served:?}, content_type: {content_type:?}, bytes: include_bytes!({path:?}), gzip: include_bytes!({zipped:?}) }},\n"
        ));
    }
    text.push_str("]\n");
    fs::write(target, text).map_err(|cause| format!("writing {}: {cause}", target.display()))
}

fn run(dir: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).current_dir(dir).output().map_err(|cause| {
        format!(
            "cannot start `{program}` ({cause}). The pages' scripts are bundled by Node.js: install Node.js 20 or later with npm \
             (https://nodejs.org, or `apt install nodejs npm`) and build again."
        )
    })?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).replace('\n', " | ");
    Err(format!(
        "`{program} {}` failed in {}: {said} If the package registry cannot be reached, set it with `npm config set registry URL`.",
        arguments.join(" "),
        dir.display()
    ))
}

fn copy(from: &Path, to: &Path) -> Result<(), String> {
    let failed = |cause: std::io::Error| format!("copying {} to {}: {cause}", from.display(), to.display());
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name() == "node_modules" {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type().map_err(failed)?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target).map_err(failed)?;
        }
    }
    Ok(())
}

fn remove(dir: &Path) -> Result<(), String> {
    match fs::remove_dir_all(dir) {
        Ok(()) => Ok(()),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(cause) => Err(format!("removing {}: {cause}", dir.display())),
    }
}

fn same(left: &Path, right: &Path) -> bool {
    matches!((fs::read(left), fs::read(right)), (Ok(left), Ok(right)) if left == right)
}

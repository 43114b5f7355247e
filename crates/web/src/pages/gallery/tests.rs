//! A snapshot of every component, so that a change to one is seen on purpose.

use std::{fs, path::Path};

use super::*;

#[test]
fn every_component_prints_as_before() {
    let frame = Frame::for_tests();
    let pieces = pieces(&frame, &ListQuery::default()).unwrap();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        for (name, _, html) in &pieces {
            insta::assert_snapshot!(*name, folded(html));
        }
    });
}

#[test]
fn every_component_folder_is_shown_in_the_gallery() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates/components");
    let names: Vec<String> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let examples = names.iter().filter_map(|name| fs::read_to_string(folder.join(name).join("examples.html")).ok());
    // A piece of another component is shown with it.
    let wholes =
        names.iter().filter_map(|name| fs::read_to_string(folder.join(name).join(format!("{name}.html"))).ok());
    let shown: String = examples.chain(wholes).collect();
    for name in &names {
        assert!(shown.contains(&format!("components/{name}/{name}.html")), "{name} is in no example");
    }
}

/// Without the blank lines that templates leave.
fn folded(html: &str) -> String {
    html.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

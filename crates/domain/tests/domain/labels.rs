//! Every column has a data label, and what is sensitive is named in the statements of its own module only.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use domain::accounts::Permission;

const LABELS: &str = include_str!("../../permissions/labels.txt");

/// A sensitive column: who opens it, and the modules whose statements may name it.
struct Sensitive {
    table: &'static str,
    column: &'static str,
    opens: Vec<&'static str>,
    modules: Vec<&'static str>,
}

/// Every labelled column, by table; and the sensitive ones.
fn labels() -> (BTreeMap<String, Vec<String>>, Vec<Sensitive>) {
    let (mut all, mut sensitive) = (BTreeMap::<String, Vec<String>>::new(), Vec::new());
    for line in LABELS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut parts = line.split(" : ");
        let mut words = parts.next().unwrap().split_whitespace();
        let (table, label) = (words.next().unwrap(), words.next().unwrap());
        let columns: Vec<&str> = words.collect();
        all.entry(table.to_owned()).or_default().extend(columns.iter().map(|&one| one.to_owned()));
        let rest: Vec<Vec<&str>> = parts.map(|part| part.split_whitespace().collect()).collect();
        match (label, rest.as_slice()) {
            ("public" | "internal", []) => {}
            ("sensitive", [opens, modules]) if !opens.is_empty() && !modules.is_empty() => {
                let one = |column| Sensitive { table, column, opens: opens.clone(), modules: modules.clone() };
                sensitive.extend(columns.into_iter().map(one));
            }
            _ => panic!("no label: {line}"),
        }
    }
    for columns in all.values_mut() {
        columns.sort();
    }
    (all, sensitive)
}

#[tokio::test]
async fn every_column_of_both_databases_has_one_label() {
    let (labelled, sensitive) = labels();
    for database in db::test::databases().await {
        let mut tx = database.db.begin_read().await.unwrap();
        let tables = db::schema::tables(&mut tx).await.unwrap();
        for (table, columns) in &tables {
            assert_eq!(labelled.get(table), Some(columns), "{}: the labels of {table}", database.name);
        }
        assert_eq!(labelled.len(), tables.len(), "{}: a label for a table that is not there", database.name);
    }
    let known: BTreeSet<String> = Permission::ALL.iter().map(|one| format!("{one:?}")).collect();
    for one in &sensitive {
        let is_known = |word: &&str| ["owner", "none", "sealed"].contains(word) || known.contains(*word);
        assert!(one.opens.iter().all(is_known), "{}.{}: {:?}", one.table, one.column, one.opens);
    }
    let sealed: BTreeSet<(&str, &str)> =
        sensitive.iter().filter(|one| one.opens.contains(&"sealed")).map(|one| (one.table, one.column)).collect();
    assert_eq!(sealed, domain::secrets::columns().collect(), "what is labelled as sealed is what is sealed");
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|one| one == "rs" || one == "sql") {
            found.push(path);
        }
    }
}

/// The texts in a source file that read like statements or parts of them.
fn texts(source: &str) -> Vec<String> {
    let (mut found, mut rest) = (Vec::new(), source);
    while let Some(from) = rest.find('"') {
        let mut text = String::new();
        let mut letters = rest[from + 1..].char_indices();
        let mut end = rest.len();
        while let Some((at, letter)) = letters.next() {
            match letter {
                '\\' => drop(letters.next()),
                '"' => {
                    end = from + 1 + at + 1;
                    break;
                }
                other => text.push(other),
            }
        }
        found.push(text);
        rest = &rest[end..];
    }
    found
}

/// The words of a text.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').collect()
}

/// The tables that a statement names.
fn tables(text: &str) -> BTreeSet<&str> {
    let words: Vec<&str> = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').collect();
    let named = words.windows(2).filter(|pair| ["from", "join", "into", "update"].contains(&pair[0]));
    named.map(|pair| pair[1]).collect()
}

#[test]
fn a_statement_outside_its_module_names_no_sensitive_column() {
    let (labelled, sensitive) = labels();
    // A column whose name is used for nothing else gives itself away even in a part of a statement.
    let telling = |column: &str| {
        let of = labelled.iter().filter(|(_, columns)| columns.iter().any(|one| one == column));
        of.clone().count() == sensitive.iter().filter(|one| one.column == column).count() && column.contains('_')
    };
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut stores = Vec::new();
    for name in ["domain", "registry"] {
        files(&crates.join(name).join("src"), &mut stores);
    }
    let stores: Vec<PathBuf> = stores
        .into_iter()
        .filter(|path| path.ends_with("store.rs") || path.extension().is_some_and(|one| one == "sql"))
        .collect();
    assert!(stores.len() > 20, "{stores:?}");
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    for path in stores {
        let shown = path.display().to_string();
        for text in texts(&fs::read_to_string(&path).unwrap()) {
            let (words, tables) = (words(&text), tables(&text));
            assert!(!text.contains("select *") && !text.contains(".*"), "{shown}: every column is named: {text}");
            for one in &sensitive {
                if !words.contains(one.column) || !(tables.contains(one.table) || telling(one.column)) {
                    continue;
                }
                if one.modules.iter().any(|module| shown.contains(&format!("/{module}/"))) {
                    seen.insert((one.table, one.column));
                } else if tables.contains(one.table)
                    || !sensitive.iter().any(|same| {
                        same.column == one.column
                            && same.modules.iter().any(|module| shown.contains(&format!("/{module}/")))
                    })
                {
                    faults.push(format!("{shown}: {}.{} in: {text}", one.table, one.column));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let unseen: Vec<String> = sensitive
        .iter()
        .filter(|one| !seen.contains(&(one.table, one.column)))
        .map(|one| format!("{}.{}", one.table, one.column))
        .collect();
    assert!(unseen.is_empty(), "no statement of its module was found to name {unseen:?}: is the search blind?");
}

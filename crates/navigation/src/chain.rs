//! Industry chains (产业链): dated trees of nodes, each with the search that finds its patents.
//!
//! Five are built in; a file of the same id in an installation's folder `chains` takes the place of one, and what was edited
//! since takes the place of both. How a chain is edited stands in `chain/edit.rs`.

mod edit;

use std::{collections::HashSet, fs, path::Path};

use corpus::{Corpus, Query};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use self::edit::{Edit, Fault};
use crate::{
    Error, Result, Technology,
    study::{any_of, read},
};

/// The chains of the five leading industries.
const BUILT_IN: [(&str, &str); 5] = [
    ("new-energy.toml", include_str!("../chains/new-energy.toml")),
    ("electronics.toml", include_str!("../chains/electronics.toml")),
    ("power-transmission.toml", include_str!("../chains/power-transmission.toml")),
    ("biomedicine.toml", include_str!("../chains/biomedicine.toml")),
    ("e-commerce.toml", include_str!("../chains/e-commerce.toml")),
];

/// An industry chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chain {
    /// The stable id: `new-energy`.
    pub id: String,
    /// The name: 新能源.
    pub name: String,
    /// Which version it is in this installation; 0 as it came, before it was edited here.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub version: i64,
    /// The day of this edition.
    pub edition: Date,
    /// What the division into nodes rests on.
    pub basis: String,
    /// The nodes; a parent stands before its children.
    #[serde(rename = "node")]
    pub nodes: Vec<Node>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(version: &i64) -> bool {
    *version == 0
}

/// A node of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// The id within the chain: `cells`.
    pub id: String,
    /// The name: 电池片.
    pub name: String,
    /// The node above; empty at the top.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub parent: String,
    /// Its search; empty where it is the sum of its children.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub search: String,
    /// Why the search is as it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// A node with what is found for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counted<'a> {
    /// The node.
    pub node: &'a Node,
    /// How deep it stands; 0 at the top.
    pub depth: usize,
    /// Its whole search.
    pub search: String,
    /// Documents.
    pub documents: u64,
    /// Families.
    pub families: u64,
    /// Documents of the subject.
    pub own: u64,
}

/// The chains that are built in.
pub fn built_in() -> Vec<Chain> {
    let read = |(file, text): &(&str, &str)| Chain::parse(file, text).expect("a test reads each that is built in");
    BUILT_IN.iter().map(read).collect()
}

/// The chains of an installation: those built in, and the files of this folder in their place or beside them.
pub fn installed(folder: &Path) -> Result<Vec<Chain>> {
    let mut chains = built_in();
    if !folder.is_dir() {
        return Ok(chains);
    }
    let failed = |path: &Path, cause: &dyn std::fmt::Display| {
        Error::Invalid(format!("产业链文件 {} 读不了：{cause}", path.display()))
    };
    let entries = fs::read_dir(folder).map_err(|cause| failed(folder, &cause))?;
    let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "toml")) {
        let text = fs::read_to_string(path).map_err(|cause| failed(path, &cause))?;
        let chain = Chain::parse(&path.display().to_string(), &text)?;
        match chains.iter_mut().find(|other| other.id == chain.id) {
            Some(other) => *other = chain,
            None => chains.push(chain),
        }
    }
    Ok(chains)
}

/// Puts edited chains, each with its version and text, in the place of those with their ids, or beside them.
pub fn edited(mut chains: Vec<Chain>, versions: &[(i64, String)]) -> Result<Vec<Chain>> {
    for (version, text) in versions {
        let chain = Chain::of_version(*version, text)?;
        match chains.iter_mut().find(|other| other.id == chain.id) {
            Some(other) => *other = chain,
            None => chains.push(chain),
        }
    }
    Ok(chains)
}

/// The chain and the node that an address such as `new-energy` or `new-energy/cells` names.
pub fn find<'c>(chains: &'c [Chain], address: &str) -> Result<(&'c Chain, Option<&'c Node>)> {
    let (id, node) = address.split_once('/').map_or((address, None), |(id, node)| (id, Some(node)));
    let Some(chain) = chains.iter().find(|chain| chain.id == id || chain.name == id) else {
        let all: Vec<&str> = chains.iter().map(|chain| chain.id.as_str()).collect();
        return Err(Error::Invalid(format!("没有产业链“{id}”；可用：{}", all.join("、"))));
    };
    let Some(wanted) = node else { return Ok((chain, None)) };
    match chain.nodes.iter().find(|node| node.id == wanted || node.name == wanted) {
        Some(node) => Ok((chain, Some(node))),
        None => {
            let all: Vec<&str> = chain.nodes.iter().map(|node| node.id.as_str()).collect();
            Err(Error::Invalid(format!("产业链“{}”没有节点“{wanted}”；可用：{}", chain.name, all.join("、"))))
        }
    }
}

impl Chain {
    /// Reads a chain; what is wrong is said with the file and the node.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        let chain: Self = toml::from_str(text)
            .map_err(|cause| Error::Invalid(format!("产业链文件 {file} 的格式不对：{}", cause.to_string().trim())))?;
        chain.check(file)?;
        Ok(chain)
    }

    /// A version that was kept.
    pub fn of_version(version: i64, text: &str) -> Result<Self> {
        Ok(Self { version, ..Self::parse(&format!("（第 {version} 版）"), text)? })
    }

    /// The chain as a file; read again, it is the same chain, of no version yet.
    pub fn written(&self) -> Result<String> {
        toml::to_string(&Self { version: 0, ..self.clone() })
            .map_err(|cause| Error::Invalid(format!("产业链“{}”写不成文件：{cause}", self.name)))
    }

    /// Which edition it is, in words, as a report tells it.
    pub fn edition_words(&self) -> String {
        match self.version {
            0 => format!("产业链“{}”{} 版", self.name, self.edition),
            version => format!("产业链“{}”第 {version} 版（{}）", self.name, self.edition),
        }
    }

    fn check(&self, file: &str) -> Result<()> {
        let wrong =
            |node: &Node, what: String| Err(Error::Invalid(format!("产业链文件 {file} 的节点“{}”：{what}", node.id)));
        let mut seen: HashSet<&str> = HashSet::new();
        for node in &self.nodes {
            if !node.parent.is_empty() && !seen.contains(node.parent.as_str()) {
                return wrong(node, format!("上级节点“{}”不存在或写在它后面", node.parent));
            }
            if node.id.is_empty() || node.id.contains('/') || !seen.insert(&node.id) {
                return wrong(node, "编号为空、带斜线或重复".to_owned());
            }
            if node.search.trim().is_empty() && self.children(Some(node)).next().is_none() {
                return wrong(node, "最下层的节点必须有检索式".to_owned());
            }
            if !node.search.trim().is_empty() {
                read(&format!("产业链文件 {file} 的节点“{}”", node.name), &node.search)?;
            }
        }
        if self.id.is_empty() || self.id.contains(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-') {
            let message = format!("产业链文件 {file} 的编号“{}”只能用英文字母、数字和短横", self.id);
            return Err(Error::Invalid(message));
        }
        if self.name.trim().is_empty() {
            return Err(Error::Invalid(format!("产业链文件 {file} 没有名称（name）")));
        }
        if self.nodes.is_empty() {
            return Err(Error::Invalid(format!("产业链文件 {file} 没有节点")));
        }
        Ok(())
    }

    /// The nodes right below a node, or at the top.
    pub fn children<'c>(&'c self, node: Option<&Node>) -> impl Iterator<Item = &'c Node> {
        let parent = node.map_or(String::new(), |node| node.id.clone());
        self.nodes.iter().filter(move |node| node.parent == parent)
    }

    /// The nodes depth first, each with how deep it stands; what stands below nothing of the chain is not among them.
    pub fn in_tree(&self) -> impl Iterator<Item = (&Node, usize)> {
        fn put<'c>(chain: &'c Chain, parent: Option<&Node>, depth: usize, into: &mut Vec<(&'c Node, usize)>) {
            for node in chain.children(parent) {
                into.push((node, depth));
                put(chain, Some(node), depth + 1, into);
            }
        }
        let mut nodes = Vec::with_capacity(self.nodes.len());
        put(self, None, 0, &mut nodes);
        nodes.into_iter()
    }

    /// The search of a node, or of the whole chain: its own, else all of its children's.
    pub fn query(&self, node: Option<&Node>) -> Result<Query> {
        match node.filter(|node| !node.search.trim().is_empty()) {
            Some(node) => read(&format!("节点“{}”", node.name), &node.search),
            None => {
                let below = self.children(node).map(|child| self.query(Some(child))).collect::<Result<Vec<_>>>()?;
                Ok(any_of(below))
            }
        }
    }

    /// The technologies that a report over a node is divided into: its children, or itself where it has none.
    pub fn technologies(&self, node: Option<&Node>) -> Result<Vec<Technology>> {
        let below: Vec<&Node> = self.children(node).collect();
        let shown = if below.is_empty() { node.into_iter().collect() } else { below };
        let technology =
            |node: &Node| Ok(Technology { name: node.name.clone(), search: self.query(Some(node))?.to_string() });
        shown.into_iter().map(technology).collect()
    }

    /// The nodes depth first, each with what is found for it, and how much of that lies in another search.
    pub fn counted<'c>(&'c self, corpus: &Corpus, own: &Query) -> Result<Vec<Counted<'c>>> {
        let counted = |(node, depth): (&'c Node, usize)| {
            let query = self.query(Some(node))?;
            let cross = corpus.cross(&query, &[])?;
            let search = query.to_string();
            let own = corpus.count(&query.and(own.clone()))?;
            Ok(Counted { node, depth, search, documents: cross.documents, families: cross.families, own })
        };
        self.in_tree().map(counted).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_five_leading_industries_are_built_in_and_every_search_parses() {
        let chains = built_in();
        let names: Vec<&str> = chains.iter().map(|chain| chain.name.as_str()).collect();
        assert_eq!(names, ["新能源", "电子信息", "特高压输变电", "生物医药", "电子商务"]);
        for chain in &chains {
            assert!(chain.nodes.len() >= 10, "{}", chain.name);
            assert!(!chain.basis.is_empty());
            for node in &chain.nodes {
                let text = chain.query(Some(node)).unwrap().to_string();
                assert_eq!(Query::parse(&text).unwrap().to_string(), text, "{}/{}", chain.id, node.id);
                assert!(!node.note.is_empty(), "{}/{} says nothing of its basis", chain.id, node.id);
            }
            assert!(Query::parse(&chain.query(None).unwrap().to_string()).is_ok());
        }
    }

    #[test]
    fn a_chain_that_cannot_be_used_says_which_node_is_wrong() {
        let chain = |nodes: &str| {
            let head = "id = \"x\"\nname = \"某产业\"\nedition = \"2026-11-26\"\nbasis = \"试验\"\n";
            Chain::parse("x.toml", &format!("{head}{nodes}")).unwrap_err().to_string()
        };
        let check = |nodes: &str, word: &str| {
            let found = chain(nodes);
            assert!(found.contains("x.toml") && found.contains(word), "{found}");
        };
        check("", "node");
        check("[[node]]\nid = \"a\"\nname = \"甲\"", "必须有检索式");
        check("[[node]]\nid = \"a\"\nname = \"甲\"\nsearch = \"TI=(\"", "“甲”");
        check("[[node]]\nid = \"a\"\nname = \"甲\"\nparent = \"b\"\nsearch = \"电池\"", "上级节点“b”");
        check("[[node]]\nid = \"a\"\nname = \"甲\"\nserch = \"电池\"", "serch");
        let twice = "[[node]]\nid = \"a\"\nname = \"甲\"\nsearch = \"电池\"\n";
        check(&format!("{twice}{twice}"), "重复");
    }

    #[test]
    fn a_file_of_an_installation_takes_the_place_of_the_one_built_in() {
        let folder = tempfile::tempdir().unwrap();
        let text = "id = \"new-energy\"\nname = \"新能源\"\nedition = \"2027-01-01\"\nbasis = \"本市修订\"\n\
            [[node]]\nid = \"a\"\nname = \"光伏\"\nsearch = \"光伏\"\n";
        fs::write(folder.path().join("own.toml"), text).unwrap();
        let chains = installed(folder.path()).unwrap();
        assert_eq!(chains.len(), 5);
        let (chain, node) = find(&chains, "new-energy/a").unwrap();
        assert_eq!((chain.basis.as_str(), node.unwrap().name.as_str()), ("本市修订", "光伏"));
        assert!(find(&chains, "new-energy/none").unwrap_err().to_string().contains("没有节点"));
        assert!(find(&chains, "none").unwrap_err().to_string().contains("electronics"));
    }
}

//! Editing a chain: each edit gives a whole new chain that could be used as it is, or says which field is wrong and why.

use corpus::{Query, QueryError};

use super::{Chain, Node};

/// The longest name of a node or a chain, in characters.
const NAME_CHARS_MAX: usize = 40;
/// The longest note or basis, in characters.
const NOTE_CHARS_MAX: usize = 1_000;
/// The longest search of a node, in characters.
const SEARCH_CHARS_MAX: usize = 20_000;
/// The most nodes of a chain.
const NODES_MAX: usize = 500;

/// What is to be done to a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// The chain itself is called otherwise, or rests on something else.
    Head {
        /// Its name.
        name: String,
        /// What the division into nodes rests on.
        basis: String,
    },
    /// A node is added, the last below its parent; its id is given by the chain.
    Add(Node),
    /// The node of this id is called otherwise, searched otherwise or moved below another.
    Change(Node),
    /// A node changes places with the one beside it.
    Shift {
        /// Which.
        id: String,
        /// Whether with the one before it.
        up: bool,
    },
    /// A node goes, with all below it.
    Remove {
        /// Which.
        id: String,
    },
}

/// What is wrong with an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The field: `name`, `parent`, `search`, `note`, `basis`; empty where it is the act itself.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub message: String,
    /// Where in the search, where it is the search.
    pub at: Option<QueryError>,
}

impl Fault {
    fn new(field: &'static str, message: impl Into<String>) -> Self {
        Self { field, message: message.into(), at: None }
    }
}

impl Chain {
    /// The chain after an edit, or everything that is wrong with the edit.
    pub fn after(&self, edit: &Edit) -> Result<Self, Vec<Fault>> {
        let mut next = self.clone();
        let faults = match edit {
            Edit::Head { name, basis } => {
                (next.name, next.basis) = (name.trim().to_owned(), basis.trim().to_owned());
                head_faults(&next)
            }
            Edit::Add(node) => {
                next.nodes.push(Node { id: self.free_id(), ..trimmed(node) });
                next.node_faults(next.nodes.len() - 1)
            }
            Edit::Change(node) => match next.nodes.iter().position(|other| other.id == node.id) {
                Some(at) => {
                    next.nodes[at] = trimmed(node);
                    next.node_faults(at)
                }
                None => vec![absent(&node.id)],
            },
            Edit::Shift { id, up } => next.shift(id, *up).err().into_iter().collect(),
            Edit::Remove { id } => {
                let gone = self.below(id);
                next.nodes.retain(|node| !gone.contains(&node.id));
                if gone.is_empty() { vec![absent(id)] } else { Vec::new() }
            }
        };
        let faults = if faults.is_empty() { next.whole_faults() } else { faults };
        if !faults.is_empty() {
            return Err(faults);
        }
        // A parent stands before its children.
        next.nodes = next.in_tree().map(|(node, _)| node.clone()).collect();
        Ok(next)
    }

    /// The node of this id and all below it, by id; nothing where there is no such node.
    pub fn below(&self, id: &str) -> Vec<String> {
        let mut found: Vec<String> =
            self.nodes.iter().filter(|node| node.id == id).map(|node| node.id.clone()).collect();
        let mut at = 0;
        while let Some(parent) = found.get(at).cloned() {
            // A chain that is being edited may hold a loop, which is told as a fault.
            let children = self.nodes.iter().filter(|node| node.parent == parent).map(|node| node.id.clone());
            let new: Vec<String> = children.filter(|child| !found.contains(child)).collect();
            found.extend(new);
            at += 1;
        }
        found
    }

    /// What changed since an earlier version, a sentence each.
    pub fn changes_since(&self, earlier: &Self) -> Vec<String> {
        let mut told = Vec::new();
        let mut differs = |what: &str, before: &str, now: &str| {
            if before != now {
                told.push(format!("{what}由“{before}”改为“{now}”"));
            }
        };
        differs("产业链名称", &earlier.name, &self.name);
        differs("划分依据", &earlier.basis, &self.basis);
        for node in &self.nodes {
            let Some(before) = earlier.nodes.iter().find(|other| other.id == node.id) else { continue };
            differs("节点名称", &before.name, &node.name);
            differs(&format!("“{}”的上级", node.name), earlier.name_of(&before.parent), self.name_of(&node.parent));
            differs(&format!("“{}”的检索式", node.name), &before.search, &node.search);
            differs(&format!("“{}”的说明", node.name), &before.note, &node.note);
        }
        let missing = |these: &Self, those: &Self| -> Vec<String> {
            let is_in = |node: &&Node| !those.nodes.iter().any(|other| other.id == node.id);
            these.nodes.iter().filter(is_in).map(|node| node.name.clone()).collect()
        };
        told.extend(missing(self, earlier).into_iter().map(|name| format!("新增节点“{name}”")));
        told.extend(missing(earlier, self).into_iter().map(|name| format!("删除节点“{name}”")));
        let order = |one: &Self, other: &Self| -> Vec<String> {
            let ids = one.nodes.iter().map(|node| node.id.clone());
            ids.filter(|id| other.nodes.iter().any(|node| node.id == *id)).collect()
        };
        if told.is_empty() && order(self, earlier) != order(earlier, self) {
            told.push("节点的先后有变动".to_owned());
        }
        told
    }

    /// The name of a node; 顶层 for none.
    fn name_of<'c>(&'c self, id: &'c str) -> &'c str {
        match self.nodes.iter().find(|node| node.id == id) {
            Some(node) => &node.name,
            None => "顶层",
        }
    }

    /// An id that no node has, and none of an earlier version had: it is named after the version that will be.
    fn free_id(&self) -> String {
        let made = |more: usize| match more {
            0 => format!("v{}", self.version + 1),
            more => format!("v{}-{more}", self.version + 1),
        };
        let is_free = |id: &String| !self.nodes.iter().any(|node| node.id == *id);
        (0..).map(made).find(is_free).expect("there are more ids than nodes")
    }

    fn shift(&mut self, id: &str, up: bool) -> Result<(), Fault> {
        let at = self.nodes.iter().position(|node| node.id == id).ok_or_else(|| absent(id))?;
        let is_beside = |node: &Node| node.parent == self.nodes[at].parent;
        let other = match up {
            true => self.nodes[..at].iter().rposition(is_beside),
            false => self.nodes[at + 1..].iter().position(is_beside).map(|place| at + 1 + place),
        };
        let edge = if up { "前面" } else { "后面" };
        let other =
            other.ok_or_else(|| Fault::new("", format!("“{}”{edge}没有同级的节点，移不动。", self.nodes[at].name)))?;
        self.nodes.swap(at, other);
        Ok(())
    }

    /// What is wrong with a node as it was written.
    fn node_faults(&self, at: usize) -> Vec<Fault> {
        let node = &self.nodes[at];
        let mut faults = Vec::new();
        let is_twin = |other: &Node| other.id != node.id && other.parent == node.parent && other.name == node.name;
        match node.name.chars().count() {
            0 => faults.push(Fault::new("name", "请写节点名称。")),
            1..=NAME_CHARS_MAX if !self.nodes.iter().any(is_twin) => {}
            1..=NAME_CHARS_MAX => {
                faults.push(Fault::new("name", format!("同一级已有节点“{}”，请换一个名称。", node.name)));
            }
            _ => faults.push(Fault::new("name", format!("节点名称最多 {NAME_CHARS_MAX} 个字，请缩短。"))),
        }
        let is_known = node.parent.is_empty() || self.nodes.iter().any(|other| other.id == node.parent);
        if !is_known {
            faults.push(Fault::new("parent", "没有这个上级节点，可能已被删除；请重新选择。"));
        } else if self.below(&node.id).contains(&node.parent) {
            faults.push(Fault::new("parent", format!("“{}”不能放到自己或自己的下级之下。", node.name)));
        }
        faults.extend(self.search_fault(node));
        if node.note.chars().count() > NOTE_CHARS_MAX {
            faults.push(Fault::new("note", format!("说明最多 {NOTE_CHARS_MAX} 个字，请缩短。")));
        }
        faults
    }

    fn search_fault(&self, node: &Node) -> Option<Fault> {
        if node.search.is_empty() {
            let has_children = self.nodes.iter().any(|other| other.parent == node.id);
            let why = "最下层的节点必须有检索式，例如 IC=H01M AND TI=电池；有下级节点的可以不填，取下级之和。";
            return (!has_children).then(|| Fault::new("search", why));
        }
        if node.search.chars().count() > SEARCH_CHARS_MAX {
            return Some(Fault::new("search", format!("检索式最多 {SEARCH_CHARS_MAX} 个字符，请缩短。")));
        }
        let wrong = Query::parse(&node.search).err()?;
        Some(Fault { field: "search", message: wrong.to_string(), at: Some(wrong) })
    }

    /// What an edit of one node left wrong elsewhere.
    fn whole_faults(&self) -> Vec<Fault> {
        if self.nodes.is_empty() {
            return vec![Fault::new("", "产业链至少要有一个节点；请先添加别的节点。")];
        }
        if self.nodes.len() > NODES_MAX {
            return vec![Fault::new("", format!("一条产业链最多 {NODES_MAX} 个节点。"))];
        }
        let bare = self
            .nodes
            .iter()
            .find(|node| node.search.is_empty() && !self.nodes.iter().any(|other| other.parent == node.id));
        bare.map(|node| {
            let what = "没有检索式，又没有了下级节点，就什么也查不到；请先给它写检索式，或删除它。";
            Fault::new("", format!("这样一来“{}”{what}", node.name))
        })
        .into_iter()
        .collect()
    }
}

fn trimmed(node: &Node) -> Node {
    Node {
        id: node.id.clone(),
        parent: node.parent.clone(),
        name: node.name.trim().to_owned(),
        search: node.search.trim().to_owned(),
        note: node.note.trim().to_owned(),
    }
}

fn absent(id: &str) -> Fault {
    Fault::new("", format!("没有编号为“{id}”的节点，可能已被删除；请打开最新的产业链。"))
}

fn head_faults(chain: &Chain) -> Vec<Fault> {
    let mut faults = Vec::new();
    match chain.name.chars().count() {
        0 => faults.push(Fault::new("name", "请写产业链名称。")),
        1..=NAME_CHARS_MAX => {}
        _ => faults.push(Fault::new("name", format!("产业链名称最多 {NAME_CHARS_MAX} 个字，请缩短。"))),
    }
    match chain.basis.chars().count() {
        0 => faults.push(Fault::new("basis", "请写节点划分的依据。")),
        1..=NOTE_CHARS_MAX => {}
        _ => faults.push(Fault::new("basis", format!("划分依据最多 {NOTE_CHARS_MAX} 个字，请缩短。"))),
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(id: &str, parent: &str, search: &str) -> Node {
        let text = str::to_owned;
        Node {
            id: text(id),
            name: format!("节点{id}"),
            parent: text(parent),
            search: text(search),
            note: String::new(),
        }
    }

    fn chain() -> Chain {
        Chain {
            id: "x".into(),
            name: "某产业".into(),
            version: 4,
            edition: jiff::civil::Date::constant(2026, 11, 26),
            basis: "试验".into(),
            nodes: vec![node("a", "", ""), node("b", "a", "电池"), node("c", "a", "电机"), node("d", "", "IC=H02K")],
        }
    }

    fn ids(chain: &Chain) -> Vec<&str> {
        chain.nodes.iter().map(|node| node.id.as_str()).collect()
    }

    #[test]
    fn a_node_is_added_moved_renamed_and_removed_and_the_earlier_chain_stands() {
        let first = chain();
        let added = first.after(&Edit::Add(node("", "a", " 电控 "))).unwrap();
        assert_eq!(ids(&added), ["a", "b", "c", "v5", "d"], "below its parent, under an id that was never used");
        assert_eq!(added.nodes[3].search, "电控");
        let moved = first.after(&Edit::Change(Node { name: "电机本体".into(), ..node("c", "d", "电机") })).unwrap();
        assert_eq!(ids(&moved), ["a", "b", "d", "c"]);
        assert_eq!(
            moved.changes_since(&first),
            ["节点名称由“节点c”改为“电机本体”", "“电机本体”的上级由“节点a”改为“节点d”"]
        );
        let up = first.after(&Edit::Shift { id: "d".into(), up: true }).unwrap();
        assert_eq!(ids(&up), ["d", "a", "b", "c"]);
        assert_eq!(up.changes_since(&first), ["节点的先后有变动"]);
        let gone = first.after(&Edit::Remove { id: "a".into() }).unwrap();
        assert_eq!(ids(&gone), ["d"], "with all below it");
        assert_eq!(gone.changes_since(&first).len(), 3);
        assert_eq!(ids(&first), ["a", "b", "c", "d"]);
    }

    #[test]
    fn what_cannot_stand_is_refused_at_its_field() {
        let check = |edit: Edit, field: &str, word: &str| {
            let faults = chain().after(&edit).unwrap_err();
            assert!(faults.iter().any(|one| one.field == field && one.message.contains(word)), "{faults:?}");
        };
        check(Edit::Change(node("b", "b", "电池")), "parent", "自己");
        check(Edit::Change(node("a", "b", "电池")), "parent", "下级");
        check(Edit::Change(node("b", "zz", "电池")), "parent", "没有这个上级");
        check(Edit::Change(Node { name: "节点c".into(), ..node("b", "a", "电池") }), "name", "同一级已有");
        check(Edit::Change(Node { name: " ".into(), ..node("b", "a", "电池") }), "name", "请写");
        check(Edit::Change(node("b", "a", "")), "search", "最下层");
        check(Edit::Add(node("", "a", "TI=(电池")), "search", "第");
        check(Edit::Shift { id: "b".into(), up: true }, "", "移不动");
        check(Edit::Remove { id: "zz".into() }, "", "没有编号");
        check(Edit::Head { name: String::new(), basis: "x".into() }, "name", "请写");
        let faults = chain().after(&Edit::Add(node("", "a", "TI=(电池"))).unwrap_err();
        assert_eq!(faults[0].at.as_ref().map(|at| at.at), Some(3), "the bracket that is not closed");
        let one = chain().after(&Edit::Remove { id: "b".into() }).unwrap();
        let left = one.after(&Edit::Remove { id: "c".into() }).unwrap_err();
        assert!(left[0].message.contains("“节点a”") && left[0].message.contains("检索式"), "{left:?}");
    }

    #[test]
    fn a_chain_written_as_a_file_is_read_as_the_same() {
        for chain in super::super::built_in().into_iter().chain([chain()]) {
            let text = chain.written().unwrap();
            assert_eq!(Chain::parse("x", &text).unwrap(), Chain { version: 0, ..chain.clone() });
            assert_eq!(Chain::of_version(7, &text).unwrap().version, 7);
        }
    }

    #[test]
    fn whatever_is_edited_the_chain_can_be_used() {
        let mut seed = 20_261_127_u64;
        let mut draw = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % below
        };
        let (mut now, mut kept) = (chain(), 0);
        for _ in 0..400 {
            let some = now.nodes[draw(now.nodes.len())].clone();
            let parent = now.nodes[draw(now.nodes.len())].id.clone();
            let edit = match draw(6) {
                0 | 1 => Edit::Add(Node { name: format!("新{}", now.version), ..node("", &parent, "电控") }),
                2 => Edit::Change(Node { parent, ..some }),
                3 => Edit::Shift { id: some.id, up: true },
                4 => Edit::Shift { id: some.id, up: false },
                _ => Edit::Remove { id: some.id },
            };
            if let Ok(next) = now.after(&edit) {
                now = Chain { version: now.version + 1, ..next };
                let text = now.written().unwrap();
                assert_eq!(Chain::of_version(now.version, &text).unwrap(), now, "{text}");
                kept += 1;
            }
        }
        assert!(kept > 100, "{kept} edits were taken");
    }
}

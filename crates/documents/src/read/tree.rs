//! One XML document as a tree that borrows from its text, built once and thrown away.
//!
//! Nodes lie in document order, each knowing where its subtree ends, so that building is one pass without
//! allocations per node and looking for a child is stepping over subtrees.
//! Character references, the five predefined entities and HTML's named characters become characters; any other
//! reference stays as written. Nothing is ever fetched or expanded.

use std::{borrow::Cow, sync::LazyLock};

use memchr::memmem::Finder;
use quick_xml::{Reader, escape::resolve_html5_entity, events::Event};

/// Deeper than any patent document; a bomb of nesting is refused.
const DEPTH_MAX: usize = 200;

/// A parsed document.
#[derive(Debug, Default)]
pub(crate) struct Tree<'a> {
    nodes: Vec<Node<'a>>,
}

#[derive(Debug, Clone, Copy)]
struct Node<'a> {
    kind: Kind,
    /// The local name of an element, the text, or the name of a reference.
    text: &'a str,
    /// The attributes of an element as written.
    attributes: &'a str,
    /// One behind the last node of the subtree.
    end: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Element,
    Text,
    Reference,
}

impl<'a> Tree<'a> {
    /// Parses one document; the error is Chinese and says at which byte.
    pub(crate) fn parse(text: &'a str) -> Result<Tree<'a>, String> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().allow_dangling_amp = true;
        // A node per thirty bytes is more than documents have; one allocation serves.
        let mut nodes: Vec<Node<'a>> = Vec::with_capacity(text.len() / 30 + 16);
        let mut open: Vec<u32> = Vec::with_capacity(16);
        loop {
            let from = reader.buffer_position() as usize;
            let event = reader.read_event().map_err(|error| fault(reader.error_position(), &error.to_string()))?;
            match event {
                Event::Start(start) => {
                    let name = start.name().as_ref().len();
                    drop(start);
                    if open.len() >= DEPTH_MAX {
                        return Err(fault(from as u64, &format!("元素嵌套超过 {DEPTH_MAX} 层")));
                    }
                    open.push(nodes.len() as u32);
                    nodes.push(element(text, from, reader.buffer_position() as usize, name));
                }
                Event::Empty(start) => {
                    let name = start.name().as_ref().len();
                    drop(start);
                    let mut node = element(text, from, reader.buffer_position() as usize, name);
                    node.end = nodes.len() as u32 + 1;
                    nodes.push(node);
                }
                Event::End(_) => {
                    let end = nodes.len() as u32;
                    if let Some(node) = open.pop().and_then(|index| nodes.get_mut(index as usize)) {
                        node.end = end;
                    }
                }
                Event::Text(content) => push_leaf(&mut nodes, Kind::Text, content.into_inner()),
                Event::CData(content) => push_leaf(&mut nodes, Kind::Text, content.into_inner()),
                Event::GeneralRef(reference) => push_leaf(&mut nodes, Kind::Reference, reference.into_inner()),
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_) => {}
            }
        }
        if !open.is_empty() || nodes.is_empty() {
            return Err(fault(text.len() as u64, "元素没有结束，内容被截断"));
        }
        Ok(Tree { nodes })
    }

    /// The outermost element.
    pub(crate) fn root(&self) -> Option<Element<'_, 'a>> {
        let index = self.nodes.iter().position(|node| node.kind == Kind::Element)?;
        Some(Element { tree: self, index })
    }
}

fn fault(position: u64, detail: &str) -> String {
    format!("XML 格式有误（第 {position} 字节处：{detail}）")
}

fn element(text: &str, from: usize, to: usize, name_bytes: usize) -> Node<'_> {
    let inside = text.get(from + 1..to.saturating_sub(1)).unwrap_or_default();
    let name = inside.get(..name_bytes).unwrap_or_default();
    let attributes = inside.get(name_bytes..).unwrap_or_default();
    Node { kind: Kind::Element, text: local(name), attributes, end: 0 }
}

/// The name without its prefix.
pub(crate) fn local(name: &str) -> &str {
    match memchr::memchr(b':', name.as_bytes()) {
        Some(colon) => &name[colon + 1..],
        None => name,
    }
}

fn push_leaf<'a>(nodes: &mut Vec<Node<'a>>, kind: Kind, content: Cow<'a, str>) {
    // Text that borrows from the document is all there is when reading from a text.
    if let Cow::Borrowed(text) = content {
        let end = nodes.len() as u32 + 1;
        nodes.push(Node { kind, text, attributes: "", end });
    }
}

/// An element of a tree.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'t, 'a> {
    tree: &'t Tree<'a>,
    index: usize,
}

impl<'t, 'a> Element<'t, 'a> {
    /// The local name.
    pub(crate) fn name(self) -> &'a str {
        self.node().text
    }

    /// The value of an attribute by its local name; empty when absent.
    pub(crate) fn attribute(self, name: &str) -> Cow<'a, str> {
        let mut rest = self.node().attributes;
        while let Some(equals) = memchr::memchr(b'=', rest.as_bytes()) {
            let key = rest[..equals].trim();
            let after = rest[equals + 1..].trim_start();
            let Some(quote) = after.bytes().next().filter(|byte| matches!(byte, b'"' | b'\'')) else { break };
            let Some(length) = memchr::memchr(quote, &after.as_bytes()[1..]) else { break };
            let value = &after[1..=length];
            if key == name || local(key) == name {
                return unescaped(value);
            }
            rest = &after[length + 2..];
        }
        Cow::Borrowed("")
    }

    /// The elements directly inside.
    pub(crate) fn children(self) -> impl Iterator<Item = Element<'t, 'a>> {
        let tree = self.tree;
        let end = self.node().end as usize;
        let mut next = self.index + 1;
        std::iter::from_fn(move || {
            while next < end {
                let index = next;
                next = tree.nodes[index].end.max(index as u32 + 1) as usize;
                if tree.nodes[index].kind == Kind::Element {
                    return Some(Element { tree, index });
                }
            }
            None
        })
    }

    /// The elements directly inside that have a name.
    pub(crate) fn all(self, name: &str) -> impl Iterator<Item = Element<'t, 'a>> {
        self.children().filter(move |child| child.name() == name)
    }

    /// The first element at a path of names divided by strokes.
    pub(crate) fn at(self, path: &str) -> Option<Element<'t, 'a>> {
        let mut here = self;
        for name in path.split('/') {
            here = here.children().find(|child| child.name() == name)?;
        }
        Some(here)
    }

    /// Every element of a name anywhere inside, in order.
    pub(crate) fn descendants(self, name: &str) -> impl Iterator<Item = Element<'t, 'a>> {
        let range = self.index + 1..self.node().end as usize;
        let tree = self.tree;
        range.map(move |index| Element { tree, index }).filter(move |element| {
            let node = element.node();
            node.kind == Kind::Element && node.text == name
        })
    }

    /// The text at a path; empty when there is none.
    pub(crate) fn text_at(self, path: &str) -> String {
        self.at(path).map(Element::text).unwrap_or_default()
    }

    /// The text of everything inside, white space folded, one line a paragraph.
    pub(crate) fn text(self) -> String {
        let end = self.node().end as usize;
        let nodes = &self.tree.nodes[self.index + 1..end];
        // A number or a name is one piece of text.
        if let [only] = nodes
            && only.kind == Kind::Text
            && only.text.len() <= 64
            && !only.text.bytes().any(|byte| byte.is_ascii_whitespace())
            && !only.text.contains('\u{a0}')
        {
            return only.text.to_owned();
        }
        let bytes = nodes.iter().filter(|node| node.kind == Kind::Text).map(|node| node.text.len() + 1).sum();
        let mut folded = Folded { out: String::with_capacity(bytes), gap: Gap::Nothing };
        for node in nodes {
            match node.kind {
                Kind::Text => folded.push(node.text),
                Kind::Reference => folded.push_reference(node.text),
                Kind::Element => folded.meet(node.text),
            }
        }
        folded.out
    }

    /// The text of everything inside as it is written, for columns of fixed width.
    pub(crate) fn verbatim(self) -> String {
        let range = self.index + 1..self.node().end as usize;
        let texts = self.tree.nodes[range].iter().filter(|node| node.kind == Kind::Text);
        texts.map(|node| node.text).collect()
    }

    fn node(self) -> &'t Node<'a> {
        &self.tree.nodes[self.index]
    }
}

fn unescaped(value: &str) -> Cow<'_, str> {
    if memchr::memchr(b'&', value.as_bytes()).is_none() {
        return Cow::Borrowed(value);
    }
    let mut folded = Folded::default();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        folded.push(before);
        match after.split_once(';') {
            Some((name, after)) => {
                folded.push_reference(name);
                rest = after;
            }
            None => {
                folded.push("&");
                rest = after;
            }
        }
    }
    folded.push(rest);
    Cow::Owned(folded.out)
}

/// What stands between the last character and the next.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    Nothing,
    Space,
    /// A line break inside a sentence: nothing between Chinese characters, a space elsewhere.
    Line,
    Paragraph,
}

/// Text with its white space folded while it grows.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) out: String,
    gap: Gap,
}

impl Folded {
    pub(crate) fn push(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = memchr::memchr3(b'\n', b'\r', b'\t', rest.as_bytes()) {
            self.push_line(&rest[..at]);
            self.gap = self.gap.max(Gap::Line);
            rest = rest[at + 1..].trim_ascii_start();
        }
        self.push_line(rest);
    }

    /// Text without line ends: blanks at its ends and all but one of several become one.
    fn push_line(&mut self, line: &str) {
        static TWO_BLANKS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new("  "));
        let mut rest = line.trim_start_matches(' ');
        if rest.len() < line.len() {
            self.gap = self.gap.max(Gap::Space);
        }
        while let Some(at) = TWO_BLANKS.find(rest.as_bytes()) {
            self.append(&rest[..at]);
            self.gap = self.gap.max(Gap::Space);
            rest = rest[at..].trim_start_matches(' ');
        }
        let trimmed = rest.trim_end_matches(' ');
        self.append(trimmed);
        if trimmed.len() < rest.len() {
            self.gap = self.gap.max(Gap::Space);
        }
    }

    /// A reference by its name without `&` and `;`.
    fn push_reference(&mut self, name: &str) {
        let character = match name {
            "amp" => Some("&"),
            "lt" => Some("<"),
            "gt" => Some(">"),
            "quot" => Some("\""),
            "apos" => Some("'"),
            _ => None,
        };
        if let Some(character) = character {
            self.append(character);
        } else if let Some(digits) = name.strip_prefix('#') {
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok(),
                None => digits.parse().ok(),
            };
            match code.and_then(char::from_u32).filter(|c| !c.is_control()) {
                Some(c) if c.is_whitespace() => self.gap = self.gap.max(Gap::Space),
                Some(c) => self.append(c.encode_utf8(&mut [0; 4])),
                None => self.gap = self.gap.max(Gap::Space),
            }
        } else if let Some(text) = resolve_html5_entity(name) {
            self.push(text);
        } else {
            self.append(&format!("&{name};"));
        }
    }

    /// An element begins: some begin a new paragraph, a break is a line's end.
    fn meet(&mut self, element: &str) {
        let gap = match element {
            "p" | "heading" | "claim-text" | "Paragraphs" | "ClaimText" | "PARA" | "paragraph" | "H" | "li" | "row"
            | "claim" | "Claim" | "CLM" => Gap::Paragraph,
            "br" => Gap::Line,
            _ => return,
        };
        self.gap = self.gap.max(gap);
    }

    fn append(&mut self, run: &str) {
        if run.is_empty() {
            return;
        }
        if self.out.is_empty() {
            // White space before the first character says nothing.
            self.gap = Gap::Nothing;
        }
        match std::mem::take(&mut self.gap) {
            Gap::Nothing => {}
            Gap::Space => self.out.push(' '),
            Gap::Line => {
                let between =
                    self.out.chars().next_back().is_some_and(is_chinese) && run.chars().next().is_some_and(is_chinese);
                if !between {
                    self.out.push(' ');
                }
            }
            Gap::Paragraph => self.out.push('\n'),
        }
        self.out.push_str(run);
    }
}

/// Characters that are written without spaces between them.
fn is_chinese(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(xml: &str) -> String {
        Tree::parse(xml).unwrap().root().unwrap().text()
    }

    #[test]
    fn text_is_folded_and_references_are_characters() {
        assert_eq!(text("<a>  one\n  two <b>three</b>four </a>"), "one two threefour");
        assert_eq!(text("<a>A&amp;B &#x4E2D;&#20013; &ldquo;x&rdquo; &nosuch;</a>"), "A&B 中中 “x” &nosuch;");
        assert_eq!(text("<a>本发明<br/>\n提供 x<br/>\ny</a>"), "本发明提供 x y");
        assert_eq!(text("<a><p>一</p>\n<p>二</p></a>"), "一\n二");
        assert_eq!(text("<a><![CDATA[<x> & y]]></a>"), "<x> & y");
    }

    #[test]
    fn elements_are_found_by_path_and_attribute() {
        let tree = Tree::parse(r#"<x:a k="1" n:lang='z&amp;h'><b/><c><d>one</d><d>two</d></c></x:a>"#).unwrap();
        let root = tree.root().unwrap();
        assert_eq!(root.name(), "a");
        assert_eq!(root.attribute("lang"), "z&h");
        assert_eq!(root.attribute("none"), "");
        assert_eq!(root.text_at("c/d"), "one");
        assert_eq!(root.at("c").unwrap().all("d").map(Element::text).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(root.descendants("d").count(), 2);
        assert!(root.at("b/d").is_none());
    }

    #[test]
    fn broken_and_endlessly_deep_documents_are_refused_with_the_place() {
        for (xml, expected) in [("<a><b></a>", "字节处"), ("<a>", "截断"), ("<a", "字节处"), ("", "截断")] {
            let error = Tree::parse(xml).unwrap_err();
            assert!(error.contains(expected), "{xml}: {error}");
        }
        let deep = "<a>".repeat(300);
        assert!(Tree::parse(&deep).unwrap_err().contains("嵌套"));
    }
}

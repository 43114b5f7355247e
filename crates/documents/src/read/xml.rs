//! XML files: which elements are documents, and which reader each goes to.

use std::{io::Read, path::Path};

use super::{
    Doubts, Outcome, Sink, cnipa, docdb, encoding, ep, ops, red_book, sgml,
    split::{self, Piece, Role, Splitter},
    tree::{Element, Tree, local},
};
use crate::{document::Document, error::Error};

/// Reads the document that an element is.
type Reading = fn(Element<'_, '_>, &mut Doubts) -> Result<Document, String>;

/// The format and the reader of an element, by its local name and what it stands in.
fn format_of(name: &str, open: &[String]) -> Option<(&'static str, Reading)> {
    let is_in = |container: &str| open.iter().any(|name| local(name) == container);
    Some(match name {
        "PatentDocumentAndRelated" => ("cnipa-xml", cnipa::full_text as Reading),
        "cn-application-body" => ("cnipa-efiling", cnipa::application_body),
        "exchange-document" if is_in("world-patent-data") => ("ops", ops::exchange_document),
        "exchange-document" => ("docdb", docdb::read),
        "ep-patent-document" => ("ep-xml", ep::read),
        "us-patent-grant" | "us-patent-application" => ("us-red-book", red_book::read),
        "PATDOC" => ("us-sgml", sgml::grant),
        "patent-application-publication" => ("us-pap", sgml::application),
        "family-member" if is_in("patent-family") => ("ops-family", ops::family_member),
        "fulltext-document" => ("ops-fulltext", ops::full_text),
        "publication-reference" if is_in("search-result") => ("ops-search", ops::found),
        _ => return None,
    })
}

fn role(name: &str, open: &[String]) -> Role {
    if format_of(name, open).is_some() {
        return Role::Record;
    }
    match name {
        "exchange-documents"
        | "world-patent-data"
        | "patent-family"
        | "biblio-search"
        | "search-result"
        | "fulltext-documents"
        | "us-patent-grants"
        | "us-patent-applications" => Role::Container,
        "publication-reference" | "query" | "range" | "meta" => Role::Furniture,
        _ => Role::Foreign,
    }
}

/// What an element that is no document is, for the message; none when nothing is known of it.
fn known_foreign(name: &str) -> Option<&'static str> {
    Some(match name {
        "class-scheme" => "CPC 分类表",
        "CPCMasterClassification" | "CPCMasterClassificationFile" | "CPCMasterList" => {
            "CPC 分类数据（专利与分类号对照）"
        }
        "ClaimsDocument" | "SpecificationDocument" | "AbstractDocument" | "DescriptionDocument" => {
            "美国专利局审查案卷（image file wrapper）中的往来文件"
        }
        "document-inquiry" => "OPS 图像查询结果",
        "fault" | "error" => "接口返回的错误信息",
        "sequence-cwu" => "序列表",
        _ => return None,
    })
}

/// Reads a stream of XML.
pub(crate) fn read(reader: impl Read, head: &[u8], path: &Path, sink: &mut Sink<'_>) -> Result<Outcome, Error> {
    match encoding::wide_encoding(head) {
        Some(wide) => {
            sink.note_encoding(wide.name());
            read_utf8(encoding::Transcoded::new(reader, wide), path, sink)
        }
        None => read_utf8(reader, path, sink),
    }
}

fn read_utf8(reader: impl Read, path: &Path, sink: &mut Sink<'_>) -> Result<Outcome, Error> {
    let mut splitter = Splitter::new(reader, sink.limits.document_bytes);
    let before = (sink.bytes, sink.summary.records);
    let mut foreign: Option<String> = None;
    let mut last_format = "xml";
    loop {
        let piece =
            splitter
                .next(&role)
                .map_err(|source| Error::Io { file: sink.file.clone(), action: "读取文件", source })?;
        sink.bytes = before.0 + splitter.position();
        let flow = match piece {
            None => break,
            Some(Piece::PassedOver { name }) => {
                let name = local(&name);
                sink.pass_over(
                    known_foreign(name).map_or_else(|| format!("不是专利文献的元素 <{name}>"), str::to_owned),
                );
                foreign.get_or_insert_with(|| name.to_owned());
                continue;
            }
            Some(Piece::Broken { offset, reason, excerpt }) => {
                sink.offer(last_format, |n| place(n, offset), |_| Err(reason), || excerpt)
            }
            Some(Piece::Record { name, offset, length, has_entities }) => {
                let Some((format, reading)) = format_of(local(&name), splitter.open()) else { continue };
                last_format = format;
                let bytes = splitter.bytes(length);
                let declared = splitter.declared.as_str();
                let mut found = "";
                let flow = sink.offer(
                    format,
                    |n| place(n, offset),
                    |doubts| {
                        if has_entities {
                            return Err(
                                "文档类型声明（DTD）里定义了实体，可能是实体炸弹，已拒绝展开。请换用不带实体定义的文件"
                                    .into(),
                            );
                        }
                        let (text, encoding) = encoding::decoded(bytes, declared)?;
                        found = encoding;
                        document(&text, reading, path, doubts)
                    },
                    || split::excerpt(bytes),
                );
                sink.note_encoding(found);
                flow
            }
        };
        if flow.is_break() {
            break;
        }
    }
    if sink.summary.records > before.1 {
        return Ok(Outcome::Documents);
    }
    let name = foreign.unwrap_or_default();
    let what = known_foreign(&name).map_or_else(|| format!("根元素为 <{name}> 的 XML"), str::to_owned);
    let advice = "请收录专利著录项目、全文或法律事件的 XML".to_owned();
    Ok(Outcome::None { what, advice })
}

fn place(ordinal: u64, offset: u64) -> String {
    format!("第 {} 篇（第 {offset} 字节起）", ordinal + 1)
}

fn document(text: &str, reading: Reading, path: &Path, doubts: &mut Doubts) -> Result<Document, String> {
    let tree = Tree::parse(text)?;
    let root = tree.root().ok_or("没有根元素")?;
    let mut document = reading(root, doubts)?;
    if document.application_number.is_empty() && document.publications.is_empty() {
        // The parts of an electronic filing carry no number; their folder or file is named by it.
        document.application_number = cnipa::number_in_path(path).unwrap_or_default();
    }
    Ok(document)
}

/// Parses one document from its text, without the declaration before it, and throws it away: for measuring.
pub fn parse_one(text: &str) -> Result<Document, String> {
    let tree = Tree::parse(text)?;
    let root = tree.root().ok_or("没有根元素")?;
    let (_, reading) = format_of(root.name(), &[]).ok_or("不认识的根元素")?;
    reading(root, &mut Doubts::new())
}

//! The engines against each other and against plain code, on random documents and random queries.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use documents::Document;
use proptest::prelude::*;

use super::{corpus_of, oracle};
use crate::{Cell, Corpus, Dimension, Field, Order, Page, Query, Value, generate, row::Row, search::Rows, state};

/// Documents in several splits, some of them superseded, some with later states and owners.
struct World {
    corpus: Corpus,
    documents: BTreeMap<String, Document>,
    _folder: tempfile::TempDir,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let mut documents: BTreeMap<String, Document> =
        generate::documents(11, 900).map(|document| (document.key.clone(), document)).collect();
    corpus_of(folder.path(), documents.values().cloned(), 250);
    let keys: Vec<String> = documents.keys().cloned().collect();
    let mut writer = crate::Writer::open(folder.path()).unwrap();
    for key in keys.iter().step_by(17) {
        let earlier = documents[key].clone();
        let mut document = earlier.clone();
        document.titles.push(documents::Text { language: "en".into(), text: "A revised battery electrode".into() });
        document.claims.truncate(1);
        documents.insert(key.clone(), crate::same::joined(&earlier, document.clone()));
        writer.add(document).unwrap();
    }
    writer.commit().unwrap();
    for document in documents.values_mut() {
        let settled = documents::legal::settled(document);
        (document.state, document.is_presumed) = (settled.state, settled.is_presumed);
    }
    for (at, key) in keys.iter().enumerate().step_by(13) {
        let state = state::ALL[at % state::ALL.len()];
        assert!(writer.set_state(key, state).unwrap());
        let owners = vec![format!("海安{}实业有限公司", at % 5)];
        assert!(writer.set_owners(key, owners.clone()).unwrap());
        let document = documents.get_mut(key).unwrap();
        (document.state, document.is_presumed) = (state, false);
        document.owners =
            owners.into_iter().map(|name| documents::Party { name, ..documents::Party::default() }).collect();
    }
    writer.commit().unwrap();
    World { corpus: Corpus::open(folder.path()).unwrap(), documents, _folder: folder }
});

/// Pieces of the documents themselves, so that queries find something.
fn leaf() -> impl Strategy<Value = Query> {
    let source = (0_u64..900, any::<prop::sample::Index>(), 2_usize..6);
    let piece = source.prop_map(|(ordinal, at, length)| {
        let document = generate::document(11, ordinal);
        let all = [&document.titles, &document.abstracts, &document.claims];
        let texts: Vec<&str> = all.into_iter().flatten().map(|text| text.text.as_str()).collect();
        let characters: Vec<char> = texts[at.index(texts.len())].chars().collect();
        let start = at.index(characters.len());
        let piece: String = characters[start..].iter().take(length).filter(|c| c.is_alphanumeric()).collect();
        if piece.is_empty() { "电池".to_owned() } else { piece }
    });
    let field = prop::sample::select(vec![Field::Text, Field::Title, Field::Abstract, Field::Claims]);
    let text = (field.clone(), piece.clone(), any::<bool>()).prop_map(|(field, piece, is_phrase)| {
        Query::term(field, if is_phrase { Value::Phrase(piece) } else { Value::Words(piece) })
    });
    let near =
        (field, piece.clone(), piece, 0_u32..30, any::<bool>()).prop_map(|(field, left, right, distance, order)| {
            let operands = vec![vec![Value::Phrase(left)], vec![Value::Words(right)]];
            Query::Near(crate::Near { field, operands, distance, is_ordered: order, span: crate::Span::default() })
        });
    let read = prop::sample::select(vec![
        "IC=H01M",
        "IC=G06F3/00",
        "IC=H",
        "CPC=G06N",
        "AD>=2015",
        "AD=[2008 TO 2012]",
        "PD=2016",
        "GD<=2014",
        "PC=CN",
        "PC=US",
        "KD=发明",
        "ST=有效",
        "ST=未知",
        "ST=审中",
        "PA=南通",
        "PA=科技有限公司",
        "OW=海安",
        "OW==海安1实业有限公司",
        "OW=苏州",
        "IN=赵甲",
        "PR=江苏",
        "PV=江苏省",
        "CITY=南通市",
        "PR=深圳",
        "batt*",
        "electro?e",
        "TI=re*",
        "TI=\"revised battery\"",
        "CL=特?",
        "TI=(电 /3n 材)",
        "CL=(其特征 /9w 包括)",
        "OW=(海安 /2w 实业)",
        "NO=CN2012*",
        "传感器模块",
        "\"传感器模块\"",
        "method (system OR device)",
        "FA=F1-0",
        "*",
    ]);
    prop_oneof![3 => text, 1 => near, 3 => read.prop_map(|text| Query::parse(text).unwrap())]
}

pub(crate) fn query() -> impl Strategy<Value = Query> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Query::Or),
            inner.prop_map(|query| Query::Not(Box::new(query))),
        ]
    })
}

fn found(corpus: &Corpus, query: &Query) -> BTreeSet<String> {
    let rows = corpus.collect(query, &Rows).unwrap();
    let mut keys = BTreeSet::new();
    for (split, rows) in corpus.splits().iter().zip(rows) {
        keys.extend(split.documents(&rows).unwrap().into_iter().map(|document| document.key));
    }
    keys
}

fn expected<'a>(world: &'a World, query: &Query) -> Vec<&'a Document> {
    world.documents.values().filter(|document| oracle::matches(query, document)).collect()
}

/// The values of a dimension of a document, by plain code.
fn values(document: &Document, dimension: Dimension) -> Vec<Option<String>> {
    let row = Row::of(document);
    let cut = |values: Vec<String>, length: usize| -> Vec<String> {
        values.into_iter().map(|value| value[..length].to_owned()).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let year = |day: Option<jiff::civil::Date>| day.map(|day| day.year().to_string()).into_iter().collect::<Vec<_>>();
    let values = match dimension {
        Dimension::FiledYear => year(row.filed),
        Dimension::PublishedYear => year(row.published.first().copied()),
        Dimension::GrantedYear => year(row.granted),
        Dimension::Office => vec![document.office.clone()],
        Dimension::Kind => row.kind().map(str::to_owned).into_iter().collect(),
        Dimension::State => state::known(document.state).map(str::to_owned).into_iter().collect(),
        Dimension::IpcSection => cut(row.ipc_subclasses, 1),
        Dimension::IpcClass => cut(row.ipc_subclasses, 3),
        Dimension::IpcSubclass => row.ipc_subclasses,
        Dimension::IpcGroup => row.ipc_groups,
        Dimension::CpcSubclass => row.cpc_subclasses,
        Dimension::Applicant => row.applicants,
        Dimension::Owner => row.owners,
        Dimension::Inventor => row.inventors,
        Dimension::Province => row.province.into_iter().collect(),
        Dimension::City => row.city.into_iter().collect(),
        Dimension::Family => vec![row.family],
    };
    if values.is_empty() { vec![None] } else { values.into_iter().map(Some).collect() }
}

/// A cross table by plain code: documents and families of each cell.
fn cross(documents: &[&Document], dimensions: &[Dimension]) -> Vec<Cell> {
    let mut cells: BTreeMap<Vec<Option<String>>, (u64, BTreeSet<String>)> = BTreeMap::new();
    for document in documents {
        let mut keys = vec![Vec::new()];
        for dimension in dimensions {
            let values = values(document, *dimension);
            keys = keys
                .iter()
                .flat_map(|key: &Vec<Option<String>>| {
                    values.iter().map(|value| [key.as_slice(), std::slice::from_ref(value)].concat())
                })
                .collect();
        }
        for key in keys {
            let cell = cells.entry(key).or_default();
            cell.0 += 1;
            cell.1.insert(Row::of(document).family);
        }
    }
    let cell = |(values, (documents, families)): (Vec<Option<String>>, (u64, BTreeSet<String>))| Cell {
        values: values.into_iter().map(|value| value.map(Into::into)).collect(),
        documents,
        families: families.len() as u64,
    };
    cells.into_iter().map(cell).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn the_index_finds_what_a_scan_finds(query in query()) {
        let world = &*WORLD;
        let expected: BTreeSet<String> = expected(world, &query).into_iter().map(|d| d.key.clone()).collect();
        prop_assert_eq!(found(&world.corpus, &query), expected.clone(), "{}", query);
        prop_assert_eq!(world.corpus.count(&query).unwrap(), expected.len() as u64, "{}", query);
    }

    #[test]
    fn every_facet_is_the_same_by_index_by_columns_and_by_scan(
        query in query(),
        dimension in prop::sample::select(Dimension::ALL.to_vec()),
    ) {
        let world = &*WORLD;
        let facet = world.corpus.facet(&query, dimension, usize::MAX).unwrap();
        let (by_index, by_columns) = world.corpus.facet_by_each(&query, dimension, usize::MAX).unwrap();
        prop_assert_eq!(by_index.is_none(), dimension == Dimension::Family);
        prop_assert_eq!(by_index.as_ref().unwrap_or(&facet), &facet, "{}", query);
        prop_assert_eq!(&by_columns, &facet, "{}", query);
        let first = world.corpus.facet(&query, dimension, 3).unwrap();
        prop_assert_eq!((&first.values[..], first.distinct), (&facet.values[..facet.values.len().min(3)], facet.distinct));
        let documents = expected(world, &query);
        let cells = cross(&documents, &[dimension]);
        let scanned: BTreeMap<&str, u64> =
            cells.iter().filter_map(|cell| Some((cell.values[0].as_deref()?, cell.documents))).collect();
        let counted: BTreeMap<&str, u64> =
            facet.values.iter().map(|value| (value.value.as_str(), value.documents)).collect();
        prop_assert_eq!(counted, scanned, "{} {:?}", query, dimension);
        let unknown = cells.iter().find(|cell| cell.values[0].is_none()).map_or(0, |cell| cell.documents);
        prop_assert_eq!((facet.documents, facet.unknown), (documents.len() as u64, unknown));
    }

    #[test]
    fn cross_tables_and_families_are_those_of_a_scan(
        query in query(),
        dimensions in prop::collection::vec(prop::sample::select(Dimension::ALL.to_vec()), 0..4),
    ) {
        let world = &*WORLD;
        let documents = expected(world, &query);
        let table = world.corpus.cross(&query, &dimensions).unwrap();
        let mut cells = cross(&documents, &dimensions);
        cells.sort();
        prop_assert_eq!(&table.cells, &cells, "{} {:?}", query, dimensions);
        // However large the table is, and however its cells are numbered.
        let each: [fn(usize) -> usize; 2] = [|_| 0, |_| 100_000];
        for dense_max in each {
            prop_assert_eq!(&world.corpus.cross_within(&query, &dimensions, dense_max).unwrap(), &table);
        }
        let families: BTreeSet<String> = documents.iter().map(|document| Row::of(document).family).collect();
        prop_assert_eq!((table.documents, table.families), (documents.len() as u64, families.len() as u64));
    }

    #[test]
    fn hits_as_columns_keys_and_documents_are_those_of_a_scan(
        query in query(),
        dimension in prop::sample::select(Dimension::ALL.to_vec()),
    ) {
        let world = &*WORLD;
        let documents = expected(world, &query);
        let keys: Vec<&str> = documents.iter().map(|document| document.key.as_str()).collect();
        prop_assert_eq!(world.corpus.keys(&query).unwrap(), keys);
        let [columns] = <[_; 1]>::try_from(world.corpus.values(&query, &[dimension]).unwrap()).unwrap();
        let of = |hit| columns.of(hit).iter().map(|code| columns.name(*code).to_owned()).collect::<BTreeSet<String>>();
        let mut found: Vec<_> = (0..columns.hits()).map(of).collect();
        let known = |document: &&Document| values(document, dimension).into_iter().flatten().collect();
        let mut scanned: Vec<BTreeSet<String>> = documents.iter().map(known).collect();
        found.sort();
        scanned.sort();
        prop_assert_eq!(found, scanned, "{} {:?}", query, dimension);
        if documents.len() > 100 {
            return Ok(());
        }
        let mut read = Vec::new();
        world.corpus.each_document(&query, |document| read.push((document.key.clone(), document.state))).unwrap();
        read.sort();
        prop_assert_eq!(read, documents.iter().map(|one| (one.key.clone(), one.state)).collect::<Vec<_>>());
    }

    #[test]
    fn hits_by_family_show_each_family_once_and_count_its_members(query in query(), offset in 0_usize..40) {
        let world = &*WORLD;
        let documents = expected(world, &query);
        let mut members: BTreeMap<String, u64> = BTreeMap::new();
        documents.iter().for_each(|document| *members.entry(Row::of(document).family).or_default() += 1);
        for order in [Order::Relevance, Order::FiledLatest] {
            let page = Page { offset: 0, limit: usize::MAX, order, by_family: true };
            let hits = world.corpus.search(&query, &page).unwrap();
            prop_assert_eq!(hits.families, Some(members.len() as u64));
            let shown: BTreeMap<String, u64> =
                hits.hits.iter().map(|hit| (Row::of(&hit.document).family, hit.family_documents.unwrap())).collect();
            prop_assert_eq!(hits.hits.len(), shown.len());
            prop_assert_eq!(&shown, &members);
            let part = world.corpus.search(&query, &Page { offset, limit: 5, ..page }).unwrap();
            let keys = |hits: &[crate::Hit]| hits.iter().map(|hit| hit.document.key.clone()).collect::<Vec<_>>();
            prop_assert_eq!(keys(&part.hits), keys(&hits.hits).into_iter().skip(offset).take(5).collect::<Vec<_>>());
        }
    }
}

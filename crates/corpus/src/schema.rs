//! The full-text index of a split: its fields, and what a document puts into them.
//!
//! Nothing is stored in the index: documents are read from the Parquet file by row.

use std::sync::LazyLock;

use documents::{Document, Party, Text};
use jiff::civil::Date;
use tantivy::{
    TantivyDocument,
    schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, SchemaBuilder, TextFieldIndexing, TextOptions},
    tokenizer::RAW_TOKENIZER_NAME,
};

use crate::{
    numbers,
    row::Row,
    same,
    tokenizer::{CHARACTERS, WORDS},
};

/// Raised whenever the same document would give another index.
pub(crate) const VERSION: u32 = 3;

/// A text in two ways: words to rank by, characters with positions to be exact by.
#[derive(Clone, Copy)]
pub(crate) struct TextFields {
    pub(crate) words: Field,
    pub(crate) characters: Field,
}

/// Names in two ways: characters for parts of a name, and the whole name.
#[derive(Clone, Copy)]
pub(crate) struct NameFields {
    pub(crate) characters: Field,
    pub(crate) whole: Field,
}

/// The fields of the index.
pub(crate) struct Fields {
    pub(crate) schema: Schema,
    pub(crate) key: Field,
    /// What it shares with other documents of the same application.
    pub(crate) identity: Field,
    pub(crate) number: Field,
    pub(crate) family: Field,
    /// The folded numbers of the documents it cites.
    pub(crate) cited: Field,
    pub(crate) title: TextFields,
    pub(crate) summary: TextFields,
    pub(crate) claims: TextFields,
    pub(crate) description: TextFields,
    pub(crate) applicant: NameFields,
    pub(crate) owner: NameFields,
    pub(crate) inventor: NameFields,
    pub(crate) agent: NameFields,
    pub(crate) address: Field,
    /// A symbol and all above it.
    pub(crate) ipc: Field,
    pub(crate) cpc: Field,
    pub(crate) locarno: Field,
    pub(crate) office: Field,
    pub(crate) kind: Field,
    pub(crate) state: Field,
    pub(crate) ipc_subclass: Field,
    pub(crate) ipc_group: Field,
    pub(crate) cpc_subclass: Field,
    pub(crate) province: Field,
    pub(crate) city: Field,
    /// Days as `20180501`.
    pub(crate) filed: Field,
    pub(crate) published: Field,
    pub(crate) granted: Field,
}

/// The one schema.
pub(crate) fn fields() -> &'static Fields {
    static FIELDS: LazyLock<Fields> = LazyLock::new(build);
    &FIELDS
}

fn build() -> Fields {
    let mut schema = Schema::builder();
    let builder = &mut schema;
    let fields = Fields {
        key: raw(builder, "key", false),
        identity: raw(builder, "identity", false),
        number: raw(builder, "number", false),
        family: raw(builder, "family", false),
        cited: raw(builder, "cited", false),
        title: text(builder, "title"),
        summary: text(builder, "abstract"),
        claims: text(builder, "claims"),
        description: text(builder, "description"),
        applicant: name(builder, "applicant"),
        owner: name(builder, "owner"),
        inventor: name(builder, "inventor"),
        agent: name(builder, "agent"),
        address: builder.add_text_field("address", indexed(CHARACTERS, IndexRecordOption::WithFreqsAndPositions)),
        ipc: raw(builder, "ipc", false),
        cpc: raw(builder, "cpc", false),
        locarno: raw(builder, "locarno", false),
        office: raw(builder, "office", true),
        kind: raw(builder, "kind", true),
        state: raw(builder, "state", true),
        ipc_subclass: raw(builder, "ipc_subclass", true),
        ipc_group: raw(builder, "ipc_group", true),
        cpc_subclass: raw(builder, "cpc_subclass", true),
        province: raw(builder, "province", true),
        city: raw(builder, "city", true),
        filed: builder.add_i64_field("filed", INDEXED | FAST),
        published: builder.add_i64_field("published", INDEXED | FAST),
        granted: builder.add_i64_field("granted", INDEXED | FAST),
        schema: Schema::builder().build(),
    };
    Fields { schema: schema.build(), ..fields }
}

fn indexed(tokenizer: &str, record: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(record);
    TextOptions::default().set_indexing_options(indexing)
}

fn raw(builder: &mut SchemaBuilder, name: &str, is_fast: bool) -> Field {
    let indexing = TextFieldIndexing::default().set_tokenizer(RAW_TOKENIZER_NAME).set_fieldnorms(false);
    let options = TextOptions::default().set_indexing_options(indexing.set_index_option(IndexRecordOption::Basic));
    builder.add_text_field(name, if is_fast { options.set_fast(RAW_TOKENIZER_NAME) } else { options })
}

fn text(builder: &mut SchemaBuilder, name: &str) -> TextFields {
    TextFields {
        words: builder.add_text_field(name, indexed(WORDS, IndexRecordOption::WithFreqs)),
        characters: builder.add_text_field(
            &format!("{name}_characters"),
            indexed(CHARACTERS, IndexRecordOption::WithFreqsAndPositions),
        ),
    }
}

fn name(builder: &mut SchemaBuilder, name: &str) -> NameFields {
    NameFields {
        characters: builder.add_text_field(
            &format!("{name}_characters"),
            indexed(CHARACTERS, IndexRecordOption::WithFreqsAndPositions),
        ),
        whole: raw(builder, name, true),
    }
}

/// A day as a number that sorts and shows its year.
pub(crate) fn day_number(day: Date) -> i64 {
    i64::from(day.year()) * 10_000 + i64::from(day.month()) * 100 + i64::from(day.day())
}

/// The day of such a number.
pub(crate) fn day_of(number: i64) -> Option<Date> {
    let part = |number: i64| i8::try_from(number % 100).ok();
    Date::new(i16::try_from(number / 10_000).ok()?, part(number / 100)?, part(number)?).ok()
}

/// What a document puts into the index.
pub(crate) fn index_document(document: &Document, row: &Row) -> TantivyDocument {
    let fields = fields();
    let mut into = TantivyDocument::new();
    into.add_text(fields.key, &document.key);
    add_all(&mut into, fields.identity, &same::identities(document));
    into.add_text(fields.family, &row.family);
    numbers::forms(document).iter().for_each(|form| into.add_text(fields.number, form));
    numbers::cited(document).iter().for_each(|form| into.add_text(fields.cited, form));
    add_texts(&mut into, fields.title, &document.titles);
    add_texts(&mut into, fields.summary, &document.abstracts);
    add_texts(&mut into, fields.claims, &document.claims);
    add_texts(&mut into, fields.description, &document.descriptions);
    add_names(&mut into, fields.applicant, &document.applicants, &row.applicants);
    add_names(&mut into, fields.owner, &document.owners, &row.owners);
    add_names(&mut into, fields.inventor, &document.inventors, &row.inventors);
    let agents: Vec<String> = document.agents.iter().map(|party| party.name.clone()).collect();
    add_names(&mut into, fields.agent, &document.agents, &agents);
    for party in document.applicants.iter().filter(|party| !party.address.is_empty()) {
        into.add_text(fields.address, &party.address);
    }
    add_all(&mut into, fields.ipc, &row.ipc_levels);
    add_all(&mut into, fields.cpc, &row.cpc_levels);
    add_all(&mut into, fields.locarno, &row.locarno);
    add_all(&mut into, fields.ipc_subclass, &row.ipc_subclasses);
    add_all(&mut into, fields.ipc_group, &row.ipc_groups);
    add_all(&mut into, fields.cpc_subclass, &row.cpc_subclasses);
    into.add_text(fields.office, &document.office);
    let singles = [(fields.kind, row.kind()), (fields.state, row.state()), (fields.province, row.province.as_deref())];
    for (field, value) in singles.into_iter().chain([(fields.city, row.city.as_deref())]) {
        value.iter().for_each(|value| into.add_text(field, value));
    }
    row.filed.iter().for_each(|day| into.add_i64(fields.filed, day_number(*day)));
    row.published.iter().for_each(|day| into.add_i64(fields.published, day_number(*day)));
    row.granted.iter().for_each(|day| into.add_i64(fields.granted, day_number(*day)));
    into
}

fn add_all(into: &mut TantivyDocument, field: Field, values: &[String]) {
    values.iter().for_each(|value| into.add_text(field, value));
}

fn add_texts(into: &mut TantivyDocument, fields: TextFields, texts: &[Text]) {
    for text in texts {
        into.add_text(fields.words, &text.text);
        into.add_text(fields.characters, &text.text);
    }
}

/// The names as written and in their other script; as a whole only as written.
pub(crate) fn add_names(into: &mut TantivyDocument, fields: NameFields, parties: &[Party], whole: &[String]) {
    for party in parties {
        for name in [&party.name, &party.other_name] {
            if !name.is_empty() {
                into.add_text(fields.characters, name);
            }
        }
    }
    add_all(into, fields.whole, whole);
}

//! A snapshot's id says what it holds, and its folder gives every damage away.

use std::fs;

use datafusion::arrow::array::RecordBatch;
use jiff::civil::date;
use proptest::prelude::*;
use rules::{Column, Kind, Snapshot, TableBuilder, Value};

type Row = (Option<String>, Option<i64>, Option<i32>, Option<bool>);

fn table(rows: &[Row]) -> RecordBatch {
    let mut table = TableBuilder::new(&[
        ("name", Kind::Text),
        ("number", Kind::Integer),
        ("day", Kind::Date),
        ("flag", Kind::Flag),
    ]);
    for (name, number, day, flag) in rows {
        let day = day.and_then(rules::snapshot::from_days);
        table.push(vec![name.clone().into(), (*number).into(), day.into(), (*flag).into()]).unwrap();
    }
    table.finish().unwrap()
}

fn id(rows: &[Row]) -> String {
    Snapshot::new([("t".to_owned(), table(rows))]).unwrap().id().to_owned()
}

fn row() -> impl Strategy<Value = Row> {
    (
        proptest::option::of("[a-c]{0,3}"),
        proptest::option::of(-3..3i64),
        proptest::option::of(-3..3i32),
        proptest::option::of(any::<bool>()),
    )
}

proptest! {
    #[test]
    fn the_id_knows_neither_order_nor_batches(
        rows in proptest::collection::vec(row(), 0..30).prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        cut in 0..30usize,
    ) {
        let (rows, shuffled) = rows;
        let whole = id(&rows);
        prop_assert_eq!(&id(&shuffled), &whole);
        let (head, tail) = shuffled.split_at(cut.min(shuffled.len()));
        let cut = Snapshot::from_batches([("t".to_owned(), vec![table(head), table(tail)])]).unwrap();
        prop_assert_eq!(cut.id(), &whole);
    }

    #[test]
    fn another_cell_is_another_id(rows in proptest::collection::vec(row(), 1..10), at in any::<prop::sample::Index>()) {
        let mut other = rows.clone();
        let at = at.index(other.len());
        other[at].1 = Some(other[at].1.map_or(0, |number| number + 1));
        prop_assert_ne!(id(&rows), id(&other));
    }
}

#[test]
fn null_empty_text_and_neighbours_are_told_apart() {
    let text = |name: Option<&str>| (name.map(str::to_owned), None, None, None);
    let ids = [
        id(&[]),
        id(&[text(None)]),
        id(&[text(Some(""))]),
        id(&[text(None), text(None)]),
        id(&[text(Some("a")), text(Some("b"))]),
        id(&[text(Some("ab"))]),
    ];
    for (n, one) in ids.iter().enumerate() {
        assert!(ids[n + 1..].iter().all(|other| other != one), "{n}");
    }
    let renamed = Snapshot::new([("u".to_owned(), table(&[]))]).unwrap();
    assert_ne!(renamed.id(), ids[0]);
}

/// The id of known content never changes: an engine that gives another has another meaning.
#[test]
fn the_id_of_known_content_stays() {
    let rows = [(Some("甲".to_owned()), Some(1), Some(19_000), Some(true)), (None, Some(-1), None, Some(false))];
    assert_eq!(id(&rows), "4b5f57a20619a0c563e433bc2ddb3e446c3075699b1382fbdca3127b1fae633b");
}

fn small() -> Snapshot {
    let mut towns = TableBuilder::new(&[("code", Kind::Text), ("from_on", Kind::Date)]);
    for code in ["320682101", "320682001"] {
        towns.push(vec![code.into(), date(2021, 1, 1).into()]).unwrap();
    }
    let mut empty = TableBuilder::new(&[("n", Kind::Integer)]);
    empty.push(vec![Value::Null]).unwrap();
    Snapshot::new([("region".to_owned(), towns.finish().unwrap()), ("other".to_owned(), empty.finish().unwrap())])
        .unwrap()
}

#[test]
fn a_folder_reads_back_the_same() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("snapshots").join("one");
    small().write(&dir).unwrap();
    assert_eq!(Snapshot::read(&dir).unwrap(), small());
    // Writing it again finds it there, and leaves nothing behind.
    small().write(&dir).unwrap();
    let names: Vec<_> = fs::read_dir(home.path().join("snapshots")).unwrap().collect();
    assert_eq!(names.len(), 1);
}

#[test]
fn one_changed_byte_anywhere_is_found_and_its_file_named() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("one");
    small().write(&dir).unwrap();
    for entry in fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            fs::write(&path, &bad).unwrap();
            let message = Snapshot::read(&dir).unwrap_err().to_string();
            let name = path.file_name().unwrap().to_string_lossy();
            let manifest = name == "manifest.json";
            assert!(manifest || message.contains(&*name), "byte {at} of {name}: {message}");
        }
        fs::write(&path, &good[..good.len() - 1]).unwrap();
        assert!(Snapshot::read(&dir).is_err());
        fs::remove_file(&path).unwrap();
        assert!(Snapshot::read(&dir).is_err());
        fs::write(&path, &good).unwrap();
    }
    Snapshot::read(&dir).unwrap();
}

#[test]
fn a_killed_writing_leaves_no_snapshot_and_is_cleared_away() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("one");
    let leftover = home.path().join(".one.partial-1-0");
    fs::create_dir(&leftover).unwrap();
    fs::write(leftover.join("region.parquet"), b"half").unwrap();
    assert!(Snapshot::read(&dir).is_err());
    small().write(&dir).unwrap();
    assert_eq!(rules::folder::remove_unfinished(home.path()).unwrap(), [leftover]);
    assert_eq!(Snapshot::read(&dir).unwrap().id(), small().id());
    assert!(rules::folder::remove_unfinished(&home.path().join("absent")).unwrap().is_empty());
}

#[test]
fn two_writers_of_one_snapshot_both_succeed() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("one");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| small().write(&dir).unwrap());
        }
    });
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn only_the_four_types_and_plain_names_are_taken() {
    use std::sync::Arc;

    use datafusion::arrow::{
        array::Float64Array,
        datatypes::{DataType, Field, Schema},
    };
    let schema = Schema::new(vec![Field::new("x", DataType::Float64, true)]);
    let floats = RecordBatch::try_new(Arc::new(schema), vec![Arc::new(Float64Array::from(vec![1.0]))]);
    assert!(Snapshot::new([("t".to_owned(), floats.unwrap())]).is_err());
    for name in ["", "T", "a-b", "../x", "1a", "表"] {
        assert!(Snapshot::new([(name.to_owned(), table(&[]))]).is_err(), "{name}");
    }
}

#[test]
fn columns_made_whole_say_the_same_as_rows_and_a_row_is_found_by_its_first_text() {
    let rows: Vec<Row> = vec![
        (Some("乙".into()), Some(2), Some(-1), Some(true)),
        (None, None, None, None),
        (Some("甲".into()), Some(-7), Some(19_000), Some(false)),
        (Some(String::new()), Some(0), Some(0), None),
    ];
    let days = rows.iter().map(|row| row.2.and_then(rules::snapshot::from_days));
    let columns = vec![
        ("name", Column::texts(rows.iter().map(|row| row.0.as_deref()))),
        ("number", Column::integers(rows.iter().map(|row| row.1))),
        ("day", Column::dates(days)),
        ("flag", Column::flags(rows.iter().map(|row| row.3))),
    ];
    let made = Snapshot::of_columns([("t", columns)]).unwrap();
    assert_eq!(made.id(), id(&rows));
    let read = made.rows("t").unwrap();
    for text in ["", "乙", "甲"] {
        let found: Vec<_> = read.whose("name", text).map(|row| read.text(row, "name")).collect();
        assert_eq!(found, [Some(text)]);
    }
    assert_eq!(read.whose("name", "丙").chain(read.whose("name", "龥")).count(), 0);
    let uneven = vec![("a", Column::flags([None].into_iter())), ("b", Column::flags([].into_iter()))];
    assert!(Snapshot::of_columns([("t", uneven)]).is_err());
}

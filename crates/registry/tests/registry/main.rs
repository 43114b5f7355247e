//! Stories of the registry, each told on SQLite always and on PostgreSQL when its address is set.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails there")]

mod bad_rows;
mod fold;
mod history;
mod import;
mod office;
mod quarantine;
mod real_files;
mod recovery;
mod rollback;

/// Every operation can run on any thread of a server.
#[allow(dead_code, reason = "it is checked by being compiled")]
fn operations_can_move_between_threads(db: &db::Db, at: jiff::Timestamp) {
    fn movable<T: Send>(_: T) {}
    let (path, cells) = (std::path::Path::new("a.csv"), std::collections::BTreeMap::new());
    let by = registry::quarantine::By { who: "张三", at };
    let entry = registry::Entry {
        register: "aliases",
        kind: registry::BatchKind::Tie,
        rows: &[],
        at,
        by_whom: "张三",
        note: None,
    };
    movable(registry::import::import(db, "patents", path, &registry::ImportOptions::new(at, "张三")));
    movable(registry::fold(db, at));
    movable(registry::recover(db, at));
    movable(registry::rollback(db, 1, at, "张三", None));
    movable(registry::enter(db, &entry));
    movable(registry::quarantine::correct(db, 1, &cells, by));
    movable(registry::quarantine::release(db, 1, "理由", by));
    movable(registry::quarantine::discard(db, 1, "理由", by));
    movable(registry::history::of(db, &[]));
}

"""The answers and times of a peer over the facts of crates/corpus/examples/peer_tables.rs.

Usage: corpus_tables.py duckdb|duckdb-fts|chdb|sqlite|postgres|lucene FACTS.parquet ROUNDS THREADS PHRASE…
Each peer gets its fastest way known to us: its own storage, warm, and an index where it has one for substrings.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time

import pyarrow.parquet

TOP = 20


def timed(rounds, run):
    answer = run()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        run()
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return [times[len(times) // 2], times[len(times) * 95 // 100]], answer


def hashed(rows):
    lines = sorted("\t".join("" if value is None else str(value) for value in row) + "\n" for row in rows)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


class DuckDb:
    """A table of its own, scanned."""

    def __init__(self, facts, threads):
        import duckdb
        self.connection = duckdb.connect(config={"threads": threads})
        self.connection.execute(f"create table facts as select * from '{facts}'")

    def run(self, sql):
        return self.connection.execute(sql).fetchall()

    def questions(self, phrase):
        hits = f"from facts where contains(text, '{phrase}')"
        either = "unnest(case when len({0}) = 0 then [null] else {0} end) as {1}"
        return {
            "count": lambda: self.run(f"select count(*) {hits}")[0][0],
            "families": lambda: self.run(
                f"select year, i, count(*), count(distinct family) from (select year, family, {either.format('ipc', 'i')} {hits}) group by all"),
            "applicants": lambda: self.run(
                f"select a, count(*) as n from (select unnest(applicant) as a {hits}) group by a order by n desc, a limit {TOP}"),
            "matrix": lambda: self.run(
                f"select a, i, count(*), count(distinct family) from (select family, a, {either.format('ipc', 'i')} from "
                f"(select family, ipc, {either.format('applicant', 'a')} {hits})) group by all"),
        }


class DuckDbFts(DuckDb):
    """The full-text extension over pairs of characters, as it knows no Chinese words; what it finds is held against the text."""

    def __init__(self, facts, threads):
        import duckdb
        import duckdb_extension_fts
        # Building the index takes more memory than there is: on disk, with room to spill.
        self.folder = tempfile.TemporaryDirectory()
        config = {"threads": threads, "memory_limit": "14GB", "temp_directory": os.path.join(self.folder.name, "spill")}
        self.connection = duckdb.connect(os.path.join(self.folder.name, "facts.duckdb"), config=config)
        self.connection.execute(f"create table facts as select text from '{facts}'")
        self.run("create table texts as select row_number() over () as id, text, "
                 "array_to_string(list_transform(range(1, greatest(len(text), 2)), lambda i: text[i:i + 1]), ' ') as pairs from facts")
        folder = os.path.join(os.path.dirname(duckdb_extension_fts.__file__), "extensions")
        found = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names if name.endswith(".duckdb_extension")]
        self.run(f"load '{found[0]}'")
        self.run("pragma create_fts_index('texts', 'id', 'pairs', stemmer = 'none', stopwords = 'none', ignore = '( )+', lower = 0, strip_accents = 0)")

    def questions(self, phrase):
        pairs = " ".join(phrase[at:at + 2] for at in range(len(phrase) - 1))
        found = (f"from (select id, text, fts_main_texts.match_bm25(id, '{pairs}', conjunctive := 1) as score from texts) "
                 f"where score is not null and contains(text, '{phrase}')")
        return {
            "count": lambda: self.run(f"select count(*) {found}")[0][0],
            "top20": lambda: self.run(f"select id {found} order by score desc limit {TOP}"),
        }


class ChDb:
    """A MergeTree table of its own."""

    def __init__(self, facts, threads):
        from chdb import session
        self.threads = threads
        self.session = session.Session()
        self.session.query("create database bench")
        self.session.query(
            "create table bench.facts (family String, year Nullable(Int32), ipc Array(String), applicant Array(String), text String) "
            "engine MergeTree order by tuple() settings index_granularity = 8192")
        self.session.query(
            f"insert into bench.facts select family, year, ipc, applicant, text from file('{facts}', Parquet)")
        self.session.query("optimize table bench.facts final")

    def run(self, sql):
        text = str(self.session.query(f"{sql} settings max_threads = {self.threads}", "JSONCompact"))
        return [tuple(row) for row in json.loads(text)["data"]] if text else []

    def questions(self, phrase):
        hits = f"from bench.facts where position(text, '{phrase}') > 0"
        either = "arrayJoin(if(empty({0}), [''], {0})) as {1}"
        number = lambda rows: [(*row[:-2], int(row[-2]), int(row[-1])) for row in rows]
        return {
            "count": lambda: int(self.run(f"select count() {hits}")[0][0]),
            "families": lambda: number(self.run(
                f"select year, i, count(), uniqExact(family) from (select year, family, {either.format('ipc', 'i')} {hits}) group by year, i")),
            "applicants": lambda: [(name, int(count)) for name, count in self.run(
                f"select a, count() as n from (select arrayJoin(applicant) as a {hits}) group by a order by n desc, a limit {TOP}")],
            "matrix": lambda: number(self.run(
                f"select a, i, count(), uniqExact(family) from (select family, {either.format('applicant', 'a')}, "
                f"{either.format('ipc', 'i')} {hits}) group by a, i")),
        }


class Sqlite:
    """FTS5 with its trigram tokenizer, which finds substrings."""

    def __init__(self, facts, _):
        import sqlite3
        self.connection = sqlite3.connect(":memory:")
        self.connection.execute("create virtual table facts using fts5(text, tokenize = 'trigram')")
        for batch in pyarrow.parquet.ParquetFile(facts).iter_batches(50_000, columns=["text"]):
            self.connection.executemany("insert into facts (text) values (?)", ((text,) for text in batch["text"].to_pylist()))
        self.connection.execute("insert into facts (facts) values ('optimize')")

    def questions(self, phrase):
        match = f"from facts where facts match '\"{phrase}\"'"
        run = lambda sql: self.connection.execute(sql).fetchall()
        return {
            "count": lambda: run(f"select count(*) {match}")[0][0],
            "top20": lambda: run(f"select rowid {match} order by rank limit {TOP}"),
        }


class Postgres:
    """pg_trgm over a table; a server at ZHIQIANG_TEST_POSTGRES (scripts/with-postgres starts one)."""

    def __init__(self, facts, threads):
        import psycopg
        self.connection = psycopg.connect(os.environ["ZHIQIANG_TEST_POSTGRES"], autocommit=True)
        self.connection.execute("set maintenance_work_mem = '4GB'")
        self.connection.execute(f"set max_parallel_workers_per_gather = {threads - 1}")
        self.connection.execute("create extension if not exists pg_trgm")
        self.connection.execute("create table facts (text text not null)")
        with self.connection.cursor().copy("copy facts from stdin") as copy:
            for batch in pyarrow.parquet.ParquetFile(facts).iter_batches(50_000, columns=["text"]):
                for text in batch["text"].to_pylist():
                    copy.write_row((text,))
        self.connection.execute("create index on facts using gin (text gin_trgm_ops)")
        self.connection.execute("vacuum analyze facts")

    def questions(self, phrase):
        return {"count": lambda: self.connection.execute(
            "select count(*) from facts where text like %s", (f"%{phrase}%",)).fetchone()[0]}


def lucene(facts, rounds, phrases):
    """Lucene 8 of Debian (openjdk-17-jdk-headless, liblucene8-java), in a process of its own that answers like the others."""
    with tempfile.TemporaryDirectory() as scratch:
        texts = os.path.join(scratch, "texts")
        with open(texts, "w", encoding="utf-8") as out:
            for batch in pyarrow.parquet.ParquetFile(facts).iter_batches(50_000, columns=["text"]):
                out.writelines(text.replace("\n", " ") + "\n" for text in batch["text"].to_pylist())
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "LuceneTexts.java")
        command = ["java", "-XX:+UseSerialGC", "-Dfile.encoding=UTF-8", "-cp", "/usr/share/java/lucene-core-8.7.0.jar", program]
        return subprocess.run([*command, texts, os.path.join(scratch, "index"), rounds, *phrases], check=True).returncode


name, facts, rounds, threads, *phrases = sys.argv[1:]
if name == "lucene":
    sys.exit(lucene(facts, rounds, phrases))
started = time.perf_counter()
peer = {"duckdb": DuckDb, "duckdb-fts": DuckDbFts, "chdb": ChDb, "sqlite": Sqlite, "postgres": Postgres}[name](facts, int(threads))
built = time.perf_counter() - started
queries = []
for phrase in phrases:
    query = {"phrase": phrase, "ms": {}}
    for question, run in peer.questions(phrase).items():
        query["ms"][question], answer = timed(int(rounds), run)
        if question == "count":
            query["hits"] = answer
        elif question == "applicants":
            query["applicants"] = [list(row) for row in answer]
        elif question in ("families", "matrix"):
            query[question] = hashed(answer)
    queries.append(query)
print(json.dumps({"built_s": built, "queries": queries}, ensure_ascii=False))

"""The dashboard's cube in PostgreSQL: facts, and a table of unit paths that carries each fact up the tree.

Usage: postgres_cube.py CUBE.csv ROUNDS, with a server at ZHIQIANG_TEST_POSTGRES (scripts/with-postgres starts one).
CUBE.csv: unit,month,indicator,numerator; the city is the unit without a name, given its own facts.
"""

import json
import os
import sys
import time

import psycopg

cube, rounds = sys.argv[1], int(sys.argv[2])
with psycopg.connect(os.environ["ZHIQIANG_TEST_POSTGRES"], autocommit=True) as connection:
    connection.execute("create table fact (unit text not null, month date not null, indicator text not null, numerator bigint)")
    connection.execute("create table unit_path (ancestor text not null, unit text not null, primary key (ancestor, unit))")
    with connection.cursor().copy("copy fact from stdin (format csv, header, force_not_null (unit))") as copy, open(cube, "rb") as file:
        copy.write(file.read())
    connection.execute("insert into unit_path select distinct unit, unit from fact")
    connection.execute("create index on fact (unit, month, indicator) include (numerator)")
    connection.execute("vacuum analyze fact")
    query = """select p.ancestor, f.month, f.indicator, sum(f.numerator)::bigint
        from unit_path p join fact f on f.unit = p.unit group by 1, 2, 3"""
    best, rows = None, []
    for _ in range(rounds):
        started = time.perf_counter()
        rows = connection.execute(query).fetchall()
        took = time.perf_counter() - started
        best = took if best is None else min(best, took)
print(json.dumps({"seconds": best, "rows": len(rows), "checksum": sum(row[3] or 0 for row in rows)}))

"""The what-if by hand in DuckDB over the same Parquet file: who changes level when the step goes from 10 to 12.

Usage: duckdb_what_if.py FOLDER ROUNDS
"""

import json
import sys
import time

import duckdb

folder, rounds = sys.argv[1], int(sys.argv[2])
connection = duckdb.connect(config={"threads": 2})


def level(step):
    arms = " ".join(
        f"when total > {n * step} and valuable > 5 and granted > {n} then {n}" for n in range(5, 1, -1)
    )
    return f"case {arms} else 0 end"


query = f"""
select uscc, before, after from (
  select uscc, {level(10)} as before, {level(12)} as after from '{folder}/fact.parquet'
) where before <> after order by uscc
"""
best, changed = None, None
for _ in range(rounds):
    started = time.perf_counter()
    changed = connection.execute(query).fetchnumpy()
    took = time.perf_counter() - started
    best = took if best is None else min(best, took)
print(json.dumps({"seconds": best, "changed": len(changed["uscc"])}))

"""OpenFisca from JSON: the stars of a city, from facts already counted for it, to compare with one of our runs.

Usage: openfisca_city.py CONDITIONS.parquet RESULT.json
The facts of each enterprise are taken from our run's own conditions, so OpenFisca is spared all counting.
"""

import json
import sys
import time

import duckdb
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_star import innovation_star_system

conditions, result = sys.argv[1], sys.argv[2]
rows = duckdb.sql(f"""
    select subject, max(actual) filter (id = 'valid_inventions'), max(actual) filter (id = 'high_value_inventions')
    from '{conditions}' where award = 'innovation-star' group by subject order by subject
""").fetchall()
text = json.dumps({"enterprises": {
    subject: {"valid_inventions": {"2023": inventions}, "high_value_inventions": {"2023": valuable}}
    for subject, inventions, valuable in rows
}})
tbs = innovation_star_system()
started, processor = time.perf_counter(), time.process_time()
simulation = SimulationBuilder().build_from_entities(tbs, json.loads(text))
level = simulation.calculate("level", "2023")
seconds, processor = time.perf_counter() - started, time.process_time() - processor
with open(result, encoding="utf-8") as file:
    awards = json.load(file)["awards"]
ours = {award["subject"]: award["level"] for award in awards if award["award"] == "innovation-star"}
theirs = {subject: int(star) for (subject, _, _), star in zip(rows, level) if star > 0}
print(json.dumps({
    "enterprises": len(rows), "seconds": seconds, "processor_s": processor, "stars": len(theirs), "equal": ours == theirs,
}))

"""Comparisons with peers: the same facts, equal answers first, then seconds and ratios.

Usage: benches/run [population] [what-if] [city] [growth] [dashboard] [pages] [verdicts] [last-minute] [import] [corpus]
ZHIQIANG_PROFILE=dev measures the development build, which bounds the release build from above.
"""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE / "peers"
ROUNDS = "9"
CORPUS_ROUNDS = os.environ.get("ZHIQIANG_BENCH_ROUNDS", "40")
PROFILE = os.environ.get("ZHIQIANG_PROFILE", "release")
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")) / ("debug" if PROFILE == "dev" else PROFILE)


def build(*arguments):
    subprocess.run(["cargo", "build", "--quiet", "--profile", PROFILE, "--workspace", *arguments], check=True, cwd=HERE.parent)


def output(*command):
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def peer(script, *arguments):
    return output(sys.executable, str(PEERS / script), *arguments)


def timed(*command):
    """Wall and processor seconds of a whole process, and its answer as JSON."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    answer = output(*command)
    wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, answer


def must_be_equal(what, ours, theirs):
    if ours != theirs:
        sys.exit(f"{what}: the answers differ, so no time counts: {ours} against {theirs}")


def say(name, what, ours, theirs, unit="ms", factor=1000.0):
    print(f"{name:12} {what:58} ours {ours * factor:10.3f} {unit}  peer {theirs * factor:10.3f} {unit}"
          f"  ours/peer {ours / theirs:7.3f}", flush=True)


def note(name, what, value):
    print(f"{name:12} {what:58} {value}", flush=True)


def population(folder):
    build("--example", "population")
    facts = str(folder / "population")
    ours = output(str(TARGET / "examples" / "population"), "1000000", facts)
    theirs = peer("openfisca_arrays.py", facts, ROUNDS)
    must_be_equal("levels of 1,000,000 subjects", ours["levels"], theirs["levels"])
    if not theirs["equal"]:
        sys.exit("population: a subject has another level in OpenFisca")
    say("population", "1,000,000 subjects × 12 conditions, every reason kept", ours["decided_with_reasons_s"], theirs["seconds"])
    say("population", "peak memory of the whole process", ours["peak_kb"], theirs["peak_kb"], "MB", 1 / 1024)
    note("population", "per subject, with reasons", f"{ours['decided_with_reasons_s']:.3f} µs")
    note("population", "one changed subject through the same rules", f"{ours['one_changed_subject_s'] * 1000:.2f} ms")
    note("population", "one verdict explained", f"{ours['explain_one_s'] * 1e6:.2f} µs")


def what_if(folder):
    build("--example", "population")
    facts = str(folder / "what-if")
    ours = output(str(TARGET / "examples" / "population"), "100000", facts)
    theirs = peer("duckdb_what_if.py", facts, ROUNDS)
    must_be_equal("subjects that change level", ours["changed"], theirs["changed"])
    say("what-if", "100,000 subjects, before and after, who changes", ours["what_if_s"], theirs["seconds"])


def program():
    build("--bin", "zhiqiang")
    return str(TARGET / "zhiqiang")


def city_of(folder, times, what="no-serve"):
    zhiqiang, data = program(), folder / f"{'city' if what == 'no-serve' else 'registers'}-{times}"
    if not data.exists():
        subprocess.run([zhiqiang, "--data", str(data), "demo", f"--{what}", "--times", str(times)],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return zhiqiang, data


def evaluated(zhiqiang, data, as_of="2023-12-31"):
    """The best of three runs of a day, each as known at another moment, so that none is found ready."""
    wall, processor, answer = min((timed(zhiqiang, "--data", str(data), "evaluate", "--as-of", as_of,
                                         "--known-at", f"2024-0{n}-01T00:00:00+08:00", "--json")
                                   for n in (4, 5, 6)), key=lambda each: each[0])
    return wall, processor, answer


def city(folder):
    zhiqiang, data = city_of(folder, 10)
    wall, processor, answer = evaluated(zhiqiang, data)
    conditions = data / "details" / answer["run"] / "award_condition.parquet"
    result = folder / "result.json"
    result.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
    theirs = peer("openfisca_city.py", str(conditions), str(result))
    if not theirs["equal"]:
        sys.exit("city: an enterprise has another star in OpenFisca")
    say("city", "12,000 enterprises, 200,000 patents: log of facts to verdicts", wall, theirs["seconds"], "s", 1)
    say("city", "the same, processor time", processor, theirs["processor_s"], "s", 1)
    note("city", "stars compared, all equal", theirs["stars"])
    build("--example", "run_speed")
    served = output(str(TARGET / "examples" / "run_speed"), str(data))
    note("city", "after a thousand patents have changed", f"in a server that keeps the registers {served['kept_s']:.2f} s, out of the log {served['cold_s']:.2f} s")


def growth(folder):
    before = None
    for times in (1, 10, 100) if "--long" in sys.argv else (1, 3, 10):
        zhiqiang, data = city_of(folder, times, "registers-only")
        wall, processor, _ = evaluated(zhiqiang, data)
        per_patent = processor / (20_000 * times)
        note("growth", f"{times} × the city: one run", f"{wall:.2f} s, {processor:.2f} s of processor, "
             f"{per_patent * 1e6:.1f} µs a patent" + (f", {per_patent / before:.2f} × the size before" if before else ""))
        before = per_patent


def dashboard(folder):
    build("--example", "dashboard")
    ours = output(str(TARGET / "examples" / "dashboard"), str(folder / "dashboard"))
    theirs = json.loads(subprocess.run(
        [str(HERE.parent / "scripts" / "with-postgres"), sys.executable, str(PEERS / "postgres_cube.py"), ours["cube"], ROUNDS],
        check=True, stdout=subprocess.PIPE, text=True).stdout)
    must_be_equal("the cube", ours["checksum"], theirs["checksum"])
    note("dashboard", "towns × months × indicators", f"{ours['towns']} × {ours['months']} × {ours['indicators']}")
    say("dashboard", "the whole cube from the database", ours["cold_s"], theirs["seconds"])
    note("dashboard", "a run's figures visible after its import", f"{ours['visible_s']:.2f} s")


def listen(command, address):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://{address}/health", timeout=1).read()
            return process
        except OSError:
            time.sleep(0.1)
    process.kill()
    sys.exit(f"{command[0]} did not start")


def load(url, cookie="", connections=2, seconds=4, subjects=()):
    """p50 and p99 in milliseconds and requests a second, by wrk from Debian; subjects are asked for in turn below the url."""
    if shutil.which("wrk") is None:
        subprocess.run(["apt-get", "install", "-y", "-qq", "wrk"], check=True, stdout=subprocess.DEVNULL)
    script = HERE / "peers" / "report.lua"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(script), url, "--", *subjects]
    if cookie:
        command[1:1] = ["-H", f"Cookie: {cookie}"]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(said.strip().splitlines()[-1])


def first_answer(url, cookie):
    """How long the first reader waits, in seconds."""
    begun = time.perf_counter()
    urllib.request.urlopen(urllib.request.Request(url, headers={"Cookie": cookie})).read()
    return time.perf_counter() - begun


def sign_in(address):
    import http.cookiejar
    import re
    import urllib.parse
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    form = opener.open(f"http://{address}/sign-in").read().decode()
    token = re.search(r'name="csrf" value="([^"]+)"', form)
    fields = {"csrf": token.group(1), "login": "leader", "password": "zhiqiang-demo-2023"}
    opener.open(f"http://{address}/sign-in", urllib.parse.urlencode(fields).encode())
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


def pages(folder):
    zhiqiang, data = city_of(folder, 10)
    build("--example", "hello")
    hello = listen([str(TARGET / "examples" / "hello"), "127.0.0.1:8091"], "127.0.0.1:8091")
    bare = load("http://127.0.0.1:8091/")
    hello.send_signal(signal.SIGTERM)
    served = listen([zhiqiang, "--data", str(data), "serve", "--address", "127.0.0.1:8092"], "127.0.0.1:8092")
    try:
        cookie = sign_in("127.0.0.1:8092")
        for path in ("/cockpit", "/indicators/K01", "/awards/innovation-star", "/enterprises", "/patents", "/policy"):
            first = first_answer(f"http://127.0.0.1:8092{path}", cookie)
            ours = load(f"http://127.0.0.1:8092{path}", cookie)
            if ours["failed"]:
                sys.exit(f"{path}: {ours['failed']} requests failed")
            say("pages", f"{path}, p99", ours["p99_ms"] / 1000, bare["p99_ms"] / 1000)
            note("pages", f"{path}", f"the first {first * 1000:.0f} ms, then p50 {ours['p50_ms']:.2f} ms, {ours['requests_s']:.0f} requests/s (bare: {bare['requests_s']:.0f})")
    finally:
        served.send_signal(signal.SIGTERM)


def verdicts(folder):
    """One enterprise after another, each verdict with every reason, by eight connections."""
    zhiqiang, data = city_of(folder, 10)
    answer = evaluated(zhiqiang, data)[2]
    subjects = [award["subject"] for award in answer["awards"] if award["award"] == "innovation-star"]
    address = "127.0.0.1:8092"
    served = listen([zhiqiang, "--data", str(data), "serve", "--address", address], address)
    try:
        cookie = sign_in(address)
        url = f"http://{address}/api/verdicts/{answer['run']}/innovation-star/"
        said = json.loads(urllib.request.urlopen(urllib.request.Request(url + subjects[0], headers={"Cookie": cookie})).read())
        must_be_equal("a verdict", said["subjects"][0]["subject"], subjects[0])
        ours = load(url, cookie, connections=8, subjects=subjects)
        if ours["failed"]:
            sys.exit(f"verdicts: {ours['failed']} requests failed")
        note("verdicts", f"{len(subjects)} enterprises in turn",
             f"{ours['requests_s']:.0f} requests/s, p50 {ours['p50_ms']:.2f} ms, p99 {ours['p99_ms']:.2f} ms")
    finally:
        served.send_signal(signal.SIGTERM)


def last_minute(folder):
    """Ten thousand hand in within a minute over HTTP, one in a hundred pressing twice; each must come in once."""
    zhiqiang, data, address = program(), folder / "window", "127.0.0.1:8093"
    build("--example", "last_minute")
    shutil.rmtree(data, ignore_errors=True)
    drafts = subprocess.run([str(TARGET / "examples" / "last_minute"), str(data), "10200"],
                            check=True, stdout=subprocess.PIPE, text=True).stdout
    served = listen([zhiqiang, "--data", str(data), "serve", "--address", address], address)
    try:
        command = [sys.executable, str(HERE / "last_minute.py"), str(data), address, "60", "200", "100"]
        ours = json.loads(subprocess.run(command, input=drafts, check=True, stdout=subprocess.PIPE, text=True).stdout)
    finally:
        served.send_signal(signal.SIGTERM)
    note("last-minute", f"{ours['cases']} applications over HTTP, none lost, none twice", f"{ours['seconds']:.1f} s")
    for percent in ("p50", "p99"):
        note("last-minute", percent, f"among all {ours['among'][percent]:.2f} ms, alone {ours['idle'][percent]:.2f} ms: "
             f"{ours['among'][percent] / ours['idle'][percent]:.2f} times")


def imported(_):
    build("--example", "import_speed")
    subprocess.run([str(TARGET / "examples" / "import_speed")], check=True)


def corpus(folder):
    """The search table on two threads and on one: answers must be equal before a time counts.

    ZHIQIANG_BENCH_DOCUMENTS says how many documents, ZHIQIANG_BENCH_PEERS which peers, ZHIQIANG_BENCH_ROUNDS how often each.
    """
    build("--example", "peer_tables")
    peers = os.environ.get("ZHIQIANG_BENCH_PEERS", "duckdb duckdb-fts chdb sqlite postgres lucene").split()
    documents = os.environ.get("ZHIQIANG_BENCH_DOCUMENTS", "1000000")
    for threads in (2, 1):
        one = ["taskset", "-c", "0"] if threads == 1 else []
        ours = output(*one, str(TARGET / "examples" / "peer_tables"), documents, str(folder / f"corpus-{documents}"))
        note("corpus", "documents, threads", f"{ours['documents']}, {threads}")
        note("corpus", "first counted by applicants, owners, inventors, families", f"{ours['first_ms']} ms")
        if ours["built"]:
            note("corpus", "built", f"{ours['built']['text_mb'] / ours['built']['seconds']:.1f} MB of text a second, "
                 f"{ours['index_mb'] / ours['built']['text_mb']:.2f} bytes on disk for one of text, peak {ours['peak_mb']} MB")
        phrases = [query["phrase"] for query in ours["queries"]]
        for name in peers:
            command = [*one, sys.executable, str(PEERS / "corpus_tables.py"), name, ours["facts"], CORPUS_ROUNDS, str(threads), *phrases]
            if name == "postgres":
                command.insert(0, str(HERE.parent / "scripts" / "with-postgres"))
            theirs = output(*command)
            note("corpus", f"{name}: its own storage and index built", f"{theirs['built_s']:.1f} s")
            for mine, other in zip(ours["queries"], theirs["queries"]):
                share = f"{mine['hits'] * 100 / ours['documents']:.2f} %"
                for answer in ("hits", "families", "matrix", "applicants"):
                    if answer in other:
                        must_be_equal(f"{name}, {answer} at {share}", mine[answer], other[answer])
                for question, (median, slow) in other["ms"].items():
                    say("corpus", f"{question} at {share} of hits against {name}", mine["ms"][question][0] / 1000, median / 1000)
                    note("corpus", "  p95", f"ours {mine['ms'][question][1]:.2f} ms, {name} {slow:.2f} ms")


ALL = {"population": population, "what-if": what_if, "city": city, "growth": growth, "dashboard": dashboard,
       "pages": pages, "verdicts": verdicts, "last-minute": last_minute, "import": imported, "corpus": corpus}

if __name__ == "__main__":
    names = [name for name in sys.argv[1:] if not name.startswith("--")] or list(ALL)
    kept = os.environ.get("ZHIQIANG_BENCH_DATA")
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            ALL[name](Path(kept or scratch))

"""The last minute of a window: every enterprise hands its application in by the browser's own form, against one alone.

Usage: last_minute.py FOLDER ADDRESS SECONDS ALONE TWICE, with the cases as JSON on standard input.
Sessions and accounts are written into the database beforehand, as ten thousand passwords would be measured otherwise.
One in TWICE is pressed twice at the same moment. Answers and the times, once each case has come in exactly once.
"""

import asyncio
import hashlib
import json
import secrets
import sqlite3
import sys
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path


def written(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def open_sessions(database, cases):
    """An account and a session for each enterprise; the cookie of each."""
    now = datetime.now(timezone.utc)
    cookies = {}
    with sqlite3.connect(database) as connection:
        for case in cases:
            token = secrets.token_hex(32)
            account = connection.execute(
                "insert into account (login, name, role, unit, password_hash, created_at) values (?, ?, 'enterprise', ?, '', ?)",
                (case["login"], case["login"], case["unit"], written(now))).lastrowid
            connection.execute(
                "insert into session (token_hash, account_id, created_at, last_seen_at, expires_at) values (?, ?, ?, ?, ?)",
                (hashlib.sha256(token.encode()).hexdigest(), account, written(now), written(now), written(now + timedelta(hours=6))))
            cookies[case["case"]] = token
    return cookies


def form_of(address, case, token):
    """The request that the button sends; the form's token is made of the session's, under a mask of zeros."""
    secret = hashlib.sha256(b"zhiqiang csrf " + token.encode()).hexdigest()
    body = f"csrf={'00' * 32}{secret}&act=submit"
    head = [f"POST /cases/{case}/act HTTP/1.1", f"Host: {address}", f"Cookie: zhiqiang_session={token}", "Connection: close",
            "Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


async def send(address, request):
    """Seconds until the whole answer is there, its status, and where it leads."""
    host, port = address.split(":")
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    answer = (await reader.read()).decode(errors="replace")
    took = time.perf_counter() - started
    writer.close()
    head = answer.split("\r\n\r\n")[0]
    leads = next((line[10:] for line in head.split("\r\n") if line.lower().startswith("location: ")), "")
    return took, head.split(" ")[1], leads


async def hand_in(address, cases, cookies, seconds, alone, twice):
    requests = [form_of(address, case["case"], cookies[case["case"]]) for case in cases]
    idle = [await send(address, request) for request in requests[:alone]]
    rest = requests[alone:]
    begun = time.perf_counter()
    sent = []
    for place, request in enumerate(rest):
        await asyncio.sleep(max(0.0, begun + place * seconds / len(rest) - time.perf_counter()))
        sent.append(asyncio.create_task(send(address, request)))
        if place % twice == 0:
            sent.append(asyncio.create_task(send(address, request)))
    return idle, [await one for one in sent], time.perf_counter() - begun


def milliseconds(answers):
    times = sorted(took * 1000 for took, _, _ in answers)
    return {"p50": times[len(times) // 2], "p99": times[len(times) * 99 // 100]}


def main():
    folder, address, seconds, alone, twice = sys.argv[1:]
    database = Path(folder) / "zhiqiang.sqlite"
    cases = json.load(sys.stdin)
    cookies = open_sessions(database, cases)
    idle, among, whole = asyncio.run(hand_in(address, cases, cookies, float(seconds), int(alone), int(twice)))
    lost = [answer for answer in idle + among if answer[1] not in ("303", "409", "422") or "/sign-in" in answer[2]]
    if lost:
        sys.exit(f"{len(lost)} requests were not answered as they must be: {lost[0]}")
    with sqlite3.connect(database) as connection:
        once = connection.execute(
            "select count(*) from (select case_id from case_step where act = 'submit' group by case_id having count(*) = 1)").fetchone()[0]
        steps = connection.execute("select count(*) from case_step where act = 'submit'").fetchone()[0]
    if not once == steps == len(cases):
        sys.exit(f"of {len(cases)} cases {once} came in once, with {steps} steps")
    print(json.dumps({"cases": len(cases), "seconds": whole, "idle": milliseconds(idle), "among": milliseconds(among)}))


main()

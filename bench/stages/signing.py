"""What a signing and a confirmation cost, web and database together, against a bare INSERT on the same server, and
against an empty view: where the machine is slower than the one of the aims, that ratio tells."""

import re
import subprocess
import time

from bench.ground import FOLDER, find, measured, without_workers
from bench.meters import cpu_seconds
from bench.report import Row

SECONDS, CONNECTIONS = 12, 8
INSERT = "INSERT INTO bench_bare (at, what) VALUES (now(), md5(random()::text));"


def rows(site):
    with without_workers(site):
        bare = bare_insert(site)
        yield Row("A bare INSERT by pgbench, 8 clients", f"{bare:.2f} ms CPU of the database", "", "", "pgbench -c8")
        empty = measured(site, "/bench/empty/", seconds=6)
        yield Row("An empty view behind the same middleware", f"{empty.whole:.2f} ms CPU", "", "", empty.load.command)
        for name, act, aim, peer in (
            ("One signing: POST to 303", sign, "≤ 6 ms, or ≤ 12 × the empty view", "301–329 ms"),
            ("One confirmation", confirm, "≤ 4 ms, or ≤ 8 × the empty view", "54 ms"),
        ):
            cost = act(site)
            yield Row(name, told(cost, bare, empty), aim, peer, cost.load.command)


def sign(site, seconds=SECONDS):
    site.get(f"/campaigns/{site.campaign}/")
    run = f"s{int(time.time())}"
    path = f"/campaigns/{site.campaign}/sign/"
    before = signatures(site)
    cost = measured(site, path, seconds=seconds, connections=CONNECTIONS, script="sign", arguments=(site.stamp(), run))
    expect(cost.load, signatures(site) - before)
    return cost


def confirm(site, seconds=4):
    """Each link once: one that has confirmed already would cost less."""
    tokens = FOLDER / "tokens"
    site.python("-m", "bench.tokens", str(tokens))
    if not tokens.stat().st_size:
        raise RuntimeError("There is nothing to confirm.")
    before = confirmed(site)
    cost = measured(site, "/", seconds=seconds, connections=CONNECTIONS, script="confirm", arguments=(tokens, 2))
    expect(cost.load, confirmed(site) - before)
    return cost


def expect(load, kept):
    """What was under way when the time was up is kept, but not counted by the generator."""
    if not load.requests <= kept <= load.requests + CONNECTIONS:
        raise RuntimeError(f"{load.requests} were acknowledged and {kept} kept: {load.command}")


def bare_insert(site, seconds=6):
    """Milliseconds of the database's CPU for one row."""
    url = site.env["DATABASE_URL"]
    script = FOLDER / "insert.sql"
    script.write_text(INSERT, "utf-8")
    table = "CREATE TABLE IF NOT EXISTS bench_bare (id bigserial PRIMARY KEY, at timestamptz, what text)"
    sql(site, table)
    pid = site.parts["postgres"].process.pid
    before = cpu_seconds(pid)
    command = [find("pgbench"), "-n", "-c8", "-j1", f"-T{seconds}", "-f", str(script), url]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    done = int(re.search(r"actually processed: (\d+)", out)[1])
    sql(site, "DROP TABLE bench_bare")
    return (cpu_seconds(pid) - before) / done * 1000


def signatures(site):
    return int(sql(site, "SELECT count(*) FROM campaigns_signature"))


def confirmed(site):
    return int(sql(site, "SELECT count(*) FROM campaigns_signature WHERE confirmed_at IS NOT NULL"))


def sql(site, statement):
    """The first cell of what one statement gives."""
    import psycopg

    with psycopg.connect(site.env["DATABASE_URL"], autocommit=True) as link:
        found = link.execute(statement)
        return found.fetchone()[0] if found.description else None


def told(cost, bare, empty):
    whole = f"{cost.whole:.1f} ms CPU ({cost.web:.1f} web + {cost.database:.1f} database)"
    ratios = f"{cost.whole / empty.whole:.1f} × the empty view, {cost.whole / bare:.0f} × the bare INSERT"
    return f"{whole}, {ratios}; {cost.load}"

"""What the same act costs with a thousand signatures and with a million; ten thousand persons; an export."""

import json
import os
import subprocess
import sys
from urllib.parse import urlsplit

import psycopg

from bench.ground import without_workers
from bench.report import Row
from deploy.cluster import ROOT

FEW, MANY, PERSONS = 1_000, int(os.environ.get("BENCH_SIGNATURES") or 1_000_000), 10_000
REPEAT, PASSES = 30, 3


def rows(site):
    command = "python -m bench.growing"
    with without_workers(site):
        small, large = database(site, "growth_small"), database(site, "growth_large")
        growing(site, small, "fill", FEW)
        took = growing(site, large, "fill", MANY)
        yield Row(
            f"{MANY:,} signatures with their letters are made", f"{took:.0f} s", "≤ 120 s", "", f"{command} fill"
        )
        few, many = {}, {}
        for _pass in range(PASSES):
            for found, url in ((few, small), (many, large)):
                least(found, growing(site, url, "acts", REPEAT))
        for name, cost in many.items():
            told = f"{few[name]:.2f} ms → {cost:.2f} ms CPU: {cost / few[name]:.2f} ×"
            yield Row(f"{name}, {FEW:,} → {MANY:,}", told, "≤ 1.2 ×", "", f"{command} acts")
        exported = growing(site, large, "export", 0)
        told = f"{exported['rows']:,} rows, {exported['rows a second']:,} a second, {exported['MB']} MB at most"
        yield Row("Export of signatures", told, "≥ 50,000/s, ≤ 100 MB", "1.6 GB, fails", f"{command} export")
        for name, wall in growing(site, large, "persons", PERSONS).items():
            aim = "≤ 100 ms" if name == "list with a facet" else ""
            yield Row(f"{name}, {PERSONS:,} persons, made anew", f"{wall:.0f} ms", aim, "", f"{command} persons")


def least(found, told):
    for name, cost in told.items():
        found[name] = min(cost, found.get(name, cost))


def database(site, name):
    """A fresh database on the cluster's server; returns its address."""
    url = site.env["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as link:
        link.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        link.execute(f"CREATE DATABASE {name}")
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def growing(site, url, *arguments):
    """What `bench.growing` tells of the database at `url`; pages are made anew for it."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    env = {**site.env, "DATABASE_URL": url, "PAGE_CACHE_SECONDS": "0", "PYTHONPATH": path, "SLOW_QUERY_MS": "0"}
    command = [sys.executable, "-m", "bench.growing", *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])

"""Where the figures are taken: a whole cluster on this machine, and the CPU time of its parts."""

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.meters import Load, cpu_seconds, wrk
from deploy.cluster import ROOT, WEB, WORK, Cluster
from deploy.parts import Missing

FOLDER = Path(os.environ.get("BENCH_DIR") or ROOT / "var" / "bench")


@dataclass(frozen=True)
class Cost:
    """One load, and what it cost in milliseconds of CPU a request: of web nodes and of PostgreSQL."""

    load: Load
    web: float
    database: float

    @property
    def whole(self):
        return self.web + self.database


def cluster():
    """A cluster that also answers at /bench/empty/. Raises Missing where a program is not on this machine."""
    if missing := [name for name in ("wrk", "pgbench") if find(name) is None]:
        packages = " ".join({"wrk": "wrk", "pgbench": "postgresql-contrib"}[name] for name in missing)
        raise Missing(f"These are missing: {', '.join(missing)}. Debian: apt-get install {packages}")
    return Cluster(FOLDER, environment={"DJANGO_SETTINGS_MODULE": "bench.settings"})


def find(name):
    places = [str(folder) for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    return shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), *places]))


def measured(site, path, *, node=WEB[0], **how):
    """Load one web node, without the front, and tell the Cost. Whatever it refuses is an error here."""
    pids = [site.parts[name].process.pid for name in (node, "postgres")]
    before = [cpu_seconds(pid) for pid in pids]
    load = wrk(f"http://127.0.0.1:{site.ports[node]}{path}", **how)
    spent = [cpu_seconds(pid) - start for pid, start in zip(pids, before, strict=True)]
    if load.errors:
        raise RuntimeError(f"{load.errors} of {load.requests} requests failed: {load.command}")
    web, database = (seconds / max(load.requests, 1) * 1000 for seconds in spent)
    return Cost(load, web, database)


@contextmanager
def without_workers(site):
    """Workers would send and count meanwhile, which is no cost of the request."""
    for name in WORK:
        site.stop_part(name)
    try:
        yield
    finally:
        for name in WORK:
            site.start_part(name)


@contextmanager
def node_with(site, name, **environment):
    """One web node started anew with other settings."""
    part, kept = site.parts[name], site.parts[name].env
    try:
        part.env = {**kept, **environment}
        restart(site, name)
        yield
    finally:
        part.env = kept
        restart(site, name)


def restart(site, name):
    site.stop_part(name)
    site.start_part(name)
    site.wait_for(lambda: site.get("/healthz", port=site.ports[name]).status == 200, f"{name} is away")

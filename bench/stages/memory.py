"""What web nodes and workers hold in memory after 50,000 requests and their letters."""

from bench.ground import measured
from bench.meters import family, memory_mb
from bench.report import Row
from bench.stages.signing import sign
from deploy.cluster import WEB, WORK

REQUESTS = 50_000
MOST = 150


def rows(site):
    asked, command = 0, ""
    while asked < REQUESTS:
        load = measured(site, f"/campaigns/{site.campaign}/", seconds=8).load
        asked, command = asked + load.requests, load.command
        asked += sign(site, seconds=4).load.requests
    for what, names in (("A web node", WEB[:1]), ("A worker", WORK)):
        most = max(memory_mb(pid) for name in names for pid in family(site.parts[name].process.pid))
        yield Row(f"{what} after {asked:,} requests", f"{most:.0f} MB in one process", f"≤ {MOST} MB", "", command)

"""What a page costs the server, kept ready and made anew, against an empty view behind the same middleware."""

from bench.ground import measured, node_with
from bench.report import Row
from deploy.cluster import WEB

SECONDS = 6
PEER = "14.5 ms, 6 queries"


def rows(site):
    campaign = f"/campaigns/{site.campaign}/"
    warm(site, campaign)
    empty = measured(site, "/bench/empty/", seconds=SECONDS)
    yield Row("An empty view behind the same middleware", told(empty, empty), "", "", empty.load.command)
    for name, path in (("campaign", campaign), ("home", "/"), ("list of cases", "/cases/")):
        warm(site, path)
        kept = measured(site, path, seconds=SECONDS)
        yield Row(f"A kept page: {name}", told(kept, empty), "≤ 0.8 ms, ≤ 1.5 ×", PEER, kept.load.command)
    with node_with(site, WEB[1], PAGE_CACHE_SECONDS="0"):
        for name, path in (("campaign", campaign), ("home", "/"), ("count.json", f"{campaign}count.json")):
            made = measured(site, path, node=WEB[1], seconds=SECONDS)
            yield Row(f"Made anew: {name}", told(made, empty), "", PEER, made.load.command)


def warm(site, path):
    for name in WEB:
        site.get(path, port=site.ports[name])


def told(cost, empty):
    database = f" + {cost.database:.2f} ms database" if cost.database >= 0.005 else ""
    return f"{cost.web:.2f} ms CPU{database}, {cost.whole / empty.whole:.1f} × the empty view"

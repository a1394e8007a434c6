"""Through the front with the generator beside it: pages, signings for a minute, pages meanwhile, slow clients."""

import socket
import threading
import time

from bench.meters import wrk
from bench.report import Row
from bench.stages.signing import confirm, signatures, sql

PAGES, MINUTE, SLOW = 15, 60, 300
UNCOUNTED = "SELECT count(*) FROM campaigns_signature WHERE confirmed_at IS NOT NULL AND counted_at IS NULL"
STANDING = """
SELECT count(*) FROM campaigns_signature JOIN campaigns_campaign ON campaigns_campaign.id = campaign_id
WHERE slug = '{}' AND confirmed_at IS NOT NULL AND withdrawn_at IS NULL AND set_aside_at IS NULL
"""
WAITING = "SELECT count(*) FROM campaigns_letter WHERE state IN ('queued', 'leased')"


def rows(site):
    campaign = f"{site.url}/campaigns/{site.campaign}/"
    site.get(f"/campaigns/{site.campaign}/")
    record = wrk(campaign, seconds=PAGES, connections=60, script="paced")
    what = "Cached page at the record's rate, 60 connections"
    yield Row(what, told(record), "≥ 1,000/s, p99 ≤ 100 ms, 0 errors", "", record.command)
    pages = wrk(campaign, seconds=PAGES, connections=64)
    yield Row("Cached page as fast as it goes, 64 connections", told(pages), "0 errors", "", pages.command)
    yield from signing_for_a_minute(site, campaign)
    with SlowClients(site.ports["front"], SLOW):
        beside = wrk(campaign, seconds=PAGES, connections=16)
    served = 100 * (1 - beside.errors / max(beside.requests, 1))
    what = f"Cached page while {SLOW} clients send a byte a second"
    yield Row(what, f"{served:.2f} % served; {told(beside)}", "≥ 99 % served", "", beside.command)


def signing_for_a_minute(site, campaign):
    """A rush a third above the aim, with readers beside it; then as fast as it goes, to see where the end is."""
    last = sql(site, "SELECT coalesce(max(id), 0) FROM campaigns_letter")
    yield from signing_beside_readers(site, campaign, MINUTE, pause=100)
    yield from signing_beside_readers(site, campaign, PAGES, pause=0, named="as fast as it goes")
    began = time.monotonic()
    site.wait_for(lambda: sql(site, WAITING) == 0, "letters stayed in the outbox", 600)
    took = time.monotonic() - began
    letters = f"FROM campaigns_letter WHERE id > {last}"
    sent = sql(site, f"SELECT count(*) {letters} AND state = 'sent'")
    unsure = sql(site, f"SELECT count(*) {letters} AND unknown_count > 0")
    told_of_letters = f"{sent:,} of {sql(site, f'SELECT count(*) {letters}'):,} sent, {unsure} of unknown outcome, "
    yield Row(
        "Their letters", f"{told_of_letters}the last {took:.0f} s after the rush", "each once", "", "manage.py work"
    )
    yield counted_afterwards(site)


def counted_afterwards(site):
    """Some of them confirm; then the public count is held against the rows."""
    load = confirm(site).load
    site.wait_for(lambda: sql(site, UNCOUNTED) == 0, "confirmations stayed uncounted", 60)
    rows = sql(site, STANDING.format(site.campaign))
    site.wait_for(lambda: site.count() == rows, f"the count is {site.count()}, the rows are {rows}", 30)
    return Row("The count afterwards", f"{rows:,} confirmed, {site.count():,} counted", "exact", "", load.command)


def signing_beside_readers(site, campaign, seconds, *, pause, named="a minute of rush"):
    before = signatures(site)
    arguments = (site.stamp(), f"f{time.time():.0f}", pause)
    signing = wrk(f"{campaign}sign/", seconds=seconds, connections=16, script="sign", arguments=arguments, wait=False)
    reading = wrk(campaign, seconds=seconds - 2, connections=4, threads=1, script="paced", wait=False)
    signed, read = signing(), reading()
    kept = signatures(site) - before
    exact = "every one kept" if signed.requests <= kept <= signed.requests + 16 else f"{kept} KEPT"
    told_of_rush = f"{told(signed)}; {signed.requests:,} acknowledged, {exact}"
    aims = ("≥ 100/s, p95 ≤ 500 ms, 0 errors", "p99 ≤ 100 ms") if pause else ("0 errors", "")
    yield Row(f"Full signings: {named}", told_of_rush, aims[0], "", signed.command)
    yield Row(f"Pages read meanwhile: {named}", told(read), aims[1], "", read.command)


def told(load):
    return f"{load}; {load.errors} errors"


class SlowClients:
    """So many connections that send a request byte by byte, one a second, until left."""

    def __init__(self, port, number):
        self.port, self.number, self.over = port, number, threading.Event()

    def __enter__(self):
        self.links = [socket.create_connection(("127.0.0.1", self.port), 5) for _n in range(self.number)]
        self.thread = threading.Thread(target=self.drip, daemon=True)
        self.thread.start()
        return self

    def drip(self):
        for byte in (
            b"POST /campaigns/x/sign/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n" + b"x" * 900
        ):
            for link in self.links:
                try:
                    link.send(bytes([byte]))
                except OSError:  # The front had enough of this one, as it should.
                    continue
            if self.over.wait(1):
                return

    def __exit__(self, *exc):
        self.over.set()
        self.thread.join()
        for link in self.links:
            link.close()

"""Through the front with the generator beside it: pages, signings for a minute, pages meanwhile, slow clients."""

import socket
import threading
import time

from bench.meters import wrk
from bench.report import Row
from bench.stages.signing import signatures, sql

PAGES, MINUTE, SLOW = 15, 60, 300


def rows(site):
    campaign = f"{site.url}/campaigns/{site.campaign}/"
    site.get(f"/campaigns/{site.campaign}/")
    pages = wrk(campaign, seconds=PAGES, connections=64)
    yield Row("Cached page, 64 connections", told(pages), "≥ 1,000/s, p99 ≤ 100 ms, 0 errors", "", pages.command)
    yield from signing_for_a_minute(site, campaign)
    with SlowClients(site.ports["front"], SLOW):
        beside = wrk(campaign, seconds=PAGES, connections=16)
    served = 100 * (1 - beside.errors / max(beside.requests, 1))
    what = f"Cached page while {SLOW} clients send a byte a second"
    yield Row(what, f"{served:.2f} % served; {told(beside)}", "≥ 99 % served", "", beside.command)


def signing_for_a_minute(site, campaign):
    before = signatures(site)
    arguments = (site.stamp(), f"f{int(time.time())}")
    signing = wrk(f"{campaign}sign/", seconds=MINUTE, connections=16, script="sign", arguments=arguments, wait=False)
    reading = wrk(campaign, seconds=MINUTE - 2, connections=4, threads=1, script="paced", wait=False)
    signed, read = signing(), reading()
    kept = signatures(site) - before
    exact = "every one kept" if signed.requests <= kept <= signed.requests + 16 else f"{kept} KEPT"
    yield Row(
        "Full signings for a minute",
        f"{told(signed)}; {signed.requests:,} acknowledged, {exact}",
        "≥ 100/s, p95 ≤ 500 ms, 0 errors",
        "",
        signed.command,
    )
    yield Row("Pages read meanwhile, 100 a second", told(read), "p99 ≤ 100 ms", "", read.command)
    site.wait_for(
        lambda: sql(site, "SELECT count(*) FROM campaigns_letter WHERE state <> 'sent'") == 0, "letters", 600
    )
    letters = sql(site, "SELECT count(*) - count(DISTINCT signature_id) FROM campaigns_letter")
    yield Row("Letters that were sent twice after it", str(letters), "0")


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

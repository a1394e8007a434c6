"""The faults: what each does to a site, how long it lasts, and what must hold beyond the verdict common to all."""

import http.client
import os
import secrets
import signal
import socket
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from .sites import STEERING
from .verdict import PROMPT

DAY = 24 * 60 * 60
AWAY_WITHIN = 2.0
"""Seconds within which a page says that the database is away."""
LATE = "A page said after"


@dataclass
class Scene:
    """What a fault meets: the site, the crowd in front of it, and the complaints to write down."""

    site: object
    crowd: object
    complaints: list


def nothing(scene):
    pass


@dataclass(frozen=True)
class Fault:
    key: str
    title: str
    how: str
    """A sentence for docs/faults.md."""
    strike: Callable[[Scene], None]
    lift: Callable[[Scene], None] = nothing
    seconds: float = 0.0
    """How long it lasts beyond what `strike` itself takes."""
    meanwhile: Callable[[Scene], None] = nothing
    before: Callable[[Scene], None] = nothing
    after: Callable[[Scene], None] = nothing
    rate: float = 40.0
    prompt: float | None = None
    no_errors: bool = False
    refuses_some: bool = False
    small: bool = True
    """Whether it applies to one web server with SQLite and no front."""
    cannot: Callable[[object], str] = lambda site: ""
    """Why it cannot be done at this site, in a sentence; empty where it can."""


# Parts that die


def one_after_the_other(names):
    """Each of the site's parts of that kind is killed, and started again after a moment."""

    def strike(scene):
        for name in getattr(scene.site, names):
            scene.site.kill(name)
            time.sleep(0.7)
            scene.site.start_part(name)
            if name in scene.site.webs:
                port = scene.site.ports.get(name)
                scene.site.wait_for(lambda port=port: scene.site.get("/healthz", port=port).status == 200, name)
            time.sleep(1.0)

    return strike


def kill(*names):
    def strike(scene):
        for name in flat(scene.site, names):
            scene.site.kill(name)

    return strike


def start(*names):
    def lift(scene):
        for name in flat(scene.site, names):
            scene.site.start_part(name)

    return lift


def flat(site, names):
    groups = {"webs": site.webs, "works": site.works}
    return [part for name in names for part in groups.get(name, (name,))]


# The database


def warm(scene):
    for _ in range(2):
        scene.site.get("/campaigns/")


def stop_database(scene):
    warm(scene)
    scene.site.kill("postgres", signal.SIGSTOP)


def kill_database(scene):
    warm(scene)
    scene.site.kill("postgres")


def pages_say_so(scene):
    """What is kept is served; what is not is refused soon, with the time to come again."""
    for _ in range(4):
        time.sleep(0.3)
        if (status := asked(scene.site, "/campaigns/")[0]) != 200:
            scene.complaints.append(f"A kept page was answered with {status}.")
        status, headers, seconds = asked(scene.site, f"/cases/?q={secrets.token_hex(6)}")
        if status != 503 or "retry-after" not in headers:
            scene.complaints.append(f"A page that is not kept was answered with {status}, {sorted(headers)}.")
        if seconds > AWAY_WITHIN:
            scene.complaints.append(f"{LATE} {seconds:.1f} s that the database is away.")


def asked(site, path):
    began = time.monotonic()
    try:
        answer = site.get(path, timeout=30)
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__, {}, time.monotonic() - began
    return answer.status, answer.headers, time.monotonic() - began


def fill_disk(scene):
    warm(scene)
    scene.site.disk.fill()


def free_disk(scene):
    """A database that stopped over it is started again, as its unit does (Restart=always)."""
    scene.site.disk.free()
    if "postgres" in scene.site.parts:
        scene.site.start_part("postgres")


# The mail host


def mail(word, **arguments):
    return lambda scene: scene.site.sink(word, **arguments)


def mail_back(scene):
    scene.site.start_part("mail")
    scene.site.wait_for(lambda: scene.site.sink("accept"), "the mail host does not come back")


# Connections


def reset_connections(scene):
    """Half a form and gone; a whole form and gone before the answer. The latter sign for people of the crowd."""
    address = urlsplit(scene.site.url)
    until, number = time.monotonic() + 4, 0
    while time.monotonic() < until:
        who = (
            scene.crowd.people[number % len(scene.crowd.people)] if number % 2 else f"halfway{number}@signers.example"
        )
        form = {"name": "Leyla Example", "email": who, "country": "DE", "consent": "on", "stamp": scene.crowd.stamp}
        body = urlencode(form).encode()
        head = f"POST /campaigns/{scene.crowd.slug}/sign/ HTTP/1.1\r\nHost: {address.netloc}\r\n"
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection((address.hostname, address.port), timeout=5) as link:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            link.sendall(head.encode() + (body if number % 2 else body[: len(body) // 2]))
            time.sleep(0.01)
        number += 1


# The front


def reload_front(scene):
    for _ in range(4):
        scene.site.parts["nginx"].process.send_signal(signal.SIGHUP)
        time.sleep(1)


def roll(scene):
    scene.site.restart_rolling()


# The clock


def needs_small_disk(site):
    return "" if site.disk.is_small else "only root may mount the small disk that is filled"


def clock_file(site):
    return site.folder / "clock"


def with_steered_clock(scene):
    """Web and workers are started anew under a clock that can be set."""
    site = scene.site
    clock_file(site).write_text("0")
    restart(
        site,
        lambda env: {
            **env,
            "HABEAS_CLOCK": str(clock_file(site)),
            "PYTHONPATH": os.pathsep.join([str(STEERING), env["PYTHONPATH"]]),
        },
    )


def with_own_clock(scene):
    restart(scene.site, lambda env: {**env, "HABEAS_CLOCK": ""})


def restart(site, change):
    for name in (*site.webs, *site.works):
        site.stop_part(name)
        site.parts[name].env = change(site.parts[name].env)
        site.start_part(name)
    site.wait_for(lambda: site.get("/readyz").status == 200, "the site does not answer after its restart")


def step_clock(scene):
    for seconds in (DAY, -DAY):
        clock_file(scene.site).write_text(str(seconds))
        time.sleep(3.5)


def clock_back(scene):
    clock_file(scene.site).write_text("0")


FAULTS = [
    Fault(
        "database-killed",
        "Database killed and started again",
        "SIGKILL to PostgreSQL and all its processes; started again after about 3 seconds.",
        kill_database,
        start("postgres"),
        meanwhile=pages_say_so,
        small=False,
    ),
    Fault(
        "database-stopped",
        "Database hangs for 8 seconds",
        "SIGSTOP to PostgreSQL and all its processes: it accepts and answers nothing. SIGCONT after 8 seconds.",
        stop_database,
        lambda scene: scene.site.kill("postgres", signal.SIGCONT),
        seconds=8,
        meanwhile=pages_say_so,
        small=False,
    ),
    Fault(
        "web-killed",
        "Web killed",
        "SIGKILL to each web node with its processes, one after the other, each started again after 0.7 seconds.",
        one_after_the_other("webs"),
    ),
    Fault(
        "worker-killed",
        "Worker killed",
        "SIGKILL to each worker, one after the other, each started again after 0.7 seconds.",
        one_after_the_other("works"),
    ),
    Fault(
        "both-killed",
        "Web and workers killed at once",
        "SIGKILL to every web node and every worker at the same moment; started again after a second.",
        kill("webs", "works"),
        start("webs", "works"),
        seconds=1,
    ),
    Fault(
        "mail-refusing",
        "Mail host gone",
        "The mail host is killed: connections are refused for 6 seconds.",
        kill("mail"),
        mail_back,
        seconds=6,
        rate=25,
        prompt=PROMPT,
    ),
    Fault(
        "mail-slow",
        "Mail host slow",
        "The mail host waits 2 seconds before each answer to each command, for 6 seconds.",
        mail("slow", seconds=2),
        mail_back,
        seconds=6,
        rate=25,
        prompt=PROMPT,
    ),
    Fault(
        "mail-hanging",
        "Mail host hangs",
        "The mail host takes connections and answers nothing, for 6 seconds.",
        mail("hang"),
        mail_back,
        seconds=6,
        rate=25,
        prompt=PROMPT,
    ),
    Fault(
        "mail-4xx",
        "Mail host says 4xx",
        "The mail host answers 451 to every letter, for 6 seconds.",
        mail("later"),
        mail_back,
        seconds=6,
        rate=25,
        prompt=PROMPT,
    ),
    Fault(
        "mail-5xx",
        "Mail host says 5xx for some",
        "The mail host answers 550 for every tenth recipient, from the beginning to the end.",
        nothing,
        before=mail("some"),
        after=mail_back,
        seconds=6,
        rate=25,
        prompt=PROMPT,
        refuses_some=True,
    ),
    Fault(
        "mail-dropping",
        "Mail host hangs up after DATA",
        "The mail host keeps each letter and closes the connection without saying so, for 6 seconds.",
        mail("drop_after_data"),
        mail_back,
        seconds=6,
        rate=25,
        prompt=PROMPT,
    ),
    Fault(
        "cache-killed",
        "Redis killed and started again",
        "SIGKILL to Redis, which keeps nothing; started again, empty, after 4 seconds.",
        kill("redis"),
        start("redis"),
        seconds=4,
        small=False,
    ),
    Fault(
        "disk-full",
        "Disk full",
        "The file system of the database is filled to its last byte, and freed after 4 seconds.",
        fill_disk,
        free_disk,
        seconds=4,
        cannot=needs_small_disk,
    ),
    Fault(
        "clock-stepped",
        "Clock stepped by a day",
        "The clock of web nodes and workers jumps a day ahead, two days back, and to the right time.",
        step_clock,
        clock_back,
        before=with_steered_clock,
        after=with_own_clock,
    ),
    Fault(
        "connections-dropped",
        "Connections dropped",
        "Clients reset their connection after half a form, or after the whole form and before the answer.",
        reset_connections,
    ),
    Fault(
        "front-reloaded",
        "Front reloaded",
        "SIGHUP to nginx four times in four seconds.",
        reload_front,
        no_errors=True,
        small=False,
    ),
    Fault(
        "restarted-rolling",
        "Every web node and worker restarted, one by one",
        "SIGTERM to one after the other, each started again, as an upgrade does it.",
        roll,
        no_errors=True,
        rate=20,
        small=False,
    ),
]
BY_KEY = {fault.key: fault for fault in FAULTS}

"""What is done to a site, how it is undone, and how one sees that it happened."""

import http.client
import os
import secrets
import signal
import socket
import struct
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from deploy.parts import PATIENCE, family

from .crowd import SIGNING
from .sites import STEERING
from .verdict import GRACE

DAY = 24 * 60 * 60
AWAY_WITHIN = 2.0
"""Seconds within which a page says that the database is away."""
REST = 16 * 1024 * 1024
"""Bytes that are filled in a moment."""
NOTICED_WITHIN = 20.0
"""Seconds that a full disk is waited for to be noticed: a database writes into the room that its log has already."""
SIGNED = """
SELECT count(*) FROM campaigns_signature JOIN campaigns_campaign ON campaigns_campaign.id = campaign_id
WHERE signed_at {} '{:%Y-%m-%d %H:%M:%S+00:00}' AND slug = '{}'
"""
LATE = "Late: "
"""What a complaint begins with that a busy machine may be the reason of."""


@dataclass
class Scene:
    """What a fault meets: the site, the crowd in front of it, and the complaints to write down.

    `asked_twice`: of how many signings the front, or a client that did not wait, may have asked a second time.
    """

    site: object
    crowd: object
    complaints: list
    asked_twice: int = 0
    before: dict = field(default_factory=dict)
    """What `happened` compares with."""

    def late(self, what, seconds, bound):
        if seconds > bound:
            self.complaints.append(f"{LATE}{what} after {seconds:.1f} s and not within {bound:.0f} s.")


def nothing(scene):
    pass


# Parts that die


def one_after_the_other(names):
    """Each of the site's parts of that kind is killed, and started again after a moment."""

    def strike(scene):
        for name in getattr(scene.site, names):
            kill(name)(scene)
            time.sleep(0.7)
            scene.site.start_part(name)
            if name in scene.site.webs:
                began, port = time.monotonic(), scene.site.ports.get(name)
                scene.site.wait_for(lambda port=port: scene.site.get("/healthz", port=port).status == 200, name)
                scene.late(f"{name} answered again", time.monotonic() - began, GRACE)
            time.sleep(1.0)

    return strike


def kill(*names):
    def strike(scene):
        for name in flat(scene.site, names):
            if not scene.site.parts[name].is_running():
                scene.complaints.append(f"{name} was dead before it was killed.")
            scene.site.kill(name)
            scene.asked_twice += SIGNING if name in scene.site.webs else 0

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
        kept_page_is_served(scene)
        status, headers, text = asked(scene, f"/cases/?q={secrets.token_hex(6)}")
        if status != 503 or "retry-after" not in headers or "<h1" not in text:
            scene.complaints.append(f"A page that is not kept was answered with {status}, {sorted(headers)}.")


def pages_stay(scene):
    """What is kept is served; what is not is read, or refused soon: the database may still answer. Until somebody has
    noticed."""
    for _ in range(4):
        time.sleep(0.3)
        kept_page_is_served(scene)
        if (status := asked(scene, f"/cases/?q={secrets.token_hex(6)}")[0]) not in (200, 503):
            scene.complaints.append(f"A page that is not kept was answered with {status}.")
    until = time.monotonic() + NOTICED_WITHIN
    while time.monotonic() < until and all(attempt.status == 303 for attempt in list(scene.crowd.attempts)):
        time.sleep(0.1)


def kept_page_is_served(scene):
    if (status := asked(scene, "/campaigns/")[0]) != 200:
        scene.complaints.append(f"A kept page was answered with {status}.")


def asked(scene, path):
    """(status, headers, text) of a page; whatever takes its time is noted."""
    began = time.monotonic()
    try:
        answer = scene.site.get(path, timeout=30)
        return answer.status, answer.headers, answer.text
    except (OSError, http.client.HTTPException) as error:
        return type(error).__name__, {}, ""
    finally:
        scene.late(f"A page of {path.partition('?')[0]} came", time.monotonic() - began, AWAY_WITHIN)


def fill_disk(scene):
    warm(scene)
    scene.site.disk.fill_to(REST)
    scene.site.give_up_room()
    scene.site.disk.fill()
    if left := scene.site.disk.room():
        scene.complaints.append(f"The disk had {left} bytes left.")


def free_disk(scene):
    """A database that stopped over it is started again, as its unit does (Restart=always)."""
    scene.site.disk.free()
    if "postgres" in scene.site.parts:
        scene.site.start_part("postgres")


# The mail host


def mail(word, **arguments):
    return lambda scene: scene.site.sink(word, **arguments)


def met_mail(word):
    """Whether a letter of ours met with it."""

    def happened(scene):
        return scene.site.sink()["met"].get(word, 0) > 0

    return happened


def kill_mail(scene):
    kill("mail")(scene)
    if scene.site.sink() is not None:
        scene.complaints.append("The mail host still answers.")


def mail_back(scene):
    scene.site.start_part("mail")
    scene.site.wait_for(lambda: scene.site.sink("accept"), "the mail host does not come back")


# Connections


def reset_connections(scene):
    """Half a form and gone; a whole form and gone before the answer. The latter sign for people of the crowd."""
    address = urlsplit(scene.site.url)
    until, number, again = time.monotonic() + 4, 0, Counter()
    while time.monotonic() < until:
        who = (
            scene.crowd.people[number % len(scene.crowd.people)] if number % 2 else f"halfway{number}@signers.example"
        )
        form = scene.crowd.form(who)
        body = urlencode(form).encode()
        head = f"POST /campaigns/{scene.crowd.slug}/sign/ HTTP/1.1\r\nHost: {address.netloc}\r\n"
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
        with socket.create_connection((address.hostname, address.port), timeout=5) as link:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            link.sendall(head.encode() + (body if number % 2 else body[: len(body) // 2]))
            time.sleep(0.01)
        number += 1
        again[who] += number % 2 == 0
    scene.asked_twice += again.total()


# The front


def reload_front(scene):
    scene.before["nginx"] = set(family(scene.site.parts["nginx"].process.pid))
    for _ in range(4):
        scene.site.parts["nginx"].process.send_signal(signal.SIGHUP)
        time.sleep(1)


def front_is_new(scene):
    """Whether other processes serve than before; the first one stays."""
    return len(scene.before["nginx"] & set(family(scene.site.parts["nginx"].process.pid))) == 1


def roll(scene):
    if scene.site.restart_rolling() >= PATIENCE:
        scene.complaints.append("A part did not end when it was asked to, and was killed.")


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


def signed_on_other_days(scene):
    """Whether signatures of this campaign say that they were made tomorrow, and others yesterday."""
    now, half = datetime.now(UTC), timedelta(hours=12)
    ahead, behind = (
        scene.site.rows(SIGNED.format(sign, moment, scene.crowd.slug))[0][0]
        for sign, moment in ((">", now + half), ("<", now - half))
    )
    return ahead > 0 and behind > 0

"""The faults: what each does to a site, how long it lasts, and what must hold beyond the verdict common to all."""

import signal
from collections.abc import Callable
from dataclasses import dataclass

from .striking import (
    Scene,
    clock_back,
    fill_disk,
    free_disk,
    front_is_new,
    kill,
    kill_database,
    kill_mail,
    mail,
    mail_back,
    met_mail,
    needs_small_disk,
    nothing,
    one_after_the_other,
    pages_say_so,
    pages_stay,
    reload_front,
    reset_connections,
    roll,
    signed_on_other_days,
    start,
    step_clock,
    stop_database,
    with_own_clock,
    with_steered_clock,
)
from .verdict import LETTER, PROMPT


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
    turns_away: bool = False
    """Whether somebody must have been turned away, or it did not happen."""
    happened: Callable[[Scene], bool] = lambda scene: True
    """Asked at the end, where killing a part is not proof enough."""
    letter_within: float = LETTER
    refuses_some: bool = False
    small: bool = True
    """Whether it applies to one web server with SQLite and no front."""
    cannot: Callable[[object], str] = lambda site: ""
    """Why it cannot be done at this site, in a sentence; empty where it can."""

    @property
    def bounds(self):
        """What the verdict holds it to."""
        names = ("letter_within", "prompt", "no_errors", "turns_away")
        return {name: getattr(self, name) for name in names}


FAULTS = [
    Fault(
        "database-killed",
        "Database killed and started again",
        "SIGKILL to PostgreSQL and all its processes; started again after about 3 seconds.",
        kill_database,
        start("postgres"),
        meanwhile=pages_say_so,
        turns_away=True,
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
        turns_away=True,
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
        turns_away=True,
    ),
    Fault(
        "mail-refusing",
        "Mail host gone",
        "The mail host is killed: connections are refused for 6 seconds.",
        kill_mail,
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
        letter_within=15,
        prompt=PROMPT,
        happened=met_mail("slow"),
    ),
    Fault(
        "mail-hanging",
        "Mail host hangs",
        "The mail host takes connections and answers nothing, for 6 seconds.",
        mail("hang"),
        mail_back,
        seconds=6,
        rate=25,
        letter_within=15,
        prompt=PROMPT,
        happened=met_mail("hang"),
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
        happened=met_mail("later"),
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
        happened=met_mail("some"),
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
        happened=met_mail("drop_after_data"),
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
        "The database's disk is filled to its last byte, and freed after 4 seconds, once somebody was turned away.",
        fill_disk,
        free_disk,
        seconds=4,
        meanwhile=pages_stay,
        turns_away=True,
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
        happened=signed_on_other_days,
        rate=25,
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
        happened=front_is_new,
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

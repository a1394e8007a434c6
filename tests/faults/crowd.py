"""People who sign and confirm while things break: each asks again until acknowledged, as a person would, and
remembers every answer."""

import contextlib
import http.client
import json
import queue
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

PATIENCE = 120
SIGNING, CONFIRMING = 8, 4  # Who asks at once.
PASSING = {None, 409, 503}
"""What somebody who is told so tries again: no answer, one that says that it will pass, or that the signature was
changed a moment ago (which a signing of unknown outcome does)."""


@dataclass(frozen=True)
class Attempt:
    """One request: what it was for, when it began (monotonic), how long it took, its status or None without answer."""

    what: str
    began: float
    seconds: float
    status: int | None


@dataclass
class Crowd:
    """`people` sign the campaign `slug` at `rate` a second, and confirm as their letters come."""

    site: object
    slug: str
    people: list[str]
    rate: float
    unreachable: set[str] = field(default_factory=set)
    """Those whose mail host refuses them: no letter is expected."""

    def __post_init__(self):
        self.attempts, self.signed, self.confirmed, self.letters = [], {}, {}, []
        self.asked = Counter()
        self.stamp = self.site.stamp(self.slug)
        self.given_up = threading.Event()
        self.to_confirm, self.queued = queue.SimpleQueue(), set()
        self.read = self.site.letters_file.stat().st_size if self.site.letters_file.exists() else 0

    # What they do

    def gather(self):
        """Begins; returns at once."""
        self.pool = ThreadPoolExecutor(SIGNING + CONFIRMING + 1)
        self.began = time.monotonic()
        self.signing = [self.pool.submit(self._sign_at, n, who) for n, who in enumerate(self.people)]
        self.reading = threading.Thread(target=self._read_mail)
        self.reading.start()
        self.confirming = [threading.Thread(target=self._confirm) for _ in range(CONFIRMING)]
        for thread in self.confirming:
            thread.start()

    def form(self, who):
        return {"name": "Leyla Example", "email": who, "country": "DE", "consent": "on", "stamp": self.stamp}

    def sign(self, who):
        if self._insist("sign", f"/campaigns/{self.slug}/sign/", self.form(who), who):
            self.signed.setdefault(who, time.monotonic())

    def disperse(self):
        """Waits until everybody is done or time is up."""
        until = time.monotonic() + PATIENCE
        with contextlib.suppress(TimeoutError):
            for each in self.signing:
                each.result(max(until - time.monotonic(), 0.01))
        while time.monotonic() < until and not self.expected() <= self.confirmed.keys():
            time.sleep(0.05)
        self.given_up.set()
        for _ in self.confirming:
            self.to_confirm.put(None)
        for thread in [self.reading, *self.confirming]:
            thread.join()
        self.pool.shutdown(cancel_futures=True)

    def expected(self):
        return set(self.signed) - self.unreachable

    # How they do it

    def _sign_at(self, number, who):
        wait = self.began + number / self.rate - time.monotonic()
        if wait > 0:
            time.sleep(wait)
        self.sign(who)

    def _confirm(self):
        while (found := self.to_confirm.get()) is not None:
            who, token = found
            if self._insist("confirm", f"/confirm/{token}/", {}, who):
                self.confirmed.setdefault(who, time.monotonic())

    def _read_mail(self):
        known = set(self.people)
        while not self.given_up.wait(0.05):
            for letter in self._new_letters():
                who = letter["to"][0]
                self.letters.append((time.monotonic(), who, letter["message_id"], letter["token"]))
                is_ours = who in known or who.startswith("probe")
                if is_ours and letter["token"] and who not in self.queued:
                    self.queued.add(who)
                    self.to_confirm.put((who, letter["token"]))

    def _new_letters(self):
        if not self.site.letters_file.exists():
            return
        with self.site.letters_file.open("rb") as file:
            file.seek(self.read)
            for line in file:
                if line.endswith(b"\n"):
                    self.read += len(line)
                    yield json.loads(line)

    def _insist(self, what, path, form, who):
        """Asks until acknowledged; False where the answer is final or everybody goes home."""
        while not self.given_up.is_set():
            self.asked[what, who] += 1
            status = self._ask(what, path, form)
            if status == 303:
                return True
            if status not in PASSING:
                return False
            time.sleep(0.2)
        return False

    def _ask(self, what, path, form):
        began, status = time.monotonic(), None
        with contextlib.suppress(OSError, http.client.HTTPException):
            status = self.site.ask("POST", path, form).status
        self.attempts.append(Attempt(what, began, time.monotonic() - began, status))
        return status

"""Looking at parts that may hang, without hanging with them."""

import threading
from collections.abc import Callable

from django.core.cache import caches
from django.db import connections


class Probe:
    """Runs `look(found)` in a thread of its own and waits for it no longer than told.

    `look` writes what it finds into the dict, one thing after the other, so that what was found before it hung is
    known. Never does more than one thread look: whoever asks meanwhile waits for the same one.
    """

    def __init__(self, look: Callable[[dict], None]):
        self.look = look
        self.lock = threading.Lock()
        self.thread: threading.Thread | None = None
        self.found: dict = {}

    def ask(self, seconds: float) -> dict:
        with self.lock:
            if self.thread is None or not self.thread.is_alive():
                self.found = {}
                self.thread = threading.Thread(target=self._run, args=[self.found], name="probe", daemon=True)
                self.thread.start()
            thread, found = self.thread, self.found
        thread.join(seconds)
        return dict(found)

    def _run(self, found):
        try:
            self.look(found)
        finally:
            connections.close_all()
            caches.close_all()

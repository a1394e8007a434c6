"""What a cluster is asked over HTTP, and what it answers; ports and secrets it needs before."""

import contextlib
import http.client
import json
import os
import secrets
import socket
from base64 import urlsafe_b64encode
from pathlib import Path
from urllib.parse import urlencode


class PortRefused(Exception):
    """A port that was asked for cannot be had; the message says which, and what to do."""


class Answer:
    """Status, headers by name in small letters, body."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes):
        self.status, self.body = status, body
        self.headers = {name.lower(): value for name, value in headers.items()}

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


def ask(port: int, method: str, path: str, form=None, headers=None, *, timeout: float = 40) -> Answer:
    """Over one connection of its own. Raises OSError or HTTPException where no answer comes."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        body = urlencode(form) if form is not None else None
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
        link.request(method, path, body, {**kind, **(headers or {})})
        answer = link.getresponse()
        return Answer(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        link.close()


def chosen_port(text: str) -> int:
    """Raises PortRefused for what is none."""
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 65536:
        raise PortRefused(f"PORT must be a number from 1 to 65535, and is {text!r}.")
    return int(text)


def refuse_a_used_port(port: int) -> None:
    """Raises PortRefused where somebody else has it: who answers there would be taken for ours."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise PortRefused(f"Port {port} cannot be had ({error.strerror}): choose another one.") from error


def given_ports(wanted: dict[str, int]) -> dict[str, int]:
    """A free port for each that is 0; all are held open until the last is found, so that no two are the same."""
    with contextlib.ExitStack() as stack:
        found = dict(wanted)
        for name in [name for name, port in wanted.items() if not port]:
            probe = stack.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            found[name] = probe.getsockname()[1]
    return found


def kept_secrets(file: Path) -> dict[str, str]:
    """Made once and kept with the data they belong to."""
    if not file.exists():
        made = {name: secrets.token_urlsafe(40) for name in ("secret", "database", "metrics")}
        made |= {name: urlsafe_b64encode(secrets.token_bytes(32)).decode() for name in ("signing", "backup")}
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
            json.dump(made, out)
    return json.loads(file.read_text("utf-8"))


def write_environment(file: Path, settings: dict[str, str]) -> None:
    """For `ENV_FILE`; for its owner alone, since secrets stand in it."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        out.writelines(f"{name}={value}\n" for name, value in settings.items())

"""Log lines without personal data: one object or one line for each record.

Whatever looks like an address of mail or network, or like the token of a letter, is masked wherever it came from. The
path of a request is written as its route, since paths hold slugs and tokens. Of an exception its type and where it
arose are told, never its text, which may quote what somebody typed.

Read by gunicorn before Django is set up, so it may import nothing of ours.
"""

import json
import logging
import re
import secrets
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

MAIL = re.compile(r"[^\s@<>\"'(),;:=&/]+(?:@|%40)[^\s@<>\"'(),;:=&/]+", re.IGNORECASE)
IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
# Four groups or more, or any with "::"; a time of day has three and no "::".
IPV6 = re.compile(r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}|[0-9a-f:]*::[0-9a-f:]*)(?![\w:])", re.IGNORECASE)
# A link in a letter is as good as the letter: whoever reads the token can confirm.
TOKEN = re.compile(r"(/(?:confirm|my|not-me|unsubscribe|follow|invitation|reset/key)/)[^\s/?#\"']+")

FRAMES = 12  # The innermost ones: where it arose, and how it came there.
# What a record may add to its sentence; anything else a library attaches is left out.
FACTS = ("method", "status", "ms", "queries")


class Asked:
    """The request that is being answered. Its id ties the lines of one request together and is told to nobody else
    but, with a failure, to whoever asked."""

    __slots__ = ("_id", "request")

    def __init__(self, request):
        self.request, self._id = request, ""

    @property
    def id(self) -> str:
        self._id = self._id or secrets.token_hex(8)
        return self._id

    @property
    def route(self) -> str:
        match = self.request.resolver_match
        return (match.view_name or "") if match else ""


asked: ContextVar[Asked | None] = ContextVar("asked", default=None)


def mask(text: str) -> str:
    text = MAIL.sub("[mail address]", text)
    text = IPV4.sub("[network address]", text)
    text = IPV6.sub("[network address]", text)
    return TOKEN.sub(r"\1[token]", text)


class MaskedFormatter(logging.Formatter):
    """One record, one line start: a line break that somebody sent cannot forge a record."""

    def format(self, record: logging.LogRecord) -> str:
        # Another handler may have kept the text of the exception on the record.
        kept, record.exc_text = record.exc_text, None
        try:
            return mask(super().format(record))
        finally:
            record.exc_text = kept

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = without_path(record, record.message).replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)

    def formatException(self, exc_info) -> str:
        return "\n".join([*(f"  {place}" for place in places(exc_info[1])), names(exc_info[1])])


class JsonFormatter(MaskedFormatter):
    """One object a line: time, level, logger, message; the request's id and route; what the record adds."""

    def format(self, record: logging.LogRecord) -> str:
        about = asked.get()
        told = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(without_path(record, record.getMessage())),
            "request": about.id if about else None,
            "route": about.route if about else None,
            **{fact: getattr(record, fact, None) for fact in FACTS},
        }
        if record.exc_info and record.exc_info[1]:
            told |= {"error": names(record.exc_info[1]), "trace": places(record.exc_info[1])}
        return json.dumps({name: value for name, value in told.items() if value is not None}, ensure_ascii=False)


def without_path(record: logging.LogRecord, message: str) -> str:
    """Django's own records of requests end with the path; the route says as much without naming anybody."""
    request = getattr(record, "request", None)
    path = getattr(request, "path", "")
    if len(path) < 2:
        return message
    match = getattr(request, "resolver_match", None)
    return message.replace(path, f"[{match.view_name if match else 'no route'}]")


def names(error: BaseException) -> str:
    """The type of the exception and of those that led to it, the last one first."""
    found: list[str] = []
    led: BaseException | None = error
    while led is not None and len(found) < FRAMES:
        found.append(type(led).__name__)
        led = led.__cause__ or (None if led.__suppress_context__ else led.__context__)
    return " after ".join(found)


def places(error: BaseException) -> list[str]:
    """Where it arose, as file, line and function; the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    return [f"{'/'.join(frame.filename.split('/')[-3:])}:{frame.lineno} {frame.name}" for frame in frames]


def logging_as(form: str, level: str, loggers: dict[str, str]) -> dict:
    """The configuration for `logging`: everything to stderr, in the form `json` or `line`; `loggers` names those that
    speak from another level on. Raises ValueError for another form."""
    formatters = {
        "line": {
            "()": "config.logs.MaskedFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        },
        "json": {"()": "config.logs.JsonFormatter"},
    }
    if form not in formatters:
        raise ValueError(f"LOG_FORMAT must be json or line, and is {form!r}.")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {form: formatters[form]},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {name: {"handlers": [], "level": at, "propagate": True} for name, at in loggers.items()},
    }

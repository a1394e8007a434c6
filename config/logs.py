"""Log lines without addresses: whatever looks like one of mail or network is masked, wherever it came from."""

import logging
import re

MAIL = re.compile(r"[^\s@<>\"'(),;:=&/]+(?:@|%40)[^\s@<>\"'(),;:=&/]+", re.IGNORECASE)
IPV4 = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w.])")
# Four groups or more, or any with "::"; a time of day has three and no "::".
IPV6 = re.compile(r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}|[0-9a-f:]*::[0-9a-f:]*)(?![\w:])", re.IGNORECASE)
# A link in a letter is as good as the letter: whoever reads the token can confirm.
TOKEN = re.compile(r"(/(?:confirm|my|not-me|unsubscribe)/)[^\s/?#\"']+")


def mask(text: str) -> str:
    text = MAIL.sub("[mail address]", text)
    text = IPV4.sub("[network address]", text)
    text = IPV6.sub("[network address]", text)
    return TOKEN.sub(r"\1[token]", text)


class MaskedFormatter(logging.Formatter):
    """Masks the finished line, so that arguments, exception texts and tracebacks are masked too; one record, one line
    start: a line break somebody sent cannot forge a record."""

    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)

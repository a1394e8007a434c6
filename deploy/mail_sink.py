"""A mail host that delivers to nobody: it takes letters, notes them in a file, and fails in the ways mail hosts fail.

`python -m deploy.mail_sink --port N --control N --file PATH`. The file holds one JSON object a line for each letter
taken. The control address speaks HTTP: `GET /` tells mode and count, and how often a mode was met; `POST /accept` (or
another) changes the mode, `POST /slow?seconds=3` waits before each answer; `POST /forget` empties the file.
"""

import argparse
import asyncio
import json
import re
import time
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

LINK = re.compile(r"/confirm/([\w-]{16,})/")
CODE = re.compile(r"^\s*(\d{3} ?\d{3})\s*$", re.MULTILINE)

MODES = {
    "accept": "takes every letter",
    "busy": "says 421 instead of a greeting",
    "later": "says 451 to every letter once it has been told whole",
    "never": "says 550 to every recipient",
    "stranger": "says 530 to every sender: it wants a name and a password",
    "some": "says 550 to recipients whose names begin with refused",
    "broken": "says 554 to every letter once it has been told whole",
    "slow": "waits before each answer",
    "hang": "takes the connection and says nothing, ever",
    "hang_after_data": "keeps the letter and never says so",
    "drop_after_data": "keeps the letter and closes the connection without a word",
}


class Sink:
    """`met`: mode → how often somebody has met with it."""

    def __init__(self, file: Path):
        self.file, self.mode, self.seconds, self.connections = file, "accept", 3.0, 0
        self.count = file.read_text("utf-8").count("\n") if file.exists() else 0
        self.met: Counter[str] = Counter()

    # What is kept

    def keep(self, sender: str, recipients: list[str], data: bytes) -> None:
        """On disk before it is acknowledged, as a mail host promises."""
        note = {"from": sender, "to": recipients, "at": time.time(), "mode": self.mode, **told(data)}
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(note) + "\n")
        self.count += 1

    def forget(self) -> None:
        self.file.write_text("", "utf-8")
        self.count = 0

    # SMTP (RFC 5321), as much of it as is used

    async def receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _say(self, writer, line: str) -> None:
        if self.mode in ("hang", "slow"):
            self.met[self.mode] += 1
        if self.mode == "hang":
            await asyncio.sleep(3600)
        if self.mode == "slow":
            await asyncio.sleep(self.seconds)
        writer.write(line.encode() + b"\r\n")
        await writer.drain()

    async def _converse(self, reader, writer) -> None:
        if self.mode == "busy":
            self.met[self.mode] += 1
            return await self._say(writer, "421 too busy")
        await self._say(writer, "220 sink ESMTP")
        sender, recipients = "", []
        while line := (await reader.readline()).decode("utf-8", "replace").strip():
            verb = line.split(" ")[0].upper()
            if verb in ("EHLO", "HELO"):
                await self._say(writer, "250-sink\r\n250-8BITMIME\r\n250 SMTPUTF8" if verb == "EHLO" else "250 sink")
            elif verb == "MAIL":
                sender, recipients = address_in(line), []
                await self._say(writer, "530 5.7.0 who are you?" if self.mode == "stranger" else "250 ok")
            elif verb == "RCPT":
                recipient = address_in(line)
                if self.mode == "never" or (self.mode == "some" and recipient.startswith("refused")):
                    self.met[self.mode] += 1
                    await self._say(writer, "550 5.1.1 no such mailbox")
                else:
                    recipients.append(recipient)
                    await self._say(writer, "250 ok")
            elif verb == "DATA":
                if not recipients:
                    await self._say(writer, "503 no recipient")
                elif not await self._take(reader, writer, sender, recipients):
                    return None
            elif verb == "QUIT":
                return await self._say(writer, "221 bye")
            elif verb in ("RSET", "NOOP"):
                await self._say(writer, "250 ok")
            else:
                await self._say(writer, "502 not known here")
        return None

    async def _take(self, reader, writer, sender, recipients) -> bool:
        """One letter; False where the conversation ends with it."""
        await self._say(writer, "354 go on")
        data = await read_data(reader)
        if self.mode in ("later", "broken"):
            self.met[self.mode] += 1
            await self._say(writer, "451 try again later" if self.mode == "later" else "554 refused")
            return True
        self.keep(sender, recipients, data)
        if self.mode in ("drop_after_data", "hang_after_data"):
            self.met[self.mode] += 1
        if self.mode == "drop_after_data":
            return False
        if self.mode == "hang_after_data":
            await asyncio.sleep(3600)
        await self._say(writer, "250 kept")
        return True

    # Control

    async def control(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, target, _version = (await reader.readline()).decode().split(" ")
        while (await reader.readline()).strip():
            pass
        address = urlsplit(target)
        word, status = address.path.strip("/"), 200
        if method == "POST" and word == "forget":
            self.forget()
        elif method == "POST" and word in MODES:
            self.mode = word
            self.seconds = float(parse_qs(address.query).get("seconds", ["3"])[0])
        elif method != "GET" or word:
            status = 404
        seen = {"mode": self.mode, "count": self.count, "connections": self.connections, "met": self.met}
        body = json.dumps(seen).encode()
        head = f"HTTP/1.0 {status} Seen\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()


async def read_data(reader) -> bytes:
    """The lines up to the lone dot, with the dots taken off that were put on for the way."""
    lines = []
    while (line := await reader.readuntil(b"\r\n")) != b".\r\n":
        lines.append(line[1:] if line.startswith(b".") else line)
    return b"".join(lines)


def address_in(line: str) -> str:
    found = re.search(r"<([^>]*)>", line)
    return found[1] if found else ""


def told(data: bytes) -> dict:
    """What tests ask of a letter: its id, its subject, the token of its link, its code."""
    letter = message_from_bytes(data, policy=policy.default)
    part = letter.get_body(("plain",))
    text = part.get_content() if part else ""
    link, code = LINK.search(text), CODE.search(text)
    return {
        "message_id": str(letter.get("Message-ID", "")),
        "subject": str(letter.get("Subject", "")),
        "token": link[1] if link else "",
        "code": code[1].replace(" ", "") if code else "",
        "raw": data.decode("utf-8", "replace"),
    }


async def serve(port: int, control: int, file: Path) -> None:
    sink = Sink(file)
    post = await asyncio.start_server(sink.receive, "127.0.0.1", port, limit=2**20, backlog=512)
    office = await asyncio.start_server(sink.control, "127.0.0.1", control)
    async with post, office:
        await asyncio.gather(post.serve_forever(), office.serve_forever())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--control", type=int, required=True)
    parser.add_argument("--file", type=Path, required=True)
    given = parser.parse_args()
    asyncio.run(serve(given.port, given.control, given.file))


if __name__ == "__main__":
    main()

"""`manage.py take_bounces`: read what mail hosts sent back, from a pipe or from a Maildir."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from campaigns.actions.bouncing import find_returned_letter, take_back, take_complaint
from campaigns.reports import LARGEST, ReportUnreadable, read_report

TRY_LATER = 75  # What mail hosts understand as “keep it, and try again”.


class Command(BaseCommand):
    help = (
        "Takes delivery reports (RFC 3464) and complaints (RFC 5965): one message from standard input, as a mail host"
        " pipes it, or all that lie in a Maildir, which are deleted once they are read."
    )

    def add_arguments(self, parser):
        parser.add_argument("--recipient", default="", help="whom the message came for, where the mail host knows it")
        parser.add_argument("--maildir", type=Path, help="a folder with new and cur in it")

    def handle(self, *, recipient, maildir, **options):
        if maildir is None:
            self._take(sys.stdin.buffer.read(LARGEST + 1), recipient)
            return
        if not (maildir / "new").is_dir():
            raise CommandError(f"{maildir} is no Maildir: it has no folder new.")
        for file in sorted([*(maildir / "new").iterdir(), *(maildir / "cur").glob("*")]):
            try:
                with file.open("rb") as opened:
                    raw = opened.read(LARGEST + 1)
            except FileNotFoundError:  # Another run has taken it meanwhile.
                continue
            self._take(raw, recipient)
            file.unlink(missing_ok=True)

    def _take(self, raw, recipient):
        """What cannot be understood is told and forgotten: sent back, it would only travel on."""
        try:
            report = read_report(raw, recipient=recipient)
        except ReportUnreadable as unreadable:
            self.stderr.write(f"Nothing taken. {unreadable}")
            return
        try:
            self.stdout.write(self._apply(report))
        except (DatabaseError, InterfaceError) as error:
            raise CommandError("The database is away: try again later.", returncode=TRY_LATER) from error

    def _apply(self, report):
        letter = find_returned_letter(tokens=report.tokens, message_ids=report.message_ids)
        if letter is None:
            return "The report is about no letter that we know."
        if report.is_complaint:
            take_complaint(letter, at=timezone.now())
            return f"Complaint about {letter}: its mailbox gets no more."
        take_back(letter, is_gone=report.is_gone, status=report.status, at=timezone.now())
        return f"{letter} came back with {report.status}."

"""What the commands `backup` and `restore` share: how they say what went wrong, and how long it took."""

import time
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import OperationalError

from config.backups.sealing import BackupRefused


@contextmanager
def told(command, file):
    """Around the work of `command` on `file`: whatever stops it becomes a CommandError in one sentence."""
    began = time.monotonic()
    try:
        yield
    except BackupRefused as refusal:
        raise CommandError(str(refusal)) from refusal
    except OperationalError as error:
        raise CommandError("The database does not answer, or its disk is full.") from error
    except OSError as error:
        raise CommandError(f"{error.filename or file}: {error.strerror or error}.") from error
    command.stdout.write(f"Took {time.monotonic() - began:.1f} s.")

"""Whether an error means that the database is away, or a disk full, which is no mistake of ours and passes."""

import errno

from django.db import InterfaceError, OperationalError


def database_is_away(error: BaseException | None) -> bool:
    """True for a lost, full or overwhelmed database; a missing table or column is a mistake of ours."""
    return isinstance(error, InterfaceError | OperationalError) and not str(error).startswith("no such ")


def disk_is_full(error: BaseException | None) -> bool:
    """True where a file could not be written for want of room: of a picture, of the cache, of an upload."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)

"""Whether an error means that the database is away, which is no mistake of ours and passes."""

from django.db import InterfaceError, OperationalError


def database_is_away(error: BaseException | None) -> bool:
    """True for a lost, full or overwhelmed database; a missing table or column is a mistake of ours."""
    return isinstance(error, InterfaceError | OperationalError) and not str(error).startswith("no such ")

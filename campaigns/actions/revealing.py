"""Reading what is sealed: one address, or all signatures of a campaign. The look is kept before anything is shown."""

from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import CharField, Func
from django.utils.translation import gettext as _

from cases.actions.recording import record_change
from cases.actions.security import log_security
from cases.errors import ReasonMissing, Refusal
from cases.models import SecurityEvent
from cases.tables.cells import guarded

from ..models import Campaign

BATCH = 2000
COLUMNS = {
    "number": "pk",
    "signed_at": "signed_at",
    "confirmed_at": "confirmed_at",
    "withdrawn_at": "withdrawn_at",
    "set_aside_at": "set_aside_at",
    "country": "country",
    "language": "language",
    "channel": "channel",
    "name_delivery": "name_delivery",
    "wants_news": "wants_news",
    "name": "name_sealed",
    "email": "email_sealed",
}
"""Everything an export gives: the name of the column → the field it comes from."""


@dataclass(frozen=True)
class Signer:
    name: str
    email: str


@transaction.atomic
def reveal(signature, *, by, because):
    """The Signer of one signature, for `by`. Raises ReasonMissing, and Refusal where nothing can be read any more."""
    _need(because)
    secrets = _secrets(signature.campaign)
    if signature.erased_at:
        raise Refusal(_("The signature was erased: nobody knows whose it was."))
    signer = Signer(
        name=secrets.open(signature.name_sealed, "name"), email=secrets.open(signature.email_sealed, "email")
    )
    record_change(signature, verb="see_address", by=by, because=because)
    log_security(SecurityEvent.Kind.ADDRESS_SEEN, by, detail=str(signature))
    return signer


@transaction.atomic
def export_signatures(campaign, *, by, because):
    """The confirmed signatures of `campaign`: an iterator over the header and then the cells of each row.

    The export is kept in both logs at once, the rows are read as they are asked for. Raises ReasonMissing, and
    Refusal once the keys are destroyed.
    """
    _need(because)
    secrets = _secrets(campaign)
    number = campaign.signatures.confirmed().count()
    record_change(campaign, verb="export_signatures", by=by, because=because, fields={"signatures": ("", number)})
    log_security(SecurityEvent.Kind.EXPORTED, by, detail=f"{campaign.public_id}: {number}")
    return _rows(campaign, secrets)


def _rows(campaign, secrets):
    """Batch by batch, each from where the last one ended: no statement and no transaction lasts as long as the
    download, whoever is slow."""
    yield list(COLUMNS)
    write = [_cell_of(column, field, secrets) for column, field in COLUMNS.items()]
    rows = campaign.signatures.confirmed().order_by("pk").values_list(*map(_asked_for, COLUMNS.values()))
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        for row in batch:
            yield [cell(value) for cell, value in zip(write, row, strict=True)]
        last = batch[-1][0]


class _Written(Func):
    """A moment in UTC, to the second, as ISO 8601: the database writes it, which takes a fraction of the time that it
    takes to read it here and to write it again."""

    output_field = CharField()

    def as_postgresql(self, compiler, connection):
        iso = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"+00:00\"')"
        return self.as_sql(compiler, connection, template=iso)

    def as_sqlite(self, compiler, connection):
        iso = "strftime('%%%%Y-%%%%m-%%%%dT%%%%H:%%%%M:%%%%S+00:00', substr(%(expressions)s, 1, 19))"
        return self.as_sql(compiler, connection, template=iso)


def _asked_for(field):
    return _Written(field) if field.endswith("_at") else field


def _cell_of(column, field, secrets):
    """The function that makes a cell of a value of `column`. Whatever a person wrote never starts a formula."""
    if field.endswith("_sealed"):
        read = secrets.open
        return lambda sealed: guarded(read(sealed, column)) if sealed else ""
    if field.endswith("_at"):
        return lambda moment: moment or ""
    return str if field in ("pk", "wants_news") else guarded


def _secrets(campaign):
    try:
        return campaign.key.unwrapped()
    except (Campaign.key.RelatedObjectDoesNotExist, InvalidToken) as error:
        raise Refusal(_("The keys of this campaign are gone: what it holds cannot be read any more.")) from error


def _need(because):
    if not because.strip():
        raise ReasonMissing(_("Say why: the reason is kept with the act."))

"""What is missing before a page can be public, each with the place where it is added."""

from django.urls import reverse

from ..actions.previewing import missing_as_public
from .permitting import may_publish

ADDED_AT = {
    "publicationbasis": "basis-group",
    "riskassessment": "risk_assessments-group",
    "consentrecord": "consents-group",
    "pause": "pauses-group",
    "person": "id_pseudonym",
}
CITED_AT = {"arrest": "detentions-group", "charge": "charges-group"}
FOR_EDITORS = {"publicationbasis"}
"""What is not on the page of those who may not add it: no link leads there."""


def checklist(record, *, by):
    """(sentence, address) of each thing missing before `by`, or another where `by` does not publish, may publish
    `record`. The address is None for what `by` may not add."""
    url = reverse(f"admin:cases_{record._meta.model_name}_change", args=[record.pk])
    publisher = by if may_publish(by, record) else None
    return [
        (missing.sentence, address_of(missing, url) if _adds(by, missing) else None)
        for missing in missing_as_public(record, by=publisher)
    ]


def _adds(user, missing):
    return missing.model_name not in FOR_EDITORS or user.has_perm(f"cases.add_{missing.model_name}")


def address_of(missing, url):
    """Where the missing thing is added, or the row in the way is opened; `url` is the record's own page."""
    row = missing.row
    if row is not None and row._meta.model_name == missing.model_name:
        return reverse(f"admin:cases_{missing.model_name}_change", args=[row.pk])
    if missing.model_name == "publicationplan":
        return url.removesuffix("change/") + "review/"
    place = ADDED_AT.get(missing.model_name) or CITED_AT.get(missing.code, "citations-group")
    return f"{url}#{place}"

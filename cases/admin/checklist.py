"""What is missing before a page can be public, each with the place where it is added."""

from django.urls import reverse

from ..actions.previewing import missing_as_public

ADDED_AT = {
    "publicationbasis": "basis-group",
    "riskassessment": "risk_assessments-group",
    "consentrecord": "consents-group",
    "pause": "pauses-group",
    "person": "id_pseudonym",
}
CITED_AT = {"arrest": "detentions-group", "charge": "charges-group"}


def checklist(record, *, by):
    """(sentence, address) of each thing missing before `by` may publish `record`."""
    url = reverse(f"admin:cases_{record._meta.model_name}_change", args=[record.pk])
    return [(missing.sentence, address_of(missing, url)) for missing in missing_as_public(record, by=by)]


def address_of(missing, url):
    """Where the missing thing is added, or the row in the way is opened; `url` is the record's own page."""
    row = missing.row
    if row is not None and row._meta.model_name == missing.model_name:
        return reverse(f"admin:cases_{missing.model_name}_change", args=[row.pk])
    place = ADDED_AT.get(missing.model_name) or CITED_AT.get(missing.code, "citations-group")
    return f"{url}#{place}"

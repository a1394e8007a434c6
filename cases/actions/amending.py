"""Changes of published rows wait beside them: the public reads the row as it is until its page is published again.

A row waits with its own page, or with the page that shows it. A person's page shows proceedings and organisations,
but what waits in those that are public waits for their own publishing, by whoever may publish them.
"""

from contextlib import suppress
from itertools import groupby

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ..errors import Inconsistent, ReasonMissing, Refusal
from ..models import Amendment, Citation, Proceeding
from ..models.identity import Slugged
from ..models.publication import Publishable
from .addresses import keep_old_address
from .checking import problems_of_proceeding
from .concerned import PAGES, persons_of
from .recording import record_change
from .stating import as_text, as_value, in_words, logged, stated

NEVER = {"id", "state", "published_at", "retracted_at", "public_id", "created_at", "updated_at"}


def must_wait(record):
    """Whether a change of `record` waits: the public reads it, or something of it waits already."""
    if not isinstance(record, Publishable) or not record.pk:
        return False
    return record.is_published or bool(waiting_for(record))


def waiting_for(record):
    """The waiting change of `record`, or None."""
    if not hasattr(record, "waiting"):
        record.waiting = Amendment.objects.filter(**_key(record)).select_related("by").first()
    return record.waiting


def amended(record):
    """`record` itself, with what waits laid over its fields. Never save it."""
    if isinstance(record, Publishable) and record.pk:
        lay_over([record])
    return record


def lay_over(records):
    """Lays what waits over each of `records`, rows of one model; one statement for all of them."""
    if not records:
        return
    found = Amendment.objects.filter(
        table=records[0]._meta.model_name, record_id__in=[str(record.pk) for record in records]
    ).select_related("by")
    by_key = {amendment.record_id: amendment for amendment in found}
    for record in records:
        record.waiting = by_key.get(str(record.pk))
        for field, text in _fields(record.waiting, type(record)):
            if not field.many_to_many:
                setattr(record, field.attname, as_value(field, text))


@transaction.atomic
def amend(record, values, *, by, verb="amend", because=""):
    """Keeps `values` (field → new value; of many-to-many the rows or keys) as what waits for the published `record`.

    What is as the public reads it no longer waits. Returns whether anything was changed.
    """
    model = type(record)
    kept = model._default_manager.select_for_update().get(pk=record.pk)
    waiting = waiting_for(kept)
    before = dict(waiting.fields) if waiting else {}
    after, told = dict(before), {}
    for name, value in values.items():
        if name in NEVER:
            continue
        text, public = as_text(model._meta.get_field(name), value), stated(kept, name)
        if text != before.get(name, public):
            told |= logged(model, name, before.get(name, public), text)
        after[name] = text
        if text == public:
            del after[name]
    if told:
        _keep(kept, after, by=by)
        record_change(kept, verb=verb, by=by, because=because, fields=told)
    return bool(told)


@transaction.atomic
def discard(record, *, by, because):
    """Throws away what waits for `record`. Raises `ReasonMissing`, or `Refusal` where nothing waits."""
    if not (because or "").strip():
        raise ReasonMissing(_("Give a reason: it is kept with the change."))
    record = type(record)._default_manager.select_for_update().get(pk=record.pk)
    waiting = waiting_for(record)
    if waiting is None:
        raise Refusal(_("Nothing of “%(name)s” waits, so there is nothing to discard.") % {"name": record})
    told = {}
    for field, text in _fields(waiting, type(record)):
        told |= logged(type(record), field.name, text, stated(record, field.name))
    waiting.delete()
    record_change(record, verb="discard", by=by, because=because.strip(), fields=told)
    return type(record)._default_manager.get(pk=record.pk)


def amendments_of(page, rows):
    """What waits to be published with `page`, whose rows are the querysets `rows`, in the order of the tables."""
    models = {queryset.model._meta.model_name: queryset for queryset in rows if not issubclass(queryset.model, PAGES)}
    models[page._meta.model_name] = type(page)._default_manager.filter(pk=page.pk)
    found = []
    waiting = Amendment.objects.filter(table__in=models).select_related("by").order_by("table", "pk")
    for table, group in groupby(waiting, key=lambda amendment: amendment.table):
        group = list(group)
        keys = models[table].filter(pk__in=[amendment.record_id for amendment in group]).values_list("pk", flat=True)
        of_page = {str(key) for key in keys}
        found += [amendment for amendment in group if amendment.record_id in of_page]
    return found


def keys_amended(page, rows, model):
    """The keys of the rows of `model` in which something waits to be published with `page`."""
    name = model._meta.model_name
    return [amendment.record_id for amendment in amendments_of(page, rows) if amendment.table == name]


def write_waiting(record):
    """Writes what waits for `record` without a word in the log: for a look that is rolled back."""
    if waiting := Amendment.objects.filter(**_key(record)).first():
        _apply(waiting, by=None, log=False)


def apply_amendments(page, rows, *, by, log=True):
    """Writes what waits into the rows of `page`. Returns the keys of the persons it concerns.

    Raises `Inconsistent` where a value cannot be stored any more.
    """
    touched = set()
    for amendment in amendments_of(page, rows):
        touched |= _apply(amendment, by=by, log=log)
    return touched


def differences(amendments):
    """For each of `amendments`: what is public and what waits, field by field, in words."""
    told = []
    for amendment in amendments:
        model = apps.get_model("cases", amendment.table)
        with suppress(ObjectDoesNotExist):
            record = model._default_manager.get(pk=amendment.record_id)
            fields = [
                (field.verbose_name, in_words(field, stated(record, field.name)), in_words(field, text))
                for field, text in _fields(amendment, model)
            ]
            told.append({"record": record, "kind": model._meta.verbose_name, "fields": fields, "amendment": amendment})
    return told


def _apply(amendment, *, by, log):
    """Writes one waiting change into its row, with everything that hangs on it; as it stands now, not as it was read:
    somebody may have discarded it, or written it anew, while the row was waited for."""
    model = apps.get_model("cases", amendment.table)
    record = model._default_manager.select_for_update().get(pk=amendment.record_id)
    amendment = Amendment.objects.select_for_update().filter(pk=amendment.pk).first()
    if amendment is None:
        return set()
    touched, old_slug, lists, told = persons_of(record), getattr(record, "slug", None), {}, {}
    for field, text in _fields(amendment, model):
        told |= logged(model, field.name, stated(record, field.name), text)
        if field.many_to_many:
            lists[field.name] = as_value(field, text)
        else:
            setattr(record, field.attname, as_value(field, text))
    _save(record, lists, [field.name for field, _text in _fields(amendment, model)])
    if isinstance(record, Slugged) and record.slug != old_slug:
        keep_old_address(record, old_slug)
    amendment.delete()
    if log:
        record_change(record, verb="apply", by=by, fields=told)
    if isinstance(record, Proceeding) and (problems := problems_of_proceeding(record)):
        raise Inconsistent(*problems)
    return touched | persons_of(record)


def _save(record, lists, names):
    """Saves `record` if its own rules allow it; the values of other fields were judged when they were stored."""
    others = [field.name for field in record._meta.fields if field.name not in names]
    try:
        record.clean_fields(exclude=others)
        record.validate_unique()
        with transaction.atomic():
            record.save()
            for name, rows in lists.items():
                getattr(record, name).set(rows)
    except (ValidationError, IntegrityError) as error:
        said = " ".join(error.messages) if isinstance(error, ValidationError) else _("It breaks a rule of the record.")
        sentence = _("What waits for “%(row)s” cannot be stored: %(why)s")
        raise Inconsistent(sentence % {"row": record, "why": said}) from error


def _keep(record, fields, *, by):
    if not fields:
        Amendment.objects.filter(**_key(record)).delete()
        return
    Amendment.objects.update_or_create(**_key(record), defaults={"fields": fields, "label": _label(record), "by": by})


def _label(record):
    """A citation is known by its source; said with what it is of."""
    return str(record)[:250] if not isinstance(record, Citation) else f"{record} – {record.record}"[:250]


def _fields(amendment, model):
    """The model's fields that wait, with their kept texts; what the model no longer has is left out."""
    known = {field.name: field for field in [*model._meta.fields, *model._meta.many_to_many]}
    return [(known[name], text) for name, text in (amendment.fields if amendment else {}).items() if name in known]


def _key(record):
    return {"table": record._meta.model_name, "record_id": str(record.pk)}

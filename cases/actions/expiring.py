"""What may no longer be shown is taken back by itself: a consent that ended, a licence that ran out."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models import CaseEvent, Person, Picture, PublicationBasis
from .deriving import derive_standing
from .gate import EVENT_SCOPES, SCOPES, has_agreed, unagreed_events
from .publishing import retract


def expire(*, at):
    """Takes back everything whose consent or licence has ended by the moment `at`; returns the number of rows.

    Repeating it does no harm. The log names nobody: the system did it, and says why.
    """
    return sum(len(expire_person(person, at=at)) for person in _concerned())


@transaction.atomic
def expire_person(person, *, at):
    """The same for one person; returns the rows and pages that were taken back."""
    on = timezone.localdate(at)
    person = Person.objects.select_for_update().get(pk=person.pk)
    gone = [*_events(person, on), *_pictures(person, on), *_page(person, on)]
    for record, because in gone:
        retract(record, by=None, because=because)
    events = [record.pk for record, _because in gone if isinstance(record, CaseEvent)]
    for touched in Person.objects.filter(events__in=events).distinct():
        derive_standing(touched)
    return [record for record, _because in gone]


def _concerned():
    """Public persons of whom anything rests on a consent or a licence."""
    asked = Person.objects.filter(basis__kind=PublicationBasis.Kind.CONSENT)
    told = Person.objects.filter(events__in=CaseEvent.objects.published().filter(kind__in=EVENT_SCOPES))
    shown = Person.objects.filter(pictures__in=Picture.objects.published())
    keys = {key for persons in (asked, told, shown) for key in persons.published().values_list("pk", flat=True)}
    return Person.objects.filter(pk__in=keys).order_by("pk")


def _events(person, on):
    because = _("The consent to tell this was withdrawn or has expired.")
    if not person.is_published:
        return []
    return [(event, because) for event in unagreed_events(person, on) if event.is_published]


def _pictures(person, on):
    for picture in person.pictures.published():
        if not Picture.objects.licensed(on).filter(pk=picture.pk).exists():
            yield picture, _("The licence has expired.")
        elif person.is_minor or not has_agreed(person, SCOPES.PHOTO, on):
            yield picture, _("The consent to show the picture was withdrawn or has expired.")


def _page(person, on):
    asked = PublicationBasis.objects.filter(person=person, kind=PublicationBasis.Kind.CONSENT).exists()
    if person.is_published and asked and not has_agreed(person, SCOPES.NAME, on):
        yield person, _("The consent to publish the name was withdrawn or has expired.")

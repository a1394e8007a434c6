"""How pages of the record show campaigns, without the record knowing of them. One query each."""

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from cases.models import Organisation, Person, Proceeding

from ..models import Campaign

register = template.Library()


@register.simple_tag
def open_campaigns_for(record):
    """The open campaigns about a person, a proceeding or an organisation, as a list; each has `text_title`,
    `text_ask` and `tally`."""
    about = {Person: "persons", Proceeding: "proceeding", Organisation: "organisation"}[type(record)]
    return list(_open().filter(**{about: record}))


@register.simple_tag
def featured_campaign():
    """The open campaign that stands on the home page, or None."""
    return _open().first()


@register.simple_tag
def open_campaigns():
    """All open campaigns, the featured one first."""
    return list(_open())


def _open():
    campaigns = Campaign.objects.public().open(timezone.now()).with_text(get_language())
    return campaigns.select_related("tally").featured_first()

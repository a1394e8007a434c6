"""How pages of the record show campaigns, without the record knowing of them. One query each."""

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from cases.models import Organisation, Person, Proceeding

from ..models import Campaign
from ..naming import naming_nobody_silent

register = template.Library()

FEATURED = 20
"""How many open campaigns are looked at for one that may stand on the home page."""


@register.simple_tag
def open_campaigns_for(record):
    """The open campaigns about a person, a proceeding or an organisation, as a list; each has `text_title`,
    `text_ask` and `tally`."""
    about = {Person: "persons", Proceeding: "proceeding", Organisation: "organisation"}[type(record)]
    return naming_nobody_silent(_open().filter(**{about: record}))


@register.simple_tag
def featured_campaign():
    """The open campaign that stands on the home page, or None."""
    return next(iter(naming_nobody_silent(_open()[:FEATURED])), None)


def _open():
    campaigns = Campaign.objects.public().open(timezone.now()).with_text(get_language())
    return campaigns.select_related("tally").featured_first()

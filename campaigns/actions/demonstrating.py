"""Three open campaigns for a demonstration: on a person, on a proceeding, on an outlet. All start at zero.

Each asks what the joint report of Human Rights Watch and Freedom Now of 8 October 2024 recommends to the Government
of Azerbaijan (rc-01 to rc-03 of the shipped data), in our own short wording. The report documents 33 cases whose
list the data does not know, so nobody named here is said to be one of them.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases.errors import Refusal
from cases.models import Organisation, Person, Proceeding

from ..models import Campaign, CampaignRecipient, CampaignShareText, Recipient
from .running import publish_campaign, write_text

BECAUSE = "Opened for a demonstration."
CONTEXT = (
    "The ask is a recommendation of the report “We Try to Stay Invisible”, published by Human Rights Watch and "
    "Freedom Now on 8 October 2024 and addressed to the Government of Azerbaijan, in our own short wording. The "
    "report says it documents 33 cases; the list is not known to this record, and nobody named here is said to be in "
    "it. Neither organisation has endorsed this appeal."
)


@dataclass(frozen=True)
class DemoCampaign:
    """One campaign as it is written down below; `about` is the kind of record and its public id."""

    public_id: str
    slug: str
    about: tuple[str, str]
    featured_order: int
    title: str
    ask: str
    recommendation: str
    concerns: str
    share: str


DEMO_CAMPAIGNS = [
    DemoCampaign(
        public_id="demo-abzas",
        slug="abzasmedia",
        about=("proceeding", "abzas"),
        featured_order=1,
        title="AbzasMedia: no more unfounded cases",
        ask="We ask the Government of Azerbaijan to stop bringing unfounded criminal cases against civil society.",
        recommendation="Stop bringing unfounded criminal cases against civil society.",
        concerns="We ask this with the AbzasMedia proceeding before us, in which %(names)s were prosecuted.",
        share="I have signed this appeal with the AbzasMedia proceeding in Azerbaijan in mind.",
    ),
    DemoCampaign(
        public_id="demo-mammadli",
        slug="anar-mammadli",
        about=("person", "mammadli-anar"),
        featured_order=2,
        title="Anar Mammadli: release all held for political reasons",
        ask="We ask the Government of Azerbaijan to release everyone held on charges brought for political reasons.",
        recommendation="Release everyone held on charges brought for political reasons.",
        concerns="We ask this with the case of %(names)s before us.",
        share="I have signed this appeal with the case of Anar Mammadli in Azerbaijan in mind.",
    ),
    DemoCampaign(
        public_id="demo-toplumtv",
        slug="toplum-tv",
        about=("organisation", "toplumtv"),
        featured_order=3,
        title="Toplum TV: let independent groups work",
        ask=(
            "We ask the Government of Azerbaijan to stop obstructing independent groups and to abolish the "
            "restrictive rules on their work."
        ),
        recommendation="Stop obstructing independent groups and abolish the restrictive rules on their work.",
        concerns="We ask this with the outlet %(names)s before us.",
        share="I have signed this appeal with the Azerbaijani outlet Toplum TV in mind.",
    ),
]


@transaction.atomic
def open_demo_campaigns():
    """Make and publish the three, once; repeating it changes nothing. Raises Refusal outside a demonstration and
    where the record lacks one of those they are about."""
    if not settings.DEMO:
        raise Refusal(_("Demonstration campaigns are opened in a demonstration only."))
    return [_open(each) for each in DEMO_CAMPAIGNS]


def _open(each):
    if existing := Campaign.objects.filter(public_id=each.public_id).first():
        return existing
    record, persons = _find(*each.about)
    campaign = Campaign.objects.create(
        public_id=each.public_id,
        slug=each.slug,
        title=each.title,
        goal=1000,
        featured_order=each.featured_order,
        opens_at=timezone.now(),
        **({each.about[0]: record} if each.about[0] != "person" else {}),
    )
    campaign.persons.set(persons)
    CampaignRecipient.objects.create(campaign=campaign, recipient=_recipient())
    CampaignShareText.objects.create(campaign=campaign, language="en", text=each.share)
    names = [person.name for person in persons] or [str(record)]
    write_text(
        campaign,
        title=each.title,
        ask=each.ask,
        body=_body(each, names),
        context=CONTEXT,
        by=None,
        because=BECAUSE,
    )
    return publish_campaign(campaign, by=None, because=BECAUSE)


def _body(each, names):
    joined = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
    return "\n\n".join(
        [
            "To the Government of Azerbaijan,",
            "On 8 October 2024 Human Rights Watch and Freedom Now recommended to you, in our own short wording: "
            f"{each.recommendation}",
            f"{each.concerns % {'names': joined}} What is recorded, and by which sources, is public on this site.",
            "We, who sign, ask you to act on this recommendation.",
        ]
    )


def _find(kind, public_id):
    """What the campaign is about, and the persons it names. Raises Refusal where the record does not have it."""
    model = {"person": Person, "proceeding": Proceeding, "organisation": Organisation}[kind]
    record = model.objects.public().filter(public_id=public_id).first()
    if record is None:
        raise Refusal(
            _("The record has no public %(kind)s “%(id)s”, so its campaign cannot be opened.")
            % {"kind": model._meta.verbose_name, "id": public_id}
        )
    if kind == "person":
        return record, [record]
    if kind == "proceeding":
        return record, list(Person.objects.public().in_proceeding(record).order_by("display_name"))
    return record, []


def _recipient():
    recipient, _created = Recipient.objects.get_or_create(
        public_id="government-of-azerbaijan",
        defaults={
            "office": "Government of Azerbaijan",
            "country": "AZ",
            "salutation": "To the Government of Azerbaijan,",
        },
    )
    return recipient

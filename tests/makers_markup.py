"""A site in which every text of every model is hostile markup: what an insider could store, by the desk or past it."""

import re
from html.parser import HTMLParser

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from makers import cite, make_organisation, make_person, make_staff, numbers
from makers_campaigns import make_campaign, make_recipient, make_signature
from makers_pages import make_name
from makers_private import make_private_rows
from site_addresses import furnish

from campaigns.actions.tallying import tally_up
from campaigns.models import Campaign, CampaignQuestion, CampaignShareText, Lease, Letter, TallyCorrection
from cases.actions.recording import record_change
from cases.models import Citation, ImportedRow, OffenceType, Person, Place, SlugRedirect, State

# Whatever of it is not shown as text becomes an element or an attribute whose name begins with “zq”. In a browser that
# runs what it should not, the window is marked.
ATTACKS = [
    'zq{{7*7}}"\'><zq1><img src=/zq2 zq3 onerror="window.__fired=1"><script zq4>window.__fired=1</script>',
    "\"'><zq1 onmouseover=zq><svg/onload=window.__fired=1>",
    "\"'><zq1 zq2>",
    '"><zq1>',
    "<zq>",
]
WEB = "https://zq.example/"
TEXTS = (models.CharField, models.TextField, models.JSONField)

# What no staff member can word: keys and hashes that the product makes, each read by a machine in its own form.
MADE_BY_THE_PRODUCT = {
    "cases.change.previous", "cases.change.digest", "cases.change.table", "cases.change.record_id",
    "cases.amendment.table", "cases.amendment.record_id", "cases.amendment.fields",
    "cases.editlock.table", "cases.editlock.record_id", "cases.importedrow.digest", "cases.importedrow.table",
    "cases.importedrow.row_id", "cases.slugredirect.target", "cases.slugredirect.kind",
    "cases.standing.episodes", "cases.picture.stem", "cases.savedfilter.path",
    "campaigns.campaigntext.body_html", "campaigns.consentwording.digest",
    "campaigns.campaignkey.mac_key", "campaigns.campaignkey.data_key",
    "campaigns.signature.email_key", "campaigns.signature.email_sealed", "campaigns.signature.name_sealed",
    "campaigns.signature.reason_sealed", "campaigns.signature.extra_sealed", "campaigns.signature.network_key",
    "campaigns.signature.language", "campaigns.letter.token_hash", "campaigns.letter.message_id",
    "campaigns.lease.name", "campaigns.mailstop.email_key",
}  # fmt: skip


def our_models():
    return [model for label in ("cases", "campaigns") for model in apps.get_app_config(label).get_models()]


def name_of(field):
    return f"{field.model._meta.label_lower}.{field.name}"


def hostile_fields():
    """Every field of ours that keeps words: no choice from a list, no key that its own form or the product makes."""
    return [
        field
        for model in our_models()
        for field in model._meta.concrete_fields
        if isinstance(field, TEXTS)
        and not field.choices
        and not isinstance(field, models.SlugField)
        and field.name != "public_id"
        and name_of(field) not in MADE_BY_THE_PRODUCT
    ]


def attack_for(field):
    """The longest attack that the field has room for; each is another text, as far as that fits."""
    start = WEB if isinstance(field, models.URLField) else ""
    number = str(next(numbers))
    for attack in ATTACKS:
        text = f"{start}{attack}"
        if field.max_length is None or len(text) + len(number) <= field.max_length:
            return text + number if field.unique or isinstance(field, models.TextField) else text
    return ATTACKS[-1][: field.max_length]


def poison(value, attack):
    """The same structure with every text in it replaced."""
    if isinstance(value, dict):
        return {key: poison(inner, attack) for key, inner in value.items()} or {"words": attack}
    if isinstance(value, list):
        return [poison(inner, attack) for inner in value] or [attack]
    return attack if isinstance(value, str) else value


def furnish_everything():
    """One row or more of each model, on public pages as far as there are any."""
    furnished = furnish()
    ana = Person.objects.get(slug="ana-example")
    campaign = Campaign.objects.get(slug="free-ana")
    staff, now = make_staff("assessor"), timezone.now()
    make_name(ana, "Anna Example")
    make_name(ana, "Ana alias", kind="alias")
    charge = ana.charges.order_by("pk").last()
    for name, value in (("wording", "One"), ("wording", "Another")):
        cite(charge, field=name, stated_value=value, stance="contradicts" if value == "Another" else "supports")
    place = Place.objects.create(country="XK", region="R", city="Town", facility="F", precision="facility")
    ana.detentions.update(place=place)
    OffenceType.objects.create(name="An offence")
    SlugRedirect.objects.create(kind="person", old_slug="ana-exemple", target=ana.public_id)
    ImportedRow.objects.create(table="persons", row_id=ana.public_id, digest="0" * 64)
    record_change(ana, verb="change", by=staff, because="R", fields={"summary": ("before", "after")})
    make_private_rows(ana, campaign, staff=staff, silent=make_person("Silent"))
    CampaignShareText.objects.create(campaign=campaign, text="Sign this")
    CampaignQuestion.objects.create(campaign=campaign, key="work", label="Your work?", help_text="As you like.")
    Lease.objects.get_or_create(name="sweep", defaults={"holder": "w", "until": now})
    make_campaign(organisation=make_organisation(), slug="for-an-outlet")
    make_campaign(slug="on-pause", paused_at=now, pause_reason="R")
    make_recipient(name="Somebody", email="office@example.org", postal_address="A street")
    make_signature(campaign, confirmed=True)
    newest = Letter.objects.order_by("pk").last()
    Letter.objects.filter(pk=newest.pk).update(state="leased", leased_by="w", leased_until=now)
    tally_up(at=now)
    TallyCorrection.objects.create(campaign=campaign, at=now, before=2, after=1, reason="R")
    return furnished


def store_attacks():
    """Writes an attack into every hostile field of every row, past all forms; what is hostile already stays.

    Returns name of the field → its attacks, and the names of the fields that the database kept as they were.
    """
    stored, refused = {}, set()
    # Whoever is silenced keeps their name, or silence would withhold the very texts that are looked at.
    silenced = list(Person.objects.paused().values_list("pk", flat=True))
    for field in hostile_fields():
        rows = models.QuerySet(field.model)
        if field.model is Person:
            rows = rows.exclude(pk__in=silenced)
        for pk, value in list(rows.values_list("pk", field.name)):
            if "<zq" in str(value):
                continue
            attack = attack_for(field)
            text = poison(value, attack) if isinstance(field, models.JSONField) else attack
            try:
                with transaction.atomic():
                    rows.filter(pk=pk).update(**{field.name: text})
                stored.setdefault(name_of(field), []).append(attack)
            except IntegrityError:
                refused.add(name_of(field))
    return stored, refused - set(stored)


def publish_everything():
    """As if each row had passed the gate, so that all of it is looked at."""
    for model in our_models():
        names = {field.name for field in model._meta.concrete_fields}
        if {"state", "published_at"} <= names and model is not Citation:
            rows = model._base_manager.exclude(state=State.PUBLISHED)
            for row in rows.values_list("pk", flat=True):
                with transaction.atomic():
                    model._base_manager.filter(pk=row).update(state=State.PUBLISHED, published_at=timezone.now())


class _Elements(HTMLParser):
    """What of a page is an element, and where links and forms lead."""

    def __init__(self):
        super().__init__()
        self.hostile, self.links, self.ways = [], [], []

    def handle_starttag(self, tag, attributes):
        if tag.startswith("zq") or any(name.startswith(("zq", "on")) for name, _value in attributes):
            self.hostile.append(self.get_starttag_text())
        for name, value in attributes:
            if name in ("href", "src", "action", "formaction"):
                self.links.append(value or "")
                if tag == "a":
                    self.ways.append(value or "")
                if re.match(r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE):
                    self.hostile.append(self.get_starttag_text())


def page_of(html):
    """The page as a browser takes it: `hostile`, the markup that has become part of it; `links`; `ways` to go on."""
    page = _Elements()
    page.feed(html)
    page.close()
    if "zq49" in html:
        page.hostile.append("{{7*7}} was evaluated")
    return page

"""What is private is reachable from nothing public: a word of its own stands in every private text, and is looked for
in every page, file, letter, table and template variable. A new model is private or public once it is named here."""

import io
import json
import re
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import models
from django.test.utils import ContextList
from django.utils import timezone
from makers import (
    cite,
    make_detention,
    make_event,
    make_organisation,
    make_person,
    make_proceeding,
    make_source,
    make_staff,
)
from makers_campaigns import make_campaign, make_signature
from makers_pages import make_defendant, make_full_record, make_name
from makers_private import make_private_rows
from site_addresses import EXAMPLES, FILES, LISTS_WITH_A_QUERY, PAGES, POSTED, PRIVATE_PAGES, furnish

from campaigns.actions.sending import send_due
from campaigns.models import Campaign
from cases.models import Person, Place
from cases.tables import TABLES

PRIVATE = {
    "Amendment", "CampaignKey", "Change", "ConfidentialSource", "ConsentRecord", "EditLock", "ImportedRow", "Lease",
    "Letter", "LogEnd", "MailStop", "Pause", "PublicationBasis", "PublicationPlan", "ReviewComment", "RiskAssessment",
    "SavedFilter", "SecurityEvent", "Signature", "StaffScope", "Switch",
}  # fmt: skip
PUBLIC = {
    "Affiliation", "Campaign", "CampaignQuestion", "CampaignRecipient", "CampaignShareText", "CampaignText",
    "CaseEvent", "Charge", "ChargeChange", "ChargeEvent", "ChargeSuccession", "Citation", "ConsentWording",
    "CustodyReport", "Detention", "DetentionOrder", "Hearing", "LegalCode", "LegalProvision", "OffenceType",
    "Organisation", "Person", "PersonName", "Picture", "Place", "Proceeding", "Publisher", "Recognition",
    "Recipient", "Sentence", "SlugRedirect", "Source", "Standing", "Tally", "TallyBucket", "TallyCorrection",
}  # fmt: skip
# Fields of public tables that are for staff alone.
STAFF_FIELDS = {Person: ["research_note"]}
SEALED = {
    "Signature",
    "Letter",
    "CampaignKey",
}  # Their texts are ciphers and states; the reader's own page opens them.
SHORTEST = 20
WORD = "zqprivate"
SAID = re.compile(WORD.encode() + b"[a-z]")  # The word alone is what the test itself searches for.


def house_models():
    return [model for app in ("cases", "campaigns") for model in apps.get_app_config(app).get_models()]


def test_every_model_is_known_to_be_private_or_public():
    assert not PRIVATE & PUBLIC
    assert {model.__name__ for model in house_models()} == PRIVATE | PUBLIC


def private_models():
    return [model for model in house_models() if model.__name__ in PRIVATE]


def text_fields(model):
    """The fields of `model` into which somebody could have typed a sentence or a name."""
    for field in model._meta.fields:
        is_text = isinstance(field, models.CharField | models.TextField)
        if is_text and not field.choices and not field.unique and (field.max_length or SHORTEST) >= SHORTEST:
            yield field


def mark(model, *names):
    """Writes a word of its own into each text field (or the named ones) of every row of `model`."""
    rows = model._base_manager.all()
    assert rows.exists(), f"no row of {model.__name__} to look for"
    for field in [model._meta.get_field(name) for name in names] or text_fields(model):
        word = f"{WORD}{model.__name__}{field.name}".lower().replace("_", "")
        models.QuerySet.update(rows, **{field.name: word[: field.max_length or len(word)]})
    for field in model._meta.fields:
        if isinstance(field, models.JSONField):
            models.QuerySet.update(rows, **{field.name: {"x": [f"{WORD}json"]}})


@pytest.fixture
def site(db, tmp_path, settings, mailoutbox):
    """One of everything public, with private rows beside all of it, each bearing the word."""
    settings.MEDIA_ROOT = tmp_path / "media"
    furnished = furnish()
    make_full_record()
    staff, ana = make_staff("zqstaff"), Person.objects.get(slug="ana-example")
    get_user_model().objects.filter(pk=staff.pk).update(first_name=f"{WORD}first", last_name=f"{WORD}last")
    Person.objects.filter(pk=ana.pk).update(verified_on=timezone.localdate(), verified_by=staff)
    scopes = ("name", "photo", "health", "family", "letters", "campaign")
    campaign = Campaign.objects.get(slug="free-ana")
    make_private_rows(ana, campaign, staff=staff, silent=ana, scopes=scopes)
    for model in private_models():
        if model.__name__ not in SEALED | {"Lease"}:
            mark(model)
    for model, names in STAFF_FIELDS.items():
        mark(model, *names)
    return furnished


def everything(client, site):
    """(address, answer) of every public address, and of addresses that refuse."""
    read = [*PAGES.values(), *PRIVATE_PAGES.values(), *FILES.values(), *LISTS_WITH_A_QUERY]
    for example in [*read, f"/cases/?q={WORD}", "/no-such-page/", "/accounts/login/"]:
        yield example, client.get(site.address(example))
    for example in POSTED.values():
        yield example, client.post(site.address(example), {})


def test_every_public_address_is_walked():
    assert set(EXAMPLES.values()) == {*PAGES.values(), *PRIVATE_PAGES.values(), *FILES.values(), *POSTED.values()}


def test_no_public_answer_says_a_private_word(client, site):
    for address, answer in everything(client, site):
        said = (answer.content + str(answer.headers).encode()).lower()
        found = SAID.search(said)
        assert not found, f"{address}: {said[max(found.start() - 80, 0) : found.end() + 80]}"
        assert b"zqstaff" not in said, address


def test_no_template_is_handed_a_private_row(client, site):
    private, walked = tuple(private_models()), 0
    for address, answer in everything(client, site):
        allowed = ("Signature", "Letter", "CampaignKey") if address in PRIVATE_PAGES.values() else ()
        for name, value in variables(answer):
            rows = list(rows_in(value))
            walked += len(rows)
            found = {type(row).__name__ for row in rows if isinstance(row, private)}
            assert found <= set(allowed), f"{address}: {name}"
    assert walked > 100, "the walk reaches the rows of the record"


def variables(answer):
    """Name and value of everything that the templates of `answer` were given."""
    several = answer.context if isinstance(answer.context, ContextList) else [answer.context]
    for context in filter(None, several):
        yield from context.flatten().items()


def rows_in(value, depth=6, seen=None):
    """Every model instance reachable from a template variable: in collections, in data classes, and already joined."""
    seen = set() if seen is None else seen
    if depth == 0 or id(value) in seen or isinstance(value, str | bytes | int | float | type | None):
        return
    seen.add(id(value))
    if isinstance(value, models.Model):
        yield value
        inside = [*value._state.fields_cache.values(), *getattr(value, "_prefetched_objects_cache", {}).values()]
    elif isinstance(value, dict):
        inside = value.values()
    elif isinstance(value, list | tuple | set | models.QuerySet):
        inside = list(value)
    elif is_dataclass(value):
        inside = [getattr(value, field.name) for field in dataclass_fields(value)]
    else:
        inside = []
    for each in inside:
        yield from rows_in(each, depth - 1, seen)


def test_no_letter_says_a_private_word(site, mailoutbox):
    assert send_due(worker="w") > 0
    for message in mailoutbox:
        parts = [message.message().as_string(), message.body, *(other.content for other in message.alternatives)]
        said = "\n".join(parts).lower()
        assert WORD not in said and "zqstaff" not in said


def test_no_public_table_has_a_private_word(site, tmp_path):
    call_command("export_cases", str(tmp_path / "tables"), stdout=io.StringIO())
    files = list((tmp_path / "tables").iterdir())
    assert len(files) == len(TABLES)
    for file in files:
        said = file.read_text("utf-8").lower()
        assert WORD not in said and "zqstaff" not in said, file.name


def test_no_table_is_of_a_private_model_and_staff_columns_are_marked():
    for table in TABLES:
        assert table.model.__name__ in PUBLIC
        told = {column.name for column in table.columns if not column.staff}
        assert not told & {"research_note", "verified_by", "by", "state", *STAFF_FIELDS.get(table.model, [])}


def test_of_a_minor_no_name_no_year_and_no_picture_is_said(client, db, tmp_path):
    trial = make_proceeding("The children's trial", slug="trial")
    minor = make_defendant(trial, "Zqprivate Child", slug="sparrow", is_minor=True, pseudonym="Sparrow")
    make_name(minor, "Zqprivate Kid")
    Person.objects.filter(pk=minor.pk).update(native_name="Zqprivate Uşaq", birth_year=2011)
    make_campaign(minor, slug="free-sparrow", title="Free Sparrow", featured_order=1)
    for address in (
        "/",
        "/cases/",
        "/cases/sparrow/",
        "/proceedings/trial/",
        "/campaigns/free-sparrow/",
        "/sitemap.xml",
    ):
        said = client.get(address).text
        assert WORD not in said.lower() and "2011" not in said, address
    assert "Sparrow" not in client.get("/cases/", {"q": "Zqprivate Child"}).text
    call_command("export_cases", str(tmp_path), stdout=io.StringIO())
    for file in tmp_path.iterdir():
        said = file.read_text("utf-8")
        assert WORD not in said.lower() and "2011" not in said, file.name


def test_no_text_of_anybody_bears_the_name_of_a_minor(client, db, tmp_path):
    trial = make_proceeding("The children's trial", slug="trial")
    minor = make_defendant(trial, "Zqprivate Child", slug="sparrow", is_minor=True, pseudonym="Sparrow")
    adult = make_defendant(trial, "Ben Example", slug="ben", summary="Held with Zqprivate Child.")
    make_name(minor, "Zqprivate Kid")
    make_event(minor, adult, kind="arrest", summary="Child Zqprivate and Ben Example were taken.")
    source = make_source(title="Zqprivate Child, 14, is held", url="https://news.example/zqprivate-child/")
    for person in (minor, adult):
        cite(person, source)
    for value, stance in (("Zqprivate Child", "supports"), ("2011", "contradicts")):
        cite(minor, field="birth_year", stated_value=value, stance=stance)
        cite(minor, field="display_name", stated_value=value, stance=stance)
    make_campaign(adult, slug="free-ben", title="Free Ben", body="Free Ben, who was held with Zqprivate Child.")
    for address in ("/", "/cases/", "/cases/sparrow/", "/cases/ben/", "/proceedings/trial/", "/campaigns/"):
        said = client.get(address).text
        assert WORD not in said.lower() and "2011" not in said, address
    assert client.get("/campaigns/free-ben/").status_code == 404
    call_command("export_cases", str(tmp_path), stdout=io.StringIO())
    for file in tmp_path.iterdir():
        said = file.read_text("utf-8")
        assert WORD not in said.lower() and "2011" not in said, file.name


def test_a_list_by_name_has_a_minor_where_the_pseudonym_belongs(client, db):
    make_person("Aaron Real", is_minor=True, pseudonym="Zebra")
    make_person("Mia Middle")
    for address in ("/cases/?sort=name", "/cases/?sort=days", "/cases/?sort=change"):
        said = client.get(address).text
        assert said.index("Mia Middle") < said.index("Zebra"), address


def test_an_old_address_does_not_lead_to_a_minor(client, db):
    from cases.models import SlugRedirect

    minor = make_person("Ana Example", slug="sparrow", is_minor=True, pseudonym="Sparrow")
    SlugRedirect.objects.create(kind="person", old_slug="ana-example", target=minor.public_id)
    assert client.get("/cases/ana-example/").status_code == 404


def test_a_place_is_told_no_more_precisely_than_it_may_be(client, db, tmp_path):
    person = make_person(slug="ana")
    place = Place.objects.create(country="AZ", city="Baku", facility=f"{WORD} Prison", precision="city")
    make_detention(person, place=place)
    assert WORD not in client.get("/cases/ana/").text
    call_command("export_cases", str(tmp_path), stdout=io.StringIO())
    assert not any(WORD in file.read_text("utf-8") for file in tmp_path.iterdir())


def test_signatures_are_ciphers_and_no_count_tells_who_signed(client, db):
    campaign = make_campaign(make_person(slug="ana"), slug="free-ana", organisation=make_organisation())
    make_signature(
        campaign, "zqprivate@example.org", name="Zqprivate Signer", reason="Zqprivate reason", confirmed=True
    )
    for address in ("/campaigns/", "/campaigns/free-ana/", "/campaigns/free-ana/share/"):
        assert WORD not in client.get(address).text.lower()
    told = json.loads(client.get("/campaigns/free-ana/count.json").content)
    assert set(told) == {
        "campaign",
        "total",
        "confirmed",
        "withdrawn",
        "set_aside",
        "goal",
        "counted_at",
        "corrections",
        "corrections_url",
    }

"""Nothing that somebody stored is ever anything but text: every field of every model, in everything we put out."""

import csv
import json
from contextlib import suppress
from email import message_from_bytes
from html import unescape
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import resolve
from makers import make_person, make_source, make_staff
from makers_admin import as_shown, change_url
from makers_campaigns import make_campaign, make_signature
from makers_markup import (
    ATTACKS,
    furnish_everything,
    hostile_fields,
    name_of,
    our_models,
    page_of,
    publish_everything,
    store_attacks,
)
from makers_roles import make_role
from makers_staff import sign_in
from makers_typing import take_all_back_to_draft, type_attacks
from site_addresses import FILES, LISTS_WITH_A_QUERY, PAGES, PRIVATE_PAGES

from campaigns.actions.sending import send_due
from cases.models import Person, Source

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SHOWN_IN_PUBLIC = 40  # fields whose attack the public pages show as text; fewer would mean that we look at nothing
SHOWN_TO_STAFF = 75
SHOWN_TYPED = 60
SCHEMES = {"", "http", "https", "mailto", "sgnl"}  # the last opens a messenger
MORE_CAMPAIGNS = ["/campaigns/for-an-outlet/", "/campaigns/on-pause/"]


@pytest.fixture
def furnished():
    """Every field of every row hostile."""
    furnished = furnish_everything()
    publish_everything()
    stored, refused = store_attacks()
    return SimpleNamespace(address=furnished.address, stored=stored, refused=refused)


@pytest.fixture
def staff():
    return sign_in(Client(), make_staff("insider"))


def test_every_model_has_a_row_here(db):
    furnish_everything()
    assert [model._meta.label for model in our_models() if not model._base_manager.exists()] == []


def test_every_field_is_attacked_or_kept_by_the_database(furnished):
    fields = {name_of(field) for field in hostile_fields()}
    assert len(fields) > 100
    assert fields - set(furnished.stored) == set()
    assert furnished.refused == set()


def public_pages(furnished, client):
    for address in [*PAGES.values(), *PRIVATE_PAGES.values(), *LISTS_WITH_A_QUERY, *MORE_CAMPAIGNS]:
        answer = client.get(furnished.address(address))
        assert answer.status_code == 200, address
        yield address, answer.text


def test_no_public_page_takes_it_for_anything_but_text(furnished, client):
    shown = set()
    for address, page in public_pages(furnished, client):
        looked_at = page_of(page)
        assert looked_at.hostile == [], address
        assert {urlsplit(link).scheme for link in looked_at.links} <= SCHEMES, address
        text = unescape(page)
        shown |= {name for name, attacks in furnished.stored.items() if any(attack in text for attack in attacks)}
    assert len(shown) >= SHOWN_IN_PUBLIC, sorted(shown)


def test_no_file_takes_it_for_anything_but_text(furnished, client):
    for address in FILES.values():
        answer = client.get(furnished.address(address))
        assert answer.status_code == 200, address
        kind = answer.headers["Content-Type"]
        if "json" in kind:
            json.loads(answer.text)
        elif "xml" in kind:
            assert "<zq" not in answer.text
        assert "html" not in kind, address
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def staff_pages(client):
    """Every page of the staff site that a link leads to, two of each kind."""
    waiting, seen, kinds = ["/admin/", "/admin/search/?q=zq", "/admin/search/?q=example"], set(), {}
    while waiting:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        answer = client.get(address)
        if answer.status_code == 302:
            waiting.append(answer.headers["Location"].partition("#")[0])
            continue
        assert answer.status_code in (200, 404), (address, answer.status_code)
        if "html" not in answer.headers["Content-Type"]:
            continue
        yield address, answer.text
        for link in page_of(answer.text).ways:
            link = link.partition("#")[0]
            if link.startswith("?"):
                continue
            kind = kind_of(link)
            if kind and link not in seen and kinds.get(kind, 0) < 2:
                kinds[kind] = kinds.get(kind, 0) + 1
                waiting.append(link)


def kind_of(link):
    if not link.startswith("/admin/") or "/logout/" in link:
        return None
    found = resolve(urlsplit(link).path)
    return found.view_name + ("?" if "?" in link else "")


def test_no_page_of_the_staff_takes_it_for_anything_but_text(furnished, staff):
    shown, addresses = set(), []
    for address, page in staff_pages(staff):
        addresses.append(address)
        assert page_of(page).hostile == [], address
        text = unescape(page)
        shown |= {name for name, attacks in furnished.stored.items() if any(attack in text for attack in attacks)}
    assert len(addresses) > 60
    assert len(shown) >= SHOWN_TO_STAFF, sorted(shown)


def test_nothing_of_it_is_run_in_a_mail(furnished):
    make_signature(make_campaign(title=ATTACKS[0][:120]))
    make_signature(make_campaign(title="Two\r\nBcc: everybody@example.org"))
    while send_due(worker="w"):
        pass
    assert len(mail.outbox) >= 2
    for message in mail.outbox:
        raw = message.message().as_bytes()
        headers = message_from_bytes(raw)
        assert "Bcc" not in headers
        assert all("zq" not in str(value) for value in headers.values())
        assert page_of(message.alternatives[0].content).hostile == []


def test_a_table_keeps_its_cells_whatever_they_hold(furnished, tmp_path):
    call_command("export_cases", str(tmp_path), verbosity=0)
    tables = sorted(tmp_path.glob("*.csv"))
    assert tables
    for table in tables:
        with table.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        assert {len(row) for row in rows} == {len(rows[0])}, table.name


# Through the desk

REFUSED = {
    "auth.user.username", "auth.user.email",
    "cases.person.slug", "cases.proceeding.slug", "cases.organisation.slug",
    "cases.source.url", "cases.source.archive_url",
    "campaigns.campaign.slug", "campaigns.campaign.public_id", "campaigns.campaignquestion.key",
    "campaigns.recipient.email", "campaigns.recipient.public_id",
}  # fmt: skip
"""What a form never takes markup for: addresses, names and keys that have a form of their own."""


def test_what_is_typed_into_the_forms_of_the_desk_is_kept_as_text_or_refused_with_a_sentence(client, staff):
    furnished = furnish_everything()
    make_role("researcher")
    put_back = take_all_back_to_draft()
    typed = type_attacks(staff)
    assert typed.offered == set(typed.kept) | set(typed.refused)
    assert {name for name in typed.refused if name not in typed.kept} == REFUSED
    assert all(sentence.endswith(".") for sentences in typed.refused.values() for sentence in sentences)
    for name, attack in typed.kept.items():
        label, _dot, field = name.rpartition(".")
        assert apps.get_model(label)._base_manager.filter(**{f"{field}__contains": attack}).exists(), name
    put_back()
    publish_everything()
    shown = set()
    for address, page in [*public_pages(furnished, client), *staff_pages(staff)]:
        assert page_of(page).hostile == [], address
        text = unescape(page)
        shown |= {name for name, attack in typed.kept.items() if attack in text}
    assert len(shown) >= SHOWN_TYPED, sorted(shown)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "ftp://x.example/", "//a b"],
)
@pytest.mark.parametrize("name", ["url", "archive_url"])
def test_an_address_leads_to_the_web_or_is_refused(staff, name, address):
    source = make_source()
    shown = as_shown(staff.get(change_url(source)))
    answer = staff.post(change_url(source), {**shown, name: address})
    assert answer.status_code == 200
    assert answer.context["errors"]
    with pytest.raises(IntegrityError), transaction.atomic():
        models.QuerySet(Source).filter(pk=source.pk).update(**{name: address})


@pytest.mark.parametrize("slug", ["a/b", '"><zq1>', "a b", "../x", "a\r\nb"])
def test_an_address_of_a_page_is_letters_digits_and_hyphens(staff, slug):
    person = make_person()
    shown = as_shown(staff.get(change_url(person)))
    answer = staff.post(change_url(person), {**shown, "slug": slug, "public_id": slug})
    assert answer.context["errors"]
    assert Person.objects.get(pk=person.pk).slug == person.slug


def test_no_line_break_that_somebody_typed_reaches_a_header(client, staff, db):
    for address in ("/cases/?q=a%0D%0ASet-Cookie:x=1", "/cases/a%0D%0Ab/", "/admin/search/?q=%0D%0Ax"):
        answer = (staff if address.startswith("/admin") else client).get(address)
        assert all("\n" not in value and "\r" not in value for value in answer.headers.values())
        assert "x" not in answer.cookies


# Nobody of the staff is named in public


def test_no_public_address_names_anybody_of_the_staff(client, db):
    furnished = furnish_everything()
    user, named = make_staff("zebedee", first_name="Zebedee", last_name="Quillfeather"), 0
    for model in our_models():
        for field in model._meta.concrete_fields:
            if field.related_model is type(user):
                with suppress(IntegrityError), transaction.atomic():
                    named += models.QuerySet(model).update(**{field.name: user})
    assert named > 10
    Person.objects.update(verified_on="2026-01-01", verified_by=user)
    publish_everything()
    for address in [*PAGES.values(), *PRIVATE_PAGES.values(), *FILES.values(), *LISTS_WITH_A_QUERY]:
        content = client.get(furnished.address(address)).content.lower()
        assert b"zebedee" not in content
        assert b"quillfeather" not in content

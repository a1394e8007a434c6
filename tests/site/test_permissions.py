"""docs/editing.md says which role may open, and post to, which page of the staff site. Exactly that is so."""

import re
from pathlib import Path

import pytest
from django.db import transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client
from makers_roles import POSTED, address_of, admin_views, make_a_row_for_every_drawer, make_role
from makers_staff import sign_in

from cases.models import SavedFilter
from config.roles import ROLES

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DOC = Path(__file__).resolve().parents[2] / "docs" / "editing.md"
HEAD = "| page | " + " | ".join(ROLES) + " |"
METHODS = ("GET", "POST")


@pytest.fixture(autouse=True)
def only_the_doors(settings, tmp_path, monkeypatch):
    """Who gets in is decided before a page is drawn, and other tests draw them all."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")


def table():
    """View → role → what the document says it may do there, such as “GET POST”."""
    lines = DOC.read_text("utf-8").splitlines()
    rows = {}
    for line in lines[lines.index(HEAD) + 2 :]:
        if not line.startswith("|"):
            break
        names, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        for name in re.findall(r"`(\w+)`", names):
            assert name not in rows, f"{name} stands in the table twice"
            rows[name] = dict(zip(ROLES, cells, strict=True))
    return rows


def what_is_open(client, address, posted=None):
    """Which methods are answered; a refusal is 403, a method that the view does not have 405, a lost session none."""
    opened = []
    for method in METHODS:
        with transaction.atomic():
            response = client.post(address, posted or {}) if method == "POST" else client.get(address)
            transaction.set_rollback(True)
        assert response.status_code < 500 and response.status_code != 404, f"{method} {address}"
        if response.status_code not in (403, 405) and "/accounts/login/" not in response.headers.get("Location", ""):
            opened.append(method)
    return " ".join(opened) or "–"


def measured(role):
    """View → what the role may really do there."""
    make_a_row_for_every_drawer()
    user = make_role(role)
    SavedFilter.objects.create(user=user, name="Mine", path="/admin/cases/person/", query="state__exact=draft")
    client = sign_in(Client(), user)
    session = client.cookies.output(header="")
    found = {}
    for name, (model, takes) in admin_views().items():
        # Some views end the session; what they did to it in the database is undone with everything else.
        client.cookies.load(session)
        found[name] = what_is_open(client, address_of(name, model, takes, user), POSTED.get(name))
    return found


def test_every_view_has_a_row_and_every_row_a_view():
    assert set(table()) == set(admin_views())


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_do_what_the_table_says_and_nothing_else(role):
    said = {name: cells[role] for name, cells in table().items()}
    really = measured(role)
    assert {name: found for name, found in really.items() if said.get(name) != found} == {}

"""Two members of staff at the same moment: what one decides rests on what the other has done, whoever came first."""

import time
from contextlib import contextmanager
from threading import Thread

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from makers import make_person, make_publishable, make_staff
from makers_admin import decide_url
from makers_staff import sign_in

from cases.actions.expiring import expire_person
from cases.actions.publishing import publish
from cases.admin.settling import lock
from cases.errors import NotPublishable
from cases.models import Change, ConsentRecord, Person

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def meanwhile(act):
    """Runs `act` in a thread of its own beside the block, which must find it still waiting at its end. Gives the list
    in which what became of it stands afterwards."""
    said = []

    def run():
        try:
            said.append(act())
        except Exception as error:
            said.append(error)
        finally:
            connection.close()

    other = Thread(target=run)
    with transaction.atomic():
        yield other, said
        time.sleep(0.5)
        assert other.is_alive(), said
    other.join()


@pytest.fixture
def person():
    return make_publishable(make_person(public=False, country="DE"), make_staff("Bea"))


@transaction.atomic
def withdraw(person):
    """As the desk does it."""
    lock({person.pk})
    ConsentRecord.objects.update(withdrawn_on=timezone.localdate())
    expire_person(person, at=timezone.now())


def test_a_page_is_not_published_on_a_consent_that_is_being_withdrawn(person, admin_user):
    with meanwhile(lambda: publish(person, by=admin_user, because="Reviewed.")) as (other, said):
        withdraw(person)
        other.start()
    assert isinstance(said[0], NotPublishable)
    assert Person.objects.get().state == "draft"


def test_a_page_that_is_being_published_is_taken_back_by_the_withdrawal_that_waits_for_it(person, admin_user):
    with meanwhile(lambda: withdraw(person)) as (other, said):
        publish(person, by=admin_user, because="Reviewed.")
        other.start()
    assert said == [None]
    assert Person.objects.get().state == "retracted"


def test_of_two_publishers_at_once_one_publishes_and_the_other_reads_what_happened(person, admin_user):
    clients = [sign_in(Client(), user) for user in (admin_user, make_staff("Cem"))]
    pages = [client.get(decide_url(person, "publish")) for client in clients]
    seals = [page.context["decisions"][0].seal for page in pages]
    answers = []

    def press(client, seal):
        try:
            answers.append(
                client.post(decide_url(person, "publish"), {"because": "At once.", f"seen-{person.pk}": seal})
            )
        finally:
            connection.close()

    threads = [Thread(target=press, args=pair) for pair in zip(clients, seals, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    assert any(
        "was changed after you opened this page" in answer.text for answer in answers if answer.status_code == 200
    )
    assert Change.objects.filter(verb="publish").count() == 1

"""One statement gives the same rows as one question for each kind."""

import datetime as dt

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.utils import timezone
from makers_pages import make_full_record

from cases.gathering import gather
from cases.models import Citation, Person, Source, Standing

pytestmark = pytest.mark.django_db

MODELS = list(apps.get_app_config("cases").get_models(include_auto_created=True))


def cells(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_every_model_of_the_record_arrives_as_a_plain_query_gives_it(django_assert_num_queries):
    make_full_record()
    plain = [list(model._default_manager.order_by("pk")) for model in MODELS]
    with django_assert_num_queries(1):
        gathered = gather(*(model._default_manager.all() for model in MODELS))
    assert [[cells(row) for row in rows] for rows in gathered] == [[cells(row) for row in rows] for rows in plain]
    assert sum(map(bool, plain)) >= 25


def test_moments_days_truth_values_and_json_keep_their_types():
    person = make_full_record()
    person.is_minor, person.pseudonym, person.birth_year = True, "K.", 2009
    person.verified_on = dt.date(2026, 1, 2)
    person.verified_by = get_user_model().objects.create_user("editor")
    person.published_at = timezone.make_aware(dt.datetime(2026, 1, 2, 3, 4, 5, 678))
    person.save()
    [[read], [standing]] = gather(Person.objects.filter(pk=person.pk), Standing.objects.filter(pk=person.pk))
    assert read.is_minor is True
    assert read.noindex is False
    assert read.verified_on == dt.date(2026, 1, 2)
    assert read.published_at == person.published_at
    assert read.country.code == "XK"
    assert isinstance(standing.episodes, list)
    assert not read._state.adding


def test_filters_hold_and_joins_repeat_no_row(django_assert_num_queries):
    person = make_full_record()
    sources = Source.objects.filter(citations__isnull=False)
    with django_assert_num_queries(1):
        people, none, cited = gather(Person.objects.filter(slug=person.slug), Person.objects.filter(slug="x"), sources)
    assert people == [person]
    assert none == []
    assert cited == list(sources.distinct().order_by("pk"))


def test_nothing_asked_nothing_queried(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert gather() == []
        assert gather(Citation.objects.none(), Person.objects.none()) == [[], []]


def test_a_slice_is_refused():
    with pytest.raises(TypeError, match="Sliced"):
        gather(Person.objects.all()[:3])

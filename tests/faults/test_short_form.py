"""The short form of `make faults`, for every run of the tests: three faults on a cluster, one on a small site.

The machine runs other tests beside it, so times are not held to their bounds here.
"""

import os
from urllib.parse import urlsplit

import psycopg
import pytest
from faults.catalogue import BY_KEY
from faults.playing import play
from faults.sites import Small, Whole
from faults.striking import LATE
from faults.verdict import judge
from plugins.database import wanted

from deploy.parts import Missing, find_programs

ON_CLUSTER = ["database-killed", "both-killed", "mail-4xx"]
PEOPLE = 70
GRACE = 30


@pytest.fixture(scope="module")
def cluster(folder):
    try:
        find_programs()
    except Missing as missing:
        assert not os.environ.get("CI"), f"Faults must be tried in CI. {missing}"
        pytest.skip(f"FAULTS WERE NOT TRIED ON A CLUSTER. {missing}")
    site = Whole(folder / "whole")
    yield site.open([f"fault-{key}" for key in ON_CLUSTER])
    site.close()


@pytest.fixture
def small(tmp_path):
    """On SQLite, or on a database of its own in the PostgreSQL that the tests run on."""
    site = Small(tmp_path / "small", database_url=own_database() if wanted() == "postgresql" else "")
    yield site.open(["fault-both-killed"])
    site.close()
    if wanted() == "postgresql":
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {own_name()} WITH (FORCE)")


def own_name():
    return f"faults_{os.getpid()}"


def own_database():
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {own_name()}")
    return urlsplit(url)._replace(path=f"/{own_name()}").geturl()


@pytest.mark.once
@pytest.mark.cluster
@pytest.mark.parametrize("key", ON_CLUSTER)
def test_nothing_is_lost_and_nothing_counted_twice_on_a_cluster(cluster, key, stories):
    stories.append(story := play(BY_KEY[key], cluster, f"fault-{key}", people=PEOPLE))
    assert complaints(story, BY_KEY[key]) == []


def test_nothing_is_lost_and_nothing_counted_twice_when_web_and_worker_are_killed(small, stories):
    stories.append(story := play(BY_KEY["both-killed"], small, "fault-both-killed", people=PEOPLE))
    assert complaints(story, BY_KEY["both-killed"]) == []


def complaints(story, fault):
    """Without those that a busy machine may be the reason of."""
    bounds = {**fault.bounds, "grace": GRACE, "letter_within": GRACE, "prompt": None}
    return [line for line in judge(story, **bounds) if not line.startswith(LATE)]

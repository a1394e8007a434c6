"""Every fault during 200 signings: on the whole cluster with PostgreSQL, and on SQLite without a front."""

import os

import pytest
from faults.catalogue import FAULTS
from faults.playing import play
from faults.sites import Small, Whole
from faults.verdict import judge

from deploy.parts import Missing

pytestmark = [pytest.mark.faults, pytest.mark.once]
PEOPLE = int(os.environ.get("PEOPLE") or 200)
SMALL = [fault for fault in FAULTS if fault.small]


@pytest.fixture(scope="module")
def whole(folder):
    try:
        site = Whole(folder / "whole")
    except Missing as missing:
        pytest.fail(str(missing))
    yield site.open([f"fault-{fault.key}" for fault in FAULTS])
    site.close()


@pytest.fixture(scope="module")
def small(folder):
    site = Small(folder / "small")
    yield site.open([f"fault-{fault.key}" for fault in SMALL])
    site.close()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.key)
def test_the_cluster_survives(whole, fault, stories):
    survive(whole, fault, stories)


@pytest.mark.parametrize("fault", SMALL, ids=lambda fault: fault.key)
def test_one_server_with_sqlite_survives(small, fault, stories):
    survive(small, fault, stories)


def survive(site, fault, stories):
    if reason := fault.cannot(site):
        pytest.skip(reason)
    story = play(fault, site, f"fault-{fault.key}", people=PEOPLE)
    stories.append(story)
    assert judge(story, **fault.bounds) == []

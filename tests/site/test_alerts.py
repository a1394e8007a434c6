"""The alert rules name figures that exist, say what to do, and lead to a section that says more."""

import re
from pathlib import Path

import pytest

from config import metrics

ROOT = Path(__file__).resolve().parents[2]
RULES = (ROOT / "deploy" / "alerts.yml").read_text("utf-8")
RULE = re.compile(r"^      - alert: (\w+)\n((?:        .*\n|\n)+)", re.MULTILINE)
FIELD = re.compile(r"^ {8,10}(\w+): (>-\n(?: {10}.*\n)+|.*)", re.MULTILINE)
# Prometheus' own, for a node that does not answer.
ITS_OWN = {"up"}
WORDS_OF_PROMQL = {
    "absent",
    "and",
    "by",
    "delta",
    "histogram_quantile",
    "increase",
    "le",
    "max",
    "name",
    "or",
    "rate",
    "sum",
    "unless",
}


def rules():
    return [(name, dict(FIELD.findall(body))) for name, body in RULE.findall(RULES)]


def names_in(expression):
    """What the expression reads: every word outside of braces, brackets and texts that PromQL does not know."""
    bare = re.sub(r'"[^"]*"|\{[^}]*\}|\[[^\]]*\]|>-', " ", expression)
    return set(re.findall(r"\b[a-z_]+\b", bare)) - WORDS_OF_PROMQL


def labels_in(expression):
    """(metric, label, value) of each label that must have a value."""
    return [
        (metric, *pair)
        for metric, braces in re.findall(r"(\w+)\{([^}]*)\}", expression)
        for pair in re.findall(r'(\w+)="([^"]*)"', braces)
    ]


@pytest.fixture
def scraped(client, db, settings):
    settings.METRICS_TOKEN = "a-token-only-for-tests"
    client.get("/about/")
    metrics.look(found := {})
    with pytest.MonkeyPatch.context() as patch:
        found["silent"] = found["backup"] = 0  # There was a worker, and a backup.
        patch.setattr(metrics.probe, "ask", lambda seconds: found)
        return client.get("/metrics", headers={"Authorization": "Bearer a-token-only-for-tests"}).text


def test_every_rule_is_read():
    assert len(rules()) == RULES.count("- alert:") >= 15


@pytest.mark.parametrize(("name", "rule"), rules(), ids=[name for name, _rule in rules()])
def test_a_rule_reads_figures_that_exist(scraped, name, rule):
    read = names_in(rule["expr"])
    assert read, name
    given = set(re.findall(r"^(\w+)[ {]", scraped, re.MULTILINE)) | ITS_OWN
    assert read <= given
    for metric, label, value in labels_in(rule["expr"]):
        # A status comes to be with the first request that ends so.
        if metric not in ITS_OWN and label != "status":
            assert re.search(rf'^{metric}\{{[^}}]*{label}="{value}"', scraped, re.MULTILINE), (metric, label, value)


@pytest.mark.parametrize(("name", "rule"), rules(), ids=[name for name, _rule in rules()])
def test_a_rule_says_what_is_wrong_what_to_do_and_where_more_stands(name, rule):
    assert re.search(r"severity: (page|ticket)", rule["labels"])
    for sentence in (rule["summary"], rule["action"]):
        assert re.fullmatch(r'"[A-Z].{15,}\."', sentence), sentence
    page, _, anchor = rule["runbook"].partition("#")
    headings = re.findall(r"^#+ (.+)$", (ROOT / page).read_text("utf-8"), re.MULTILINE)
    assert anchor in {heading.lower().replace(" ", "-") for heading in headings}


def test_every_figure_is_explained(scraped):
    """The table in docs/running.md names each of ours."""
    documented = (ROOT / "docs" / "running.md").read_text("utf-8")
    ours = set(re.findall(r"^# HELP (habeas_\w+)", scraped, re.MULTILINE))
    ours = {name for name in ours if not name.endswith("_created")}
    assert len(ours) >= 15
    assert {name for name in ours if f"`{name}" not in documented} == set()

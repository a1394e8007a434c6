"""The harness is seen failing: a product broken on purpose does not get past the verdict."""

import pytest
from faults.catalogue import BY_KEY
from faults.playing import play
from faults.sites import Small
from faults.verdict import judge

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("sabotage", "key", "complaint"),
    [
        ("outbox", "mail-4xx", "signers never got their letter"),
        ("tally", "worker-killed", "The counts differ"),
        pytest.param("confirm", "both-killed", "confirmations are lost", marks=pytest.mark.faults),
        pytest.param("letter", "both-killed", "signers never got their letter", marks=pytest.mark.faults),
    ],
)
def test_the_verdict_names_what_is_broken_on_purpose(tmp_path, monkeypatch, sabotage, key, complaint):
    # Who waits for what will never come waits shortly here.
    monkeypatch.setattr("faults.crowd.PATIENCE", 20)
    monkeypatch.setattr("faults.playing.DRAINED_WITHIN", 3)
    monkeypatch.setattr("faults.playing.GATHERED_WITHIN", 10)
    site = Small(tmp_path / "site", sabotage=sabotage)
    try:
        story = play(BY_KEY[key], site.open(["broken"]), "broken", people=40)
    finally:
        site.close()
    assert any(complaint in line for line in judge(story, grace=60))

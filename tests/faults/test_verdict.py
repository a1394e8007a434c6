"""The verdict on stories told by hand: silent where all is well, and naming each thing that can be amiss."""

from dataclasses import replace

import pytest
from faults.catalogue import FAULTS
from faults.crowd import Attempt
from faults.table import BEGIN, END, PAGE, lines, write
from faults.verdict import Story, judge

pytestmark = pytest.mark.once
WHO, TOKEN = "signer1@signers.example", "t" * 43
FOUND = {
    "rows": 1,
    "signers": 1,
    "confirmed": 1,
    "total": 1,
    "buckets": 1,
    "is_wrong": False,
    "corrections": 0,
    "lost_signings": [],
    "lost_confirmations": [],
    "letters": {"<1@x>": {"message_id": "<1@x>", "state": "sent", "unknown_count": 0, "kind": "confirm"}},
    "states": {"sent": 1},
}
ATTEMPT = Attempt("sign", 1.0, 0.02, 303)
WELL = Story(
    fault="A fault",
    database="SQLite",
    signed={WHO: 1.0},
    confirmed={WHO: 2.0},
    expected={WHO},
    letters=[(1.5, WHO, "<1@x>", TOKEN)],
    attempts=[ATTEMPT],
    found=FOUND,
    struck=0.5,
    lifted=3.0,
    again=0.1,
    mailed=0.4,
    drained=1.0,
    logs={"web": "POST campaigns:sign: 303 in 4 ms"},
    people=1,
    asked={WHO: 1},
)


def found(**changed):
    return replace(WELL, found={**FOUND, **changed})


def letter(**changed):
    return {"<1@x>": {**FOUND["letters"]["<1@x>"], **changed}}


def test_where_all_is_well_there_is_no_complaint():
    assert judge(WELL, prompt=0.5, no_errors=True) == []


@pytest.mark.parametrize(
    ("story", "complaint"),
    [
        (found(lost_signings=[WHO]), "1 acknowledged signings are lost."),
        (found(lost_confirmations=[WHO]), "1 acknowledged confirmations are lost."),
        (replace(WELL, letters=[]), "1 signers never got their letter."),
        (replace(WELL, confirmed={}), "1 signers could not confirm."),
        (found(rows=2), "2 rows for 1 signers."),
        (found(total=2), "The counts differ"),
        (found(buckets=0), "The counts differ"),
        (found(is_wrong=True), "The recount differs"),
        (found(corrections=1), "had to be corrected 1 times"),
        (replace(WELL, letters=WELL.letters * 2), "A letter was sent 2 times, with 0 outcomes unknown."),
        (found(letters=letter(message_id="<2@x>")), "marked as sent and were never sent"),
        (found(states={"queued": 3}), "Letters stayed in the outbox: {'queued': 3}."),
        (found(letters=letter(state="failed")), "1 letters were given up; 0 mailboxes were refused."),
        (replace(WELL, attempts=[Attempt("sign", 1.0, 0.1, 500)]), "Answers that nobody should get: {'500': 1}."),
        (replace(WELL, again=9.0), "answered again after 9.0 s"),
        (replace(WELL, again=None), "answered again after None s"),
        (replace(WELL, people=2), "1 of 2 people could sign."),
        (replace(WELL, people=10, attempts=[]), "It met 0 requests of 10 people"),
        (replace(WELL, people=10, struck=1.1), "It met 0 requests of 10 people"),
        (replace(WELL, people=10, lifted=0.9), "It met 0 requests of 10 people"),
        (replace(WELL, letters=[*WELL.letters, (1.6, WHO, "<2@x>", "other")]), "1 letters more were sent than asked"),
        (replace(WELL, mailed=60.0), "had their letter after 60.0 s"),
        (replace(WELL, mailed=None), "had their letter after None s"),
        (replace(WELL, drained=None), "The outbox did not drain"),
        (replace(WELL, attempts=[Attempt("sign", 1.0, 0.9, 303)]), "took up to 0.9 s"),
        (replace(WELL, attempts=[Attempt("sign", 1.0, 0.1, 503)]), "1 requests were turned away."),
        (replace(WELL, attempts=[Attempt("sign", 1.0, 0.1, 502)]), "Answers that nobody should get: {'502': 1}."),
        (replace(WELL, logs={"web": f"failed for {WHO}"}), "An address or a name stands in the log of web"),
        (replace(WELL, logs={"web": "failed for Leyla Example"}), "An address or a name stands in the log of web"),
        (replace(WELL, logs={"web": "GET /confirm/abcdefghijklmnopqrstuvwxyz/"}), "A token stands in the log of web."),
        (replace(WELL, logs={"web": f"who came with {TOKEN}?"}), "A token stands in the log of web."),
        (replace(WELL, complaints=["It was dark."]), "It was dark."),
    ],
)
def test_what_is_amiss_is_named(story, complaint):
    assert any(complaint in line for line in judge(story, prompt=0.5, no_errors=True))


def test_a_second_copy_is_allowed_once_where_the_first_outcome_is_unknown():
    twice = replace(WELL, letters=WELL.letters * 2, found={**FOUND, "letters": letter(unknown_count=1)})
    thrice = replace(WELL, letters=WELL.letters * 3, found={**FOUND, "letters": letter(unknown_count=2)})
    assert judge(twice) == []
    assert any("3 times" in line for line in judge(thrice))


def test_a_request_that_the_front_may_have_repeated_may_bring_a_second_letter():
    two = replace(WELL, letters=[*WELL.letters, (1.6, WHO, "<2@x>", "other")])
    assert judge(replace(two, asked_twice=1)) == judge(replace(two, asked={WHO: 2})) == []


def test_where_somebody_must_have_been_turned_away_somebody_was():
    met = replace(WELL, attempts=[ATTEMPT, Attempt("sign", 1.2, 0.1, 503)])
    assert judge(met, turns_away=True) == []
    assert judge(WELL, turns_away=True) == ["Nobody was turned away: it did not happen."]


def test_the_table_has_a_line_for_each_story():
    assert lines([WELL, WELL])[2:] == ["| A fault | SQLite | 1 | 1 | 0 | 0 | 1 | 0 | 0 | 20 | 0.1 | 0.4 | 1.0 |"] * 2


def test_every_fault_is_explained_in_the_docs():
    page = PAGE.read_text("utf-8")
    for fault in FAULTS:
        where = "both" if fault.small else "cluster"
        assert f"| {fault.title} | {fault.how} | {where} |" in page


def test_the_table_is_written_between_its_marks(tmp_path):
    page = tmp_path / "faults.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    write([WELL], page)
    assert page.read_text().split("\n")[:2] == ["before", BEGIN]
    assert "| A fault | SQLite |" in page.read_text()
    assert "old" not in page.read_text()
    page.write_text("no marks")
    with pytest.raises(ValueError, match="no marks"):
        write([WELL], page)
